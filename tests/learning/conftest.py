"""A small second domain: schools whose names people write in their own ways. Everything is generated."""

import csv
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

import zhengming as zm

CITIES = ("东川", "西岭", "南屏", "北塘", "青河", "白石", "红岩", "金沙", "云台", "玉泉")
KINDS = ("实验小学", "中心小学", "初级中学", "高级中学", "职业技术学院", "师范大学", "附属幼儿园", "外国语学校")
NUMBERS = ("第一", "第二", "第三", "第四")
# How people of this place write: none of it follows from the names themselves.
WRITTEN = {
    "实验小学": "实小", "中心小学": "中心校", "初级中学": "初中", "高级中学": "高中", "职业技术学院": "职院",
    "师范大学": "师大", "附属幼儿园": "附幼", "外国语学校": "外校",
}  # fmt: skip
NICKNAMES = dict(
    zip(CITIES, ("川城", "岭上", "屏山", "塘沽口", "河湾", "石头镇", "岩下", "沙洲", "台地", "泉城"), strict=True)
)


def noisy(city: str, number: str, kind: str, chance: random.Random) -> str:
    """One way to write a school."""
    place = chance.choice([f"{city}市", city, NICKNAMES[city]])
    which = chance.choice([number, number[1:]])
    what = chance.choice([kind, WRITTEN[kind], WRITTEN[kind]])
    text = f"{place}{which}{what}"
    if chance.random() < 0.2:
        drop = chance.randrange(len(text))
        text = text[:drop] + text[drop + 1 :]
    return text + chance.choice(["", "", "（本部）", "校区", " "])


def schools() -> list[tuple[str, str, str, str]]:
    """(code, city, number, kind) of every school."""
    listed = [(city, number, kind) for city in CITIES for number in NUMBERS for kind in KINDS]
    return [(f"S{place:03}", *one) for place, one in enumerate(listed)]


def decisions(count: int, seed: int) -> list[tuple[str, str]]:
    """(text, codes) of so many decisions; every fifth names two schools."""
    chance = random.Random(seed)
    known = schools()
    made = []
    for number in range(count):
        some = chance.sample(known, 2 if number % 5 == 0 else 1)
        text = chance.choice(["、", "；", " 及 "]).join(noisy(*one[1:], chance) for one in some)
        made.append((text, "##".join(one[0] for one in some)))
    return made


def write(path: Path, rows: Sequence[tuple[str, str]], columns: tuple[str, str] = ("text", "codes")) -> Path:
    """A table of decisions."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        table = csv.writer(handle, lineterminator="\n")
        table.writerow(columns)
        table.writerows(rows)
    return path


@pytest.fixture(scope="session")
def school_dictionary(tmp_path_factory: pytest.TempPathFactory) -> zm.Dictionary:
    rows = [(code, f"{city}市{number}{kind}") for code, city, number, kind in schools()]
    path = write(tmp_path_factory.mktemp("schools") / "schools.csv", rows, ("code", "name"))
    return zm.Dictionary.from_table(path, category="school", code="code", name="name")


@pytest.fixture(scope="session")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("reviewed") / "decisions.csv", decisions(450, 1))


@pytest.fixture(scope="session")
def school_model(school_dictionary: zm.Dictionary, reviewed: Path) -> zm.Model:
    pytest.importorskip("lightgbm")
    return zm.learn(reviewed, school_dictionary, category="school")


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As many decisions as a model needs that nobody expects to be good."""
    return write(tmp_path_factory.mktemp("few") / "decisions.csv", decisions(60, 11))


@pytest.fixture(scope="session")
def few_model(school_dictionary: zm.Dictionary, few: Path) -> zm.Model:
    pytest.importorskip("lightgbm")
    return zm.learn(few, school_dictionary, category="school")
