"""`zm dict diff` and `zm dict migrate` as they are run: what is printed, where, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhengming.cli import app
from zhengming.dictionary import release, starting

CELLS = "诊断,编码\n甲病,A\n乙病,B\n丙病,C\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two versions of a dictionary, as a source and as a release, and a table that was coded with the first."""
    for name, lines in {
        "v1": "A,甲,,,active,,,\nB,乙,,,active,,,\nC,丙,,,active,,,\n",
        "v2": "A,甲,,,retired,B,,\nB,乙,,,active,,,\nC,丙,,,retired,,,gone\n",
    }.items():
        starting.new(tmp_path / name, id="d", category="thing")
        concepts = tmp_path / name / "categories" / "thing" / "concepts.csv"
        concepts.write_text(concepts.read_text(encoding="utf-8") + lines, encoding="utf-8")
    release.build(tmp_path / "v2", tmp_path / "v2.sqlite")
    (tmp_path / "cases.csv").write_text(CELLS, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["dict", *arguments, "--lang", "en"])
    return done.exit_code, done.stdout, done.stderr


def test_diff_tells_what_changed_and_which_rows_it_touches(folder: Path) -> None:
    table = ("--data", str(folder / "cases.csv"), "--column", "编码=thing:诊断")
    code, shown, _notes = run(folder, "diff", str(folder / "v1"), str(folder / "v2.sqlite"), *table)
    assert code == 1
    assert "concepts merged: 1\n    A 甲 → B 乙" in shown
    assert "cases.csv: of 3 rows, 2 are touched" in shown
    assert "甲病" not in shown
    assert run(folder, "diff", str(folder / "v1"), str(folder / "v1"))[:1] == (0,)


def test_diff_in_other_forms(folder: Path) -> None:
    versions = (str(folder / "v1"), str(folder / "v2"))
    assert json.loads(run(folder, "diff", *versions, "--format", "json")[1])["from"]["id"] == "d"
    assert run(folder, "diff", *versions, "--format", "html")[1].startswith("<!DOCTYPE html>")


def test_migrate_writes_three_files_and_tells_counts_only(folder: Path) -> None:
    versions = ("--from", str(folder / "v1"), "--to", str(folder / "v2.sqlite"))
    table = (str(folder / "cases.csv"), "--column", "编码=thing:诊断", "-o", str(folder / "out"))
    code, shown, notes = run(folder, "migrate", *versions, *table)
    assert code == 1
    assert "3 rows read = 3 rows written; 1 codes to decide" in shown
    assert "编码: 3 codes read = 2 carried forward + 1 to decide" in shown
    assert "丙病" not in shown + notes
    assert sorted(one.name for one in (folder / "out").iterdir()) == [
        "cases.migrated.csv",
        "cases.migration.json",
        "cases.migration.xlsx",
    ]
    assert (folder / "cases.csv").read_text(encoding="utf-8") == CELLS
    written = (folder / "out" / "cases.migrated.csv").read_text(encoding="utf-8-sig").splitlines()
    assert written[:2] == ["诊断,编码,编码_before,编码_migration", "甲病,B,A,changed"]
