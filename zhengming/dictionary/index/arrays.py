"""Named arrays in one file, mapped into memory when opened: nothing is read before it is used.

    ZMINDEX1, the length of the header as 8 bytes, the header as JSON, then each array from a multiple of 64 bytes on

The header gives for each array its type, length and place, and the facts that tell whether the file is still the right
one. The file is written beside its target and renamed, so that it is there whole or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhengming.errors import UnreadableFile
from zhengming.files import CHUNK, atomic_write, opened

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]

_MAGIC = b"ZMINDEX1"
_ALIGNED = 64  # bytes


def write(path: Path, facts: Mapping[str, object], arrays: Arrays) -> None:
    """Write the arrays with the facts about them.

    Raises:
        UnwritableFile: the folder is missing or read-only, or the disk is full.
    """
    places: dict[str, list[object]] = {}
    start = 0
    for name, array in arrays.items():
        places[name] = [array.dtype.str, len(array), start]
        start += _aligned(array.nbytes)
    header = json.dumps({"facts": facts, "arrays": places}, ensure_ascii=False, sort_keys=True).encode()
    with atomic_write(path) as handle:
        handle.write(_MAGIC + len(header).to_bytes(8, "little") + header)
        handle.write(bytes(_aligned(handle.tell()) - handle.tell()))
        for array in arrays.values():
            flat = array.data.cast("B") if len(array) else memoryview(b"")
            for first in range(0, len(flat), CHUNK):
                handle.write(flat[first : first + CHUNK])
            handle.write(bytes(_aligned(array.nbytes) - array.nbytes))


def read(path: Path) -> tuple[Mapping[str, object], dict[str, NDArray[Any]]]:
    """The facts and the mapped arrays of a file.

    Raises:
        UnreadableFile: missing, or no file of arrays, or cut off.
    """
    import numpy as np

    broken = UnreadableFile("is no search index, or is cut off", where=str(path), remedy="delete it: it is built again")
    with opened(path) as handle:
        magic, size = handle.read(len(_MAGIC)), int.from_bytes(handle.read(8), "little")
        whole = handle.seek(0, 2)
        if magic != _MAGIC or size > whole:
            raise broken
        handle.seek(len(_MAGIC) + 8)
        try:
            header = json.loads(handle.read(size))
            places = {str(name): (np.dtype(kind), int(n), int(at)) for name, (kind, n, at) in header["arrays"].items()}
            facts: Mapping[str, object] = dict(header["facts"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise broken from None
    first = _aligned(len(_MAGIC) + 8 + size)
    if any(first + at + n * kind.itemsize > whole for kind, n, at in places.values()):
        raise broken
    return facts, {
        name: _mapped(path, kind, first + at, n) if n else np.empty(0, kind)  # an empty stretch cannot be mapped
        for name, (kind, n, at) in places.items()
    }


def _mapped(path: Path, kind: np.dtype[Any], start: int, count: int) -> NDArray[Any]:
    """A stretch of a file as a plain array: as a `memmap` each look at it would cost more."""
    import numpy as np

    return np.memmap(path, kind, "c", start, (count,)).view(np.ndarray)


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
