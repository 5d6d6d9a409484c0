"""Hosts: which concept a word of a kind or a degree belongs to, of those it stands between."""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, LIST, NONE, SOFT, Cue

_OF_PARTS: Final = frozenset({"site", "laterality"})
BEFORE: Final = frozenset({"laterality"})  # axes of words that stand before their name, where they are glued to one


def modified(reading: Reading, index: int, qualifier: tuple[str, str], lexicon: Lexicon) -> Found | None:
    """The concept that a sub-type word belongs to."""
    host = reading.bracket_host(index)
    if host:
        return host
    left = reading.side(index, -1, BRACKET)
    right = None if _begins_a_word(reading, index) else reading.side(index, 1, SOFT)
    if left and right:
        cores = lexicon.cores.get(qualifier, frozenset())
        leads = qualifier[0] in BEFORE or reading.text(reading.tokens[index]).endswith(lexicon.vocabulary.kind_endings)
        if leads and right[0] == NONE:
            return right[2]  # 动脉导管未闭双侧腹股沟斜疝, 肺动脉高压继发性甲减
        left_fits, right_fits = (fits(side[2], cores, lexicon) for side in (left, right))
        if left_fits != right_fits:
            return left[2] if left_fits else right[2]
        return left[2] if left[:2] < right[:2] else right[2]
    side = left or right
    return side[2] if side else apart(reading, index)


def is_of_former(reading: Reading, index: int, axis: str, sides: tuple[Found, Found], lexicon: Lexicon) -> bool:
    """Whether a degree as near to the name before it as to the one behind is said of the former.

    So it is where the list ends with a degree (TR轻度MR中度), or where only the former has degrees (TR重度WPW); where
    neither tells, as other degrees of the list are.
    """
    begins, ends = _is_degree(reading, index, -1, axis), _is_degree(reading, index, 1, axis)
    if begins != ends:
        return ends
    former, latter = (has_degrees(found, lexicon) for found in sides)
    return former and (not latter or _others_are(reading, index, axis, lexicon))


def _others_are(reading: Reading, index: int, axis: str, lexicon: Lexicon) -> bool:
    """Whether the next degree behind token `index`, no mark between, stands between a name that has one and one not."""
    hosts, separations = reading.hosts, reading.separations
    for position in range(index + 2, len(reading.tokens) - 1):
        if max(separations[position], separations[position + 1]) > SOFT:
            return False
        entry = reading.tokens[position].entry
        former, latter = hosts.get(position - 1), hosts.get(position + 1)
        if former and latter and position not in hosts and entry is not None and axis in entry.axes:
            return has_degrees(former, lexicon) and not has_degrees(latter, lexicon)
    return False


def _is_degree(reading: Reading, index: int, step: int, axis: str) -> bool:
    """Whether the words without a mark among them that token `index` stands in end (begin, if -1) with a degree."""
    last = position = index
    while 0 <= position < len(reading.tokens):
        border = position if step > 0 else position + 1
        if position != index and reading.separations[border] > SOFT:
            break
        if position in reading.hosts or reading.tokens[position].kind == "cue":
            last = position
        position += step
    entry = reading.tokens[last].entry
    return last != index and last not in reading.hosts and entry is not None and axis in entry.axes


def has_degrees(found: Found, lexicon: Lexicon) -> bool:
    """Whether the category says that the concept has degrees."""
    graded = lexicon.category.policy.graded
    return any(code in graded or not lexicon.category.ancestors(code).isdisjoint(graded) for code in found.codes)


def _begins_a_word(reading: Reading, index: int) -> bool:
    """Whether the word begins something that is not read and ends before the next name: the type of 2型糖尿病 房缺."""
    after = index + 1
    if after >= len(reading.tokens) or reading.tokens[after].kind != "unknown" or not reading.glued(after):
        return False
    return after + 1 == len(reading.tokens) or not reading.glued(after + 1)


def _has_other(reading: Reading, index: int) -> bool:
    """Whether the clause goes on behind the word with anything that is not read, or with a denial."""
    position = index + 1
    while position < len(reading.tokens) and reading.separations[position] < CLAUSE:
        token = reading.tokens[position]
        if token.kind == "unknown" or (token.entry is not None and "refuted" in token.entry.values):
            return True
        position += 1
    return False


def fits(found: Found, cores: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether a qualifier that makes other concepts of `cores` can be said of the concept."""
    return any(code in cores or lexicon.category.ancestors(code) & cores for code in found.codes)


def is_of_part(reading: Reading, index: int, lexicon: Lexicon) -> bool:
    """Whether token `index` names a part of which the name before it has no kind: what is said is of that part.

    川崎病 冠脉(-) denies no disease, 主动脉缩窄 导管前(-) does.
    """
    token = reading.tokens[index]
    if token.kind != "modifier" or token.entry is None or reading.view.depth[token.start]:
        return False
    kinds = [(one.axis, one.value) for one in token.entry.modifiers]
    side = reading.side(index, -1, CLAUSE)
    if side is None or not any([axis in _OF_PARTS for axis, _value in kinds]):
        return False
    return not any([fits(side[2], lexicon.cores.get(kind, frozenset()), lexicon) for kind in kinds])


def denies_part(reading: Reading, index: int, cue: Cue, lexicon: Lexicon) -> bool:
    """Whether a denial is of the part before it, not of the disease before that; glued to it, it is doubtful."""
    if cue.value != "refuted" or not index or reading.tokens[index - 1].kind != "modifier":
        return False
    if reading.side(index, 1, LIST) or not is_of_part(reading, index - 1, lexicon):
        return False
    near = reading.side(index - 1, -1, NONE)
    if near:
        near[2].problem = near[2].problem or "unclear-negation"
    return True


def is_with_child(reading: Reading, index: int) -> bool:
    """Whether a word for the child is joined to the one for relatives at token `index`, by a word or a list mark."""
    place = index - 1
    if place > 0 and reading.glued(index) and reading.glued(place):
        link = reading.tokens[place].entry
        place = place - 1 if link is not None and link.joins == LIST else -1
    elif place < 0 or reading.separations[index] != LIST:
        return False
    child = reading.tokens[place].entry if place >= 0 else None
    return child is not None and "patient" in child.values


def apart(reading: Reading, index: int) -> Found | None:
    """The concept before the comma, where the word's own clause has none: 肺动脉高压，重度."""
    ahead = reading.side(index, 1, LIST)
    depth = reading.view.depth
    if ahead and depth[ahead[2].start] > depth[reading.tokens[index].start]:
        ahead = None  # 心内膜垫缺损，部分型（二尖瓣裂）
    behind = reading.side(index, -1, CLAUSE)
    if ahead or behind is None or _has_other(reading, index):
        return None  # 主动脉瓣上狭窄，瓣下未见隔膜: the clause speaks of something else
    found, position = behind[2], behind[2].token
    while position > 0 and depth[found.start] > depth[reading.tokens[index].start]:
        position -= 1  # 主动脉瓣狭窄（二叶式主动脉瓣），重度
        found = reading.hosts.get(position, found)
    return found
