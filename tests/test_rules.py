"""The catalogue of rules: every page complete in both languages, and every example breaks exactly its rule."""

from __future__ import annotations

import string
from functools import cache, partial
from importlib import resources
from typing import Any

import polars as pl
import pytest

from zhengming.dictionary.model import Dictionary
from zhengming.errors import UsageError
from zhengming.findings import SEVERITIES, Place, code_for, finding, rule, rules, words
from zhengming.normalizers import KINDS, coded, normalizer
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.schemas import across, compiled, waivers
from zhengming.schemas.checks import check
from zhengming.schemas.spec import Waiver, load, parse

PARTS = ("title", "message", "why", "advice")
# What a message may say; none of these is ever a cell's value. The spec's own bounds are `min` and `max`.
PARAMETERS = {"field", "other", "count", "kind", "expected", "found", "limit", "first", "cells", "used", "min", "max"}
OF_DICTIONARIES = {"code", "concept", "column", "system"}


def _placeholders(template: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name}


def _pages() -> list[str]:
    folder = resources.files("zhengming") / "data" / "rules"
    return sorted(item.name for item in folder.iterdir())


@pytest.mark.parametrize("name", _pages())
def test_a_page_is_named_after_its_code_and_complete_in_both_languages(name: str) -> None:
    page = rule(name.removesuffix(".toml"))
    assert name == f"{page.code}.toml"
    assert page.severity in SEVERITIES
    assert page.name.replace("-", "").isalnum()
    assert page.name == page.name.lower()
    assert page.example
    for part in PARTS:
        assert page.texts["zh"][part] != page.texts["en"][part]
        assert any("一" <= sign <= "鿿" for sign in page.texts["zh"][part])


@pytest.mark.parametrize("code", list(rules()))
def test_a_message_speaks_of_fields_counts_and_kinds_in_both_languages_alike(code: str) -> None:
    page = rule(code)
    used = _placeholders(page.message("zh"))
    assert used == _placeholders(page.message("en"))
    assert used <= PARAMETERS | (OF_DICTIONARIES if code.startswith("ZM5") else {"check"})


def test_names_are_unique() -> None:
    names = [page.name for page in rules().values()]
    assert len(set(names)) == len(names)


def test_no_reason_breaks_two_rules() -> None:
    listed = [
        (kind, reason) for page in rules().values() for kind, reasons in page.reasons.items() for reason in reasons
    ]
    assert len(set(listed)) == len(listed)


@pytest.mark.parametrize("kind", [*KINDS, "coded", "a kind nobody knows"])
def test_every_undecided_outcome_has_a_rule_even_for_an_unlisted_reason(kind: str) -> None:
    assert code_for(kind, "review", "a reason nobody listed")
    assert code_for(kind, "unmatched", "a reason nobody listed")


@pytest.mark.parametrize("kind", [*KINDS, "coded"])
def test_an_accepted_outcome_breaks_no_rule(kind: str) -> None:
    assert code_for(kind, "accepted", "several-phones") == ""


def test_an_unknown_rule_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="zm rules"):
        rule("ZM999")


def test_a_message_uses_the_title_of_its_language() -> None:
    titles = load("aid_case").titles("birth_date")
    found = finding("ZM202", Place("a.csv"), field="birth_date", **titles)
    assert found.message("zh").startswith("出生日期")
    assert found.message("en").startswith("date of birth")


def test_both_languages_have_the_same_words_with_the_same_places_to_fill() -> None:
    assert words("zh").keys() == words("en").keys()
    for key in words("zh"):
        assert _placeholders(words("zh")[key]) == _placeholders(words("en")[key]), key


@pytest.mark.parametrize(
    "code", [code for code, page in rules().items() if "raw" in page.example and "kind" in page.example]
)
def test_the_example_of_a_value_breaks_exactly_its_rule(code: str) -> None:
    example = rule(code).example
    kind = str(example["kind"])
    outcome = normalizer(kind).normalize(example["raw"])
    assert (outcome.status, outcome.reason) == (example["status"], example["reason"])
    assert code_for(kind, outcome.status, outcome.reason) == code


@pytest.mark.parametrize("code", [code for code, page in rules().items() if "category" in page.example])
def test_the_example_of_a_coded_value_breaks_exactly_its_rule(code: str) -> None:
    example = rule(code).example
    assert code_for("coded", str(example["status"]), str(example["reason"])) == code
    if "raw" in example:  # a few doubts, such as a retired code, need a dictionary that has cause for them
        cell = coded.normalize(str(example["raw"]), _matcher(str(example["category"])))
        assert (cell.status, code_for("coded", cell.status, cell.reason)) == (example["status"], code)


@cache
def _matcher(category: str) -> Matcher:
    return Matcher(Dictionary.open(), category)


@pytest.mark.parametrize("code", [code for code, page in rules().items() if "rows" in page.example and "ZM4" in code])
def test_the_example_of_a_table_breaks_exactly_its_rule(code: str) -> None:
    example: Any = rule(code).example
    spec = parse(example["spec"]) if "spec" in example else load(example["table"])
    rows = example["rows"]
    without = example.get("without", [])
    assert isinstance(rows, list)
    assert isinstance(without, list)
    frame = pl.DataFrame(
        [
            _column(name, [row.get(name) for row in rows], dtype)
            for name, dtype in compiled.polars_schema(spec).items()
            if name not in without
        ]
    )
    present = example.get("columns", [field.name for field in spec.fields])
    assert isinstance(present, list)
    columns = {name: number for number, name in enumerate(present, 1)}
    dictionary = Dictionary.open() if example.get("dictionary") else None
    numbers = range(2, len(rows) + 2)
    found = check(frame, spec, rows=numbers, columns=columns, today=example.get("today"), dictionary=dictionary)
    assert {one.code for one in found} == {code}


def test_the_example_of_a_child_in_two_files_breaks_its_rule() -> None:
    example: Any = rule("ZM416").example
    spec = load(example["table"])
    columns = {field.name: number for number, field in enumerate(spec.fields, 1)}
    files = []
    for number, rows in enumerate(example["files"]):
        frame = pl.DataFrame(
            [_column(n, [row.get(n) for row in rows], dtype) for n, dtype in compiled.polars_schema(spec).items()]
        )
        files.append(across.marks(frame, spec, [partial(Place, f"{number}.csv", "", 2)], columns))
    assert [(one.code, str(one.place)) for one in across.repeated(spec, files)] == [("ZM416", "1.csv!B2")]


def test_the_example_of_a_waiver_breaks_its_rule() -> None:
    example: Any = rule("ZM418").example
    waiver = Waiver.model_validate(example["waiver"])
    waived = waivers.apply([finding(example["finding"], Place("a.csv"))], [waiver], today=example["today"])
    assert [one.code for one in waived] == [example["finding"], "ZM418"]


def _column(name: str, values: list[object], dtype: pl.DataType) -> pl.Series:
    if any(isinstance(value, str) for value in values):
        return pl.Series(name, values, dtype=pl.String)
    return (
        pl.Series(name, values).cast(dtype)
        if any(value is not None for value in values)
        else pl.Series(name, values, dtype=dtype)
    )
