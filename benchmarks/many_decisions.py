"""Many decisions: how time and memory of training grow with the number of reviewed texts.

    python benchmarks/many_decisions.py DATA [--sizes 10000 30000 100000 200000] [--hold 2000]

DATA is the folder of `chip_cdn.py`. The decisions are generated: names of its list, frequent ones far more often than
rare ones, written the way its reviewed texts write them (the substitutions mined from `train`, characters dropped,
several names in a cell, stretches of real texts that name nothing), each text once. For every size a model is
trained in a process of its own and measured on `--hold` other generated texts. Printed are the seconds, the processor
time, the most memory held, the size of the model's file and the quality.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import chip_cdn

import zhengming as zm
from zhengming.learning import learn_from
from zhengming.learning.material import Material
from zhengming.learning.mining import substitutions, unknown
from zhengming.learning.texts import plain

HEAD = "| decisions | seconds | of processor | memory | file | F1 | held out F1 |\n|---:|---:|---:|---:|---:|---:|---:|"
MARKS = ("、", ";", ",", " ", "伴", "+")


def main() -> None:
    """Run the benchmark, each size in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 30_000, 100_000, 200_000])
    parser.add_argument("--hold", type=int, default=2_000)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(row(arguments.data, arguments.sizes[0], arguments.hold))
        return
    print(HEAD, flush=True)
    for size in arguments.sizes:
        command = [sys.executable, __file__, str(arguments.data), "--one", "--sizes", str(size)]
        subprocess.run([*command, "--hold", str(arguments.hold)], check=True)


def row(folder: Path, size: int, hold: int) -> str:
    """Train on so many decisions: the line of the table."""
    lists = sorted(folder.glob("icd10*.csv"))
    dictionary = zm.Dictionary.from_table(lists[0], category=chip_cdn.CATEGORY, code="code", name="name")
    train = chip_cdn.material(folder, "train", dictionary)
    if train is None:
        sys.exit(f"{folder}: no train.csv or CHIP-CDN_train.json")
    texts, codes = zip(*generated(dictionary, train, size + hold), strict=True)
    started, used = time.perf_counter(), time.process_time()

    def note(step: str) -> None:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        seconds, processor = time.perf_counter() - started, time.process_time() - used
        print(
            f"{size}: {step}, {seconds:.0f} s, {processor:.0f} s of processor, {memory} MB", file=sys.stderr, flush=True
        )

    model = learn_from(Material(chip_cdn.CATEGORY, texts[:size], codes[:size]), dictionary, note=note)
    seconds, processor = time.perf_counter() - started, time.process_time() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    with tempfile.TemporaryDirectory() as held:
        path = Path(held) / "model.zmm"
        model.save(path)
        weight = path.stat().st_size / 1e6
    other = model.test(Material(chip_cdn.CATEGORY, texts[size:], codes[size:]), dictionary)
    f1 = model.about.quality.f1
    return f"| {size} | {seconds:.0f} | {processor:.0f} | {memory} MB | {weight:.0f} MB | {f1:.3f} | {other.f1:.3f} |"


def generated(dictionary: zm.Dictionary, train: Material, count: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """So many different texts with their codes, the same every time."""
    chance = random.Random(1)
    category = dictionary.category(chip_cdn.CATEGORY)
    concepts = [concept for concept in category.concepts.values() if plain(concept.name)]
    chance.shuffle(concepts)
    weights = [1 / (place + 20) ** 0.8 for place in range(len(concepts))]
    ways: dict[str, list[str]] = {}
    for one in substitutions(train, category):
        if one.meant:
            ways.setdefault(one.meant, []).append(one.written)
    asides = [one.text for one in unknown(train, category)]
    seen: set[str] = set()
    while len(seen) < count:
        for concept in chance.choices(concepts, weights, k=5_000):
            named = [concept, *([chance.choice(concepts)] if chance.random() < 0.25 else [])]
            text = chance.choice(MARKS).join(written(one.name, ways, asides, chance) for one in named)
            if plain(text) and plain(text) not in seen and len(seen) < count:
                seen.add(plain(text))
                yield text, tuple(dict.fromkeys(one.code for one in named))


def written(name: str, ways: dict[str, list[str]], asides: list[str], chance: random.Random) -> str:
    """The name as somebody may have written it."""
    for start in range(len(name)):
        for end in range(start + 1, min(start + 8, len(name)) + 1):
            if name[start:end] in ways and chance.random() < 0.3:
                name = name[:start] + chance.choice(ways[name[start:end]]) + name[end:]
    kept = "".join(character for character in name if chance.random() > 0.06)
    return kept + (chance.choice(asides) if asides and chance.random() < 0.2 else "")


if __name__ == "__main__":
    main()
