"""Reading csv and its relatives: any encoding of `encodings.py`, any separator, quotes as people leave them.

Every cell stays text, so leading zeros and 18 digits survive. A row is a record: one with a quoted line break is one
row, as Excel shows it. What is broken is reported and read as well as may be, never refused.
"""

from __future__ import annotations

from zhengming.errors import TooLarge, UndecodableText
from zhengming.files import opened
from zhengming.findings import Place
from zhengming.tables.contents import Contents, Source
from zhengming.tables.csv_dialect import DELIMITERS, Dialect, dialect, sniff
from zhengming.tables.csv_records import Records, read_records
from zhengming.tables.encodings import decode, is_text, mostly
from zhengming.tables.model import CellValue, Notice, Sheet

ISOLATED = True  # Python's csv is safe with any bytes, but they may be many
ENGINES = ("csv",)
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
    rows, records = parse(text, dialect(text, delimiter))
    if records.unbalanced:
        at = Place(source.file, "", records.unbalanced[0])
        notices.append(Notice("unbalanced-quotes", at, {"count": len(records.unbalanced)}))
    if records.repaired:
        at = Place(source.file, "", records.repaired[0])
        notices.append(Notice("rows-repaired", at, {"count": len(records.repaired)}))
    details = {"reader": "csv", "encoding": decoded.encoding, "delimiter": delimiter}
    return Contents((Sheet("", rows),), tuple(notices), details=details)


def parse(text: str, form: Dialect) -> tuple[list[list[CellValue]], Records]:
    r"""Rows of text cells, empty ends left out, and the records they were made from.

    >>> parse('a,"b, c"\n1,', Dialect())[0]
    [['a', 'b, c'], ['1']]
    >>> rows, records = parse('a,5" cuff\n"b,1', Dialect())
    >>> rows, records.unbalanced
    ([['a', '5" cuff'], ['b', '1']], [2])
    """
    records = read_records(text, form)
    rows: list[list[CellValue]] = []
    for record in records.rows:
        row: list[CellValue] = [cell or None for cell in record]
        while row and row[-1] is None:
            row.pop()
        rows.append(row)
    while rows and not rows[-1]:
        rows.pop()
    return rows, records


def _declared(text: str) -> tuple[str, str]:
    """The separator of a first line `sep=;`, which Excel obeys and does not show, and the text behind it."""
    first, newline, rest = text.partition("\n")
    mark = first.strip().strip('"')
    if newline and len(mark) == 5 and mark.lower().startswith("sep=") and mark[4] in DELIMITERS:
        return mark[4], rest
    return "", text
