"""What runs in the reading child process: set limits, read, send. Started by `isolation.py` only."""

from __future__ import annotations

import gc
import math
import pickle
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from zhengming.errors import FileError
from zhengming.tables.contents import Contents, Source
from zhengming.tables.limits import Limits

_ROWS_AT_ONCE = 4_000  # the parent unpacks one batch while the child packs the next


def run(arguments: dict[str, Any]) -> None:
    """Read the file that `arguments` name and send what is found to standard output, pickled."""
    gc.disable()  # a life of one file makes millions of cells and no cycles: looking for some takes a third of it
    limits = Limits(**arguments["limits"])
    limit(limits.memory_bytes, math.ceil(arguments["seconds"]))
    source = Source(Path(arguments["file_path"]), arguments["file"], limits, arguments["engine"], arguments["encoding"])
    out = sys.stdout.buffer
    try:
        for message in _messages(import_module(arguments["module"]).read_contents(source)):
            pickle.dump(message, out, pickle.HIGHEST_PROTOCOL)
    except FileError as error:
        pickle.dump(("error", type(error).__name__, error.what, error.remedy), out, pickle.HIGHEST_PROTOCOL)
    out.flush()


def limit(memory: int, seconds: int) -> None:
    """Ask the system to end this process when it takes too much; where it cannot, the parent's clock still runs."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            ceiling = resource.getrlimit(kind)[1]
            lower = value if ceiling == resource.RLIM_INFINITY else min(value, ceiling)
            resource.setrlimit(kind, (lower, ceiling))
        except (ValueError, OSError):  # macOS refuses some
            continue


def _messages(contents: Contents) -> Iterator[tuple[Any, ...]]:
    for sheet in contents.sheets:
        yield "sheet", sheet.name, sheet.merges, sheet.hidden, sheet.hidden_rows, sheet.hidden_columns
        for start in range(0, len(sheet.rows), _ROWS_AT_ONCE):
            yield "rows", sheet.rows[start : start + _ROWS_AT_ONCE]
    yield "end", contents.notices, contents.date1904, dict(contents.details)
