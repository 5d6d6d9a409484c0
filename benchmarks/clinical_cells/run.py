"""Hard clinical cells: how many does a matcher read right, and how many wrong codes does it accept?

`gold.tsv` beside this file holds the cells. Its column `expected` lists mentions, parted by " | "; each is a code and
then what the text says beyond it, as key=value:

    D0032 timing=post_procedure size_mm=8 | D0395 severity=severe

- Defaults are left out: certainty=affirmed, subject=patient, status=accepted; no timing, severity or size.
- size_mm=3-5 is met by any number of the range, or by both its ends.
- status=review: no code may be accepted for this stretch; any candidate, or none, is right. To say that the code is
  refuted is right too.
- covered=1: a general term of which the same cell has a more specific one.
- An empty `expected` means that the cell names nothing in the dictionary.

A cell is right when each expected mention is there with these qualifiers and nothing else is accepted. A wrong code
is an accepted mention whose code is not expected in that cell. The peers know no qualifiers and no review, so a second
table scores codes alone: for them every match above the cut-off is accepted.

    python benchmarks/clinical_cells/run.py [--verbose] [--topic negation] [--ours-only]

The peers are optional: RapidFuzz, difflib (standard library), openmed (`pip install openmed`).
"""

from __future__ import annotations

import argparse
import csv
import difflib
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

CATEGORY = "disease"
GOLD = Path(__file__).with_name("gold.tsv")
SAME_MM = 0.05
"""Two sizes are the same when they differ by less than this; no scanner measures finer."""
WRATIO_CUTOFF = 90.0
"""The cut-off usually seen with `process.extractOne`."""
DIFFLIB_CUTOFF = 0.8
OPENMED_CUTOFF = 0.85
"""What openmed's own `decompose_mention` takes as its threshold."""
STRETCHES = re.compile(r"[,，、;；。:：+＋/／?？()（）\[\]\s]+")
WORDS_OF_NAMES = {"neonatal": "新生儿", "post_procedure": "术后", "severe": "重"}
"""A qualifier that only repeats a word of the concept's own name (新生儿肺炎, 重症肺炎) is no mistake."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One mention that the gold table asks for."""

    code: str
    certainty: str = "affirmed"
    subject: str = "patient"
    timing: str | None = None
    severity: str | None = None
    size_mm: tuple[float, float] | None = None
    status: str = "accepted"
    covered: bool = False

    @classmethod
    def parse(cls, text: str) -> Expected:
        """Read `D0032 timing=history size_mm=3-5`."""
        code, *pairs = text.split()
        values: dict[str, Any] = dict(pair.split("=", 1) for pair in pairs)
        if "size_mm" in values:
            low, _, high = values["size_mm"].partition("-")
            values["size_mm"] = (float(low), float(high or low))
        values["covered"] = values.get("covered") == "1"
        return cls(code, **values)


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the gold table."""

    id: str
    topic: str
    text: str
    expected: tuple[Expected, ...]
    why: str

    @property
    def codes(self) -> frozenset[str]:
        """The codes that may be accepted: of no denied mention a code-only peer could have known."""
        return frozenset(one.code for one in self.expected if one.status == "accepted")

    @property
    def present(self) -> frozenset[str]:
        """The codes the cell says of this child: neither denied, doubtful, of the family, nor covered."""
        return frozenset(
            one.code
            for one in self.expected
            if one.status == "accepted" and one.certainty == "affirmed" and one.subject != "family" and not one.covered
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was wrong with one answer; nothing, when it is right."""

    missing: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    wrong_codes: int = 0

    @property
    def right(self) -> bool:
        """Whether every expected mention is there and nothing else is accepted."""
        return not self.missing and not self.unasked


@dataclass(slots=True)
class Tally:
    """Counts of one topic."""

    cases: int = 0
    right: int = 0
    accepted: int = 0
    wrong_codes: int = 0

    def add(self, right: bool, accepted: int, wrong_codes: int) -> None:
        """Count one case."""
        self.cases += 1
        self.right += right
        self.accepted += accepted
        self.wrong_codes += wrong_codes


@dataclass(slots=True)
class Score:
    """The tallies of one system, by topic."""

    topics: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    @property
    def total(self) -> Tally:
        """All topics together."""
        total = Tally()
        for tally in self.topics.values():
            total.cases += tally.cases
            total.right += tally.right
            total.accepted += tally.accepted
            total.wrong_codes += tally.wrong_codes
        return total


def read_cases(path: Path = GOLD) -> list[Case]:
    """The cases of a gold table, in its order."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Case(
                row["id"],
                row["topic"],
                row["text"],
                tuple(Expected.parse(one) for one in row["expected"].split(" | ") if one),
                row["why"],
            )
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def differences(mention: Any, expected: Expected, name: str) -> list[str]:
    """In what an accepted mention with the expected code is not as expected."""
    said = qualifiers_of(mention)
    found = []
    for key, default in (("certainty", "affirmed"), ("subject", "patient")):
        if (said.get(key) or default) != getattr(expected, key):
            found.append(f"{key}={said.get(key)}")
    for key in ("timing", "severity"):
        value, wanted = said.get(key) or None, getattr(expected, key)
        of_the_name = wanted is None and WORDS_OF_NAMES.get(str(value), "\0") in name
        if value != wanted and not of_the_name:
            found.append(f"{key}={value}")
    if not same_size(said.get("size_mm"), expected.size_mm):
        found.append(f"size_mm={said.get('size_mm')}")
    if bool(mention.covered_by) != expected.covered:
        found.append(f"covered_by={mention.covered_by}")
    return found


def qualifiers_of(mention: Any) -> Mapping[str, Any]:
    """The qualifiers of a mention, whether they are a mapping or an object."""
    said = mention.qualifiers
    if isinstance(said, Mapping):
        return said
    return {key: getattr(said, key, None) for key in ("certainty", "subject", "timing", "severity", "size_mm")}


def same_size(said: Any, wanted: tuple[float, float] | None) -> bool:
    """Whether a size, or both ends of a range, lies in the expected range."""
    if wanted is None or said is None:
        return said is wanted
    values = said if isinstance(said, Sequence) and not isinstance(said, str) else [said]
    return all(wanted[0] - SAME_MM <= float(value) <= wanted[1] + SAME_MM for value in values)


def judge(case: Case, mentions: Iterable[Any], names: Mapping[str, str]) -> Verdict:
    """Compare an answer with what the case expects."""
    accepted = [mention for mention in mentions if mention.status == "accepted"]
    wrong = sum(
        mention.code not in case.codes and not rightly_refuted(mention, case) for mention in accepted
    )
    missing, used = [], set()
    for one in case.expected:
        if one.status == "review":
            continue
        rivals = [m for m in accepted if m.code == one.code]
        exact = [m for m in rivals if not differences(m, one, names.get(one.code, ""))]
        if exact:
            used.update(id(m) for m in exact)
        else:
            seen = "; ".join(" ".join(differences(m, one, names.get(one.code, ""))) for m in rivals)
            missing.append(f"{one.code} ({seen or 'not accepted'})")
    unasked = [
        f"{m.code} {m.text}" for m in accepted if id(m) not in used and not rightly_refuted(m, case)
    ]
    return Verdict(tuple(missing), tuple(unasked), wrong)


def rightly_refuted(mention: Any, case: Case) -> bool:
    """Whether a mention only denies what the case sends to review."""
    return qualifiers_of(mention).get("certainty") == "refuted" and any(
        one.status == "review" and one.code == mention.code for one in case.expected
    )


def bundled_terms() -> tuple[dict[str, str], dict[str, str]]:
    """The names of the bundled concepts by code, and all terms with the code each stands for."""
    folder = files("zhengming") / "data" / "dictionary" / "categories" / CATEGORY

    def rows(name: str) -> Iterator[dict[str, str]]:
        table = folder / name
        if table.is_file():
            yield from csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines())

    names = {row["code"]: row["name"] for row in rows("concepts.csv")}
    terms = {row["term"]: row["code"] for row in rows("terms.csv")} | {name: code for code, name in names.items()}
    return names, terms


Grounder = Callable[[str], set[str]]
"""The codes a peer finds in a cell."""


def wratio_peer(terms: Mapping[str, str]) -> tuple[str, Grounder] | None:
    """RapidFuzz: the best term of each stretch between punctuation, by WRatio."""
    try:
        import rapidfuzz
    except ImportError:
        return None
    choices = list(terms)

    def ground(text: str) -> set[str]:
        best = (
            rapidfuzz.process.extractOne(
                stretch, choices, scorer=rapidfuzz.fuzz.WRatio, score_cutoff=WRATIO_CUTOFF
            )
            for stretch in STRETCHES.split(text)
            if stretch
        )
        return {terms[one[0]] for one in best if one}

    return f"RapidFuzz {rapidfuzz.__version__} WRatio ≥ {WRATIO_CUTOFF:.0f}", ground


def difflib_peer(terms: Mapping[str, str]) -> tuple[str, Grounder]:
    """Standard library: the closest term of each stretch between punctuation."""
    choices = list(terms)

    def ground(text: str) -> set[str]:
        return {
            terms[term]
            for stretch in STRETCHES.split(text)
            if stretch
            for term in difflib.get_close_matches(stretch, choices, n=1, cutoff=DIFFLIB_CUTOFF)
        }

    return f"difflib ≥ {DIFFLIB_CUTOFF}", ground
