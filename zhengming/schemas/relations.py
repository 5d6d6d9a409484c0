"""What may be required of the fields of a row: one function per check, each a polars expression.

Every function takes the names of fields (columns of a normalized table) and the check's options, and returns a boolean
expression: true where all is well, false where it is not, null where nothing can be said because a value is missing.
A missing value is never a contradiction; whether it may be missing is the field's `required`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime

    import polars as pl

    Options = Mapping[str, str | int | float | datetime.date]


def in_order(fields: Sequence[str], options: Options) -> pl.Expr:
    """The first date is not later than the second."""
    import polars as pl

    return pl.col(fields[0]) <= pl.col(fields[1])


def covers_sum(fields: Sequence[str], options: Options) -> pl.Expr:
    """The first amount is at least the sum of the others; an empty part counts as nothing."""
    import polars as pl

    return pl.col(fields[0]) >= pl.sum_horizontal(fields[1:])


def sum_equals(fields: Sequence[str], options: Options) -> pl.Expr:
    """The first amount is the sum of the others; an empty part counts as nothing, no part at all says nothing."""
    import polars as pl

    said = pl.any_horizontal(pl.col(name).is_not_null() for name in fields[1:])
    return pl.when(said).then(pl.col(fields[0]) == pl.sum_horizontal(fields[1:]))


def pattern(fields: Sequence[str], options: Options) -> pl.Expr:
    """The whole text fits the option `pattern`, a regular expression of Rust's regex crate: linear in the text."""
    import polars as pl

    return pl.col(fields[0]).str.contains(f"^(?:{options['pattern']})$")


def different(fields: Sequence[str], options: Options) -> pl.Expr:
    """The two texts differ."""
    import polars as pl

    return pl.col(fields[0]) != pl.col(fields[1])


def within(fields: Sequence[str], options: Options) -> pl.Expr:
    """The value lies between the options `min` and `max`, both included; either may be absent."""
    import polars as pl

    value = pl.col(fields[0])
    above = value >= options["min"] if "min" in options else pl.lit(True)
    below = value <= options["max"] if "max" in options else pl.lit(True)
    return above & below


def unique(fields: Sequence[str], options: Options) -> pl.Expr:
    """No other row has the same values; rows in which one of them is missing are not compared.

    Rows whose field in option `unless_repeated` repeats are left to the check on that field.
    """
    import polars as pl

    complete = pl.all_horizontal(pl.col(name).is_not_null() for name in fields)
    alone = pl.col(fields[0]).is_unique() if len(fields) == 1 else pl.struct(fields).is_unique()
    told = options.get("unless_repeated")
    if told is None:
        return pl.when(complete).then(alone)
    # A row that another check already calls a repetition by this field is not told of twice.
    repeated = pl.col(str(told)).is_not_null() & pl.col(str(told)).is_duplicated()
    return pl.when(complete).then(alone | repeated)


def id_has_birth_date(fields: Sequence[str], options: Options) -> pl.Expr:
    """The resident identity number (first field) contains the date (second field).

    Digits 7 to 14 of a number of 18 digits, YYYYMMDD (GB 11643-1999); digits 7 to 12 of the older one of 15, YYMMDD of
    the twentieth century.
    """
    import polars as pl

    return _birth_in(fields[0]) == pl.col(fields[1])


def age_fits_birth(fields: Sequence[str], options: Options) -> pl.Expr:
    """The age in days (first field) is that of a child born on the second date, on the third date.

    An age counts completed units, and may be stated at the application or at the admission: up to 31 days it may be
    off by 31 days, up to a year by two months, beyond by 400 days.
    """
    import polars as pl

    return _fits(fields[0], pl.col(fields[1]), fields[2])


def age_fits_id(fields: Sequence[str], options: Options) -> pl.Expr:
    """As `age_fits_birth`, the day of birth taken from the resident identity number (second field).

    Rows whose field in option `unless_given` holds a date of birth are left to `age_fits_birth`.
    """
    import polars as pl

    fits = _fits(fields[0], _birth_in(fields[1]), fields[2])
    given = options.get("unless_given")
    return fits if given is None else pl.when(pl.col(str(given)).is_null()).then(fits)


def _fits(age: str, birth: pl.Expr, on: str) -> pl.Expr:
    import polars as pl

    lived = (pl.col(on) - birth).dt.total_days()
    stated = pl.col(age)
    slack = pl.when(stated <= 31).then(31).when(stated < 365).then(62).otherwise(400)
    # Born after the other date: the order of dates is wrong, and a check of its own says so.
    return pl.when(lived >= 0).then((lived - stated).abs() <= slack)


def _birth_in(field: str) -> pl.Expr:
    """The day of birth in a resident identity number, null where there is none."""
    import polars as pl

    number = pl.col(field)
    length = number.str.len_chars()
    digits = pl.when(length == 18).then(number.str.slice(6, 8)).when(length == 15).then("19" + number.str.slice(6, 6))
    return digits.str.to_date("%Y%m%d", strict=False)


def id_has_sex(fields: Sequence[str], options: Options) -> pl.Expr:
    """The order number of the resident identity number (first field) agrees with the sex (second field, coded).

    Digit 17 of 18, or 15 of 15, is odd for the code in option `odd` and even for the one in `even` (GB 11643-1999);
    other codes say nothing about it.
    """
    import polars as pl

    number = pl.col(fields[0])
    length = number.str.len_chars()
    digit = pl.when(length == 18).then(number.str.slice(16, 1)).when(length == 15).then(number.str.slice(14, 1))
    odd = digit.cast(pl.Int8, strict=False) % 2 == 1
    code = pl.col(f"{fields[1]}_codes")
    return pl.when(code == options["odd"]).then(odd).when(code == options["even"]).then(~odd)
