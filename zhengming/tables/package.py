"""A workbook as a package of parts (ECMA-376 part 2): which part is the workbook, which are its sheets.

Parts are found by their relations, as Excel does; where these are damaged, by the places where everyone puts them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from zhengming.errors import WrongKind
from zhengming.tables.archive import SAVE_AGAIN, Archive, opened_archive, part_name
from zhengming.tables.limits import Limits

# The main part's folder tells what the zip is.
_KINDS = (
    ("word/", "a Word document"),
    ("ppt/", "a PowerPoint presentation"),
    ("visio/", "a Visio drawing"),
    ("content.xml", "an OpenDocument file"),
    ("index/document.iwa", "a Numbers or Pages document of Apple"),
    ("index.zip", "a Numbers or Pages document of Apple"),
)
_MAIN = ("xl/workbook.xml", "xl/workbook.bin")


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One worksheet of the package: its name, where its XML is, whether it is hidden."""

    name: str
    part: str
    hidden: bool


class Package:
    """A checked archive that is a workbook."""

    def __init__(self, archive: Archive) -> None:
        """Find the main part and what it names.

        Raises:
            WrongKind: no workbook at all.
        """
        self._archive = archive
        self.main = self._main_part()
        self.sheets: tuple[SheetPart, ...] = ()
        self.date1904 = False
        self.uncalculated = False  # the program that wrote it left all formulas to be calculated on opening
        folder = posixpath.dirname(self.main)
        self.relations = self._relations(
            posixpath.join(folder, "_rels", posixpath.basename(self.main) + ".rels"), folder
        )
        self._read_workbook()

    def read(self, part: str) -> bytes:
        """The bytes of one part as UTF-8; empty when there is no such part."""
        return self._archive.read(part)

    def chunks(self, part: str) -> Iterator[bytes]:
        """The same, some bytes at a time."""
        return self._archive.chunks(part)

    def size(self, part: str) -> int:
        """How many bytes a part has, inflated."""
        return self._archive.size(part)

    def related(self, kind: str) -> bytes:
        """The part that the workbook names as its `kind` ("styles", "sharedStrings"); empty when there is none."""
        return next(filter(None, map(self.read, self._related(kind))), b"")

    def related_chunks(self, kind: str) -> Iterator[bytes]:
        """The same, some bytes at a time."""
        return self.chunks(next((part for part in self._related(kind) if self.size(part)), ""))

    def _related(self, kind: str) -> tuple[str, str]:
        """Where the part may be."""
        target = next((target for one, target in self.relations.values() if one.endswith("/" + kind)), "")
        suffix = posixpath.splitext(self.main)[1]
        return target, f"{posixpath.dirname(self.main)}/{kind}{suffix}"

    def _main_part(self) -> str:
        names = self._archive.names
        rels = self._relations("_rels/.rels", "")
        main = next((target for kind, target in rels.values() if kind.endswith("/officeDocument")), _MAIN[0])
        if main not in names:
            main = next((one for one in _MAIN if one in names), main)
        for start, name in _KINDS:
            if main.startswith(start) or (main not in names and any(one.startswith(start) for one in names)):
                raise WrongKind(f"this is {name}, not a workbook", remedy=SAVE_AGAIN)
        if main not in names:
            raise WrongKind("this is a zip archive, not a workbook", remedy="unpack it first")
        return main

    def _read_workbook(self) -> None:
        if self.main.endswith(".bin"):
            return
        try:
            root = ElementTree.fromstring(self.read(self.main))
        except (ElementTree.ParseError, ValueError, LookupError):
            self.sheets = self._sheets_by_place()
            return
        found = []
        for element in root.iter():
            kind = _local(element.tag)
            if kind == "workbookPr":
                self.date1904 = element.get("date1904", "0") in {"1", "true"}
            elif kind == "calcPr":
                self.uncalculated = element.get("fullCalcOnLoad", "0") in {"1", "true"}
            elif kind == "sheet":
                link = next((value for key, value in element.attrib.items() if _local(key) == "id"), "")
                relation, part = self.relations.get(link, ("", ""))
                if relation.endswith("/worksheet"):
                    hidden = element.get("state", "visible") != "visible"
                    found.append(SheetPart(element.get("name", ""), part, hidden))
        self.sheets = tuple(found)

    def _sheets_by_place(self) -> tuple[SheetPart, ...]:
        """The worksheets of a workbook whose list of them cannot be read."""
        folder = posixpath.join(posixpath.dirname(self.main), "worksheets") + "/"
        parts = sorted(name for name in self._archive.names if name.startswith(folder) and name.endswith(".xml"))
        return tuple(SheetPart(posixpath.basename(part).removesuffix(".xml"), part, hidden=False) for part in parts)

    def _relations(self, part: str, folder: str) -> Mapping[str, tuple[str, str]]:
        """Type and target of each relation, by id."""
        try:
            root = ElementTree.fromstring(self.read(part))
        except (ElementTree.ParseError, ValueError, LookupError):
            return {}
        relations = {}
        for element in root:
            target = element.get("Target", "").replace("\\", "/")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found = part_name(posixpath.normpath(path))
            if found not in self._archive.names:  # some exporters leave the leading slash out of an absolute path
                absolute = part_name(posixpath.normpath(target))
                found = absolute if absolute in self._archive.names else found
            relations[element.get("Id", "")] = (element.get("Type", ""), found)
        return relations


@contextmanager
def opened_package(path: Path, limits: Limits) -> Iterator[Package]:
    """The checked package at `path`.

    Raises:
        UnreadableFile: damaged, over a limit, or no workbook.
        EncryptedFile: protected by a password.
    """
    with opened_archive(path, limits) as archive:
        yield Package(archive)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
