"""The pandera schema for pandas asks the same as that for polars."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import zhengming as zm

pd = pytest.importorskip("pandas")
SAMPLE = Path(zm.__file__).parent / "data" / "samples" / "sender_a.xlsx"
COLUMNS = [column for field in zm.schema("aid_case").fields for column in field.columns]


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("pandas") / "a.csv"
    zm.clean(SAMPLE).data.select(COLUMNS).write_csv(path)
    text = [column for column in COLUMNS if column not in ("age",)]
    return pd.read_csv(path, dtype=dict.fromkeys(text, "str"))


def test_a_clean_table_read_by_pandas_is_valid(frame: Any) -> None:
    schema = zm.schema("aid_case").to_pandera("pandas", dictionary=zm.Dictionary.open())
    assert len(schema.validate(frame, lazy=True)) == len(frame)


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("birth_date", "2010-01-01", "ZM413"),
        ("sex_codes", "9", ""),
        ("total_cost", "1", "ZM404"),
        ("total_cost", "99999999", "ZM408"),
        ("diagnosis_codes", "D9999", "ZM320"),
        ("region_codes", "110103", "ZM306"),
        ("discharge_date", "2000-01-01", "ZM403"),
    ],
)
def test_what_is_wrong_is_found_in_pandas_too(frame: Any, column: str, value: str, rule: str) -> None:
    from pandera.errors import SchemaErrors

    schema = zm.schema("aid_case").to_pandera("pandas", dictionary=zm.Dictionary.open())
    spoilt = frame.copy()
    spoilt.loc[0, column] = value
    if not rule:
        schema.validate(spoilt, lazy=True)
        return
    with pytest.raises(SchemaErrors) as caught:
        schema.validate(spoilt, lazy=True)
    assert rule in {str(one.check.name)[:5] for one in caught.value.schema_errors}


def test_a_required_column_must_be_there(frame: Any) -> None:
    from pandera.errors import SchemaErrors

    with pytest.raises(SchemaErrors):
        zm.schema("aid_case").to_pandera("pandas").validate(frame.drop(columns="child_name"), lazy=True)
