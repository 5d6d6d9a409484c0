"""Laws of phones: every mobile is read however it is grouped, several are all kept, and no digit is made up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zhengming.normalizers import phones

MOBILES = st.integers(13_000_000_000, 19_999_999_999).map(str)


@given(MOBILES)
def test_a_mobile_is_read_in_each_grouping(number: str) -> None:
    spaced = f"{number[:3]} {number[3:7]} {number[7:]}"
    for raw in (
        number,
        int(number),
        float(number),
        spaced,
        spaced.replace(" ", "-"),
        f"+86{number}",
        f"手机：{spaced}",
    ):
        assert phones.normalize(raw).value == number
        assert phones.normalize(raw).status == "accepted"


@given(st.lists(MOBILES, min_size=2, max_size=phones.MAX_NUMBERS, unique=True), st.sampled_from("/;、，,\n "))
def test_several_mobiles_are_all_kept_in_order(numbers: list[str], between: str) -> None:
    assert phones.normalize(between.join(numbers)).value == ";".join(numbers)


@given(MOBILES, st.integers(0, 10))
def test_a_mobile_that_lacks_a_digit_is_never_accepted(number: str, place: int) -> None:
    assert phones.normalize(number[:place] + number[place + 1 :]).status != "accepted"
