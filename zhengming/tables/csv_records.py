r"""The records of a csv, quotes obeyed as far as they make sense.

A quotation mark without a partner takes in all that follows, and with it the children further down. So a record that is
not as wide as records are here is looked at again: it may be written with another separator, or have a quotation mark
too many; it never swallows a line that is a record by itself. Where nothing else helps, quotes are plain text, in that
line only.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from zhengming.tables.csv_dialect import DELIMITERS, Dialect
from zhengming.tables.kept_rows import BLOCK
from zhengming.tables.text_lines import Lines

_LONGEST = 500  # lines of one record: a case history in a cell has fewer
_LOOSE = 20  # lines of a record whose quotation marks do not match
_SAMPLE = 2_000  # lines that show how wide records are
_SUSPECT = 0.5  # of a record's separators in one line of a cell
_LINE_END = re.compile(r"\r\n?|\n")
_END = "\0"  # a line put behind a text: a quote that never closes takes it in
MAX_CELL = 131_072  # characters; csv's own limit, and four times what a cell of Excel holds


@dataclass(slots=True)
class Records:
    """Cells of each record, the numbers (from 1) of those read with their quotes as text, and of those repaired.

    `before` counts the records that were given away before those in `rows`.
    """

    rows: list[list[str]] = field(default_factory=list)
    unbalanced: list[int] = field(default_factory=list)
    repaired: list[int] = field(default_factory=list)
    before: int = 0

    @property
    def count(self) -> int:
        """How many records there were so far: the number of the last."""
        return self.before + len(self.rows)

    def given(self) -> list[list[str]]:
        """The records, which are no longer held here."""
        rows, self.rows = self.rows, []
        self.before += len(rows)
        return rows


def read_records(lines: Lines, form: Dialect, found: Records) -> Iterator[list[list[str]]]:
    r"""All records, some at a time; `found` has in the end what there is to tell of them.

    >>> lines = Lines(['a,b,c\n"1,2,3\n4,"x\ny",5\n6;7;8'])
    >>> list(read_records(lines, Dialect(), Records()))
    [[['a', 'b', 'c'], ['1', '2', '3'], ['4', 'x\ny', '5'], ['6', '7', '8']]]
    """
    usual = _usual_width(lines, form)
    at = 0
    while not lines.ended(at):
        at = _regular(lines, at, form, usual, found)
        if len(found.rows) >= BLOCK:
            yield found.given()
            lines.forget(at)
        elif not lines.ended(at):
            at += _irregular(lines, at, form, usual, found)
    if found.rows:
        yield found.given()


def _usual_width(lines: Lines, form: Dialect) -> int:
    widths = Counter(len(_split(line, form)) for line in lines[:_SAMPLE] if line.strip() and _closes(line, form))
    return max(widths.items(), key=lambda item: (item[1] * (item[0] - 1), item[0]), default=(1, 0))[0]


class _From:
    """Lines from one on, counting how many were taken."""

    def __init__(self, lines: Lines, at: int) -> None:
        self._lines, self.at = lines, at

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._lines.ended(self.at):
            raise StopIteration
        self.at += 1
        return self._lines[self.at - 1]


def _regular(lines: Lines, at: int, form: Dialect, usual: int, found: Records) -> int:
    """Read records as csv does, up to the first that is not as the others, or many; the line at which that begins."""
    source = _From(lines, at)
    try:
        for record in _reader(source, form):
            if not (len(record) == usual or not record) or (source.at > at + 1 and _swallows(record, form, usual)):
                return at
            if lines.ended(source.at):
                last = lines[at : source.at]
                if (len(last) > 1 or form.quote in last[-1]) and not _closes("".join(last), form):
                    return at
            found.rows.append(record)
            at = source.at
            if len(found.rows) >= BLOCK:
                return at
    except csv.Error:  # a field of more than 131,072 characters: no cell, but a quote that never closes
        return at
    return at


def _swallows(record: list[str], form: Dialect, usual: int) -> bool:
    """Whether a cell holds a line with nearly as many separators as a record: a quotation mark may have taken it in."""
    many = max(_SUSPECT * (usual - 1), 1)
    return any(
        any(line.count(form.delimiter) >= many for line in _LINE_END.split(cell))
        for cell in record
        if "\n" in cell or "\r" in cell
    )


def _irregular(lines: Lines, at: int, form: Dialect, usual: int, found: Records) -> int:
    """Read one record that is not as the others; how many lines it has."""
    strict = _strictly(lines, at, form, usual)
    if strict and len(strict[0]) == usual and not _swallows(strict[0], form, usual):
        found.rows.append(strict[0])
        return strict[1]
    for other in _others(lines[at], form, usual):
        read = _strictly(lines, at, other, usual)
        if read and len(read[0]) == usual:
            found.rows.append(read[0])
            found.repaired.append(found.count)
            return read[1]
    loose = _loosely(lines, at, form, usual) if form.quote in lines[at] else None
    if loose:
        found.rows.append(loose[0])
        found.unbalanced.append(found.count)
        return loose[1]
    if strict:
        found.rows.append(strict[0])
        return strict[1]
    found.rows.append([_unquoted(cell, form.quote) for cell in _plain(lines[at], form)])
    found.unbalanced.append(found.count)
    return 1


def _others(line: str, form: Dialect, usual: int) -> Iterator[Dialect]:
    """The dialects with another separator that might split a line into as many cells as records have."""
    if usual > 1:
        for delimiter in (*DELIMITERS, ":", " ", "^"):
            if delimiter != form.delimiter and delimiter in line and line.count(form.delimiter) < usual - 1:
                yield replace(form, delimiter=delimiter, spaced=False)


def _strictly(lines: Lines, at: int, form: Dialect, usual: int) -> tuple[list[str], int] | None:
    """The record that begins with a line, and how many lines it has; None when it never ends or ends too late."""
    whole = ""
    for count, line in enumerate(lines[at : at + _LONGEST], start=1):
        whole += line
        if count > 1 and usual > 1 and line.count(form.delimiter) >= usual - 1 and _closes(line, form):
            return None  # a line that is a record by itself was not meant to be part of a cell
        if len(whole) > MAX_CELL:
            return None
        if (count == 1 or form.quote in line) and _closes(whole, form):
            return _split(whole, form), count
    return None


def _loosely(lines: Lines, at: int, form: Dialect, usual: int) -> tuple[list[str], int] | None:
    """The same where a quotation mark may stand for nothing; only when it is as wide as the others."""
    whole = ""
    for count, line in enumerate(lines[at : at + _LOOSE], start=1):
        whole += line
        bare = whole.rstrip("\r\n")
        cells = _loose(bare, form)
        if cells is not None:
            return (cells, count) if len(cells) == usual and usual > 1 else None
        cells = _loose(bare, form, open_end=True)
        if cells is not None and len(cells) == usual and usual > 1:
            return cells, count
    return None


def _loose(text: str, form: Dialect, *, open_end: bool = False) -> list[str] | None:
    r"""The cells of a record, an opening mark ignored where another opens before it closes; None while one is open.

    With `open_end` a mark that nothing closes is ignored too.

    >>> _loose('a,"b,"c, d",e', Dialect()), _loose('a,"b', Dialect())
    (['a', 'b', 'c, d', 'e'], None)
    """
    cells = []
    at = 0
    while at <= len(text):
        cell, at = _loose_cell(text, at, form, open_end)
        if cell is None:
            return None
        cells.append(cell)
    return cells


def _loose_cell(text: str, at: int, form: Dialect, open_end: bool) -> tuple[str | None, int]:
    """A cell that begins at `at`, and where the next begins."""
    quote = form.quote
    if form.spaced and text.startswith(" ", at):
        at += 1
    if text.startswith(quote, at):
        close = at + 1
        while (close := text.find(quote, close)) >= 0:
            after = text[close + 1 : close + 2]
            if after == quote and text[close - 1 : close] != form.delimiter:
                close += 2
            elif after in ("", form.delimiter, "\r", "\n"):
                return text[at + 1 : close].replace(quote * 2, quote), close + 2
            elif text[close - 1 : close] in (form.delimiter, "\n"):
                break
            else:
                close += 1
        if close < 0 and not open_end:
            return None, at
        at += 1
    end = text.find(form.delimiter, at)
    end = len(text) if end < 0 else end
    cell = text[at:end]
    return (None, at) if "\n" in cell else (cell.replace(quote * 2, quote), end + 1)


def _closes(text: str, form: Dialect) -> bool:
    """Whether every quotation mark that opens a cell is closed within `text`."""
    if form.quote not in text:
        return True
    try:
        records = list(_reader([*io.StringIO(text.rstrip("\r\n") + "\n", newline=""), _END], form))
    except csv.Error:
        return False
    return bool(records) and records[-1] == [_END]


def _split(text: str, form: Dialect) -> list[str]:
    try:
        return next(iter(_reader(io.StringIO(text.rstrip("\r\n"), newline=""), form)), [])
    except csv.Error:
        return [_unquoted(cell, form.quote) for cell in _plain(text, form)]


def _reader(lines: Iterable[str], form: Dialect) -> Iterator[list[str]]:
    return csv.reader(
        lines,
        delimiter=form.delimiter,
        quotechar=form.quote,
        escapechar=form.escape or None,
        skipinitialspace=form.spaced,
    )


def _plain(line: str, form: Dialect) -> list[str]:
    cells = line.rstrip("\r\n").split(form.delimiter)
    return [cell.lstrip(" ") for cell in cells] if form.spaced else cells


def _unquoted(text: str, quote: str) -> str:
    if text.startswith(quote):
        text = text[1:].removesuffix(quote)
    elif text.endswith(quote) and text.count(quote) == 1:
        text = text[:-1]
    return text.replace(quote * 2, quote)
