"""Interchange: a dictionary in the forms that other programs speak, one module per form.

Every module has `dump(dictionary, folder, categories) -> list[Path]`, which writes the same bytes for the same
dictionary; those of `LOADED` also have `load(path) -> list[Facts]`. What a form cannot carry is left as it is in the
source folder that takes the facts in (`facts.preview`, `facts.apply`), and docs/interchange.md lists it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from zhengming.errors import UsageError

if TYPE_CHECKING:
    from zhengming.dictionary.interchange.facts import Facts
    from zhengming.dictionary.model import Dictionary

FORMATS: Mapping[str, str] = {
    "excel": "zhengming.dictionary.interchange.excel",
    "fhir": "zhengming.dictionary.interchange.fhir",
    "frictionless": "zhengming.dictionary.interchange.frictionless",
    "omop": "zhengming.dictionary.interchange.omop",
    "skos": "zhengming.dictionary.interchange.skos",
    "sssom": "zhengming.dictionary.interchange.sssom",
}
LOADED = ("excel", "fhir", "skos", "sssom")


class Interchange(Protocol):
    """What each module named in `FORMATS` provides; `load` only those of `LOADED`."""

    def dump(self, dictionary: Dictionary, folder: Path, categories: Sequence[str]) -> list[Path]:
        """Write the categories into the folder; gives the files written."""

    def load(self, path: Path) -> list[Facts]:
        """What a file or folder of this form says, by category."""


def module(name: str, *, loading: bool = False) -> Interchange:
    """The module of a form, imported on first use.

    Raises:
        UsageError: no such form, or it cannot be read back.
    """
    known = LOADED if loading else tuple(FORMATS)
    if name not in known:
        raise UsageError(
            f"no form {name!r} to {'read' if loading else 'write'}", remedy=f"there are {', '.join(known)}"
        )
    return cast(Interchange, import_module(FORMATS[name]))


def chosen(dictionary: Dictionary, categories: Sequence[str]) -> list[str]:
    """The categories asked for, or all.

    Raises:
        UnknownCode: the dictionary has no such category.
    """
    return [dictionary.category(name).name for name in categories] or list(dictionary.categories)
