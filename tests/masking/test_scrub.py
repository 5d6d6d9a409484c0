"""Free text without what points to a person."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.masking.scrub import MAX_CHARACTERS, scrubbed, spellings

KNOWN = spellings("张小明")
TABLE = (Path(__file__).parent / "scrub_cases.tsv").read_text(encoding="utf-8")
CASES = list(csv.DictReader(TABLE.splitlines(), delimiter="\t"))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_what_points_to_a_person_goes_and_findings_stay(case: dict[str, str]) -> None:
    assert scrubbed(case["text"], KNOWN) == case["scrubbed"]


@given(st.text(max_size=60), st.text(max_size=60), st.from_regex(r"[一-龥]{2,4}", fullmatch=True))
def test_no_known_name_survives_wherever_it_stands(before: str, after: str, name: str) -> None:
    assert name not in scrubbed(before + name + after, [name])


@given(st.text(max_size=40), st.from_regex(r"[0-9]{7,18}", fullmatch=True), st.text(max_size=40))
def test_no_long_number_survives_wherever_it_stands(before: str, number: str, after: str) -> None:
    assert number not in scrubbed(before + number + after, [])


def test_a_very_long_text_is_cut_and_takes_no_long_time() -> None:
    for text in (
        "村" * 99_999,
        "1" * 99_999,
        "路1" * 50_000,
        "母亲" * 50_000,
        "a@" * 50_000,
        "QQ" * 50_000,
        "住" * 99_999,
    ):
        assert len(scrubbed(text, KNOWN)) <= MAX_CHARACTERS * 4
