"""Each operation on a concept leaves a source the linter is content with, and a line that says who, when and why."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengming.dictionary import lint, source
from zhengming.dictionary.editing import Why, with_line
from zhengming.dictionary.lifecycle import Lifecycle, NewConcept, next_code
from zhengming.dictionary.model import Dictionary, Term
from zhengming.errors import DictionaryError, UnknownCode, UsageError, ZhengmingError

WHY = Why("li", "2026-11-25", "as agreed")
MANIFEST = 'title = { zh = "物", en = "Thing" }\ncode_pattern = "X[0-9]{3}"\nroots = ["X001"]\n'
CONCEPTS = """code,name,name_en,parents,status,replaced_by,source,note
X001,物,Thing,,active,,example,
X002,甲,,X001,active,,example,
X003,乙,B,X001,active,,example,
X004,丙,,X003,active,,example,
X005,丁,,X002;X003,active,,example,
"""
TERMS = """code,term,kind,lang,sender,relation,source,added_by,added_on
X002,子,synonym,zh,,ambiguous,example,,
X002,甲等,synonym,zh,,exact,example,,
X003,乙的,local,zh,h1,exact,example,,
X003,子,synonym,zh,,ambiguous,example,,
X004,丙等,synonym,zh,,exact,example,,
"""
QUALIFIERS = "axis,value,term,lang,source\nsize,big,大,zh,example\n"
DEFINITIONS = "code,core,qualifiers,source\nX004,X003,size=big,example\n"


def written(root: Path) -> Path:
    folder = root / "categories" / "thing"
    folder.mkdir(parents=True)
    (root / "dictionary.toml").write_text('id = "mine"\nversion = "1.0.0"\n', encoding="utf-8")
    (folder / "category.toml").write_text(MANIFEST, encoding="utf-8")
    for name, text in (
        ("concepts", CONCEPTS),
        ("terms", TERMS),
        ("qualifiers", QUALIFIERS),
        ("definitions", DEFINITIONS),
    ):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return written(tmp_path / "mine")


def changes(root: Path) -> list[list[str]]:
    path = root / "categories" / "thing" / "changes.csv"
    return list(csv.reader(path.read_text(encoding="utf-8").splitlines()))[1:] if path.exists() else []


def names(root: Path, code: str) -> set[tuple[str, str, str]]:
    return {(one.text, one.kind, one.relation) for one in Dictionary.open(root).concept("thing", code).terms}


def test_an_added_concept_gets_the_next_code(root: Path) -> None:
    code = Lifecycle(root, "thing").add(NewConcept("戊", "E", parents=("X001",), source="new"), WHY)
    concept = Dictionary.open(root).concept("thing", code)
    assert (code, concept.name, concept.name_en, concept.parents) == ("X006", "戊", "E", ("X001",))
    assert changes(root) == [["2026-11-25", "X006", "add", "X001", "", "戊", "li", "as agreed"]]
    assert lint.check(root) == []


def test_a_concept_gets_one_more_name(root: Path) -> None:
    Lifecycle(root, "thing").name("X002", Term("甲氏", "synonym", "zh", source="book"), WHY)
    [term] = [one for one in Dictionary.open(root).concept("thing", "X002").terms if one.text == "甲氏"]
    assert (term.added_by, term.added_on, term.source) == ("li", "2026-11-25", "book")
    assert lint.check(root) == []


def test_a_renamed_concept_keeps_its_old_name_as_a_term(root: Path) -> None:
    Lifecycle(root, "thing").rename("X002", "甲等", WHY)
    assert names(root, "X002") >= {("甲等", "preferred", "exact"), ("甲", "former", "exact")}
    assert ("甲等", "synonym", "exact") not in names(root, "X002")  # it would only repeat the preferred name
    assert changes(root)[0][4:6] == ["甲", "甲等"]
    assert lint.check(root) == []


def test_a_name_spelled_otherwise_leaves_no_former_one(root: Path) -> None:
    Lifecycle(root, "thing").rename("X003", "b", WHY, english=True)
    assert {one[0] for one in names(root, "X003")} == {"乙", "b", "子", "乙的"}


def test_an_old_name_that_no_longer_means_it_is_dropped_when_asked(root: Path) -> None:
    Lifecycle(root, "thing").rename("X002", "己", WHY, keep=False)
    assert "甲" not in {one[0] for one in names(root, "X002")}
    assert lint.check(root) == []


def test_a_retired_concept_has_a_successor_or_the_reason_as_its_note(root: Path) -> None:
    Lifecycle(root, "thing").retire("X004", WHY, replaced_by=["X003"])
    Lifecycle(root, "thing").retire("X005", WHY)
    dictionary = Dictionary.open(root)
    assert dictionary.concept("thing", "X004").replaced_by == ("X003",)
    assert dictionary.concept("thing", "X005").note == "as agreed"
    assert lint.check(root) == []


def test_two_concepts_become_one_with_all_names_children_and_definitions(root: Path) -> None:
    Lifecycle(root, "thing").unite("X003", "X002", WHY)
    dictionary = Dictionary.open(root)
    gone, stays = dictionary.concept("thing", "X003"), dictionary.concept("thing", "X002")
    assert (gone.status, gone.replaced_by, gone.name) == ("retired", ("X002",), "乙")
    assert names(root, "X002") == {
        ("甲", "preferred", "exact"), ("甲等", "synonym", "exact"), ("乙", "former", "exact"), ("B", "former", "exact"),
        ("乙的", "local", "exact"), ("子", "synonym", "exact"),
    }  # fmt: skip
    assert stays.status == "active"
    assert dictionary.concept("thing", "X004").parents == dictionary.concept("thing", "X005").parents == ("X002",)
    assert [(one.code, one.core) for one in dictionary.category("thing").definitions] == [("X004", "X002")]
    assert changes(root)[0][:4] == ["2026-11-25", "X003", "unite", "X002"]
    assert lint.check(root) == []


def test_a_concept_united_with_one_below_it_leaves_that_in_its_place(root: Path) -> None:
    Lifecycle(root, "thing").unite("X003", "X004", WHY)
    dictionary = Dictionary.open(root)
    assert dictionary.concept("thing", "X004").parents == ("X001",)
    assert dictionary.concept("thing", "X005").parents == ("X002", "X004")
    assert dictionary.category("thing").definitions == ()
    assert lint.check(root) == []


def test_a_split_concept_names_all_that_replace_it_and_keeps_its_names(root: Path) -> None:
    Lifecycle(root, "thing").split("X004", ["X002", "X005"], WHY)
    concept = Dictionary.open(root).concept("thing", "X004")
    assert concept.replaced_by == ("X002", "X005")
    assert ("丙等", "synonym", "exact") in names(root, "X004")
    assert lint.check(root) == []


def test_a_concept_is_moved_below_others(root: Path) -> None:
    Lifecycle(root, "thing").move("X004", ["X002", "X001"], WHY)
    assert Dictionary.open(root).concept("thing", "X004").parents == ("X002", "X001")
    assert lint.check(root) == []


def test_a_name_is_moved_to_another_concept(root: Path) -> None:
    Lifecycle(root, "thing").move_term("X004", "丙等", "X005", WHY)
    assert "丙等" in {one[0] for one in names(root, "X005")} - {one[0] for one in names(root, "X004")}
    assert lint.check(root) == []


def test_a_name_of_another_concept_is_declared_ambiguous_when_asked(root: Path) -> None:
    lifecycle = Lifecycle(root, "thing")
    with pytest.raises(DictionaryError, match="ZM502"):
        lifecycle.name("X002", Term("丙等"), WHY)
    lifecycle.name("X002", Term("丙等"), WHY, ambiguous=True)
    lifecycle.add(NewConcept("丙", parents=("X001",)), WHY, ambiguous=True)
    assert ("丙等", "synonym", "ambiguous") in names(root, "X002") & names(root, "X004")
    assert lint.check(root) == []


REFUSED: dict[str, tuple[Callable[[Lifecycle], object], str]] = {
    "code-used": (lambda one: one.add(NewConcept("戊", code="X002", parents=("X001",)), WHY), "there already"),
    "code-pattern": (lambda one: one.add(NewConcept("戊", code="Y1", parents=("X001",)), WHY), "ZM507"),
    "no-parent": (lambda one: one.add(NewConcept("戊"), WHY), "ZM515"),
    "unknown-parent": (lambda one: one.add(NewConcept("戊", parents=("X099",)), WHY), "no code 'X099'"),
    "same-name": (lambda one: one.add(NewConcept("甲", parents=("X001",)), WHY), "ZM513"),
    "name-of-a-term": (lambda one: one.add(NewConcept("丙等", parents=("X001",)), WHY), "ZM502"),
    "no-name": (lambda one: one.add(NewConcept("", parents=("X001",)), WHY), "ZM516"),
    "unseen-character": (lambda one: one.add(NewConcept("戊\u200b", parents=("X001",)), WHY), "ZM516"),
    "term-twice": (lambda one: one.name("X002", Term("甲 等"), WHY), "ZM512"),
    "kind": (lambda one: one.name("X002", Term("庚", "nickname"), WHY), "ZM509"),
    "unknown-code": (lambda one: one.rename("X099", "庚", WHY), "no code"),
    "rename-to-other": (lambda one: one.rename("X002", "丙", WHY), "ZM513"),
    "cycle": (lambda one: one.move("X003", ["X004"], WHY), "ZM508"),
    "root-moved": (lambda one: one.move("X002", [], WHY), "ZM515"),
    "orphans": (lambda one: one.retire("X003", WHY), "ZM515"),
    "root-retired": (lambda one: one.retire("X001", WHY), "ZM515"),
    "itself": (lambda one: one.retire("X004", WHY, replaced_by=["X004"]), "cannot replace itself"),
    "no-such-successor": (lambda one: one.retire("X004", WHY, replaced_by=["X099"]), "no code"),
    "united-with-itself": (lambda one: one.unite("X004", "X004", WHY), "with itself"),
    "split-into-one": (lambda one: one.split("X004", ["X002", "X002"], WHY), "at least two"),
    "no-such-term": (lambda one: one.move_term("X004", "庚", "X002", WHY), "no such term"),
    "too-long-a-reason": (lambda one: one.move("X004", ["X001"], Why("li", "2026-11-25", "x" * 600)), "ZM516"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_leave_a_faulty_source_is_refused_and_changes_nothing(root: Path, name: str) -> None:
    operation, said = REFUSED[name]
    before = {path: path.read_bytes() for path in root.rglob("*.csv")}
    with pytest.raises(ZhengmingError, match=said):
        operation(Lifecycle(root, "thing"))
    assert {path: path.read_bytes() for path in root.rglob("*.csv")} == before


def test_a_retired_concept_is_changed_no_more(root: Path) -> None:
    lifecycle = Lifecycle(root, "thing")
    lifecycle.retire("X004", WHY)
    for operation in (lambda: lifecycle.rename("X004", "庚", WHY), lambda: lifecycle.retire("X004", WHY)):
        with pytest.raises(DictionaryError, match="is retired"):
            operation()


@pytest.mark.parametrize(
    ("by", "on", "reason"),
    [("", "2026-11-25", "x"), ("li", "", "x"), ("li", "25.11.2026", "x"), ("li", "2026-11-25", " ")],
)
def test_a_change_has_author_day_and_reason(by: str, on: str, reason: str) -> None:
    with pytest.raises(UsageError):
        Why(by, on, reason)


def test_no_such_category_or_folder(root: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownCode, match="no category"):
        Lifecycle(root, "other").retire("X004", WHY)
    with pytest.raises(DictionaryError, match="no dictionary"):
        Lifecycle(tmp_path / "none", "thing")


def test_a_file_that_excel_saved_is_taken_and_written_canonically(root: Path) -> None:
    path = root / "categories" / "thing" / "concepts.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    Lifecycle(root, "thing").rename("X002", "庚", WHY)
    assert lint.check(root) == []


def test_a_column_nobody_knows_is_not_lost(root: Path) -> None:
    path = root / "categories" / "thing" / "concepts.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace(",note", ",note,mine").replace("example,", "example,,1"),
        encoding="utf-8",
    )
    before = path.read_bytes()
    with pytest.raises(DictionaryError, match="unknown column mine"):
        Lifecycle(root, "thing").rename("X002", "庚", WHY)
    assert path.read_bytes() == before


def test_the_next_code_follows_most_codes() -> None:
    assert next_code(["X9", "X10", "Y77"]) == "X11"
    assert next_code(["099"]) == "100"
    with pytest.raises(UsageError, match="give"):
        next_code(["A", "B"])


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"])), min_size=8, max_size=8)))
def test_lines_put_in_one_by_one_are_as_if_sorted_together(rows: list[list[str]]) -> None:
    data = None
    for row in rows:
        data = with_line(data, row)
    assert (data or source.dump_table(source.CHANGE_COLUMNS, []).encode()) == source.dump_table(
        source.CHANGE_COLUMNS, rows
    ).encode()


CODES = st.sampled_from([f"X00{number}" for number in range(1, 9)])
NAMES = st.sampled_from(["甲", "乙", "丙", "戊", "己", "庚", "子", "丙等", "b", "Ｂ"])
OPERATIONS = st.one_of(
    st.builds(lambda name, parent: lambda one: one.add(NewConcept(name, parents=(parent,)), WHY), NAMES, CODES),
    st.builds(lambda name: lambda one: one.add(NewConcept(name, parents=("X001",)), WHY, ambiguous=True), NAMES),
    st.builds(lambda code, name: lambda one: one.name(code, Term(name), WHY), CODES, NAMES),
    st.builds(lambda code, name: lambda one: one.name(code, Term(name), WHY, ambiguous=True), CODES, NAMES),
    st.builds(lambda code, name, en: lambda one: one.rename(code, name, WHY, english=en), CODES, NAMES, st.booleans()),
    st.builds(lambda code, name: lambda one: one.rename(code, name, WHY, keep=False), CODES, NAMES),
    st.builds(lambda code, to: lambda one: one.move(code, [to], WHY), CODES, CODES),
    st.builds(lambda code, name, to: lambda one: one.move_term(code, name, to, WHY), CODES, NAMES, CODES),
    st.builds(lambda code, to: lambda one: one.retire(code, WHY, replaced_by=to), CODES, st.lists(CODES, max_size=1)),
    st.builds(lambda code, into: lambda one: one.unite(code, into, WHY), CODES, CODES),
    st.builds(
        lambda code, into: lambda one: one.split(code, into, WHY), CODES, st.lists(CODES, min_size=2, max_size=2)
    ),
)


@settings(max_examples=60)
@given(st.lists(OPERATIONS, max_size=8))
def test_whatever_is_done_in_whatever_order_the_linter_finds_nothing(
    operations: list[Callable[[Lifecycle], object]],
) -> None:
    with tempfile.TemporaryDirectory() as place:
        root = written(Path(place) / "mine")
        done = 0
        for operation in operations:
            before = {path: path.read_bytes() for path in root.rglob("*.csv")}
            try:
                operation(Lifecycle(root, "thing"))
            except ZhengmingError:
                assert {path: path.read_bytes() for path in root.rglob("*.csv")} == before
                continue
            done += 1
            assert [(one.code, dict(one.params)) for one in lint.check(root)] == []
        assert len(changes(root)) == done
