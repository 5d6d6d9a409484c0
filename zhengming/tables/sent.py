"""What a reading child sends and large sheets are kept as: pickled values of few types, and nothing else comes back.

A child taken over by a file must not take over its parent.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from typing import IO, Any

from zhengming.tables.model import CellValue

_TYPES = {
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "time"),
    ("zhengming.findings", "Place"),
    ("zhengming.tables.model", "ErrorValue"),
    ("zhengming.tables.model", "Merge"),
    ("zhengming.tables.model", "Notice"),
}


class Unpickler(pickle.Unpickler):
    """Unpickles nothing but what a reader sends."""

    def find_class(self, module: str, name: str) -> Any:
        """The class, if it is one of those that are sent."""
        if (module, name) not in _TYPES:
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)


def send(message: Any, out: IO[bytes]) -> None:
    """Put a message behind those before it."""
    pickle.dump(message, out, pickle.HIGHEST_PROTOCOL)


def packed(rows: Sequence[Sequence[CellValue]]) -> bytes:
    """Rows as bytes."""
    return pickle.dumps(rows, pickle.HIGHEST_PROTOCOL)


def unpacked(data: bytes) -> list[Sequence[CellValue]]:
    """The same rows.

    >>> unpacked(packed([["甲", 3], []]))
    [['甲', 3], []]
    """
    rows: list[Sequence[CellValue]] = Unpickler(io.BytesIO(data)).load()
    return rows
