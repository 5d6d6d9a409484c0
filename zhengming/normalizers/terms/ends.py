"""Ends: what a word that says that something has ended (已闭合, 已复律) is said of.

It is said of the name right before it, and of others only where a list mark parts them (室缺、房缺已闭合) or a word
says all (均已闭合). What may end so is data, `[ended]` of the category: of 法洛四联症、动脉导管未闭已闭合 only the duct
is closed.
"""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.operations import Operations
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import LIST

_TIMING: Final = "timing"
ENDED: Final = "resolved"

_Before = list[tuple[Found, str | float | None]]


def unended(reading: Reading) -> _Before:
    """The concepts that are not said to have ended, with what is said of their time."""
    return [(found, said) for found in reading.found if (said := found.qualifiers.get(_TIMING)) != ENDED]


def keep_to_ended(reading: Reading, index: int, before: _Before, operations: Operations) -> None:
    """Take back what the word at token `index` said of concepts that it is not said of; `before` is what they were."""
    reached = [one for one in before if one[0].token < index and one[0].qualifiers.get(_TIMING) == ENDED]
    if not reached:
        return
    reached.sort(key=lambda one: -one[0].token)
    word, nearest = reading.text(reading.tokens[index]), reached[0][0]
    if not operations.may_end(nearest, word):
        for found, _said in reached:
            found.problem = found.problem or "unclear-negation"
        return
    of_all = reading.glued(index) and "infix" in _axes(reading, index - 1)
    part = reading.view.text[nearest.start : nearest.end] != nearest.entry.key  # the 动脉导管 of 动脉导管已闭
    last, going = nearest.token, of_all or not part
    for found, said in reached[1:]:
        listed = of_all or max(reading.separations[found.token + 1 : last + 1]) >= LIST
        fits = operations.may_end(found, word)
        if going and listed and fits:
            last = found.token
            continue
        going = of_all
        if said is None:
            del found.qualifiers[_TIMING]
        else:
            found.qualifiers[_TIMING] = said
        found.steps.pop()


def _axes(reading: Reading, index: int) -> frozenset[str]:
    entry = reading.tokens[index].entry
    return entry.axes if entry else frozenset()
