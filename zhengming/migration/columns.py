"""Which columns of a table hold codes: those a caller names, and those that `zm clean` writes.

A clean table has `<field>_codes` with `<field>_names`, `<field>_status` and `<field>_<system>` beside it; the sheet of
its mentions has `field` and `code`. Of any other table the caller says which column holds codes of which category.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhengming.errors import UsageError
from zhengming.schemas.spec import TableSpec

CODES, NAMES, STATUS = "_codes", "_names", "_status"
BEFORE, MIGRATION = "_before", "_migration"  # columns that a migration adds


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """A column of codes of one category; `text` is the column of the sender's words, if there is one."""

    name: str
    category: str
    text: str = ""

    @property
    def base(self) -> str:
        """The name without `_codes`: what the columns beside it begin with."""
        return self.name.removesuffix(CODES)


@dataclass(frozen=True, slots=True)
class Columns:
    """What to look for in a table: its coded columns, and the categories of the fields a sheet of mentions names."""

    coded: tuple[CodedColumn, ...]
    fields: Mapping[str, str]


def of_spec(spec: TableSpec) -> Columns:
    """The columns of a table that `zm clean` wrote for `spec`; a field goes by its name or its titles."""
    coded = [field for field in spec.fields if field.category]
    return Columns(
        tuple(CodedColumn(f"{field.name}{CODES}", field.category or "", field.name) for field in coded),
        {
            title: field.category or ""
            for field in coded
            for title in (field.name, *(field.title(lang) for lang in ("zh", "en")))
        },
    )


def parsed(options: Sequence[str]) -> Columns:
    """The columns that options `COLUMN=CATEGORY` or `COLUMN=CATEGORY:TEXT_COLUMN` name.

    >>> parsed(["诊断编码=disease:诊断"]).coded
    (CodedColumn(name='诊断编码', category='disease', text='诊断'),)

    Raises:
        UsageError: one is written otherwise.
    """
    found = []
    for option in options:
        name, equals, rest = option.rpartition("=")
        category, _colon, text = rest.partition(":")
        if not (name and equals and category):
            raise UsageError(
                "--column takes a column and a category", remedy="write it as COLUMN=CATEGORY or COLUMN=CATEGORY:TEXT"
            )
        found.append(CodedColumn(name, category, text))
    return Columns(tuple(found), {})
