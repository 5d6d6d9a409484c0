"""Yes or no: Y, N, or U for a stated unknown.

The worse mistake is the opposite: a no for 贫困户 or for 已手术 changes what a child gets. So 1 and 2, which forms use
in both directions, go to review, an unticked 是/否 or □ names nothing, and an empty cell is empty, not no.

>>> normalize("√").value, normalize("无").value, normalize(True).value
('Y', 'N', 'Y')
>>> normalize("1").reason, normalize("是/否").status, normalize("").reason
('ambiguous', 'unmatched', 'empty')
"""

from __future__ import annotations

from zhengming.normalizers import category_values
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome

CATEGORY = "yes_no"


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The code of the answer that a cell gives.

    Accepted: `known`. Review: `ambiguous`, `only-similar`, `ditto`. Unmatched: `nothing-similar`, `names-nothing`.
    """
    return category_values.normalize(raw, context, CATEGORY)


def is_valid(value: object) -> bool:
    """Whether `value` is one of "Y", "N", "U"."""
    return category_values.is_valid(value, CATEGORY)


def format(value: str) -> str:
    """The preferred word of the dictionary.

    >>> format("Y")
    '是'
    """
    return category_values.name(value, CATEGORY)
