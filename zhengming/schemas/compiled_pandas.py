"""A spec as a pandera schema for pandas, for those whose tables are pandas frames.

The columns have the types in which pandas reads our CSV: dates as datetime64, ages as nullable integers, amounts and
other numbers as floats, everything else as text; the schema casts what can be cast. The checks are those for polars,
run on the columns they need. Pandas is no dependency of ours: whoever has such a frame has pandas.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from zhengming.errors import UsageError
from zhengming.schemas import compiled
from zhengming.schemas.spec import Check, TableSpec

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from zhengming.dictionary.model import Dictionary

_TYPES = {"date": "datetime64[ns]", "age": "Int64", "amount": "float64", "percentage": "float64"}
_TYPES["measurement"] = "float64"


def to_pandera(spec: TableSpec, *, today: date | None = None, dictionary: Dictionary | None = None) -> Any:
    """The pandera schema of a normalized table of this spec as a pandas frame.

    Raises:
        UsageError: pandas is not installed.
        SpecError: a pattern that is no regular expression, or a limit to codes that the dictionary does not have.
    """
    try:
        import pandera.pandas as pa
    except ImportError:
        raise UsageError("pandas is not installed", remedy="python -m pip install 'zhengming[pandas]'") from None
    columns: dict[str, Any] = {}
    for field in spec.fields:
        type_ = _TYPES.get(field.kind, "str")
        columns[field.name] = pa.Column(
            type_, nullable=not field.required, required=field.required, coerce=True, title=field.en
        )
        for column in field.columns[1:]:
            columns[column] = pa.Column("str", nullable=True, required=False, coerce=True)
    types = compiled.polars_schema(spec)
    checks = [
        pa.Check(_holds(check, types), name=compiled.name_of(check), error=compiled.name_of(check), ignore_na=False)
        for check in spec.checks_of(today, dictionary)
    ]
    return pa.DataFrameSchema(columns, checks=checks, name=spec.name, title=spec.en, strict=False)


def _holds(check: Check, types: dict[str, pl.DataType]) -> Callable[[Any], Any]:
    """A check of a pandas frame: a series of booleans with its index; what cannot be said counts as holding."""
    compiled.to_expression(check)  # a broken pattern is told now

    def holds(frame: Any) -> Any:
        import pandas as pd
        import polars as pl

        expression = compiled.expression_for(check, frame.columns)
        needed = set() if expression is None else set(expression.meta.root_names())
        if expression is None or not needed <= set(frame.columns):
            return True
        columns = [pl.Series(name, _plain(frame[name], types[name]), dtype=types[name]) for name in sorted(needed)]
        said = pl.DataFrame(columns).select(expression.alias("said")).to_series().fill_null(True)
        return pd.Series(said.to_list(), index=frame.index)

    return holds


def _plain(series: Any, type_: pl.DataType) -> list[object]:
    """The values of a pandas series as Python values, None for what is missing."""
    import polars as pl

    listed: list[Any] = [
        None if missing else value for value, missing in zip(series.tolist(), series.isna(), strict=True)
    ]
    if type_ == pl.Date():
        return [value.date() if hasattr(value, "date") else value for value in listed]
    if isinstance(type_, pl.Decimal):
        return [None if value is None else round(float(value), type_.scale) for value in listed]
    return listed
