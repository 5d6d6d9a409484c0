"""Table specs: what is read from TOML, and what a malformed spec is told."""

from __future__ import annotations

import datetime
import traceback
from pathlib import Path

import pytest

from zhengming.errors import SpecError
from zhengming.schemas import spec

MINIMAL = """
name = "case"
version = 1
zh = "病例"
en = "case"
[[fields]]
name = "day"
zh = "日期"
en = "day"
kind = "date"
privacy = "none"
"""
CANARY = "鹦鹉7391"


@pytest.mark.parametrize("name", spec.names())
def test_every_bundled_spec_loads_under_its_own_name(name: str) -> None:
    assert spec.load(name).name == name


def test_the_fields_of_an_aid_case_are_those_agreed_in_their_order() -> None:
    assert [field.name for field in spec.load("aid_case").fields] == [
        "case_no", "child_name", "sex", "birth_date", "age", "id_number", "guardian_name", "guardian_relation", "phone",
        "region", "hospital", "admission_date", "discharge_date", "diagnosis", "procedure", "procedure_date",
        "total_cost", "insurance_paid", "grant_amount", "remark", "diagnosis_code", "procedure_code",
    ]  # fmt: skip


@pytest.mark.parametrize("name", spec.names())
def test_what_names_or_reaches_a_person_is_a_direct_identifier(name: str) -> None:
    for field in spec.load(name).fields:
        if field.kind in ("person_name", "resident_id", "phone", "identifier", "id_document"):
            assert field.privacy == "direct"


def test_a_spec_of_ones_own_is_read_from_a_file_saved_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINIMAL, encoding="utf-8-sig")
    assert spec.load(path) == spec.load(str(path)) == spec.parse(MINIMAL)


def test_bounds_are_dates_for_dates() -> None:
    read = spec.parse(MINIMAL + "min = 2000-01-01\n")
    assert read.field("day").min == datetime.date(2000, 1, 1)
    assert [(check.rule, check.fields) for check in read.every_check] == [("ZM408", ("day",))]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("min = 3", "dates for a date"),
        ("min = 2000-01-01T10:00:00", "min"),
        ('category = "sex"', "category exactly when"),
        ("required = 1", "required"),
        (f'colour = "{CANARY}"', "colour"),
        (f'[[checks]]\nrule = "{CANARY}"\ncheck = "in-order"\nfields = ["day"]', "no such rule"),
        (f'[[checks]]\nrule = "ZM403"\ncheck = "{CANARY}"\nfields = ["day"]', "no such check"),
        (f'[[checks]]\nrule = "ZM403"\ncheck = "in-order"\nfields = ["day", "{CANARY}"]', "fields"),
        (
            '[[checks]]\nrule = "ZM403"\ncheck = "in-order"\nfields = ["day", "night"]',
            "a field that the table does not",
        ),
        ('[[fields]]\nname = "day"\nzh = "日"\nen = "d"\nkind = "text"\nprivacy = "none"', "share a name"),
        (f'[[fields]]\nname = "{CANARY}"\nzh = "日"\nen = "d"\nkind = "text"\nprivacy = "none"', "fields.1.name"),
        (f'[[fields]]\nname = "n"\nzh = "日"\nen = "d"\nkind = "{CANARY}"\nprivacy = "none"', "fields.1.kind"),
        (f'[[fields]]\nname = "n"\nzh = "日"\nen = "d"\nkind = "text"\nprivacy = "{CANARY}"', "fields.1.privacy"),
        ('pattern = "a"', "pattern is for"),
        ('quantity = "length_mm"', "quantity exactly when"),
        ('under = ["D0032"]', "for coded fields"),
        ('totals = ["day"]', "totals"),
        ('[[waivers]]\nrule = "ZM406"\nreason = "r"\nexpires = 2021-01-01\nfield = "night"', "a waiver names a field"),
        ('[[waivers]]\nrule = "ZM406"\nreason = "r"', "expires"),
        (f'[[waivers]]\nrule = "{CANARY}"\nreason = "r"\nexpires = 2021-01-01', "no such rule"),
        (f'"{CANARY}', "not valid TOML"),
    ],
)
def test_a_malformed_spec_is_told_its_place_and_never_its_value(change: str, told: str) -> None:
    with pytest.raises(SpecError, match=told) as caught:
        spec.parse(MINIMAL + change, where="mine.toml")
    assert "mine.toml" in str(caught.value)
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(SpecError, match="aid_case"):
        spec.load("aid_cases")


def test_an_unknown_field_is_told_the_known_ones() -> None:
    with pytest.raises(SpecError, match="birth_date"):
        spec.load("aid_case").field("birthday")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_a_spec_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SpecError, match=r"mine\.toml"):
        spec.load(path)
