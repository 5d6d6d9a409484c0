"""Reading xlsx and xlsm (ECMA-376): checked first, read by calamine or openpyxl, then corrected from the XML.

Runs in the child process of `isolation.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from zhengming.findings import Place
from zhengming.tables.contents import Contents, Source, by_column, lost_addresses
from zhengming.tables.engines import read_calamine, read_openpyxl
from zhengming.tables.model import CellValue, ErrorValue, Notice, Sheet
from zhengming.tables.package import opened_package
from zhengming.tables.sheet_xml import SheetFacts, scan

ISOLATED = True
ENGINES = ("calamine", "openpyxl")  # the second is tried when the first dies on the file
_READ = {"calamine": read_calamine, "openpyxl": read_openpyxl}


def read_contents(source: Source) -> Contents:
    """The sheets of one workbook, with the engine that `source` names.

    Raises:
        UnreadableFile: damaged, over a limit, or no xlsx workbook.
        EncryptedFile: protected by a password.
    """
    with opened_package(source.path, source.limits) as package:
        facts = {part.name: scan(package.read(part.part)) for part in package.sheets}
        date1904 = package.date1904
    largest = max((one.grid for one in facts.values()), default=0)
    engine = "openpyxl" if largest > source.limits.grid_cells else source.engine
    sheets = []
    notices: list[Notice] = []
    for sheet in _READ[engine](source.path):
        corrected, found = _correct(sheet, facts.get(sheet.name), source.file)
        sheets.append(corrected)
        notices += found
    if engine != ENGINES[0]:
        notices.append(Notice("other-reader", Place(source.file)))
    return Contents(tuple(sheets), tuple(notices), date1904, {"reader": engine})


def _correct(sheet: Sheet, facts: SheetFacts | None, file: str) -> tuple[Sheet, list[Notice]]:
    """The sheet with error literals and exact digits put in, and what there is to tell about it."""
    place = Place(file, sheet.name)
    notices = [Notice("hidden-sheet", place)] if sheet.hidden else []
    rows = list(sheet.rows)
    if facts is None:
        return sheet, notices + by_column("lost-digits", place, lost_addresses(rows))
    for (row, column), digits in facts.exact.items():
        _put(rows, row, column, digits)
    for (row, column), literal in facts.errors.items():
        _put(rows, row, column, ErrorValue(literal))
    notices += by_column("lost-digits", place, lost_addresses(rows))
    notices += by_column("recovered-digits", place, facts.exact)
    notices += by_column("error-cell", place, facts.errors)
    notices += [Notice("formula-without-value", Place(file, sheet.name, *address)) for address in facts.no_value]
    if facts.hidden_rows:
        notices.append(Notice("hidden-rows", place, {"count": len(facts.hidden_rows)}))
    if facts.hidden_columns:
        notices.append(Notice("hidden-columns", place, {"count": len(facts.hidden_columns)}))
    return Sheet(sheet.name, rows, sheet.merges, sheet.hidden, facts.hidden_rows, facts.hidden_columns), notices


def _put(rows: list[Sequence[CellValue]], row: int, column: int, value: CellValue) -> None:
    """Write one cell, where the reader may have seen nothing at all."""
    rows.extend([()] * (row - len(rows)))
    cells = list(rows[row - 1])
    cells.extend([None] * (column - len(cells)))
    cells[column - 1] = value
    rows[row - 1] = cells
