"""The source form on disk: reading, canonical writing, and what Excel does to files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.dictionary import source
from zhengming.dictionary.model import Dictionary
from zhengming.errors import DictionaryError, UnknownCode

CONCEPTS = """code,name,name_en,parents,status,replaced_by,source,note
X1,甲,A,,active,,example,
X2,乙,,X1,active,,example,
"""
TERMS = """code,term,kind,lang,sender,relation,source,added_by,added_on
X1,甲等,synonym,zh,,exact,example,zhengming,2026-11-23
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    category = folder / "categories" / "thing"
    category.mkdir(parents=True)
    (folder / "dictionary.toml").write_text('id = "mine"\nversion = "1.0.0"\n', encoding="utf-8")
    (category / "category.toml").write_text('title = { zh = "物", en = "Thing" }\n', encoding="utf-8")
    (category / "concepts.csv").write_bytes(CONCEPTS.encode())
    (category / "terms.csv").write_bytes(TERMS.encode())
    return folder


def test_a_source_folder_opens_as_a_dictionary(root: Path) -> None:
    dictionary = Dictionary.open(root)
    concept = dictionary.concept("thing", "X1")
    assert (dictionary.id, dictionary.version, dictionary.categories) == ("mine", "1.0.0", ("thing",))
    assert [term.text for term in concept.terms] == ["甲", "A", "甲等"]
    assert dictionary.category("thing").ancestors("X2") == {"X1"}


def test_files_saved_by_excel_read_the_same_and_hash_the_same(root: Path) -> None:
    before = Dictionary.open(root)
    concepts = root / "categories" / "thing" / "concepts.csv"
    digest, names = before.sha256, [one.name for one in before.category("thing").concepts.values()]
    concepts.write_bytes(b"\xef\xbb\xbf" + CONCEPTS.replace("\n", "\r\n").encode())
    after = Dictionary.open(root)
    assert after.sha256 == digest
    assert [one.name for one in after.category("thing").concepts.values()] == names


def test_any_change_of_content_changes_the_hash(root: Path) -> None:
    before = Dictionary.open(root).sha256
    terms = root / "categories" / "thing" / "terms.csv"
    terms.write_text(TERMS.replace("甲等", "甲类"), encoding="utf-8")
    assert Dictionary.open(root).sha256 != before


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("concepts.csv", b""),
        ("concepts.csv", b"code,name\nX1,\xff\xfe\n"),
        ("concepts.csv", b"code,name\nX1,a\n"),
        ("terms.csv", TERMS.encode() + b"X1,a,b,c,d,e,f,g,h,i,j\n"),
        ("category.toml", b"title = 3\n"),
        ("category.toml", b"title = \n"),
        ("category.toml", b'title = { zh = "a" }\nunknown = 1\n'),
    ],
    ids=["empty", "not-utf8", "column-missing", "row-too-long", "wrong-type", "no-toml", "unknown-key"],
)
def test_a_damaged_file_is_named_in_the_error(root: Path, file: str, content: bytes) -> None:
    (root / "categories" / "thing" / file).write_bytes(content)
    with pytest.raises(DictionaryError, match=file):
        Dictionary.open(root).category("thing")


def test_a_folder_without_a_dictionary_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DictionaryError):
        Dictionary.open(tmp_path / "nowhere")
    with pytest.raises(DictionaryError):
        Dictionary.open(tmp_path)


def test_an_unknown_category_or_code_says_what_there_is(root: Path) -> None:
    with pytest.raises(UnknownCode, match="thing"):
        Dictionary.open(root).category("other")
    with pytest.raises(UnknownCode, match="X9"):
        Dictionary.open(root).concept("thing", "X9")


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0")), min_size=3, max_size=3)))
def test_a_canonical_table_reads_back_equal(rows: list[list[str]]) -> None:
    import csv
    import io

    text = source.dump_table(["a", "b", "c"], rows)
    assert list(csv.reader(io.StringIO(text)))[1:] == sorted(rows)


def test_adding_a_category_touches_only_its_folder(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(source.bundled(), copy)
    folder = copy / "categories" / "thing"
    folder.mkdir()
    (folder / "category.toml").write_text('title = { zh = "物", en = "Thing" }\n', encoding="utf-8")
    (folder / "concepts.csv").write_text(CONCEPTS, encoding="utf-8")
    (folder / "terms.csv").write_text(TERMS, encoding="utf-8")

    from zhengming.normalizers.terms.matcher import Matcher

    assert Matcher(Dictionary.open(copy), "thing").match("甲等")[0].code == "X1"


def test_any_code_list_becomes_a_dictionary(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("编码,名称,别名\n1,苹果,林檎;Apple\n2,梨,\n", encoding="utf-8-sig")
    dictionary = Dictionary.from_table(path, category="fruit", code="编码", name="名称", synonyms="别名")
    assert [term.text for term in dictionary.concept("fruit", "1").terms] == ["苹果", "林檎", "Apple"]
    with pytest.raises(DictionaryError, match="代码"):
        Dictionary.from_table(path, category="fruit", code="代码", name="名称")
