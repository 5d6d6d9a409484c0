"""Hospitals: one hospital by any of its names, with its campus, department or former name beside it.

The worse mistake is another hospital: grants are paid to it. So a name is accepted only as the dictionary has it, and
of what stands beside it only what says the same hospital once more: a campus (西山院区), a department, a former or
second name (原…医院, A医院/B医院 of one hospital). Two hospitals in a cell contradict each other, 人民医院 alone is
many, and 某医院某分院 goes to review: it may be a hospital of its own.

Hospitals and their names are those of category `hospital` of the dictionary.

>>> normalize("中国医学科学院阜外医院（西山院区）").value, normalize("人民医院").reason
('H0001', 'ambiguous')
"""

from __future__ import annotations

from zhengming.normalizers import category_values
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome

CATEGORY = "hospital"


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The code of the hospital that a cell names.

    Accepted: `known`. Review with a proposal: `ambiguous`, `names-disagree`, `unread-after`, `only-similar`,
    `too-broad`; without: `ditto`. Unmatched: `nothing-similar`, `names-nothing`, `unknown-code`.
    """
    return category_values.normalize(raw, context, CATEGORY)


def is_valid(value: object) -> bool:
    """Whether `value` is the code of a hospital in the dictionary."""
    return category_values.is_valid(value, CATEGORY)


def format(value: str) -> str:
    """The hospital's preferred name.

    >>> format("H0001")
    '中国医学科学院阜外医院'
    """
    return category_values.name(value, CATEGORY)
