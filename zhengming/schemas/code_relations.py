"""What may be required of the codes of a field: polars expressions over `<field>_codes`, as those of `relations`.

Options hold lists of codes joined by ";". An empty cell has no codes and breaks nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from zhengming.schemas.relations import Options


def codes_among(fields: Sequence[str], options: Options) -> pl.Expr:
    """Every code of the field (first field) is among the option `codes`."""
    return _all_in(fields[0], str(options["codes"]))


def no_retired(fields: Sequence[str], options: Options) -> pl.Expr:
    """No code of the field is one of the option `known` that is not in the option `active`."""
    retired = set(str(options["known"]).split(";")) - set(str(options["active"]).split(";"))
    return _none_in(fields[0], ";".join(sorted(retired)))


def codes_under(fields: Sequence[str], options: Options) -> pl.Expr:
    """Every code of the field that is among the option `known` is also among the option `codes`."""
    outside = set(str(options["known"]).split(";")) - set(str(options["codes"]).split(";"))
    return _none_in(fields[0], ";".join(sorted(outside)))


def _all_in(field: str, codes: str) -> pl.Expr:
    import polars as pl

    listed = codes.split(";")
    return pl.col(f"{field}_codes").str.split(";").list.eval(pl.element().is_in(listed)).list.all()


def _none_in(field: str, codes: str) -> pl.Expr:
    import polars as pl

    listed = codes.split(";")
    return ~pl.col(f"{field}_codes").str.split(";").list.eval(pl.element().is_in(listed)).list.any()
