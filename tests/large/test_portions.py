"""A file cleaned portion by portion comes to what it comes to as a whole, whatever its layout."""

from __future__ import annotations

import importlib.util
import io
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType

import openpyxl
import polars as pl
import pytest

from zhengming.cleaning import OneFile
from zhengming.configuration import LargeFiles
from zhengming.errors import NoTable, TooLarge
from zhengming.large import portions
from zhengming.large.result import LargeResult
from zhengming.pipeline import Run
from zhengming.reports import in_order, lineage
from zhengming.results import CleanResult
from zhengming.tables import CellValue, Sheet, Workbook
from zhengming.tables.kept_rows import KeptRows

SAMPLES = Path(__file__).parents[2] / "zhengming" / "data" / "samples"


def _layouts() -> ModuleType:
    path = Path(__file__).parents[1] / "tables" / "layouts.py"
    spec = importlib.util.spec_from_file_location("layouts", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["layouts"] = module
    spec.loader.exec_module(module)
    return module


LAYOUTS = {name: layout for name, layout in _layouts().all_layouts() if name.endswith("0")}


@cache
def run() -> Run:
    return Run()


def kept(rows: Sequence[Sequence[CellValue]]) -> KeptRows:
    """The rows on what stands for a disk, two in a block."""
    found = KeptRows(io.BytesIO())
    for first in range(0, len(rows), 2):
        found.add(rows[first : first + 2])
    return found


def both(sheets: Sequence[Sheet], size: int) -> tuple[CleanResult, LargeResult]:
    book = Workbook("a.xlsx", "0" * 64, "xlsx", tuple(sheets))
    large = replace(book, sheets=tuple(replace(sheet, rows=kept(sheet.rows)) for sheet in sheets))
    whole = OneFile(run(), Path("a.xlsx"), book).clean("a")
    file = OneFile(run(), Path("a.xlsx"), large)
    assert file.is_large
    return whole, portions.cleaned(file, io.BytesIO(), stem="a", size=size)


def same(whole: CleanResult, large: LargeResult) -> None:
    assert pl.concat(list(large.kept.data)).equals(whole.data)
    mentions = [frame for frames in large.kept.mentions.values() for frame in frames]
    assert pl.concat(mentions).equals(whole.mentions)
    fields = large.findings.fields()
    ways = [
        lineage.with_rules(frame, large.spec, fields, [one for _at, one in large.findings.of_portion(number)])
        for number, frame in enumerate(large.kept.lineage)
    ]
    assert pl.concat(ways).equals(whole.lineage)
    assert large.undecided == whole.undecided
    assert [replace(one, value=None) for one in in_order(whole.findings)] == list(large.findings)
    assert large.manifest == whole.manifest


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_comes_to_the_same(name: str) -> None:
    try:
        OneFile(run(), Path("a.xlsx"), Workbook("a.xlsx", "", "xlsx", LAYOUTS[name].sheets)).begin()
    except NoTable:
        pytest.skip("needs what other sheets of the workbook say")
    same(*both(LAYOUTS[name].sheets, 5))


HEADER = ["编号", "患儿姓名", "性别", "出生日期", "身份证号", "就诊医院", "诊断", "总费用", "入院日期", "分组"]


def children(count: int) -> list[list[CellValue]]:
    """Rows as they should be."""
    made: list[list[CellValue]] = []
    for number in range(count):
        name, sex = f"金小{'一二三四五六七八九十'[number % 10]}", "男女"[number % 2]
        born, disease = f"2020-01-{number % 28 + 1:02}", ("室缺", "PDA术后", "法四")[number % 3]
        made.append([f"B{number:04}", name, sex, born, None, "示范儿童医院", disease, 100 * number, "2024-03-05", "甲"])
    return made


def rows_with(count: int, **changes: dict[int, CellValue]) -> list[list[CellValue]]:
    made = children(count)
    for name, by_row in changes.items():
        column = {"case": 0, "name": 1, "born": 3, "diagnosis": 6, "cost": 7, "group": 9}[name]
        for row, value in by_row.items():
            made[row][column] = value
    return made


@pytest.mark.parametrize(
    "body",
    [
        rows_with(11, born={10: "2021.13.45"}),
        rows_with(11, case={9: "B0001", 4: "B0003"}, name={9: "金小二"}),
        rows_with(11, diagnosis={2: "ASD", 7: "ASD", 10: "待查病", 1: "待查病"}),
        rows_with(11, cost={3: "约三万多", 8: "5"}),
        [*children(7), ["合计", None, None, None, None, None, None, 2100], *children(3), ["总计", *[None] * 6, 9]],
        [*children(7), [], ["备注：以上信息属实"]],
        [[*row, f"第{number}行"] if number > 5 else row for number, row in enumerate(children(9))],
        [*children(5), HEADER, *children(5)],
        [],
    ],
    ids=["late value", "repeats", "undecided", "amounts", "totals", "note", "nameless", "header again", "no rows"],
)
def test_what_concerns_several_portions_comes_to_the_same(body: list[list[CellValue]]) -> None:
    whole, large = both([Sheet("病例", [["2024年救助名单"], HEADER, *body])], 3)
    same(whole, large)


def test_a_row_that_repeats_one_of_another_portion_is_told() -> None:
    body = rows_with(11, case={9: "B0001"})
    _whole, large = both([Sheet("病例", [HEADER, *body])], 3)
    told = [(one.code, one.place.row) for one in large.findings if one.code == "ZM407"]
    assert told == [] or {row for _code, row in told} == {3, 11}


def test_a_long_sheet_lying_on_its_side_says_what_to_do() -> None:
    labels = ["编号", "患儿姓名", "性别", "出生日期"]
    rows: list[list[CellValue]] = [[label, "a", "b", "c"] for label in labels]
    sheet = Sheet("横", [*rows, *[["", "x", "y"] for _row in range(2_100)]])
    file = OneFile(run(), Path("a.xlsx"), Workbook("a.xlsx", "", "xlsx", (replace(sheet, rows=kept(sheet.rows)),)))
    with pytest.raises(TooLarge, match="turn it"):
        file.begin()


@cache
def writing(beyond: int) -> Run:
    return Run(large=LargeFiles(beyond=beyond, portion=25))


def written(tmp_path: Path, source: Path, *, large: bool) -> Path:
    folder = tmp_path / ("large" if large else "whole")
    result = writing(1 if large else 1_000).clean_into(folder, source, source.stem, data_format="csv")
    assert isinstance(result, LargeResult) is large
    return folder


def cells(path: Path) -> dict[str, list[list[object]]]:
    """What a person sees: the values and formats of all cells, the colours of empty ones too."""
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: [
            [
                (cell.value, cell.fill.fgColor.rgb, cell.value and (cell.number_format, cell.alignment.wrap_text))
                for cell in row
            ]
            for row in sheet
        ]
        for sheet in book
    }


def same_files(tmp_path: Path, source: Path) -> None:
    one, other = written(tmp_path, source, large=False), written(tmp_path, source, large=True)
    name = source.stem
    assert (one / f"{name}.clean.csv").read_bytes() == (other / f"{name}.clean.csv").read_bytes()
    assert cells(one / f"{name}.clean.xlsx") == cells(other / f"{name}.clean.xlsx")
    ways = [pl.read_parquet(folder / "lineage" / f"{name}.parquet") for folder in (one, other)]
    assert ways[0].equals(ways[1])
    assert sorted(path.name for path in other.iterdir()) == sorted(path.name for path in one.iterdir())


@pytest.mark.parametrize("name", ["sender_a.xlsx", "sender_b.xlsx", "sender_c.csv", "sender_d.xlsx"])
def test_the_samples_are_written_alike(tmp_path: Path, name: str) -> None:
    same_files(tmp_path, SAMPLES / name)


TABLE = "患儿姓名,性别,出生日期,诊断,备注,总费用\n" + "".join(
    f"金小{'一二三四五'[number % 5]},男,2020-01-{number % 28 + 1:02},{('室缺', 'ASD', '法四')[number % 3]},,{number}\n"
    for number in range(40)
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TABLE + '金小六,女,2020-02-01,"室缺\n,PDA术后","两行\n备注",5\n' + TABLE[TABLE.index("\n") + 1 :], "utf-8"),
        (TABLE, "gb18030"),
        (TABLE.replace("\n", "\r\n"), "utf-16"),
        (TABLE + '金小六,女,2020-02-01,"室缺,备注,5\n金小七,女,2020-02-01,室缺,,5\n', "utf-8"),
        (TABLE + "金小六;女;2020-02-01;室缺;;5\n金小七,女,2020-02-01,室缺,,5,多出一格\n", "utf-8-sig"),
        (TABLE + "金小六,女,2021.13.45,=1+1,_x0041_\x0b<&>,5\n\n\n\x1a", "utf-8"),
    ],
    ids=["quoted line breaks", "gb18030", "utf-16", "open quote", "broken rows", "odd characters"],
)
def test_odd_csv_is_written_alike(tmp_path: Path, text: str, encoding: str) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(text.encode(encoding))
    same_files(tmp_path, source)
