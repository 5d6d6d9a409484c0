"""The tables of a sheet: one below or beside another, lying on its side, or forms instead of tables.

A sheet is cut into windows that hold one table each; what is cut stays at its place, so every address is still that of
the file. Each row of a window is a data row or explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from zhengming.errors import TooLarge
from zhengming.findings import Place
from zhengming.tables.column_kinds import LOOKED_AT, alike
from zhengming.tables.forms import LEAST_PAIRS, MAX_ROWS, Labels, form_starts, label_text, paired_fields, read_forms
from zhengming.tables.header import Header, Heading, Recognise, best_at, filled, find_header, texts, with_lines_below
from zhengming.tables.kept_rows import Window, is_kept
from zhengming.tables.locate import Located, locate, no_table
from zhengming.tables.model import CellValue, Merge, Notice, Sheet, cell_text
from zhengming.tables.words import plain, words

_NEXT_FIELDS = 2  # fields that the header of a further table must name …
_NEXT_SHARE = 0.6  # … and of its cells the share that must be fields
_SAMPLE = 20  # data rows that show which columns hold digits
_DIGIT_SHARE = 0.8
_SAME_FIELDS = 0.5  # of the fields of a table are those of the one beside it: a list printed in two columns
_PROBES = 300  # rows without a digit whose first cell is looked up, where nothing else hints at a header
_LABELS_DOWN = 3  # fields down one column: a table lying on its side


def tables_of(sheet: Sheet, recognise: Recognise, *, file: str = "", expected: Sequence[str] = ()) -> list[Located]:
    """The tables on `sheet`, from the top down and from left to right; arguments as for `locate`.

    Raises:
        NoTable: nothing on the sheet looks like a header or a form.

    >>> sheet = Sheet("", [["姓名", "甲", "性别", "男"], ["诊断", "室缺"]])
    >>> form = tables_of(sheet, {"姓名": "name", "性别": "sex", "诊断": "diagnosis"}.get)[0]
    >>> [column.field for column in form.columns], form.rows[0].cells
    (['name', 'sex', 'diagnosis'], ('甲', '男', '室缺'))
    """
    known = cache(recognise)
    header = find_header(sheet, known)
    lying = _labels_down(sheet, known) if _may_be_form(header) else None
    if lying:
        return [_lying(sheet, known, lying, file)]
    if _may_be_form(header) and len(sheet.rows) <= MAX_ROWS:
        labels = Labels(sheet, known)
        found = paired_fields(labels, 1, len(sheet.rows))
        if len(found) >= LEAST_PAIRS and len(found) > (header.fields if header else 0):
            return _forms(sheet, labels, known, file)
    if header is None:
        raise no_table(Place(file, sheet.name), expected)
    located: list[Located] = []
    start = 1
    while header:
        following = _next_header(sheet, header, known)
        bottom = following[0] - 1 if following else len(sheet.rows)
        located += _beside(_window(sheet, start, bottom), header, known, file, start)
        start, header = following if following else (0, None)
    return [read_forms(Labels(sheet, known), file)] if _is_one_form(located) else located


def _forms(sheet: Sheet, labels: Labels, known: Recognise, file: str) -> list[Located]:
    starts = form_starts(labels)
    if not starts:
        return [read_forms(labels, file)]
    ends = [*(start - 1 for start in starts[1:]), 16_384]
    windows = [
        _window(sheet, 1, len(sheet.rows), left, right) for left, right in zip([1, *starts[1:]], ends, strict=True)
    ]
    return [read_forms(Labels(window, known), file) for window in windows]


def _may_be_form(header: Header | None) -> bool:
    """Whether the best header leaves room for doubt: few fields, or as many texts that are none."""
    return header is None or header.fields < 4 or header.share < 0.5


def continued(sheet: Sheet, before: Located, *, file: str = "") -> Located | None:
    """The table of a sheet without a header, if it goes on with the columns of the table `before`; else None."""
    if not before.upright or not before.rows:
        return None
    width = max(map(len, sheet.rows), default=0)
    if not 0 < width <= max(column.index for column in before.columns):
        return None
    first = sheet.rows[:LOOKED_AT]
    mine = [
        [cells[column.index - 1] if column.index <= len(cells) else None for cells in first]
        for column in before.columns
    ]
    before_it = before.rows[:LOOKED_AT]
    theirs = [[row.cells[position] for row in before_it] for position in range(len(before.columns))]
    if not alike(theirs, mine):
        return None
    headings = tuple(
        Heading(column.index, (column.header,), column.field) for column in before.columns if column.header
    )
    found = locate(sheet, lambda _: None, file=file, header=Header(1, 0, headings))
    place = Place(file, sheet.name, 1)
    kept = [one for one in found.notices if one.kind not in ("unmapped-header", "duplicate-header")]
    return replace(found, unit=before.unit, notices=(Notice("header-continued", place), *kept))


# One below the other -------------------------------------------------------------------------------------------------


def _next_header(sheet: Sheet, header: Header, known: Recognise) -> tuple[int, Header] | None:
    """The next header below that begins another table, and the row at which that table's titles begin."""
    digits = _digit_columns(sheet, header)
    names = {heading.column: {plain(line) for line in heading.lines} for heading in header.headings}
    gap, probes = False, _PROBES
    for row in range(header.last + 1, len(sheet.rows) + 1):
        count = filled(sheet, row)
        if count < 2:
            gap = gap or count == 0 or row > header.last + 1
            continue
        probed = gap or _without_digits(sheet, row, digits)
        gap = False
        if not probed and (not probes or any(_has_digit(value) for value in sheet.rows[row - 1] if value is not None)):
            continue
        found = texts(sheet, row)
        if not probed and len(found) == count:
            probes -= 1
            probed = known(next(iter(found.values()))) is not None
        if not probed:
            continue
        if len(found) < count or all(plain(text) in names.get(column, ()) for column, text in found.items()):
            continue  # data, or the same header printed again
        one = best_at(sheet, known, row)
        if one and one.fields >= _NEXT_FIELDS and one.share >= _NEXT_SHARE and _single_is_header(one, sheet, known):
            return _titles_above(sheet, row, header.last), with_lines_below(sheet, one, known)
    return None


def _single_is_header(header: Header, sheet: Sheet, known: Recognise) -> bool:
    """Whether the first row alone names fields or groups, and not just a data row over a header."""
    first = texts(sheet, header.first)
    return (
        header.first == header.last
        or sum(known(text) is not None for text in first.values()) * 2 >= len(first)
        or any(merge.first_row == header.first for merge in sheet.merges)
    )


def _digit_columns(sheet: Sheet, header: Header) -> set[int]:
    """The columns whose values have digits: a row without any there may be a header."""
    rows = [cells for cells in sheet.rows[header.last : header.last + _SAMPLE] if len(cells) > 1]
    found = set()
    for heading in header.headings:
        values = [cells[heading.column - 1] for cells in rows if len(cells) >= heading.column]
        values = [value for value in values if value is not None]
        if values and sum(_has_digit(value) for value in values) >= _DIGIT_SHARE * len(values):
            found.add(heading.column)
    return found


def _has_digit(value: CellValue) -> bool:
    return not isinstance(value, str) or any("0" <= sign <= "9" for sign in value)


def _without_digits(sheet: Sheet, row: int, columns: set[int]) -> bool:
    cells = sheet.rows[row - 1]
    values = [cells[column - 1] for column in columns if len(cells) >= column and cells[column - 1] is not None]
    return bool(values) and not any(map(_has_digit, values))


def _titles_above(sheet: Sheet, row: int, after: int) -> int:
    """The first row of a table whose header begins in `row`: its titles are rows of one cell, below a blank one."""
    first = row
    while first - 1 > after and filled(sheet, first - 1) <= 1:
        text = next((plain(value) for value in sheet.rows[first - 2] if value is not None), "")
        if text and (words().is_total(text) or words().is_note(text)):
            break
        first -= 1
    return first


# One beside the other ------------------------------------------------------------------------------------------------


def _beside(sheet: Sheet, header: Header, known: Recognise, file: str, start: int) -> list[Located]:
    """The tables that share the rows of one header."""
    cut = _cut(sheet, header)
    if not cut:
        return [locate(sheet, known, file=file, start=start, header=header)]
    found = []
    for left, right in cut:
        part = _columns_of(header, left, right)
        window = _window(sheet, start, len(sheet.rows), left, right)
        found.append(locate(window, known, file=file, start=start, header=part))
    return found


def _columns_of(header: Header, left: int, right: int) -> Header:
    return replace(header, headings=tuple(one for one in header.headings if left <= one.column <= right))


def _cut(sheet: Sheet, header: Header) -> list[tuple[int, int]]:
    """The columns from and to which each of several tables goes; empty when there is but one."""
    starts = _repeated_starts(header) or _gap_starts(sheet, header)
    if not starts:
        return []
    ends = [start - 1 for start in starts[1:]]
    return list(zip([1, *starts[1:]], [*ends, 16_384], strict=True))


def _repeated_starts(header: Header) -> list[int]:
    """Where a list printed in several columns begins anew: its first heading comes again, as do others."""
    first = header.headings[0]
    same = plain(first.text)
    starts = [
        one.column for one in header.headings if plain(one.text) == same or (first.field and one.field == first.field)
    ]
    if len(starts) < 2:
        return []
    groups = [
        {one.field or plain(one.text) for one in header.headings if left <= one.column < right}
        for left, right in zip(starts, [*starts[1:], 1 << 15], strict=True)
    ]
    alike = all(len(groups[0] & one) >= max(2, _SAME_FIELDS * len(groups[0])) for one in groups[1:])
    return starts if alike else []


def _gap_starts(sheet: Sheet, header: Header) -> list[int]:
    """Where another table begins behind an empty column: it ends in another row, so its rows are not these rows."""
    columns = [one.column for one in header.headings]
    breaks = [right for left, right in pairwise(columns) if right - left > 1]
    starts = [columns[0]]
    for start in breaks:
        below = (sheet.rows[at] for at in range(header.last, len(sheet.rows)))
        if any(len(cells) >= start - 1 and cells[start - 2] is not None for cells in below):
            continue  # a column without a header
        left = _last_filled(sheet, header, starts[-1], start - 1)
        right = _last_filled(sheet, header, start, 16_384)
        fields = sum(one.field is not None for one in header.headings if one.column >= start)
        if left != right and fields and header.last < min(left, right):
            starts.append(start)
    return starts if len(starts) > 1 else []


def _last_filled(sheet: Sheet, header: Header, left: int, right: int) -> int:
    """The last row below the header, before a row that is wholly empty there, with something in these columns."""
    last = header.last
    for row in range(header.last + 1, len(sheet.rows) + 1):
        if not any(cell_text(value).strip() for value in sheet.rows[row - 1][left - 1 : right]):
            break
        last = row
    return last


def _window(sheet: Sheet, top: int, bottom: int, left: int = 1, right: int = 16_384) -> Sheet:
    """The sheet with nothing outside these rows and columns; what is inside keeps its place."""
    if (top, left) == (1, 1) and bottom >= len(sheet.rows) and right >= 16_384:
        return sheet
    seen = Window(sheet.rows, top, bottom, left, right)
    rows = seen if is_kept(sheet.rows) else list(seen)
    merges = tuple(one for one in sheet.merges if top <= one.first_row <= bottom and left <= one.first_column <= right)
    return replace(sheet, rows=rows, merges=merges)


def _is_one_form(located: list[Located]) -> bool:
    """Whether tables of one row each, which name different fields, are one form with its values below their labels."""
    parts = [one for one in located if one.rows]
    fields = [{column.field for column in one.columns if column.field} for one in parts]
    different = bool(fields) and sum(map(len, fields)) == len(set().union(*fields))
    return len(parts) > 1 and different and all(len(one.rows) == 1 for one in parts)


# Lying on its side ---------------------------------------------------------------------------------------------------


def _labels_down(sheet: Sheet, known: Recognise) -> tuple[int, int, int] | None:
    """Column, first and last row of the labels of a table whose rows are columns; None when there is none such."""
    for column in range(1, 4):
        rows = [
            row
            for row in range(1, min(len(sheet.rows), 300) + 1)
            if (text := label_text(sheet.cell(row, column))) and known(text)
        ]
        fields = {known(label_text(sheet.cell(row, column))) for row in rows}
        if len(fields) < _LABELS_DOWN or len(fields) < len(rows):
            continue
        width = [_values_beside(sheet, row, column, known) for row in rows]
        if sum(count >= 2 for count in width) * 2 > len(rows):
            return column, rows[0], rows[-1]
    return None


def _values_beside(sheet: Sheet, row: int, column: int, known: Recognise) -> int:
    """How many values stand to the right of a label; 0 where another label does."""
    values = [value for value in sheet.rows[row - 1][column:] if cell_text(value).strip()]
    return 0 if any((text := label_text(value)) and known(text) for value in values) else len(values)


def _lying(sheet: Sheet, known: Recognise, labels: tuple[int, int, int], file: str) -> Located:
    column, first, last = labels
    if is_kept(sheet.rows) and len(sheet.rows) > MAX_ROWS:
        raise TooLarge(
            f"a table lying on its side in a sheet of {len(sheet.rows):,} rows",
            where=str(Place(file, sheet.name)),
            remedy="turn it in Excel, so that each child is a row, or split the file",
        )
    more = [row for row in range(last + 1, len(sheet.rows) + 1) if filled(sheet, row) > 1]  # labels nobody knows
    last = max([last, *more])
    rows = [cells[column - 1 :] for cells in sheet.rows[first - 1 : last]]
    width = max(map(len, rows))
    turned: list[list[CellValue]] = [[] for _ in range(column - 1)]
    for index in range(width):
        line = [cells[index] if index < len(cells) else None for cells in rows]
        turned.append([None] * (first - 1) + line)
    merges = tuple(
        Merge(one.first_column, one.first_row, one.last_column, one.last_row)
        for one in sheet.merges
        if first <= one.first_row and one.last_row <= last and one.first_column >= column
    )
    found = locate(Sheet(sheet.name, turned, merges), known, file=file)
    return replace(found, swapped=True, notices=_turned_notices(found))


def _turned_notices(found: Located) -> tuple[Notice, ...]:
    return tuple(
        replace(one, place=replace(one.place, row=one.place.column, column=one.place.row)) for one in found.notices
    )
