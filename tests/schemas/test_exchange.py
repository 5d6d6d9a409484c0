"""Specs in the languages of others, held against those languages and used as their readers use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import zhengming as zm
from zhengming.schemas.spec import names

SAMPLE = Path(zm.__file__).parent / "data" / "samples" / "sender_a.xlsx"


@pytest.fixture(scope="module")
def dictionary() -> zm.Dictionary:
    return zm.Dictionary.open()


def _rows(data: Any) -> list[dict[str, object]]:
    """Rows as they stand in JSON: dates as text, decimals as numbers."""
    import polars as pl

    plain = data.with_columns(pl.col(pl.Decimal).cast(pl.Float64), pl.col(pl.Date).cast(pl.String))
    return [json.loads(json.dumps(row)) for row in plain.iter_rows(named=True)]


@pytest.mark.parametrize("table", names())
def test_the_json_schema_is_valid_and_names_every_column(table: str, dictionary: zm.Dictionary) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    spec = zm.schema(table)
    made = spec.to_json_schema(dictionary)
    jsonschema.Draft202012Validator.check_schema(made)
    assert set(made["properties"]) == {column for field in spec.fields for column in field.columns}
    assert json.loads(json.dumps(made)) == made


def test_clean_rows_are_valid_under_the_json_schema_and_spoilt_ones_are_not(dictionary: zm.Dictionary) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    made = zm.schema("aid_case").to_json_schema(dictionary)
    validator = jsonschema.Draft202012Validator(made, format_checker=jsonschema.FormatChecker())
    rows = _rows(zm.clean(SAMPLE).data)
    assert rows
    for row in rows:
        assert list(validator.iter_errors(row)) == []
    spoilt: list[dict[str, object]] = [
        {"sex_codes": "7"}, {"age": -1}, {"age": "3岁"}, {"birth_date": "2021-02-30"}, {"diagnosis_codes": "X1"},
        {"child_name": None}, {"total_cost": "1万"}, {"sex_status": "maybe"},
    ]  # fmt: skip
    for change in spoilt:
        assert list(validator.iter_errors({**rows[0], **change})), change


@pytest.mark.parametrize("table", names())
def test_the_table_schema_is_valid_for_frictionless(table: str, dictionary: zm.Dictionary) -> None:
    frictionless = pytest.importorskip("frictionless")
    made = zm.schema(table).to_table_schema(dictionary)
    report = frictionless.Schema.from_descriptor(made)
    assert [field.name for field in report.fields] == [one["name"] for one in made["fields"]]


def test_frictionless_accepts_a_clean_table_and_finds_what_is_spoilt(tmp_path: Path, dictionary: zm.Dictionary) -> None:
    frictionless = pytest.importorskip("frictionless")
    spec = zm.schema("aid_case")
    result = zm.clean(SAMPLE)
    schema = frictionless.Schema.from_descriptor(spec.to_table_schema(dictionary))
    columns = [field.name for field in schema.fields]
    (tmp_path / "a.csv").write_bytes(result.data.select(columns).write_csv().encode())
    resource = frictionless.Resource(path="a.csv", basepath=str(tmp_path), schema=schema)
    assert resource.validate().flatten(["fieldName", "type"]) == []
    spoilt = result.data.select(columns).with_columns(sex_codes=__import__("polars").lit("7"))
    (tmp_path / "b.csv").write_bytes(spoilt.write_csv().encode())
    found = frictionless.Resource(path="b.csv", basepath=str(tmp_path), schema=schema).validate()
    assert {one[0] for one in found.flatten(["fieldName"])} == {"sex_codes"}
