"""Values of a category of the dictionary: what regions, hospitals, sexes and yes-or-no have in common.

A value is a code of the category. Which dictionary is meant is said by `Context.dictionary`; the bundled one if not.
"""

from __future__ import annotations

from functools import lru_cache

from zhengming.dictionary.model import Dictionary
from zhengming.normalizers import cells, coded
from zhengming.normalizers.context import Context
from zhengming.normalizers.outcome import Outcome, accepted, review, unmatched
from zhengming.normalizers.terms.matcher import Matcher

_KEPT = 16  # matchers: the few categories of this kind, in a dictionary or two


def normalize(raw: object, context: Context, category: str) -> Outcome:
    """The code of `category` that a cell states; a proposal where a human has to choose."""
    outcome = cells.settled(raw, words=False)
    if outcome is not None:
        return outcome
    if isinstance(raw, bool):
        text = str(raw)
    elif isinstance(raw, (int, float)):
        written = cells.digits(raw)
        if written is None:
            return unmatched("names-nothing")
        text = written
    elif isinstance(raw, str):
        text = raw
    else:
        return unmatched("names-nothing")
    cell = coded.normalize(text, _matcher(context.dictionary, category))
    proposed = cell.codes or tuple(one.code for one in cell.mentions if one.code)
    if cell.status == "accepted":
        return accepted(cell.codes[0] if cell.codes else None, cell.reason)
    return review(proposed[0] if proposed else None, cell.reason) if cell.status == "review" else unmatched(cell.reason)


def is_valid(value: object, category: str, dictionary: Dictionary | None = None) -> bool:
    """Whether `value` is a code of `category` that is in use."""
    concepts = _matcher(dictionary, category).category.concepts
    return isinstance(value, str) and value in concepts and concepts[value].status == "active"


def name(value: str, category: str, dictionary: Dictionary | None = None) -> str:
    """The preferred name of a code."""
    return _matcher(dictionary, category).name(value)


def path(value: str, category: str, dictionary: Dictionary | None = None) -> str:
    """The preferred names from the top of the hierarchy down to a code, as one text.

    >>> path("110101", "region"), path("130102", "region")
    ('北京市东城区', '河北省石家庄市长安区')
    """
    return _matcher(dictionary, category).category.path(value)


@lru_cache(maxsize=_KEPT)
def _matcher(dictionary: Dictionary | None, category: str) -> Matcher:
    return Matcher(dictionary or Dictionary.open(), category)
