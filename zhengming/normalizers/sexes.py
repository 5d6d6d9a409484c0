"""Sex as recorded, by GB/T 2261.1: 1 male, 2 female, 0 unknown, 9 not stated.

The worse mistake is the other sex: the check against the identity number then accuses the number. So a cell with both
(男/女, an unticked form) names nothing, and no sex is taken from a name or a title such as 宝宝.

>>> normalize("女童").value, normalize("Ｍ").value, normalize(1.0).value, normalize("男/女").status
('2', '1', '1', 'unmatched')
"""

from __future__ import annotations

from zhengming.normalizers import category_values
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome

CATEGORY = "sex"


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The code of the sex that a cell states.

    Accepted: `known`. Review: `ambiguous`, `only-similar`, `ditto`. Unmatched: `nothing-similar`, `names-nothing`.
    """
    return category_values.normalize(raw, context, CATEGORY)


def is_valid(value: object) -> bool:
    """Whether `value` is one of "0", "1", "2", "9"."""
    return category_values.is_valid(value, CATEGORY)


def format(value: str) -> str:
    """The preferred word of the dictionary.

    >>> format("2")
    '女性'
    """
    return category_values.name(value, CATEGORY)
