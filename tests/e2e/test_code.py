"""`zm code` as a user runs it: columns of a large CSV file coded, results used again."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

ZM = shutil.which("zm", path=str(Path(sys.executable).parent)) or "zm"


def zm(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ZM, *words], cwd=folder, capture_output=True, encoding="utf-8", check=False)


def test_columns_are_coded_and_results_used_again(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("编号,诊断,性别\n1,室缺 0.6cm,男\n2,法四,女童\n", encoding="utf-8")
    words = (
        "code",
        "in.csv",
        "-o",
        "out.csv",
        "--column",
        "诊断=disease",
        "--column",
        "性别=sex",
        "--remember",
        "known",
    )
    results = []
    for _time in range(2):
        done = zm(tmp_path, *words, "--remember", "known", "--lang", "en")
        assert (done.returncode, done.stderr.strip()) == (0, "2 rows coded: out.csv")
        results.append((tmp_path / "out.csv").read_bytes())
    assert results[0] == results[1]
    assert len(list((tmp_path / "known").iterdir())) == 2
    rows = list(csv.DictReader(results[0].decode("utf-8-sig").splitlines()))
    assert [row["性别_codes"] for row in rows] == ["1", "2"]
    assert all(row["诊断_status"] == "accepted" for row in rows)


def test_wrong_usage_is_told_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a\n男\n", encoding="utf-8")
    for words in (("--column", "a"), ("--column", "b=sex"), ("--column", "a=nothing")):
        done = zm(tmp_path, "code", "in.csv", "-o", "out.csv", *words)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
    assert zm(tmp_path, "code", "in.csv", "-o", "in.csv", "--column", "a=sex").returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
