"""Every kind of value against its table of cases: a new kind finds this test waiting for its table."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest

from zhengming.normalizers import KINDS, Context, coded, normalizer
from zhengming.normalizers.ages import Age
from zhengming.normalizers.measurements import Measurement
from zhengming.normalizers.outcome import STATUSES

CODED = ("hospital", "region", "sex", "yes_no")  # codes in such cells have reasons of their own
HERE = Path(__file__).parent
MIN_ROWS, MIN_REFUSALS = 60, 15

# a raw cell that is no text is written with its type in front; `json:` is for texts that a table cannot hold
TYPES: dict[str, Callable[[str], object]] = {
    "none": lambda text: None,
    "int": int,
    "float": float,
    "decimal": Decimal,
    "bool": lambda text: text == "true",
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "time": time.fromisoformat,
    "bytes": str.encode,
    "json": json.loads,
}


def table(kind: str) -> list[dict[str, str]]:
    path = HERE / (KINDS[kind].rpartition(".")[2] + ".tsv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def cell(text: str) -> object:
    name, colon, rest = text.partition(":")
    return TYPES[name](rest) if colon and name in TYPES else text


def expected(kind: str, text: str) -> object:
    if not text:
        return None
    if kind == "date":
        return date.fromisoformat(text)
    if kind in ("amount", "percentage"):
        return Decimal(text)
    if kind == "measurement":
        number, quantity, *upto = text.split()
        return Measurement(Decimal(number), quantity, *map(Decimal, upto))
    if kind == "age":
        days, unit = text.split()
        return Age(int(days), unit)
    # a text value may begin with what would be a type, so only the one for unprintable texts counts
    return json.loads(text.removeprefix("json:")) if text.startswith("json:") else text


def context(text: str) -> Context:
    given = dict(part.split("=") for part in text.split(",") if part)
    return Context(
        given.get("unit", ""), given.get("date1904") == "true", given.get("order", "ymd"), given.get("quantity", "")
    )


CASES = [pytest.param(kind, row, id=f"{kind}-{row['id']}") for kind in KINDS for row in table(kind)]


@pytest.mark.parametrize(("kind", "row"), CASES)
def test_a_raw_cell_has_the_outcome_of_its_row(kind: str, row: dict[str, str]) -> None:
    outcome = normalizer(kind).normalize(cell(row["raw"]), context(row["context"]))
    value = expected(kind, row["value"])
    assert (outcome.value, outcome.status, outcome.reason) == (value, row["status"], row["reason"])
    assert type(outcome.value) is type(value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_large_enough_and_refuses_enough(kind: str) -> None:
    rows = table(kind)
    assert len(rows) >= MIN_ROWS
    assert sum(row["status"] != "accepted" for row in rows) >= MIN_REFUSALS
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["source"] and row["status"] in STATUSES for row in rows)


@pytest.mark.parametrize("kind", KINDS)
def test_every_reason_of_a_table_is_explained_by_its_module(kind: str) -> None:
    module = normalizer(kind)
    shared = {"empty", "error-cell", "stated-unknown", "stated-none", "ditto", "unsupported-type"}
    if kind in CODED:
        shared |= {reason for reason in str(coded.__doc__).replace("`", " ").split() if "-" in reason} | {"retired"}
    reasons = {row["reason"] for row in table(kind)} - shared
    assert {reason for reason in reasons if f"`{reason}`" not in str(module.normalize.__doc__)} == set()
