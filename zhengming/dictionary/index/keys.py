"""Very many texts in one stretch of bytes, made into strings when asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Keys(Sequence[str]):
    """Texts in one stretch of bytes, made into strings when asked for."""

    def __init__(self, data: NDArray[np.uint8], starts: NDArray[np.int64]) -> None:
        """Text i is the UTF-8 of `data[starts[i]:starts[i + 1]]`."""
        self._data = data.data
        self._starts = starts

    @staticmethod
    def collected(rows: Iterable[Sequence[str]], columns: int) -> tuple[Keys, ...]:
        """The columns of rows of texts that come one by one; no string is kept."""
        import numpy as np

        data = [bytearray() for _column in range(columns)]
        starts = [array("q", [0]) for _column in range(columns)]
        for row in rows:
            for part, begins, text in zip(data, starts, row, strict=True):
                part += text.encode("utf-8", "surrogatepass")
                begins.append(len(part))
        return tuple(
            Keys(np.frombuffer(part, dtype=np.uint8), np.frombuffer(begins, dtype=np.int64))
            for part, begins in zip(data, starts, strict=True)
        )

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays that hold the texts, under names that start so."""
        import numpy as np

        return {f"{name}_bytes": np.frombuffer(self._data, dtype=np.uint8), f"{name}_starts": self._starts}

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self._starts) - 1

    def __getitem__(self, index: int) -> str:  # type: ignore[override]  # no slices: nobody needs them
        """The text at `index`."""
        return str(self._data[self._starts[index] : self._starts[index + 1]], "utf-8", "surrogatepass")

    def many(self, indices: NDArray[Any]) -> list[str]:
        """The texts at `indices`."""
        data, starts, ends = self._data, self._starts[indices].tolist(), self._starts[indices + 1].tolist()
        return [str(data[start:end], "utf-8", "surrogatepass") for start, end in zip(starts, ends, strict=True)]
