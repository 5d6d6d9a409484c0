"""Assays: tests whose result speaks of something else than the name before it: 共同动脉干，FISH结果阴性.

Only what is doubted awaits a test (22q11缺失？FISH阴性); what is sure stays so, whatever a culture shows. What
another examination shows (室缺，超声阴性) may be a denial, and is for a human.
"""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, SENTENCE

_ASSAY: Final = "assay"
_WEAK: Final = "weak"  # a test that excludes nothing: 心内膜炎？血培养阴性
_DOUBTED: Final = frozenset({"suspected", "sought"})


def is_beside(reading: Reading, index: int, lexicon: Lexicon) -> bool:
    """Whether the word at token `index` is the result of a test that denies nothing, for what is before it is sure."""
    first = index
    while first > 0 and reading.separations[first] <= BRACKET and _is_neutral(reading.tokens[first - 1]):
        first -= 1
    behind = reading.side(first, -1, SENTENCE)
    if first == index or behind is None:
        return False
    entries = [token.entry for token in reading.tokens[first:index]]
    if _is_doubted(behind[2], reading, lexicon):
        return any(entry is not None and _WEAK in entry.values for entry in entries)
    assay = any(entry is not None and _ASSAY in entry.values for entry in entries)
    if behind[0] <= BRACKET or not assay:
        behind[2].problem = behind[2].problem or "unclear-negation"
    return True


def _is_doubted(found: Found, reading: Reading, lexicon: Lexicon) -> bool:
    """Whether a word before or a mark behind doubts the concept."""
    if found.qualifiers.get("certainty") in _DOUBTED:
        return True
    marks = reading.view.between(found.end)
    return bool(lexicon.vocabulary.punctuation[marks].behind)


def _is_neutral(token: Token) -> bool:
    return token.kind == "cue" and token.entry is not None and "neutral" in token.entry.axes
