"""A spec in the languages of others: JSON Schema (2020-12) of a row, Frictionless Table Schema (v1) of a table.

Both describe the normalized table, as `zm clean --format csv` writes it: dates in ISO 8601, ages in days, amounts in
yuan. With a dictionary the codes of small categories are listed, those of others follow the pattern of their category.
What these languages cannot say (checks between fields, uniqueness over several fields) stands in the spec alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from zhengming.dictionary.model import Dictionary
from zhengming.normalizers import measures
from zhengming.schemas.spec import Field, TableSpec

DRAFT = "https://json-schema.org/draft/2020-12/schema"
TABLE_SCHEMA = "https://specs.frictionlessdata.io/schemas/table-schema.json"
MOST_LISTED = 60  # codes of a category that are listed one by one; the longest list of a plain form has 58
_STATUSES = ["accepted", "review", "unmatched"]
_NUMBERS = ("amount", "percentage", "measurement")
_UNITS = {"age": "d", "amount": "CNY", "percentage": "%"}


def json_schema(spec: TableSpec, dictionary: Dictionary | None = None) -> dict[str, Any]:
    """JSON Schema of one row; a missing value is null, or absent."""
    properties: dict[str, Any] = {}
    for field in spec.fields:
        properties[field.name] = _described(field, _json_type(field))
        for column, limits in _code_columns(field, dictionary):
            properties[column] = {"type": ["string", "null"], **_nullable(limits)}
    required = [field.name for field in spec.fields if field.required]
    return {
        "$schema": DRAFT,
        "$id": f"urn:zhengming:table:{spec.name}:{spec.version}",
        "title": spec.en,
        "description": spec.zh,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": True,
    }


def table_schema(spec: TableSpec, dictionary: Dictionary | None = None) -> dict[str, Any]:
    """Frictionless Table Schema of the whole table."""
    fields: list[dict[str, Any]] = []
    for field in spec.fields:
        fields.append(_frictionless(field))
        for column, limits in _code_columns(field, dictionary):
            about = {"name": column, "type": "string", "title": f"{field.en}: {column.rpartition('_')[2]}"}
            fields.append({**about, **({"constraints": limits} if limits else {})})
    return {
        "$schema": TABLE_SCHEMA,
        "name": spec.name,
        "title": spec.en,
        "description": spec.zh,
        "fields": fields,
        "missingValues": [""],
    }


def _json_type(field: Field) -> dict[str, Any]:
    """The JSON type of a field and what limits it."""
    if field.kind == "date":
        # JSON Schema has no bounds for dates; they are told in words of our own.
        bounds = {f"x-{name}imum": value for name, value in _bounds(field)}
        return {"type": _or_null("string", field), "format": "date", **bounds}
    if field.kind == "age":
        return {"type": _or_null("integer", field), **{f"{name}imum": value for name, value in _bounds(field)}}
    if field.kind in _NUMBERS:
        return {"type": _or_null("number", field), **{f"{name}imum": value for name, value in _bounds(field)}}
    limits: dict[str, Any] = {"minLength": 1} if field.required else {}
    if field.pattern is not None:
        limits["pattern"] = f"^(?:{field.pattern})$"
    return {"type": _or_null("string", field), **limits}


def _frictionless(field: Field) -> dict[str, Any]:
    types = {"date": "date", "age": "integer", **dict.fromkeys(_NUMBERS, "number")}
    constraints: dict[str, Any] = {}
    if field.required:
        constraints["required"] = True
    if field.unique:
        constraints["unique"] = True
    constraints |= {f"{name}imum": value for name, value in _bounds(field)}
    if field.pattern is not None:
        constraints["pattern"] = field.pattern
    made = _described(field, {"name": field.name, "type": types.get(field.kind, "string")})
    if field.kind == "date":
        made["format"] = "default"
    if constraints:
        made["constraints"] = constraints
    return made


def _described(field: Field, made: Mapping[str, Any]) -> dict[str, Any]:
    """The titles of a field and what others call annotations: its kind, category, unit and privacy class."""
    about: dict[str, Any] = {**made, "title": field.en, "description": field.zh, "x-kind": field.kind}
    unit = measures.written(field.quantity) if field.quantity else _UNITS.get(field.kind, "")
    for name, value in (("x-unit", unit), ("x-category", field.category), ("x-privacy", field.privacy)):
        if value:
            about[name] = value
    return about


def _or_null(name: str, field: Field) -> str | list[str]:
    return name if field.required else [name, "null"]


def _bounds(field: Field) -> Iterator[tuple[str, Any]]:
    for name, bound in (("min", field.min), ("max", field.max)):
        if bound is not None:
            yield name, bound.isoformat() if isinstance(bound, dt.date) else bound


def _code_columns(field: Field, dictionary: Dictionary | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """The columns beside a coded field, with what limits them."""
    if field.category is None:
        return
    codes, names, status = field.columns[1:]
    yield codes, _codes(field, dictionary)
    yield names, {}
    yield status, {"enum": _STATUSES}


def _codes(field: Field, dictionary: Dictionary | None) -> dict[str, Any]:
    """The codes that a field may hold, joined by `;`."""
    if dictionary is None or field.category is None:
        return {}
    category = dictionary.category(field.category)
    active = sorted(code for code, concept in category.concepts.items() if concept.status == "active")
    if category.policy.cell != "mentions" and len(active) <= MOST_LISTED:
        return {"enum": active}
    one = category.code_pattern or "[^;]+"
    return {"pattern": f"^(?:{one})(?:;(?:{one}))*$"}


def _nullable(limits: dict[str, Any]) -> dict[str, Any]:
    return {**limits, "enum": [*limits["enum"], None]} if "enum" in limits else limits
