"""Sketches: 64 bits that tell of two texts how unlike they are at least, before their characters are looked at.

Each character of a text sets a bit, its second occurrence another one, and so on. Whoever makes one text of another by
leaving out and inserting characters changes at most one bit with each: so two texts are never less apart (in InDel
distance) than their sketches have different bits. Texts that are much alike seldom have many different ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zhengming.dictionary.index.grams import POINT_BITS, code_points

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SPREAD = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio: what is multiplied by it differs in its first bits
_LEAVING = 58  # of 64 bits, so that one of 64 places is left


def sketches(texts: Sequence[str]) -> NDArray[np.uint64]:
    """The sketch of each text.

    >>> one, other, third = sketches(["室间隔缺损", "室间膈缺损", "动脉导管未闭"]).tolist()
    >>> (one ^ other).bit_count(), (one ^ third).bit_count() > 5
    (2, True)
    """
    import numpy as np

    points, lengths = code_points(texts)
    of = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    characters = np.sort(of << POINT_BITS | points)
    places = np.arange(len(characters))
    again = np.zeros(len(characters), dtype=bool)
    again[1:] = characters[1:] == characters[:-1]
    occurrence = places - np.maximum.accumulate(np.where(again, 0, places))
    which = (characters & ((1 << POINT_BITS) - 1)) | occurrence << POINT_BITS
    hashes = (which + 1).astype(np.uint64) * np.uint64(_SPREAD)
    hashes = (hashes ^ (hashes >> np.uint64(32))) * np.uint64(_SPREAD)
    bits = np.uint64(1) << (hashes >> np.uint64(_LEAVING))
    found = np.zeros(len(texts), dtype=np.uint64)
    if len(bits):
        starts = np.cumsum(lengths) - lengths
        found[lengths > 0] = np.bitwise_or.reduceat(bits, starts[lengths > 0])
    return found
