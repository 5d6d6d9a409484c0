"""Many cells on all cores: distinct texts shared out over forked workers that inherit the matcher.

Forking needs no pickling of the matcher and no start-up; results come back as plain tuples. Where forking is not to be
had, or there are too few texts to be worth it, the caller reads them itself.
"""

from __future__ import annotations

import gc
import marshal
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from zhengming.normalizers.terms.mention import Candidate, Mention

LEAST_TEXTS = 2_000  # below this a fork (some 30 ms) gains too little
_OWN_SHARE = 0.85  # of an equal share, for the process that also takes in what the others found
_PORTION = 500  # texts handed to a worker at a time

_Reader = Callable[[str], Sequence[Mention]]
_reader: _Reader | None = None  # what a worker inherits by being forked


def workers(count: int, jobs: int | None) -> int:
    """How many processes to use for `count` texts: 1 where forking is unsafe, unknown, or not worth it."""
    if count < LEAST_TEXTS or sys.platform != "linux" or multiprocessing.parent_process() is not None:
        return 1
    return max(1, jobs or len(os.sched_getaffinity(0)))


@contextmanager
def uncollected() -> Iterator[None]:
    """A stretch, or a function, during which no garbage collector runs.

    What a matcher makes has no cycles; a collector would only walk, and in a worker so copy, every page there is.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def read_many(texts: Sequence[str], reader: _Reader, processes: int) -> Iterator[Sequence[Mention]]:
    """What `reader` says of each text, in order: the first share read here, the others by forked workers meanwhile."""
    global _reader
    share = round(len(texts) / processes * _OWN_SHARE)
    portions = [texts[start : start + _PORTION] for start in range(share, len(texts), _PORTION)]
    _reader = reader
    try:
        with warnings.catch_warnings():
            # Python warns of forking beside threads; a worker only reads texts and touches no lock of theirs.
            warnings.simplefilter("ignore", DeprecationWarning)
            pool = multiprocessing.get_context("fork").Pool(processes - 1)
        with pool:
            waiting = pool.imap(_read_portion, portions)
            yield from map(reader, texts[:share])
            for packed in waiting:
                for mentions in marshal.loads(packed):
                    yield [_unpacked(mention) for mention in mentions]
    finally:
        _reader = None


def _read_portion(texts: Sequence[str]) -> bytes:
    if _reader is None:
        raise RuntimeError("not a forked worker")
    return marshal.dumps([[_packed(mention) for mention in _reader(text)] for text in texts])


def _packed(mention: Mention) -> tuple[object, ...]:
    candidates = mention.candidates
    if not candidates:
        return tuple(mention)
    return (*mention[:_CANDIDATES], tuple(map(tuple, candidates)), *mention[_CANDIDATES + 1 :])


def _unpacked(values: Sequence[Any]) -> Mention:
    candidates = values[_CANDIDATES]
    if not candidates:
        return Mention._make(values)
    return Mention._make((*values[:_CANDIDATES], tuple(map(Candidate._make, candidates)), *values[_CANDIDATES + 1 :]))


_CANDIDATES = Mention._fields.index("candidates")
