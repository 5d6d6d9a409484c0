"""How long `zm clean` of a workbook of 50,000 rows and 12 columns takes, beside merely reading and writing it.

    python benchmarks/clean_xlsx.py [--rows 50000] [--rounds 3] [--only FILE …] [--keep FOLDER]

Makes several workbooks that differ as senders' do: real dates and numbers or nothing but text, few or many distinct
values, clean or full of faults, shared or inline strings, made with openpyxl or xlsxwriter. For each, in turn and
several times: `zm clean` as a user calls it (a process of its own, its reading child included), and a process that
reads the file with python-calamine and writes the same rows with xlsxwriter, once in memory and once with
`constant_memory`. Prints the least processor and wall time of each and what the first is of the others.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from zhengming.dictionary.model import Dictionary

_PEER = """
import sys, python_calamine, xlsxwriter
rows = python_calamine.load_workbook(sys.argv[1]).get_sheet_by_index(0).to_python()
book = xlsxwriter.Workbook(sys.argv[2], {"constant_memory": sys.argv[3] == "1", "default_date_format": "yyyy-mm-dd"})
sheet = book.add_worksheet()
for number, row in enumerate(rows):
    sheet.write_row(number, 0, row)
book.close()
"""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_GIVEN = "子涵雨桐佳琪俊杰文博晨曦安然一诺宇航明轩若曦浩思远语嫣梓欣怡天佑嘉宁可馨皓宸睿诗"
_REGIONS = ("110101", "411602", "610113", "500101")
_DAY = dt.date(2085, 1, 1)  # to come: no identity number made here is anybody's
_ADMITTED = dt.date(2096, 6, 1)

Cell = str | int | float | dt.date | None
Row = list[Cell]


class Maker:
    """Invented rows; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        """Begin anew; the dictionary is read for its names."""
        self.pick = random.Random(seed)
        dictionary = Dictionary.open()
        self.names = {
            name: [concept.name for concept in dictionary.category(name).concepts.values()]
            for name in ("disease", "procedure", "hospital", "region", "relationship")
        }

    def some(self, category: str, count: int) -> str:
        """One of the first `count` names of a category, the first ones more often."""
        names = self.names[category]
        return names[int(min(count, len(names)) * self.pick.random() ** 2)]

    def person(self) -> str:
        """A name of two or three characters."""
        return self.pick.choice(_SURNAMES) + "".join(self.pick.choices(_GIVEN, k=self.pick.choice((1, 2, 2))))

    def day(self, first: dt.date = _DAY, within: int = 3000) -> dt.date:
        """One of so many days."""
        return first + dt.timedelta(self.pick.randrange(within))

    def identity(self, born: dt.date, sex: str) -> str:
        """An identity number of nobody: of a day to come."""
        order = self.pick.randrange(500) * 2 + (sex == "男")
        digits = f"{self.pick.choice(_REGIONS)}{born:%Y%m%d}{order:03}"
        check = "10X98765432"[sum(int(one) * weight for one, weight in zip(digits, _WEIGHTS, strict=True)) % 11]
        return digits + check

    def phone(self) -> str:
        """A mobile number of a range that is not in use."""
        return f"154{self.pick.randrange(10**8):08}"

    def money(self) -> float:
        """Yuan, mostly some tens of thousands."""
        return round(self.pick.lognormvariate(10, 0.8), 2)

    def diagnosis(self) -> str:
        """A cell hardly any other row has: two diseases, a size, a severity."""
        first, second = self.some("disease", 120), self.some("disease", 120)
        sized = f"{self.pick.randrange(2, 30) / 10}{self.pick.choice(('cm', 'mm'))}"
        severity = self.pick.choice(("轻度", "中度", "重度", ""))
        return self.pick.choice(("先心病：{a}({s})、{b}{c}", "{a} {s}；{b}{c}", "1.{a}{s} 2.{b}{c}")).format(
            a=first, b=second, s=sized, c=f"({severity})" if severity else ""
        )


def ward(maker: Maker, number: int) -> Row:
    """A list as most hospitals keep it: dates and amounts are cells of their kind, diagnoses repeat."""
    sex, born, admitted = maker.pick.choice("男女"), maker.day(), maker.day(_ADMITTED, 500)
    return [
        number + 1, maker.person(), sex, born, maker.identity(born, sex), maker.phone(),
        maker.some("region", 400), maker.some("hospital", 60), admitted, maker.some("disease", 150),
        maker.some("procedure", 80), maker.money(),
    ]  # fmt: skip


def free_text(maker: Maker, number: int) -> Row:
    """Nothing but text, as exports of hospital systems are, and hardly two diagnoses alike."""
    sex, born, admitted = maker.pick.choice("男女"), maker.day(), maker.day(_ADMITTED, 500)
    return [
        f"ZY{number:07}", maker.person(), sex, f"{born:%Y-%m-%d}", maker.identity(born, sex),
        maker.person(), maker.phone(), maker.some("region", 3000), maker.some("hospital", 500),
        f"{admitted:%Y/%m/%d}", maker.diagnosis(), f"{maker.money():,.2f}",
    ]  # fmt: skip


def coded(maker: Maker, number: int) -> Row:
    """Few distinct values everywhere but in one number, and columns that are no field of ours."""
    return [
        number + 1, maker.pick.choice("男女"), maker.some("hospital", 20), maker.some("disease", 40),
        maker.some("region", 34), maker.pick.choice(("是", "否")), maker.pick.choice(("A组", "B组")),
        maker.pick.randrange(1, 30), maker.day(within=200), maker.pick.choice(("门诊", "急诊", "转入")),
        maker.pick.randrange(1, 100) * 1000, maker.pick.choice(("", "", "复查", "随访三个月")) or None,
    ]  # fmt: skip


def faulty(maker: Maker, number: int) -> Row:
    """One cell in about thirty is wrong in some way: unreadable dates and amounts, unknown names, bad numbers."""
    row = ward(maker, number)
    for at, wrong in (
        (2, "未知性别"),
        (3, "2021.13.45"),
        (4, "99010120210101"),
        (5, "1380013"),
        (9, "待查病"),
        (11, "约三万多"),
    ):
        if maker.pick.random() < 1 / 6:
            row[at] = wrong if maker.pick.random() < 0.5 else None
    return row


_WARD = (
    "序号",
    "患儿姓名",
    "性别",
    "出生日期",
    "身份证号",
    "联系电话",
    "户籍所在地",
    "就诊医院",
    "入院日期",
    "诊断",
    "手术名称",
    "总费用",
)
_TEXT = (
    "住院号",
    "患儿姓名",
    "性别",
    "出生日期",
    "身份证号",
    "监护人",
    "联系电话",
    "户籍所在地",
    "就诊医院",
    "入院日期",
    "诊断",
    "总费用",
)
_CODED = (
    "序号",
    "性别",
    "就诊医院",
    "诊断",
    "户籍所在地",
    "是否贫困",
    "分组",
    "床号",
    "入院日期",
    "来源",
    "总费用",
    "备注",
)

Make = Callable[[Maker, int], Row]
FILES: dict[str, tuple[Sequence[str], Make, str]] = {
    "ward": (_WARD, ward, "openpyxl"),
    "free text": (_TEXT, free_text, "xlsxwriter"),
    "inline": (_TEXT, free_text, "xlsxwriter, inline strings"),
    "few values": (_CODED, coded, "openpyxl"),
    "faulty": (_WARD, faulty, "xlsxwriter"),
}


def write(path: Path, name: str, rows: int) -> None:
    """One of `FILES`."""
    header, make, writer = FILES[name]
    maker = Maker(7)
    made = ([*header], *(make(maker, number) for number in range(rows)))
    if writer == "openpyxl":
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("病例")
        for row in made:
            sheet.append(row)
        book.save(path)
        return
    import xlsxwriter

    options = {"constant_memory": "inline" in writer, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(path, options) as made_book:
        page = made_book.add_worksheet("病例")
        for number, row in enumerate(made):
            page.write_row(number, 0, row)


def spent(command: Sequence[str]) -> tuple[float, float]:
    """Processor seconds, of children too, and wall seconds that a command takes."""
    before, begun = os.times(), time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command} ended with {done.returncode}")
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return used, time.perf_counter() - begun


def measured(path: Path, folder: Path, rounds: int) -> list[tuple[float, float]]:
    """The least of several rounds: ours, the peers in memory, the peers in constant memory."""
    commands = [
        [sys.executable, "-m", "zhengming", "clean", str(path), "-o", str(folder / "clean")],
        *([sys.executable, "-c", _PEER, str(path), str(folder / "peer.xlsx"), flag] for flag in "01"),
    ]
    taken = [[spent(command) for command in commands] for _round in range(rounds)]
    return [(min(one[at][0] for one in taken), min(one[at][1] for one in taken)) for at in range(len(commands))]


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=50_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", nargs="*", default=list(FILES), choices=list(FILES))
    options.add_argument("--keep", type=Path, help="make the files here, and use those that are here already")
    chosen = options.parse_args()
    print("| file | zm clean: processor, wall s | calamine + xlsxwriter | constant memory | ratio: processor | wall |")
    print("|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        home = chosen.keep or folder
        home.mkdir(exist_ok=True, parents=True)
        for name in chosen.only:
            path = home / f"{name.replace(' ', '_')}_{chosen.rows}.xlsx"
            if not path.exists():
                write(path, name, chosen.rows)
            ours, plain, constant = measured(path, folder, chosen.rounds)
            times = " | ".join(f"{one[0]:.1f}, {one[1]:.1f}" for one in (ours, plain, constant))
            ratios = " | ".join(f"{ours[at] / plain[at]:.2f} ({ours[at] / constant[at]:.2f})" for at in (0, 1))
            print(f"| {name} | {times} | {ratios} |", flush=True)


if __name__ == "__main__":
    main()
