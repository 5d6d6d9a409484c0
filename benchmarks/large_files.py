"""Memory and time of `zm clean` against the number of rows, portion by portion and as a whole.

    python benchmarks/large_files.py [--rows 10000 100000 1000000] [--form csv] [--kind ward] [--whole] [--keep FOLDER]

Makes files of 12 columns as `clean_xlsx.py` does (`ward`: few diagnoses; `free text`: hardly two alike; names, numbers
and amounts differ from row to row in both) and cleans each in a process of its own. Prints processor and wall time and
the most memory that a process of the run held (its reading child is counted by itself: it works while the other is
still small). With `--whole`, no file is large: all of it is held in memory. Needs POSIX.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import os
import sys
import tempfile
import time
from pathlib import Path

from clean_xlsx import FILES, Maker
from clean_xlsx import write as write_xlsx

_NEVER = 1_000_000_000  # rows


def made(folder: Path, kind: str, form: str, rows: int) -> Path:
    """A file of so many rows; one that is there already is used again."""
    path = folder / f"{kind.replace(' ', '_')}_{rows}.{form}"
    if path.exists():
        return path
    if form == "xlsx":
        write_xlsx(path, kind, rows)
        return path
    header, make, _writer = FILES[kind]
    maker = Maker(7)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(header)
        for number in range(rows):
            writer.writerow([one.isoformat() if isinstance(one, dt.date) else one for one in make(maker, number)])
    return path


def spent(path: Path, folder: Path) -> tuple[float, float, int]:
    """Processor seconds, wall seconds, and megabytes of the largest process that cleaning the file takes."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "zhengming", "clean", str(path.resolve()), "-o", "clean"]
    process = os.posix_spawn(
        "/bin/sh", ["sh", "-c", 'cd "$0" && exec "$@" 2>/dev/null', str(folder), *command], dict(os.environ)
    )
    _process, status, used = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        raise SystemExit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return used.ru_utime + used.ru_stime, time.perf_counter() - begun, used.ru_maxrss // unit


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    options.add_argument("--form", choices=("csv", "xlsx"), default="csv")
    options.add_argument("--kind", choices=list(FILES), default="ward")
    options.add_argument("--whole", action="store_true")
    options.add_argument("--keep", type=Path, help="make the files here, and use those that are here already")
    chosen = options.parse_args()
    print("| rows | file, MB | processor, s | wall, s | memory, MB |")
    print("|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        if chosen.whole:
            (folder / "zhengming.toml").write_text(f"[large]\nbeyond = {_NEVER}\n", encoding="utf-8")
        files = chosen.keep or folder
        files.mkdir(exist_ok=True, parents=True)
        for rows in chosen.rows:
            path = made(files, chosen.kind, chosen.form, rows)
            used, wall, memory = spent(path, folder)
            print(f"| {rows:,} | {path.stat().st_size / 1e6:.0f} | {used:.0f} | {wall:.0f} | {memory} |", flush=True)


if __name__ == "__main__":
    main()
