"""CHIP-CDN: how well diagnosis strings are given their standard names after learning from reviewed ones.

    python benchmarks/chip_cdn.py DATA [--folds 5] [--only 1 2] [--dev]

DATA is a folder with the data set, which its publisher gives to who asks (CBLUE, https://tianchi.aliyun.com): `train`
and, if it is there, `dev`, each as CSV (text,normalized_result) or as the JSON it is published in; and the list of
names, a CSV file with the columns code and name whose file name starts with `icd10`. Names of the gold that the list
does not have are left out.

It prints the ladder of steps and the table of the README as Markdown: by cross-validation over `train`, and with a
model of all of `train` for `dev`. Counted are pairs of text and name.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

import zhengming as zm
from zhengming.learning import learn_from
from zhengming.learning.catalogue import Catalogue
from zhengming.learning.cells import Cells
from zhengming.learning.evidence import Evidence, Reviewed
from zhengming.learning.material import Material
from zhengming.learning.quality import Quality
from zhengming.learning.texts import plain
from zhengming.learning.training import Names

CATEGORY = "icd10"
PUBLISHED = """Published scores are on the test set of CBLUE, another split, and not to be compared to the digit
(Zhang et al., CBLUE, arXiv 2106.08087): BERT-base 0.554, MacBERT-large 0.593, human 0.650."""
Step = tuple[str, int, int, int]  # what, right, said, wanted


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--only", type=int, nargs="+", default=[], help="run these folds of them, from 1")
    parser.add_argument("--dev", action="store_true", help="no cross-validation, only train → dev")
    arguments = parser.parse_args()
    lists = sorted(arguments.data.glob("icd10*.csv"))
    if not lists:
        sys.exit(f"{arguments.data}: no list of names icd10*.csv")
    dictionary = zm.Dictionary.from_table(lists[0], category=CATEGORY, code="code", name="name")
    names = Names.of(Catalogue.of(dictionary.category(CATEGORY)))
    train = material(arguments.data, "train", dictionary)
    dev = material(arguments.data, "dev", dictionary)
    if train is None:
        sys.exit(f"{arguments.data}: no train.csv or CHIP-CDN_train.json")
    print(f"{len(train.texts)} reviewed texts, {sum(map(len, train.codes))} pairs, {len(names.catalogue)} names\n")
    if not arguments.dev:
        crossed(train, dictionary, names, arguments.folds, arguments.only)
    if dev is not None:
        print(f"\n## held out: dev, {len(dev.texts)} texts\n")
        model, seconds = timed_model(train, dictionary)
        measured = model.test(dev, dictionary)
        impartial = model.test(dev, dictionary, prefer_new=False)
        print(f"trained in {seconds:.0f} s; {speed(model, dev.texts, dictionary)}\n")
        table(ladder(train, dev, names), impartial, measured)


def material(folder: Path, split: str, dictionary: zm.Dictionary) -> Material | None:
    """A split of the data set; of equal texts the last counts only in training."""
    codes = {concept.name: concept.code for concept in reversed(dictionary.category(CATEGORY).concepts.values())}
    rows = [(text, [codes[one] for one in names if one in codes]) for text, names in pairs(folder, split)]
    rows = [(text, given) for text, given in rows if plain(text)]
    if not rows:
        return None
    return Material(CATEGORY, tuple(text for text, _given in rows), tuple(tuple(given) for _text, given in rows))


def pairs(folder: Path, split: str) -> Iterator[tuple[str, list[str]]]:
    """(text, names) as the data set has them."""
    for path in sorted(folder.glob(f"*{split}*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as handle:
            for row in csv.DictReader(handle):
                yield row["text"], cut(row["normalized_result"])
        return
    for path in sorted(folder.glob(f"*{split}*.json")):
        for row in json.loads(path.read_text(encoding="utf-8")):
            yield row["text"], cut(row["normalized_result"])
        return


def cut(result: str) -> list[str]:
    """The names of a result."""
    return [name.strip().strip('"') for name in result.split("##")]


def crossed(train: Material, dictionary: zm.Dictionary, names: Names, folds: int, only: list[int]) -> None:
    """Cross-validation: each part of the reviewed texts is judged by a model of the others."""
    part = np.random.default_rng(0).integers(0, folds, len(train.texts))
    steps: list[list[Step]] = []
    totals: list[Quality] = []
    for number in [one - 1 for one in only] or range(folds):
        inside, outside = np.flatnonzero(part == number), np.flatnonzero(part != number)
        model, seconds = timed_model(train.part(outside), dictionary)
        measured = model.test(train.part(inside), dictionary)
        both = [model.test(train.part(inside), dictionary, prefer_new=False), measured]
        steps.append(ladder(train.part(outside), train.part(inside), names))
        totals = [one + two for one, two in zip(totals, both, strict=True)] if totals else both
        print(
            f"fold {number + 1}: F1 {both[0].f1:.4f}, {measured.f1:.4f} (inside {model.about.quality.f1:.4f}), "
            f"trained in {seconds:.0f} s, {speed(model, train.part(inside).texts, dictionary)}",
            file=sys.stderr,
            flush=True,
        )
    print(f"## cross-validation, {len(only) or folds} of {folds} folds, {totals[0].texts} texts\n")
    table([added([one[place] for one in steps]) for place in range(len(steps[0]))], *totals)


def added(steps: list[Step]) -> Step:
    """The same step of several folds."""
    return steps[0][0], sum(one[1] for one in steps), sum(one[2] for one in steps), sum(one[3] for one in steps)


def timed_model(train: Material, dictionary: zm.Dictionary) -> tuple[zm.Model, float]:
    """A model, and the seconds it took."""
    started = time.perf_counter()
    model = learn_from(train, dictionary)
    return model, time.perf_counter() - started


def speed(model: zm.Model, texts: Sequence[str], dictionary: zm.Dictionary) -> str:
    """How many cells a second a matcher reads with the model, and how long it is made ready before the first."""
    started = time.perf_counter()
    matcher = zm.Matcher(dictionary, CATEGORY, model=model)
    matcher.match_many(texts[:1])  # what a model is built from is built when it is first asked
    ready = time.perf_counter()
    matcher.match_many(texts)
    seconds = time.perf_counter() - ready
    return f"{(len(set(texts)) - 1) / seconds:.0f} cells/s by the matcher, {ready - started:.0f} s to make it ready"


def ladder(train: Material, test: Material, names: Names) -> list[Step]:
    """The steps below the learned ranker: what simpler means find."""
    catalogue = names.catalogue
    reviewed = Reviewed.of(train.texts, train.codes, catalogue)
    wanted = Reviewed.of(test.texts, test.codes, catalogue)
    gold = int(wanted.labels.sum())
    row, entry, near = names.index.near(wanted.cells, 1)
    steps: list[Step] = [("nearest name by TF-IDF", right(wanted, row, entry), len(row), gold)]
    evidence = Evidence(reviewed, catalogue)
    answers = evidence.answers(Cells.of(test.texts))
    texts, labels, said, hits = answers.near, reviewed.labels, 0, 0
    by_name = dict(zip(row.tolist(), zip(entry.tolist(), near.tolist(), strict=True), strict=True))
    first = np.flatnonzero(np.concatenate([[True], np.diff(texts[0]) > 0]))
    by_text = {int(texts[0][one]): (int(texts[1][one]), float(texts[2][one])) for one in first}
    for number in range(len(wanted.cells)):
        name, like = by_name.get(number, (-1, 0.0))
        text, likeness = by_text.get(number, (-1, 0.0))
        chosen = set(labels[text].indices.tolist()) if likeness > like else {name} - {-1}
        said += len(chosen)
        hits += len(chosen & set(wanted.labels[number].indices.tolist()))
    steps.append(("nearest name or reviewed text", hits, said, gold))
    best = answers.names.argmax(axis=1)
    chosen_names = answers.names > 0.3
    chosen_names[np.arange(len(best)), best] = True
    row, place = np.nonzero(chosen_names)
    steps.append(("kernel ridge regression alone", right(wanted, row, evidence.targets.names[place]), len(row), gold))
    return steps


def right(wanted: Reviewed, row: np.ndarray, entry: np.ndarray) -> int:
    """How many of these pairs reviewers gave."""
    return int(np.asarray(wanted.labels[row, entry]).sum())


def table(steps: list[Step], impartial: Quality, measured: Quality) -> None:
    """Print the ladder and what is accepted at each level.

    The ranker stands in it twice: `impartial`, with one threshold for all names, and as it is used, where a name that
    was never reviewed is said a little earlier.
    """
    print("| step | precision | recall | micro F1 |\n|---|---:|---:|---:|")
    ranker = (("learned ranker, one threshold", impartial), ("learned ranker, as used", measured))
    steps = [*steps, *((name, one.right, one.said, one.wanted) for name, one in ranker)]
    for name, hits, said, gold in steps:
        print(f"| {name} | {hits / max(said, 1):.3f} | {hits / gold:.3f} | {2 * hits / (said + gold):.3f} |")
    print(f"\nnames never reviewed ({measured.new_wanted}): recall ", end="")
    print(f"{impartial.new_recall:.3f} with one threshold, {measured.new_recall:.3f} as used")
    print("\n| accepted at level | mentions | right | of all labels |\n|---:|---:|---:|---:|")
    for one in measured.levels:
        share = one.right / max(one.accepted, 1)
        print(f"| {one.level:.2f} | {one.accepted} | {share:.1%} | {one.right / measured.wanted:.1%} |")
    print(f"\n{PUBLISHED}")


if __name__ == "__main__":
    main()
