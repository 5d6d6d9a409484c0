"""Reach: how far a word that denies, doubts or dates goes over the names on either side of it."""

from __future__ import annotations

from functools import cache
from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.ends import ENDED
from zhengming.normalizers.terms.numbering import BARE
from zhengming.normalizers.terms.performed import EARLIER, OPERATED, UNOPERATED
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.saying import say
from zhengming.normalizers.terms.vocabulary import CLAUSE, LIST, NONE, SOFT, Cue, Vocabulary, vocabulary

ENDS: Final = "ends"
_SILENT: Final = frozenset({"modifier", "part"})  # kinds of words that say no more than a name does
_JOINING: Final = frozenset({"link", "alternative", "infix", "certainty"})  # axes of words that go on with a list
_TOLD: Final = frozenset({"certainty", "size_mm", "pressure_mmhg", "timing", "procedure", "severity"})
_NOTHING: Final = frozenset[str]()
_OWN: Final = frozenset({"patient", "current", ""})  # what words between a denial and the 有 of it may say
_DONE: Final = frozenset({"timing", "procedure"})  # axes of what is said only of what is there
_DEGREES: Final = frozenset({"severity", "extent", "count"})  # axes of what is hardly told of what is not there


def spares(reading: Reading, position: int, index: int, cue: Cue, *, reached: bool, bracketed: bool) -> str:
    """Whether a cue that follows its names ends before token `position`, or is not of the name there.

    What is said otherwise `ends` it. So it does a denial, beyond the first name it `reached`, that the name there was
    measured or operated on where the last name was not (房缺20mm 艾森曼格综合征已除外); it is `unclear-negation`
    where only a space parts the two, or a degree is told of this one. 均, or a bracket, makes it of all.
    """
    found = reading.hosts.get(position)
    if is_headed(reading, position + 1, index, cue):
        return ENDS
    if found is None:
        return _stops(reading.tokens[position], cue, reached=reached)
    said = found.qualifiers.get(cue.axis, cue.value)
    if said != cue.value and said not in EARLIER and cue.axis != "certainty":
        return ENDS
    if bracketed or cue.value != "refuted":
        return ""
    if not reached:
        return _of_what_is_left(found, reading, index)
    last = _last_before(reading, index)
    if last is None or _is_of_all(reading, index):
        return ""
    own, others = found.qualifiers, last.qualifiers
    told = {axis for axis, value in own.items() if isinstance(value, float) or axis in _DONE}
    if told:
        return ENDS if told.isdisjoint(others) else "unclear-negation"
    if not _DEGREES.isdisjoint(own.keys() - others.keys()):
        return "unclear-negation"
    apart = reading.separations[position + 1 : last.token + 1]
    return "unclear-negation" if max(apart) <= SOFT and reading.glued(index) and SOFT in apart else ""


def _of_what_is_left(found: Found, reading: Reading, index: int) -> str:
    """Whether a denial behind an operation is of what it left, not of what it treated: 法四术后 残余分流未见."""
    if found.qualifiers.get("timing") != OPERATED:
        return ""
    place = found.token + 1
    while place < index and not _says_operated(reading.tokens[place]):
        place += 1
    if place == index:
        return ""
    while place < index and _says_operated(reading.tokens[place]):
        place += 1
    object_behind = reading.glued(index + 1) and index + 1 not in reading.hosts
    return ENDS if place < index or object_behind else "unclear-negation"


def _says_operated(token: Token) -> bool:
    return token.kind == "cue" and token.entry is not None and OPERATED in token.entry.values


def say_further(reading: Reading, index: int, cue: Cue) -> None:
    """Say a denial or doubt of all that has one name in its clause of the bare name before that: 室缺，房缺均无.

    Of those before that one it cannot be told.
    """
    last = _last_before(reading, index)
    if last is None or last.qualifiers.get(cue.axis) != cue.value or not _is_of_all(reading, index):
        return
    position, sure = last.token, True
    while position > 0 and reading.separations[position] <= CLAUSE:
        apart, position = reading.separations[position], position - 1
        found = reading.hosts.get(position)
        if found is None and reading.tokens[position].kind not in _SILENT:
            return
        if found is None:
            continue
        other = found.qualifiers.get("subject", "patient") != last.qualifiers.get("subject", "patient")
        if other or apart < CLAUSE or not found.qualifiers.keys().isdisjoint(_TOLD):
            return  # two in the clause of the word, or one that is there
        if sure:
            say(found, reading, reading.tokens[index], cue)
        else:
            found.problem = found.problem or "unclear-negation"
        sure = False


def _last_before(reading: Reading, index: int) -> Found | None:
    while index > 0:
        index -= 1
        if index in reading.hosts:
            return reading.hosts[index]
    return None


def _is_of_all(reading: Reading, index: int) -> bool:
    """Whether the denial at token `index` has a word such as 均 in it or before it."""
    entry = reading.tokens[index].entry
    return is_infix(reading.tokens[index - 1]) or (entry is not None and any([one in entry.key for one in _all()]))


@cache
def _all() -> tuple[str, ...]:
    """The characters that say that something is true of all before them."""
    words = vocabulary().cues.items()
    return tuple([word for word, cues in words if len(word) == 1 and any([one.axis == "infix" for one in cues])])


def is_headed(reading: Reading, position: int, index: int, cue: Cue) -> bool:
    """Whether what is denied or doubted stands behind a mark, of what stands before it: 左室占位：黏液瘤可排除."""
    return position in reading.headed and position < index and cue.axis in ("certainty", "subject")


def only_affirms(reading: Reading, position: int, index: int) -> bool:
    """Whether the word glued behind that at token `index` merely affirms: 疑是室缺 is doubted.

    At most words for the child, or for relatives, stand between the two: 否认患儿有青紫.
    """
    entry = reading.tokens[position].entry
    if entry is None or not all([one.value == "affirmed" for one in entry.cues if one.axis == "certainty"]):
        return False
    while position > index + 1 and reading.glued(position) and _is_between(reading.tokens[position - 1]):
        position -= 1
    return position == index + 1 and reading.glued(position)


def governs(reading: Reading, index: int, cue: Cue, vocabulary: Vocabulary) -> bool:
    """Whether a name is glued behind the denial at token `index`, which ends with one that may stand before its name.

    So 最终排除, which else follows what it denies, ends with 排除: 最终排除室缺，考虑房缺.
    """
    entry = reading.tokens[index].entry
    if cue.value != "refuted" or index + 1 not in reading.hosts or not reading.glued(index + 1) or entry is None:
        return False
    if any([one.position == "before" for one in entry.cues]):
        return False  # 除外无 says one thing of either side
    text = reading.text(reading.tokens[index])
    endings = [one for start in range(1, len(text)) for one in vocabulary.cues.get(text[start:], ())]
    return any([one.value == "refuted" and one.position != "after" for one in endings])


def doubt_sides(reading: Reading, index: int, cue: Cue) -> None:
    """Doubt the names beside a denial of one of them that is glued to the former: 癫痫病史否认 室缺."""
    if cue.value != "refuted" or max(reading.separations[index + 1 : index + 2], default=LIST) > SOFT:
        return
    left, right = reading.side(index, -1, NONE), reading.side(index, 1, SOFT)
    if left and right:
        for found in (left[2], right[2]):
            found.problem = found.problem or "unclear-negation"


def doubt_led(reading: Reading, index: int, cue: Cue) -> None:
    """Doubt a name that is glued behind a denial or doubt with nothing before it to be said of: 排除诊断室缺.

    新冠阴性室缺 says it of what stands before.
    """
    found = reading.hosts.get(index + 1)
    doubts = cue.axis == "certainty" and cue.value != "affirmed"
    if found and doubts and reading.glued(index + 1) and not reading.glued(index):
        found.problem = found.problem or "unclear-negation"


def only_spaced(reading: Reading, position: int) -> bool:
    """Whether only a space, or a mark as weak, parts the name at `position` from that before it: 未见脑积水 室缺.

    A space ends a statement, or parts the names of a list; what joins the two makes it a list (未见室缺 及 房缺).
    """
    tokens, spaced = reading.tokens, reading.separations[position] == SOFT
    while reading.separations[position] <= SOFT:
        position -= 1
        if position in reading.hosts:
            return spaced
        entry = tokens[position].entry
        if entry is not None and not entry.axes.isdisjoint(_JOINING):
            return False
        spaced = spaced or reading.separations[position] == SOFT
    return False


def _is_between(token: Token) -> bool:
    entry = token.entry if token.kind == "cue" else None
    if entry is None:
        return False
    person = all([cue.axis == "subject" and cue.position == "before" for cue in entry.cues])
    return person or entry.values <= _OWN  # 否认父母有先心病


def is_infix(token: Token) -> bool:
    """Whether the token is a word such as 均."""
    return token.entry is not None and "infix" in token.entry.axes


def is_attributive(token: Token) -> bool:
    """Whether the token makes what stands before it a part of the next name: the 的 of 不伴肺动脉高压的室缺."""
    return token.kind == "cue" and token.entry is not None and "attributive" in token.entry.axes


def overrides(token: Token, cue: Cue) -> bool:
    """Whether the token says something of the cue's own axis, or denies the operation: it reaches no further."""
    if token.kind != "cue" or token.entry is None:
        return False
    return cue.axis in token.entry.axes or (cue.value == OPERATED and not token.entry.values.isdisjoint(UNOPERATED))


def _stops(token: Token, cue: Cue, *, reached: bool) -> str:
    """Whether a cue that follows its names `ends` with the token, which is none of them."""
    values = token.entry.values if token.entry and not reached else _NOTHING
    says_so = not values.isdisjoint((cue.value, "current", ""))  # 行 of 行根治术, 目前 of 目前已闭合, 诊断
    return ENDS if (overrides(token, cue) and not says_so) or (reached and is_attributive(token)) else ""


def parting(reading: Reading, position: int, index: int, cue: Cue) -> int:
    """How strongly a token is parted from the one before it, for a cue at token `index`.

    In a bracket a comma ends what is denied, doubted or over there, as anywhere: （无室缺，房缺）.
    """
    separation = reading.separations[position]
    if not reading.view.nested or not (cue.axis == "certainty" or cue.value == ENDED):
        return separation
    if reading.view.depth[reading.tokens[index].start] == 0 or _is_of_all(reading, index):
        return separation
    return max(separation, reading.view.gaps[reading.tokens[position].start])


def item_end(reading: Reading, index: int) -> int:
    """Where the item ends that token `index` begins behind a number, or else the cell: 1.产前诊断室缺 2.房缺."""
    end, last = len(reading.tokens), index - 1
    while last > 0 and reading.glued(last + 1) and reading.tokens[last].kind == "cue":
        last -= 1
    if last < 0 or reading.tokens[last].measure != BARE:
        return end
    return next((place for place in range(index + 1, end) if reading.tokens[place].measure == BARE), end)


def in_bracket(reading: Reading, found: Found, index: int) -> bool:
    """Whether the concept stands in a bracket that opens behind token `index`."""
    depth = reading.view.depth
    return depth[found.start] > depth[reading.tokens[index].start]


def say_behind(found: Found, reading: Reading, index: int, cue: Cue) -> None:
    """Say the cue of the concept before it, unless it is what a denial of the list denies: 排除室缺、房缺的可能."""
    entry, place = reading.tokens[index].entry, found.token
    denied = entry and "noun" in entry.axes and found.qualifiers.get("certainty") == "refuted"
    if denied and (reading.separations[place] >= LIST or place - 1 not in reading.hosts):
        return
    say(found, reading, reading.tokens[index], cue)
