"""Folding: what makes two texts the same, and the way back to the raw text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.dictionary.folding import MARKS, fold, fold_with_offsets, key, keys

SAME = [
    ("full-width", "ＶＳＤ", "VSD"),
    ("case", "vsd", "VSD"),
    ("traditional", "室間隔缺損", "室间隔缺损"),
    ("taiwan-variant", "法洛氏四聯症", "法洛氏四联症"),
    ("hyphen", "D-TGA", "D TGA"),
    ("inner-space", "室 间隔 缺损", "室间隔缺损"),
    ("brackets", "法洛[法乐]四联症", "法洛(法乐)四联症"),
    ("roman-character", "Ⅱ孔型", "2孔型"),
    ("roman-letters", "II型", "Ⅱ型"),
    ("roman-glued", "ASDⅡ", "ASD2"),
    ("roman-scanned-l", "心功能lV级", "心功能Ⅳ级"),
    ("roman-scanned-ll", "lll度", "Ⅲ度"),
    ("roman-scanned-1", "1I型", "Ⅱ型"),
    ("roman-scanned-bar", "心功能|V级", "心功能Ⅳ级"),
    ("zero-width", "室\u200b间隔缺损", "室间隔缺损"),
    ("bom", "\ufeffVSD", "VSD"),
    ("unit", "5㎜", "5mm"),
]


@given(st.lists(st.text(st.sampled_from("室間iIvVlL|ⅡⅳｌLx12 ─│\n_(a型级c)①㎜\u200b♂")) | st.text()))
def test_many_keys_are_the_key_of_each(texts: list[str]) -> None:
    assert keys(texts) == [key(text) for text in texts]


@pytest.mark.parametrize(("left", "right"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_texts_that_mean_the_same_have_one_key(left: str, right: str) -> None:
    assert key(left) == key(right)


@pytest.mark.parametrize(
    "pair",
    [
        ("室间隔缺损", "房间隔缺损"),
        ("I27.0", "127.0"),
        ("IVS", "4S"),
        ("LV型", "Ⅳ型"),
        ("L型", "1型"),
        ("室缺|II级", "室缺Ⅲ级"),
        ("肺动脉", "肺静脉"),
    ],
)
def test_texts_that_differ_keep_different_keys(pair: tuple[str, str]) -> None:
    assert key(pair[0]) != key(pair[1])


@given(st.text(max_size=60) | st.text(st.sampled_from("lLIiVv1|ｌＶⅡ型级級度期 、a室"), max_size=12))
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60) | st.text(st.characters(codec="ascii"), max_size=60))
def test_a_key_is_the_folded_text_without_marks(text: str) -> None:
    assert fold(text) == fold_with_offsets(text)[0]
    assert key(text) == (MARKS.sub("", fold(text)) or fold(text).replace(" ", ""))


@given(st.text(max_size=60))
def test_folding_with_offsets_gives_the_folded_text_and_rising_offsets(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == len(text)


def test_a_circled_number_starts_an_item() -> None:
    assert fold("①室缺❷房缺") == "1、室缺2、房缺"
