"""Hard clinical cells with and without a model: does what a team decided ever make an accepted code wrong?

    python benchmarks/learned_cells.py [--decisions 2000]

A team's decisions are made in two ways: from the cells of two tables of `clinical_cells` as their gold says, and, up to
`--decisions`, from the dictionary's own names written carelessly (characters dropped, doubled or exchanged, words
around them), the way reviewers meet them. A model is trained on them, and the third table, whose cells it has not
seen, is read with it and without it; each table is the third once. Printed are accepted codes and how many of them the
gold does not expect.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import zhengming as zm
from zhengming.learning import learn_from
from zhengming.learning.material import Material
from zhengming.learning.texts import plain

sys.path.insert(0, str(Path(__file__).with_name("clinical_cells")))
import run as cells

TABLES = ("gold.tsv", "heldout.tsv", "heldout2.tsv")
WORDS = ("待查", "复查", "？", " 随访", "外院诊断", "门诊", "(超声)")
Decided = tuple[str, tuple[str, ...]]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--decisions", type=int, default=2000)
    arguments = parser.parse_args()
    dictionary = zm.Dictionary.open()
    tables = {name: cells.read_cases(Path(cells.__file__).with_name(name)) for name in TABLES}
    careless = list(written(dictionary, arguments.decisions))
    rows: list[Sequence[object]] = []
    for name, cases in tables.items():
        texts = {plain(case.text) for case in cases}
        known = [decided(case) for other, listed in tables.items() if other != name for case in listed]
        rows_known = {plain(text): (text, codes) for text, codes in [*known, *careless] if plain(text) not in texts}
        team = Material(
            cells.CATEGORY,
            tuple(text for text, _codes in rows_known.values()),
            tuple(codes for _text, codes in rows_known.values()),
        )
        model = learn_from(team, dictionary)
        matchers = {
            "without": zm.Matcher(dictionary, cells.CATEGORY),
            f"with, of {len(team.texts)} decisions": zm.Matcher(dictionary, cells.CATEGORY, model=model),
        }
        for how, matcher in matchers.items():
            found = matcher.match_many([case.text for case in cases])
            verdicts = [cells.judge(case, one, {}) for case, one in zip(cases, found, strict=True)]
            accepted = sum(mention.status == "accepted" for one in found for mention in one)
            wrong = sum(verdict.wrong_codes for verdict in verdicts)
            first = sum(offered(case, one) for case, one in zip(cases, found, strict=True))
            rows.append((name, how, accepted, wrong, f"{1 - wrong / max(accepted, 1):.4f}", first))
            for case, one in zip(cases, found, strict=True):
                for mention in one:
                    if mention.status == "accepted" and mention.method == "learned":
                        sign = "right" if mention.code in case.codes else "WRONG"
                        print(f"{sign}: {case.text!r} {mention.code} {mention.name}", file=sys.stderr)
    head = ("table", "model", "accepted", "wrong codes", "precision", "codes in review offered first")
    print(cells.table(head, rows))


def decided(case: cells.Case) -> Decided:
    """What a reviewer decided of a gold cell."""
    return case.text, tuple(sorted(case.present))


def offered(case: cells.Case, mentions: Sequence[zm.Mention]) -> int:
    """How many expected codes a reviewer of the cell sees first."""
    return len({one.code for one in mentions if one.status == "review"} & case.present)


def written(dictionary: zm.Dictionary, count: int) -> Iterator[Decided]:
    """Names of the category written carelessly, with their codes."""
    chance = random.Random(1)
    concepts = [one for one in dictionary.category(cells.CATEGORY).concepts.values() if one.status != "retired"]
    for _number in range(count):
        concept = chance.choice(concepts)
        text = chance.choice([concept.name, *(term.text for term in concept.terms if term.relation == "exact")])
        place = chance.randrange(len(text))
        way = chance.random()
        if way < 0.35 and len(text) > 4:
            text = text[:place] + text[place + 1 :]
        elif way < 0.5:
            text = text[:place] + text[place] + text[place:]
        elif way < 0.65 and len(text) > 4 and place:
            text = text[: place - 1] + text[place] + text[place - 1] + text[place + 1 :]
        yield text + (chance.choice(WORDS) if chance.random() < 0.4 else ""), (concept.code,)


if __name__ == "__main__":
    main()
