"""Reading csv and its relatives: any encoding of `encodings.py`, any of four separators, quotes as people leave them.

Every cell stays text, so leading zeros and 18 digits survive. A row is a record: one with a quoted line break is one
row, as Excel shows it. What is broken is reported and read as well as may be, never refused.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from zhengming.errors import TooLarge, UndecodableText
from zhengming.files import opened
from zhengming.findings import Place
from zhengming.tables.contents import Contents, Source
from zhengming.tables.encodings import decode, is_text, mostly
from zhengming.tables.model import CellValue, Notice, Sheet

ISOLATED = False  # Python's csv is safe with any bytes
ENGINES = ("csv",)
DELIMITERS = (",", "\t", ";", "|")
_SNIFFED = 200  # records judged when telling the separator
_END = "\0"  # a line put behind the text: a quote that never closes takes it in
_TELLING = 2  # separators: a line of a cell with as many as a record has is a record that a quote took in
_SEND_TABLE = "ask the sender for the table as .xlsx, or as csv in UTF-8"


def read_contents(source: Source) -> Contents:
    """The one sheet of a csv; its name is empty.

    Raises:
        UndecodableText: not text in any encoding we know.
        TooLarge: larger than the limit for text.
    """
    with opened(source.path) as handle:
        data = handle.read(source.limits.text_bytes + 1)
    if len(data) > source.limits.text_bytes:
        raise TooLarge(
            f"a text of more than {source.limits.text_bytes >> 20} MB", remedy="split it, or raise the limit"
        )
    decoded = decode(data, source.encoding)
    if not source.encoding and (decoded is None or not is_text(decoded)):
        decoded = mostly(data)
    if decoded is None or not is_text(decoded):
        raise UndecodableText("neither a spreadsheet nor text in an encoding we know", remedy=_SEND_TABLE)
    place = Place(source.file)
    notices = []
    if decoded.rival:
        notices.append(Notice("encoding-uncertain", place, {"used": decoded.encoding, "other": decoded.rival}))
    text = decoded.text.rstrip("\x1a")  # what DOS programs put at a file's end
    delimiter, text = _declared(text)
    if not delimiter:
        delimiter, uncertain = sniff(text)
        if uncertain:
            notices.append(Notice("delimiter-uncertain", place))
    rows, balanced = parse(text, delimiter)
    if not balanced:
        notices.append(Notice("unbalanced-quotes", place))
    details = {"reader": "csv", "encoding": decoded.encoding, "delimiter": delimiter}
    return Contents((Sheet("", rows),), tuple(notices), details=details)


def sniff(text: str) -> tuple[str, bool]:
    r"""The separator of a csv, and whether another fits as well.

    The one under which most records have one and the same width wins, the wider the better.

    >>> sniff("姓名;诊断\n王小明;室缺,房缺\n李小红;法四")
    (';', False)
    """
    scores = []
    for delimiter in DELIMITERS:
        widths = Counter(len(record) for record in _head(text, delimiter) if len(record) > 1)
        width, records = max(widths.items(), key=lambda item: (item[1] * (item[0] - 1), item[0]), default=(1, 0))
        scores.append(records * (width - 1))
    best = max(scores)
    return DELIMITERS[scores.index(best)], best > 0 and scores.count(best) > 1


def parse(text: str, delimiter: str) -> tuple[list[list[CellValue]], bool]:
    r"""Rows of text cells, and whether every quotation mark found its partner.

    When one did not, the rest of the file would be a single cell: then quotes mean nothing.

    >>> parse('a,"b, c"\n1,', ",")
    ([['a', 'b, c'], ['1']], True)
    >>> parse('a,5" cuff\n"b,1', ",")
    ([['a', '5" cuff'], ['b', '1']], False)
    """
    records = _quoted(text, delimiter)
    balanced = records is not None
    if records is None:
        records = [[cell.strip('"') for cell in line.rstrip("\r\n").split(delimiter)] for line in _lines(text)]
    rows: list[list[CellValue]] = []
    for record in records:
        row: list[CellValue] = [cell or None for cell in record]
        while row and row[-1] is None:
            row.pop()
        rows.append(row)
    while rows and not rows[-1]:
        rows.pop()
    return rows, balanced


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(_lines(text), delimiter=delimiter)


def _quoted(text: str, delimiter: str) -> list[list[str]] | None:
    """The records, quotes obeyed; None when a quote has no partner, or a wrong one further down."""
    try:
        records = list(_records(f"{text}\n{_END}", delimiter))
    except csv.Error:  # a field of more than 131,072 characters: no cell, but a quote that never closes
        return None
    if records.pop() != [_END]:
        return None
    usual = Counter(map(len, records)).most_common(1)[0][0] - 1 if records else 0
    if usual >= _TELLING and any(
        "\n" in cell and any(line.count(delimiter) >= usual for line in cell.split("\n"))
        for record in records
        for cell in record
    ):
        return None
    return records


def _head(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        for number, record in enumerate(_records(text, delimiter)):
            if number >= _SNIFFED:
                return
            yield record
    except csv.Error:
        return


def _lines(text: str) -> Iterator[str]:
    """Lines as csv counts them: `str.splitlines` would also break at form feeds and U+2028 inside a cell."""
    return iter(io.StringIO(text, newline=""))


def _declared(text: str) -> tuple[str, str]:
    """The separator of a first line `sep=;`, which Excel obeys and does not show, and the text behind it."""
    first, newline, rest = text.partition("\n")
    mark = first.strip().strip('"')
    if newline and len(mark) == 5 and mark.lower().startswith("sep=") and mark[4] in DELIMITERS:
        return mark[4], rest
    return "", text
