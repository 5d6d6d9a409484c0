"""Marks: punctuation that speaks of the name before it."""

from __future__ import annotations

from zhengming.normalizers.terms.hosts import is_of_part
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, NONE, Cue, Vocabulary


def mark(reading: Reading, lexicon: Lexicon) -> None:
    """Punctuation that speaks: ? after a name doubts it, (-) denies it."""
    view = reading.view
    marks = lexicon.vocabulary.punctuation[view.marks].behind
    if not marks:
        return
    for border in range(len(reading.tokens) + 1):
        place = reading.tokens[border].start if border < len(reading.tokens) else len(view.text)
        if view.gaps[place] == NONE or border in reading.answered:
            continue
        between, apart = view.between(place), view.between_with_spaces(place)
        for sign, cues in marks.items():
            if sign in between:
                _mark(reading, border, cues[0], lexicon, leads=_leads(apart, sign, lexicon.vocabulary))


def _leads(apart: str, sign: str, vocabulary: Vocabulary) -> bool:
    """Whether the sign, once or more, is glued to what stands behind it alone: behind a space, a comma, a number."""
    rest = apart
    while rest.endswith(sign):
        rest = rest[: -len(sign)]
    return bool(rest) and rest != apart and vocabulary.strengths.get(rest[-1]) != BRACKET


def _mark(reading: Reading, border: int, cue: Cue, lexicon: Lexicon, *, leads: bool) -> None:
    """Say it of the name before the mark; of the one behind, if the mark is glued to that alone (no TAPVC, ?PAPVC)."""
    found = None
    if border and is_of_part(reading, border - 1, lexicon):
        return
    for position in range(border - 1, -1, -1) if not leads or border not in reading.hosts else ():
        if position < border - 1 and reading.separations[position + 1] > BRACKET and not _joined(reading, position + 1):
            break
        found = reading.hosts.get(position)
        if found or reading.tokens[position].kind == "unknown":
            break
    if found is None and border < len(reading.tokens):
        found = reading.hosts.get(border)
    if found and found.qualifiers.get("certainty") in (None, "affirmed"):
        found.qualifiers[cue.axis] = cue.value
        found.steps.append(("qualifier", f"{cue.text} → {cue.axis}={cue.value}"))


def _joined(reading: Reading, index: int) -> bool:
    """Whether no more than a joining word parts the token from the one before it: 室上速伴差传？ doubts the first."""
    beside = (reading.tokens[index].entry, reading.tokens[index - 1].entry)
    joins = any([entry is not None and entry.joins > 0 for entry in beside])
    return joins and reading.view.gaps[reading.tokens[index].start] <= BRACKET
