"""What every kind of value promises, whatever the cell: one contract over the registry."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.errors import UsageError
from zhengming.normalizers import KINDS, Context, normalizer
from zhengming.normalizers.context import ORDERS
from zhengming.normalizers.outcome import STATUSES

ALPHABET = (
    "0123456789０９xXeE+-.,/:;、，。 　\n\t()（）¥$%*#'·•"
    "年月日岁周天个半约至元角分万千百十亿三二〇零两廿叁仟张李父转号农历"
)
FRAGMENTS = (
    "2021",
    "年",
    "月",
    "日",
    "岁",
    "万",
    "元",
    "1.5",
    "13900000000",
    "110101",
    "-",
    "/",
    " ",
    "之子",
    "半",
    "约",
    "零",
)

written = st.text(ALPHABET, max_size=40) | st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join)
numbers = st.integers() | st.integers(10**14, 10**19) | st.floats() | st.decimals() | st.floats(0, 60_000)
moments = st.dates() | st.datetimes() | st.times() | st.timedeltas() | st.booleans()
aware = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-12)), timezone(timedelta(hours=14))]))
anything = st.none() | st.text() | written | numbers | moments | aware | st.binary() | st.lists(st.integers())
contexts = st.builds(
    Context,
    unit=st.sampled_from(["", "元", "万元", "千元", "岁", "月", "天", "美元", "例", "（万元）"]) | st.text(max_size=6),
    date1904=st.booleans(),
    order=st.sampled_from(ORDERS),
)

HUGE: list[Any] = [
    "9" * 100_000, "一" * 100_000, "(" * 4096, "1," * 2048, "2021-07-06 " * 372, "  " * 2048, "1万" * 2048,
    "张 " * 2048, "13900000000;" * 341, "\ud800" * 4096, "a" + " " * 4094 + "b", "-" * 4096, "0" * 4096,
    "岁" * 4096, "1岁" * 2048, 10**5000, -(10**5000), 10**76, Decimal("1e1000000"), Decimal("-1e-1000000"),
    Decimal("sNaN"), Decimal("Infinity"), float("inf"), float("-inf"), float("nan"), 5e-324, 1.7976931348623157e308,
    date.min, date.max, datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC), time.max, timedelta.max,
    object(), b"\xff", [], {}, 1j, type,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
class TestContract:
    def test_the_three_functions_exist_and_are_documented(self, kind: str) -> None:
        module = normalizer(kind)
        for function in (module.normalize, module.is_valid, module.format):
            assert callable(function)
            assert function.__doc__
        assert "worse mistake" in str(module.__doc__)

    @given(raw=anything, context=contexts)
    def test_normalizing_never_raises_and_has_a_legal_status(self, kind: str, raw: object, context: Context) -> None:
        outcome = normalizer(kind).normalize(raw, context)
        assert outcome.status in STATUSES
        assert outcome.reason
        assert outcome.reason == outcome.reason.lower()
        assert 0 <= outcome.confidence <= 1

    @given(raw=anything, context=contexts)
    def test_an_accepted_value_is_valid_and_its_text_gives_it_again(
        self, kind: str, raw: object, context: Context
    ) -> None:
        module = normalizer(kind)
        outcome = module.normalize(raw, context)
        if outcome.status != "accepted" or outcome.value is None:
            return
        assert module.is_valid(outcome.value)
        again = module.normalize(module.format(outcome.value))
        assert (again.value, again.status) == (outcome.value, "accepted")

    @given(raw=anything)
    def test_what_is_unmatched_has_no_value(self, kind: str, raw: object) -> None:
        outcome = normalizer(kind).normalize(raw)
        assert outcome.status != "unmatched" or outcome.value is None

    @given(value=anything)
    def test_validity_can_be_asked_of_anything(self, kind: str, value: object) -> None:
        module = normalizer(kind)
        if module.is_valid(value):
            assert module.normalize(module.format(value)).value == value

    @pytest.mark.parametrize("raw", HUGE, ids=range(len(HUGE)))
    def test_a_hostile_cell_has_an_outcome(self, kind: str, raw: object) -> None:
        outcome = normalizer(kind).normalize(raw)
        assert outcome.status in STATUSES
        assert normalizer(kind).is_valid(raw) in (True, False)


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="person_name"):
        normalizer("colour")


def test_an_unknown_order_of_dates_is_refused() -> None:
    with pytest.raises(UsageError, match="mdy"):
        Context(order="ydm")
