"""Forms: labels with their values beside or below them, one applicant a form, instead of a table with a header.

    | 姓名     | 王小明 | 性别 | 男         |
    | 出生日期 | 2020-1-1 | 诊断 | 室间隔缺损 |

A form becomes one row, whose columns are its labels in the order of reading. A label that is met again begins the next
form. What stands in a form and belongs to no label is kept in a column without a header, so nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as declared
from functools import cache

from zhengming.findings import Place
from zhengming.tables.header import Recognise
from zhengming.tables.locate import Column, Explained, Located
from zhengming.tables.model import CellValue, Notice, Sheet, cell_text
from zhengming.tables.row_kinds import RowKind
from zhengming.tables.table_rows import DataRow
from zhengming.tables.words import plain, words

MAX_LABEL = 40  # characters
MAX_ROWS = 2_000  # rows of a sheet that are looked at for forms: some 100 forms one below the other
LEAST_PAIRS = 3  # different fields with a value beside their label: fewer are a title that says who reports
_MARKS = ":：*＊ \u3000\n"
_INLINE = re.compile(r"([^:：\n]{1,40}?)[:：]\s*([^:：\n]*?)(?=\s{2,}|[\n;；]|$)")
_COLON = (":", "：")


@dataclass(frozen=True, slots=True)
class Pair:
    """One label, the field it means, and its value; the addresses are 1-based (row, column)."""

    label: str
    field: str | None
    at: tuple[int, int]
    value: CellValue
    value_at: tuple[int, int]


@dataclass(slots=True)
class _Form:
    pairs: list[Pair] = declared(default_factory=list)
    rest: list[tuple[tuple[int, int], CellValue]] = declared(default_factory=list)

    def has(self, pair: Pair) -> bool:
        return any(one.field == pair.field if pair.field else one.label == pair.label for one in self.pairs)


class Labels:
    """Which cells of a sheet are labels."""

    def __init__(self, sheet: Sheet, recognise: Recognise) -> None:
        """Look at `sheet`; `recognise` gives the field that a text means."""
        self.sheet = sheet
        self._known = cache(recognise)
        self._merges = {(one.first_row, one.first_column): one for one in sheet.merges}
        self._sections = _sections(sheet)
        self._values: dict[int, bool] = {}

    def field(self, row: int, column: int) -> str | None:
        """The field that the cell names, alone or with the section it stands in."""
        text = label_text(self.sheet.cell(row, column))
        if not text or words().boxes.search(text):
            return None
        section = self._sections.get((row, column), "")
        return (self._known(section + text) if section else None) or self._known(text)

    def known(self, text: str) -> str | None:
        """The field that a text names."""
        return self._known(text)

    def right(self, row: int, column: int) -> int:
        """The column behind the cell, or behind the cells it is merged with."""
        merge = self._merges.get((row, column))
        return (merge.last_column if merge else column) + 1

    def holds_values(self, column: int) -> bool:
        """Whether more cells of a column are values than labels."""
        if column not in self._values:
            rows = range(1, min(len(self.sheet.rows), MAX_ROWS) + 1)
            filled = [row for row in rows if cell_text(self.sheet.cell(row, column)).strip()]
            self._values[column] = sum(self.field(row, column) is None for row in filled) * 2 >= len(filled) > 1
        return self._values[column]

    def is_section(self, row: int, column: int) -> bool:
        """Whether the cell is merged downwards, as one is that names the part of a form beside it."""
        merge = self._merges.get((row, column))
        return merge is not None and merge.last_row > merge.first_row


def label_text(value: CellValue) -> str:
    """A cell's text as a label, without what labels end with; empty when it is too long or no text."""
    text = value.strip(_MARKS) if isinstance(value, str) else ""
    return text if 0 < len(text) <= MAX_LABEL else ""


def pairs(labels: Labels, first: int, last: int) -> Iterator[Pair | tuple[tuple[int, int], CellValue]]:
    """The pairs of rows `first` to `last` in reading order, and the cells that belong to none."""
    used: set[tuple[int, int]] = set()
    for row in range(first, last + 1):
        cells = [column for column, value in enumerate(labels.sheet.rows[row - 1], start=1) if cell_text(value).strip()]
        if len(cells) > 1 and labels.is_section(row, cells[0]) and labels.field(row, cells[1]):
            del cells[0]
        fields = {column: labels.field(row, column) for column in cells if (row, column) not in used}
        if _is_label_row(labels, row, cells, fields):
            for column in cells:
                below = labels.sheet.cell(row + 1, column)
                used.add((row + 1, column))
                yield Pair(
                    cell_text(labels.sheet.cell(row, column)).strip(),
                    fields[column],
                    (row, column),
                    below,
                    (row + 1, column),
                )
            continue
        yield from _row_pairs(labels, row, [column for column in cells if (row, column) not in used], fields)


def _is_label_row(labels: Labels, row: int, cells: list[int], fields: dict[int, str | None]) -> bool:
    """Whether a row is labels only, with its values in the row below."""
    if len(cells) < 2 or len(fields) < len(cells) or sum(map(bool, fields.values())) < max(2, 0.6 * len(cells)):
        return False
    if any(not isinstance(labels.sheet.cell(row, column), str) for column in cells):
        return False
    below = [column for column in cells if cell_text(labels.sheet.cell(row + 1, column)).strip()]
    return bool(below) and not any(labels.field(row + 1, column) for column in below)


def _row_pairs(
    labels: Labels, row: int, cells: list[int], fields: dict[int, str | None]
) -> Iterator[Pair | tuple[tuple[int, int], CellValue]]:
    index = 0
    while index < len(cells):
        column = cells[index]
        value = labels.sheet.cell(row, column)
        index += 1
        inline = _inline(labels, value)
        if inline:
            for position, (label, name, content) in enumerate(inline):
                at = (row, column)
                following = cells[index] if index < len(cells) else 0
                last = position == len(inline) - 1
                if not content and last and following and _is_value(labels, row, column, following, fields):
                    yield Pair(label, name, at, labels.sheet.cell(row, following), (row, following))
                    index += 1
                else:
                    yield Pair(label, name, at, content or None, at)
        elif fields[column] or _names(labels, row, column):
            following = cells[index] if index < len(cells) else 0
            text = cell_text(value).strip()
            if following and _is_value(labels, row, column, following, fields):
                yield Pair(text, fields[column], (row, column), labels.sheet.cell(row, following), (row, following))
                index += 1
            else:
                yield Pair(text, fields[column], (row, column), None, (row, labels.right(row, column)))
        else:
            yield (row, column), value


def _is_value(labels: Labels, row: int, column: int, following: int, fields: dict[int, str | None]) -> bool:
    """Whether the next cell is the value of a label.

    A value may look like a label (父亲 beside 与患儿关系): it is one where it stands right beside, among values.
    """
    if _names(labels, row, following):
        return False
    return not fields[following] or (following == labels.right(row, column) and labels.holds_values(following))


def _names(labels: Labels, row: int, column: int) -> bool:
    """Whether a cell that names no field is a label all the same: it ends with a colon."""
    value = labels.sheet.cell(row, column)
    return isinstance(value, str) and value.strip().endswith(_COLON) and bool(label_text(value))


def _inline(labels: Labels, value: CellValue) -> list[tuple[str, str | None, str]]:
    """Labels with their values in one cell: `姓名：王小明  性别：男`; empty when the first is no field."""
    if not isinstance(value, str) or not any(mark in value for mark in _COLON) or len(value) > 400:
        return []
    found = [(one[1].strip(_MARKS), one[2].strip()) for one in _INLINE.finditer(value)]
    named = [(label, labels.known(label), content) for label, content in found if label]
    if not named or not any(field for _, field, _ in named):
        return []
    if len(named) == 1 and not named[0][2]:  # `姓名：` alone is a label
        return []
    return named if sum(bool(field) for _, field, _ in named) * 2 >= len(named) else []


def paired_fields(labels: Labels, first: int, last: int) -> set[str]:
    """The fields of rows `first` to `last` that have a value beside or below their label."""
    found = set()
    for one in pairs(labels, first, min(last, first + MAX_ROWS)):
        if isinstance(one, Pair) and one.field and cell_text(one.value).strip() and one.value_at[0] == one.at[0]:
            found.add(one.field)
    return found


def form_starts(labels: Labels) -> list[int]:
    """The columns at which forms begin that stand side by side: at least two labels come again as far to the right."""
    shifts: dict[int, set[str]] = {}
    first = 0
    for row in range(1, min(len(labels.sheet.rows), MAX_ROWS) + 1):
        seen: dict[str, int] = {}
        for column, value in enumerate(labels.sheet.rows[row - 1], start=1):
            label = isinstance(value, str) and not labels.is_section(row, column)
            name = labels.field(row, column) if label else None
            if name and name in seen and column - seen[name] > 1:
                shifts.setdefault(column - seen[name], set()).add(name)
            elif name:
                seen[name] = column
                first = min(first or column, column)
    again = sorted(shift for shift, names in shifts.items() if len(names) > 1)
    return [first, *(first + shift for shift in again)] if again else []


def read_forms(labels: Labels, file: str) -> Located:
    """The forms of a sheet as one table, a row for each."""
    forms = _split(labels)
    columns, positions = _form_columns(forms)
    rows, addresses = [], {}
    for form in forms:
        number = form.pairs[0].at[0]
        cells: list[CellValue] = [None] * len(columns)
        for pair in form.pairs:
            index = positions[_key(pair)]
            cells[index] = words().ticked(pair.value) if isinstance(pair.value, str) else pair.value
            addresses[number, columns[index].index] = pair.value_at
        if form.rest:
            cells[-1] = "\n".join(cell_text(value) for _, value in form.rest)
            addresses[number, columns[-1].index] = form.rest[0][0]
        rows.append(DataRow(number, tuple(cells)))
    numbers = {row.number for row in rows}
    others = [row for row in range(1, len(labels.sheet.rows) + 1) if row not in numbers]
    explained = [Explained(row, _kind(labels.sheet, row, rows[0].number)) for row in others]
    place = Place(file, labels.sheet.name, rows[0].number)
    notices = [Notice("form-read", place)]
    notices += [
        Notice("unmapped-header", Place(file, labels.sheet.name, *_first_at(forms, column.header)))
        for column in columns
        if column.field is None and column.header
    ]
    return Located(
        labels.sheet.name, tuple(columns), tuple(rows), tuple(explained), tuple(notices), addresses=addresses
    )


def _kind(sheet: Sheet, row: int, first: int) -> RowKind:
    if not any(cell_text(value).strip() for value in sheet.rows[row - 1]):
        return "blank"
    return "title" if row < first else "form-part"


def _split(labels: Labels) -> list[_Form]:
    forms = [_Form()]
    before: list[tuple[tuple[int, int], CellValue]] = []
    for one in pairs(labels, 1, len(labels.sheet.rows)):
        if not isinstance(one, Pair):
            (forms[-1].rest if forms[-1].pairs else before).append(one)
            continue
        first = forms[-1].pairs[0] if forms[-1].pairs else None
        if first and _key(one) == _key(first):
            forms.append(_Form())
        elif forms[-1].has(one):  # a second 姓名 in one form is another person's
            one = Pair(one.label, None, one.at, one.value, one.value_at)
            if forms[-1].has(one):
                forms[-1].rest.append((one.value_at, one.value))
                continue
        forms[-1].pairs.append(one)
    return forms


def _key(pair: Pair) -> str:
    return pair.field or "\0" + plain(pair.label)


def _form_columns(forms: list[_Form]) -> tuple[list[Column], dict[str, int]]:
    columns: list[Column] = []
    positions: dict[str, int] = {}
    for form in forms:
        for pair in form.pairs:
            if _key(pair) not in positions:
                positions[_key(pair)] = len(columns)
                header = pair.label.strip(_MARKS)
                columns.append(Column(len(columns) + 1, header, pair.field, words().unit(header)))
    if any(form.rest for form in forms):
        columns.append(Column(len(columns) + 1, "", None))
    return columns, positions


def _first_at(forms: list[_Form], header: str) -> tuple[int, int]:
    return next(pair.at for form in forms for pair in form.pairs if pair.label.strip(_MARKS) == header)


def _sections(sheet: Sheet) -> dict[tuple[int, int], str]:
    """The text of a cell merged downwards, for every cell of the rows it stands beside: 患儿信息, 监护人."""
    found: dict[tuple[int, int], str] = {}
    for merge in sheet.merges:
        text = label_text(sheet.cell(merge.first_row, merge.first_column))
        if text and merge.last_row > merge.first_row and merge.last_row - merge.first_row < MAX_LABEL:
            for row in range(merge.first_row, merge.last_row + 1):
                for column in range(
                    merge.last_column + 1, len(sheet.rows[row - 1]) + 1 if row <= len(sheet.rows) else 0
                ):
                    found.setdefault((row, column), text)
    return found
