"""Forms: questions with an answer of their own, which says nothing of the question before.

诊断：室缺 是否唐氏综合征：否 denies the syndrome, and 诊断：室缺 家族史：无 denies no name at all. An answer is a word
that affirms or denies and is alone behind a mark that gives it to what stands before. It holds for the names of its own
question; a label without one (家族史, 并发症, 手术) uses it up.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.performed import OPERATED, OPERATING
from zhengming.normalizers.terms.reading import Reading
from zhengming.normalizers.terms.saying import explain
from zhengming.normalizers.terms.vocabulary import BRACKET, LIST, NONE, SOFT, Vocabulary

_ASKING: Final = "?"
_ANSWERING: Final = frozenset({"refuted", "well"})
_TELLING: Final = frozenset({"affirmed", "refuted"})
# Axes of words that a label is made of.
_LABELS: Final = frozenset({"certainty", "subject", "timing", "procedure", "link"})
EITHER_WAY: Final = ("both", "either")  # positions of words that may stand before their name or behind it
_SPEAKING: Final = frozenset({"subject", "timing"})  # axes of words such as 家族史, 病史


def read_answers(reading: Reading, vocabulary: Vocabulary) -> None:
    """Say of the names of every question what its answer says; its words are then used up."""
    view, tokens = reading.view, reading.tokens
    if not reading.found:
        return
    marks = vocabulary.punctuation[view.marks]
    if marks.denies or any(token.kind == "cue" and _denies(token) for token in tokens):
        _use_up_labels(reading, vocabulary)
    if marks.assigns or _ASKING in view.marks:
        _read_questions(reading, vocabulary)


def _read_questions(reading: Reading, vocabulary: Vocabulary) -> None:
    """Say of the names of every question what its answer behind a mark says."""
    view, tokens = reading.view, reading.tokens
    for index in range(1, len(tokens)):
        if view.gaps[tokens[index].start] <= SOFT:
            continue
        marks = view.between(tokens[index].start)
        if marks in vocabulary.assigning:
            reading.headed.add(index)
        elif marks != _ASKING:
            continue
        said = _answer(reading, index)
        if not said or _goes_before(reading, index, vocabulary):
            continue
        first = _start(reading, index, vocabulary.assigning)
        hosts = [reading.hosts[place] for place in range(first, index) if place in reading.hosts]
        if not hosts and (marks == _ASKING or not _says_what(reading, first, index)):
            continue
        for found in hosts:
            found.qualifiers["certainty"] = said
            explain(found, reading, tokens[index], "certainty", said)
        reading.answered.add(index)
        tokens[index].kind = "part"
        _use_up(reading, first, index, operated=not hosts and said == "affirmed")


def _denies(token: Token) -> bool:
    """Whether the word denies, or says that someone is well."""
    return token.entry is not None and not token.entry.values.isdisjoint(_ANSWERING)


def _use_up_labels(reading: Reading, vocabulary: Vocabulary) -> None:
    """Let a label and what it is answered be used up, where they alone are a clause: 家族史阴性, 无手术史, 父母体健."""
    tokens, first = reading.tokens, 0
    for last in range(len(tokens)):
        if last + 1 < len(tokens) and reading.view.gaps[tokens[last + 1].start] == NONE:
            continue
        if _is_answered_behind(reading, first, last):  # 家族史 无
            for token in tokens[first : last + 2]:
                token.kind = "part"
        item = tokens[first : last + 1]
        denied = _is_denied_by_mark(reading, tokens[last].end, vocabulary)
        if (denied or len(item) > 1) and _is_answered_label(item, denied=denied) and not _goes_on(tokens, last + 1):
            for token in item:
                token.kind = "part"
            if denied:
                reading.answered.add(last + 1)
        first = last + 1


def _is_answered_behind(reading: Reading, first: int, last: int) -> bool:
    """Whether tokens `first` to `last` are a label, and behind a space stands nothing but a word that denies."""
    after = last + 1
    if after >= len(reading.tokens) or reading.view.gaps[reading.tokens[after].start] != SOFT:
        return False
    entry = reading.tokens[after].entry
    if entry is None or "refuted" not in entry.values or reading.glued(after + 1):
        return False
    return _is_answered_label([reading.tokens[after], *reading.tokens[first:after]], denied=True)


def _goes_on(tokens: list[Token], index: int) -> bool:
    """Whether the next clause speaks of all that were named: 父母体健，均无先心病."""
    entry = tokens[index].entry if index < len(tokens) else None
    return entry is not None and "infix" in entry.axes


def _is_denied_by_mark(reading: Reading, place: int, vocabulary: Vocabulary) -> bool:
    """Whether a mark behind squeezed `place` denies what stands before it: 家族史(-)."""
    if reading.view.gaps[place] <= SOFT:
        return False
    return vocabulary.punctuation[reading.view.between(place)].denies


def _is_answered_label(item: list[Token], *, denied: bool) -> bool:
    """Whether the words are one that denies (if not a mark has `denied`), ones that say what of, and nothing else.

    What is well is a relative; an operation is a label where the denial stands before it: 无手术史, not 术后未见.
    """
    labelled = related = well = False
    for token in item:
        entry = token.entry
        if token.kind != "cue" or entry is None:
            return False
        if "refuted" in entry.values:
            denied = True
        elif "well" in entry.values:
            well = True
        elif any(cue.axis in _SPEAKING and cue.position in EITHER_WAY for cue in entry.cues):
            labelled = True
        elif "family" in entry.values:
            related = True
        elif OPERATED in entry.values:
            if not denied:
                return False
            labelled = True
        elif "neutral" not in entry.axes:
            return False
    return (well and (labelled or related)) or (denied and labelled)


def is_label(reading: Reading, index: int, vocabulary: Vocabulary) -> bool:
    """Whether the word at token `index`, glued to no name, heads what a form lists behind a mark: 家族史：."""
    end = reading.tokens[index].end
    if reading.view.gaps[end] <= SOFT or reading.view.between(end) not in vocabulary.assigning:
        return False
    return not (reading.glued(index) and index - 1 in reading.hosts)


def _answer(reading: Reading, index: int) -> str:
    """What token `index` answers, if it is all that stands between two marks: affirmed, refuted, or nothing."""
    token = reading.tokens[index]
    if token.kind != "cue" or token.entry is None:
        return ""
    if reading.glued(index + 1) and reading.tokens[index + 1].kind != "number":
        return ""
    said = {cue.value for cue in token.entry.cues if cue.axis == "certainty"}
    return next(iter(said)) if len(said) == 1 and said <= _TELLING else ""


def _goes_before(reading: Reading, index: int, vocabulary: Vocabulary) -> bool:
    """Whether the word is no answer but is said of what follows: 诊断：排除：房缺, 诊断：未见 房缺, Diagnosis: no PDA.

    Behind a space that is so of a Latin word, and of one that denies behind what heads a diagnosis.
    """
    view, tokens, after = reading.view, reading.tokens, index + 1
    if after == len(tokens):
        return False
    marks = view.between(tokens[after].start)
    if marks in vocabulary.assigning:
        return True
    if view.gaps[tokens[after].start] != SOFT or after not in reading.hosts:
        return False
    word, head = tokens[index].entry, tokens[index - 1].entry
    return (word is not None and word.key.isascii()) or (head is not None and "affirmed" in head.values)


def _start(reading: Reading, index: int, assigning: Container[str]) -> int:
    """Where the question starts that token `index` answers: at the word that asks, or behind a mark or a space."""
    view, tokens = reading.view, reading.tokens
    first = index - 1
    while first > 0 and not _asks(tokens[first]):
        gap = view.gaps[tokens[first].start]
        if gap > LIST or (gap == LIST and view.between(tokens[first].start) in assigning):
            break
        spaced = gap in (SOFT, BRACKET) and " " in view.between_with_spaces(tokens[first].start)
        if spaced and not _asked_before(reading, first):
            break
        first -= 1
    return first


def _asked_before(reading: Reading, index: int) -> bool:
    """Whether a word that asks stands before token `index`, parted from it by no more than a space."""
    for position in range(index - 1, -1, -1):
        if _asks(reading.tokens[position]):
            return True
        if reading.view.gaps[reading.tokens[position + 1].start] > LIST or position in reading.hosts:
            return False
    return False


def _asks(token: Token) -> bool:
    """Whether the token is a word such as 是否 or 有无."""
    return token.kind == "cue" and token.entry is not None and "asked" in token.entry.axes


def _says_what(reading: Reading, first: int, last: int) -> bool:
    """Whether tokens `first` to `last`, in which no name stands, say what is asked: 家族史, 手术, but not 复查."""
    for token in reading.tokens[first:last]:
        if token.kind == "unknown":
            return True
        if token.entry is not None and ("heading" in token.entry.values or not token.entry.axes.isdisjoint(_LABELS)):
            return True
    return False


def _use_up(reading: Reading, first: int, last: int, *, operated: bool) -> None:
    """Let the words of the question say nothing else; an operation that was done is still said."""
    named = any(place in reading.hosts for place in range(first, last))
    for token in reading.tokens[first:last]:
        if token.kind != "cue" or token.entry is None:
            continue
        axes = token.entry.axes
        done = operated and not axes.isdisjoint(OPERATING)
        if not done and ("certainty" in axes or (not named and not axes.isdisjoint(_LABELS))):
            token.kind = "part"
