"""Importing code lists: what changes, what is refused, and that a second time changes nothing."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from zhengming.cli import app
from zhengming.dictionary import importing, lint, starting
from zhengming.dictionary.importing import Plan
from zhengming.dictionary.lists import Layout
from zhengming.dictionary.model import Dictionary
from zhengming.errors import DictionaryError, UnreadableFile, UsageError
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.reports import import_plan

LIST = "code,name,parent,others,moe\nX1,甲校,,甲;甲中,10\nX2,乙校,X1,乙,\n"
LAYOUT = Layout("code", "name", parents="parent", synonyms="others")
HEAD = "code,name,name_en,parents,status,replaced_by,source,note\n"
TERM_HEAD = "code,term,kind,lang,sender,relation,source,added_by,added_on\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A dictionary with an empty category `school`."""
    starting.new(tmp_path / "mine", category="school")
    return tmp_path / "mine"


def taken(root: Path, text: str, layout: Layout = LAYOUT, *, apply: bool = True) -> Plan:
    """Import a list with this text into the category `school`."""
    path = root.parent / "list.csv"
    path.write_text(text, encoding="utf-8")
    plan = importing.preview(path, root, layout, category="school")
    if apply:
        importing.apply(plan)
    return plan


def contents(root: Path) -> dict[str, bytes]:
    files = [path for path in root.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def concepts(root: Path) -> str:
    return (root / "categories" / "school" / "concepts.csv").read_text(encoding="utf-8").removeprefix(HEAD)


def terms(root: Path) -> str:
    return (root / "categories" / "school" / "terms.csv").read_text(encoding="utf-8").removeprefix(TERM_HEAD)


def test_a_list_becomes_concepts_and_terms_that_name_their_source(root: Path) -> None:
    plan = taken(root, LIST)
    assert concepts(root) == "X1,甲校,,,active,,list.csv,\nX2,乙校,,X1,active,,list.csv,\n"
    assert terms(root) == (
        "X1,甲,synonym,,,exact,list.csv,,\nX1,甲中,synonym,,,exact,list.csv,,\nX2,乙,synonym,,,exact,list.csv,,\n"
    )
    assert plan.categories[0].added == (("X1", "甲校"), ("X2", "乙校"))
    assert lint.check(root) == []
    assert Matcher(Dictionary.open(root), "school").match("甲中")[0].code == "X1"


def test_a_preview_writes_nothing_and_says_what_applying_does(root: Path) -> None:
    before = contents(root)
    plan = taken(root, LIST, apply=False)
    assert contents(root) == before
    importing.apply(plan)
    assert contents(root) == before | {name: data for one in plan.categories for name, data in one.files.items()}


CHANGES = {  # id: the second list; concepts.csv after it; terms.csv after it
    "new-name": (
        "X1,甲学校,,,\n",
        "X1,甲学校,,,active,,list.csv,\nX2,乙校,,X1,active,,list.csv,\n",
        "X1,甲,synonym,,,exact,list.csv,,\nX1,甲中,synonym,,,exact,list.csv,,\n"
        "X1,甲校,former,,,exact,list.csv,,\nX2,乙,synonym,,,exact,list.csv,,\n",
    ),
    "term-becomes-the-name": (
        "X2,乙,X1,,\n",
        "X1,甲校,,,active,,list.csv,\nX2,乙,,X1,active,,list.csv,\n",
        "X1,甲,synonym,,,exact,list.csv,,\nX1,甲中,synonym,,,exact,list.csv,,\nX2,乙校,former,,,exact,list.csv,,\n",
    ),
    "empty-cells-say-nothing": (
        "X2,乙校,,,\n",
        "X1,甲校,,,active,,list.csv,\nX2,乙校,,X1,active,,list.csv,\n",
        None,
    ),
    "new-parent": (
        "X2,乙校,X3,,\nX3,丙校,,,\n",
        "X1,甲校,,,active,,list.csv,\nX2,乙校,,X3,active,,list.csv,\nX3,丙校,,,active,,list.csv,\n",
        None,
    ),
    "same-after-folding": (
        "X1,甲校,,（甲中）,\n",
        "X1,甲校,,,active,,list.csv,\nX2,乙校,,X1,active,,list.csv,\n",
        None,
    ),
    "a-known-term-of-another": (
        "X2,乙校,,甲,\n",
        "X1,甲校,,,active,,list.csv,\nX2,乙校,,X1,active,,list.csv,\n",
        "X1,甲,synonym,,,ambiguous,list.csv,,\nX1,甲中,synonym,,,exact,list.csv,,\n"
        "X2,乙,synonym,,,exact,list.csv,,\nX2,甲,synonym,,,ambiguous,list.csv,,\n",
    ),
    "the-name-of-another": (
        "X3,甲校,,,\n",
        "X1,甲校,,,active,,list.csv,\nX2,乙校,,X1,active,,list.csv,\nX3,甲校,,,active,,list.csv,\n",
        "X1,甲,synonym,,,exact,list.csv,,\nX1,甲中,synonym,,,exact,list.csv,,\n"
        "X1,甲校,synonym,,,ambiguous,list.csv,,\nX2,乙,synonym,,,exact,list.csv,,\n"
        "X3,甲校,synonym,,,ambiguous,list.csv,,\n",
    ),
}


@pytest.mark.parametrize(("second", "wanted", "wanted_terms"), CHANGES.values(), ids=CHANGES)
def test_a_second_list_changes_what_it_says_otherwise(
    root: Path, second: str, wanted: str, wanted_terms: str | None
) -> None:
    taken(root, LIST)
    before = terms(root)
    taken(root, "code,name,parent,others,moe\n" + second)
    assert concepts(root) == wanted
    assert terms(root) == (before if wanted_terms is None else wanted_terms)
    assert lint.check(root) == []
    again = taken(root, "code,name,parent,others,moe\n" + second)
    assert not again.changes_something


def test_what_the_list_lacks_stays_and_is_reported(root: Path) -> None:
    taken(root, LIST)
    plan = taken(root, "code,name,parent,others,moe\nX2,乙校,X1,,\n")
    assert plan.categories[0].absent == ("X1",)
    assert not plan.changes_something


def test_a_retired_concept_stays_retired(root: Path) -> None:
    (root / "categories" / "school" / "concepts.csv").write_text(HEAD + "X1,甲校,,,retired,,old,并入他校\n", "utf-8")
    plan = taken(root, "code,name,parent,others,moe\nX1,甲校,,,\n")
    assert plan.categories[0].retired == ("X1",)
    assert not plan.changes_something


def test_a_former_name_of_a_merged_concept_is_not_ambiguous(root: Path) -> None:
    folder = root / "categories" / "school"
    (folder / "concepts.csv").write_text(HEAD + "X1,甲校,,,retired,X2,old,\nX2,乙校,,,active,,old,\n", "utf-8")
    taken(root, "code,name,parent,others,moe\nX2,乙校,,甲校,\n")
    assert terms(root) == "X2,甲校,synonym,,,exact,list.csv,,\n"
    assert lint.check(root) == []


def test_a_change_adds_its_source_to_the_row(root: Path) -> None:
    taken(root, LIST)
    path = root.parent / "other.csv"
    path.write_text("code,name\nX1,甲学校\n", encoding="utf-8")
    importing.apply(importing.preview(path, root, Layout("code", "name"), category="school", source_text="2026 年名单"))
    assert Dictionary.open(root).concept("school", "X1").source == "list.csv; 2026 年名单"


def test_a_new_mapping_is_declared_and_filled(root: Path) -> None:
    taken(root, LIST)
    taken(root, LIST, Layout("code", "name", mappings={"moe": "moe"}))
    opened = Dictionary.open(root)
    assert opened.concept("school", "X1").mappings == {"moe": ("10",)}
    assert opened.concept("school", "X2").mappings == {"moe": ()}
    assert lint.check(root) == []


REFUSED = {  # id: the list, the codes of the findings, where
    "two-names": ("X1,甲,,,\nX2,乙,,,\nX1,丙,,,\n", {"ZM501"}, "list.csv!A4"),
    "parent-missing": ("X1,甲,X9,,\n", {"ZM503"}, "list.csv!C2"),
    "parent-cycle": ("X1,甲,X2,,\nX2,乙,X1,,\n", {"ZM508"}, "list.csv!C2"),
    "own-parent": ("X1,甲,X1,,\n", {"ZM508"}, "list.csv!C2"),
    "code-pattern": ("X1,甲,,,\nY2,乙,,,\n", {"ZM507"}, "list.csv!A3"),
}


@pytest.mark.parametrize(("rows", "codes", "place"), REFUSED.values(), ids=REFUSED)
def test_what_lints_badly_is_refused_and_nothing_is_written(root: Path, rows: str, codes: set[str], place: str) -> None:
    manifest = root / "categories" / "school" / "category.toml"
    manifest.write_text('code_pattern = "X[0-9]"\n' + manifest.read_text(encoding="utf-8"), encoding="utf-8")
    before = contents(root)
    plan = taken(root, "code,name,parent,others,moe\n" + rows, apply=False)
    assert {one.code for one in plan.errors} == codes
    assert str(plan.errors[0].place) == place
    with pytest.raises(DictionaryError, match="refused"):
        importing.apply(plan)
    assert contents(root) == before


def test_another_name_of_a_code_may_be_declared_a_further_name(root: Path) -> None:
    taken(root, "code,name\nX1,甲校\nX1,甲中\n", Layout("code", "name", further_names=True))
    assert terms(root) == "X1,甲中,synonym,,,exact,list.csv,,\n"


def test_rows_may_say_what_their_name_is_and_which_category_they_belong_to(root: Path) -> None:
    path = root.parent / "all.tsv"
    path.write_text(
        "a\t1\t甲中\tshort\tS\na\t1\t甲校\tpreferred\tS\nb\t1\tB\tname\tT\nb\t2\tC\tname\t\n", encoding="utf-8"
    )
    layout = Layout("2", "3", category="1", kind="4", source="5", headed=False)
    importing.apply(importing.preview(path, root, layout))
    opened = Dictionary.open(root)
    assert opened.categories == ("a", "b", "school")
    assert [(one.text, one.kind) for one in opened.concept("a", "1").terms] == [
        ("甲校", "preferred"),
        ("甲中", "short"),
    ]
    assert [one.source for one in opened.category("b").concepts.values()] == ["T", "all.tsv"]
    assert lint.check(root) == []


FORMS = {
    "plain": LIST.encode(),
    "gzip": gzip.compress(LIST.encode(), mtime=0),
    "gzip-gb18030": gzip.compress(LIST.encode("gb18030"), mtime=0),
    "bom-crlf": ("\ufeff" + LIST.replace("\n", "\r\n")).encode(),
    "utf-16": LIST.encode("utf-16"),
    "tabs": LIST.replace(",", "\t").encode(),
    "title-above": ("2026 年名单\n\n" + LIST).encode(),
    "invisible": LIST.replace("甲校", "甲\u200b校").encode(),
}


@pytest.mark.parametrize("data", FORMS.values(), ids=FORMS)
def test_the_form_of_the_file_does_not_matter(root: Path, data: bytes) -> None:
    taken(root, LIST)
    wanted = contents(root)
    path = root.parent / "list.csv"
    path.write_bytes(data)
    for name in ("concepts.csv", "terms.csv"):
        (root / "categories" / "school" / name).write_bytes((HEAD if name == "concepts.csv" else TERM_HEAD).encode())
    importing.apply(importing.preview(path, root, LAYOUT, category="school"))
    assert contents(root) == wanted


def test_a_workbook_is_read_from_the_sheet_that_has_the_columns(root: Path) -> None:
    import xlsxwriter

    path = root.parent / "list.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("说明").write_string(0, 0, "学校名单")
        sheet = workbook.add_worksheet("名单")
        sheet.write_string(0, 0, "名单")
        sheet.write_row(1, 0, ["编码", "名称"])
        sheet.write_row(2, 0, [1001, "甲校"])
        sheet.write_row(3, 0, ["1002", "乙校"])
    layout = Layout("编码", "名称")
    importing.apply(importing.preview(path, root, layout, category="school"))
    assert list(Dictionary.open(root).category("school").concepts) == ["1001", "1002"]
    assert not importing.preview(path, root, layout, category="school", sheet="名单").changes_something
    with pytest.raises(UsageError, match="说明"):
        importing.preview(path, root, layout, category="school", sheet="附表")
    with pytest.raises(DictionaryError, match="名称"):
        importing.preview(path, root, layout, category="school", sheet="说明")


def test_a_code_that_has_lost_digits_is_no_code(root: Path) -> None:
    import xlsxwriter

    path = root.parent / "list.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["code", "name"])
        sheet.write_number(1, 0, 1.1010519491231e17)
        sheet.write_string(1, 1, "甲校")
    with pytest.raises(UnreadableFile, match="digits"):
        importing.preview(path, root, Layout("code", "name"), category="school")


def test_rows_without_a_code_or_a_readable_name_are_left_out_and_told(root: Path) -> None:
    plan = taken(root, "code,name,parent,others,moe\nX1,甲校,,,\n,乙校,,,\n,,,,\nX3,,,,\nX4,丁\ue170校,,,\n")
    assert plan.left_out == (3, 5, 6)
    assert concepts(root) == "X1,甲校,,,active,,list.csv,\n"


def test_a_quotation_mark_that_never_closes_swallows_nothing(root: Path) -> None:
    taken(root, 'code,name\nX1,"甲校\nX2,乙校\nX3,丙校\n', Layout("code", "name"))
    assert [one.name for one in Dictionary.open(root).category("school").concepts.values()] == ["甲校", "乙校", "丙校"]


WRONG = {
    "no-such-column": (LIST.encode(), Layout("编码", "name"), "school", DictionaryError),
    "no-category": (LIST.encode(), LAYOUT, "", UsageError),
    "category-is-a-path": (LIST.encode(), LAYOUT, "../out", UsageError),
    "no-number": (LIST.encode(), Layout("code", "2", headed=False), "school", UsageError),
    "no-splitting": (LIST.encode(), Layout("code", "name", split=""), "school", UsageError),
    "empty": (b"", LAYOUT, "school", UnreadableFile),
    "empty-gzip": (gzip.compress(b"", mtime=0), LAYOUT, "school", UnreadableFile),
    "damaged-gzip": (gzip.compress(LIST.encode() * 99, mtime=0)[:-20], LAYOUT, "school", UnreadableFile),
    "binary": (gzip.compress(bytes(range(256)) * 9, mtime=0), LAYOUT, "school", UnreadableFile),
    "other-encoding-later": (
        (LIST + "X,y,,,\n" * 200_000).encode() + "X5,戊\n".encode("gb18030"),
        LAYOUT,
        "school",
        UnreadableFile,
    ),
}


@pytest.mark.parametrize(("data", "layout", "category", "error"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_read_as_asked_is_an_error_and_nothing_is_written(
    root: Path, data: bytes, layout: Layout, category: str, error: type[Exception]
) -> None:
    before = contents(root)
    path = root.parent / "list.csv"
    path.write_bytes(data)
    with pytest.raises(error):
        importing.preview(path, root, layout, category=category)
    assert contents(root) == before


def test_there_must_be_a_dictionary(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    with pytest.raises(DictionaryError):
        importing.preview(tmp_path / "list.csv", tmp_path / "nowhere", LAYOUT, category="school")


NAMES = st.text(st.sampled_from("甲乙丙 Ⅱ2()a;\u200b\"'"), max_size=4)
ROWS = st.lists(st.tuples(st.sampled_from(["1", "2", "3", "4", "5"]), NAMES, NAMES, NAMES), max_size=8)


@given(ROWS, ROWS)
def test_importing_twice_changes_nothing_and_the_result_has_no_errors(
    tmp_path_factory: pytest.TempPathFactory, first: list[tuple[str, ...]], second: list[tuple[str, ...]]
) -> None:
    root = tmp_path_factory.mktemp("made") / "mine"
    starting.new(root, category="school")
    layout = Layout("code", "name", name_en="en", synonyms="others", further_names=True)
    for rows in (first, second):
        out = io.StringIO()
        csv.writer(out).writerows([("code", "name", "en", "others"), *rows])
        before = {one.code for one in Dictionary.open(root).category("school").concepts.values()}
        plan = taken(root, out.getvalue(), layout)
        assert plan.errors == ()
        assert [one for one in lint.check(root) if one.severity == "error"] == []
        assert before <= set(Dictionary.open(root).category("school").concepts)
        after = contents(root)
        assert not taken(root, out.getvalue(), layout).changes_something
        assert contents(root) == after


def test_the_plan_is_told_in_plain_words_in_both_languages(root: Path) -> None:
    taken(root, LIST)
    plan = taken(root, "code,name,parent,others,moe\nX2,乙学校,X1,甲,\nX3,丙校,,,\n,丁校,,,\n", apply=False)
    said = import_plan.render(plan, lang="zh")
    for words in (
        "新增概念 1 个：X3 丙校",
        "X2 name：乙校 → 乙学校",
        "没有的概念 1 个，保持不变：X1",
        "第 4 行",
        "--apply",
    ):
        assert words in said
    assert "Written." in import_plan.render(plan, lang="en", applied=True)


def test_the_command_previews_applies_and_refuses(root: Path) -> None:
    path = root.parent / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    command = ["dict", "import", str(path), "--into", str(root), "-c", "school", "--code", "code", "--name", "name"]
    command += ["--parent", "parent", "--synonyms", "others", "--mapping", "moe=moe", "--lang", "en"]
    before = contents(root)
    assert CliRunner().invoke(app, command).exit_code == 0
    assert contents(root) == before
    assert CliRunner().invoke(app, [*command, "--apply"]).exit_code == 0
    assert Dictionary.open(root).concept("school", "X1").mappings["moe"] == ("10",)
    path.write_text("code,name,parent,others,moe\nX1,甲校,X9,,\n", encoding="utf-8")
    before = contents(root)
    ran = CliRunner().invoke(app, [*command, "--apply"])
    assert ran.exit_code == 1
    assert "list.csv!C2: ZM503" in ran.stdout
    assert "Refused" in ran.stdout
    assert contents(root) == before
