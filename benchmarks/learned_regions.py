"""Learning in another domain: regions as people write them, recognised after so many decisions.

    python benchmarks/learned_regions.py [--sizes 300 1000 3000] [--hold 1000]

The dictionary is made of the bundled counties and districts under their full names (province, city, county). The
decisions are generated: each city gets a nickname of characters that are not in its name, names lose 省, 市, 区 or 县,
provinces or cities are left out where that still tells one county, characters are dropped or exchanged, and every
sixth cell names two counties. None of this is told to anyone but by decisions. Held-out cells, generated the same way
from another seed, are read by the matcher without a model and with one trained on so many decisions.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import time
from pathlib import Path

import zhengming as zm
from zhengming.learning import learn_from
from zhengming.learning.material import Material
from zhengming.learning.texts import plain
from zhengming.normalizers.terms.evaluation import evaluate

CATEGORY = "county"
ENDINGS = "省市区县"
Path3 = tuple[str, str, str]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 1_000, 3_000])
    parser.add_argument("--hold", type=int, default=1_000)
    arguments = parser.parse_args()
    paths = counties()
    dictionary = made(paths)
    habits = Habits(paths)
    held = habits.cells(arguments.hold, seed=2)
    gold = [(text, frozenset(codes)) for text, codes in held.items()]
    print("| decisions | precision of accepted | recall of accepted | F1 of what is said | trained in |")
    print("|---:|---:|---:|---:|---:|")
    alone = evaluate(gold, zm.Matcher(dictionary, CATEGORY))
    print(f"| 0 | {alone.precision:.3f} | {alone.recall:.3f} | | |", flush=True)
    others = Material(CATEGORY, tuple(held), tuple(held.values()))
    for size in arguments.sizes:
        cells = {text: codes for text, codes in habits.cells(size, seed=1).items() if text not in held}
        started = time.perf_counter()
        model = learn_from(Material(CATEGORY, tuple(cells), tuple(cells.values())), dictionary)
        seconds = time.perf_counter() - started
        measured = evaluate(gold, zm.Matcher(dictionary, CATEGORY, model=model))
        said = model.test(others, dictionary).f1
        print(
            f"| {len(cells)} | {measured.precision:.3f} | {measured.recall:.3f} | {said:.3f} | {seconds:.0f} s |",
            flush=True,
        )


def counties() -> dict[str, Path3]:
    """Code → province, city and county of every county of the bundled dictionary."""
    concepts = zm.Dictionary.open().category("region").concepts
    found: dict[str, Path3] = {}
    for code, concept in concepts.items():
        city = concepts.get(concept.parents[0]) if concept.parents else None
        province = concepts.get(city.parents[0]) if city and city.parents else None
        if concept.status != "retired" and city and province:
            found[code] = (province.name, city.name, concept.name)
    return found


def made(paths: dict[str, Path3]) -> zm.Dictionary:
    """A dictionary of the full names."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "counties.csv"
        with path.open("w", encoding="utf-8", newline="") as handle:
            table = csv.writer(handle, lineterminator="\n")
            table.writerow(("code", "name"))
            table.writerows((code, "".join(names)) for code, names in paths.items())
        return zm.Dictionary.from_table(path, category=CATEGORY, code="code", name="name")


class Habits:
    """How people write: the same habits whatever the seed of the cells."""

    def __init__(self, paths: dict[str, Path3]) -> None:
        """Give every city a nickname."""
        chance = random.Random(0)
        self.paths = paths
        self.codes = sorted(paths)
        pool = sorted({character for _province, _city, county in paths.values() for character in county[:-1]})
        self.nickname = {
            city: "".join(chance.sample([one for one in pool if one not in city], 2))
            for city in sorted({city for _province, city, _county in paths.values()})
        }
        counted: dict[str, int] = {}
        for _province, _city, county in paths.values():
            counted[county] = counted.get(county, 0) + 1
        self.only = {county for county, count in counted.items() if count == 1}

    def cells(self, count: int, seed: int) -> dict[str, tuple[str, ...]]:
        """So many different cells with their codes."""
        chance = random.Random(seed)
        found: dict[str, tuple[str, ...]] = {}
        known: set[str] = set()
        while len(found) < count:
            codes = chance.sample(self.codes, 2 if chance.random() < 1 / 6 else 1)
            text = chance.choice("、；/ ").join(self.written(self.paths[code], chance) for code in codes)
            if plain(text) and plain(text) not in known:
                known.add(plain(text))
                found[text] = tuple(codes)
        return found

    def written(self, names: Path3, chance: random.Random) -> str:
        """One way to write a county."""
        province, city, county = names
        parts = [province if chance.random() < 0.4 else "", self.nickname[city] if chance.random() < 0.4 else city]
        if county in self.only and chance.random() < 0.3:
            parts = []
        text = "".join(
            part[:-1] if part[-1:] in ENDINGS and len(part) > 2 and chance.random() < 0.5 else part
            for part in [*parts, county]
        )
        place = chance.randrange(len(text))
        if chance.random() < 0.1 and len(text) > 4:
            text = text[:place] + text[place + 1 :]
        return text


if __name__ == "__main__":
    main()
