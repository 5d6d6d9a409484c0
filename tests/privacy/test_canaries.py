"""Ten thousand marked values go in, and none comes out: not printed, not logged, not in a report, not in an error."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import typer

import zhengming
from zhengming.cli import app
from zhengming.cli.root import main
from zhengming.errors import ZhengmingError
from zhengming.pipeline import Run
from zhengming.reports import OUTPUTS, render
from zhengming.schemas import compiled
from zhengming.schemas.checks import check
from zhengming.schemas.spec import load

from .canaries import HEADS, NUMBER, WORD, bad_files, found, good_files, small_file, values
from .commands import CALLS, EXEMPT, RESULTS

SOME = ("small", "no-header.csv", "cut.xlsx", "missing.csv")  # of the marked files, where a command takes one at a time
KEY = "a secret of more than sixteen bytes"


def commands(name: str, command: Any) -> Iterator[str]:
    """The full name of every command of the registry."""
    children = getattr(command, "commands", {})
    if not children:
        yield name.removeprefix("zm ")
    for child, below in children.items():
        yield from commands(f"{name} {child}", below)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The marked files by name, and what else the commands are given."""
    folder = tmp_path_factory.mktemp("planted")
    files = {
        **good_files(folder),
        **bad_files(folder),
        "missing.csv": folder / "missing.csv",
        "folder.csv": folder / "f.csv",
    }
    files["folder.csv"].mkdir()
    files["small"] = small_file(folder)
    gold = "text,codes\n" + "".join(f'"{row[13]}",D0032\n' for row in values(1, 40))
    (folder / "gold").write_text(gold, encoding="utf-8")
    (folder / "key").write_text(KEY, encoding="utf-8")
    return files


@pytest.fixture(scope="module")
def others(planted: dict[str, Path]) -> dict[str, str]:
    folder = planted["book"].parent
    review = folder / "review.xlsx"
    done = subprocess.run(
        [sys.executable, "-m", "zhengming", "review", "export", str(planted["book"]), "-o", str(review)],
        capture_output=True,
        check=False,
    )
    assert review.exists(), done.stderr
    _decide(review)
    source = folder / "source"
    subprocess.run(
        [sys.executable, "-m", "zhengming", "dict", "new", str(source), "-c", "thing"], capture_output=True, check=True
    )
    _cleaned(planted["small"]).write(folder / "clean")
    return {
        "clean": str(folder / "clean" / "small.clean.xlsx"),
        "review": str(review),
        "source": str(source),
        "gold": str(folder / "gold"),
        "key": str(folder / "key"),
        "text": str(planted["text"]),
        "book": str(planted["book"]),
        "small": str(planted["small"]),
        "cut": str(planted["cut.xlsx"]),
        "headless": str(planted["one-known-header.csv"]),
    }


def _decide(review: Path) -> None:
    """Fill something into every empty cell of the review workbook, so that reading it back has much to complain of."""
    book = openpyxl.load_workbook(review)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if cell.value is None and not isinstance(cell, openpyxl.cell.cell.MergedCell):
                    cell.value = f"{WORD}{NUMBER}"
    book.save(review)


def run(words: list[str], capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> str:
    """Everything that a command lets out: both streams, also those of its child processes, and the log."""
    sys.argv, before = ["zm", *words], sys.argv
    caplog.clear()
    try:
        with caplog.at_level(logging.DEBUG):
            main()
    except SystemExit:
        pass
    finally:
        sys.argv = before
    out, err = capfd.readouterr()
    return out + err + caplog.text


def test_every_command_is_in_the_table_of_calls() -> None:
    known = set(commands("zm", typer.main.get_command(app)))
    missing = known - set(CALLS) - set(EXEMPT)
    assert not missing, f"say in tests/privacy/commands.py how {missing} is called with a spreadsheet"
    assert set(CALLS) | set(EXEMPT) <= known
    assert not set(CALLS) & set(EXEMPT)


def test_ten_thousand_values_are_planted_and_each_is_marked(planted: dict[str, Path]) -> None:
    cells = [cell for row in values(1, 500) for cell in row]
    assert len(cells) == 500 * len(HEADS) == 10_000
    plain = {"男", "父亲", *(f"{age}岁" for age in range(15))}
    assert all(found(cell) for cell in cells if cell not in plain)


@pytest.mark.parametrize("output", list(OUTPUTS))
def test_the_eye_sees_values_where_they_are_asked_for(output: str, planted: dict[str, Path]) -> None:
    result = _cleaned(planted["small"])
    assert found(render(output, result.findings, show_values=True))
    assert not found(render(output, result.findings))


_kept: dict[Path, zhengming.CleanResult] = {}


def _cleaned(path: Path) -> zhengming.CleanResult:
    if path not in _kept:
        _kept[path] = Run().clean(path)
    return _kept[path]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CALLS))
def test_no_command_lets_a_value_out(
    name: str,
    planted: dict[str, Path],
    others: dict[str, str],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    for number, call in enumerate(CALLS[name]):
        several = any("{file}" in word for word in call)
        for kind in SOME if several else ["all"]:
            out = tmp_path / f"{number}-{kind}"
            out.mkdir()
            words = [
                *name.split(),
                *_filled(call, planted, {**others, "out": str(out), "file": str(planted.get(kind))}),
            ]
            text = run(words, capfd, caplog)
            assert text, f"{name} {call} said nothing of {kind}"
            assert "Traceback" not in text, text
            assert "internal error" not in text, f"{kind}: {text}"
            assert not found(text), f"{name} {call} lets out {found(text)!r} of {kind}"
            for written in out.rglob("*"):
                if written.is_file() and written.suffix not in RESULTS:
                    content = written.read_text(encoding="utf-8", errors="backslashreplace")
                    assert not found(content), f"{name} {call} writes {found(content)!r} of {kind} into {written.name}"


def _filled(call: tuple[str, ...], planted: dict[str, Path], facts: dict[str, str]) -> Iterator[str]:
    for word in call:
        if word == "{files}":
            yield from (str(path) for path in planted.values())
        else:
            yield word.format(**facts)


def test_workers_of_a_batch_let_nothing_out(planted: dict[str, Path]) -> None:
    files = [str(planted[name]) for name in (*SOME, "quotes.csv", "more-cells.csv")]
    words = [sys.executable, "-X", "dev", "-W", "ignore", "-m", "zhengming", "validate", *files, "--jobs", "2"]
    done = subprocess.run([*words, "--output-format", "json"], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert len(json.loads(done.stdout)["findings"]) > 100
    assert not found(done.stdout + done.stderr)


def test_results_and_findings_show_nothing_of_themselves(planted: dict[str, Path]) -> None:
    result = _cleaned(planted["small"])
    report = zhengming.ValidationReport(result.findings, result.manifest)
    for shown in (repr(result), str(result), repr(report), str(report), f"{result.findings}", str(result.manifest)):
        assert not found(shown)


def test_the_errors_of_the_library_quote_nothing_even_in_what_caused_them(planted: dict[str, Path]) -> None:
    batch = Run()
    for path in planted.values():
        try:
            batch.clean(path)
        except ZhengmingError as error:
            told = "".join(traceback.format_exception(error)) + repr(error) + repr(error.args)
            assert not found(told), f"{path.name}: {told}"
            before = error.__context__
            while before is not None:
                assert not found(f"{before!r} {before}"), (
                    f"{path.name}: the context {type(before).__name__} quotes a cell"
                )
                before = before.__context__


def test_columns_of_wrong_types_and_broken_checks_are_told_without_values() -> None:
    spec = load("aid_case")
    rows = values(1, 40)
    frame = pl.DataFrame(
        {name: [row[at % len(row)] for row in rows] for at, name in enumerate(compiled.polars_schema(spec))}
    )
    columns = {field.name: at for at, field in enumerate(spec.fields, start=1)}
    findings = check(frame, spec, rows=range(2, 42), columns=columns)
    assert findings
    for output in OUTPUTS:
        assert not found(render(output, findings))
    assert not found(repr(findings))
    assert not found(repr(compiled.failures(frame, spec)))
