"""Every report that programs read is valid by the schema of its format."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import xmlschema

from zhengming.findings import SEVERITIES, Finding, Place, finding, rules
from zhengming.reports import OUTPUTS, render
from zhengming.schemas.spec import load

STANDARDS = Path(__file__).parent / "standards"
PLACES = (
    Place(),
    Place("a.xlsx"),
    Place("收件/a 1&2,<b>.xlsx", "病例 '1'"),
    Place("a.xlsx", "病例", 7),
    Place("a.xlsx", "病例", 0, 703),
    Place("c.csv", "", 7, 4),
    Place("c\x1b\ud800.csv", "\u202es\x00", 1_048_576, 16_384),
)
TITLES = load("aid_case").titles("birth_date")


def every_kind() -> list[Finding]:
    """A finding of every rule, of every severity, at every kind of place."""
    found = [
        finding(code, PLACES[number % len(PLACES)], field="birth_date", value=f"值{number}<&>\x07", count=2, **TITLES)
        for number, code in enumerate(rules())
    ]
    found += [finding("ZM203", place, severity=severity) for place in PLACES for severity in SEVERITIES]
    return found + [finding("ZM203", Place("c.csv", "", row, 4), field="birth_date") for row in range(2, 99, 3)]


@cache
def _schema(name: str) -> dict[str, object]:
    loaded: dict[str, object] = json.loads((STANDARDS / name).read_text(encoding="utf-8"))
    return loaded


def _sarif(text: str) -> None:
    jsonschema.Draft4Validator(_schema("sarif-2.1.0.json"), format_checker=jsonschema.FormatChecker()).validate(
        json.loads(text)
    )


def _json(text: str) -> None:
    jsonschema.Draft202012Validator(_schema("findings.json")).validate(json.loads(text))


def _jsonl(text: str) -> None:
    validator = jsonschema.Draft202012Validator({"$defs": _schema("findings.json")["$defs"], "$ref": "#/$defs/finding"})
    for line in text.splitlines():
        validator.validate(json.loads(line))


def _junit(text: str) -> None:
    xmlschema.XMLSchema(STANDARDS / "junit.xsd").validate(text)
    root = ET.fromstring(text)
    for suite in root.iter("testsuite"):
        cases = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(cases)
        assert int(suite.get("failures", "")) == sum(case.find("failure") is not None for case in cases)


# What each format for programs is held against; formats for people are read in test_reports.py and in the browser.
VALIDATORS: dict[str, Callable[[str], None]] = {"sarif": _sarif, "json": _json, "jsonl": _jsonl, "junit": _junit}
FOR_PEOPLE = {"concise", "full", "github", "html"}


def test_every_format_is_held_against_its_standard_or_read_by_people() -> None:
    assert set(OUTPUTS) == set(VALIDATORS) | FOR_PEOPLE


@pytest.mark.parametrize("output", list(VALIDATORS))
@pytest.mark.parametrize("show_values", [False, True])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("found", [[], every_kind()], ids=["nothing", "every kind"])
def test_a_report_is_valid(output: str, show_values: bool, lang: str, found: list[Finding]) -> None:
    summary = {"version": "0.1.0", "dictionary": "chd\x1b 2026.11", "rows_in": 12}
    VALIDATORS[output](render(output, found, lang=lang, show_values=show_values, summary=summary))


def test_the_schemas_refuse_what_is_wrong() -> None:
    log = json.loads(render("sarif", every_kind()[:1]))
    log["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        _sarif(json.dumps(log))
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        _junit(render("junit", every_kind()[:1]).replace('tests="1"', 'tests="one"'))
    with pytest.raises(jsonschema.ValidationError):
        _jsonl('{"code": "ZM203"}')
