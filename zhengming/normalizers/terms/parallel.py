"""Many cells on all cores: distinct texts shared out over forked workers that inherit the matcher.

Forking needs no pickling of the matcher and no start-up; results come back as plain tuples. Where forking is not to be
had, or there are too few texts to be worth it, the caller reads them itself.
"""

from __future__ import annotations

import marshal
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zhengming.normalizers.terms.mention import Candidate, Mention

if TYPE_CHECKING:
    from multiprocessing.pool import IMapIterator
    from multiprocessing.sharedctypes import Synchronized

LEAST_TEXTS: Final = 2_000  # below this a fork (some 30 ms) gains too little
_PORTION: Final = 250  # texts that a process takes at a time

_Reader = Callable[[str], Sequence[Mention]]
_work: _Work | None = None  # what a worker inherits by being forked


def workers(count: int, jobs: int | None) -> int:
    """How many processes to use for `count` texts: 1 where forking is unsafe, unknown, or not worth it."""
    if count < LEAST_TEXTS or sys.platform != "linux" or multiprocessing.parent_process() is not None:
        return 1
    return max(1, jobs or len(os.sched_getaffinity(0)))


def read_many(texts: Sequence[str], reader: _Reader, processes: int) -> Iterator[Sequence[Mention]]:
    """What `reader` says of each text, in order; this process and forked ones take portions as they are free."""
    global _work
    portions = [texts[start : start + _PORTION] for start in range(0, len(texts), _PORTION)]
    forked = multiprocessing.get_context("fork")
    work = _work = _Work(portions, reader, forked.Value("l", 0))
    try:
        with warnings.catch_warnings():
            # Python warns of forking beside threads; a worker only reads texts and touches no lock of theirs.
            warnings.simplefilter("ignore", DeprecationWarning)
            pool = forked.Pool(processes - 1)
        read: dict[int, list[Sequence[Mention]]] = {}
        with pool:
            waiting = pool.imap_unordered(_read_portion, range(len(portions)))
            while (number := work.taken()) < len(portions):
                read[number] = [reader(text) for text in portions[number]]
                read.update(map(_unpacked, _arrived(waiting)))
            read.update(map(_unpacked, filter(None, waiting)))
        for number in range(len(portions)):
            yield from read.pop(number)
    finally:
        _work = None


class _Work(NamedTuple):
    """What is to be read by whom, and how many portions are taken: shared by all processes."""

    portions: Sequence[Sequence[str]]
    reader: _Reader
    served: Synchronized[int]

    def taken(self) -> int:
        """The number of the next portion, which is now taken."""
        with self.served.get_lock():
            self.served.value += 1
            return self.served.value - 1


def _read_portion(_number: int) -> tuple[int, bytes] | None:
    """The number of the portion that was next, and what was read of it; None when all are taken."""
    if _work is None:
        raise RuntimeError("not a forked worker")
    number = _work.taken()
    if number >= len(_work.portions):
        return None
    reader = _work.reader
    read = [
        [_with_candidates(one, tuple) if one[_CANDIDATES] else tuple(one) for one in reader(text)]
        for text in _work.portions[number]
    ]
    return number, marshal.dumps(read)


def _arrived(waiting: IMapIterator[tuple[int, bytes] | None]) -> Iterator[tuple[int, bytes]]:
    """The portions that other processes have read by now."""
    while True:
        try:
            portion = waiting.next(timeout=0)
        except (StopIteration, multiprocessing.TimeoutError):
            return
        if portion:
            yield portion


def _unpacked(portion: tuple[int, bytes]) -> tuple[int, list[Sequence[Mention]]]:
    number, packed = portion
    return number, [
        tuple([_mention(_with_candidates(one, Candidate._make) if one[_CANDIDATES] else one) for one in mentions])
        for mentions in marshal.loads(packed)
    ]


def _with_candidates(values: Sequence[Any], make: Callable[[Any], object]) -> tuple[Any, ...]:
    return (*values[:_CANDIDATES], tuple(map(make, values[_CANDIDATES])), *values[_CANDIDATES + 1 :])


_mention = partial(tuple.__new__, Mention)  # a third of what Mention._make takes
_CANDIDATES: Final = Mention._fields.index("candidates")
