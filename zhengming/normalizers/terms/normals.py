"""Normals: a part that is said to be as it should be, and what is then denied of it: 室间隔连续完整，未见缺损.

The part is no finding (主动脉瓣三叶). What the words behind it deny is what begins with the part and ends with them:
主动脉瓣三叶，非二叶畸形 denies 主动脉瓣二叶畸形. Where it only has its usual form, it may still be ill:
主动脉瓣三叶，轻度反流.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, LIST, NONE, Vocabulary

_LEAST_PART: Final = 2  # characters of the name of a part
_METHOD: Final = "interrupted"
_OPEN: Final = frozenset({"unknown", "modifier"})  # kinds of words that are no names by themselves
# Axes of words before what is denied: 未见明显狭窄.
_BESIDE: Final = frozenset({"neutral", "severity", "extent", "infix"})


class _Part(NamedTuple):
    """Parts that are normal, or at least of their usual form, said from token `first` up to token `last`."""

    names: list[str]
    first: int
    last: int
    form: bool


def read_normals(reading: Reading, lexicon: Lexicon) -> None:
    """Read what is said of parts that are normal; the words for them are then used up."""
    if not lexicon.vocabulary.normal_pattern.search(reading.view.text):
        return
    index = 0
    while index < len(reading.tokens):
        part = _part(reading, index, lexicon)
        if part is None:
            index += 1
            continue
        denies = part.last < len(reading.tokens) and _denies(reading.tokens[part.last])
        if denies or part.form:
            _read_behind(reading, part, lexicon, denies=denies)
        for token in reading.tokens[part.first : part.last]:
            token.kind = "part" if token.kind == "unknown" else token.kind
        index = part.last


def _part(reading: Reading, first: int, lexicon: Lexicon) -> _Part | None:
    """The parts that the clause which begins with token `first` says to be normal, if that is all it says."""
    tokens, gaps, stop = reading.tokens, reading.view.gaps, first
    if first and gaps[tokens[first].start] in (NONE, LIST):
        return None
    names, start = list[str](), tokens[first].start
    while stop < len(tokens) and stop not in reading.hosts and not _denies(tokens[stop]):
        gap = gaps[tokens[stop].start]
        if stop > first and gap not in (NONE, LIST):
            break
        if stop > first and (gap == LIST or _joins(tokens[stop])):
            names.append(reading.view.text[start : tokens[stop - 1].end])
            start = tokens[stop].end if _joins(tokens[stop]) else tokens[stop].start
        stop += 1
    if stop == first or start >= tokens[stop - 1].end:
        return None
    said = reading.view.text[start : tokens[stop - 1].end]
    name, form = _stripped(said, lexicon.vocabulary)
    if len(name) < _LEAST_PART or len(name) == len(said) or not lexicon.begins_name(name):
        return None
    return _Part([*names, name], first, stop, form)


def _stripped(text: str, vocabulary: Vocabulary) -> tuple[str, bool]:
    """The text without the words at its end that say that it is normal, and whether only its form is."""
    normal = form = False
    while True:
        word = next((one for one in vocabulary.normal if text.endswith(one)), "")
        if not word and normal:
            word = next((one for one in vocabulary.normal_of if text.endswith(one)), "")
        if not word:
            return text, form
        form = word in vocabulary.normal_form or form
        normal, text = True, text[: -len(word)]


def _read_behind(reading: Reading, part: _Part, lexicon: Lexicon, *, denies: bool) -> None:
    """Read what is denied, or said, of the parts behind the words that say that they are normal."""
    tokens, gaps, text = reading.tokens, reading.view.gaps, reading.view.text
    first = last = part.last + 1 if denies else part.last
    named = list[tuple[int, int, list[Entry]]]()
    while first < len(tokens):
        while first < len(tokens) and _is_beside(tokens[first]):
            first += 1
        last = first
        while last < len(tokens) and tokens[last].kind in _OPEN and (last == first or gaps[tokens[last].start] == NONE):
            last += 1
        said = text[tokens[first].start : tokens[last - 1].end] if last > first else ""
        entries = [entry for name in part.names if (entry := lexicon.terms.get(name + said)) and _is_one(entry)]
        if not entries or (last in reading.hosts and gaps[tokens[last].start] == NONE):
            return
        named.append((first, last, entries))
        if last == len(tokens) or not (gaps[tokens[last].start] in (BRACKET, LIST) or _joins(tokens[last])):
            break
        first = last + 1 if _joins(tokens[last]) else last
    for begin, end, entries in named:
        _host(reading, begin, end, entries, denied=denies)
    if denies and named:
        tokens[part.last].kind = "part"
    if part.form and named and last < len(tokens):  # 主动脉瓣三叶，无狭窄，轻度反流
        _read_behind(reading, part._replace(last=last), lexicon, denies=_denies(tokens[last]))


def _host(reading: Reading, first: int, last: int, entries: list[Entry], *, denied: bool) -> None:
    """Let token `first` host the concepts of what stands up to token `last`, of each part one."""
    tokens = reading.tokens
    start, end = tokens[first].start, tokens[last - 1].end
    for place in range(first, last):
        tokens[place].kind = "part"
    tokens[first].kind, tokens[first].entry = "term", entries[0]
    for entry in entries:
        found = Found(first, start, end, entry.codes, entry, _METHOD)
        found.steps.append((_METHOD, entry.written))
        if denied:
            found.qualifiers["certainty"] = "refuted"
            found.steps.append(("qualifier", f"{reading.raw(tokens[first - 1])} → certainty=refuted"))
        if first in reading.hosts:
            reading.found.append(found)
        else:
            reading.add(found)


def _is_one(entry: Entry) -> bool:
    return len(entry.codes) == 1 and not (entry.ambiguous or entry.broad or entry.abbreviation)


def _is_beside(token: Token) -> bool:
    entry = token.entry
    return token.kind == "cue" and entry is not None and not entry.axes.isdisjoint(_BESIDE)


def _denies(token: Token) -> bool:
    cues = token.entry.cues if token.kind == "cue" and token.entry else ()
    return any(cue.value == "refuted" and cue.position != "after" for cue in cues)


def _joins(token: Token) -> bool:
    return token.kind == "cue" and token.entry is not None and token.entry.joins == LIST
