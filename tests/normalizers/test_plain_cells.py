"""A cell that is nothing but a plain value is read at once, and as any other: a space before it changes nothing."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from zhengming.normalizers import Context, amounts, cells, person_names, phones, resident_ids
from zhengming.normalizers.value_words import words

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
WORDS = [*words("nameless", "role", "child", "relative", "title"), *cells.words(), "某", "锟斤拷", "和", "及", "张"]


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True) | st.from_regex("[0-9]{10,12}", fullmatch=True))
def test_of_phones(text: str) -> None:
    assert phones.normalize(text) == phones.normalize(f" {text}")


@given(st.from_regex(r"(?:110101|810000|000000)(?:19|20)[0-9]{9}", fullmatch=True), st.booleans())
def test_of_identity_numbers(first17: str, right: bool) -> None:
    text = first17 + (resident_ids.check_digit(first17) if right else "X")
    assert resident_ids.normalize(text) == resident_ids.normalize(f" {text}")


@given(st.lists(HAN | st.sampled_from(WORDS), min_size=1, max_size=4).map("".join))
@example("张某某")
@example("小朋友")
def test_of_names(text: str) -> None:
    assert person_names.normalize(text) == person_names.normalize(f" {text}")


@given(
    st.from_regex(r"(?:[0-9]{1,13}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,3})?", fullmatch=True),
    st.sampled_from(("", "元", "万元", "美元", "箱")),
)
def test_of_amounts(text: str, unit: str) -> None:
    assert amounts.normalize(text, Context(unit=unit)) == amounts.normalize(f" {text}", Context(unit=unit))
