import csv
from pathlib import Path

import pytest

import zhengming as zm
from zhengming.errors import UnreadableFile, UsageError, ZhengmingError
from zhengming.learning import material
from zhengming.normalizers.terms import evaluation

from .conftest import decisions, write


def gold(rows: list[tuple[str, str]]) -> list[tuple[str, frozenset[str]]]:
    return [(text, frozenset(codes.split("##"))) for text, codes in rows]


def test_decisions_make_a_second_domain_better(school_dictionary: zm.Dictionary, school_model: zm.Model) -> None:
    unseen = gold(decisions(300, 2))
    before = evaluation.evaluate(unseen, zm.Matcher(school_dictionary, "school"))
    after = evaluation.evaluate(unseen, zm.Matcher(school_dictionary, "school", model=school_model))
    assert after.recall > before.recall + 0.2
    assert after.precision >= 0.95


def test_the_more_is_reviewed_the_less_must_be(
    school_dictionary: zm.Dictionary, few_model: zm.Model, school_model: zm.Model, tmp_path: Path
) -> None:
    other = material.read(write(tmp_path / "other.csv", decisions(200, 12)), school_dictionary, "school")
    few, many = (model.test(other, school_dictionary) for model in (few_model, school_model))
    assert many.f1 > few.f1
    assert many.levels[1].right > few.levels[1].right + 0.5 * many.wanted


def test_where_the_model_says_nothing_a_human_still_sees_its_best_guess(
    school_dictionary: zm.Dictionary, school_model: zm.Model
) -> None:
    text = "某某校"
    proposals = school_model.bound(school_dictionary, "school").propose([text])[0]
    (mention,) = zm.Matcher(school_dictionary, "school", model=school_model).match(text)
    assert proposals
    assert not any(one.said for one in proposals)
    assert mention.status != "accepted"
    assert mention.candidates[0].code == proposals[0].code


def test_the_best_proposal_is_mostly_right(school_dictionary: zm.Dictionary, school_model: zm.Model) -> None:
    unseen = [(text, codes) for text, codes in decisions(150, 3) if "##" not in codes]
    proposals = school_model.bound(school_dictionary, "school").propose([text for text, _code in unseen])
    right = sum(found[0].code == code for found, (_text, code) in zip(proposals, unseen, strict=True))
    assert right / len(unseen) > 0.8


def test_the_quality_told_is_that_of_texts_not_seen(
    school_dictionary: zm.Dictionary, school_model: zm.Model, tmp_path: Path
) -> None:
    told = school_model.about.quality
    other = material.read(write(tmp_path / "other.csv", decisions(200, 4)), school_dictionary, "school")
    measured = school_model.test(other, school_dictionary)
    assert abs(told.f1 - measured.f1) < 0.1
    assert [one.level for one in told.levels] == [0.9, 0.95, 0.99]


def test_the_same_decisions_give_the_same_bytes(
    school_dictionary: zm.Dictionary, few_model: zm.Model, few: Path, tmp_path: Path
) -> None:
    few_model.save(tmp_path / "one.zmm")
    zm.learn(few, school_dictionary, category="school").save(tmp_path / "two.zmm")
    assert (tmp_path / "one.zmm").read_bytes() == (tmp_path / "two.zmm").read_bytes()


def test_a_model_read_back_proposes_the_same(
    school_dictionary: zm.Dictionary, school_model: zm.Model, tmp_path: Path
) -> None:
    school_model.save(tmp_path / "school.zmm")
    again = zm.Model.load(tmp_path / "school.zmm")
    texts = [text for text, _codes in decisions(40, 5)]
    assert again.about == school_model.about
    assert again.bound(school_dictionary, "school").propose(texts) == school_model.bound(
        school_dictionary, "school"
    ).propose(texts)


def test_many_texts_and_single_ones_are_judged_alike(school_dictionary: zm.Dictionary, school_model: zm.Model) -> None:
    texts = [text for text, _codes in decisions(30, 6)]
    many = zm.Matcher(school_dictionary, "school", model=school_model).match_many(texts)
    one_by_one = zm.Matcher(school_dictionary, "school", model=school_model)
    assert [[one.code for one in found] for found in many] == [
        [one.code for one in one_by_one.match(text)] for text in texts
    ]


@pytest.mark.parametrize("place", [0, 20, 60, 300, 5000, -1])
def test_a_damaged_model_is_refused(school_model: zm.Model, tmp_path: Path, place: int) -> None:
    path = tmp_path / "school.zmm"
    school_model.save(path)
    data = bytearray(path.read_bytes())
    data[place] ^= 0x20
    path.write_bytes(bytes(data))
    with pytest.raises(UnreadableFile, match=r"damaged|no model|another kind"):
        zm.Model.load(path)


@pytest.mark.parametrize("data", [b"", b"zhengming-model 1 ", b"PK\x03\x04", b"\x80\x04K\x01."])
def test_what_is_no_model_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.zmm").write_bytes(data)
    with pytest.raises(UnreadableFile):
        zm.Model.load(tmp_path / "x.zmm")


def test_a_model_of_another_release_or_category_is_refused(
    school_dictionary: zm.Dictionary, school_model: zm.Model
) -> None:
    with pytest.raises(UsageError, match="not"):
        zm.Matcher(zm.Dictionary.open(), "disease", model=school_model)


def test_a_model_is_carried_over_to_another_release(
    few_model: zm.Model, tmp_path: Path, school_dictionary: zm.Dictionary
) -> None:
    rows = [(concept.code, concept.name) for concept in school_dictionary.category("school").concepts.values()] + [
        ("S999", "新桥市第一实验小学")
    ]
    newer = zm.Dictionary.from_table(
        write(tmp_path / "schools.csv", rows, ("code", "name")), category="school", code="code", name="name"
    )
    with pytest.raises(UsageError, match="not of"):
        zm.Matcher(newer, "school", model=few_model)
    carried = few_model.migrated(newer)
    assert carried.about.release == newer.sha256
    assert carried.material.codes == few_model.material.codes


def test_no_error_quotes_a_decision(school_dictionary: zm.Dictionary, tmp_path: Path) -> None:
    path = write(tmp_path / "few.csv", [("张小明的学校", "S001")])
    with pytest.raises(ZhengmingError) as caught:
        zm.learn(path, school_dictionary, category="school")
    assert "张" not in str(caught.value)


def test_texts_that_name_nothing_are_too_little(school_dictionary: zm.Dictionary) -> None:
    from zhengming.learning import learn_from

    nothing = material.Material("school", tuple(f"某处{number}" for number in range(99)), ((),) * 99)
    with pytest.raises(UsageError, match="too few"):
        learn_from(nothing, school_dictionary)
    assert "某处" not in repr(nothing)


def test_of_equal_texts_the_last_decision_counts(school_dictionary: zm.Dictionary, tmp_path: Path) -> None:
    rows = [(text, codes) for text, codes in decisions(80, 7)]
    again = material.read(write(tmp_path / "d.csv", [*rows, (rows[0][0], "S001")]), school_dictionary, "school")
    assert again.codes[again.texts.index(rows[0][0].strip())] == ("S001",)


def test_the_project_s_own_log_is_read(school_dictionary: zm.Dictionary, tmp_path: Path) -> None:
    from zhengming.dictionary.decisions import Decision, append

    log = [
        Decision(text, "school", "match", "li", "2026-11-25", codes=tuple(codes.split("##")))
        for text, codes in dict(decisions(80, 8)).items()
    ]
    log.append(Decision("门卫室", "school", "no-match", "li", "2026-11-25"))
    append(tmp_path / "log.csv", log)
    read = material.read(tmp_path / "log.csv", school_dictionary, "school")
    assert len(read.texts) == len({one.key for one in log})
    assert read.codes[read.texts.index("门卫室")] == ()


def test_names_and_unknown_names(school_dictionary: zm.Dictionary, tmp_path: Path) -> None:
    named = {code: concept.name for code, concept in school_dictionary.category("school").concepts.items()}
    rows = [
        (text, "##".join([*(named[one] for one in codes.split("##")), "没有的学校"]))
        for text, codes in decisions(80, 9)
    ]
    read = material.read(write(tmp_path / "d.csv", rows, ("text", "names")), school_dictionary, "school")
    assert read.left_out == 80
    assert set(read.codes[0]) <= set(named)
    assert list(csv.reader([rows[0][0]]))
