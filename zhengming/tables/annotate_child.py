"""What runs in the child process that writes notes into a sender's workbook. Started by `annotate.py` only."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from typing import Any

from zhengming.tables.annotate import AUTHOR, comment_size
from zhengming.tables.child import limit
from zhengming.tables.sheets_out import FILLS, OURS
from zhengming.tables.written_text import runs, sheet_names, storable

# A range, or several: `'2024'!$A$1:$C$9`. A name that stands for anything else computes.
_RANGE = r"(?:'[^'\[\]]+'!|[\w.]+!)?\$?[A-Z]{1,3}\$?[0-9]{1,7}(?::\$?[A-Z]{1,3}\$?[0-9]{1,7})?"
_PLAIN_REFERENCE = re.compile(rf"=?{_RANGE}(?:,{_RANGE})*")
_CONSTANT = re.compile(r'"[^"]*"|-?[0-9.]+')


def run(arguments: dict[str, Any]) -> None:
    """Do what `arguments` say and send the workbook's bytes to standard output."""
    limit(arguments["memory"], arguments["seconds"])
    made = annotated(arguments["file"], arguments["notes"], arguments["summary"])
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()


def annotated(path: str, notes: list[dict[str, Any]], summary: dict[str, Any]) -> bytes:
    """The workbook at `path` with notes in it, as openpyxl saves it. Raises whatever openpyxl does."""
    import openpyxl

    with open(path, "rb") as handle:
        data = handle.read()
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False, rich_text=True)
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if not sheets or not {note["sheet"] for note in notes} <= set(sheets):
        raise ValueError("openpyxl sees other sheets than the reader did")
    _keep_formulas_as_text(book, data)
    for sheet in book.worksheets:
        _disarm(sheet)
    for name in [name for name, one in book.defined_names.items() if not _refers(one)]:
        del book.defined_names[name]
    for note in notes:
        _note(sheets[note["sheet"]], note)
    _summarize(book, summary)
    book.calculation = openpyxl.workbook.properties.CalcProperties(fullCalcOnLoad=False)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _keep_formulas_as_text(book: Any, data: bytes) -> None:
    """A formula that was never calculated has no value to stand for it: it is kept, as text."""
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        if not any(b"<f" in archive.read(name) for name in sheets):
            return
    formulas = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    for sheet in formulas.worksheets:
        for cell in _cells(sheet):
            if cell.data_type == "f":
                kept = book[sheet.title].cell(cell.row, cell.column)
                if kept.value is None:
                    _text(kept, str(getattr(cell.value, "text", cell.value)))


def _cells(sheet: Any) -> list[Any]:
    """The cells that are there; asked for rows, openpyxl makes those between as well, up to all of a sheet."""
    return list(sheet._cells.values())


def _disarm(sheet: Any) -> None:
    """Leave out of a sheet what runs, computes or leads elsewhere; mark text that would run once edited."""
    sheet._pivots = []
    sheet._hyperlinks = [link for link in sheet._hyperlinks if not (link.target or link.id)]
    for cell in _cells(sheet):
        _disarm_cell(cell, sheet._hyperlinks)
    checks = sheet.data_validations.dataValidation
    sheet.data_validations.dataValidation = [one for one in checks if _harmless(one.formula1, one.formula2)]
    _plain_conditions(sheet)
    for table in sheet.tables.values():
        for column in table.tableColumns:
            column.calculatedColumnFormula = column.totalsRowFormula = None
    for name in [name for name, one in sheet.defined_names.items() if not _refers(one)]:
        del sheet.defined_names[name]


def _disarm_cell(cell: Any, links: list[Any]) -> None:
    if cell.data_type == "f":
        _text(cell, str(cell.value))
    elif cell.data_type == "s" and runs(str(cell.value)):
        cell.quotePrefix = True
    link = getattr(cell, "hyperlink", None)
    if link is not None and link not in links:
        cell._hyperlink = None


def _plain_conditions(sheet: Any) -> None:
    """Keep the conditional formats that compare with constants or cells; those that compute are left out."""
    from openpyxl.formatting.formatting import ConditionalFormattingList

    kept = ConditionalFormattingList()
    for region in sheet.conditional_formatting:
        for rule in region.rules:
            if _harmless(*(rule.formula or ())):
                kept.add(str(region.sqref), rule)
    sheet.conditional_formatting = kept


def _harmless(*formulas: str | None) -> bool:
    return all(
        not formula or _PLAIN_REFERENCE.fullmatch(formula) or _CONSTANT.fullmatch(formula) for formula in formulas
    )


def _refers(name: Any) -> bool:
    """Whether a defined name stands for cells and nothing else."""
    plain = _PLAIN_REFERENCE.fullmatch(name.attr_text or "")
    return bool(plain) and not (name.function or name.vbProcedure or name.xlm)


def _text(cell: Any, text: str) -> None:
    """Put text into a cell, whatever it begins with."""
    cell.value = None
    cell._value, cell.data_type = storable(text), "s"
    cell.quotePrefix = True


def _note(sheet: Any, note: dict[str, Any]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    row, column = note["row"], note["column"]
    if not row:
        return
    column = column or next((cell.column for cell in sheet[row] if cell.value is not None), 1)
    for one in sheet.merged_cells.ranges:
        if one.min_row <= row <= one.max_row and one.min_col <= column <= one.max_col:
            row, column = one.min_row, one.min_col
    cell = sheet.cell(row, column)
    if cell.comment is None or cell.comment.author != AUTHOR:
        cell.fill = PatternFill("solid", fgColor="FF" + FILLS[note["mark"]].removeprefix("#"))
    if not note["text"]:
        return
    said = [cell.comment.text, note["text"]] if cell.comment else [note["text"]]
    text = storable("\n\n".join(said))
    comment = Comment(text, AUTHOR)
    comment.width, comment.height = comment_size(text)
    cell.comment = comment


def _summarize(book: Any, summary: dict[str, Any]) -> None:
    """Our own sheet at the end; its first column, out of sight, tells that it is ours."""
    from openpyxl.styles import Alignment, PatternFill
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(sheet_names([*book.sheetnames, summary["name"]])[-1])
    page["A1"] = f"{OURS}notes"
    page.column_dimensions["A"].hidden = True
    for column, size in enumerate(summary["widths"], start=2):
        page.column_dimensions[get_column_letter(column)].width = size
    for row, (mark, cells) in enumerate(summary["rows"], start=1):
        for column, text in enumerate(cells, start=2):
            cell = page.cell(row, column)
            _text(cell, text) if runs(text) else setattr(cell, "value", storable(text))
            cell.alignment = Alignment(wrap_text=len(cells) > 1, vertical="top")
            if mark and mark in FILLS:
                cell.fill = PatternFill("solid", fgColor="FF" + FILLS[mark].removeprefix("#"))
