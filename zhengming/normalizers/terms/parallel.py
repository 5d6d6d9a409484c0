"""Many cells on all cores: distinct texts shared out over forked workers that inherit the matcher.

Forking needs no pickling of the matcher and no start-up; results come back as plain tuples. Where forking is not to be
had, or there are too few texts to be worth it, the caller reads them itself, and so it does what a worker that failed
or was ended leaves undone.
"""

from __future__ import annotations

import marshal
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zhengming.normalizers.terms.mention import Candidate, Mention

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext
    from multiprocessing.process import BaseProcess
    from multiprocessing.sharedctypes import Synchronized

LEAST_TEXTS: Final = 2_000  # below this a fork (some 30 ms) gains too little
_PORTION: Final = 250  # texts that a process takes at a time, as long as there are many
_LEAST_PORTION: Final = 25  # and at the end, so that none waits long for another
_SHARES: Final = 4  # portions for each process that what is left is parted into
_BUFFER: Final = 1 << 20  # bytes of results that a worker may be ahead of their being fetched

_Reader = Callable[[str], tuple[Mention, ...]]
_Read = dict[int, list[tuple[Mention, ...]]]


def workers(count: int, jobs: int | None) -> int:
    """How many processes to use for `count` texts: 1 where forking is unsafe, unknown, or not worth it."""
    if count < LEAST_TEXTS or sys.platform != "linux" or multiprocessing.parent_process() is not None:
        return 1
    return max(1, jobs or len(os.sched_getaffinity(0)))


def read_many(texts: Sequence[str], reader: _Reader, processes: int) -> Iterator[tuple[Mention, ...]]:
    """What `reader` says of each text, in order; this process and forked ones take portions as they are free."""
    forked = multiprocessing.get_context("fork")
    work = _Work(list(_portions(texts, processes)), reader, forked.Value("l", 0))
    helpers = [_start(work, forked) for _helper in range(processes - 1)]
    read: _Read = {}
    try:
        while (number := work.taken()) < len(work.portions):
            read[number] = [reader(text) for text in work.portions[number]]
            for _process, results in helpers:
                _fetch(results, read, wait=False)
        for _process, results in helpers:
            _fetch(results, read, wait=True)
    finally:
        for process, results in helpers:
            results.close()
            process.terminate()
            process.join()
    for number, portion in enumerate(work.portions):
        yield from read.pop(number, None) or map(reader, portion)


def _portions(texts: Sequence[str], processes: int) -> Iterator[Sequence[str]]:
    """The texts in portions, smaller ones at the end."""
    start = 0
    while start < len(texts):
        share = (len(texts) - start) // (_SHARES * processes)
        end = start + min(max(share, _LEAST_PORTION), _PORTION)
        yield texts[start:end]
        start = end


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


def _start(work: _Work, forked: ForkContext) -> tuple[BaseProcess, Connection]:
    """A process that takes portions too, and where its results arrive."""
    import fcntl

    results, sent = forked.Pipe(duplex=False)
    with suppress(OSError):  # a smaller one does as well, but has the process wait
        fcntl.fcntl(sent.fileno(), fcntl.F_SETPIPE_SZ, _BUFFER)
    process = forked.Process(target=_serve, args=(work, results, sent), daemon=True)
    with warnings.catch_warnings():
        # Python warns of forking beside threads; a worker only reads texts and touches no lock of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    sent.close()
    return process, results


def _serve(work: _Work, results: Connection, sent: Connection) -> None:
    """Take portions, and send the number of each with what was read of it; what fails is left to the caller."""
    results.close()  # else nobody would notice that the caller is gone
    with suppress(Exception):
        while (number := work.taken()) < len(work.portions):
            read = [
                [_with_candidates(one, tuple) if one[_CANDIDATES] else tuple(one) for one in work.reader(text)]
                for text in work.portions[number]
            ]
            sent.send_bytes(marshal.dumps((number, read)))


def _fetch(results: Connection, read: _Read, *, wait: bool) -> None:
    """Add the portions that a process has read: by now, or, if told to `wait`, until it has ended."""
    with suppress(EOFError, OSError):
        while wait or results.poll():
            number, portion = marshal.loads(results.recv_bytes())
            read[number] = [
                tuple(
                    [_mention(_with_candidates(one, Candidate._make) if one[_CANDIDATES] else one) for one in mentions]
                )
                for mentions in portion
            ]


def _with_candidates(values: Sequence[Any], make: Callable[[Any], object]) -> tuple[Any, ...]:
    return (*values[:_CANDIDATES], tuple(map(make, values[_CANDIDATES])), *values[_CANDIDATES + 1 :])


_mention = partial(tuple.__new__, Mention)  # a third of what Mention._make takes
_CANDIDATES: Final = Mention._fields.index("candidates")
