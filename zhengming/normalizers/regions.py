"""Regions and addresses: the administrative division a text names, as a code of GB/T 2260.

The text may leave levels out (河北长安区), shorten names (石家庄, 凉山州), name a division that has since been renamed
or merged (密云县 lies in 密云区), say whose registered residence it is (…户籍), and go on with a street or a village.

The worse mistake is another place: entitlements and statistics follow the residence. So nothing is guessed: 朝阳区
is in Beijing and in Changchun and goes to review, as does a path that contradicts itself (河北省东城区) or names a
division nobody knows. A street or zone below the division (建设北大街, 高新区) leaves the code at the division that was
named, and a name that a division and one inside it share (恩施) at the outer one: coarser, never wrong.

The canonical text is the full path. Divisions and former names are those of category `region` of the dictionary.

>>> normalize("石家庄市长安区建设北大街12号").value, normalize("北京密云县").value
('130102', '110118')
>>> normalize("朝阳区").reason, normalize("河北省东城区").reason, format("130102")
('ambiguous', 'levels-disagree', '河北省石家庄市长安区')
"""

from __future__ import annotations

from zhengming.normalizers import category_values
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome

CATEGORY = "region"


def normalize(raw: object, context: Context = PLAIN) -> Outcome:
    """The code of the division that a cell names.

    Accepted: `known`. Review with a proposal: `ambiguous`, `levels-disagree`, `unknown-division`, `unread-after`,
    `only-similar`, `unclear-code`; without: `ditto`. Unmatched: `nothing-similar`, `names-nothing`, `unknown-code`.
    """
    return category_values.normalize(raw, context, CATEGORY)


def is_valid(value: object) -> bool:
    """Whether `value` is the code of a division that exists today."""
    return category_values.is_valid(value, CATEGORY)


def format(value: str) -> str:
    """The full path of names.

    >>> format("110105")
    '北京市朝阳区'
    """
    return category_values.path(value, CATEGORY)
