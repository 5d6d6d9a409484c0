import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhengming.cli import app
from zhengming.dictionary import source, starting

from .conftest import decisions, schools, write

pytest.importorskip("lightgbm")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dictionary of schools as a source folder, decisions about them, and a model of these."""
    root = tmp_path_factory.mktemp("learning")
    starting.new(root / "dict", category="school", title_en="School")
    rows = [{"code": code, "name": f"{city}市{number}{kind}"} for code, city, number, kind in schools()]
    columns = (*source.CONCEPT_HEAD, *source.CONCEPT_TAIL)
    listed = [{**dict.fromkeys(columns, ""), **row, "status": "active", "source": "made up"} for row in rows]
    table = source.dump_table(columns, [[row[column] for column in columns] for row in listed])
    (root / "dict" / "categories" / "school" / "concepts.csv").write_text(table, encoding="utf-8")
    write(root / "decisions.csv", decisions(150, 1))
    write(root / "others.csv", decisions(100, 2))
    done = zm(root, "learn", "decisions.csv", "-c", "school", "-o", "school.zmm", "--propose", "terms.csv")
    (root / "said.txt").write_text(done, encoding="utf-8")
    return root


def zm(root: Path, *words: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        done = CliRunner().invoke(app, [*words, "--dict", "dict", "--lang", "en"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_learning_tells_the_quality_and_writes_a_model(folder: Path) -> None:
    said = (folder / "said.txt").read_text(encoding="utf-8")
    assert "by cross-validation" in said
    assert [line.split("\t")[0] for line in said.splitlines() if "\t" in line] == ["level", "0.90", "0.95", "0.99"]
    assert (folder / "school.zmm").stat().st_size > 10_000


def test_a_model_is_shown_and_measured(folder: Path) -> None:
    said = zm(folder, "learn", "--show", "school.zmm", "--test", "others.csv")
    assert said.startswith((folder / "said.txt").read_text(encoding="utf-8").rstrip())
    assert "on 9" in said or "on 100 other" in said


def test_proposals_for_terms_are_written(folder: Path) -> None:
    rows = list(csv.DictReader((folder / "terms.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows
    assert all(int(row["count"]) >= 3 for row in rows)


def test_a_model_is_carried_over(folder: Path) -> None:
    said = zm(folder, "learn", "--migrate", "school.zmm", "-o", "again.zmm")
    assert said == (folder / "said.txt").read_text(encoding="utf-8")
    assert (folder / "again.zmm").read_bytes() == (folder / "school.zmm").read_bytes()


def test_looking_up_uses_the_model(folder: Path) -> None:
    text = "泉城一中心校"
    assert "玉泉市第一中心小学" not in zm(folder, "lookup", text, "-c", "school")
    assert "玉泉市第一中心小学" in zm(folder, "lookup", text, "-c", "school", "--model", "school.zmm")
