"""Many files on several processes: the one place where the files of a run are shared out.

Workers are forked from a parent that has opened the dictionary and built the matchers, so they inherit both; where
forking is unsafe (another system than Linux, or polars and its threads already at work) each starts afresh and builds
its own. A file that kills its worker, or meets a fault of ours, is an error of that file; the others are done.

    run, results = start(make, paths, task, jobs=4)      # `results` come in the order of `paths`
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from zhengming import collecting
from zhengming.errors import InternalError, UnreadableFile, ZhengmingError
from zhengming.findings import Finding
from zhengming.large.result import LargeResult
from zhengming.pipeline import Run
from zhengming.results import CleanResult
from zhengming.schemas.across import Mark


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one file, small enough to send between processes: `line` tells it to a person."""

    findings: Sequence[Finding]
    manifest: Mapping[str, object]
    line: str = ""
    marks: Sequence[Mark] = ()


class Result(NamedTuple):
    """One file of the batch, and what came of it."""

    path: Path
    done: Done | ZhengmingError


Make = Callable[[], Run]  # makes the run; a module's own function or a `partial` of one, so that it can be sent
Task = Callable[[Run, Path, str], Done]  # likewise; gets the run, a file, and the stem for the file's results

_worker: tuple[Run, Task] | None = None  # what a worker process works with


def start(make: Make, paths: Sequence[Path], task: Task, *, jobs: int = 0) -> tuple[Run, Iterator[Result]]:
    """Begin `task` on every file; the run, and what comes of each file, in order.

    `jobs` is the number of processes, 0 for as many as there are processors. The run has the facts of every file
    whose result was taken, however many processes there were.
    """
    run = make()
    run.inputs += paths
    run.several = len(paths) > 1
    stems = [run.stem(path) for path in paths]
    processes = min(jobs or _processors(), len(paths))
    results: Iterator[Result]
    if processes < 2 or multiprocessing.parent_process() is not None:
        results = (
            Result(path, _one(run, task, path, stem, last=path is paths[-1]))
            for path, stem in zip(paths, stems, strict=True)
        )
    else:
        # Begun now and not when the first result is asked for: nobody may have started a thread yet.
        pool = _Pool(make, run, task, list(zip(paths, stems, strict=True)), processes)
        results = pool.results()
    return run, _noted(run, results)


def summarised(result: CleanResult | LargeResult) -> Done:
    """What is told of a cleaned file."""
    return Done(result.findings, result.manifest, result.one_line(), result.marks)


def _noted(run: Run, results: Iterator[Result]) -> Iterator[Result]:
    for result in results:
        if isinstance(result.done, Done):
            run.note(result.done.manifest, result.done.findings, result.done.marks)
        yield result


class _Pool:
    """Processes that work through the files; a file whose process dies is tried once more, alone."""

    def __init__(self, make: Make, run: Run, task: Task, files: Sequence[tuple[Path, str]], processes: int) -> None:
        self.make, self.run, self.task, self.files = make, run, task, files
        self.executor = self._executor(processes)
        self.waiting = self._submitted(self.executor, files)

    def results(self) -> Iterator[Result]:
        """Each file with what came of it, in order."""
        try:
            for (path, stem), future in zip(self.files, self.waiting, strict=True):
                try:
                    done = future.result()
                except BrokenProcessPool:
                    done = self._alone(path, stem)
                yield Result(path, done)
        finally:
            self.executor.shutdown(wait=True, cancel_futures=True)

    def _alone(self, path: Path, stem: str) -> Done | ZhengmingError:
        """The file in a process of its own: which of those at work had died is not known."""
        with self._executor(1) as executor:
            try:
                return self._submitted(executor, [(path, stem)])[0].result()
            except BrokenProcessPool:
                return UnreadableFile(
                    "the process that worked on it was ended by the system",
                    where=str(path),
                    remedy="it may need more memory than there is: try fewer --jobs, or split the file",
                )

    def _executor(self, processes: int) -> ProcessPoolExecutor:
        if sys.platform == "linux" and "polars" not in sys.modules:
            self.run.prepare()
            forking = multiprocessing.get_context("fork")
            return ProcessPoolExecutor(processes, forking, _inherit, (self.run, self.task))
        fresh = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(processes, fresh, _begin, (self.make, self.task, self.run.inputs))

    def _submitted(
        self, executor: ProcessPoolExecutor, files: Sequence[tuple[Path, str]]
    ) -> list[Future[Done | ZhengmingError]]:
        with warnings.catch_warnings():
            # Python warns of forking beside threads: here, at most those of the pool that died.
            warnings.simplefilter("ignore", DeprecationWarning)
            return [executor.submit(_in_worker, path, stem) for path, stem in files]


def _inherit(run: Run, task: Task) -> None:
    global _worker
    _worker = run, task


def _begin(make: Make, task: Task, inputs: Sequence[Path]) -> None:
    run = make()
    run.inputs += inputs
    _inherit(run, task)


def _in_worker(path: Path, stem: str) -> Done | ZhengmingError:
    if _worker is None:
        raise RuntimeError("not a worker of a batch")
    run, task = _worker
    return _one(run, task, path, stem)


def _one(run: Run, task: Task, path: Path, stem: str, *, last: bool = False) -> Done | ZhengmingError:
    """What came of one file; never an exception, for its words might quote a cell."""
    try:
        with collecting.paused(kept=last):  # until the file is forgotten again; behind the last one nobody needs room
            return task(run, path, stem)
    except ZhengmingError as error:
        return error
    except Exception as error:  # noqa: BLE001 — a fault of ours on one file must neither stop the others nor be quoted
        return InternalError.of(error, where=str(path))


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
