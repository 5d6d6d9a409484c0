"""Large categories: what the search index of a release knows, against what is worked out from all terms in memory."""

from __future__ import annotations

import csv
import shutil
from functools import cache
from pathlib import Path

import pytest

from zhengming.dictionary import release, source
from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Dictionary
from zhengming.normalizers.terms import stored
from zhengming.normalizers.terms.guard import Guard
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.normalizers.terms.mention import Mention
from zhengming.normalizers.terms.stored import StoredGuard, StoredLexicon
from zhengming.normalizers.terms.vocabulary import vocabulary

READINGS = Path(__file__).parent / "readings.tsv"
CATEGORIES = ("disease", "hospital")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "chd.sqlite"
    release.build(source.bundled(), path)
    return path


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every category of a release counts as a large one."""
    monkeypatch.setattr(stored, "LARGE", 1)


@cache
def lexicons(built: Path, category: str) -> tuple[Lexicon, StoredLexicon]:
    in_memory = Lexicon(Dictionary.open().category(category), vocabulary())
    from_release = stored.stored_lexicon(Dictionary.open(built).category(category), vocabulary(), "")
    assert from_release is not None
    return in_memory, from_release


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.usefixtures("large")
def test_a_stored_lexicon_knows_what_one_in_memory_knows(built: Path, category: str) -> None:
    one, other = lexicons(built, category)
    for entry_key, entry in one.entries.items():
        assert other.entries[entry_key] == entry
        assert (entry_key in other.terms) == bool(entry.senses)
    assert {text: other.alike.get(text) for text in one.alike} == one.alike
    assert other.entries.get("没有这个词") is None
    assert other.alike.get("没有这个词") is None
    endings = {entry_key[-size:] for entry_key in one.terms for size in (2, 3, 4)}
    assert {text for text in endings if text in other.endings} == {text for text in endings if text in one.endings}


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.usefixtures("large")
def test_a_walk_over_a_text_finds_what_an_automaton_finds(built: Path, category: str) -> None:
    one, other = lexicons(built, category)
    for text in (key(cell) for cell in cells()):
        assert list(other.words.iter(text)) == list(one.words.iter(text))
        alike = one.alike_key(text)
        assert list(other.alike_words.iter(alike)) == list(one.alike_words.iter(alike))


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.usefixtures("large")
def test_a_stored_guard_has_the_contrasts_of_one_in_memory(built: Path, category: str) -> None:
    in_memory, from_release = lexicons(built, category)
    one, other = Guard(in_memory), StoredGuard(from_release)
    assert other.substitutions == one.substitutions
    assert other.affixes == one.affixes
    stretches = {
        term_key[place : place + size]
        for term_key in in_memory.terms
        for size in (1, 2)
        for place in range(len(term_key))
    }
    assert {text for text in stretches if text in other.additions} == {
        text for text in stretches if text in one.additions
    }


def cells() -> list[str]:
    with READINGS.open(encoding="utf-8", newline="") as handle:
        return [row["text"] for row in csv.DictReader(handle, delimiter="\t")]


def settled(mentions: list[Mention]) -> list[Mention]:
    """What does not depend on the order of mere proposals."""
    return [one for one in mentions if one.status == "accepted"]


@pytest.mark.usefixtures("large")
def test_cells_are_read_alike_from_a_release_and_from_memory(built: Path) -> None:
    one, other = (Matcher(Dictionary.open(path), "disease") for path in (None, built))
    texts = cells()
    for text, first, second in zip(texts, one.match_many(texts), other.match_many(texts), strict=True):
        assert settled(second) == settled(first), text
        assert [mention.status for mention in second] == [mention.status for mention in first], text


@pytest.mark.usefixtures("large")
def test_many_cells_together_are_read_as_one_by_one(built: Path) -> None:
    texts = cells()
    together, alone = (Matcher(Dictionary.open(built), "disease") for _count in range(2))
    assert together.match_many(texts) == [alone.match(text) for text in texts]


@pytest.mark.usefixtures("large")
def test_an_index_is_built_once_and_again_when_it_does_not_fit(
    built: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = shutil.copy(built, tmp_path / "a.sqlite")
    told = []
    for change in (b"", b"", b"ZMINDEX0", b""):
        index = tmp_path / "a.sqlite.sex.zmindex"
        if change:
            index.write_bytes(change + index.read_bytes()[len(change) :])
        caplog.clear()
        matcher = Matcher(Dictionary.open(path), "sex")
        assert [one.code for one in matcher.match("女童")] == ["2"]
        assert not caplog.records  # a known name needs no index
        matcher.match("没有这种说法")
        told.append([record.getMessage().split(":")[1].split(";")[0].strip() for record in caplog.records])
    assert told == [["there is none yet"], [], ["is no search index, or is cut off"], []]


def test_a_small_category_needs_no_index(built: Path) -> None:
    assert stored.stored_lexicon(Dictionary.open(built).category("disease"), vocabulary(), "") is None


@pytest.mark.usefixtures("large")
def test_the_nearest_concepts_are_those_in_memory(built: Path) -> None:
    one, other = (Matcher(Dictionary.open(path), "disease") for path in (None, built))
    texts = ["室间膈缺损", "動脈導管末閉", "房间隔 缺损", "", "法洛四联症四"]
    found = [
        [(near[0].code, near[0].score) if near else None for near in matcher.nearest_many(texts)]
        for matcher in (one, other)
    ]
    assert found[0] == found[1]
    for matcher in (one, other):
        assert all(0 < len(near) <= 2 for near in matcher.nearest_many(texts[:2], top=2))
    assert other.nearest_many(["没有这种说法"], least=0.9) == [[]]
