"""The pre-flight over a zipped workbook: counted while inflating, before any reader is let near it.

An xlsx is a zip of XML parts (ECMA-376 part 2). A few kilobytes can hold gigabytes, a DOCTYPE can expand without end,
and a reader that trusts either dies. What is too much is refused here, by name.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from zhengming.errors import EncryptedFile, UnreadableFile
from zhengming.tables.limits import Limits

_CHUNK = 1 << 20
_SMALL = 1 << 20  # an entry of less than this may be as dense as it likes
_SAVE_AGAIN = "open it in Excel or WPS and save it again as .xlsx"
# The main part's folder tells what the zip is.
_KINDS = (
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)"),
    ("word/", "a Word document"),
    ("ppt/", "a PowerPoint presentation"),
    ("content.xml", "an OpenDocument file"),
)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One worksheet of the package: its name, where its XML is, whether it is hidden."""

    name: str
    part: str
    hidden: bool


class Package:
    """An opened xlsx package whose every entry has been inflated once and found bearable."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        """Check the whole archive.

        Raises:
            UnreadableFile: too many or too large entries, a DOCTYPE, damage, or no workbook at all.
            EncryptedFile: the zip itself is protected by a password.
        """
        self._archive = archive
        self._names = {_normal(info.filename): info for info in archive.infolist()}
        self._check_entries(limits)
        self.main = self._main_part()
        self._check_bytes(limits)
        self.sheets: tuple[SheetPart, ...] = ()
        self.date1904 = False
        self._read_workbook()

    def read(self, part: str) -> bytes:
        """The bytes of one part as UTF-8; empty when there is no such part."""
        info = self._names.get(_normal(part))
        if info is None:
            return b""
        data = self._archive.read(info)
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16", errors="replace").encode()
        return data

    def _check_entries(self, limits: Limits) -> None:
        if len(self._names) > limits.entries:
            raise UnreadableFile(f"the zip holds {len(self._names):,} files, more than {limits.entries:,}")
        if any(info.flag_bits & 1 for info in self._names.values()):
            raise EncryptedFile("the file is protected by a password", remedy="remove the password and save it")

    def _main_part(self) -> str:
        rels = self._relations("_rels/.rels", "")
        main = next((target for kind, target in rels.values() if kind.endswith("/officeDocument")), "xl/workbook.xml")
        for start, name in _KINDS:
            if main.startswith(start) or (
                main not in self._names and any(one.startswith(start) for one in self._names)
            ):
                raise UnreadableFile(f"this is {name}, not an .xlsx workbook", remedy=_SAVE_AGAIN)
        if main not in self._names:
            raise UnreadableFile("this is a zip archive, not a workbook", remedy="unpack it first")
        return main

    def _check_bytes(self, limits: Limits) -> None:
        total = 0
        for name, info in self._names.items():
            size = 0
            markup = name.endswith((".xml", ".rels", ".vml"))
            tail = b""
            with self._archive.open(info) as entry:
                while chunk := entry.read(_CHUNK):
                    size += len(chunk)
                    total += len(chunk)
                    if size > limits.entry_bytes or total > limits.total_bytes:
                        raise UnreadableFile(
                            f"unpacks to more than {limits.entry_bytes >> 20:,} MB", remedy=_SAVE_AGAIN
                        )
                    if size > _SMALL and size > limits.ratio * max(info.compress_size, 1):
                        raise UnreadableFile(f"is packed more than {limits.ratio} to 1", remedy=_SAVE_AGAIN)
                    # Without NULs, a DOCTYPE looks the same in UTF-8 and UTF-16.
                    if markup and b"<!DOCTYPE" in (tail + chunk).replace(b"\0", b""):
                        raise UnreadableFile("an XML part declares a DOCTYPE", remedy=_SAVE_AGAIN)
                    tail = chunk[-20:]

    def _read_workbook(self) -> None:
        try:
            root = ElementTree.fromstring(self.read(self.main))
        except ElementTree.ParseError:
            return  # the readers forgive more than we do; without this only notices are lost
        folder = posixpath.dirname(self.main)
        rels = self._relations(posixpath.join(folder, "_rels", posixpath.basename(self.main) + ".rels"), folder)
        found = []
        for element in root.iter():
            kind = _local(element.tag)
            if kind == "workbookPr":
                self.date1904 = element.get("date1904", "0") in {"1", "true", "on"}
            elif kind == "sheet":
                link = next((value for key, value in element.attrib.items() if _local(key) == "id"), "")
                relation, part = rels.get(link, ("", ""))
                if relation.endswith("/worksheet"):
                    hidden = element.get("state", "visible") != "visible"
                    found.append(SheetPart(element.get("name", ""), part, hidden))
        self.sheets = tuple(found)

    def _relations(self, part: str, folder: str) -> Mapping[str, tuple[str, str]]:
        """Type and target of each relation, by id."""
        try:
            root = ElementTree.fromstring(self.read(part))
        except ElementTree.ParseError:
            return {}
        relations = {}
        for element in root:
            target = element.get("Target", "").replace("\\", "/")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            relations[element.get("Id", "")] = (element.get("Type", ""), _normal(posixpath.normpath(path)))
        return relations


@contextmanager
def opened_package(path: Path, limits: Limits) -> Iterator[Package]:
    """The checked package at `path`.

    Raises:
        UnreadableFile: damaged, over a limit, or no xlsx workbook.
        EncryptedFile: protected by a password.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield Package(archive, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError):
        raise UnreadableFile(
            "the file is damaged or was cut off on its way", remedy="ask the sender to send it again"
        ) from None


def _normal(name: str) -> str:
    """Part names compare without case (ECMA-376 part 2, 6.2.2); some exporters write backslashes."""
    return name.replace("\\", "/").lstrip("/").lower()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
