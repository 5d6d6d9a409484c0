"""Whether an operation was done, is planned or was not done: by the words beside the one for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import LIST, NONE, Cue, Vocabulary

OPERATED: Final = "post_procedure"
PLANNED: Final = "planned"
UNOPERATED: Final = frozenset({PLANNED, "unoperated"})  # values of words behind a name that was not operated on
_NEUTRAL: Final = frozenset({"neutral"})
OPERATING: Final = frozenset({"timing", "procedure"})  # axes of words of operations
# Values that later ones replace: 胎儿期发现室缺，术后.
EARLIER: Final = frozenset({"fetal", "neonatal", "current", "history", "patient"})


def is_unoperated(token: Token) -> bool:
    """Whether the token says that what is before it was not operated on."""
    return token.kind == "cue" and token.entry is not None and not token.entry.values.isdisjoint(UNOPERATED)


def is_operated(found: Found) -> bool:
    """Whether the concept is said to have been, or to be going to be, operated on."""
    return found.qualifiers.get("timing") == OPERATED or found.qualifiers.get("procedure") == PLANNED


def considers(reading: Reading, index: int, entry: Entry, vocabulary: Vocabulary) -> bool:
    """Whether the doubt at token `index` is whether to operate: 房缺考虑手术, but not 考虑术后改变."""
    if "certainty" not in entry.axes or not entry.key.endswith(vocabulary.ahead):
        return False
    place = index + 1
    while reading.glued(place) and place not in reading.hosts:
        following = reading.tokens[place].entry
        if following is None or following.axes.isdisjoint(OPERATING):
            return False
        if OPERATED in following.values and not any([one in following.key for one in vocabulary.performed]):
            return True
        place += 1
    return False


def as_planned(reading: Reading, index: int, cue: Cue, vocabulary: Vocabulary) -> tuple[int, Cue]:
    """The operation as one that is planned, if the words glued before it say so: 拟择期行根治术."""
    listed = reading.side(index, -1, NONE)
    if listed and cue.position != "before" and _goes_on_with_plan(reading, listed[2]):
        return index, replace(cue, axis="procedure", value=PLANNED)
    before, after = index, index + 1
    if reading.glued(after) and after not in reading.hosts:
        entry = reading.tokens[after].entry
        if entry and any(one.value == PLANNED and one.position == "after" for one in entry.cues):
            return index, replace(cue, axis="procedure", value=PLANNED)  # 封堵术前
    while reading.glued(before):
        before -= 1
        if reading.tokens[before].measure:
            continue  # 拟3岁封堵
        entry = reading.tokens[before].entry
        said = {one.value for one in entry.cues if one.axis in OPERATING} if entry else set()
        if PLANNED in said or (entry and considers(reading, before, entry, vocabulary)):
            return before, replace(cue, axis="procedure", value=PLANNED)
        if before in reading.hosts or (not said and entry and not entry.axes <= _NEUTRAL):
            break  # what is not read is how it is done: 拟行双向Glenn手术, 拟行全麻下手术
    return index, cue


def is_unperformed(reading: Reading, index: int, negators: tuple[str, ...]) -> bool:
    """Whether the words glued before the operation at token `index` say that it was not done: 未行根治手术.

    What it treats may stand between: 家属拒绝VSD手术.
    """
    named = False
    while reading.glued(index):
        index -= 1
        if index in reading.hosts and reading.separations[index] == NONE:
            if named:
                return False
            named = True
            continue
        token = reading.tokens[index]
        if token.entry and "unperformed" in token.entry.values:
            return True
        if token.kind == "unknown" and reading.text(token).endswith(negators):
            return True  # 暂不封堵
    return False


def left_open(reading: Reading, index: int, vocabulary: Vocabulary) -> str:
    """Why it is not known that the operation at token `index` was done; empty where nothing speaks against it.

    A word that says that it was has one of the vocabulary's `performed` in it (术后); here another is glued to an
    unread one.
    """
    after, text = index + 1, reading.text(reading.tokens[index])
    if not reading.glued(after) or reading.tokens[after].kind != "unknown":
        return ""
    return "" if any([one in text for one in vocabulary.performed]) else "unread-after"


def _goes_on_with_plan(reading: Reading, found: Found) -> bool:
    """Whether the concept is listed behind one whose operation is planned: 拟行VSD修补+PDA结扎."""
    if reading.separations[found.token] != LIST:
        return False
    before = reading.side(found.token, -1, LIST)
    return before is not None and before[2].qualifiers.get("procedure") == PLANNED
