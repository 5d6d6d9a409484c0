"""Checking a normalized table against its spec: findings at cells, none hidden by another.

The whole table goes through the compiled schema at once; only failing rows are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from zhengming.findings import Finding, Place, finding
from zhengming.schemas import compiled
from zhengming.schemas.spec import Check, TableSpec

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from zhengming.dictionary.model import Dictionary


def check(
    frame: pl.DataFrame,
    spec: TableSpec,
    *,
    rows: Sequence[int],
    columns: Mapping[str, int],
    file: str = "",
    sheet: str = "",
    address: Callable[[int, int], tuple[int, int]] | None = None,
    today: date | None = None,
    dictionary: Dictionary | None = None,
    alone: bool = False,
) -> list[Finding]:
    """What is wrong with `frame`, a normalized table of `spec`.

    `rows` gives the 1-based row in the sheet of each row of the frame; `columns` the 1-based column in the sheet of
    each field that the sheet has. A field that is not in `columns` is absent from the sheet: if it is required, that
    is one finding, and its empty column in the frame is not complained of. Where the frame has a column
    `<field>_raw`, a required field is missing only if that is empty as well: a value that could not be understood is
    a finding of the normalizer.

    `address` gives the place on the sheet of a row and column, where the table does not stand upright.
    A frame that stands `alone` is a part of a table: whether rows repeat others is not asked; see `repeated`.
    With `today`, the day of the run, dates may not lie after it; with a `dictionary`, codes are held against it.

    Findings are in the order of the spec's fields and, within a check, of the rows.

    Raises:
        SpecError: the spec has a pattern that is no regular expression, or limits a field to unknown codes.
    """
    source = _Source(frame, spec, rows, columns, file, sheet, address)
    known = compiled.polars_schema(spec)
    here = [column for field in spec.fields if field.name in columns for column in field.columns]
    normalized = frame.select(column for column in here if column in frame.columns and column in known)
    failures = compiled.failures(normalized, spec, today=today, dictionary=dictionary, alone=alone)
    mistyped = {source.field_of(failure.column) for failure in failures if failure.what == "type"}
    return [
        found
        for failure in failures
        # That a check cannot run on a column of the wrong type goes without saying.
        if not (failure.what == "not-run" and failure.check and mistyped.intersection(failure.check.fields))
        for found in source.findings(failure)
    ]


def repeated(
    frame: pl.DataFrame,
    spec: TableSpec,
    *,
    rows: Sequence[int],
    columns: Mapping[str, int],
    file: str = "",
    sheet: str = "",
    address: Callable[[int, int], tuple[int, int]] | None = None,
) -> list[Finding]:
    """The repetitions alone: `frame` has all rows of a table that may repeat another one; see `check`."""
    source = _Source(frame, spec, rows, columns, file, sheet, address)
    return [found for failure in compiled.repeated(frame, spec) for found in source.findings(failure)]


_OF_CODES = frozenset({"codes-among", "no-retired"})


class _Source:
    """Where the rows and fields of a frame came from, and what to say about them."""

    def __init__(
        self,
        frame: pl.DataFrame,
        spec: TableSpec,
        rows: Sequence[int],
        columns: Mapping[str, int],
        file: str,
        sheet: str,
        address: Callable[[int, int], tuple[int, int]] | None,
    ) -> None:
        if len(rows) != frame.height:
            raise ValueError(f"{len(rows)} row numbers for {frame.height} rows")
        self.frame, self.spec, self.rows, self.columns = frame, spec, rows, columns
        self.file, self.sheet, self.address = file, sheet, address

    def findings(self, failure: compiled.Failure) -> Iterator[Finding]:
        """The findings of one failure of the schema."""
        name = self.field_of(failure.column)
        titles = self.spec.titles(name)
        whole = Place(self.file, self.sheet, 0, self.columns.get(name, 0))
        if failure.what == "absent":
            yield finding("ZM104", whole, field=name, **titles)
        elif failure.what == "type":
            expected = str(compiled.polars_schema(self.spec)[failure.column])
            yield finding("ZM409", whole, field=name, expected=expected, found=failure.detail, **titles)
        elif failure.what == "empty":
            yield from self._empty(name, failure.rows)
        elif failure.check is not None and failure.what == "not-run":
            yield finding("ZM410", whole, field=name, check=failure.check.check, kind=failure.detail, **titles)
        elif failure.check is not None:
            yield from self._broken(failure.check, failure.rows)

    def field_of(self, column: str) -> str:
        """The field that this column of the normalized table belongs to."""
        return next(field.name for field in self.spec.fields if column in field.columns)

    def _place(self, field: str, row: int) -> Place:
        at = self.rows[row], self.columns[field]
        return Place(self.file, self.sheet, *(self.address(*at) if self.address else at))

    def _empty(self, name: str, rows: list[int]) -> Iterator[Finding]:
        titles, raw = self.spec.titles(name), f"{name}_raw"
        written = self.frame[raw].is_not_null() if raw in self.frame.columns else None
        for row in rows:
            if written is None or not written[row]:
                yield finding("ZM406", self._place(name, row), field=name, **titles)

    def _broken(self, check: Check, rows: list[int]) -> Iterator[Finding]:
        name, params = check.fields[0], self._params(check)
        values = self.frame[name].gather(rows).to_list()
        counts = self._counts(check, rows)
        for position, row in enumerate(rows):
            if counts is not None:
                params = {**params, "count": counts[position]}
            yield finding(
                check.rule,
                self._place(name, row),
                field=name,
                value=values[position],
                severity=check.severity,
                **params,
            )

    def _params(self, check: Check) -> dict[str, str | int | float]:
        others = [self.spec.field(name) for name in check.fields[1:]]
        params: dict[str, str | int | float] = {**self.spec.titles(check.fields[0])}
        if others:
            params["other_zh"] = "、".join(field.zh for field in others)
            params["other_en"] = " and ".join(field.en for field in others)
        if check.check == "within":
            params.update({name: str(check.options.get(name, "…")) for name in ("min", "max")})
        return params

    def _counts(self, check: Check, rows: list[int]) -> list[int] | None:
        """What the message counts: other rows of the same values, or codes; None where it counts nothing."""
        import polars as pl

        if check.check in _OF_CODES:
            return [1] * len(rows)
        if check.check != "unique":
            return None
        counts = self.frame.select(pl.len().over(check.fields) - 1).to_series()
        return [int(count) for count in counts.gather(rows)]
