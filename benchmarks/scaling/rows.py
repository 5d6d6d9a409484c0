"""What a table of many rows takes with all terms: time, processor time and memory of every process together."""

from __future__ import annotations

import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from scaling.work import SEED, noisy_texts, terms_of

ZM = (sys.executable, "-m", "zhengming")
OPEN = """
import json, re, sys, time
import zhengming
begun = time.perf_counter(), time.process_time()
dictionary = zhengming.Dictionary.open(sys.argv[1])
matcher = zhengming.Matcher(dictionary, "term")
matcher.match(sys.argv[2])
matcher.nearest_many([sys.argv[2]])
print(json.dumps([time.perf_counter() - begun[0], time.process_time() - begun[1],
                  int(re.search("VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1e3]))
"""
_EVERY = 0.05  # seconds between two looks at the memory


def run(command: Sequence[str], folder: Path) -> dict[str, float]:
    """Seconds, seconds of the processor, and at most so many gigabytes of all processes together (RSS and PSS)."""
    done = threading.Event()
    peaks = {"rss": 0.0, "pss": 0.0}
    with (folder / "printed").open("wb") as printed:
        begun = time.perf_counter()
        child = subprocess.Popen(command, stdout=printed, stderr=subprocess.STDOUT)

        def watch() -> None:
            while not done.wait(_EVERY):
                for name, now in _memory(child.pid).items():
                    peaks[name] = max(peaks[name], now)

        watcher = threading.Thread(target=watch)
        watcher.start()
        _pid, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begun
        done.set()
        watcher.join()
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"failed: {' '.join(command)}\n{(folder / 'printed').read_text(encoding='utf-8')[-2000:]}")
    return {"seconds": seconds, "processor": used.ru_utime + used.ru_stime, **peaks}


def _memory(root: int) -> dict[str, float]:
    """Gigabytes of a process and all below it: summed resident pages, and the same with shared pages shared out."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    waiting, total = [root], {"rss": 0.0, "pss": 0.0}
    while waiting:
        process = waiting.pop()
        waiting += parents.get(process, [])
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            name = line.partition(":")[0].lower()
            if name in total:
                total[name] += int(line.split()[1]) / 1e6
    return total


def measure(bench: Path, counts: Sequence[int], target: Path, release: Path | None) -> None:
    """Build the release and its index, unless one is given; then open it, look up in it, and code tables with it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found: dict[str, object] = {}
        if release is None:
            release = folder / "all.sqlite"
            found |= _built(bench, release, folder)
        path = release.with_name(f"{release.name}.term.zmindex")
        path.unlink(missing_ok=True)
        found["index"] = run([*ZM, "dict", "index", str(release)], folder)
        found["bytes"] = [release.stat().st_size, path.stat().st_size]
        terms = terms_of("2m", bench)
        found["terms"] = len(terms)
        work = noisy_texts(terms, max(counts) // 20)
        known = next(one for one in terms if len(one) == 10 and not one.isascii())
        for what, text in (("known", known), ("mistyped", work.texts[0])):
            runs = [run([*ZM, "lookup", text, "--dict", str(release), "-c", "term"], folder) for _time in range(5)]
            found[f"lookup {what}"] = {key: statistics.median(one[key] for one in runs) for key in runs[0]}
        command = [sys.executable, "-c", OPEN, str(release), work.texts[0]]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found["open"] = dict(zip(("seconds", "processor", "megabytes"), json.loads(done.stdout), strict=True))
        found["rows"] = {}
        for count in counts:
            table = folder / "in.csv"
            _table(table, terms, work.texts, count)
            columns = [f"--column={one}=term" for one in ("a", "b", "c")]
            taken = run(
                [*ZM, "code", str(table), "-o", str(folder / "out.csv"), "--dict", str(release), *columns], folder
            )
            found["rows"][str(count)] = taken  # type: ignore[index]
            print(count, taken, flush=True)
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _built(bench: Path, release: Path, folder: Path) -> dict[str, object]:
    """Make the release as a user would: all terms as one category, imported and compiled."""
    listed, root = folder / "terms.csv", folder / "source"
    with listed.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(("code", "name"))
        rows.writerows(enumerate(terms_of("2m", bench)))
    subprocess.run([*ZM, "dict", "new", str(root)], check=True, capture_output=True)
    options = ["--into", str(root), "-c", "term", "--code", "code", "--name", "name", "--apply"]
    imported = run([*ZM, "dict", "import", str(listed), *options], folder)
    return {"import": imported, "build": run([*ZM, "dict", "build", str(root), "-o", str(release)], folder)}


def _table(path: Path, terms: Sequence[str], mistyped: Sequence[str], count: int) -> None:
    """`count` rows of three columns; a tenth as many distinct values, half of them mistyped, a few of them frequent."""
    rng = random.Random(SEED)
    many = count // 10
    values = [*rng.sample(terms, many - many // 2), *mistyped[: many // 2]]
    rng.shuffle(values)
    weights = [1 / (place + 20) for place in range(many)]
    drawn = [*values, *rng.choices(values, weights, k=3 * count - many)]
    rng.shuffle(drawn)
    with path.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(("id", "a", "b", "c"))
        rows.writerows((row, *drawn[3 * row : 3 * row + 3]) for row in range(count))
