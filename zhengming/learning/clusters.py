"""Clusters: unknown values that belong together, so that a steward decides once for many, or asks for a concept.

Two values are alike when they sound alike (pinyin without tones: 室缺 and 是缺), look alike (a character or two apart)
or share most of their n-grams. Each value joins the cluster of a more frequent one that it is like; the most frequent
value of a cluster stands for it.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zhengming.errors import UsageError
from zhengming.files import write_bytes
from zhengming.learning.sparse import best_of_product
from zhengming.learning.texts import Grams, plain
from zhengming.normalizers.terms.vocabulary import vocabulary
from zhengming.tables.written_text import harmless

_NEAREST = 20  # values with which each is compared
_SAME_SHAPE = 0.75  # of the edit similarity from which values look alike
_SAYS_NOTHING = frozenset({"", "affirmed", "patient"})  # values of cues that hold of every mention anyway
_SAME_GRAMS = 0.6  # of the cosine of 1–3-grams


@dataclass(frozen=True, slots=True)
class Cluster:
    """Values that belong together, the most frequent first, with how often each stands in the data.

    `why` says what holds it together: `sound`, `shape`, `grams`, or `alone` for a single value.
    """

    values: tuple[tuple[str, int], ...]
    why: str

    @property
    def count(self) -> int:
        """How many cells it would decide."""
        return sum(count for _value, count in self.values)


def cluster(values: Iterable[str] | Mapping[str, int]) -> list[Cluster]:
    """The values, or values with how often each stands, in clusters: those that would decide most cells first.

    Raises:
        UsageError: pypinyin is not installed.
    """
    given = values.items() if isinstance(values, Mapping) else ((value, 1) for value in values)
    counted: Counter[str] = Counter()
    for value, count in given:
        if plain(value):
            counted[value.strip()] += count
    listed = sorted(counted, key=lambda value: (-counted[value], value))
    folded = [plain(value).replace(" ", "") for value in listed]
    if not listed:
        return []
    sounds = _sounds(folded)
    leader: list[int] = []
    reason: list[str] = []
    near = _near(folded, sounds)
    for place in range(len(listed)):
        head, why = place, "alone"
        for other in sorted(near[place], key=lambda one: (leader[one] if one < place else one, one)):
            if other < place:
                found = _alike(folded, sounds, place, leader[other])
                if found:
                    head, why = leader[other], found
                    break
        leader.append(head)
        reason.append(why)
    members: dict[int, list[int]] = {}
    for place, head in enumerate(leader):
        members.setdefault(head, []).append(place)
    made = [
        Cluster(
            tuple((listed[one], counted[listed[one]]) for one in places),
            Counter(reason[one] for one in places[1:]).most_common(1)[0][0] if places[1:] else "alone",
        )
        for places in members.values()
    ]
    return sorted(made, key=lambda one: (-one.count, one.values[0][0]))


def by_category(counted: Mapping[tuple[str, str], int]) -> list[tuple[str, Cluster]]:
    """Clusters of values given by category and text, each category by itself."""
    categories: dict[str, dict[str, int]] = {}
    for (category, text), count in counted.items():
        categories.setdefault(category, {})[text] = count
    return [(category, one) for category in sorted(categories) for one in cluster(categories[category])]


def write(path: str | Path, made: Iterable[tuple[str, Cluster]]) -> None:
    """Write clusters as CSV, one value a line: its category, the number of its cluster, why, the value, its count.

    Raises:
        UnwritableFile: it cannot be written.
    """
    held = io.StringIO()
    table = csv.writer(held, lineterminator="\n")
    table.writerow(("category", "cluster", "why", "value", "count"))
    for number, (category, one) in enumerate(made, 1):
        table.writerows((category, number, one.why, harmless(value), count) for value, count in one.values)
    write_bytes(path, b"\xef\xbb\xbf" + held.getvalue().encode())


def _near(folded: Sequence[str], sounds: Sequence[str]) -> list[set[int]]:
    """For each value those worth comparing: near by n-grams of its characters or of its syllables."""
    found: list[set[int]] = [set() for _value in folded]
    for texts, sizes in ((folded, (1, 2, 3)), ([sound.replace(" ", "") for sound in sounds], (3, 4, 5))):
        grams = Grams.of(texts, sizes, least=2, share=0.5)
        rows = grams.rows(texts)
        row, other, _value = best_of_product(rows, rows, _NEAREST)
        for one, two in zip(row.tolist(), other.tolist(), strict=True):
            found[one].add(two)
            found[two].add(one)
    by_sound: dict[str, list[int]] = {}
    for place, sound in enumerate(sounds):
        by_sound.setdefault(sound, []).append(place)
    for places in by_sound.values():
        for place in places:
            found[place].update(places[:_NEAREST])
    return found


def _alike(folded: Sequence[str], sounds: Sequence[str], one: int, two: int) -> str:
    from rapidfuzz.distance import Levenshtein

    if sounds[one] == sounds[two]:
        return "sound"
    if not _same_but_for_spelling(folded[one], folded[two]):
        return ""
    if Levenshtein.normalized_similarity(folded[one], folded[two]) >= _SAME_SHAPE:
        return "shape"
    return "grams" if _cosine(folded[one], folded[two]) >= _SAME_GRAMS else ""


def _same_but_for_spelling(one: str, two: str) -> bool:
    """Whether what differs can be a matter of spelling: no other number, no denial, no 室 for 房, no 左 for 右."""
    from rapidfuzz.distance import Levenshtein

    known = vocabulary()
    first, second = Counter(one) - Counter(two), Counter(two) - Counter(one)
    if any(character.isdigit() for character in (*first, *second)):
        return False
    if first and second:
        classes = [
            sorted(known.alike.get(character, character) for character in side.elements()) for side in (first, second)
        ]
        return classes[0] == classes[1]
    added = [
        two[step.dest_start : step.dest_end] or one[step.src_start : step.src_end]
        for step in Levenshtein.opcodes(one, two)
        if step.tag in ("insert", "delete")
    ]
    return not any(cue.value not in _SAYS_NOTHING for text in added for cue in known.cues.get(text, ()))


def _cosine(one: str, two: str) -> float:
    left, right = (
        {text[start : start + size] for size in (1, 2, 3) for start in range(len(text) - size + 1)}
        for text in (one, two)
    )
    return len(left & right) / float(np.sqrt(max(len(left) * len(right), 1)))


def _sounds(folded: Sequence[str]) -> list[str]:
    """How each value is read, syllables parted by spaces, without tones."""
    try:
        from pypinyin import Style, lazy_pinyin
    except ImportError:
        raise UsageError("clusters by sound need pypinyin", remedy="pip install 'zhengming[learn]'") from None
    style: Any = Style.NORMAL
    return [" ".join(lazy_pinyin(text, style=style)) for text in folded]
