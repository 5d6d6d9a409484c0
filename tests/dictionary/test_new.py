"""Fresh dictionaries: they lint clean, and the page that walks through making one is what happens."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhengming.cli import app
from zhengming.dictionary import lint, starting
from zhengming.dictionary.manifest import CategoryManifest
from zhengming.dictionary.model import Dictionary
from zhengming.errors import DictionaryError, UnwritableFile, UsageError

PAGE = Path(__file__).parents[2] / "docs" / "new-dictionary.md"
TITLES = ["学校", 'a "quoted" title', "back\\slash", "{braces}", "= [x]"]
MANIFESTS = {
    "none-declared": ('title = { zh = "校" }\n', "title"),
    "declared": ('title = { zh = "校" }\nmappings = ["a"]  # why\n[matching]\ncell = "mentions"\n', "# why"),
    "over-lines": ('title = { zh = "校" }\nmappings = [\n  "a", # first\n]\n', "title"),
    "before-a-table": ('title = { zh = "校" }\n# note\n\n[matching]\naccept = 0.9\n', "# note"),
}


@pytest.mark.parametrize("category", ["", "school", "学校"])
def test_a_fresh_dictionary_lints_clean_and_opens(category: str, tmp_path: Path) -> None:
    made = starting.new(tmp_path / "mine", category=category)
    assert sorted(made) == sorted(
        path.relative_to(tmp_path / "mine").as_posix() for path in (tmp_path / "mine").rglob("*") if path.is_file()
    )
    assert lint.check(tmp_path / "mine") == []
    opened = Dictionary.open(tmp_path / "mine")
    assert (opened.id, opened.categories) == ("mine", (category,) if category else ())


@pytest.mark.parametrize("title", TITLES)
def test_any_title_can_be_given(title: str, tmp_path: Path) -> None:
    starting.new(tmp_path / "mine", id=title, category="thing", title_zh=title)
    opened = Dictionary.open(tmp_path / "mine")
    assert (opened.id, opened.title, opened.category("thing").titles["zh"]) == (title, title, title)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UnwritableFile):
        starting.new(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "a b", "x" * 61, "a\n"])
def test_a_name_that_is_no_folder_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        starting.checked_name(name)


@pytest.mark.parametrize(("text", "kept"), MANIFESTS.values(), ids=MANIFESTS)
def test_declaring_a_mapping_changes_nothing_else(text: str, kept: str) -> None:
    before = CategoryManifest.from_data(tomllib.loads(text), where="")
    changed = starting.with_mappings(text, [*before.mappings, "moe"], where="")
    after = CategoryManifest.from_data(tomllib.loads(changed), where="")
    assert after.mappings == [*before.mappings, "moe"]
    assert after.model_copy(update={"mappings": before.mappings}) == before
    assert kept in changed


def test_mappings_that_cannot_be_declared_safely_are_left_to_a_human() -> None:
    with pytest.raises(DictionaryError, match="yourself"):
        starting.with_mappings('title = { zh = "校" }\nmappings = ["a]b"]\n', ["a]b", "moe"], where="")


def test_the_page_that_walks_through_it_is_what_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    printed = ""
    for kind, text in re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        if kind == "csv":
            Path("list.csv").write_text(text, encoding="utf-8")
        elif kind == "sh":
            ran = CliRunner().invoke(app, shlex.split(text)[1:])
            assert ran.exit_code == 0
            printed = ran.stdout
        elif kind == "py":
            exec(compile(text, "<docs>", "exec"), {"__name__": "__docs__"})
            printed = capsys.readouterr().out
        else:
            assert printed == text
