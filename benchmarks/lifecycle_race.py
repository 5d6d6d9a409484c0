"""Many processes change one dictionary at once: is any change lost, and how long does it take?

    python benchmarks/lifecycle_race.py [--processes 8] [--edits 1000] [--folder DIR]

Each process adds concepts to one category, one change at a time. Afterwards every change must be there, in
`concepts.csv` and in `changes.csv`, and the linter must find nothing. With `--folder` the dictionary is put there:
a folder in memory (/dev/shm) shows the cost of the work alone, one on a disk that of making each change durable.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from zhengming.dictionary import lint, source, starting

WORK = """
import sys
from pathlib import Path
from zhengming.dictionary.editing import Why
from zhengming.dictionary.lifecycle import Lifecycle, NewConcept

root, process, edits = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
lifecycle = Lifecycle(root, "thing")
for edit in range(edits):
    lifecycle.add(NewConcept(f"事物{process}之{edit}"), Why(f"process {process}", "2026-11-25", f"edit {edit}"))
"""


def race(root: Path, processes: int, edits: int) -> float:
    """Let the processes run; gives how many seconds it took."""
    starting.new(root, category="thing", title_zh="事物", title_en="Thing")
    concepts = root / "categories" / "thing" / "concepts.csv"
    concepts.write_text(concepts.read_text(encoding="utf-8") + "T00000,零,,,active,,example,\n", encoding="utf-8")
    began = time.perf_counter()
    running = [
        subprocess.Popen([sys.executable, "-c", WORK, str(root), str(number), str(edits)])
        for number in range(processes)
    ]
    if any(process.wait() for process in running):
        raise SystemExit("a process failed")
    return time.perf_counter() - began


def lost(root: Path, processes: int, edits: int) -> int:
    """How many changes are missing in the files."""
    folder = root / "categories" / "thing"
    wanted = {f"事物{process}之{edit}" for process in range(processes) for edit in range(edits)}
    names = [row[1] for row in source.read_table(folder / "concepts.csv", ("code", "name")).rows]
    noted = [row[0] for row in source.read_table(folder / "changes.csv", ("after",)).rows]
    return len(wanted - set(names)) + len(wanted - set(noted)) + (len(names) != len(wanted) + 1)


def main() -> None:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--edits", type=int, default=1000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        root = Path(place) / "raced"
        seconds = race(root, options.processes, options.edits)
        findings = [one for one in lint.check(root) if one.severity != "info"]
        print(f"{options.processes} processes, {options.edits} changes each: {seconds:.1f} s")
        print(f"lost: {lost(root, options.processes, options.edits)}, findings of the linter: {len(findings)}")


if __name__ == "__main__":
    main()
