"""Reading csv and its relatives: any encoding of `encodings.py`, any separator, quotes as people leave them.

Every cell stays text, so leading zeros and 18 digits survive. A row is a record: one with a quoted line break is one
row, as Excel shows it. What is broken is reported and read as well as may be, never refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from zhengming.errors import TooLarge, UndecodableText
from zhengming.files import CHUNK, opened
from zhengming.findings import Place
from zhengming.tables.contents import Contents, Source, gathered
from zhengming.tables.csv_dialect import DELIMITERS, HEAD, Dialect, dialect, sniff
from zhengming.tables.csv_records import Records, read_records
from zhengming.tables.encodings import Told, is_text, tell, tell_mostly
from zhengming.tables.model import CellValue, Notice
from zhengming.tables.text_lines import Lines

ISOLATED = True  # Python's csv is safe with any bytes, but they may be many
ENGINES = ("csv",)
_SEND_TABLE = "ask the sender for the table as .xlsx, or as csv in UTF-8"


def messages(source: Source) -> Iterator[tuple[Any, ...]]:
    """The one sheet of a csv, whose name is empty, row by row; see `child`.

    Raises:
        UndecodableText: not text in any encoding we know.
        TooLarge: larger than the limit for text.
    """
    told = _told(source)
    place = Place(source.file)
    notices = []
    if told.rival:
        notices.append(Notice("encoding-uncertain", place, {"used": told.encoding, "other": told.rival}))
    parts = told.text(lambda: _chunks(source))
    head = _beginning(parts)
    delimiter, behind = _declared(head)
    if not delimiter:
        delimiter, uncertain = sniff(head)
        if uncertain:
            notices.append(Notice("delimiter-uncertain", place))
    head = head[behind:]
    found = Records()
    yield "sheet", "", (), False, frozenset(), frozenset()
    for rows in read_rows(chain([head], parts), dialect(head, delimiter), found):
        yield "rows", rows
    if found.unbalanced:
        at = Place(source.file, "", found.unbalanced[0])
        notices.append(Notice("unbalanced-quotes", at, {"count": len(found.unbalanced)}))
    if found.repaired:
        at = Place(source.file, "", found.repaired[0])
        notices.append(Notice("rows-repaired", at, {"count": len(found.repaired)}))
    yield "end", tuple(notices), False, {"reader": "csv", "encoding": told.encoding, "delimiter": delimiter}


def read_contents(source: Source) -> Contents:
    """The same, all at once."""
    return gathered(messages(source))


def _told(source: Source) -> Told:
    """How the text is encoded."""
    size = 0
    start = b""
    for chunk in _chunks(source):
        size += len(chunk)
        start = start or chunk
        if size > source.limits.text_bytes:
            raise TooLarge(
                f"a text of more than {source.limits.text_bytes >> 20} MB", remedy="split it, or raise the limit"
            )
    told = tell(lambda: _chunks(source), start, size, source.encoding)
    if not source.encoding and (told is None or not is_text(told.decoded)):
        told = tell_mostly(lambda: _chunks(source))
    if told is None or not is_text(told.decoded):
        raise UndecodableText("neither a spreadsheet nor text in an encoding we know", remedy=_SEND_TABLE)
    return told


def _chunks(source: Source) -> Iterator[bytes]:
    with opened(source.path) as handle:
        while chunk := handle.read(CHUNK):
            yield chunk


def _beginning(parts: Iterator[str]) -> str:
    """As much of the text as tells how it is written, and its end mark off if that is all of it."""
    head = ""
    for part in parts:
        head += part
        if len(head) >= HEAD:
            return head
    return head.rstrip("\x1a")  # what DOS programs put at a file's end


def read_rows(parts: Iterable[str], form: Dialect, found: Records) -> Iterator[list[list[CellValue]]]:
    r"""Rows of text cells, some at a time, empty ends left out; `found` has what there is to tell of the records.

    >>> list(read_rows(['a,"b, c"\n1,\n\n'], Dialect(), Records()))
    [[['a', 'b, c'], ['1']]]
    >>> records = Records()
    >>> list(read_rows(['a,5" cuff\n"b,1'], Dialect(), records)), records.unbalanced
    ([[['a', '5" cuff'], ['b', '1']]], [2])
    """
    empty = 0  # rows, which count only if others follow
    for records in read_records(Lines(parts), form, found):
        rows: list[list[CellValue]] = []
        for record in records:
            row: list[CellValue] = [cell or None for cell in record]
            while row and row[-1] is None:
                row.pop()
            if row:
                rows += [[] for _row in range(empty)]
                rows.append(row)
                empty = 0
            else:
                empty += 1
        if rows:
            yield rows


def _declared(text: str) -> tuple[str, int]:
    """The separator of a first line `sep=;`, which Excel obeys and does not show, and the length of that line."""
    first, newline, _rest = text.partition("\n")
    mark = first.strip().strip('"')
    if newline and len(mark) == 5 and mark.lower().startswith("sep=") and mark[4] in DELIMITERS:
        return mark[4], len(first) + 1
    return "", 0
