"""The commands as a user runs them: the installed `zm`, in an empty folder, on real files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ZM = [shutil.which("zm", path=str(Path(sys.executable).parent)) or "zm"]
ENVIRON = {**os.environ, "LC_ALL": "en_US.UTF-8", "PYTHONUTF8": "1"}


def zm(*words: str | Path, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in `cwd`."""
    return subprocess.run(
        [*ZM, *map(str, words)],
        cwd=cwd,
        env={**ENVIRON, **environ},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    done = zm("demo", cwd=folder)
    assert done.returncode == 0, done.stderr
    (folder / "report.txt").write_text(done.stdout, encoding="utf-8")
    return folder


def test_the_demo_accounts_for_every_row(demo: Path) -> None:
    manifest = json.loads((demo / "zm-demo" / "clean" / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["files"]) == 4
    for file in manifest["files"]:
        assert file["rows_in"] == file["rows_out"] + file["rows_explained"]
        assert file["rows_out"] > 0
    total = sum(file["rows_out"] for file in manifest["files"])
    assert f"{total} rows written" in (demo / "report.txt").read_text(encoding="utf-8")


def test_the_demo_writes_the_same_bytes_every_time(demo: Path, tmp_path: Path) -> None:
    assert zm("demo", cwd=tmp_path).returncode == 0
    for path in sorted((demo / "zm-demo").rglob("*.*")):
        assert (tmp_path / path.relative_to(demo)).read_bytes() == path.read_bytes(), path.name


def test_cleaning_writes_a_workbook_and_a_manifest_and_leaves_the_input_alone(demo: Path, tmp_path: Path) -> None:
    source = sorted((demo / "zm-demo" / "inbox").iterdir())[0]
    before = source.read_bytes()
    done = zm("clean", source, "-o", tmp_path / "out", "--format", "csv", cwd=tmp_path)
    assert done.returncode in (0, 1), done.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        f"{source.stem}.clean.xlsx",
        f"{source.stem}.clean.csv",
        "lineage",
        "manifest.json",
    }
    assert source.read_bytes() == before


def hostile(folder: Path) -> dict[str, Path]:
    """Files no table can be read from."""
    files = {name: folder / name for name in ("missing.xlsx", "empty.xlsx", "picture.xlsx", "cut.xlsx", "words.csv")}
    files["empty.xlsx"].write_bytes(b"")
    files["picture.xlsx"].write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    files["cut.xlsx"].write_bytes(b"PK\x03\x04" + b"\0" * 40)
    files["words.csv"].write_text("dear all\nplease find attached\n", encoding="utf-8")
    files["folder"] = folder / "folder.xlsx"
    files["folder"].mkdir()
    return files


def test_unreadable_files_are_one_line_each_and_the_rest_of_the_batch_is_done(demo: Path, tmp_path: Path) -> None:
    bad = hostile(tmp_path)
    good = sorted((demo / "zm-demo" / "inbox").iterdir())[0]
    done = zm("clean", *bad.values(), good, "-o", tmp_path / "out", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for path in bad.values():
        assert sum(path.name in line for line in done.stderr.splitlines()) == 1, done.stderr
    assert (tmp_path / "out" / f"{good.stem}.clean.xlsx").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["lookup", "VSD", "--category", "nothing"],
        ["lookup", "VSD", "--dict", "nowhere"],
        ["validate", "x.csv", "--table", "nothing"],
        ["rules", "ZM000"],
        ["lookup", "VSD", "--lang", "xx"],
    ],
    ids=lambda words: " ".join(words),
)
def test_what_cannot_be_done_is_one_line_on_stderr_and_exit_code_2(words: list[str], tmp_path: Path) -> None:
    done = zm(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_a_file_that_cannot_be_validated_is_a_finding_too(tmp_path: Path) -> None:
    done = zm("validate", "missing.csv", "--output-format", "json", cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "ZM001" in done.stdout


def test_a_folder_that_cannot_be_written_is_one_line_and_exit_code_2(demo: Path, tmp_path: Path) -> None:
    good = sorted((demo / "zm-demo" / "inbox").iterdir())[0]
    (tmp_path / "taken").write_text("a file, not a folder", encoding="utf-8")
    done = zm("clean", good, "-o", tmp_path / "taken", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_lookup_prints_json_with_mappings(tmp_path: Path) -> None:
    done = zm("lookup", "先心病 VSD(膜周部) 1.2cm, PDA术后, 肺高压(重度)", "--json", cwd=tmp_path)
    answer = json.loads(done.stdout)
    assert set(answer) == {"text", "dictionary", "mentions"}
    assert set(answer["dictionary"]) == {"id", "version", "sha256"}
    by_text = {mention["text"]: mention for mention in answer["mentions"]}
    assert by_text["VSD"]["mappings"]["icd10"] == ["Q21.0"]
    assert by_text["VSD"]["qualifiers"]["site"] == "perimembranous"
    assert by_text["VSD"]["qualifiers"]["size_mm"] == 12
    assert by_text["PDA"]["mappings"]["icd10"] == ["Q25.0"]
    assert by_text["PDA"]["qualifiers"]["timing"] == "post_procedure"
    assert by_text["肺高压"]["qualifiers"]["severity"] == "severe"
    assert by_text["先心病"]["covered_by"] == by_text["VSD"]["code"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_explain_tells_the_steps_in_both_languages(lang: str, tmp_path: Path) -> None:
    done = zm("explain", "VSD(膜周部)？", "--lang", lang, cwd=tmp_path)
    assert done.returncode == 0
    assert "VSD" in done.stdout
    assert ("结论" if lang == "zh" else "decided") in done.stdout


@pytest.mark.parametrize("output", ["concise", "full", "json", "jsonl", "github", "junit", "sarif", "html"])
def test_validate_prints_every_format_without_values(demo: Path, tmp_path: Path, output: str) -> None:
    files = sorted((demo / "zm-demo" / "inbox").iterdir())
    done = zm("validate", *files, "--output-format", output, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stdout
    from zhengming.tables import cell_text, read

    for file in files:
        for sheet in read(file).sheets:
            for row in sheet.rows:
                for cell in row:
                    text = cell_text(cell)
                    if len(text) >= 11 and text.isdigit():
                        assert text not in done.stdout + done.stderr


def test_the_version_is_told_by_both_entry_points(tmp_path: Path) -> None:
    from zhengming import __version__

    assert zm("--version", cwd=tmp_path).stdout == f"zhengming {__version__}\n"
    module = subprocess.run(
        [sys.executable, "-m", "zhengming", "--version"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert module.stdout == f"zhengming {__version__}\n"


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["--version"], {"typer", "rich", "pydantic", "polars", "pandera", "scipy", "openpyxl", "opencc", "rapidfuzz"}),
        (["lookup", "VSD"], {"polars", "pandera", "scipy", "openpyxl", "jinja2", "xlsxwriter", "python_calamine"}),
    ],
    ids=["version", "lookup"],
)
def test_light_commands_import_nothing_heavy(words: list[str], heavy: set[str], tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['zm', *{!r}]\n"
        "import zhengming.__main__ as entry\n"
        "try:\n    entry.main()\nfinally:\n    print('\\n'.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code.format(words)],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        env=ENVIRON,
        check=False,
    )
    assert not heavy & set(done.stdout.split())
