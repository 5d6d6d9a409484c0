"""Frames on disk, one after another in a nameless file, to be read again one at a time."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import polars as pl


class Frames:
    """Frames of the same columns, in the order in which they were added.

    >>> import polars as pl
    >>> frames = Frames(io.BytesIO())
    >>> frames.add(pl.DataFrame({"a": [1, 2]}))
    >>> len(frames), frames[0]["a"].to_list(), frames.height
    (1, [1, 2], 2)
    """

    def __init__(self, store: BinaryIO) -> None:
        """None yet; they will stand in `store`, which may hold other things as well."""
        self._store = store
        self._places: list[tuple[int, int]] = []
        self.height = 0  # rows of all frames

    def add(self, frame: pl.DataFrame) -> None:
        """Put a frame behind the others."""
        packed = io.BytesIO()
        frame.write_ipc(packed, compression="lz4")
        self._places.append((self._store.seek(0, 2), packed.tell()))
        self._store.write(packed.getbuffer())
        self.height += frame.height

    def __len__(self) -> int:
        """How many frames there are."""
        return len(self._places)

    def __getitem__(self, at: int) -> pl.DataFrame:
        """One of them."""
        import polars as pl

        start, length = self._places[at]
        self._store.seek(start)
        return pl.read_ipc(self._store.read(length))

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """All of them."""
        return (self[at] for at in range(len(self)))
