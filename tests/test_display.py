"""What reaches a terminal: results and notes on their own streams, nothing of a cell acted upon."""

from __future__ import annotations

import io
import json
import sys

import pytest

from zhengming import display
from zhengming.errors import UsageError


class _Terminal(io.StringIO):
    """A stream that says it is watched by a person."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("option", "environ", "chosen"),
    [
        ("zh", {}, "zh"),
        ("en", {"LC_ALL": "zh_CN.UTF-8"}, "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LANG": "zh"}, "zh"),
        (None, {"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW.UTF-8"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        (None, {"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {}, "en"),
    ],
)
def test_the_language_is_the_option_else_the_locale(option: str | None, environ: dict[str, str], chosen: str) -> None:
    assert display.choose_lang(option, environ) == chosen


def test_an_unknown_language_is_told_the_known_ones() -> None:
    with pytest.raises(UsageError, match="zh, en"):
        display.choose_lang("fr", {})


def test_results_go_to_stdout_and_notes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    display.result("甲\n乙")
    display.note("丙")
    assert capsys.readouterr() == ("甲\n乙\n", "丙\n")


def test_a_cell_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    display.result("a\x1b[2J\u202e[red]b[/red]\tc")
    assert capsys.readouterr().out == "a\\u001b[2J\\u202e[red]b[/red]\tc\n"


def test_json_stays_the_same_json(capsys: pytest.CaptureFixture[str]) -> None:
    data = {"text": "室缺\x1b\x85\u202e\U000e0041\n\t\\"}
    display.result(json.dumps(data, ensure_ascii=False))
    assert json.loads(capsys.readouterr().out) == data


def test_what_the_console_cannot_encode_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    display.result("a 室")
    assert raw.getvalue() == b"a \\u5ba4\n"


def test_a_table_for_a_program_is_tab_separated(capsys: pytest.CaptureFixture[str]) -> None:
    display.table(["名称", "code"], [("a\tb\x1b", 1)], title="t")
    assert capsys.readouterr().out == "名称\tcode\na\\tb\\u001b\t1\n"


def test_a_table_for_a_person_is_drawn_and_parses_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", screen := _Terminal())
    display.table(["name [b]x[/b]"], [("[red]室缺[/red] :smile:",)], title="[b]t[/b]")
    for text in ("name [b]x[/b]", "[red]室缺[/red] :smile:", "[b]t[/b]"):
        assert text in screen.getvalue()


def test_progress_without_a_terminal_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(display.progress("abc", what="x")) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_progress_before_a_person_gives_the_same_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", screen := _Terminal())
    assert list(display.progress(iter("abc"), what="处理中", total=3)) == ["a", "b", "c"]
    assert "处理中" in screen.getvalue()
