"""Folding a cell's text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zhengming.normalizers import cells


@given(st.text())
def test_folding_twice_changes_nothing_more_but_an_apostrophe(text: str) -> None:
    once = cells.folded(text)
    assert cells.folded(once) == once or once.startswith("'")


def test_a_circled_digit_is_no_digit() -> None:
    assert cells.folded("12000①") == "12000①"


@given(st.integers(-(10**14), 10**14))
def test_fifteen_digits_survive_a_number_cell(number: int) -> None:
    assert cells.digits(number) == str(number)
    assert cells.digits(float(number)) == str(number)


@given(st.integers(10**15, 10**19))
def test_what_went_through_a_double_is_never_taken_for_exact(number: int) -> None:
    assert cells.digits(float(number)) is None
    assert cells.digits(int(float(number))) is None
