"""The work of the scale benchmark: lists of terms of three sizes, and texts that are those terms written badly.

Terms come from a folder with chip-cdn, china_regions.csv.gz and scale_terms.tsv.gz where there is one, else they are
made by seed. Every kind of noise is made by seed as well.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from zhengming.dictionary.folding import key

SIZES = {"40k": 40_000, "665k": 665_000, "2m": 2_100_000}  # how many are made where there is no folder
SEED = 20_261_125
_PARTS = "东西南北中上下前后新老大小长安平和兴福清明永庆德仁义龙凤虎马金银石河江湖山川林桥湾口坪村镇街路门店园里屯寨"


@dataclass
class Work:
    """Distinct texts that are no terms; for each the term it was made from and the kind of noise."""

    terms: list[str]
    texts: list[str] = field(default_factory=list)
    meant: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


def terms_of(size: str, bench: Path) -> list[str]:
    """Distinct folded terms: 40k names of diseases, 665k places with all they belong to, 2m of 27 real lists."""
    made = {"40k": _diseases, "665k": _places, "2m": _everything}[size](bench)
    found = set(map(key, made)) or set(map(key, _generated(SIZES[size])))
    return sorted(found - {""})


def _diseases(bench: Path) -> Iterator[str]:
    path = bench / "chip-cdn" / "icd10_beijing_v601.csv"
    if path.exists():
        with path.open(encoding="utf-8") as handle:
            yield from (row["name"] for row in csv.DictReader(handle))


def _places(bench: Path) -> Iterator[str]:
    """Half of the places with their whole path, half behind the name of what they belong to."""
    path = bench / "china_regions.csv.gz"
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        names = {row["code"]: row["name"] for row in rows}
        for number, row in enumerate(rows):
            yield (row["path"] if number % 2 else names.get(row["parent"], "")) + row["name"]


def _everything(bench: Path) -> Iterator[str]:
    path = bench / "scale_terms.tsv.gz"
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as handle:
            yield from (cells[2] for line in handle if len(cells := line.rstrip("\n").split("\t")) > 2)


def _generated(count: int) -> Iterator[str]:
    rng = random.Random(SEED)
    for _number in range(count):
        yield "".join(rng.choice(_PARTS) for _place in range(rng.randrange(4, 12)))


class Noise:
    """Writes a term badly, in one of several ways."""

    def __init__(self, terms: Sequence[str], rng: random.Random) -> None:
        """Characters and words that stray into a text are of other terms."""
        self.rng = rng
        sample = [one for one in rng.sample(terms, min(len(terms), 4_000)) if len(one) > 3]
        self.anything = [character for term in sample for character in term]
        self.words = [
            term[at : at + rng.choice((2, 2, 3))] for term in sample for at in (rng.randrange(len(term) - 2),)
        ]
        self.alike = _homophones()
        self.kinds: dict[str, Callable[[str], str]] = {
            "wrong character": lambda text: self._replaced(text, rng.choice(self.anything)),
            "character of the same sound": self._homophone,
            "character left out": lambda text: self._cut(text, 1),
            "character doubled": self._doubled,
            "neighbours exchanged": self._exchanged,
            "two slips": lambda text: self._exchanged(self._replaced(text, rng.choice(self.anything))),
            "word inserted": self._inserted,
            "beginning missing": lambda text: text[max(1, len(text) // 5) :],
            "end missing": lambda text: text[: -max(1, len(text) // 5)],
            "traditional characters, one wrong": self._traditional,
            "spaces, one character left out": self._spaced,
        }

    def _replaced(self, text: str, other: str) -> str:
        at = self.rng.randrange(len(text))
        return text[:at] + other + text[at + 1 :]

    def _homophone(self, text: str) -> str:
        places = [at for at, one in enumerate(text) if one in self.alike]
        at = self.rng.choice(places or [0])
        return text[:at] + self.rng.choice(self.alike.get(text[at], "") or self.anything) + text[at + 1 :]

    def _cut(self, text: str, size: int) -> str:
        at = self.rng.randrange(len(text))
        return text[:at] + text[at + size :]

    def _doubled(self, text: str) -> str:
        at = self.rng.randrange(len(text))
        return text[: at + 1] + text[at:]

    def _exchanged(self, text: str) -> str:
        at = self.rng.randrange(max(len(text) - 1, 1))
        return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]

    def _inserted(self, text: str) -> str:
        at = self.rng.randrange(len(text) + 1)
        return text[:at] + self.rng.choice(self.words) + text[at:]

    def _traditional(self, text: str) -> str:
        return _converter().convert(self._replaced(text, self.rng.choice(self.anything)))

    def _spaced(self, text: str) -> str:
        shorter = self._cut(text, 1)
        at = self.rng.randrange(len(shorter))
        return f"{shorter[:at]} {shorter[at:]}"


def noisy_texts(terms: list[str], count: int, *, least: int = 4) -> Work:
    """`count` distinct texts of terms of `least` characters and more, every kind of noise as often."""
    rng = random.Random(SEED)
    noise = Noise(terms, rng)
    known, seen = set(terms), set()
    work = Work(terms)
    kinds = list(noise.kinds)
    while len(work.texts) < count:
        meant, kind = rng.choice(terms), kinds[len(work.texts) % len(kinds)]
        text = noise.kinds[kind](meant) if len(meant) >= least else ""
        folded = key(text)
        if len(folded) > 1 and folded not in known and folded not in seen:
            seen.add(folded)
            work.texts.append(text)
            work.meant.append(meant)
            work.kinds.append(kind)
    return work


@cache
def _converter():  # type: ignore[no-untyped-def]  # the type is opencc's own
    import opencc

    return opencc.OpenCC("s2t")


def _homophones() -> dict[str, str]:
    path = resources.files("zhengming") / "data" / "vocabulary" / "homophones.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))[1:]
    return {one: characters for _syllable, characters, *_ in rows for one in characters}
