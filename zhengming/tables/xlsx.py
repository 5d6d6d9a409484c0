"""Reading xlsx and xlsm (ECMA-376): checked first, read by calamine, corrected from the XML, and counted.

What the XML holds and calamine did not give, or a file it dies on, is read cell by cell. Runs in the child process of
`isolation.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from zhengming.findings import Place
from zhengming.tables import long_xlsx
from zhengming.tables.contents import Contents, Source, by_column, lost_addresses, told
from zhengming.tables.engines import CalamineFailed, read_calamine
from zhengming.tables.grid import formula_notices, hidden_notices, sheet_notices
from zhengming.tables.model import CellValue, ErrorValue, Notice, Sheet
from zhengming.tables.package import Package, opened_package
from zhengming.tables.sheet_cells import quoted_styles, read_cells
from zhengming.tables.sheet_xml import SheetFacts, scan, shared_text

ISOLATED = True
ENGINES = ("calamine", "cells")  # the second is tried when the first dies on the file
_EMPTY_STRING = re.compile(
    rb"<(?:\w+:)?si(?:\s[^>]*)?(/>|>\s*(?:<(?:\w+:)?t(?:\s[^>]*)?(?:/>|></(?:\w+:)?t>)\s*)?</|>)"
)


def read_contents(source: Source) -> Contents:
    """The sheets of one workbook, with the engine that `source` names.

    Raises:
        UnreadableFile: damaged, over a limit, or no xlsx workbook.
        EncryptedFile: protected by a password.
    """
    with opened_package(source.path, source.limits) as package:
        return _contents(source, package)


def _contents(source: Source, package: Package) -> Contents:
    found = _fast(source, package) if source.engine == ENGINES[0] else None
    return found or _patient(source, package)


def messages(source: Source) -> Iterator[tuple[Any, ...]]:
    """The same, row by row where the sheets are large; see `child`."""
    with opened_package(source.path, source.limits) as package:
        size = sum(package.size(part.part) for part in package.sheets)
        if source.engine == ENGINES[0] and size > source.limits.whole_bytes:
            yield from long_xlsx.messages(source, package)
            return
        contents = _contents(source, package)
    yield from told(contents)


def _fast(source: Source, package: Package) -> Contents | None:
    """What calamine reads, corrected; None when the XML has more than that."""
    quoted = quoted_styles(package)
    facts: dict[str, SheetFacts] = {}
    for part in package.sheets:
        facts[part.name] = scan(package.read(part.part), quoted)
    if max((one.grid for one in facts.values()), default=0) > source.limits.grid_cells:
        return None
    try:
        read = read_calamine(source.path)
    except CalamineFailed:
        return None
    sheets = []
    notices = [Notice("dates-1904", Place(source.file))] if package.date1904 else []
    for sheet in read:
        corrected, told = _correct(sheet, facts.get(sheet.name), source.file, uncalculated=package.uncalculated)
        sheets.append(corrected)
        notices += told
    if not _complete(read, facts, package):
        return None
    return Contents(tuple(sheets), tuple(notices), package.date1904, {"reader": "calamine"})


def _patient(source: Source, package: Package) -> Contents:
    """What the XML holds, cell by cell."""
    grids = read_cells(package, source.limits)
    sheets = tuple(grid.sheet() for grid in grids)
    notices = [Notice("other-reader", Place(source.file))]
    if package.date1904:
        notices.append(Notice("dates-1904", Place(source.file)))
    for grid, sheet in zip(grids, sheets, strict=True):
        notices += sheet_notices(grid, sheet, source.file)
    # A sheet without content makes the fast reader's answer incomplete, so that it is told here.
    empty = [part.name for part in package.sheets if not package.read(part.part).strip()]
    notices += [Notice("missing-sheet", Place(source.file, name)) for name in empty]
    return Contents(sheets, tuple(notices), package.date1904, {"reader": "cells"})


def _complete(sheets: list[Sheet], facts: dict[str, SheetFacts], package: Package) -> bool:
    """Whether every sheet, and every value in the XML, has come; empty shared strings are no value."""
    by_name = {sheet.name: sheet for sheet in sheets}
    empty: set[int] | None = None
    for part in package.sheets:
        sheet = by_name.get(part.name)
        if sheet is None:
            return False
        one = facts[part.name]
        # Errors were put in only later; calamine gives none of them.
        missing = one.filled - len(one.errors) - _filled(sheet)
        if missing > 0:
            if empty is None:
                empty = _empty_strings(package)
            if missing > shared_text(package.read(part.part), empty):
                return False
    return True


def _filled(sheet: Sheet) -> int:
    return sum(len(row) - row.count(None) for row in sheet.rows)


def _empty_strings(package: Package) -> set[int]:
    found = _EMPTY_STRING.finditer(package.related("sharedStrings"))
    return {index for index, one in enumerate(found) if one[1] != b">"}


def _correct(sheet: Sheet, facts: SheetFacts | None, file: str, *, uncalculated: bool) -> tuple[Sheet, list[Notice]]:
    """The sheet with error literals and exact digits put in, and what there is to tell about it.

    Where the writer left all formulas to be calculated on opening, a result of 0 is a placeholder and no value.
    """
    place = Place(file, sheet.name)
    notices = [Notice("hidden-sheet", place)] if sheet.hidden else []
    rows = list(sheet.rows)
    if facts is None:
        return sheet, notices + by_column("lost-digits", place, lost_addresses(rows))
    for (row, column), digits in facts.exact.items():
        _put(rows, row, column, digits)
    for (row, column), literal in facts.errors.items():
        _put(rows, row, column, ErrorValue(literal))
    no_value = [*facts.no_value, *(facts.zero if uncalculated else ())]
    for row, column in facts.zero if uncalculated else ():
        _put(rows, row, column, None)
    notices += by_column("lost-digits", place, lost_addresses(rows))
    notices += by_column("recovered-digits", place, facts.exact)
    notices += by_column("error-cell", place, facts.errors)
    notices += formula_notices(no_value, place)
    corrected = Sheet(sheet.name, rows, sheet.merges, sheet.hidden, facts.hidden_rows, facts.hidden_columns)
    notices += hidden_notices(corrected, facts.filtered, place)
    notices += by_column("quoted-prefix", place, facts.quoted)
    return corrected, notices


def _put(rows: list[Sequence[CellValue]], row: int, column: int, value: CellValue) -> None:
    """Write one cell, where the reader may have seen nothing at all."""
    rows.extend([()] * (row - len(rows)))
    cells = list(rows[row - 1])
    cells.extend([None] * (column - len(cells)))
    cells[column - 1] = value
    rows[row - 1] = cells
