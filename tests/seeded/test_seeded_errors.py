"""Seeded errors: a table of every kind of error at once is read in one pass, and each is found at its own cell.

`errors.tsv` has one row for each seeded row: the cells that are spoilt in a row that is right otherwise, and what must
be found there, field by field. Nothing else may be found in the row: no error hides another, none is imagined.
`held_out.tsv` was written after the program, and nothing was changed for it since; `spellings.tsv` has the ways in
which hospitals write what is right.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import pytest
import xlsxwriter

from zhengming.pipeline import Run
from zhengming.schemas.spec import load

from .children import ROWS

HERE = Path(__file__).parent
TODAY = dt.date(2024, 6, 30)
FIRST_ROW = 2
Seeded = dict[str, str]


def _table(name: str) -> list[Seeded]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _cells(text: str, row: Mapping[str, object]) -> dict[str, object]:
    """What a seeded row changes: `field=text`, `field=float:1.5`, `field==other field`."""
    made: dict[str, object] = {}
    for part in filter(None, text.split(";")):
        field, _, value = part.partition("=")
        made[field] = row[value[1:]] if value.startswith("=") else _typed(value.replace("\\n", "\n"))
    return made


def _typed(text: str) -> object:
    kind, colon, rest = text.partition(":")
    return {"float": float, "int": int}[kind](rest) if colon and kind in ("float", "int") else text


def _written(path: Path, table: str, rows: Iterable[Mapping[str, object]]) -> Path:
    fields = load(table).fields
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        sheet.write_row(0, 0, [field.zh for field in fields])
        for number, row in enumerate(rows, 1):
            for column, field in enumerate(fields):
                value = row.get(field.name, "")
                if isinstance(value, str):
                    sheet.write_string(number, column, value) if value else None
                elif isinstance(value, dt.date):
                    sheet.write_datetime(number, column, value, book.add_format({"num_format": "yyyy-mm-dd"}))
                else:
                    sheet.write_number(number, column, float(str(value)))
    return path


@cache
def _run(table: str) -> Run:
    return Run(table=table, today=TODAY)


def _found(path: Path, table: str, *, remarks: bool = True) -> dict[int, set[str]]:
    """By row, what was found there as `field:rule`."""
    found: dict[int, set[str]] = {}
    for one in _run(table).cleaned(path).findings:
        if remarks or one.severity != "info":
            found.setdefault(one.place.row, set()).add(f"{one.field}:{one.code}")
    return found


@pytest.mark.parametrize("table", list(ROWS))
def test_every_seeded_error_is_found_at_its_cell_and_hides_no_other(table: str, tmp_path: Path) -> None:
    seeded = [one for one in _table("errors.tsv") if one["table"] == table]
    rows = []
    for number, one in enumerate(seeded):
        row = ROWS[table](number)
        rows.append({**row, **_cells(one["cells"], row)})
    found = _found(_written(tmp_path / "a.xlsx", table, rows), table)
    wrong = {}
    for number, one in enumerate(seeded):
        expected, got = set(one["findings"].split(";")), found.get(FIRST_ROW + number, set())
        if got != expected:
            wrong[one["id"]] = (sorted(expected - got), sorted(got - expected))
    assert wrong == {}


def test_there_are_enough_seeded_errors_of_every_rule_for_cells() -> None:
    seeded = _table("errors.tsv")
    findings = [one for row in seeded for one in row["findings"].split(";")]
    assert len(seeded) >= 80
    assert len({(row["table"], row["id"]) for row in seeded}) == len(seeded)
    assert len({one.partition(":")[2] for one in findings}) >= 40


@pytest.mark.parametrize("table", list(ROWS))
def test_right_rows_give_no_finding(table: str, tmp_path: Path) -> None:
    path = _written(tmp_path / "a.xlsx", table, [ROWS[table](number) for number in range(200)])
    assert _found(path, table) == {}


def _spellings(table: str) -> list[tuple[dict[str, object], str, str]]:
    """Right rows, each with one cell spelt in another way; what depends on the cell is left out of its row."""
    made = []
    listed = [one for one in _table("spellings.tsv") if one["table"] == table]
    for number, one in enumerate(listed, 300):
        row = ROWS[table](number)
        for other in DEPENDENT.get(one["field"], ()):
            row[other] = ""
        row[one["field"]] = _typed(one["raw"].replace("\\n", "\n"))
        made.append((row, one["field"], one["raw"]))
    return made


# A cell in another spelling may state something else than the other cells of its row.
DEPENDENT = {
    "sex": ("id_number",), "birth_date": ("id_number", "age"), "diagnosis": ("diagnosis_code",),
    "donation_amount": ("restricted_amount", "unrestricted_amount"),
}  # fmt: skip


@pytest.mark.parametrize("table", list(ROWS))
def test_the_spellings_of_hospitals_give_no_false_alarm(table: str, tmp_path: Path) -> None:
    spelt = _spellings(table)
    found = _found(_written(tmp_path / "a.xlsx", table, [row for row, _field, _raw in spelt]), table, remarks=False)
    wrong = {
        f"{spelt[row - FIRST_ROW][1]}={spelt[row - FIRST_ROW][2]}": codes
        for row, codes in found.items()
        if row >= FIRST_ROW
    }
    assert wrong == {}


def test_of_errors_written_after_the_program_nearly_all_are_found(tmp_path: Path) -> None:
    held_out = _table("held_out.tsv")
    missed = []
    for table in ROWS:
        seeded = [one for one in held_out if one["table"] == table]
        rows = [{**(row := ROWS[table](number)), **_cells(one["cells"], row)} for number, one in enumerate(seeded, 500)]
        found = _found(_written(tmp_path / f"{table}.xlsx", table, rows), table)
        for number, one in enumerate(seeded, FIRST_ROW):
            if one["field"] not in {what.partition(":")[0] for what in found.get(number, set())}:
                missed.append(one["id"])
    assert len(held_out) >= 100
    assert len(missed) <= 0.05 * len(held_out), missed
