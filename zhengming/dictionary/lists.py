"""Code lists: what a spreadsheet or csv that lists codes and names says of each code, its rows gathered by category.

A list may give a code several rows: further names, further parents. Rows without a code or a readable name
are left out and told. Lists of millions of rows are read one row at a time.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from zhengming import tables
from zhengming.dictionary.model import TERM_KINDS
from zhengming.dictionary.source import split
from zhengming.errors import DictionaryError, UnreadableFile, UsageError
from zhengming.files import opened
from zhengming.tables.detect import detect
from zhengming.tables.long_text import is_gzip, stream

PREFERRED = "preferred"
# What pasting leaves in names and nobody sees: soft hyphen, zero width and bidi marks, BOM.
_INVISIBLE = re.compile("[\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
# What no font shows: controls, private use (a character of the sender's own), the mark of failed decoding.
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ue000-\uf8ff\ufff9-\ufffd]")
_ODD = re.compile("[\t\n\r\x0b\f\x85\u2028\u2029]|" + _INVISIBLE.pattern)
_TITLE_ROWS = 50  # rows above the header that are looked through for it


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column of a list holds what, by its heading; empty where the list has none.

    Without a header (`headed=False`) columns are named by their number, from 1. `mappings` are columns by code system.
    `kind` tells of each row what its name is (`preferred`, a kind of term; any other word is a synonym); without it
    every name is preferred. With `further_names`, a second preferred name of a code is a synonym, not a clash.
    """

    code: str
    name: str
    name_en: str = ""
    parents: str = ""
    synonyms: str = ""
    split: str = ";"
    mappings: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    category: str = ""
    source: str = ""
    headed: bool = True
    further_names: bool = False

    @property
    def columns(self) -> dict[str, str]:
        """The columns that are named, by what they hold."""
        parts = {part: getattr(self, part) for part in ("category", "code", "name", "name_en", "parents", "synonyms")}
        parts |= {"kind": self.kind, "source": self.source}
        parts |= {f"mapping {system}": column for system, column in self.mappings.items()}
        return {part: column for part, column in parts.items() if column}


@dataclass(slots=True)
class Entry:
    """What the list says of one code.

    `row` is the number of its first row, `kind` the kind of its `name`, `further` are (name, kind).
    """

    row: int
    name: str
    name_en: str
    parents: tuple[str, ...]
    mappings: tuple[tuple[str, ...], ...]
    source: str
    kind: str
    further: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list as read: entries by category and code; the rows that clash (row, category, code) and that are left out."""

    file: str
    sheet: str
    places: Mapping[str, int]
    entries: dict[str, dict[str, Entry]]
    clashes: tuple[tuple[int, str, str], ...]
    left_out: tuple[int, ...]


def read(path: Path, layout: Layout, *, category: str = "", sheet: str = "", source: str = "") -> CodeList:
    """Read the list at `path`: xlsx, xls, csv, tsv; the last two also gzipped.

    `category` takes all rows unless the layout names a column for it; `source` is written to each row, by default the
    file's name. Without `sheet`, the first one that has the columns counts.

    Raises:
        UnreadableFile: the file cannot be read, or a code of it has lost digits.
        DictionaryError: no row of it names all the columns.
        UsageError: no such sheet, or a layout that cannot be.
    """
    if bool(category) == bool(layout.category):
        raise UsageError("a list goes into one category, or names a column for it", remedy="give one of the two")
    if not layout.split:
        raise UsageError("nothing to split synonyms at", remedy="name the sign between two synonyms")
    for name, rows in _sheets(path, sheet):
        numbered = enumerate(rows, start=1)
        places = _places(numbered, layout)
        if places is not None:
            gathered = _Gathering(layout, places, category, source or path.name, str(path))
            gathered.take(numbered)
            return CodeList(
                path.name, name, places, gathered.entries, tuple(gathered.clashes), tuple(gathered.left_out)
            )
    listed = ", ".join(layout.columns.values())
    raise DictionaryError(f"no row has all the columns {listed}", where=str(path), remedy="name the list's columns")


def _sheets(path: Path, wanted: str) -> Iterator[tuple[str, Iterable[Sequence[tables.CellValue]]]]:
    if is_gzip(path) or _is_csv(path):
        if wanted:
            raise UsageError("a csv has no sheets", where=str(path), remedy="leave out the sheet")
        yield "", stream(path)
        return
    sheets = {one.name: one for one in tables.read(path).sheets}
    if wanted and wanted not in sheets:
        raise UsageError("no such sheet", where=str(path), remedy=f"it has {', '.join(sheets)}")
    for sheet in (sheets[wanted],) if wanted else sheets.values():
        yield sheet.name, sheet.rows


def _is_csv(path: Path) -> bool:
    with opened(path) as handle:
        return detect(handle, str(path)) == "csv"


def _places(rows: Iterator[tuple[int, Sequence[tables.CellValue]]], layout: Layout) -> dict[str, int] | None:
    """The index of each column; the rows up to the header are used up. None when no row is the header."""
    columns = layout.columns
    if not layout.headed:
        if not all(column.isdecimal() and int(column) for column in columns.values()):
            raise UsageError("columns of a list without header are numbers", remedy="count them from 1")
        return {part: int(column) - 1 for part, column in columns.items()}
    for _number, row in islice(rows, _TITLE_ROWS):
        heads = [tables.cell_text(value).strip() for value in row]
        if all(column in heads for column in columns.values()):
            return {part: heads.index(column) for part, column in columns.items()}
    return None


class _Gathering:
    """The rows of one list, taken in one by one."""

    def __init__(self, layout: Layout, places: Mapping[str, int], category: str, source: str, where: str) -> None:
        self.layout = layout
        self.order = [places.get(part, -1) for part in ("category", "code", "name", "kind", "source")]
        self.rest = [places.get(part, -1) for part in ("name_en", "parents", "synonyms")]
        self.rest += [places[f"mapping {system}"] for system in layout.mappings]
        self.plain = max(self.rest) < 0
        self.category, self.source, self.where = category, source, where
        self.entries: dict[str, dict[str, Entry]] = {category: {}} if category else {}
        self.clashes: list[tuple[int, str, str]] = []
        self.left_out: list[int] = []

    def take(self, rows: Iterable[tuple[int, Sequence[tables.CellValue]]]) -> None:
        in_category, in_code, in_name, in_kind, in_source = self.order
        cell = self._cell
        for number, row in rows:
            category = cell(row, in_category, number) if in_category >= 0 else self.category
            code, name = cell(row, in_code, number), cell(row, in_name, number)
            if not (category and code and name) or _UNREADABLE.search(name):
                if any(row):
                    self.left_out.append(number)
                continue
            kind = cell(row, in_kind, number) if in_kind >= 0 else PREFERRED
            listed = self.entries.get(category)
            if listed is None:
                listed = self.entries[category] = {}
            entry = listed.get(code)
            if entry is None:
                said = (cell(row, in_source, number) if in_source >= 0 else "") or self.source
                nothing = ((),) * len(self.layout.mappings)
                entry = Entry(number, name, "", (), nothing, sys.intern(said), _term_kind(kind), [])
                listed[code] = entry
            elif name != entry.name:
                self._further(entry, name, kind, (number, category, code))
            elif kind == PREFERRED:
                entry.kind = PREFERRED
            if not self.plain:
                self._add(entry, [cell(row, at, number) for at in self.rest])

    def _further(self, entry: Entry, name: str, kind: str, place: tuple[int, str, str]) -> None:
        """A second name of the code: the first preferred one is the concept's, whichever row came first."""
        if kind != PREFERRED:
            entry.further.append((name, _term_kind(kind)))
        elif entry.kind != PREFERRED:
            entry.further.append((entry.name, entry.kind))
            entry.name, entry.kind = name, PREFERRED
        elif self.layout.further_names:
            entry.further.append((name, "synonym"))
        else:
            self.clashes.append(place)

    def _add(self, entry: Entry, cells: list[str]) -> None:
        name_en, parents, synonyms, *mappings = cells
        if name_en and not entry.name_en:
            entry.name_en = name_en
        elif name_en and name_en != entry.name_en:
            entry.further.append((name_en, "synonym"))
        if parents:
            entry.parents = _united(entry.parents, split(parents))
        if synonyms:
            parts = [part.strip() for part in synonyms.split(self.layout.split)]
            entry.further.extend((part, "synonym") for part in parts if part)
        if any(mappings):
            pairs = zip(entry.mappings, mappings, strict=True)
            entry.mappings = tuple(_united(codes, split(more)) for codes, more in pairs)

    def _cell(self, row: Sequence[tables.CellValue], at: int, number: int) -> str:
        """A cell as one line of text; empty where the row or the column ends, and for an error literal."""
        if at < 0 or at >= len(row):
            return ""
        value = row[at]
        if isinstance(value, tables.ErrorValue):
            return ""
        if isinstance(value, str):
            return " ".join(_INVISIBLE.sub("", value).split()) if _ODD.search(value) else value.strip()
        if tables.lost_digits(value):
            raise UnreadableFile(
                f"a number in row {number} has lost its last digits",
                where=self.where,
                remedy="make the column text in Excel and enter the codes again",
            )
        return tables.cell_text(value).strip()


def _term_kind(kind: str) -> str:
    return sys.intern(kind) if kind == PREFERRED or kind in TERM_KINDS else "synonym"


def _united(values: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*values, *more))) if values else more
