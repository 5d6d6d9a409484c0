"""Reading long csv and tsv files row by row, plain or gzipped, in a memory that does not grow with the file.

What `csv_text` reads at once and judges as a whole, this reads twice: once to see whether every quotation mark finds
its partner, once to give the rows.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from zhengming.errors import UnreadableFile
from zhengming.files import opened
from zhengming.tables.csv_dialect import sniff
from zhengming.tables.encodings import decode, is_text

GZIP = b"\x1f\x8b"
MAX_CHARACTERS = 2 << 30  # of one text, inflated; 3.5 million rows of real code lists are 0.2 thousand million
_HEAD = 1 << 20  # bytes that tell encoding and separator
_SAVE = "save it as CSV UTF-8"


@dataclass(frozen=True, slots=True)
class _Form:
    """How the text is written."""

    encoding: str
    delimiter: str


def is_gzip(path: Path) -> bool:
    """Whether the file is gzipped, from its first bytes.

    Raises:
        UnreadableFile: as for `files.opened`.
    """
    with opened(path) as handle:
        return handle.read(len(GZIP)) == GZIP


def stream(path: str | Path) -> Iterator[list[str]]:
    """The records of a csv or tsv file, in order; a blank line is an empty record.

    Raises:
        UnreadableFile: missing, no text, damaged, or longer than MAX_CHARACTERS.
    """
    place = Path(path)
    form = _form(place)
    obeyed = _quotes_close(place, form)
    with _text(place, form) as text:
        if obeyed:
            yield from csv.reader(text, delimiter=form.delimiter)
        else:
            for line in text:
                yield [cell.strip('"') for cell in line.rstrip("\r\n").split(form.delimiter)]


def _form(path: Path) -> _Form:
    with _bytes(path) as handle:
        head = handle.read(_HEAD)
        more = bool(handle.read(1))
    if not head.strip(b"\0 \t\r\n"):
        raise UnreadableFile("the file is empty", where=str(path), remedy="name another file")
    if more:  # cut between two lines, or, in UTF-16 and UTF-32, between two characters
        head = head[: len(head) // 4 * 4] if b"\0" in head else head[: head.rfind(b"\n") + 1] or head
    decoded = decode(head)
    if decoded is None or not is_text(decoded):
        raise UnreadableFile("neither a spreadsheet nor text in an encoding we know", where=str(path), remedy=_SAVE)
    encoding = "utf-8-sig" if decoded.encoding == "utf-8" else decoded.encoding
    return _Form(encoding, sniff(decoded.text)[0])


def _quotes_close(path: Path, form: _Form) -> bool:
    """Whether quotation marks mean what csv takes them for: none swallows the records after it."""
    with _text(path, form) as text:
        records = csv.reader(text, delimiter=form.delimiter)
        usual = lines = 0
        try:
            for record in records:
                usual = usual or len(record) - 1
                if records.line_num > lines + 1 and any(
                    "\n" in cell and any(line.count(form.delimiter) >= max(usual, 1) for line in cell.split("\n"))
                    for cell in record
                ):
                    return False
                lines = records.line_num
        except csv.Error:  # a field of more than 131,072 characters
            return False
    return True


@contextmanager
def _bytes(path: Path) -> Iterator[BinaryIO]:
    packed = is_gzip(path)
    with opened(path) as handle:
        if not packed:
            yield handle
            return
        try:
            with gzip.GzipFile(fileobj=handle) as inflated:
                yield cast("BinaryIO", inflated)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise UnreadableFile("the archive is damaged", where=str(path), remedy="get the file again") from None


@contextmanager
def _text(path: Path, form: _Form) -> Iterator[Iterator[str]]:
    with _bytes(path) as handle, io.TextIOWrapper(handle, form.encoding, newline="") as text:
        try:
            yield _limited(text, path)
        except UnicodeDecodeError:
            raise UnreadableFile("its encoding changes on the way", where=str(path), remedy=_SAVE) from None


def _limited(text: Iterable[str], path: Path) -> Iterator[str]:
    left = MAX_CHARACTERS
    for line in text:
        left -= len(line)
        if left < 0:
            raise UnreadableFile(f"a text of more than {MAX_CHARACTERS >> 30} GB", where=str(path), remedy="split it")
        yield line
