"""Two people's versions of a file brought together: nothing of either is lost, and contradictions are shown."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from zhengming.cli import app
from zhengming.dictionary import lint, merging, source
from zhengming.dictionary.editing import Why
from zhengming.dictionary.lifecycle import Lifecycle
from zhengming.dictionary.merging import Conflict, merge
from zhengming.dictionary.model import Dictionary, Term
from zhengming.errors import DictionaryError

CONCEPTS = """code,name,name_en,parents,status,replaced_by,icd10,source,note
X1,甲,A,,active,,Q20,book,
X2,乙,,X1,active,,,book,
X3,丙,,X1,active,,,book,
"""
TERMS = """code,term,kind,lang,sender,relation,source,added_by,added_on
X1,甲等,synonym,zh,,exact,book,,
X2,乙等,synonym,zh,,exact,book,,
"""


def merged(base: str, ours: str, theirs: str) -> tuple[str, list[Conflict]]:
    found = merge(base.encode(), ours.encode(), theirs.encode())
    return found.data.decode(), list(found.conflicts)


def edit(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def test_two_facts_of_one_line_are_both_taken() -> None:
    ours, theirs = edit(CONCEPTS, ("X2,乙,,", "X2,乙,B,")), edit(CONCEPTS, ("X2,乙,,X1", "X2,乙,,X3"))
    assert merged(CONCEPTS, ours, theirs) == (edit(CONCEPTS, ("X2,乙,,X1", "X2,乙,B,X3")), [])


def test_neighbouring_lines_do_not_touch() -> None:
    ours, theirs = edit(CONCEPTS, ("X2,乙", "X2,己")), edit(CONCEPTS, ("X3,丙", "X3,庚"))
    assert merged(CONCEPTS, ours, theirs) == (edit(CONCEPTS, ("X2,乙", "X2,己"), ("X3,丙", "X3,庚")), [])


def test_what_both_changed_alike_is_no_conflict() -> None:
    both = edit(CONCEPTS, ("X2,乙", "X2,己"))
    assert merged(CONCEPTS, both, both) == (both, [])


def test_one_fact_changed_to_two_is_a_conflict_of_the_concept() -> None:
    ours, theirs = edit(CONCEPTS, ("X2,乙", "X2,己")), edit(CONCEPTS, ("X2,乙,,", "X2,庚,B,"))
    text, conflicts = merged(CONCEPTS, ours, theirs)
    assert conflicts == [Conflict("X2", "己", "name", "乙", "己", "庚")]
    lines = text.splitlines()
    assert lines[2:7] == [
        "<<<<<<< ours",
        "X2,己,B,X1,active,,,book,",
        "=======",
        "X2,庚,B,X1,active,,,book,",
        ">>>>>>> theirs",
    ]
    assert lines[7].startswith("X3")


def test_one_code_given_to_two_new_concepts_is_a_conflict() -> None:
    ours, theirs = CONCEPTS + "X4,丁,,X1,active,,,a,\n", CONCEPTS + "X4,戊,,X1,active,,,b,\n"
    _text, conflicts = merged(CONCEPTS, ours, theirs)
    assert conflicts == [Conflict("X4", "丁", "name", None, "丁", "戊")]


def test_sources_add_up() -> None:
    ours, theirs = edit(CONCEPTS, ("Q20,book", "Q20,book; a")), edit(CONCEPTS, ("Q20,book", "Q20,book; b"))
    assert merged(CONCEPTS, ours, theirs) == (edit(CONCEPTS, ("Q20,book", "Q20,book; a; b")), [])


def test_a_term_changed_here_and_removed_there_is_a_conflict() -> None:
    ours, theirs = edit(TERMS, ("乙等,synonym", "乙等,short")), edit(TERMS, ("X2,乙等,synonym,zh,,exact,book,,\n", ""))
    text, [conflict] = merged(TERMS, ours, theirs)
    assert (conflict.code, conflict.column, conflict.theirs) == ("X2", "", None)
    assert text.endswith("<<<<<<< ours\nX2,乙等,short,zh,,exact,book,,\n=======\n>>>>>>> theirs\n")


def test_a_name_given_to_two_concepts_is_a_conflict_though_the_lines_do_not_touch() -> None:
    ours, theirs = TERMS + "X2,丁,synonym,zh,,exact,,,\n", edit(TERMS, ("X2", "X1,(丁),short,zh,,exact,,,\nX2"))
    text, [conflict] = merged(TERMS, ours, theirs)
    assert (conflict.column, conflict.ours, conflict.theirs) == ("term", "丁 (X2)", "(丁) (X1)")
    assert text.count("丁") == 2


def test_a_name_declared_ambiguous_by_both_is_none() -> None:
    ours = TERMS + "X2,丁,synonym,zh,,ambiguous,,,\n"
    theirs = edit(TERMS, ("X2", "X1,丁,synonym,zh,,ambiguous,,,\nX2"))
    assert merged(TERMS, ours, theirs)[1] == []


def test_a_column_that_one_side_added_is_kept() -> None:
    ours = edit(CONCEPTS, ("icd10,source", "icd10,icd11,source"), ("Q20,book", "Q20,LA,book"), (",,book", ",,,book"))
    theirs = edit(CONCEPTS, ("X2,乙", "X2,己"))
    wanted = edit(ours, ("X2,乙", "X2,己"))
    assert merged(CONCEPTS, ours, theirs) == (wanted, [])
    assert merged(CONCEPTS, theirs, ours) == (wanted, [])


def test_lines_of_the_change_log_of_both_are_kept() -> None:
    head = ",".join(source.CHANGE_COLUMNS) + "\n"
    line = "2026-11-25,X1,rename,,a,b,li,x\n"
    text, conflicts = merged(head + line, head + line + line, head + line + "2026-11-26,X1,retire,,,,wu,y\n")
    assert (text, conflicts) == (head + line + line + "2026-11-26,X1,retire,,,,wu,y\n", [])


def test_versions_saved_by_excel_are_taken() -> None:
    ours = edit(CONCEPTS, ("X2,乙", "X2,己"))
    found = merge(CONCEPTS.encode(), b"\xef\xbb\xbf" + ours.replace("\n", "\r\n").encode(), CONCEPTS.encode())
    assert found.data.decode() == ours


def test_a_file_that_both_made_has_no_base() -> None:
    assert merged("", TERMS, TERMS + "X2,丁,synonym,zh,,exact,,,\n")[1] == []


def test_what_is_no_file_of_a_source_is_refused() -> None:
    with pytest.raises(DictionaryError, match="no CSV file"):
        merge(b"a,b\n1,2\n", b"a,b\n1,3\n", b"a,b\n1,4\n", where="x.csv")


CELL = st.sampled_from(["", "x", "y", "z"])
TABLE = st.dictionaries(st.sampled_from(["X1", "X2", "X3", "X4"]), st.tuples(CELL, CELL, CELL)).map(
    lambda rows: source.dump_table(
        (*source.CONCEPT_HEAD, *source.CONCEPT_TAIL),
        [[code, name, "", parents, "active", "", "", note] for code, (name, parents, note) in rows.items()],
    )
)


@given(TABLE, TABLE)
def test_a_side_that_changed_nothing_changes_nothing(base: str, other: str) -> None:
    assert merged(base, base, other) == (other, [])
    assert merged(base, other, base) == (other, [])
    assert merged(base, other, other) == (other, [])


@given(TABLE, TABLE, TABLE)
def test_the_sides_can_be_swapped(base: str, ours: str, theirs: str) -> None:
    text, conflicts = merged(base, ours, theirs)
    swapped, others = merged(base, theirs, ours)
    assert {(one.code, one.column) for one in conflicts} == {(one.code, one.column) for one in others}
    if not conflicts:
        assert text == swapped
        assert merging.MIDDLE not in text


@pytest.fixture
def versions(mine: Path, tmp_path: Path) -> list[Path]:
    """Three source folders, all the same."""
    for name in ("base", "ours", "theirs"):
        shutil.copytree(mine, tmp_path / name)
    return [tmp_path / name for name in ("base", "ours", "theirs")]


def test_folders_are_brought_together_and_conflicts_told_by_concept(versions: list[Path]) -> None:
    base, ours, theirs = versions
    Lifecycle(ours, "sex").name("1", Term("男人呀", "synonym", "zh"), Why("li", "2026-11-25", "heard"))
    Lifecycle(theirs, "sex").name("2", Term("女人呀", "synonym", "zh"), Why("wu", "2026-11-25", "heard"))
    done = CliRunner().invoke(app, ["dict", "merge", str(base), str(ours), str(theirs), "--lang", "en"])
    assert (done.exit_code, done.stdout) == (0, "")
    assert lint.check(ours) == []
    Lifecycle(ours, "sex").rename("1", "男人", Why("li", "2026-11-26", "shorter"))
    Lifecycle(theirs, "sex").rename("1", "男子", Why("wu", "2026-11-26", "nicer"))
    done = CliRunner().invoke(app, ["dict", "merge", str(base), str(ours), str(theirs), "--lang", "en"])
    assert done.exit_code == 1
    assert "1 男人: name: was 男性; ours 男人; theirs 男子" in done.stdout
    assert merging.OURS in (ours / "categories" / "sex" / "concepts.csv").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_git_merges_two_branches_with_it(mine: Path) -> None:
    def git(*arguments: str, code: int = 0) -> str:
        name = ("-c", "user.name=li", "-c", "user.email=li@example.org", "-c", "init.defaultBranch=main")
        done = subprocess.run(["git", *name, *arguments], cwd=mine, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done.stdout

    git("init", "-q")
    (mine / ".gitattributes").write_text("categories/**/*.csv merge=zm-dict\n", encoding="utf-8")
    (mine / ".gitignore").write_text(".*.lock\n", encoding="utf-8")
    git("config", "merge.zm-dict.driver", f'"{sys.executable}" -m zhengming dict merge %O %A %B --path %P --lang en')
    git("add", "-A")
    git("commit", "-qm", "base")
    git("checkout", "-qb", "other")
    lifecycle = Lifecycle(mine, "sex")
    lifecycle.name("1", Term("男人甲", "synonym", "zh"), Why("wu", "2026-11-25", "heard"))
    lifecycle.rename("2", "女子", Why("wu", "2026-11-25", "nicer"))
    git("add", "-A")
    git("commit", "-qm", "theirs")
    git("checkout", "-q", "main")
    lifecycle.name("1", Term("男人乙", "synonym", "zh"), Why("li", "2026-11-25", "heard"))
    git("add", "-A")
    git("commit", "-qm", "ours")
    git("merge", "-q", "--no-edit", "other")
    assert lint.check(mine) == []
    terms = {term.text for term in Dictionary.open(mine).concept("sex", "1").terms}
    assert {"男人甲", "男人乙"} <= terms
    assert len((mine / "categories" / "sex" / "changes.csv").read_text(encoding="utf-8").splitlines()) == 4
    git("checkout", "-qb", "third", "main~1")
    lifecycle.rename("2", "女人", Why("li", "2026-11-25", "shorter"))
    git("commit", "-qam", "third")
    assert "2 女人: name: was 女性; ours 女人; theirs 女子" in git("merge", "--no-edit", "main", code=1)


def test_files_and_folders_do_not_go_together(versions: list[Path]) -> None:
    file = versions[0] / "dictionary.toml"
    done = CliRunner().invoke(app, ["dict", "merge", str(file), str(versions[1]), str(versions[2])])
    assert "three files" in str(done.exception)
