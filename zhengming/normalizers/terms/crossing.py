"""Crossing: whether a word may be read over the marks between its characters: 肺动脉闭锁，室间隔缺损."""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, NONE, SOFT

_LONGEST_DENIAL: Final = 8  # characters of a word that denies, doubts or ends what it stands beside
_PARTING: Final = frozenset({"refuted", "suspected", "resolved"})


def crosses(view: View, end: int, entry: Entry, lexicon: Lexicon) -> bool:
    """Whether a word may be read over what stands between its characters."""
    start = end - entry.size
    strongest = max(view.gaps[start + 1 : end])
    if strongest > entry.crosses:
        return False
    if strongest >= CLAUSE and (_asks(view, start, end, lexicon) or _is_told_of_part(view, start, end, lexicon)):
        return False
    return strongest != SOFT or not _two_names(view, start, end, lexicon)


def _is_told_of_part(view: View, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a denial or doubt stands beside a stretch with a comma in it: 肺动脉闭锁，室间隔缺损阴性.

    It is said of what is on its own side of the comma.
    """
    text, marks = view.text, lexicon.vocabulary.punctuation[view.between(end)]
    if marks.behind or marks.signs:
        return True
    words = [text[start - size : start] for size in range(1, _LONGEST_DENIAL + 1) if size <= start]
    if view.gaps[start] != NONE:
        words = []
    if end < len(text) and (view.gaps[end] <= BRACKET or marks.assigns):
        words += [text[end : end + size] for size in range(1, _LONGEST_DENIAL + 1)]
    entries = [entry for word in words if (entry := lexicon.entries.get(word))]
    return any([not entry.values.isdisjoint(_PARTING) for entry in entries if not entry.senses])


def _asks(view: View, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a mark inside a stretch speaks of what stands before it: 肺动脉闭锁？室间隔缺损."""
    between = "".join([view.between(place) for place in range(start + 1, end) if view.gaps[place] >= CLAUSE])
    return bool(lexicon.vocabulary.punctuation[between].behind)


def _two_names(view: View, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a stretch with a space in it is a name before the space and a name after it: 川崎病 冠状动脉瘤."""
    for place in range(start + 1, end):
        beside = view.text[place - 1 : place + 1]  # between Latin words a space is no more than that
        if view.gaps[place] == SOFT and not view.between(place) and not any(map(str.isascii, beside)):
            first, second = lexicon.entries.get(view.text[start:place]), lexicon.entries.get(view.text[place:end])
            if first and second and first.senses and second.senses:
                return True
    return False
