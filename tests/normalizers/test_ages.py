"""Laws of ages: stating an age and reading it again gives the same one, and more units never make a younger child."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zhengming.normalizers import ages


@given(st.integers(0, 149), st.integers(0, 11))
def test_years_and_months_come_back(years: int, months: int) -> None:
    age = ages.normalize(f"{years}岁{months}个月").value
    assert isinstance(age, ages.Age)
    assert age.unit == "month"
    assert ages.normalize(ages.format(age)).value == age
    assert abs(age.days - (years * 365.25 + months * 30.4375)) <= 0.5


@given(st.integers(0, 149), st.integers(0, 11))
def test_an_older_child_has_lived_more_days(years: int, months: int) -> None:
    younger, older = ages.normalize(f"{years}岁{months}月").value, ages.normalize(f"{years}岁{months + 1}月").value
    assert isinstance(younger, ages.Age)
    assert isinstance(older, ages.Age)
    assert younger.days < older.days


@given(st.integers(0, 149))
def test_a_bare_number_is_never_accepted_without_a_unit(number: int) -> None:
    assert ages.normalize(number).status == ages.normalize(str(number)).status == "review"


def test_an_age_that_its_unit_cannot_state_is_invalid() -> None:
    assert not ages.is_valid(ages.Age(100, "year"))
    assert not ages.is_valid(ages.Age(43, "week"))
    assert ages.is_valid(ages.Age(43, "day"))
