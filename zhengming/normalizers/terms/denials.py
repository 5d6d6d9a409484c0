"""Denials that deny no name, and words that deny without being known to.

A test may be still to come (CoA？待CTA排除), a word of a name may be all that is denied (术后未见残余分流, 无梗阻), and
an unread word with 不 in it may deny what it is glued to (不诊断先心病, TOF可能性不大).
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.performed import OPERATED, PLANNED, considers
from zhengming.normalizers.terms.reach import only_spaced
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, LIST, NONE, SOFT, Cue, Vocabulary

_BEGINNING: Final = 4  # characters by which a word of one character is known to begin another name
_EARLY: Final = 2  # characters at the start of an unread stretch among which a negator denies what it leads to
_ENDING_SIZES: Final = (3, 4)  # characters of a shared ending with a negator: 关闭不全, 发育不良
_DEGREES: Final = frozenset({"severity", "extent"})
_TELLING: Final = frozenset({"severity", "subject", "timing"})  # axes of what is told of what is there
_OF_RELATIVES: Final = frozenset({"family", "affirmed"})  # what keeps a clause theirs
ENDED: Final = frozenset({"refuted", "resolved"})  # what a shunt may be that is no more


def is_pending(reading: Reading, index: int, pending: tuple[str, ...]) -> bool:
    """Whether the denying word at token `index` is still to come true: an item that begins with 待 ends with it."""
    position = index
    while position > 0 and reading.separations[position] <= SOFT:
        position -= 1
        token = reading.tokens[position]
        if token.kind == "unknown" and reading.text(token).startswith(pending):
            return True
        if token.entry and any(cue.value == PLANNED and cue.position == "before" for cue in token.entry.cues):
            return reading.glued(position + 1)  # 必要时除外房缺
        if token.kind != "unknown" and not _says(token, "neutral"):
            return False
    return False


def denies_a_word(reading: Reading, index: int, whole: tuple[str, ...]) -> bool:
    """Whether the denying word at token `index` has no more to deny in its item than a sub-type or course word.

    A name must stand before it, for the denied word to be a word of. A word that says by itself what is not left
    (残余分流) is all that is denied, whatever name is glued to it.
    """
    after = index + 1
    if after >= len(reading.tokens) or reading.separations[after] > SOFT or not _is_word(reading.tokens[after]):
        return False
    if reading.glued(after + 1) and reading.text(reading.tokens[after]).endswith(whole):
        return True
    ends = reading.separations[after + 1] >= BRACKET or after + 1 == len(reading.tokens)
    return ends and any(host < index for host in reading.hosts)


def goes_on(reading: Reading, index: int) -> bool:
    """Whether token `index` is a name behind a comma in a list that ends with 或: no VSD, ASD, or PDA."""
    if reading.separations[index] > CLAUSE:
        return False
    if _says(reading.tokens[index], "alternative"):
        return True
    if index not in reading.hosts:
        return False
    for position in range(index, len(reading.tokens)):
        token = reading.tokens[position]
        if reading.separations[position] > CLAUSE:
            return False
        if _says(token, "alternative"):
            return True
        if position not in reading.hosts and token.kind not in ("modifier", "part"):
            return False
    return False


def ends_before(reading: Reading, index: int, position: int) -> bool:
    """Whether the denial at token `index` ends before the name at `position`, which only a space parts from its list.

    It does where every name has its own (无呼衰 无心衰 室缺), and before a name of which a size, a degree or a time is
    told, or whose it is: 未见心内膜垫缺损 仅PFO 2mm.
    """
    if reading.separations[position] > SOFT:
        return False
    start = position
    while start - 1 > index and reading.glued(start) and start - 1 not in reading.hosts:
        start -= 1
    if reading.separations[start] == SOFT and start - 1 > index:
        told = not _TELLING.isdisjoint(reading.hosts[position].qualifiers) or _is_sized(reading, position)
        entries = [token.entry for token in reading.tokens[start:position]]
        if told or any([entry is not None and not entry.axes.isdisjoint(_TELLING) for entry in entries]):
            return True
    denying, first = reading.tokens[index].entry, index
    while first > 0 and reading.separations[first] < CLAUSE:
        first -= 1
        if reading.tokens[first].entry is denying:
            return True
    return False


def may_be_there(reading: Reading, position: int) -> bool:
    """Whether the name at `position` may be there though it stands in a denied list.

    It is measured, a history ends, or only a space parts the two: 无肺高压房缺5mm, 无青紫史室缺, 无肺高压 房缺; but
    无青紫史癫痫史 denies both.
    """
    if _is_sized(reading, position) or only_spaced(reading, position):
        return True
    before, after = reading.tokens[position - 1], position + 1
    if before.kind != "cue" or not _tells_history(before) or not reading.glued(position):
        return False
    return after == len(reading.tokens) or not _tells_history(reading.tokens[after])


def _is_sized(reading: Reading, position: int) -> bool:
    """Whether a length stands behind the name at `position`, at most a space between."""
    after = reading.tokens[position + 1] if position + 1 < len(reading.tokens) else None
    sized = after is not None and after.measure is not None and after.measure.quantity == "length_mm"
    return sized and reading.separations[position + 1] <= SOFT


def _tells_history(token: Token) -> bool:
    return token.entry is not None and "history" in token.entry.values


def doubt_both(reading: Reading, index: int, cue: Cue) -> None:
    """Of two names that 或 joins, neither is sure."""
    sides = [reading.side(index, step, LIST) for step in (-1, 1)]
    found = [side[2] for side in sides if side]
    if len(found) == len(sides) and all(one.qualifiers.get("certainty") in (None, "affirmed") for one in found):
        for one in found:
            one.qualifiers["certainty"] = cue.value
            one.steps.append(("qualifier", f"{reading.raw(reading.tokens[index])} → certainty={cue.value}"))


def is_denied(reading: Reading, index: int, whole: tuple[str, ...]) -> bool:
    """Whether token `index` is such a sub-type or course word, denied by the word before it."""
    if not _is_word(reading.tokens[index]):
        return False
    if index > 0 and _denies(reading.tokens[index - 1]) and denies_a_word(reading, index - 1, whole):
        return True
    after = index + 1
    return after < len(reading.tokens) and _denies(reading.tokens[after]) and denied_behind(reading, after)


def denied_behind(reading: Reading, index: int) -> bool:
    """Whether the denying word at token `index` closes an item that is just a course word: 残余分流无, 残余分流消失."""
    if index == 0 or not _is_course(reading.tokens[index - 1]):
        return False
    operated = reading.tokens[index - 2].entry if index > 1 else None  # 室缺术后残余分流未见
    starts = index == 1 or reading.separations[index - 1] >= CLAUSE
    starts = starts or (operated is not None and OPERATED in operated.values)
    ends = index + 1 == len(reading.tokens) or reading.separations[index + 1] >= CLAUSE
    return starts and ends and reading.separations[index] <= SOFT


def leave_others(reading: Reading, lexicon: Lexicon) -> None:
    """Leave out a denial of others than what the cell names: 未见其他先心病 denies none that is named.

    A denying word that begins another name (非霍奇金B细胞淋巴瘤) makes the name behind it doubtful.
    """
    for found in list(reading.found):
        if found.qualifiers.get("certainty") != "refuted" or found.token < 1:
            continue
        _take_back(found, reading, lexicon.vocabulary.whole)
        if not reading.glued(found.token):
            continue
        if reading.tokens[found.token - 1].kind == "modifier":
            _deny_kind(found, reading, lexicon)
            continue
        before = reading.tokens[found.token - 1]
        if before.entry and "others" in before.entry.values:
            reading.found.remove(found)
        elif before.end - before.start == 1 and lexicon.begins_name(reading.view.text[before.start :][:_BEGINNING]):
            found.problem = found.problem or "unread-before"


def _deny_kind(found: Found, reading: Reading, lexicon: Lexicon) -> None:
    """Doubt a denial by a part of a word, of a kind that makes no concept of the name: 非阵发性交界性心动过速."""
    first, said = found.token, list[tuple[str, str]]()
    while reading.glued(first) and (entry := reading.tokens[first - 1].entry) and entry.modifiers:
        first -= 1
        said += [(one.axis, one.value) for one in entry.modifiers]
    token = reading.tokens[first - 1] if reading.glued(first) else None
    if token is None or not _says(token, "certainty") or reading.text(token) not in lexicon.vocabulary.changes_before:
        return
    needed = {one for code in found.codes for kinds, _code in lexicon.defined.get(code, ()) for one in kinds}
    if needed.isdisjoint(said):
        found.problem = found.problem or "unclear-negation"


def _take_back(found: Found, reading: Reading, whole: tuple[str, ...]) -> None:
    """Take back a denial all of whose object stands before the name: 无残余分流肺动脉高压.

    A space may as well part what is denied: 无残余分流 心包积液.
    """
    position, strongest = found.token, NONE
    while position > 0 and reading.separations[position] < LIST:
        strongest = max(strongest, reading.separations[position])
        position -= 1
        token = reading.tokens[position]
        if _says(token, "certainty"):
            return
        if reading.text(token).endswith(whole):
            break
    else:
        return
    if strongest == SOFT:
        found.problem = found.problem or "unclear-negation"
    elif position not in reading.hosts or reading.hosts[position] is not found:
        found.qualifiers["certainty"] = "affirmed"
        if found.qualifiers.get("course") == "resolved":
            found.qualifiers.setdefault("timing", "history")  # 无残余分流肺动脉高压消失
        found.steps[:] = [step for step in found.steps if not step[1].endswith("certainty=refuted")]


def leave_relatives(reading: Reading, assigning: Container[str]) -> None:
    """Take a name for the child's again where the clause that speaks of relatives denies: 家族中无先心病，室缺.

    Not where a word says that something is there, which may be theirs: 母亲无高血压，有室缺. Behind a heading it cannot
    be told whose it is: 家族史：无高血压，癫痫; nor behind a comma where no heading stands before: 母孕期贫血，室缺.
    """
    for found in reading.found:
        if found.qualifiers.get("subject") != "family" or found.qualifiers.get("certainty") == "refuted":
            continue
        first, last = _clause(reading, found.token)
        parted = reading.view.gaps[reading.tokens[first].start] >= CLAUSE
        said = _values(reading, first, last)
        while first > 0 and said.isdisjoint(_OF_RELATIVES):
            first, last = _clause(reading, first - 1)
            said = _values(reading, first, last)
            if said >= {"family", "refuted"} and not _affirms(reading, first, last, assigning):
                if any(map(_heads, reading.tokens[first:last])):
                    found.problem = found.problem or "unclear-negation"
                    break
                found.qualifiers["subject"] = "patient"
                found.steps[:] = [step for step in found.steps if not step[1].endswith("subject=family")]
                break
            if parted and "family" in said and not _is_headed(reading, first, last, assigning):
                found.problem = found.problem or "unclear-negation"


def _affirms(reading: Reading, first: int, last: int, assigning: Container[str]) -> bool:
    """Whether one of these tokens says that something is there, and is no mere heading: 诊断：家族史：无先心病."""
    return any(
        [
            "affirmed" in _values(reading, place, place + 1) and not _has_mark(reading, token, assigning)
            for place, token in enumerate(reading.tokens[first:last], first)
        ]
    )


def _clause(reading: Reading, place: int) -> tuple[int, int]:
    """The first token of the clause that token `place` is in, and the one after the last."""
    first, last = place, place + 1
    while first > 0 and reading.separations[first] < CLAUSE:
        first -= 1
    while last < len(reading.tokens) and reading.separations[last] < CLAUSE:
        last += 1
    return first, last


def _is_headed(reading: Reading, first: int, last: int, assigning: Container[str]) -> bool:
    """Whether one of these tokens is a word such as 家族史, or one of a relative with a mark behind it: 母亲：."""
    return any(
        [
            _heads(token) or ("family" in _values(reading, place, place + 1) and _has_mark(reading, token, assigning))
            for place, token in enumerate(reading.tokens[first:last], first)
        ]
    )


def _has_mark(reading: Reading, token: Token, assigning: Container[str]) -> bool:
    return reading.view.between(token.end) in assigning


def _heads(token: Token) -> bool:
    """Whether the token is a word such as 家族史, which may stand over a list."""
    entry = token.entry
    return entry is not None and any(cue.axis == "subject" and cue.position == "both" for cue in entry.cues)


def _values(reading: Reading, first: int, last: int) -> set[str]:
    """What the cues among these tokens say."""
    entries = [token.entry for token in reading.tokens[first:last] if token.kind == "cue" and token.entry]
    return {value for entry in entries for value in entry.values}


def is_no_end(reading: Reading, index: int, cue: Cue, vocabulary: Vocabulary) -> bool:
    """Whether the word at token `index` ends or doubts no name.

    It speaks of a course word, of what is hoped for, or of whether to operate.
    """
    entry = reading.tokens[index].entry
    if entry and cue.axis == "certainty" and reading.glued(index + 1) and considers(reading, index, entry, vocabulary):
        return True
    if cue.value == "suspected" and reading.glued(index + 1):
        following = reading.tokens[index + 1]
        return following.kind == "cue" and following.entry is not None and "resolved" in following.entry.values
    if cue.value not in ENDED:
        return False
    return denied_behind(reading, index) or (cue.value == "resolved" and _is_hoped(reading, index, vocabulary))


def _is_hoped(reading: Reading, index: int, vocabulary: Vocabulary) -> bool:
    """Whether the word at token `index` tells what is only hoped for: 自愈可能, 有望自愈; the hope is used up."""
    after = index + 1
    if reading.glued(after):
        token = reading.tokens[after]
        if _is_suspected(token) or reading.text(token).startswith(vocabulary.hopes_behind):
            token.kind = "part" if token.kind == "cue" else token.kind
            return True
    if not reading.glued(index):
        return False
    token = reading.tokens[index - 1]
    if token.kind == "cue" and _is_suspected(token):
        return True
    if token.kind == "term" or not reading.text(token).endswith(vocabulary.hopes_before):
        return False
    if reading.text(token) in vocabulary.hopes_before:
        token.kind = "part"  # 尚未治愈
    return True


def _is_suspected(token: Token) -> bool:
    entry = token.entry
    return token.kind == "cue" and entry is not None and "suspected" in entry.values


def turn(reading: Reading, index: int, negators: tuple[str, ...]) -> bool:
    """Whether the word at token `index` is glued to an unread one that ends with a negator (不诊断), then used up."""
    before = reading.tokens[index - 1] if index else None
    if before is None or before.kind != "unknown" or not reading.glued(index):
        return False
    if not reading.text(before).endswith(negators):
        return False
    before.kind = "part"
    return True


def is_doubted(reading: Reading, found: Found, names: str, lexicon: Lexicon) -> bool:
    """Whether an unread word glued to the name, or to words glued to it, has a negator that its `names` have not.

    One that ends as names with a negator do (支气管肺发育不良) is itself a name, and 不大 only says how much.
    """
    tokens, negators, endings = reading.tokens, lexicon.vocabulary.negators, lexicon.endings
    position = found.token
    while position > 0 and reading.glued(position) and position - 1 not in reading.hosts:
        position -= 1
        if tokens[position].kind == "unknown":
            stretch = reading.text(tokens[position])
            if stretch.endswith(negators) or any(one in stretch[:_EARLY] for one in negators):
                return True  # 尚未发展为艾森曼格综合征
            break
    position = found.token + 1
    while position < len(tokens) and position not in reading.hosts and reading.glued(position):
        if tokens[position].kind == "unknown":
            stretch = reading.text(tokens[position])
            if is_no_degree(stretch, lexicon):
                return False
            denies = any(one in stretch for one in negators) and stretch not in names  # PDA未闭
            ends = (stretch[-size:] for size in _ENDING_SIZES)
            return denies and not any(end in endings and any(one in end for one in negators) for end in ends)
        position += 1
    return False


def is_no_degree(stretch: str, lexicon: Lexicon) -> bool:
    """Whether the unread stretch denies no more than a degree: 不大, 不重."""
    entry = lexicon.entries.get(stretch[1:]) if stretch[:1] in lexicon.vocabulary.negators else None
    return entry is not None and not entry.senses and not entry.axes.isdisjoint(_DEGREES)


def _is_word(token: Token) -> bool:
    return token.kind == "modifier" or _is_course(token)


def _is_course(token: Token) -> bool:
    entry = token.entry if token.kind in ("modifier", "cue") else None
    if entry is None:
        return False
    return "course" in entry.axes or any(one.axis == "course" for one in entry.modifiers)


def _denies(token: Token) -> bool:
    entry = token.entry
    return token.kind == "cue" and entry is not None and not entry.values.isdisjoint(ENDED)


def _says(token: Token, axis: str) -> bool:
    entry = token.entry
    return token.kind == "cue" and entry is not None and axis in entry.axes
