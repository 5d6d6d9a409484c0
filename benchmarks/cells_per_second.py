"""How many distinct cells a second `Matcher.match_many` reads on the bundled dictionary, by kind of cell.

    python benchmarks/cells_per_second.py [--cells 20000] [--texts FILE.csv COLUMN] [--counted 300]

Prints Markdown. The cells are generated from the dictionary's names and its vocabulary, always the same ones; the hard
cells of `clinical_cells` are varied in their numbers and put together by two. `--texts` adds the distinct values of a
column of a file of your own. "Cold" counts everything from the making of a matcher on, as a script that reads one
list sees it; "warm" is the same matcher reading as many other cells; "again" the same cells a second time. The peer is
`rapidfuzz.process.extractOne` over the same names, on a hundred of the cells: it reads no lists, denials or sizes.

Processor time is that of all processes together. On a machine with other work only the ratios mean anything; what
`--counted` prints instead is the same on every machine: how many instructions of Python a cell takes, on so many cells
of each kind.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType

from rapidfuzz import fuzz, process

import zhengming as zm

CATEGORY = "disease"
ABOVE = "D0001"  # congenital heart disease
SEPARATORS = ["、", "，", ",", "；", "+", " ", "/", "伴", "合并", "及", "。"]
BEFORE = ["无", "未见", "疑似", "考虑", "除外", "否认", "轻度", "重度", "先天性", "双侧", "母亲", "复杂性", "?"]
AFTER = ["？", "待排", "术后", "修补术后", "封堵术后", "术后3年", "（重度）", "(中-重度)", "（膜周部）", "（II型）"]
AFTER += ["5mm", "(8mm)", "约1.2cm", "3-5mm", "可能", "(-)", "待查", "史", "（膜周部，8mm）", "(2023-05-12)", "，轻度"]
PEER_CELLS = 100
TABLES = Path(__file__).parent / "clinical_cells"


def names(dictionary: zm.Dictionary) -> tuple[list[str], list[str]]:
    """The names of heart diseases, and those of all diseases."""
    category = dictionary.category(CATEGORY)
    listed = [(code, term.text) for code, concept in category.concepts.items() for term in concept.terms]
    heart = {text for code, text in listed if code == ABOVE or ABOVE in category.ancestors(code)}
    return sorted(heart), sorted({text for _code, text in listed})


class Cells:
    """Makes cells of several kinds; the same ones for the same seed."""

    def __init__(self, dictionary: zm.Dictionary, seed: int) -> None:
        """Make them of the names of `dictionary`."""
        self._random = random.Random(seed)
        heart, self._all = names(dictionary)
        self._names = [text for text in heart if len(text) <= 8]
        self._characters = sorted({one for text in heart if not text.isascii() for one in text})
        self._hard = [
            row["text"]
            for path in sorted(TABLES.glob("*.tsv"))
            for row in csv.DictReader(path.open(encoding="utf-8"), delimiter="\t")
        ]

    def kinds(self) -> dict[str, Callable[[], str]]:
        """What makes a cell of each kind."""
        return {
            "names and lists of names": lambda: self._list(self._name, (1, 2, 2, 3)),
            "with qualifiers, sizes, brackets": lambda: self._list(self._qualified, (1, 2, 2)),
            "with a typing error": lambda: self._mistyped(self._list(self._qualified, (1, 1, 2))),
            "24 to 40 characters": self._long,
            "hard cells, varied": self._varied,
            "names of any disease": lambda: self._list(lambda: self._random.choice(self._all), (1, 2)),
        }

    def distinct(self, make: Callable[[], str], count: int) -> list[str]:
        """`count` distinct cells."""
        found: dict[str, None] = {}
        while len(found) < count:
            found[make()] = None
        return list(found)

    def _name(self) -> str:
        return self._random.choice(self._names)

    def _qualified(self) -> str:
        before = self._random.choice(BEFORE) if self._random.random() < 0.3 else ""
        after = self._numbered(self._random.choice(AFTER)) if self._random.random() < 0.5 else ""
        return before + self._name() + after

    def _list(self, make: Callable[[], str], sizes: tuple[int, ...]) -> str:
        return self._random.choice(SEPARATORS).join(make() for _ in range(self._random.choice(sizes)))

    def _long(self) -> str:
        while True:
            items = [self._qualified() for _ in range(self._random.choice((3, 4, 5)))]
            if self._random.random() < 0.3:
                text = "".join(f"{number}.{item}" for number, item in enumerate(items, 1))
            else:
                text = self._random.choice(SEPARATORS).join(items)
            if 24 <= len(text) <= 40:
                return text

    def _varied(self) -> str:
        texts = [self._numbered(self._random.choice(self._hard)) for _ in range(self._random.choice((1, 2)))]
        return self._random.choice(SEPARATORS).join(texts)

    def _numbered(self, text: str) -> str:
        return re.sub(r"\d+", lambda _found: str(self._random.randrange(1, 30)), text)

    def _mistyped(self, text: str) -> str:
        """One character left out, replaced, typed twice, or exchanged with the next one."""
        at = self._random.randrange(len(text))
        before, one, after = text[:at], text[at], text[at + 1 :]
        ways = (after, self._random.choice(self._characters) + after, one + one + after, after[:1] + one + after[1:])
        return before + self._random.choice(ways)


def spent() -> tuple[float, float]:
    """The clock, and the processor time of this process and its children, in seconds."""
    times = os.times()
    return time.perf_counter(), sum(times[:4])


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of processor time that the work takes."""
    before = spent()
    work()
    after = spent()
    return after[0] - before[0], after[1] - before[1]


def instructions(work: Callable[[], object]) -> int:
    """How many instructions of Python the work takes in the package's own code."""
    counts: dict[CodeType, int] = {}

    def called(frame: FrameType, _event: str, _argument: object) -> Callable[..., object] | None:
        code = frame.f_code
        if "zhengming" not in code.co_filename and not code.co_filename.startswith("<"):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False

        def executed(_frame: FrameType, event: str, _argument: object) -> Callable[..., object]:
            if event == "opcode":
                counts[code] = counts.get(code, 0) + 1
            return executed

        return executed

    sys.settrace(called)
    try:
        work()
    finally:
        sys.settrace(None)
    return sum(counts.values())


def counted(dictionary: zm.Dictionary, kind: str, first: list[str], second: list[str]) -> str:
    """The table's row of a kind of cells, of which those of `first` have been read."""
    matcher = zm.Matcher(dictionary, CATEGORY)
    matcher.match_many(first, jobs=1)
    return f"| {kind} | {len(second):,} | {instructions(lambda: list(map(matcher.match, second))) / len(second):,.0f} |"


def row(dictionary: zm.Dictionary, kind: str, first: list[str], second: list[str]) -> str:
    """The table's row of a kind of cells: those of `first` are read cold, those of `second` warm."""
    everything = names(dictionary)[1]

    def started() -> None:
        matchers.append(zm.Matcher(dictionary, CATEGORY))
        matchers[0].match_many(first)

    matchers: list[zm.Matcher] = []
    cold, _processor = measured(started)
    warm, processor = measured(lambda: matchers[0].match_many(second))
    again, _processor = measured(lambda: matchers[0].match_many(second))
    asked = second[:PEER_CELLS]
    peer, _processor = measured(lambda: [process.extractOne(one, everything, scorer=fuzz.WRatio) for one in asked])
    length = sum(map(len, second)) / len(second)
    return (
        f"| {kind} | {len(second):,} | {length:.1f} | {len(first) / cold:,.0f} | {len(second) / warm:,.0f} "
        f"| {processor / len(second) * 1e6:.0f} | {len(second) / again:,.0f} | {len(asked) / peer:,.0f} |"
    )


def main() -> None:
    """Generate, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=20_000, help="cells of each kind")
    parser.add_argument("--texts", nargs=2, metavar=("FILE", "COLUMN"), help="a CSV file, and its column of texts")
    parser.add_argument("--counted", type=int, metavar="N", help="count instructions on N cells of each kind")
    arguments = parser.parse_args()
    dictionary = zm.Dictionary.open()
    cells = Cells(dictionary, seed=7)
    sets = {}
    for kind, make in cells.kinds().items():
        both = cells.distinct(make, 2 * arguments.cells)
        sets[kind] = both[: arguments.cells], both[arguments.cells :]
    if arguments.texts:
        path, column = arguments.texts
        with Path(path).open(encoding="utf-8-sig", newline="") as handle:
            texts = list(dict.fromkeys(row[column] for row in csv.DictReader(handle) if row[column]))
        sets[f"{column} of {Path(path).name}"] = texts[: len(texts) // 2], texts[len(texts) // 2 :]
    if arguments.counted:
        print("| cells | how many | instructions of Python a cell |\n|---|---:|---:|")
        for kind, (first, second) in sets.items():
            print(counted(dictionary, kind, first, second[: arguments.counted]), flush=True)
        return
    print("| cells | how many | characters | cold, /s | warm, /s | processor, µs a cell | again, /s | peer, /s |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for kind, (first, second) in sets.items():
        print(row(dictionary, kind, first, second), flush=True)


if __name__ == "__main__":
    main()
