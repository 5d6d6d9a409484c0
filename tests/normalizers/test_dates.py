"""Laws of dates: every day is read in every safe way to write it, and no part of a date is invented."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.normalizers import Context, dates

DAYS = st.dates(date(1950, 1, 1), date(2099, 12, 31))


@given(DAYS)
def test_every_day_is_read_in_each_unambiguous_form(day: date) -> None:
    year, month, number = day.year, day.month, day.day
    for text in (
        f"{year}年{month}月{number}日",
        f"{year}.{month}.{number}",
        f"{year}/{month:02}/{number:02}",
        f"{day:%Y%m%d}",
    ):
        outcome = dates.normalize(text)
        assert (outcome.value, outcome.status) == (day, "accepted")


@pytest.mark.parametrize("date1904", [False, True])
@given(day=DAYS)
def test_a_serial_number_counts_from_the_first_day_of_its_system(date1904: bool, day: date) -> None:
    first = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
    assert dates.of_serial((day - first).days, date1904=date1904) == day
    assert dates.normalize((day - first).days, Context(date1904=date1904)).value == day


@given(DAYS, st.sampled_from(["dmy", "mdy"]))
def test_a_stated_order_is_followed(day: date, order: str) -> None:
    text = f"{day.day}/{day.month}/{day.year}" if order == "dmy" else f"{day.month}/{day.day}/{day.year}"
    assert dates.normalize(text, Context(order=order)).value == day


@given(DAYS)
def test_a_two_digit_year_is_never_accepted(day: date) -> None:
    for text in (f"{day:%y-%m-%d}", f"{day:%y}年{day.month}月{day.day}日", f"{day:%y%m%d}"):
        assert dates.normalize(text).status != "accepted"


@given(st.integers(1950, 2099), st.integers(1, 12))
def test_a_month_is_never_given_a_day(year: int, month: int) -> None:
    for text in (f"{year}年{month}月", f"{year}.{month:02}", f"{year}-{month}", f"{year}{month:02}"):
        outcome = dates.normalize(text)
        assert (outcome.value, outcome.status) == (None, "review")
