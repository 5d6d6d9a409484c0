"""Lineage: every clean cell leads back to the sender's cell, and says why it says what it says."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

import zhengming as zm
from zhengming.cli import app
from zhengming.dictionary.decisions import Decision, append
from zhengming.errors import UnreadableFile, UsageError
from zhengming.files import sha256
from zhengming.pipeline import Run, demo
from zhengming.reports.trace import trace
from zhengming.tables import cell_text, read


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lineage")
    demo(path)
    log = [Decision("PA", "disease", "match", "li", "2026-03-05", codes=("D0143",), comment="x")]
    append(path / "decisions.csv", log)
    run = Run(decisions=path / "decisions.csv")
    for source in sorted((path / "inbox").iterdir()):
        run.clean(source).write(path / "clean", data_format="csv")
    return path


def at(clean: Path, column: str, position: int) -> str:
    """The address of a row of the clean workbook in the column that programs call `column`."""
    sheet = openpyxl.load_workbook(clean).worksheets[0]
    names_row = next(row for row in range(1, 9) if sheet.cell(row, 2).value == "source_row")
    names = [cell.value for cell in sheet[names_row]]
    return f"{openpyxl.utils.get_column_letter(names.index(column) + 1)}{names_row + 2 + position}"


@pytest.mark.parametrize("name", ["sender_a.xlsx", "sender_b.xlsx", "sender_c.csv", "sender_d.xlsx"])
def test_every_cell_leads_to_what_the_sender_wrote(folder: Path, name: str) -> None:
    """Of each field and each row: the file's own cell at the address that the lineage gives says the same."""
    lineage = pl.read_parquet(folder / "clean" / "lineage" / f"{Path(name).stem}.parquet")
    sheets = {sheet.name: sheet for sheet in read(folder / "inbox" / name).sheets}
    fields = [column.removesuffix("_cell") for column in lineage.columns if column.endswith("_cell")]
    compared = 0
    for row in lineage.iter_rows(named=True):
        assert row["sha256"] == sha256(folder / "inbox" / name)
        for field in fields:
            address, sheet = row[f"{field}_cell"], sheets[row["source_sheet"]]
            if f"{field}_raw" not in row:
                continue
            column, number = openpyxl.utils.cell.coordinate_from_string(address)
            index = openpyxl.utils.column_index_from_string(column)
            if any(one.first_row < number <= one.last_row and one.first_column == index for one in sheet.merges):
                continue  # the value of a merged cell, spread
            assert (cell_text(sheet.cell(number, index)) or None) == row[f"{field}_raw"]
            compared += 1
    assert compared >= 15 * lineage.height


def test_a_coded_cell_tells_method_term_dictionary_and_decision(folder: Path) -> None:
    clean = folder / "clean" / "sender_b.clean.xlsx"
    data = openpyxl.load_workbook(clean).worksheets[0]
    row = next(cell.row for cells in data.iter_rows() for cell in cells if cell.value == "PA")
    found = trace(clean, f"数据!{at(clean, 'diagnosis_codes', 0).rstrip('0123456789')}{row}")
    assert (found.value, found.raw, found.cell, found.status) == ("D0143", "PA", "M12", "accepted")
    (mention,) = found.mentions
    assert (mention["code"], mention["method"]) == ("D0143", "decision")
    assert mention["decision"] == "match D0143; li; 2026-03-05"
    assert found.dictionary_sha256 == zm.Dictionary.open().sha256


def test_a_cell_with_a_finding_tells_its_rule(folder: Path) -> None:
    clean = folder / "clean" / "sender_a.clean.xlsx"
    found = trace(clean, at(clean, "id_number", 1), source=folder / "inbox" / "sender_a.xlsx")
    assert (found.rules, found.status, found.cell, found.checked) == (("ZM215",), "review", "G5", True)
    assert found.value == ""
    assert len(found.raw) == 18


def test_the_senders_own_columns_and_csv_and_parquet_are_traced_too(folder: Path, tmp_path: Path) -> None:
    clean = folder / "clean" / "sender_a.clean.xlsx"
    assert trace(clean, at(clean, "序号", 0)).cell == "A4"
    csv = folder / "clean" / "sender_c.clean.csv"
    assert trace(csv, "C2").cell == trace(csv, "$C$2").cell == "A2"
    Run().clean(folder / "inbox" / "sender_c.csv").write(tmp_path, data_format="parquet")
    assert trace(tmp_path / "sender_c.clean.parquet", "C2").raw == trace(csv, "C2").raw


def test_a_sorted_workbook_is_traced_by_what_stands_in_the_row(folder: Path, tmp_path: Path) -> None:
    clean = folder / "clean" / "sender_a.clean.xlsx"
    address = at(clean, "diagnosis_codes", 0)
    book = openpyxl.load_workbook(clean)
    sheet = book.worksheets[0]
    top = int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    rows = [[cell.value for cell in cells] for cells in sheet.iter_rows(min_row=top)]
    for offset, cells in enumerate(reversed(rows)):
        for column, value in enumerate(cells, start=1):
            sheet.cell(top + offset, column).value = value
    (tmp_path / "lineage").symlink_to(clean.parent / "lineage")
    book.save(tmp_path / clean.name)
    last = address.replace(str(top), str(top + len(rows) - 1))
    assert trace(tmp_path / clean.name, last).cell == trace(clean, address).cell


def test_what_cannot_be_traced_is_told(folder: Path, tmp_path: Path) -> None:
    clean = folder / "clean" / "sender_a.clean.xlsx"
    for address in ("B2", "A1", "ZZZ9999", "nowhere", ""):
        with pytest.raises(UsageError):
            trace(clean, address)
    with pytest.raises(UnreadableFile, match="no clean result"):
        trace(folder / "inbox" / "sender_a.xlsx", "A5")
    with pytest.raises(UnreadableFile, match="not the file"):
        trace(clean, at(clean, "sex", 0), source=folder / "inbox" / "sender_b.xlsx")
    (tmp_path / clean.name).write_bytes(clean.read_bytes())
    with pytest.raises(UnreadableFile, match="keep the folder lineage"):
        trace(tmp_path / clean.name, at(clean, "sex", 0))


def test_the_command_tells_it_in_words_and_in_json(folder: Path) -> None:
    clean = folder / "clean" / "sender_a.clean.xlsx"
    address = at(clean, "diagnosis_codes", 1)
    shown = CliRunner().invoke(app, ["trace", str(clean), address, "--lang", "zh", "--show-values"]).stdout
    for part in ("来源单元格\t2024年第一季度!O5", "原始值\tVSD、ASD(Ⅱ)、PDA", "“VSD” → D0032 室间隔缺损"):
        assert part in shown
    data = json.loads(CliRunner().invoke(app, ["trace", str(clean), address, "--json", "--show-values"]).stdout)
    assert [one["text"] for one in data["mentions"]] == ["VSD", "ASD", "PDA"]


def test_the_command_tells_the_place_and_hides_the_values_unless_asked(folder: Path) -> None:
    clean = folder / "clean" / "sender_a.clean.xlsx"
    address = at(clean, "diagnosis_codes", 1)
    for form in ([], ["--json"]):
        shown = CliRunner().invoke(app, ["trace", str(clean), address, "--lang", "zh", *form]).stdout
        assert "O5" in shown
        assert "〔17〕" in shown
        assert not any(value in shown for value in ("VSD", "D0032", "室间隔缺损"))


def test_lineage_is_the_same_bytes_each_time(folder: Path, tmp_path: Path) -> None:
    Run(decisions=folder / "decisions.csv").clean(folder / "inbox" / "sender_a.xlsx").write(tmp_path)
    name = "lineage/sender_a.parquet"
    assert (tmp_path / name).read_bytes() == (folder / "clean" / name).read_bytes()
