"""A release holds every fact of its source, gives the same bytes each time, and refuses what it is not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO

import pytest

from zhengming.dictionary import release, source, store
from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Dictionary
from zhengming.errors import DictionaryError, UnknownCode, UnreadableFile, UnwritableFile
from zhengming.files import System
from zhengming.normalizers.terms.matcher import Matcher

CELLS = ["VSD(膜周部) 1.2cm, PDA术后", "先心病 室缺", "无室间隔缺损", "房间隔缺损？", "F4"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "bundled.sqlite"
    release.build(source.bundled(), path)
    return path


def test_a_release_is_the_same_dictionary_as_its_source(built: Path) -> None:
    opened, bundled = Dictionary.open(built), Dictionary.open()
    assert (opened.id, opened.version, opened.title) == (bundled.id, bundled.version, bundled.title)
    assert opened.sha256 == bundled.sha256
    assert opened.categories == bundled.categories
    for stored, read in zip(opened, bundled, strict=True):
        assert dict(stored.concepts.items()) == dict(read.concepts)
        assert list(stored.concepts) == list(read.concepts)
        assert len(stored.concepts) == len(read.concepts)
        assert stored.children == read.children
        for field in ("name", "titles", "modifiers", "definitions", "policy", "code_pattern", "mappings", "attributes"):
            assert getattr(stored, field) == getattr(read, field)


def test_a_single_concept_is_read_as_it_is_read_with_all(built: Path) -> None:
    disease = Dictionary.open(built).category("disease")
    for code, concept in disease.concepts.items():
        assert disease.concepts[code] == concept
    assert "D0033" in disease.concepts
    assert "D9999" not in disease.concepts
    with pytest.raises(UnknownCode):
        Dictionary.open(built).concept("disease", "D9999")


def test_cells_are_read_the_same_with_a_release(built: Path) -> None:
    stored, read = Matcher(Dictionary.open(built), "disease"), Matcher(Dictionary.open(), "disease")
    assert stored.match_many(CELLS) == read.match_many(CELLS)


def test_what_a_term_names_is_one_query_of_the_index(built: Path) -> None:
    opened = store.Store(built)
    category = opened.category("disease")
    assert {code for code, _term in category.named(key("室間隔缺損"))} == {"D0032"}
    query = "SELECT code FROM term WHERE category = 1 AND key = 'x'"
    plan = [row[3] for row in opened.rows(f"EXPLAIN QUERY PLAN {query}")]
    assert plan == ["SEARCH term USING COVERING INDEX term_by_key (category=? AND key=?)"]


def test_the_same_source_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(source.bundled(), copy)
    release.build(copy, tmp_path / "again.sqlite")
    assert (tmp_path / "again.sqlite").read_bytes() == built.read_bytes()


def test_files_saved_by_excel_give_the_same_bytes(mine: Path, tmp_path: Path) -> None:
    release.build(mine, tmp_path / "a.sqlite")
    for path in mine.glob("categories/*/*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    release.build(mine, tmp_path / "b.sqlite")
    assert (tmp_path / "a.sqlite").read_bytes() == (tmp_path / "b.sqlite").read_bytes()


def test_nothing_of_the_library_that_wrote_is_left_in_the_file(built: Path) -> None:
    header = built.read_bytes()[:100]
    assert [int.from_bytes(header[at : at + 4]) for at in (24, 92, 96)] == [1, 1, 3_008_002]
    with closing(sqlite3.connect(built)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: "\n".join([text.splitlines()[0], *reversed(text.splitlines()[1:])]) + "\n", "canonical"),
        (lambda text: text.removesuffix("\n"), "canonical"),
        (lambda text: text + "9,x\n", "canonical"),
        (lambda text: text + text.splitlines()[-1] + "\n", "twice"),
        (lambda text: "", "canonical"),
    ],
    ids=["not-sorted", "no-newline", "short-row", "code-twice", "empty"],
)
def test_a_source_that_is_not_in_canonical_form_is_not_built(
    mine: Path, tmp_path: Path, change: Callable[[str], str], said: str
) -> None:
    concepts = mine / "categories" / "sex" / "concepts.csv"
    concepts.write_text(change(concepts.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(DictionaryError, match=said):
        release.build(mine, tmp_path / "a.sqlite")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_a_term_of_no_concept_is_not_built(mine: Path, tmp_path: Path) -> None:
    terms = mine / "categories" / "sex" / "terms.csv"
    terms.write_text(terms.read_text(encoding="utf-8") + "zz,x,synonym,zh,,exact,,,\n", encoding="utf-8")
    with pytest.raises(DictionaryError, match="does not exist"):
        release.build(mine, tmp_path / "a.sqlite")


def _patched(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as handle:
        handle.seek(offset)
        handle.write(data)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: path.write_bytes(b"not a database at all" * 20), "no release"),
        (lambda path: path.write_bytes(b""), "no release"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "damaged"),
        (lambda path: path.write_bytes(path.read_bytes() + b"\0"), "damaged"),
        (lambda path: _patched(path, 68, b"\0\0\0\0"), "a database, but no release"),
        (lambda path: _patched(path, 60, (release.FORMAT + 1).to_bytes(4)), "update zhengming"),
        (lambda path: _patched(path, 60, bytes(4)), "damaged"),
        (lambda path: _patched(path, 100, b"\xff" * 3000), "damaged"),
    ],
    ids=["text", "empty", "cut", "longer", "other-database", "newer", "format-0", "schema-gone"],
)
def test_what_is_no_sound_release_is_a_clear_error(
    mine: Path, tmp_path: Path, damage: Callable[[Path], None], said: str
) -> None:
    path = tmp_path / "a.sqlite"
    release.build(mine, path)
    damage(path)
    with pytest.raises(DictionaryError, match=said) as caught:
        Dictionary.open(path)
    assert caught.value.where == str(path)
    assert caught.value.remedy


def test_wherever_a_page_is_overwritten_reading_ends_in_an_error_of_ours_or_in_values(
    mine: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.sqlite"
    release.build(mine, path)
    whole = path.read_bytes()
    for start in range(release.PAGE, len(whole), release.PAGE):
        path.write_bytes(whole[:start] + b"\xff" * release.PAGE + whole[start + release.PAGE :])
        with suppress(DictionaryError):
            dict(Dictionary.open(path).category("sex").concepts.items())


def test_a_source_that_changes_while_it_is_built_is_not_built(mine: Path, tmp_path: Path) -> None:
    terms = mine / "categories" / "sex" / "terms.csv"

    def create(path: Path) -> BinaryIO:
        terms.write_text("".join(terms.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
        return path.open("xb")

    with pytest.raises(DictionaryError, match="changed while"):
        release.build(mine, tmp_path / "a.sqlite", system=System(create=create))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine"]


def test_a_release_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DictionaryError):
        Dictionary.open(tmp_path / "none.sqlite")
    with pytest.raises(UnreadableFile):
        store.Store(tmp_path / "none.sqlite")


def test_a_release_whose_target_cannot_be_written_is_an_error(mine: Path, tmp_path: Path) -> None:
    with pytest.raises(UnwritableFile, match="folder does not exist"):
        release.build(mine, tmp_path / "no" / "a.sqlite")
