"""Mining: what the decisions teach that the dictionary does not have, told to people with counts and examples.

Substitutions are stretches that reviewers' texts write where the names write something else (癌 → 恶性肿瘤): texts of
one name are laid beside it, and what differs is counted. Unknown n-grams are stretches that stand in many reviewed
texts and in no name or term. Neither is ever added to a dictionary by itself.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Category, Dictionary
from zhengming.files import write_bytes
from zhengming.learning.material import Material
from zhengming.tables.written_text import harmless

_LONGEST = 8  # characters of either side of a substitution, and of an unknown n-gram
_EXAMPLES = 3
_HOLDING = 2  # characters in common from which two stretches are held to be the same
_MOST_TEXT = 40  # characters of a text that is laid beside a name


@dataclass(frozen=True, slots=True)
class Substitution:
    """`written` stood `count` times where the name has `meant`; `share` of the texts with `written` mean it so."""

    written: str
    meant: str
    count: int
    share: float
    codes: tuple[str, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """An n-gram in `count` reviewed texts and in no term; `code` is what most of them were given, `share` of them."""

    text: str
    count: int
    code: str
    share: float
    examples: tuple[str, ...]


def substitutions(material: Material, category: Category, *, least: int = 3) -> list[Substitution]:
    """What reviewers' texts write for what the names write, at least `least` times; the most frequent first."""
    found: Counter[tuple[str, str]] = Counter()
    codes: dict[tuple[str, str], Counter[str]] = {}
    examples: dict[tuple[str, str], list[str]] = {}
    texts = [key(text) for text in material.texts]
    for text, raw, given in zip(texts, material.texts, material.codes, strict=True):
        if len(given) != 1 or len(text) > _MOST_TEXT:
            continue
        for pair in set(_differences(text, key(category.concepts[given[0]].name))):
            found[pair] += 1
            codes.setdefault(pair, Counter())[given[0]] += 1
            if len(listed := examples.setdefault(pair, [])) < _EXAMPLES:
                listed.append(raw)
    holding = _holding({written for (written, _meant), count in found.items() if count >= least}, texts)
    made = [
        Substitution(
            written,
            meant,
            count,
            round(count / max(holding[written], 1), 3),
            tuple(code for code, _count in codes[written, meant].most_common(_EXAMPLES)),
            tuple(examples[written, meant]),
        )
        for (written, meant), count in found.items()
        if count >= least
    ]
    return sorted(made, key=lambda one: (-one.count, one.written, one.meant))


def unknown(material: Material, category: Category, *, least: int = 5) -> list[Unknown]:
    """Stretches of two characters or more in at least `least` reviewed texts and in no term; the most frequent first.

    Of stretches that always stand together only the longest is listed.
    """
    known = "\n".join(key(term.text) for concept in category.concepts.values() for term in concept.terms)
    counts: Counter[str] = Counter()
    for text in material.texts:
        counts.update(set(_stretches(key(text))))
    frequent = {text: count for text, count in counts.items() if count >= least and text not in known}
    within = {part for text, count in frequent.items() for part in (text[1:], text[:-1]) if frequent.get(part) == count}
    kept = [text for text in frequent if text not in within]
    given: dict[str, Counter[str]] = {text: Counter() for text in kept}
    examples: dict[str, list[str]] = {text: [] for text in kept}
    for raw, codes in zip(material.texts, material.codes, strict=True):
        for text in set(_stretches(key(raw))) & given.keys():
            given[text].update(codes)
            if len(examples[text]) < _EXAMPLES:
                examples[text].append(raw)
    made = []
    for text in kept:
        code, most = given[text].most_common(1)[0] if given[text] else ("", 0)
        made.append(Unknown(text, frequent[text], code, round(most / frequent[text], 3), tuple(examples[text])))
    return sorted(made, key=lambda one: (-one.count, one.text))


def _differences(text: str, name: str) -> Iterator[tuple[str, str]]:
    """What stands in the text where the name has something else, laid side by side.

    One character in common holds nothing together: 职院 is written for 职业技术学院, not nothing for 业技术学.
    """
    from rapidfuzz.distance import Indel, Opcodes

    aligned: Opcodes = Indel.opcodes(text, name)
    written = meant = ""
    for step in aligned:
        if step.tag == "equal" and step.src_end - step.src_start >= _HOLDING:
            if written and meant and written != meant:
                yield written, meant
            written = meant = ""
        else:
            written += text[step.src_start : step.src_end]
            meant += name[step.dest_start : step.dest_end]
        if len(written) > _LONGEST or len(meant) > _LONGEST:
            return
    if written and meant and written != meant:
        yield written, meant


def _holding(wanted: set[str], texts: list[str]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(one for one in {*_stretches(text), *text} if one in wanted)
    return counts


def _stretches(text: str) -> Iterator[str]:
    for size in range(2, _LONGEST + 1):
        for start in range(len(text) - size + 1):
            yield text[start : start + size]


def write(path: str | Path, materials: Sequence[Material], dictionary: Dictionary) -> int:
    """Write what was mined as CSV, one proposal a line; gives how many. It holds reviewed texts as examples.

    Raises:
        UnwritableFile: it cannot be written.
    """
    held = io.StringIO()
    table = csv.writer(held, lineterminator="\n")
    table.writerow(("category", "kind", "written", "meant", "count", "share", "codes", "examples"))
    count = 0
    for material in materials:
        for row in _rows(material, dictionary.category(material.category)):
            table.writerow((material.category, *row))
            count += 1
    write_bytes(path, b"\xef\xbb\xbf" + held.getvalue().encode())
    return count


def _rows(material: Material, category: Category) -> Iterator[tuple[str, str, str, int, float, str, str]]:
    for one in substitutions(material, category):
        codes, said = "##".join(one.codes), "##".join(map(harmless, one.examples))
        yield "substitution", harmless(one.written), harmless(one.meant), one.count, one.share, codes, said
    for two in unknown(material, category):
        said = "##".join(map(harmless, two.examples))
        yield "unknown", harmless(two.text), "", two.count, two.share, two.code, said
