"""The pre-flight over a zip: counted while inflating, before any reader is let near it.

A few kilobytes can hold gigabytes, a DOCTYPE can expand without end, and a reader that trusts either dies. What is too
much is refused here, by name.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zhengming.errors import EncryptedFile, TooLarge, UnreadableFile
from zhengming.tables.limits import Limits

_CHUNK = 1 << 20
_SMALL = 1 << 20  # an entry of less than this may be as dense as it likes
SEND_AGAIN = "ask the sender to send it again"
SAVE_AGAIN = "open it in Excel or WPS and save it again as .xlsx"
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, struct.error, OSError)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_MARKUP = (".xml", ".rels", ".vml")


class Archive:
    """An opened zip whose every entry has been inflated once and found bearable. Names compare without case."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        """Check the whole archive.

        Raises:
            TooLarge: too many or too large entries.
            UnreadableFile: a DOCTYPE with declarations, or damage.
            EncryptedFile: the zip itself is protected by a password.
        """
        self._archive = archive
        infos = archive.infolist()
        if len(infos) > limits.entries:
            raise TooLarge(f"the zip holds {len(infos):,} files, more than {limits.entries:,}", remedy=SAVE_AGAIN)
        if any(info.flag_bits & 1 for info in infos):
            raise EncryptedFile("the file is protected by a password", remedy="remove the password and save it")
        self.names = {part_name(info.filename): info for info in infos}
        self._damaged: set[str] = set()
        self._check_bytes(limits)

    def read(self, part: str) -> bytes:
        """The bytes of one part as UTF-8; empty when there is no such part.

        Raises:
            BadZipFile: this part is damaged. Damage to a part nobody reads, such as a picture, does not matter.
        """
        info = self.names.get(part_name(part))
        if info is None:
            return b""
        if part_name(part) in self._damaged:
            raise zipfile.BadZipFile
        data = self._archive.read(info)
        if data.startswith(_UTF16_MARKS):
            return _utf8(data.decode("utf-16", errors="replace"))
        if data[:4] == b"<\0?\0":  # UTF-16 without a mark
            return _utf8(data.decode("utf-16-le", errors="replace"))
        if data[:4] == b"\0<\0?":
            return _utf8(data.decode("utf-16-be", errors="replace"))
        return data

    def chunks(self, part: str) -> Iterator[bytes]:
        """The same, some bytes at a time.

        Raises:
            BadZipFile: this part is damaged.
        """
        info = self.names.get(part_name(part))
        if info is None:
            return
        if part_name(part) in self._damaged:
            raise zipfile.BadZipFile
        with self._archive.open(info) as entry:
            chunk = entry.read(_CHUNK)
            if chunk.startswith(_UTF16_MARKS) or chunk[:4] in (b"<\0?\0", b"\0<\0?"):
                yield self.read(part)
                return
            while chunk:
                yield chunk
                chunk = entry.read(_CHUNK)

    def size(self, part: str) -> int:
        """How many bytes a part has, inflated; 0 when there is no such part."""
        info = self.names.get(part_name(part))
        return info.file_size if info else 0

    def _check_bytes(self, limits: Limits) -> None:
        total = 0
        for name, info in self.names.items():
            try:
                total += self._size(name, info, limits, limits.total_bytes - total)
            except _DAMAGED:
                self._damaged.add(name)

    def _size(self, name: str, info: zipfile.ZipInfo, limits: Limits, left: int) -> int:
        """How long one entry is, inflated."""
        size = 0
        markup = name.endswith(_MARKUP)
        tail = b""
        with self._archive.open(info) as entry:
            while chunk := entry.read(_CHUNK):
                size += len(chunk)
                if size > min(limits.entry_bytes, left):
                    raise TooLarge(f"unpacks to more than {limits.entry_bytes >> 20:,} MB", remedy=SAVE_AGAIN)
                if size > _SMALL and size > limits.ratio * max(info.compress_size, 1):
                    raise TooLarge(f"is packed more than {limits.ratio} to 1", remedy=SAVE_AGAIN)
                # Without NULs, a DOCTYPE looks the same in UTF-8 and UTF-16.
                if markup and _declares((tail + chunk).replace(b"\0", b"")):
                    raise UnreadableFile("an XML part declares a DOCTYPE", remedy=SAVE_AGAIN)
                tail = chunk[-20:]
        return size


def _declares(data: bytes) -> bool:
    """Whether there is a DOCTYPE, other than one of OpenOffice's that only names its kind of document."""
    at = data.find(b"<!DOCTYPE")
    return (at >= 0 and not data.startswith(b"<!DOCTYPE manifest:manifest PUBLIC", at)) or b"<!ENTITY" in data


def _utf8(text: str) -> bytes:
    """The document in UTF-8, saying so."""
    head, found, rest = text.partition("?>")
    return (f"<?xml version='1.0'?>{rest}" if found and head.lstrip("\ufeff").startswith("<?xml") else text).encode()


def part_name(name: str) -> str:
    r"""Part names compare without case (ECMA-376 part 2, 6.2.2); some exporters write backslashes.

    >>> part_name("/xl\\Workbook.xml")
    'xl/workbook.xml'
    """
    return name.replace("\\", "/").lstrip("/").lower()


@contextmanager
def opened_archive(path: Path, limits: Limits) -> Iterator[Archive]:
    """The checked archive at `path`.

    Raises:
        UnreadableFile: damaged or over a limit.
        EncryptedFile: protected by a password.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield Archive(archive, limits)
    except _DAMAGED:
        raise UnreadableFile("the file is damaged or was cut off on its way", remedy=SEND_AGAIN) from None
