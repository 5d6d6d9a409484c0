r"""Hard clinical cells: how many does a matcher read right, and how many wrong codes does it accept?

`gold.tsv` beside this file holds the cells. Its column `expected` lists mentions, parted by " | "; each is a code and
then what the text says beyond it, as key=value:

    D0032 timing=post_procedure size_mm=8 | D0395 severity=severe

- Defaults are left out: certainty=affirmed, subject=patient, status=accepted; no timing, severity or size.
- size_mm=3-5 is met by any number of the range, or by both its ends.
- status=review: no code may be accepted for this stretch; any candidate, or none, is right. To say that the code is
  refuted is right too.
- covered=1: a general term of which the same cell has a more specific one.
- optional=1: the mention may be there or not.
- A column `axes` names what is compared beyond the code where a table does not state all of it. \n is a line break.
- An empty `expected` means that the cell names nothing in the dictionary.

A cell is right when each expected mention is there with these qualifiers and nothing else is accepted. A wrong code
is an accepted mention whose code is not expected in that cell.

The peers know no qualifiers and no review, so a second table scores codes alone, generously: all diseases that the
child has are found, and none that the cell does not name. A disease found that the cell denies, or says of a relative,
is counted apart.

    python benchmarks/clinical_cells/run.py [--verbose] [--topic negation] [--ours-only]

The peers are optional: RapidFuzz, difflib (standard library), openmed (`pip install openmed`).
"""

from __future__ import annotations

import argparse
import csv
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
STRETCHES = re.compile(r"[,，、;；。:：+＋/／?？()（）\[\]\s]+")
WORDS_OF_NAMES = {"neonatal": "新生儿", "post_procedure": "术后", "severe": "重"}
"""A qualifier that only repeats a word of the concept's own name (新生儿肺炎, 重症肺炎) is no mistake."""


AXES = frozenset({"certainty", "subject", "timing", "severity", "size_mm", "covered"})


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
    optional: bool = False
    axes: frozenset[str] = AXES

    @classmethod
    def parse(cls, text: str, axes: frozenset[str] = AXES) -> Expected:
        """Read `D0032 timing=history size_mm=3-5`; of what is not among `axes` nothing is expected."""
        code, *pairs = text.split()
        values: dict[str, Any] = dict(pair.split("=", 1) for pair in pairs)
        if "size_mm" in values:
            low, _, high = values["size_mm"].partition("-")
            values["size_mm"] = (float(low), float(high or low))
        values["covered"] = values.get("covered") == "1"
        values["optional"] = values.get("optional") == "1"
        return cls(code, axes=axes, **values)


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
        """The codes the cell names, of whomever and however certain."""
        return frozenset(one.code for one in self.expected if one.status == "accepted")

    @property
    def present(self) -> frozenset[str]:
        """What the child has for certain and must be found: no general term with a specific one, nothing optional."""
        return frozenset(
            one.code
            for one in self.expected
            if one.code not in self.absent
            and one.status == "accepted"
            and one.certainty == "affirmed"
            and not (one.covered or one.optional)
        )

    @property
    def absent(self) -> frozenset[str]:
        """The codes of what the cell denies or says of a relative."""
        return frozenset(
            one.code for one in self.expected if one.certainty == "refuted" or one.subject == "family"
        ) - frozenset(one.code for one in self.expected if one.certainty != "refuted" and one.subject != "family")


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


def read_cases(path: Path = GOLD) -> list[Case]:
    """The cases of a gold table, in its order."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Case(
                row["id"],
                row["topic"],
                row["text"].replace("\\n", "\n"),
                tuple(
                    Expected.parse(one, frozenset(row["axes"].split(",")) if row.get("axes") else AXES)
                    for one in row["expected"].split(" | ")
                    if one
                ),
                row["why"],
            )
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def differences(mention: Any, expected: Expected, name: str) -> list[str]:
    """In what an accepted mention with the expected code is not as expected."""
    said = qualifiers_of(mention)
    found = []
    for key, default in (("certainty", "affirmed"), ("subject", "patient")):
        if key in expected.axes and (said.get(key) or default) != getattr(expected, key):
            found.append(f"{key}={said.get(key)}")
    for key in ("timing", "severity"):
        value, wanted = said.get(key) or None, getattr(expected, key)
        of_the_name = wanted is None and WORDS_OF_NAMES.get(str(value), "\0") in name
        if key in expected.axes and value != wanted and not of_the_name:
            found.append(f"{key}={value}")
    if "size_mm" in expected.axes and not same_size(said.get("size_mm"), expected.size_mm):
        found.append(f"size_mm={said.get('size_mm')}")
    if "covered" in expected.axes and bool(mention.covered_by) != expected.covered:
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
    wrong = sum(mention.code not in case.codes and not rightly_refuted(mention, case) for mention in accepted)
    missing: list[str] = []
    used: set[int] = set()
    for one in case.expected:
        if one.status == "review":
            continue
        rivals = [m for m in accepted if m.code == one.code]
        exact = [m for m in rivals if not differences(m, one, names.get(one.code, ""))]
        if one.optional:
            used.update(id(m) for m in rivals)
        elif exact:
            used.update(id(m) for m in exact)
        else:
            seen = "; ".join(" ".join(differences(m, one, names.get(one.code, ""))) for m in rivals)
            missing.append(f"{one.code} ({seen or 'not accepted'})")
    unasked = [f"{m.code} {m.text}" for m in accepted if id(m) not in used and not rightly_refuted(m, case)]
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
            rapidfuzz.process.extractOne(stretch, choices, scorer=rapidfuzz.fuzz.WRatio, score_cutoff=WRATIO_CUTOFF)
            for stretch in STRETCHES.split(text)
            if stretch
        )
        return {terms[one[0]] for one in best if one}

    return f"RapidFuzz {rapidfuzz.__version__} WRatio ≥ {WRATIO_CUTOFF:.0f}", ground


def difflib_peer(terms: Mapping[str, str]) -> tuple[str, Grounder] | None:
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


def openmed_peer(terms: Mapping[str, str]) -> tuple[str, Grounder] | None:
    """openmed: whatever its grounder links of each stretch, without what its own context rules drop."""
    try:
        import openmed
        from openmed.clinical.grounding import POLICY_DROP, ground, ground_with_context
        from openmed.clinical.grounding.vocab import VocabConcept, VocabularyIndex
    except ImportError:
        return None
    system = "icd10cm"  # the grounder takes a closed list of systems; this one only carries our terms
    by_code: dict[str, list[str]] = {}
    for term, code in terms.items():
        by_code.setdefault(code, []).append(term)
    index = VocabularyIndex(
        system,
        [
            VocabConcept(
                system=system,
                code=code,
                preferred_term=synonyms[-1],
                synonyms=tuple(synonyms[:-1]),
                language_aliases={"zh": tuple(synonyms)},
                source="zhengming",
            )
            for code, synonyms in by_code.items()
        ],
    )

    def ground_cell(text: str) -> set[str]:
        found: set[str] = set()
        for stretch in STRETCHES.split(text):
            if not stretch:
                continue
            spans = ground(stretch, systems=[system], lang="zh", snapshot={system: index})
            for kept in ground_with_context(stretch, spans, policy=POLICY_DROP, language="zh"):
                found.update(one.code for one in kept.grounded.candidates[:1] if one.code)
        return found

    return f"openmed {openmed.__version__} ground", ground_cell


PEERS: tuple[Callable[[Mapping[str, str]], tuple[str, Grounder] | None], ...] = (
    wratio_peer,
    difflib_peer,
    openmed_peer,
)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table, numbers to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def share(part: int, whole: int) -> str:
    """A part as a count and per cent: 41 (82.0 %)."""
    return f"{part} ({100 * part / whole:.1f} %)" if whole else "0"


def by_topic(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> str:
    """The table of our own answers, qualifiers and all."""
    rows: list[Sequence[object]] = []
    for topic in [*dict.fromkeys(case.topic for case in cases), "all"]:
        of_topic = [v for case, v in zip(cases, verdicts, strict=True) if topic in (case.topic, "all")]
        right = sum(verdict.right for verdict in of_topic)
        wrong = sum(verdict.wrong_codes for verdict in of_topic)
        rows.append((topic, len(of_topic), share(right, len(of_topic)), wrong))
    return table(("topic", "cells", "right", "wrong codes accepted"), rows)


def codes_row(name: str, cases: Sequence[Case], found: Sequence[set[str]]) -> Sequence[object]:
    """One system's line of the table that scores codes alone."""
    pairs = list(zip(cases, found, strict=True))
    return (
        name,
        share(sum(case.present <= codes <= case.codes - case.absent for case, codes in pairs), len(cases)),
        sum(len(codes - case.codes) for case, codes in pairs),
        sum(len(codes & case.absent) for case, codes in pairs),
    )


def of_this_child(mentions: Iterable[Any]) -> set[str]:
    """The codes accepted as what the child has, certainly or perhaps."""
    return {
        mention.code
        for mention in mentions
        if mention.status == "accepted"
        and qualifiers_of(mention).get("certainty") != "refuted"
        and qualifiers_of(mention).get("subject") != "family"
    }


def print_failures(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> None:
    """Each case that is not right, with what was wrong."""
    for case, verdict in zip(cases, verdicts, strict=True):
        if not verdict.right:
            print(f"{case.id}  {case.text}  [{case.why}]")
            for one in verdict.missing:
                print(f"    missing {one}")
            for one in verdict.unasked:
                print(f"    unasked {one}")
    print()


def main() -> None:
    """Run the table over the bundled dictionary and print the comparison."""
    parser = argparse.ArgumentParser(description="Hard clinical cells: ours and the peers.")
    parser.add_argument("--verbose", action="store_true", help="print each failing case")
    parser.add_argument("--topic", help="only the cases of this topic")
    parser.add_argument("--table", type=Path, default=GOLD, help="another table of the same columns: heldout.tsv")
    parser.add_argument("--ours-only", action="store_true", help="leave the peers out")
    options = parser.parse_args()

    import zhengming as zm

    cases = [case for case in read_cases(options.table) if options.topic in (None, case.topic)]
    if not cases:
        parser.error(f"no case of the topic {options.topic}")
    names, terms = bundled_terms()
    matcher = zm.Matcher(zm.Dictionary.open(), CATEGORY)
    answers = [matcher.match(case.text) for case in cases]
    verdicts = [judge(case, answer, names) for case, answer in zip(cases, answers, strict=True)]
    if options.verbose:
        print_failures(cases, verdicts)
    print(by_topic(cases, verdicts))
    print()
    rows = [codes_row(f"zhengming {zm.__version__}", cases, [of_this_child(answer) for answer in answers])]
    for build in () if options.ours_only else PEERS:
        peer = build(terms)
        if peer:
            name, ground = peer
            rows.append(codes_row(name, cases, [ground(case.text) for case in cases]))
    print(table(("codes only", "right", "wrong codes", "denied or a relative's, taken as the child's"), rows))


if __name__ == "__main__":
    main()
