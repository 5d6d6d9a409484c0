"""Hosts: which concept a word of a kind or a degree belongs to, of those it stands between."""

from __future__ import annotations

from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, LIST, SOFT


def modified(reading: Reading, index: int, qualifier: tuple[str, str], lexicon: Lexicon) -> Found | None:
    """The concept that a sub-type word belongs to."""
    host = reading.bracket_host(index)
    if host:
        return host
    left = reading.side(index, -1, BRACKET)
    right = None if _begins_a_word(reading, index) else reading.side(index, 1, SOFT)
    if left and right:
        cores = lexicon.cores.get(qualifier, frozenset())
        left_fits, right_fits = (fits(side[2], cores, lexicon) for side in (left, right))
        if left_fits != right_fits:
            return left[2] if left_fits else right[2]
        return left[2] if left[:2] < right[:2] else right[2]
    side = left or right
    return side[2] if side else apart(reading, index)


def _begins_a_word(reading: Reading, index: int) -> bool:
    """Whether the word begins something that is not read and ends before the next name: the type of 2型糖尿病 房缺."""
    after = index + 1
    if after >= len(reading.tokens) or reading.tokens[after].kind != "unknown" or not reading.glued(after):
        return False
    return after + 1 == len(reading.tokens) or not reading.glued(after + 1)


def fits(found: Found, cores: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether a qualifier that makes other concepts of `cores` can be said of the concept."""
    return any(code in cores or lexicon.category.ancestors(code) & cores for code in found.codes)


def apart(reading: Reading, index: int) -> Found | None:
    """The concept before the comma, where the word's own clause has none: 肺动脉高压，重度."""
    ahead = reading.side(index, 1, LIST)
    depth = reading.view.depth
    if ahead and depth[ahead[2].start] > depth[reading.tokens[index].start]:
        ahead = None  # 心内膜垫缺损，部分型（二尖瓣裂）
    behind = reading.side(index, -1, CLAUSE)
    if ahead or behind is None:
        return None
    found, position = behind[2], behind[2].token
    while position > 0 and depth[found.start] > depth[reading.tokens[index].start]:
        position -= 1  # 主动脉瓣狭窄（二叶式主动脉瓣），重度
        found = reading.hosts.get(position, found)
    return found
