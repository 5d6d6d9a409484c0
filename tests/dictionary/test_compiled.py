"""Large categories of source folders and code lists: compiled once, and then the same as in memory."""

from __future__ import annotations

import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from zhengming.dictionary import compiled, source
from zhengming.dictionary.model import Category, Concept, Dictionary
from zhengming.dictionary.stored_category import StoredCategory
from zhengming.normalizers.terms import stored
from zhengming.normalizers.terms.matcher import Matcher

NAME = "hospital"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, and categories count as large that have a thousand rows."""
    folder = tmp_path / "cache"
    monkeypatch.setenv(compiled.VARIABLE, str(folder))
    monkeypatch.setattr(compiled, "LARGE", 1_000)
    monkeypatch.setattr(stored, "LARGE", 1_000)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A source folder with one large category."""
    made = tmp_path / "source"
    shutil.copytree(source.bundled() / "categories" / NAME, made / "categories" / NAME)
    shutil.copy(source.bundled() / "dictionary.toml", made)
    return made


def facts(category: Category) -> list[object]:
    return [list(category.concepts.values()), category.policy, category.titles, category.mappings, category.attributes]


def listed(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    rows = [f"{number},第{number}人民医院{number % 7}部,别名{number};{number}院" for number in range(1_500, 0, -1)]
    path.write_text("code,name,other\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_large_category_of_a_source_is_compiled_and_the_same(root: Path, cache: Path) -> None:
    used = Dictionary.open(root).category(NAME)
    assert isinstance(used, StoredCategory)
    assert facts(used) == facts(source.read_category(root, NAME))
    assert len(list(cache.glob("*.sqlite"))) == 1
    assert Matcher(Dictionary.open(root), NAME).match("北京儿童医院")[0].status == "accepted"


def test_a_small_category_is_read_into_memory(root: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "LARGE", 50_000)
    assert not isinstance(Dictionary.open(root).category(NAME), StoredCategory)
    assert not cache.exists()


def test_a_source_that_an_editor_changed_in_form_is_compiled_as_well(root: Path) -> None:
    before = facts(source.read_category(root, NAME))
    for file in ("concepts.csv", "terms.csv"):
        path = root / "categories" / NAME / file
        head, *rows = path.read_text(encoding="utf-8").splitlines()
        path.write_bytes(("\ufeff" + "\r\n".join([head, *reversed(rows)]) + "\r\n").encode())
    used = Dictionary.open(root).category(NAME)
    assert isinstance(used, StoredCategory)
    assert facts(used) == before


def test_it_is_compiled_once_for_each_state_and_two_states_are_kept(
    root: Path, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "zhengming")
    path = root / "categories" / NAME / "terms.csv"
    text = path.read_text(encoding="utf-8")
    for number in range(3):
        added = f"{text.splitlines()[-1].split(',')[0]},第{number}个名字,synonym,zh,,exact,测试,,\n"
        path.write_text(text + added, encoding="utf-8")
        for _again in range(2):
            assert f"第{number}个名字" in {term.text for one in _concepts(root) for term in one.terms}
    assert len(caplog.records) == 3
    assert len(list(cache.glob("*.sqlite"))) == 2


def _concepts(root: Path) -> list[Concept]:
    return list(Dictionary.open(root).category(NAME).concepts.values())


def test_a_large_code_list_is_compiled_and_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = {"code": "code", "name": "name", "synonyms": "other"}
    used = Dictionary.from_table(listed(tmp_path), category="院", **columns)
    assert isinstance(used.category("院"), StoredCategory)
    monkeypatch.setattr(compiled, "LARGE", 50_000)
    in_memory = Dictionary.from_table(listed(tmp_path), category="院", **columns)
    assert used.sha256 == in_memory.sha256
    one, other = (
        {code: replace(concept, terms=tuple(sorted(concept.terms, key=str))) for code, concept in found.items()}
        for found in (used.category("院").concepts, in_memory.category("院").concepts)
    )
    assert one == other
    assert facts(used.category("院"))[1:] == facts(in_memory.category("院"))[1:]


def test_without_a_place_to_write_it_is_compiled_for_the_process(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    occupied = tmp_path / "occupied"
    occupied.write_text("", encoding="utf-8")
    monkeypatch.setenv(compiled.VARIABLE, str(occupied / "cache"))
    assert isinstance(Dictionary.open(root).category(NAME), StoredCategory)


def test_a_damaged_compilation_is_made_again(root: Path, cache: Path) -> None:
    Dictionary.open(root).category(NAME)
    (path,) = cache.glob("*.sqlite")
    path.write_bytes(path.read_bytes()[:5_000])
    assert facts(Dictionary.open(root).category(NAME)) == facts(source.read_category(root, NAME))


def test_a_source_that_cannot_be_compiled_is_used_from_memory(root: Path) -> None:
    path = root / "categories" / NAME / "concepts.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.splitlines()[-1] + "\n", encoding="utf-8")  # a code twice
    assert not isinstance(Dictionary.open(root).category(NAME), StoredCategory)
