"""Laws of amounts: whatever the writing, the sum is the same to the fen."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from zhengming.normalizers import Context, amounts

SUMS = st.decimals(0, 9_999_999, places=2)


@given(SUMS)
def test_a_sum_is_read_in_each_plain_form(amount: Decimal) -> None:
    for raw in (
        f"{amount}",
        f"¥{amount:,}",
        f"{amount:,}元",
        f"人民币{amount}元",
        amount,
        float(amount),
        f"{amount / 10_000:f}万",
    ):
        outcome = amounts.normalize(raw)
        assert (outcome.value, outcome.status) == (amount, "accepted")


@given(st.integers(0, 99_999_999))
def test_capital_numerals_are_read_as_cn2an_writes_them(number: int) -> None:
    import cn2an

    outcome = amounts.normalize(cn2an.an2cn(number, "rmb"))
    assert (outcome.value, outcome.status) == (Decimal(number), "accepted")


@given(st.decimals(0, 999, places=4))
def test_a_unit_in_the_cell_is_never_multiplied_by_the_header(amount: Decimal) -> None:
    text = f"{amount}万元"
    assert amounts.normalize(text, Context(unit="万元")) == amounts.normalize(text)


@given(SUMS)
def test_a_doubtful_word_is_never_accepted(amount: Decimal) -> None:
    for text in (f"约{amount}元", f"{amount}元左右", f"{amount}元以上", f"{amount}-{amount + 1}元", f"{amount}?"):
        assert amounts.normalize(text).status == "review"
