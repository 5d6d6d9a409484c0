"""What runs in the reading child process: set limits, read, send. Started by `isolation.py` only."""

from __future__ import annotations

import gc
import math
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from zhengming.errors import FileError
from zhengming.tables.contents import Source, told
from zhengming.tables.limits import Limits
from zhengming.tables.sent import send


def run(arguments: dict[str, Any]) -> None:
    """Read the file that `arguments` name and send what is found to standard output, pickled."""
    gc.disable()  # a life of one file makes millions of cells and no cycles: looking for some takes a third of it
    limits = Limits(**arguments["limits"])
    limit(limits.memory_bytes, math.ceil(arguments["seconds"]))
    source = Source(Path(arguments["file_path"]), arguments["file"], limits, arguments["engine"], arguments["encoding"])
    out = sys.stdout.buffer
    try:
        for message in messages(import_module(arguments["module"]), source):
            send(message, out)
    except FileError as error:
        send(("error", type(error).__name__, error.what, error.remedy), out)
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


def messages(reader: ModuleType, source: Source) -> Iterator[tuple[Any, ...]]:
    """What a reader finds, as messages: each `sheet`, its `rows`, perhaps `facts` behind them; then the `end`.

    A reader that can tell rows before it knows all of them has a function `messages` of its own.
    """
    found: Iterator[tuple[Any, ...]] = (
        reader.messages(source) if hasattr(reader, "messages") else told(reader.read_contents(source))
    )
    return found
