"""Reading a foreign file in a child process that may die: limited memory, processor time and wall time.

calamine aborts the whole process on some legal files, other readers loop on damaged ones. So each file is read by a
fresh Python that imports only what reading needs and sends back pickled sheets (`child.py`). Its death, of whatever
cause, is an answer: the next engine is tried, or the file is unreadable.
"""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import IO

from zhengming.errors import EncryptedFile, FileError, TooLarge, UndecodableText, UnreadableFile, WrongKind
from zhengming.tables.contents import Contents, Received, Source
from zhengming.tables.kept_rows import Keep
from zhengming.tables.sent import Unpickler

_ERRORS: dict[str, type[FileError]] = {
    kind.__name__: kind for kind in (EncryptedFile, TooLarge, UndecodableText, UnreadableFile, WrongKind)
}
# The child looks for modules exactly where its parent does; that list is complete, so `site` (-S) need not run.
_BOOT = """
import sys, json
arguments = json.loads(sys.argv[1])
sys.path[:] = arguments["path"]
from zhengming.tables import child
child.run(arguments)
"""
_OUT_OF_TIME = -getattr(signal, "SIGXCPU", 0)  # how a child ends that used up its processor time (POSIX)


class EngineFailed(Exception):
    """The child died before it had told everything."""


def read_isolated(
    module: str,
    source: Source,
    file_bytes: int,
    meanwhile: Callable[[], object] | None = None,
    keep: Keep | None = None,
) -> Contents:
    """What the reader `module` finds in `source`, read in a child process; `meanwhile` is called as soon as it works.

    With `keep`, the rows of a large file come to stand on disk.

    Raises:
        EngineFailed: this engine cannot read the file.
        UnreadableFile: refused by the reader, or it took too long.
        EncryptedFile: protected by a password.
    """
    seconds = source.limits.time_for(file_bytes)
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _BOOT, _arguments(module, source, seconds)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a reader's own words may quote the file
    )
    timer = _Timer(process, seconds)
    with process, timer:
        try:
            assert process.stdout is not None
            if meanwhile:
                meanwhile()
            return _receive(process.stdout, keep)
        except (EOFError, pickle.UnpicklingError):
            if timer.late or process.wait() == _OUT_OF_TIME:
                raise TooLarge(
                    f"reading it took longer than {seconds:.0f} seconds",
                    remedy="save it again in Excel, without empty formatted rows, or raise the limit",
                ) from None
            raise EngineFailed from None
        finally:
            process.kill()


class _Timer:
    """Kills a process that is still there after `seconds`."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.late = False
        self._process = process
        self._timer = threading.Timer(seconds, self._kill)
        self._timer.daemon = True

    def _kill(self) -> None:
        self.late = True
        self._process.kill()

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()


def _arguments(module: str, source: Source, seconds: float) -> str:
    package_home = str(Path(__file__).parents[2])
    path = [os.path.abspath(folder) for folder in sys.path]
    if package_home not in path:  # found by an import hook, as some editable installs do
        path.append(package_home)
    return json.dumps(
        {
            "path": path,
            "module": module,
            "seconds": seconds,
            "file_path": os.path.abspath(source.path),
            "file": source.file,
            "engine": source.engine,
            "encoding": source.encoding,
            "limits": asdict(source.limits),
        }
    )


def _receive(stream: IO[bytes], keep: Keep | None) -> Contents:
    received = Received(keep)
    while True:
        message = Unpickler(stream).load()
        if message[0] == "error":
            _error, name, what, remedy = message
            raise _ERRORS[name](what, remedy=remedy)
        if not received.take(message):
            return received.contents()
