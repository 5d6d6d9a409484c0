"""A table spec as a pandera schema for polars; for pandas there is `compiled_pandas`, and nobody else imports pandera.

The schema is for normalized tables, whose columns are typed already; it coerces nothing, because a coercion that fails
in one cell hides what is wrong with the others.

    kind                                                       column type
    date                                                       Date
    age                                                        Int64, days
    amount                                                     Decimal(18, 2), yuan
    percentage                                                 Decimal(18, 6), percent
    measurement                                                Decimal(18, 6), in the own unit of its quantity
    all others                                                 String
    coded                                                      String four times: <field>, the raw text; <field>_codes
                                                               and <field>_names, joined by ";"; <field>_status

pandera's own uniqueness treats two missing values as a repetition, so uniqueness is one of our checks instead.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from zhengming.errors import SpecError
from zhengming.schemas import CHECKS
from zhengming.schemas.spec import Check, TableSpec

if TYPE_CHECKING:
    from datetime import date

    import pandera.polars as pa
    import polars as pl
    from pandera.api.polars.types import PolarsData

    from zhengming.dictionary.model import Dictionary


OF_ALL_ROWS = frozenset({"unique"})  # checks that compare the rows of a table with one another
_OF_FIELDS = ("unless_given", "unless_repeated")  # options that name a further field


class Failure(NamedTuple):
    """What a schema says of one column: `what` failed, of which declared `check`, at which `rows` (from 0)."""

    what: Literal["absent", "empty", "type", "check", "not-run"]
    column: str
    check: Check | None
    rows: list[int]
    detail: str


def polars_schema(spec: TableSpec) -> dict[str, pl.DataType]:
    """The columns of a normalized table of this spec, in order, with their polars types."""
    import polars as pl

    fine = pl.Decimal(18, 6)
    types: dict[str, pl.DataType] = {
        "date": pl.Date(), "age": pl.Int64(), "amount": pl.Decimal(18, 2), "percentage": fine, "measurement": fine,
    }  # fmt: skip
    text = pl.String()
    return {column: types.get(field.kind, text) for field in spec.fields for column in field.columns}


def to_pandera(
    spec: TableSpec, *, today: date | None = None, dictionary: Dictionary | None = None, alone: bool = False
) -> pa.DataFrameSchema:
    """The pandera schema of a normalized table of this spec; columns that the spec does not know are let through.

    Of a part of a table, which stands `alone`, nothing is asked that needs the other rows.

    Raises:
        SpecError: a pattern that is no regular expression, or a limit to codes that the dictionary does not have.
    """
    import pandera.polars as pa

    types = polars_schema(spec)
    columns = {}
    every = [one for one in spec.checks_of(today, dictionary) if not (alone and one.check in OF_ALL_ROWS)]
    for field in spec.fields:
        checks = [_to_check(check) for check in every if check.fields[0] == field.name]
        columns[field.name] = pa.Column(
            types[field.name],
            checks=checks,
            nullable=not field.required,
            required=field.required,
            title=field.en,
        )
        for column in field.columns[1:]:
            columns[column] = pa.Column(types[column], nullable=True, required=False)
    return pa.DataFrameSchema(columns, name=spec.name, title=spec.en, strict=False)


def load() -> None:
    """Import what checking needs, which takes a while."""
    import pandera.polars  # noqa: F401 — to have it loaded
    import polars  # noqa: F401


def failures(
    frame: pl.DataFrame,
    spec: TableSpec,
    *,
    today: date | None = None,
    dictionary: Dictionary | None = None,
    alone: bool = False,
) -> list[Failure]:
    """Everything the schema of `spec` has against `frame`, column by column, in the order of the spec.

    pandera's errors quote values; nothing of them is passed on but positions, names and types.
    """
    from pandera.config import ValidationDepth, config_context
    from pandera.errors import SchemaErrors

    schema = to_pandera(spec, today=today, dictionary=dictionary, alone=alone)
    try:
        # The environment can switch pandera off or down to column names; a gate must not depend on it.
        with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            schema.validate(frame, lazy=True)
    except SchemaErrors as error:
        found = error.schema_errors
    else:
        return []
    declared = {name_of(check): check for check in spec.checks_of(today, dictionary)}
    return [_to_failure(one, frame, declared) for one in found]


def repeated(frame: pl.DataFrame, spec: TableSpec) -> list[Failure]:
    """What the checks that need all rows have against `frame`."""
    found = []
    for check in spec.every_check:
        expression = expression_for(check, frame.columns) if check.check in OF_ALL_ROWS else None
        if expression is not None:
            broken = frame.select(expression).to_series().not_().fill_null(False).arg_true().to_list()
            found.append(Failure("check", check.fields[0], check, broken, ""))
    return found


def _to_failure(error: Any, frame: pl.DataFrame, declared: dict[str, Check]) -> Failure:
    from pandera.errors import SchemaErrorReason as Reason

    if error.reason_code is Reason.COLUMN_NOT_IN_DATAFRAME:
        return Failure("absent", str(error.failure_cases), None, [], "")
    column = str(error.schema.name)
    if error.reason_code is Reason.WRONG_DATATYPE:
        return Failure("type", column, None, [], str(frame.schema[column]))
    if error.reason_code is Reason.SERIES_CONTAINS_NULLS:
        return Failure("empty", column, None, _failed_rows(error), "")
    check = declared[error.check.name]
    if error.reason_code is Reason.CHECK_ERROR:
        return Failure("not-run", column, check, [], str(error.failure_cases).partition("(")[0])
    return Failure("check", column, check, _failed_rows(error), "")


def _failed_rows(error: Any) -> list[int]:
    import polars as pl

    rows: list[int] = error.check_output.to_series().not_().fill_null(False).arg_true().cast(pl.Int64).to_list()
    return rows


def _to_check(check: Check) -> pa.Check:
    import pandera.polars as pa

    to_expression(check)  # a broken pattern is told now

    def holds(data: PolarsData) -> pl.LazyFrame | bool:
        expression = expression_for(check, data.lazyframe.collect_schema().names())
        return True if expression is None else data.lazyframe.select(expression)

    # Two failure cases are enough for pandera's message; the rows are read from the check's output.
    return pa.Check(holds, name=name_of(check), ignore_na=True, n_failure_cases=2)


def expression_for(check: Check, present: Collection[str]) -> pl.Expr | None:
    """What a check asks of a table with the columns `present`, or None if it lacks a field of the check.

    That a field is missing is said elsewhere; an option that names a further field counts only if that is present.
    """
    if not set(check.fields).issubset(present):
        return None
    options = {name: value for name, value in check.options.items() if name not in _OF_FIELDS or value in present}
    return to_expression(check.model_copy(update={"options": options}))


def to_expression(check: Check) -> pl.Expr:
    """What a check asks of each row: true, false, or null where nothing can be said.

    Raises:
        SpecError: its pattern is no regular expression of linear time.
    """
    import polars as pl

    module, _, name = CHECKS[check.check].partition(":")
    expression: pl.Expr = getattr(import_module(module), name)(check.fields, check.options)
    if check.check == "pattern":
        try:
            pl.DataFrame({check.fields[0]: [""]}).select(expression)
        except pl.exceptions.PolarsError:
            raise SpecError(
                "the pattern is no regular expression that runs in linear time",
                where=f"field {check.fields[0]}",
                remedy="see the syntax of Rust's regex crate; it has no look-around and no back-references",
            ) from None
    return expression


def name_of(check: Check) -> str:
    """A name of its own for each check of a spec."""
    limits = " ".join(sorted(check.options)) if check.check == "within" else ""
    return f"{check.rule} {check.check}({', '.join(check.fields)}) {limits}".strip()
