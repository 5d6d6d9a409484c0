"""What is found by hashes for many texts together is what looking at each of them finds."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from zhengming.normalizers.terms.candidates import CandidateIndex
from zhengming.normalizers.terms.variants import Variants, neighbours

FEW_CHARACTERS = st.lists(st.text("室房缺a1𠀀", min_size=1, max_size=6), max_size=12, unique=True)


@given(FEW_CHARACTERS)
def test_parts_that_are_texts_themselves_are_found(texts: list[str]) -> None:
    variants = Variants(texts, least=3)
    chosen = [text for text in texts if len(text) >= 3 and not text.isascii()]
    for size in (1, 2):
        shortened = {(texts[one], at) for one, at in variants.shortened(size)}
        assert shortened >= {
            (text, at)
            for text in chosen
            for at in range(len(text) - size + 1)
            if text[:at] + text[at + size :] in texts
        }
    inner = [(text, at) for text in chosen for at in range(1, len(text))]
    assert {(texts[one], at) for one, at in variants.starting()} >= {one for one in inner if one[0][: one[1]] in texts}
    assert {(texts[one], at) for one, at in variants.ending()} >= {one for one in inner if one[0][one[1] :] in texts}


@given(FEW_CHARACTERS)
def test_texts_with_one_other_character_are_found(texts: list[str]) -> None:
    found = {(*sorted((texts[one], texts[other])), at) for one, other, at in Variants(texts, least=2).exchanged()}
    chosen = [text for text in texts if len(text) >= 2 and not text.isascii()]
    for one, other in combinations(sorted(chosen), 2):
        places = [at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]]
        doubled = any(at and text[at] == text[at - 1] for at in places for text in (one, other))
        if len(one) == len(other) and len(places) == 1 and not doubled:
            assert (one, other, places[0]) in found


def test_kept_characters_are_not_exchanged() -> None:
    texts = ["室缺1型", "室缺2型", "房缺1型"]
    assert [{one, other} for one, other, _at in Variants(texts, least=2, kept="12").exchanged()] == [{0, 2}]


@given(FEW_CHARACTERS)
def test_texts_are_found_by_the_characters_that_stand_side_by_side(texts: list[str]) -> None:
    for text in texts:
        assert neighbours(text) == {text[at : at + 2] for at in range(len(text) - 1)}
    index = CandidateIndex(dict.fromkeys(texts))
    expected: dict[str, list[int]] = {}
    for place, text in enumerate(sorted(texts)):
        for pair in neighbours(text) or {text}:
            expected.setdefault(pair, []).append(place)
    assert {pair: places.tolist() for pair, places in index._postings.items()} == expected
