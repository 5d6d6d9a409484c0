"""Value normalizers: one module per kind of value, each answering with an `Outcome` and never with an exception.

Every module of the registry has the same three functions: `normalize(raw, context)`, `is_valid(value)` and
`format(value)`, and says in its docstring which mistake is worse there. For each accepted value `v`,
`normalize(format(v))` is accepted and gives `v` again. Values of one category of the dictionary (sex, region, hospital,
yes or no) are codes; cells that name several concepts (diagnosis) are read by `coded` and are not here.

>>> normalizer("amount").normalize("1.5万").value
Decimal('15000.00')
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Protocol, cast

from zhengming.errors import UsageError
from zhengming.normalizers.context import PLAIN, Context
from zhengming.normalizers.outcome import Outcome

__all__ = ["KINDS", "PLAIN", "Context", "Normalizer", "Outcome", "normalizer"]

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "age": "zhengming.normalizers.ages",
        "amount": "zhengming.normalizers.amounts",
        "credit_code": "zhengming.normalizers.credit_codes",
        "date": "zhengming.normalizers.dates",
        "hospital": "zhengming.normalizers.hospitals",
        "id_document": "zhengming.normalizers.id_documents",
        "identifier": "zhengming.normalizers.identifiers",
        "measurement": "zhengming.normalizers.measurements",
        "percentage": "zhengming.normalizers.percentages",
        "person_name": "zhengming.normalizers.person_names",
        "phone": "zhengming.normalizers.phones",
        "region": "zhengming.normalizers.regions",
        "resident_id": "zhengming.normalizers.resident_ids",
        "sex": "zhengming.normalizers.sexes",
        "text": "zhengming.normalizers.texts",
        "yes_no": "zhengming.normalizers.yes_no",
    }
)


class Normalizer(Protocol):
    """What each module named in `KINDS` provides."""

    def normalize(self, raw: object, context: Context = PLAIN) -> Outcome:
        """What one raw cell value means, never raising."""

    def is_valid(self, value: object) -> bool:
        """Whether `value` is one that `normalize` may accept."""

    def format(self, value: Any) -> str:
        """The canonical text of a valid value."""


def normalizer(kind: str) -> Normalizer:
    """The module that normalizes values of `kind`, imported on first use.

    Raises:
        UsageError: no such kind.

    >>> normalizer("date").format(normalizer("date").normalize("2021年7月6日").value)
    '2021-07-06'
    """
    try:
        name = KINDS[kind]
    except KeyError:
        raise UsageError(f"no kind of value {kind!r}", remedy=f"choose one of {', '.join(KINDS)}") from None
    return cast(Normalizer, import_module(name))
