"""`zm review …` and `zm template` as typed: exit codes, what is told, and that no value is among it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner, Result

from zhengming.cli import app
from zhengming.pipeline import demo


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    demo("demo")
    return tmp_path


def zm(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def answered(path: Path, target: Path, reviewer: str, answer: str, text: str = "PA") -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["C3"] = reviewer
    for row in sheet.iter_rows(min_row=7):
        if row[2].value == text:
            row[8].value = answer
    book.save(target)


def test_from_files_to_decisions_and_back(folder: Path) -> None:
    done = zm("review", "export", "demo/inbox", "-o", "review.xlsx", "--lang", "zh")
    assert done.exit_code == 0
    assert "5 个待审核的值" in done.stderr
    answered(folder / "review.xlsx", folder / "li.xlsx", "李", "D0143 肺动脉闭锁")
    done = zm("review", "apply", "li.xlsx", "--lang", "zh", "--time", "2026-03-05")
    assert (done.exit_code, done.stdout) == (1, "decisions.csv：新记入 1 个决定（已有 0 个）；4 个未作决定\n")
    before = openpyxl.load_workbook(folder / "demo/clean/sender_b.clean.xlsx")["待审核"].max_row
    assert zm("clean", "demo/inbox/sender_b.xlsx", "-o", "out", "--decisions", "decisions.csv").exit_code == 1
    assert openpyxl.load_workbook(folder / "out/sender_b.clean.xlsx")["待审核"].max_row == before - 1


def test_a_dispute_names_places_and_reviewers_but_no_value(folder: Path) -> None:
    zm("review", "export", "demo/inbox", "-o", "review.xlsx", "--lang", "zh")
    answered(folder / "review.xlsx", folder / "li.xlsx", "李", "D0032 室间隔缺损", "室间隔缺损?")
    answered(folder / "review.xlsx", folder / "wang.xlsx", "王", "无对应条目", "室间隔缺损?")
    done = zm("review", "apply", "li.xlsx", "wang.xlsx", "--lang", "zh")
    assert done.exit_code == 1
    assert "审核人意见不一致（disease，li.xlsx!7, wang.xlsx!7）：李: D0032; 王: 无对应条目" in done.stdout
    assert "室间隔缺损?" not in done.output
    assert "室间隔缺损?" in zm("review", "apply", "li.xlsx", "wang.xlsx", "--show-values").stdout
    done = zm("review", "merge", "li.xlsx", "wang.xlsx", "-o", "merged.xlsx", "--lang", "zh")
    assert (done.exit_code, done.stdout) == (1, "merged.xlsx：合并 2 份；意见一致 0 个，分歧 1 个，未作决定 4 个\n")


def test_what_was_not_taken_is_told_by_row(folder: Path) -> None:
    zm("review", "export", "demo/inbox", "-o", "review.xlsx", "--lang", "zh")
    answered(folder / "review.xlsx", folder / "li.xlsx", "", "D0143 肺动脉闭锁")
    done = zm("review", "apply", "li.xlsx", "--lang", "zh")
    assert done.exit_code == 1
    assert "li.xlsx 第 8 行未读入：没有写审核人" in done.stdout
    assert not (folder / "decisions.csv").exists()


def test_nothing_to_review_makes_no_workbook(folder: Path) -> None:
    (folder / "good.csv").write_text("患儿姓名,诊断\n金小树,室间隔缺损\n", encoding="utf-8")
    done = zm("review", "export", "good.csv", "-o", "review.xlsx", "--lang", "en")
    assert done.exit_code == 0
    assert "No code needs a review" in done.stderr
    assert not (folder / "review.xlsx").exists()


def test_a_form_is_written_by_name_and_in_either_language(folder: Path) -> None:
    assert zm("template", "aid_case", "-o", "form.xlsx", "--lang", "en", "--rows", "50").exit_code == 0
    book = openpyxl.load_workbook(folder / "form.xlsx")
    assert book.sheetnames == ["Medical aid application", "How to fill in", "zm_lists"]
    assert zm("validate", "form.xlsx").exit_code == 0
