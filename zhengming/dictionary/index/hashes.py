"""Hashes of stretches of texts, of very many at once: 64 bits, the sum over a stretch of mix(character) · BASE^place.

Such a sum can be taken apart: what a text is without some of its characters, or from one of them on, has its hash
without a look at the characters. `hash_of` gives the same number for one string.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from zhengming.dictionary.index.grams import code_points

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2^64
_INVERSE = pow(BASE, -1, 1 << 64)
_ALL = (1 << 64) - 1
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB  # splitmix64


@cache
def _mixed(point: int) -> int:
    mixed = (point + BASE) & _ALL
    mixed = ((mixed ^ (mixed >> 30)) * _FIRST) & _ALL
    mixed = ((mixed ^ (mixed >> 27)) * _SECOND) & _ALL
    return mixed ^ (mixed >> 31)


def hash_of(text: str) -> int:
    """The hash of one text.

    >>> import numpy as np
    >>> hash_of("室缺") == int(Stretches.of(["房缺", "室缺"]).whole()[1])
    True
    """
    total, power = 0, 1
    for character in text:
        total = (total + _mixed(ord(character)) * power) & _ALL
        power = (power * BASE) & _ALL
    return total


@dataclass(frozen=True, slots=True)
class Stretches:
    """Texts ready to be hashed in part: where each starts in `points`, and the sums of what stands before a place."""

    points: NDArray[np.int64]
    starts: NDArray[np.int64]
    sums: NDArray[np.uint64]
    inverse: NDArray[np.uint64]

    @staticmethod
    def of(texts: Sequence[str], classes: NDArray[np.int64] | None = None) -> Stretches:
        """The texts; `classes` gives for a code point the one it counts as."""
        import numpy as np

        points, lengths = code_points(texts)
        if classes is not None:
            points = classes[points]
        starts = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(lengths, out=starts[1:])
        longest = int(lengths.max(initial=0)) + 1
        place = np.arange(len(points)) - np.repeat(starts[:-1], lengths)
        mixed = points.astype(np.uint64) + np.uint64(BASE)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(_FIRST)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(_SECOND)
        mixed ^= mixed >> np.uint64(31)
        sums = np.zeros(len(points) + 1, dtype=np.uint64)
        np.cumsum(mixed * _powers(BASE, longest)[place], out=sums[1:])
        return Stretches(points, starts, sums, _powers(_INVERSE, longest))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Characters of each text."""
        return self.starts[1:] - self.starts[:-1]

    def whole(self) -> NDArray[np.uint64]:
        """The hash of each text."""
        return self.sums[self.starts[1:]] - self.sums[self.starts[:-1]]

    def part(self, which: NDArray[Any], first: Any, last: Any) -> NDArray[np.uint64]:
        """The hash of characters `first` to `last` (not included) of `which` texts."""
        start = self.starts[which]
        hashes: NDArray[np.uint64] = (self.sums[start + last] - self.sums[start + first]) * self.inverse[first]
        return hashes

    def without(self, which: NDArray[Any], first: Any, last: Any) -> NDArray[np.uint64]:
        """The hash of `which` texts when characters `first` to `last` (not included) are left out."""
        start, end = self.starts[which], self.starts[which + 1]
        kept = self.sums[start + first] - self.sums[start]
        hashes: NDArray[np.uint64] = kept + (self.sums[end] - self.sums[start + last]) * self.inverse[last - first]
        return hashes

    def exchanged(self, which: NDArray[Any], first: Any) -> NDArray[np.uint64]:
        """The hash of `which` texts when character `first` and the next one change places."""
        import numpy as np

        start = self.starts[which] + first
        one, other = self.sums[start + 1] - self.sums[start], self.sums[start + 2] - self.sums[start + 1]
        whole = self.sums[self.starts[which + 1]] - self.sums[self.starts[which]]
        hashes: NDArray[np.uint64] = whole - one - other + one * np.uint64(BASE) + other * np.uint64(_INVERSE)
        return hashes


class HashSet:
    """A set of texts of which only sorted hashes are kept.

    Two texts of a million have the same hash once in some 30 million such sets.
    """

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        """The texts with these hashes, in order."""
        self._hashes = hashes

    def __contains__(self, text: object) -> bool:
        """Whether the text is in the set."""
        return isinstance(text, str) and position(self._hashes, hash_of(text)) >= 0


def positions(hashes: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where in sorted hashes each of `wanted` stands; -1 if it does not."""
    import numpy as np

    if not len(hashes):
        return np.full(len(wanted), -1, dtype=np.int64)
    order = np.argsort(wanted)
    place = _found(hashes, wanted, order, "left")
    place[place == len(hashes)] = 0
    found: NDArray[np.int64] = np.where(hashes[place] == wanted, place, -1)
    return found


def bounds(hashes: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where in sorted hashes each of `wanted` begins to stand, and where it no longer does."""
    import numpy as np

    order = np.argsort(wanted)
    return _found(hashes, wanted, order, "left"), _found(hashes, wanted, order, "right")


def _found(
    hashes: NDArray[np.uint64], wanted: NDArray[np.uint64], order: NDArray[np.int64], side: Literal["left", "right"]
) -> NDArray[np.int64]:
    """As `searchsorted`; what is looked up in its `order` is found in a quarter of the time."""
    import numpy as np

    found = np.empty(len(wanted), dtype=np.int64)
    found[order] = np.searchsorted(hashes, wanted[order], side)
    return found


def position(hashes: NDArray[np.uint64], wanted: int) -> int:
    """Where in sorted hashes `wanted` stands first; -1 if it does not."""
    import numpy as np

    place = int(np.searchsorted(hashes, np.uint64(wanted)))
    return place if place < len(hashes) and int(hashes[place]) == wanted else -1


def _powers(base: int, count: int) -> NDArray[np.uint64]:
    import numpy as np

    powers = np.full(count + 1, base, dtype=np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)
