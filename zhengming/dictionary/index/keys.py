"""Very many texts in one stretch of UTF-16, made into strings when asked for."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_UTF_16 = "utf-16-le", "surrogatepass"
_TOGETHER = 1_000  # texts made into one string


class Keys(Sequence[str]):
    """Texts in one stretch of UTF-16, made into strings when asked for."""

    def __init__(self, units: NDArray[np.uint16], starts: NDArray[np.int64]) -> None:
        """Text i is `units[starts[i]:starts[i + 1]]`."""
        self._units = units
        self._starts = starts

    @staticmethod
    def collected(rows: Iterable[Sequence[str]], columns: int) -> tuple[Keys, ...]:
        """The columns of rows of texts that come one by one; no string is kept."""
        import numpy as np

        data = [bytearray() for _column in range(columns)]
        starts = [array("q", [0]) for _column in range(columns)]
        for row in rows:
            for part, begins, text in zip(data, starts, row, strict=True):
                part += text.encode(*_UTF_16)
                begins.append(len(part) // 2)
        return tuple(
            Keys(np.frombuffer(part, dtype="<u2"), np.frombuffer(begins, dtype=np.int64))
            for part, begins in zip(data, starts, strict=True)
        )

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays that hold the texts, under names that start so."""
        return {f"{name}_units": self._units, f"{name}_starts": self._starts}

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self._starts) - 1

    def __getitem__(self, index: int) -> str:  # type: ignore[override]  # no slices: nobody needs them
        """The text at `index`."""
        return self._units[self._starts[index] : self._starts[index + 1]].tobytes().decode(*_UTF_16)

    def many(self, indices: NDArray[Any]) -> list[str]:
        """The texts at `indices`."""
        found: list[str] = []
        for first in range(0, len(indices), _TOGETHER):
            found += self._some(indices[first : first + _TOGETHER])
        return found

    def _some(self, indices: NDArray[Any]) -> list[str]:
        """The texts at `indices`: their units are taken together, made into one string, and that is cut up."""
        import numpy as np

        starts = self._starts[indices]
        sizes = self._starts[indices + 1] - starts
        ends = np.cumsum(sizes)
        places = np.arange(int(sizes.sum()))
        places += np.repeat(starts - (ends - sizes), sizes)
        joined = self._units[places].tobytes().decode(*_UTF_16)
        if len(joined) < len(places):  # a character of two units is among them
            return [self[index] for index in indices.tolist()]
        return [joined[start:end] for start, end in pairwise([0, *ends.tolist()])]
