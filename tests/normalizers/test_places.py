"""Places and organisations in the dictionary as it is: every path reads back, every explanation has its words."""

from __future__ import annotations

import pytest

from zhengming.dictionary.model import Dictionary
from zhengming.findings import words
from zhengming.normalizers.terms import explanation
from zhengming.normalizers.terms.matcher import Matcher


@pytest.fixture(scope="module")
def regions() -> Matcher:
    return Matcher(Dictionary.open(), "region")


def test_every_division_is_read_from_its_path_with_a_street_behind_it(regions: Matcher) -> None:
    wrong = []
    for concept in regions.category.concepts.values():
        meant = concept.code if concept.status == "active" else concept.replaced_by[0]
        mentions = regions.match(regions.category.path(concept.code) + "人民路12号")
        if [(one.code, one.status) for one in mentions] != [(meant, "accepted")]:
            wrong.append(concept.code)
    assert wrong == []


def test_a_division_under_the_wrong_province_is_never_accepted_as_itself(regions: Matcher) -> None:
    concepts = regions.category.concepts
    districts = [one for one in concepts.values() if one.parents and one.parents[0] in ("110000", "310000", "120000")]
    for concept in districts:
        accepted = [one for one in regions.match("云南省" + concept.name.split("市")[-1]) if one.status == "accepted"]
        assert all(one.code != concept.code for one in accepted), concept.name


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("region", "重庆市綦江县古南镇"),
        ("region", "恩施"),
        ("region", "河北省东城区"),
        ("hospital", "阜外医院（西山院区）"),
        ("hospital", "阜外医院/安贞医院"),
    ],
)
def test_how_it_was_read_is_told_in_words(category: str, text: str, lang: str) -> None:
    assert explanation.explain(text, Matcher(Dictionary.open(), category), words(lang))
