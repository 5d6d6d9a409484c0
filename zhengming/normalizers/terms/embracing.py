"""Embracing: the one concept that is both of two, as what is on both sides is of what is on the left and the right."""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found

_KEPT: Final = 20_000  # pairs of concepts of which it is known what is both, some 5 MB


def embracing(entry: Entry, found: Found, lexicon: Lexicon) -> Entry | None:
    """The name of the one concept that is both, if the category has it: 左右肺动脉均狭窄 is on both sides."""
    if len(entry.codes) > 1 or entry.codes == found.codes:
        return None
    known, both = lexicon.embracing, (entry.codes, found.codes)
    if both not in known:
        if len(known) >= _KEPT:
            known.clear()
        known[both] = _name_of_both({*entry.codes, *found.codes}, lexicon)
    return known[both]


def _name_of_both(kinds: set[str], lexicon: Lexicon) -> Entry | None:
    """The name of the one concept that is of all these kinds."""
    inclusive = {tuple(one.split("=", 1)) for one in lexicon.category.policy.inclusive}
    for ways in lexicon.defined.values():
        made = {code: next(iter(needed)) for needed, code in ways if len(needed) == 1}
        axes = {made[code][0] for code in kinds if code in made}
        both = [code for code, one in made.items() if one in inclusive and axes == {one[0]}]
        if kinds <= made.keys() and len(both) == 1 and both[0] not in kinds:
            return lexicon.terms.get(lexicon.key(lexicon.name(both[0])))
    return None
