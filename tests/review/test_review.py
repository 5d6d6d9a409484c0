"""Review in Excel: what is offered, what comes back whatever program saved it, what is refused, what is used next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

import zhengming as zm
from tests.office import needs_office, saved_again
from zhengming.dictionary.decisions import read
from zhengming.dictionary.rulings import Decisions
from zhengming.errors import NotAReview, UsageError
from zhengming.pipeline import Run
from zhengming.review.apply import Applied, apply
from zhengming.review.export import export
from zhengming.review.items import collect
from zhengming.review.merge import merge

HEADER = ["患儿姓名", "性别", "诊断", "手术名称"]
CELLS = ["PA", "PA", "PA", "DORV,PS,VSD", "室间隔缺损?", "=1+1", "+心脏的某种东西", "  PS\n待查  "]
DAY = "2026-03-05"


@pytest.fixture(scope="module")
def dictionary() -> zm.Dictionary:
    return zm.Dictionary.open()


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    folder = tmp_path_factory.mktemp("inbox")
    made = []
    for name, cells in (("甲.xlsx", CELLS[:4]), ("乙.xlsx", CELLS[3:])):
        book = xlsxwriter.Workbook(str(folder / name), {"strings_to_formulas": False})
        page = book.add_worksheet("登记")
        page.write_row(0, 0, HEADER)
        for row, cell in enumerate(cells, start=1):
            for column, value in enumerate(["金小树", "男", cell, ""]):
                page.write_string(row, column, value)
        book.close()
        made.append(folder / name)
    return tuple(made)


def exported(path: Path, inbox: tuple[Path, ...], dictionary: zm.Dictionary, log: Path | None = None) -> Path:
    run = Run(dictionary=dictionary, decisions=log)
    questions = [one for file in inbox for one in run.clean(file).questions]
    export(path, questions, dictionary, run.facts())
    return path


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory, inbox: tuple[Path, ...], dictionary: zm.Dictionary) -> Path:
    return exported(tmp_path_factory.mktemp("review") / "审核.xlsx", inbox, dictionary)


def columns(sheet: Worksheet) -> tuple[int, dict[str, int]]:
    """The row of the header's names, and where each column stands."""
    for row in range(1, 20):
        names = {str(sheet.cell(row, at).value or "").removeprefix("zm:"): at for at in range(1, 20)}
        if "decision" in names:
            return row, names
    raise AssertionError("no names")


def filled(
    review: Path,
    target: Path,
    said: Mapping[str, Mapping[str, object]],
    reviewer: str = "李",
    day: object = DAY,
    change: Callable[[Worksheet], None] | None = None,
) -> Path:
    """The workbook as a reviewer leaves it: for each text the cells they wrote."""
    book = openpyxl.load_workbook(review)
    sheet = book.worksheets[0]
    row, at = columns(sheet)
    sheet.cell(3, 3).value, sheet.cell(4, 3).value = reviewer, day
    for number in range(row + 2, sheet.max_row + 1):
        for name, value in said.get(str(sheet.cell(number, at["text"]).value), {}).items():
            sheet.cell(number, at[name]).value = value
    if change:
        change(sheet)
    book.save(target)
    return target


ANSWERS: dict[str, dict[str, object]] = {
    "PA": {"decision": "D0143 肺动脉闭锁", "comment": '电话, 问过 "科室"'},
    "PS": {"other_code": "D0120"},
    "室间隔缺损?": {"decision": "无对应条目"},
    "心脏的某种东西": {"decision": "应新增条目", "reviewer": "王"},
}


def test_each_value_is_offered_once_the_most_frequent_first(inbox: tuple[Path, ...], dictionary: zm.Dictionary) -> None:
    run = Run(dictionary=dictionary)
    offered = collect(one for file in inbox for one in run.clean(file).questions)
    assert [(one.text, one.count) for one in offered][:2] == [("PA", 3), ("PS", 3)]
    assert len({one.text for one in offered}) == len(offered)
    pa, ps = offered[:2]
    assert (pa.file, pa.place) == ("甲.xlsx", "登记!C2")
    assert {code for option in pa.options for code in option.codes} >= {"D0143"}
    assert ps.cell == "DORV,PS,VSD"


def test_the_workbook_has_dropdowns_from_hidden_sheets_and_no_formula(review: Path) -> None:
    book = openpyxl.load_workbook(review)
    assert [(one.title, one.sheet_state) for one in book.worksheets] == [
        ("审核", "visible"),
        ("审核说明", "visible"),
        ("zm_lists", "hidden"),
        ("zm_options", "hidden"),
        ("zm_stamp", "hidden"),
    ]
    lists = [one for one in book.worksheets[0].data_validations.dataValidation if one.type == "list"]
    assert lists
    assert all(one.formula1.startswith(("zm_options!", "zm_codes_")) for one in lists)
    for sheet in book.worksheets:
        assert not [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    sheet = book.worksheets[0]
    row, at = columns(sheet)
    texts = {sheet.cell(number, at["text"]).value: number for number in range(row + 2, sheet.max_row + 1)}
    assert sheet.cell(texts["=1+1"], at["text"]).quotePrefix
    assert sheet.cell(texts["心脏的某种东西"], at["cell"]).quotePrefix
    assert sheet.freeze_panes == f"D{row + 2}"


def test_the_same_run_gives_the_same_bytes(
    review: Path, inbox: tuple[Path, ...], dictionary: zm.Dictionary, tmp_path: Path
) -> None:
    assert exported(tmp_path / "again.xlsx", inbox, dictionary).read_bytes() == review.read_bytes()


def applied(path: Path, tmp_path: Path, dictionary: zm.Dictionary) -> Applied:
    return apply([path], tmp_path / "decisions.csv", dictionary)


def check_applied(done: Applied, tmp_path: Path) -> None:
    assert (done.written, done.problems, done.conflicts) == (4, (), ())
    log = {one.text: one for one in read(tmp_path / "decisions.csv")}
    assert (log["PA"].verdict, log["PA"].codes, log["PA"].comment) == ("match", ("D0143",), '电话, 问过 "科室"')
    assert (log["PA"].reviewer, log["PA"].time, log["心脏的某种东西"].reviewer) == ("李", DAY, "王")
    assert (log["PS"].verdict, log["PS"].codes) == ("match", ("D0120",))
    assert log["室间隔缺损?"].verdict == "no-match"
    assert log["心脏的某种东西"].verdict == "new-concept"


def test_a_filled_workbook_becomes_decisions_that_the_next_run_uses(
    review: Path, inbox: tuple[Path, ...], dictionary: zm.Dictionary, tmp_path: Path
) -> None:
    path = filled(review, tmp_path / "a.xlsx", ANSWERS)
    check_applied(applied(path, tmp_path, dictionary), tmp_path)
    again = applied(path, tmp_path, dictionary)
    assert (again.written, again.known) == (0, 4)
    log = tmp_path / "decisions.csv"
    data = zm.clean(inbox[0], dictionary=dictionary, decisions=log).data
    assert data["diagnosis_status"].to_list() == ["accepted"] * 4
    assert data["diagnosis_codes"].to_list()[0] == "D0143"
    left = {one.text for file in inbox for one in zm.clean(file, dictionary=dictionary, decisions=log).questions}
    assert not left & set(ANSWERS)


def test_rows_may_be_sorted_and_columns_moved(review: Path, dictionary: zm.Dictionary, tmp_path: Path) -> None:
    def turned_round(sheet: Worksheet) -> None:
        row, _at = columns(sheet)
        rows = [[cell.value for cell in cells] for cells in sheet.iter_rows(min_row=row + 2)]
        names = [[cell.value for cell in cells] for cells in sheet.iter_rows(min_row=row, max_row=row + 1)]
        for start, block in ((row, names), (row + 2, rows[::-1])):
            for number, cells in enumerate(block):
                for column, value in enumerate(reversed(cells), start=1):
                    sheet.cell(start + number, column).value = value

    path = filled(review, tmp_path / "a.xlsx", ANSWERS, change=turned_round)
    check_applied(applied(path, tmp_path, dictionary), tmp_path)


@pytest.mark.parametrize(
    "day",
    [dt.date(2026, 3, 5), dt.datetime.fromisoformat("2026-03-05"), "2026/3/5", "2026年3月5日"],
    ids=lambda day: str(day),
)
def test_a_day_is_understood_as_people_write_it(
    review: Path, dictionary: zm.Dictionary, tmp_path: Path, day: object
) -> None:
    path = filled(review, tmp_path / "a.xlsx", ANSWERS, day=day)
    check_applied(applied(path, tmp_path, dictionary), tmp_path)


@pytest.mark.slow
@needs_office
@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_a_workbook_survives_libreoffice(
    review: Path, inbox: tuple[Path, ...], dictionary: zm.Dictionary, tmp_path: Path, kind: str
) -> None:
    """Saved by LibreOffice before it is filled in, and again after; as it is, and as an old .xls."""
    opened = saved_again(review, tmp_path / "first")
    book = openpyxl.load_workbook(opened)
    lists = [one for one in book.worksheets[0].data_validations.dataValidation if one.type == "list"]
    assert {one.formula1.split("!")[0].strip("$") for one in lists} >= {"zm_options"}
    path = saved_again(filled(opened, tmp_path / "filled.xlsx", ANSWERS), tmp_path / "second", kind)
    check_applied(applied(path, tmp_path, dictionary), tmp_path)


def moved_text(sheet: Worksheet) -> None:
    row, at = columns(sheet)
    first, second = sheet.cell(row + 2, at["text"]), sheet.cell(row + 3, at["text"])
    first.value, second.value = second.value, first.value


@pytest.mark.parametrize(
    ("said", "change", "kind"),
    [
        ({"PA": {"decision": "D0143 肺动脉闭锁"}}, moved_text, "changed"),
        ({"PA": {"other_code": "D9999"}}, None, "unknown-code"),
        ({"PA": {"other_code": "不知道"}}, None, "not-an-answer"),
        ({"PA": {"decision": "D0143 肺动脉闭锁", "other_code": "D0032"}}, None, "two-answers"),
        ({"PA": {"decision": "无对应条目", "other_code": "D0032"}}, None, "two-answers"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_an_answer_that_cannot_be_right_is_told_by_row_and_not_taken(
    review: Path,
    dictionary: zm.Dictionary,
    tmp_path: Path,
    said: dict[str, dict[str, object]],
    change: Callable[[Worksheet], None] | None,
    kind: str,
) -> None:
    done = applied(filled(review, tmp_path / "a.xlsx", said, change=change), tmp_path, dictionary)
    assert done.written == 0
    assert {one.kind for one in done.problems} == {kind}
    assert all(one.row > 6 for one in done.problems)


def test_an_answer_without_a_reviewer_or_a_day_is_not_taken(
    review: Path, dictionary: zm.Dictionary, tmp_path: Path
) -> None:
    said = {"PA": {"other_code": "D0143"}}
    nobody = applied(filled(review, tmp_path / "a.xlsx", said, reviewer=""), tmp_path, dictionary)
    assert [one.kind for one in nobody.problems] == ["no-reviewer"]
    never = applied(filled(review, tmp_path / "a.xlsx", said, day=None), tmp_path, dictionary)
    assert [one.kind for one in never.problems] == ["no-time"]
    given = apply([tmp_path / "a.xlsx"], tmp_path / "log.csv", dictionary, time=DAY)
    assert given.written == 1
    with pytest.raises(UsageError, match="ISO 8601"):
        applied(filled(review, tmp_path / "b.xlsx", said, day="上周"), tmp_path, dictionary)


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("D0032", ("D0032",)),
        ("D0032 室间隔缺损", ("D0032",)),
        ("室间隔缺损", ("D0032",)),
        ("D0032；D0052", ("D0032", "D0052")),
        ("D0032 室间隔缺损 + D0052 房间隔缺损", ("D0032", "D0052")),
        (" d0032 ", None),
        ("室缺", None),
    ],
)
def test_any_code_of_the_category_can_be_chosen_but_is_never_guessed(
    review: Path, dictionary: zm.Dictionary, tmp_path: Path, written: str, codes: tuple[str, ...] | None
) -> None:
    done = applied(filled(review, tmp_path / "a.xlsx", {"PA": {"other_code": written}}), tmp_path, dictionary)
    assert [one.codes for one in done.answers] == ([codes] if codes else [])
    assert bool(done.problems) == (codes is None)


def test_what_turns_candidates_down_keeps_them_from_coming_back(
    review: Path, inbox: tuple[Path, ...], dictionary: zm.Dictionary, tmp_path: Path
) -> None:
    applied(filled(review, tmp_path / "a.xlsx", {"PA": {"decision": "候选都不对"}}), tmp_path, dictionary)
    (one,) = read(tmp_path / "decisions.csv")
    assert one.verdict == "reject"
    assert "D0143" in one.rejected
    questions = zm.clean(inbox[0], dictionary=dictionary, decisions=tmp_path / "decisions.csv").questions
    (open_still,) = [one for one in questions if one.text == "PA"]
    assert open_still.options == ()


def test_a_foreign_a_stale_and_a_changed_workbook_are_refused(
    review: Path, inbox: tuple[Path, ...], dictionary: zm.Dictionary, tmp_path: Path
) -> None:
    with pytest.raises(NotAReview, match="no review workbook"):
        applied(inbox[0], tmp_path, dictionary)

    class Newer:
        id, version, sha256 = dictionary.id, "9.9.9", "0" * 64

    with pytest.raises(NotAReview, match="stale"):
        apply([review], tmp_path / "log.csv", Newer())
    book = openpyxl.load_workbook(review)
    stamp = book["zm_stamp"]
    line = next(row for row in stamp.iter_rows() if str(row[0].value).startswith("item "))
    line[1].value = str(line[1].value).replace("D0143", "D0001")
    book.save(tmp_path / "changed.xlsx")
    with pytest.raises(NotAReview, match="changed"):
        applied(tmp_path / "changed.xlsx", tmp_path, dictionary)
    assert not (tmp_path / "decisions.csv").exists()


def test_reviewers_who_disagree_are_shown_and_nothing_is_applied(
    review: Path, inbox: tuple[Path, ...], dictionary: zm.Dictionary, tmp_path: Path
) -> None:
    one = filled(review, tmp_path / "li.xlsx", ANSWERS, "李")
    other = filled(review, tmp_path / "wang.xlsx", {**ANSWERS, "PA": {"decision": "无对应条目"}}, "王")
    done = apply([one, other], tmp_path / "decisions.csv", dictionary)
    assert [(ruling.text, len(ruling.said)) for ruling in done.conflicts] == [("PA", 2)]
    cell = zm.clean(inbox[0], dictionary=dictionary, decisions=tmp_path / "decisions.csv")
    assert cell.data["diagnosis_status"][0] == "review"
    assert [one.reason for one in cell.questions if one.text == "PA"] == ["decision-disputed"]


def test_copies_are_merged_and_disputes_settled_in_the_merged_workbook(
    review: Path, dictionary: zm.Dictionary, tmp_path: Path
) -> None:
    one = filled(review, tmp_path / "li.xlsx", ANSWERS, "李")
    other = filled(review, tmp_path / "wang.xlsx", {**ANSWERS, "PA": {"decision": "无对应条目"}}, "王")
    merged = merge([one, other], tmp_path / "merged.xlsx", dictionary)
    assert (merged.agreed, merged.disputed) == (3, 1)
    sheet = openpyxl.load_workbook(tmp_path / "merged.xlsx").worksheets[0]
    row, at = columns(sheet)
    shown = {sheet.cell(number, at["text"]).value: number for number in range(row + 2, sheet.max_row + 1)}
    assert sheet.cell(shown["PA"], at["dispute"]).value == "李：D0143 肺动脉闭锁\n王：无对应条目"
    assert sheet.cell(shown["PA"], at["decision"]).value is None
    assert sheet.cell(shown["PS"], at["reviewer"]).value == "李；王"
    settled = filled(
        tmp_path / "merged.xlsx", tmp_path / "settled.xlsx", {"PA": {"decision": "D0143 肺动脉闭锁"}}, "张"
    )
    done = apply([settled], tmp_path / "decisions.csv", dictionary)
    assert done.conflicts == ()
    held = Decisions.read(tmp_path / "decisions.csv")
    ruling = held.ruling("disease", "PS")
    assert ruling is not None
    assert ruling.reviewers == ("李", "王")
    assert merge([settled], tmp_path / "again.xlsx", dictionary).agreed == 4


def test_only_copies_of_one_export_are_merged(
    review: Path, inbox: tuple[Path, ...], dictionary: zm.Dictionary, tmp_path: Path
) -> None:
    other = exported(tmp_path / "other.xlsx", inbox[:1], dictionary)
    with pytest.raises(NotAReview, match=r"other\.xlsx: is no copy"):
        merge([review, other], tmp_path / "merged.xlsx", dictionary)
