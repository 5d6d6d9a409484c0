"""What passes between `read` and the reader of one format: where to read from, and what was found there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from zhengming.tables.limits import Limits
from zhengming.tables.model import Notice, Sheet


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: its path, the name to use in places, the limits, and which of the reader's engines to try.

    `encoding` is what the caller says a csv is written in; empty when it is to be told from the bytes.
    """

    path: Path
    file: str
    limits: Limits
    engine: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a reader found."""

    sheets: tuple[Sheet, ...]
    notices: tuple[Notice, ...] = ()
    date1904: bool = False
    details: Mapping[str, str] = field(default_factory=dict)
