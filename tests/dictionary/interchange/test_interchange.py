"""A dictionary in other forms: each form's own validator takes what we write, and what comes back has lost nothing."""

from __future__ import annotations

import csv
import json
import shutil
import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhengming.cli import app
from zhengming.dictionary import interchange, source
from zhengming.dictionary.decisions import Decision
from zhengming.dictionary.interchange import LOADED, facts, fhir, sssom
from zhengming.dictionary.model import Dictionary
from zhengming.errors import DictionaryError, UsageError

CATEGORIES = ("blood_type", "disease", "insurance_type", "procedure")


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return Dictionary.open()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A source folder of some of the bundled categories, to take things into."""
    folder = tmp_path / "source"
    for name in CATEGORIES:
        shutil.copytree(source.bundled() / "categories" / name, folder / "categories" / name)
    shutil.copy(source.bundled() / "dictionary.toml", folder)
    return folder


@pytest.mark.parametrize("form", interchange.FORMATS)
def test_the_same_dictionary_gives_the_same_bytes(form: str, dictionary: Dictionary, tmp_path: Path) -> None:
    first, second = (
        {
            path.name: path.read_bytes()
            for path in interchange.module(form).dump(dictionary, folder, ["sex", "procedure"])
        }
        for folder in (_made(tmp_path / "a"), _made(tmp_path / "b"))
    )
    assert first
    assert first == second


@pytest.mark.parametrize("form", LOADED)
def test_what_comes_back_unedited_changes_nothing(
    form: str, dictionary: Dictionary, root: Path, tmp_path: Path
) -> None:
    module = interchange.module(form, loading=True)
    written = module.dump(dictionary, _made(tmp_path / form), CATEGORIES)
    found = module.load(written[0] if form == "excel" else tmp_path / form)
    assert sorted(one.category for one in found) == sorted(CATEGORIES)
    assert [one for one in facts.preview(found, root) if one.files] == []


@pytest.mark.parametrize("form", ["excel", "fhir"])
def test_concepts_and_names_survive_into_an_empty_dictionary(form: str, dictionary: Dictionary, tmp_path: Path) -> None:
    module = interchange.module(form, loading=True)
    written = module.dump(dictionary, _made(tmp_path / form), ["insurance_type"])
    empty = _made(tmp_path / "empty")
    shutil.copy(source.bundled() / "dictionary.toml", empty)
    facts.apply(facts.preview(module.load(written[0] if form == "excel" else tmp_path / form), empty), empty)
    kept, made = dictionary.category("insurance_type"), Dictionary.open(empty).category("insurance_type")
    assert {code: (one.name, one.parents, set(one.terms)) for code, one in made.concepts.items()} == {
        code: (one.name, one.parents, set(one.terms)) for code, one in kept.concepts.items()
    }


def test_every_fhir_resource_passes_its_model(dictionary: Dictionary, tmp_path: Path) -> None:
    from fhir.resources.codesystem import CodeSystem
    from fhir.resources.conceptmap import ConceptMap
    from fhir.resources.valueset import ValueSet

    models = {"CodeSystem": CodeSystem, "ConceptMap": ConceptMap, "ValueSet": ValueSet}
    for path in fhir.dump(dictionary, _made(tmp_path / "fhir"), CATEGORIES):
        data = json.loads(path.read_text(encoding="utf-8"))
        model = models[data["resourceType"]].model_validate(data)
        assert model.url == data["url"]
        for group in data.get("group", ()):
            for element in group["element"]:
                assert {one["relationship"] for one in element["target"]} <= fhir.RELATIONSHIPS


def test_a_relationship_that_fhir_does_not_have_is_refused(dictionary: Dictionary, tmp_path: Path) -> None:
    folder = _made(tmp_path / "fhir")
    path = next(one for one in fhir.dump(dictionary, folder, ["procedure"]) if one.name.startswith("ConceptMap"))
    path.write_text(path.read_text(encoding="utf-8").replace('"equivalent"', '"equal"'), encoding="utf-8")
    with pytest.raises(DictionaryError, match="relationship"):
        fhir.load(folder)


def test_turtle_keeps_the_integrity_conditions_of_skos(dictionary: Dictionary, tmp_path: Path) -> None:
    from rdflib import Graph
    from rdflib.namespace import SKOS

    (path,) = interchange.module("skos").dump(dictionary, _made(tmp_path / "skos"), ["disease"])
    graph = Graph().parse(path)
    for node in set(graph.subjects(SKOS.prefLabel)):
        preferred, other, hidden = (
            set(graph.objects(node, kind)) for kind in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)
        )
        assert len(preferred) + len(other) + len(hidden) == len(preferred | other | hidden)  # S13
        languages = [label.language for label in preferred]
        assert len(languages) == len(set(languages))  # S14


def test_sssom_tells_names_mappings_and_decisions(dictionary: Dictionary, tmp_path: Path) -> None:
    decided = [
        Decision("室间隔缺损样", "disease", verdict="match", codes=("D0032",), reviewer="甲", time="2026-11-25"),
        Decision("厂房", "disease", verdict="no-match", reviewer="甲", time="2026-11-25"),
        Decision("室壁瘤样", "disease", verdict="reject", rejected=("D0032",), reviewer="甲", time="2026-11-25"),
    ]
    (path,) = sssom.dump(dictionary, _made(tmp_path / "sssom"), ["disease"], decided)
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines, delimiter="\t"))
    said = {(row["subject_label"], row["predicate_modifier"], row["object_id"]) for row in rows}
    assert ("室间隔缺损样", "", "zm:D0032") in said
    assert ("厂房", "", "sssom:NoTermFound") in said
    assert ("室壁瘤样", "Not", "zm:D0032") in said
    assert any(row["subject_id"] == "zm:D0032" and row["object_id"] == "ICD10:Q21.0" for row in rows)


@pytest.mark.skipif(find_spec("sssom") is None, reason="sssom-py brings hundreds of packages; installed by hand")
def test_sssom_py_reads_what_we_write(dictionary: Dictionary, tmp_path: Path) -> None:
    (path,) = sssom.dump(dictionary, _made(tmp_path / "sssom"), ["procedure"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sssom.parsers import parse_sssom_table
        from sssom.validators import validate

        read = parse_sssom_table(str(path))
        validate(read)
    assert len(read.df)


def test_omop_rows_fit_the_common_data_model(dictionary: Dictionary, tmp_path: Path) -> None:
    (path,) = interchange.module("omop").dump(dictionary, _made(tmp_path / "omop"), ["disease", "sex"])
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert {row["source_code"] for row in rows} >= {"D0032", "1"}
    for row in rows:
        assert len(row["source_code"]) <= 50
        assert len(row["source_vocabulary_id"]) <= 20
        assert 0 < len(row["source_code_description"]) <= 255
        assert row["invalid_reason"] in ("", "U", "D")


def test_the_data_package_is_valid(dictionary: Dictionary, tmp_path: Path) -> None:
    folder = _made(tmp_path / "package")
    interchange.module("frictionless").dump(dictionary, folder, ["sex", "insurance_type"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import frictionless

        report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])[:3]


def test_an_edited_workbook_comes_back_through_the_linter(dictionary: Dictionary, root: Path, tmp_path: Path) -> None:
    import openpyxl

    (path,) = interchange.module("excel").dump(dictionary, _made(tmp_path / "excel"), ["insurance_type"])
    book = openpyxl.load_workbook(path)
    sheet = book["insurance_type.terms"]
    first = [cell.value for cell in sheet[2]]
    sheet.append([first[0], "新编的说法", "synonym", "zh", None, "exact", "test", "test", "2026-11-25"])
    book.save(path)
    (taken,) = [one for one in facts.preview(interchange.module("excel", loading=True).load(path), root) if one.files]
    assert (taken.added, taken.changed, taken.terms_added, taken.terms_removed) == (0, 0, 1, 0)
    sheet.cell(2, 1).value = "NOSUCHCODE"
    book.save(path)
    with pytest.raises(DictionaryError, match="ZM5"):
        facts.preview(interchange.module("excel", loading=True).load(path), root)


def test_a_form_that_cannot_be_read_back_says_so() -> None:
    with pytest.raises(UsageError, match="omop"):
        interchange.module("omop", loading=True)


def test_the_commands_write_preview_and_take_in(root: Path, tmp_path: Path) -> None:
    run = CliRunner()
    out = tmp_path / "fhir"
    done = run.invoke(
        app, ["dict", "export", "--dict", str(root), "--format", "fhir", "-c", "blood_type", "-o", str(out)]
    )
    assert done.exit_code == 0
    (path,) = out.glob("CodeSystem-*.json")
    path.write_text(path.read_text(encoding="utf-8").replace('"display": "A型"', '"display": "甲型"'), encoding="utf-8")
    arguments = ["dict", "import", str(out), "--into", str(root), "--format", "fhir", "--lang", "en"]
    preview = run.invoke(app, arguments)
    before = source.digest(root)
    assert "1 changed" in preview.stdout
    assert run.invoke(app, [*arguments, "--apply"]).exit_code == 0
    assert source.digest(root) != before
    assert "Nothing changes" in run.invoke(app, arguments).stdout


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
