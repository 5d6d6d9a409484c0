"""The documentation says what the program does: references are generated, code runs, shown output is real."""

from __future__ import annotations

import re
import runpy
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhengming.cli import app
from zhengming.pipeline import demo

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
MAX_PICTURE = 300_000  # bytes; a README must open quickly
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def _blocks(page: Path) -> Iterator[tuple[str, str, bool]]:
    """Each fenced block of a page: its language, its text, and whether it follows the block before it directly."""
    found = list(_FENCE.finditer(page.read_text(encoding="utf-8")))
    for before, match in pairwise([None, *found]):
        directly = before is not None and match is not None and match.start() - before.end() <= len("\n\n")
        if match is not None:
            yield match[1], match[2], directly


def _snippets() -> list[object]:
    """Each block of Python with the output shown right after it, None where none is."""
    found: list[object] = []
    for page in PAGES:
        blocks = [*_blocks(page), ("", "", False)]
        for number, (block, following) in enumerate(pairwise(blocks)):
            if block[0] == "python":
                shown = following[1] if following[0] == "text" and following[2] else None
                found.append(pytest.param(block[1], shown, id=f"{page.name}-{number}"))
    return found


def _sessions() -> list[object]:
    """Each command of a console block with the output shown below it."""
    found: list[object] = []
    for page in PAGES:
        lang = "zh_CN.UTF-8" if ".zh" in page.name else "en_US.UTF-8"
        for block in (text for kind, text, _directly in _blocks(page) if kind == "console"):
            for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                found.append(pytest.param(lang, command, shown, id=f"{page.name}-{command}"))
    return found


@pytest.mark.parametrize(("tool", "name"), [("make_rule_pages.py", "rules.md"), ("make_cli_page.py", "cli.md")])
def test_a_reference_page_is_what_its_script_makes(tool: str, name: str) -> None:
    made = runpy.run_path(str(ROOT / "tools" / tool))["page"]()
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == made, f"run: python tools/{tool}"


@pytest.mark.parametrize(("code", "shown"), _snippets())
def test_python_in_the_docs_runs_and_prints_what_is_shown(
    code: str, shown: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    if "zm-demo" in code:
        demo("zm-demo")
    exec(compile(code, "<docs>", "exec"), {"__name__": "__docs__"})
    if shown is not None:
        assert capsys.readouterr().out == shown


@pytest.mark.parametrize(("lang", "command", "shown"), _sessions())
def test_a_command_in_the_docs_prints_what_is_shown(
    lang: str, command: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", lang)
    program, *arguments = shlex.split(command)
    assert program == "zm"
    assert CliRunner().invoke(app, arguments).stdout == shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_a_readme_has_the_two_commands_as_they_are_tested(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for command in ("python -m pip install . && zm demo", "python -m pip install '.[test]' && python -m pytest"):
        assert f"```sh\n{command}\n```" in text
        assert f"\n{command}\n" in ci


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs" / "images").glob("*"))
    assert pictures
    assert [picture.name for picture in pictures if picture.stat().st_size > MAX_PICTURE] == []
