"""Laws of resident identity numbers: one wrong digit is always noticed, lost digits too. All numbers are generated."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhengming.errors import UsageError
from zhengming.normalizers import resident_ids

DAYS = st.dates(date(2090, 1, 1), date(2099, 12, 31))  # nobody is born there yet
REGIONS = st.sampled_from(["110101", "310101", "440106", "510104", "650102"])


@st.composite
def numbers(draw: st.DrawFn) -> str:
    first17 = f"{draw(REGIONS)}{draw(DAYS):%Y%m%d}{draw(st.integers(1, 999)):03}"
    number = first17 + resident_ids.check_digit(first17)
    assume(not number.endswith("000"))
    return number


@given(numbers())
def test_a_right_number_is_accepted_and_tells_its_parts(number: str) -> None:
    assert resident_ids.normalize(number).value == number
    assert resident_ids.is_valid(number)
    assert f"{resident_ids.birth_date(number):%Y%m%d}" == number[6:14]
    assert resident_ids.sex_code(number) == ("1" if int(number[16]) % 2 else "2")
    assert resident_ids.region_code(number) == number[:6]


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_never_accepted(number: str, place: int, change: int) -> None:
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    assert resident_ids.normalize(wrong).status == "unmatched"


@given(numbers(), st.integers(0, 16))
def test_two_neighbours_exchanged_are_never_accepted(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assume(swapped != number)
    assert resident_ids.normalize(swapped).status == "unmatched"


@given(numbers())
def test_a_number_cell_is_refused(number: str) -> None:
    assume(number[-1] != "X")
    assert resident_ids.normalize(float(number)).reason == "lost-digits"
    assert resident_ids.normalize(int(float(number))).reason == "lost-digits"
    assert resident_ids.normalize(int(number[:15] + "000")).reason == "lost-digits"
    assert resident_ids.normalize(number[:15] + "000").status != "accepted"


@pytest.mark.parametrize("value", ["", "110101", "abc", "99010120990101123x"])
def test_the_parts_of_what_is_no_number_are_refused_without_quoting_it(value: str) -> None:
    for part in (resident_ids.birth_date, resident_ids.sex_code, resident_ids.region_code):
        with pytest.raises(UsageError) as caught:
            part(value)
        assert not value or value not in str(caught.value)
