"""Agreed decisions become names, and nothing that would make a name mean two concepts or more than it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhengming.cli import app
from zhengming.dictionary import lint, source, starting
from zhengming.dictionary.decisions import Decision, append
from zhengming.dictionary.rulings import Decisions
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.review import promotion, proposals

DAY = "2026-11-25"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small dictionary of fruit."""
    made = tmp_path / "fruit"
    starting.new(made, category="fruit")
    folder = made / "categories" / "fruit"
    for name, lines in {
        "concepts.csv": "A,苹果,apple,,active,,,\nB,香蕉,,,active,,,\nC,李子,,,retired,B,,moved\n",
        "terms.csv": "A,红富士,synonym,zh,,exact,,,\nB,甘蕉,synonym,zh,,exact,,,\n",
    }.items():
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8") + lines, encoding="utf-8")
    manifest = folder / "category.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('cell = "value"', 'cell = "mentions"'), "utf-8")
    return made


def said(text: str, *codes: str, reviewer: str = "li", sender: str = "", category: str = "fruit") -> Decision:
    return Decision(text, category, "match", reviewer, DAY, sender, codes)


CASES = [
    ("a new name", [said("蛇果", "A")], ""),
    ("a new name with a space", [said("黄金 元帅", "A")], ""),
    ("a name of one sender", [said("蛇果", "A", sender="a")], ""),
    ("agreed by two", [said("蛇果", "A"), said("蛇果", "A", reviewer="wang")], ""),
    ("in dispute", [said("蛇果", "A"), said("蛇果", "B", reviewer="wang")], "disputed"),
    ("two concepts", [said("蛇果", "A", "B")], "several-codes"),
    ("another category", [said("蛇果", "A", category="wood")], "unknown-category"),
    ("an unknown code", [said("蛇果", "Z")], "unknown-code"),
    ("a retired concept", [said("蛇果", "C")], "retired"),
    ("known already", [said("红 富士", "A")], "known"),
    ("a name of another concept", [said("甘蕉", "A")], "another-concept"),
    ("a name of another concept, of one sender", [said("甘蕉", "A", sender="a")], "another-concept"),
    ("a list", [said("蛇果、梨", "A")], "not-a-name"),
    ("a doubt", [said("蛇果？", "A")], "not-a-name"),
    ("too long", [said("蛇" * 61, "A")], "not-a-name"),
    ("a denial in it", [said("无蛇果", "A")], "reads-more"),
    ("a known name in it", [said("红富士术后", "A")], "reads-more"),
]


@pytest.mark.parametrize(("log", "reason"), [one[1:] for one in CASES], ids=[one[0] for one in CASES])
def test_only_a_name_that_nobody_disputes_becomes_a_term(root: Path, log: list[Decision], reason: str) -> None:
    (found,) = promotion.preview(Decisions(log), root)
    assert found.reason == reason
    assert (found.term is None) == bool(reason)


def test_one_name_that_was_decided_differently_under_two_spellings_is_left(root: Path) -> None:
    found = promotion.preview(Decisions([said("蛇果红皮", "A"), said("蛇果-红皮", "B")]), root)
    assert {one.reason for one in found} == {"two-decisions"}
    twice = promotion.preview(Decisions([said("蛇果红皮", "A"), said("蛇果-红皮", "A")]), root)
    assert sorted(one.reason for one in twice) == ["", "known"]


def test_as_many_reviewers_must_agree_as_are_asked_for(root: Path) -> None:
    alone, both = [said("蛇果", "A")], [said("蛇果", "A"), said("蛇果", "A", reviewer="wang")]
    assert promotion.preview(Decisions(alone), root, least=2)[0].reason == "few-reviewers"
    assert promotion.preview(Decisions(both), root, least=2)[0].reason == ""


def test_what_is_promoted_says_who_decided_and_is_known_from_then_on(root: Path) -> None:
    held = Decisions([said("蛇果", "A"), said("麻皮", "B", sender="x", reviewer="wang")])
    promotion.apply(promotion.preview(held, root), root)
    rows = source.read_table(root / "categories" / "fruit" / "terms.csv", source.TERM_COLUMNS).rows
    assert ["A", "蛇果", "synonym", "zh", "", "exact", "decision of li", "li", DAY] in rows
    assert ["B", "麻皮", "local", "zh", "x", "exact", "decision of wang", "wang", DAY] in rows
    assert not lint.check(root)
    assert [one.code for one in Matcher(source.load(root), "fruit").match("蛇果")] == ["A"]
    assert {one.reason for one in promotion.preview(held, root)} == {"known"}


def test_the_preview_writes_nothing(root: Path, tmp_path: Path) -> None:
    log = tmp_path / "decisions.csv"
    append(log, [said("蛇果", "A"), said("梨", "A"), said("梨", "B", reviewer="wang")])
    before = source.digest(root)
    shown = CliRunner().invoke(app, ["dict", "promote", str(log), "--into", str(root), "--lang", "en"])
    assert shown.exit_code == 1
    assert "becomes a name\tfruit\t蛇果\t\tA\t苹果\tli" in shown.stdout
    assert "left: reviewers disagree (li: A; wang: B)" in shown.stdout
    assert source.digest(root) == before
    done = CliRunner().invoke(app, ["dict", "promote", str(log), "--into", str(root), "--apply", "--lang", "en"])
    assert source.digest(root) != before
    assert "蛇果" in done.stdout


def test_requests_for_one_concept_are_one_request() -> None:
    log = [
        Decision("桃1", "fruit", "new-concept", "li", DAY, comment="桃"),
        Decision("桃二", "fruit", "new-concept", "wang", "2026-11-26", "a", comment="桃"),
        Decision("杏", "fruit", "new-concept", "li", DAY),
        Decision("梅", "fruit", "new-concept", "li", DAY),
        Decision("梅", "fruit", "no-match", "wang", DAY),
    ]
    first, second = proposals.collect(Decisions(log))
    assert (first.name, first.values, first.examples) == ("桃", 2, ("桃1", "桃二"))
    assert (first.senders, first.reviewers, first.first, first.last) == (("a",), ("li", "wang"), DAY, "2026-11-26")
    assert (second.name, second.values) == ("杏", 1)


def test_requests_are_told_with_what_is_nearest(root: Path, tmp_path: Path) -> None:
    log = tmp_path / "decisions.csv"
    append(log, [Decision("红富士大", "fruit", "new-concept", "li", DAY)])
    shown = CliRunner().invoke(app, ["dict", "propose", str(log), "--dict", str(root), "--format", "json"])
    (request,) = json.loads(shown.stdout)
    assert request["near"] == ["A 苹果"]
    assert CliRunner().invoke(app, ["dict", "propose", str(log), "--dict", str(root)]).exit_code == 0
