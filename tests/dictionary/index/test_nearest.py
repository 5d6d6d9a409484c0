"""The nearest terms of many texts at once, against looking at every term."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from zhengming.dictionary.index import arrays, nearest, postings
from zhengming.dictionary.index.grams import grams
from zhengming.dictionary.index.keys import Keys
from zhengming.dictionary.index.nearest import NearestIndex
from zhengming.dictionary.index.sketches import sketches
from zhengming.errors import UnreadableFile

PARTS = (
    ("先天性", "获得性", "继发性", "风湿性", "复杂性"),
    ("左", "右", "双侧", "膜周部", "肌部", "干下型"),
    ("室间隔", "房间隔", "动脉导管", "主动脉瓣", "肺动脉瓣", "二尖瓣", "三尖瓣", "冠状动脉"),
    ("缺损", "狭窄", "关闭不全", "闭锁", "瘘", "瘤", "发育不良"),
)
KEYS = sorted({"".join(parts) for parts in product(*PARTS)} | {"vsd", "asd", "patentductusarteriosus", "心", "♂"})


@pytest.fixture(scope="module")
def index() -> NearestIndex:
    return NearestIndex(NearestIndex.build(KEYS))


def noisy(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text) - 1)
    slips = (
        text[:place] + text[place + 1 :],
        text[: place + 1] + text[place:],
        text[:place] + text[place + 1] + text[place] + text[place + 2 :],
        text[:place] + rng.choice("心室房间隔左右未末") + text[place + 1 :],
    )
    return rng.choice(slips)


def named(index: NearestIndex, texts: Sequence[str], **options: float) -> list[list[tuple[float, str]]]:
    found = index.nearest_many(texts, **options)
    return [[(score, index.keys[term]) for score, term in found.of(place)] for place in range(len(texts))]


def test_a_term_is_nearest_to_itself(index: NearestIndex) -> None:
    found = named(index, KEYS)
    assert [one[0] for one in found] == [(1.0, term_key) for term_key in KEYS]


def test_a_text_with_a_slip_finds_as_much_as_a_look_at_every_term_or_a_term_one_slip_away(index: NearestIndex) -> None:
    rng = random.Random(6)
    texts = [noisy(rng.choice([key for key in KEYS if len(key) > 4]), rng) for _count in range(400)]
    for text, found in zip(texts, named(index, texts), strict=True):
        best = process.extractOne(text, KEYS, scorer=fuzz.ratio)
        assert best is not None
        score, term_key = found[0]
        assert score * 100 == pytest.approx(best[1]) or Indel.distance(text, term_key) <= 2, text


@pytest.mark.parametrize("text", ["", "鑫", "qqqq", "\U0001f600", "\ud800"])
def test_a_text_that_shares_nothing_has_no_nearest_term(index: NearestIndex, text: str) -> None:
    assert named(index, [text]) == [[]]


def test_scores_are_rapidfuzz_ratios_and_none_is_below_the_cutoff(index: NearestIndex) -> None:
    (found,) = named(index, ["先天性膜周部室间隔缺损修补"], cutoff=0.7, top=20)
    assert found
    for score, term_key in found:
        assert score >= 0.7
        assert score == pytest.approx(fuzz.ratio("先天性膜周部室间隔缺损修补", term_key) / 100)


@settings(max_examples=50)
@given(st.lists(st.text(st.sampled_from("室房间隔缺损vsd2"), max_size=12), max_size=6))
def test_texts_asked_together_answer_as_asked_alone(index: NearestIndex, texts: list[str]) -> None:
    assert named(index, texts) == [one for text in texts for one in named(index, [text])]


def test_threads_change_nothing(index: NearestIndex) -> None:
    assert named(index, KEYS[:500], threads=1) == named(index, KEYS[:500], threads=2)


def test_an_index_built_in_portions_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = NearestIndex.build(KEYS)
    monkeypatch.setattr(postings, "_BUILT_AT_ONCE", 97)
    monkeypatch.setattr(nearest, "_SKETCHED", 50)
    for name, array in NearestIndex.build(KEYS).items():
        assert np.array_equal(array, whole[name]), name


@settings(max_examples=300)
@given(st.text(st.sampled_from("室房间隔缺损vs"), max_size=90), st.text(st.sampled_from("室房间隔缺损vs"), max_size=90))
def test_sketches_never_tell_more_distance_than_there_is(one: str, other: str) -> None:
    drawn = sketches([one, "between", "", other]).tolist()
    assert (drawn[0] ^ drawn[3]).bit_count() <= Indel.distance(one, other)
    assert drawn[2] == 0
    assert sketches([other]).tolist() == drawn[3:]


def test_of_equally_like_terms_the_one_with_fewer_slips_is_first() -> None:
    terms = ["一二三五六七八九十", "一二四三五六七八九"]
    index = NearestIndex(NearestIndex.build(terms))
    (found,) = named(index, ["一二三四五六七八九"])
    assert [key for _score, key in found] == terms[::-1]
    assert found[0][0] == found[1][0]


@given(st.lists(st.text(max_size=5), min_size=1, max_size=8), st.data())
def test_texts_kept_in_one_stretch_come_back(texts: list[str], data: st.DataObject) -> None:
    (kept,) = Keys.collected(((one,) for one in texts), 1)
    which = data.draw(st.lists(st.integers(0, len(texts) - 1)))
    assert kept.many(np.array(which, dtype=np.int64)) == [texts[one] for one in which] == [kept[one] for one in which]


def test_nothing_can_be_indexed() -> None:
    assert named(NearestIndex(NearestIndex.build([])), ["室缺", ""]) == [[], []]


def test_grams_of_hanzi_are_pairs_and_of_letters_longer() -> None:
    counted = {text: len(grams([text])[1]) for text in ("心", "室缺", "室间隔缺", "vsd", "ventricular", "室vsd缺")}
    assert counted == {"心": 1, "室缺": 1, "室间隔缺": 5, "vsd": 4, "ventricular": 33, "室vsd缺": 8}


def test_mapped_arrays_are_those_that_were_written(tmp_path: Path) -> None:
    built = NearestIndex.build(KEYS)
    arrays.write(tmp_path / "index", {"format": 1}, {**built, "none": np.empty(0, np.int64)})
    facts, mapped = arrays.read(tmp_path / "index")
    assert facts == {"format": 1}
    assert len(mapped.pop("none")) == 0
    assert all(np.array_equal(mapped[name], built[name]) for name in built)
    assert named(NearestIndex(mapped), KEYS[:50]) == named(NearestIndex(built), KEYS[:50])


@pytest.mark.parametrize("kept", [0, 4, 12, 40, 1000, -1])
def test_a_file_that_is_cut_off_is_told(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "index"
    arrays.write(path, {}, NearestIndex.build(KEYS))
    path.write_bytes(path.read_bytes()[: kept if kept >= 0 else -100])
    with pytest.raises(UnreadableFile, match="search index"):
        arrays.read(path)
