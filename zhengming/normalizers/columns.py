"""Columns whose header does not tell what they hold: the sender's profile says it, or their values help.

A value is weaker evidence than a header: a child's and a guardian's identity number look the same. So values decide
only between fields that the header leaves open, or, where there is no header at all, for a field whose values are
unlike those of any other and which no column has yet. What values decided is always reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from zhengming.findings import Place
from zhengming.normalizers import Context, coded, normalizer
from zhengming.normalizers.outcome import Outcome
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.tables import CellValue, Notice, cell_text
from zhengming.tables.locate import Column, Located
from zhengming.tables.table_rows import in_parts
from zhengming.tables.words import plain

LEAST_VALUES = 3  # cells with something in them
LEAST_FIT = 0.8  # of the distinct values are accepted as values of the field
_LOOKED_AT = 60  # distinct values
TELLING = frozenset({"coded", "resident_id", "phone"})  # kinds whose values are unlike those of other kinds
_ANYTHING = frozenset({"text", "person_name", "identifier"})  # kinds that nearly any value fits
_OF_HEADERS = frozenset({"unmapped-header", "empty-header", "duplicate-header"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field of the table spec, as far as its values show it."""

    name: str
    kind: str
    category: str | None = None


def settle(
    table: Located,
    wanted: Sequence[Wanted],
    matcher: Callable[[str], Matcher],
    *,
    file: str = "",
    known: Mapping[str, str] | None = None,
) -> Located:
    """The table with the fields of the columns that `known` (plain header: field or nothing) or their values settle."""
    known = known or {}
    columns: list[Column] = []
    taken = {column.field for column in table.columns if column.field and plain(column.header) not in known}
    taken |= set(filter(None, known.values()))
    settled: dict[int, Column] = {}
    shown = _shown(table, [at for at, one in enumerate(table.columns) if one.field is None])
    for position, column in enumerate(table.columns):
        told = plain(column.header)
        new = column
        if column.header and told in known:
            new = replace(column, field=known[told] or None, how="profile")
        elif column.field is None:
            field = by_values(column.header, shown[position], [one for one in wanted if one.name not in taken], matcher)
            if field:
                taken.add(field)
                new = replace(column, field=field, how="values")
        if new != column:
            settled[column.index] = new
        columns.append(new)
    return replace(table, columns=_each_once(columns), notices=_notices(table, settled, file)) if settled else table


def _shown(table: Located, positions: Sequence[int]) -> dict[int, list[CellValue]]:
    """The cells of some columns, as many as tell what a column holds: no more of equal ones than must be there."""
    shown: dict[int, list[CellValue]] = {position: [] for position in positions}
    seen: dict[int, set[str]] = {position: set() for position in positions}
    for part in in_parts(table.rows):
        for position in [one for one in positions if len(seen[one]) < _LOOKED_AT]:
            values, texts = shown[position], seen[position]
            for row in part:
                text = cell_text(row.cells[position])
                if (text not in texts or len(values) < LEAST_VALUES) and text.strip():
                    values.append(row.cells[position])
                    texts.add(text)
                    if len(texts) >= _LOOKED_AT:
                        break
    return shown


def _each_once(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The columns, of two with one field the one that the profile names, else the first."""
    by_profile = {column.field for column in columns if column.field and column.how == "profile"}
    seen: set[str] = set()
    kept = []
    for column in columns:
        if column.field and (column.field in seen or (column.field in by_profile and column.how != "profile")):
            column = replace(column, field=None)
        elif column.field:
            seen.add(column.field)
        kept.append(column)
    return tuple(kept)


def by_values(
    header: str, values: Sequence[CellValue], wanted: Sequence[Wanted], matcher: Callable[[str], Matcher]
) -> str | None:
    """The one field that a header leaves open and the values fit, or None."""
    if len(values) < LEAST_VALUES:
        return None
    if header:
        open_fields = _left_open(header, matcher("field"))
        able = [one for one in wanted if one.name in open_fields and one.kind not in _ANYTHING]
    else:
        able = [one for one in wanted if one.kind in TELLING]
    fitting = [one.name for one in able if fit(values, one, matcher) >= LEAST_FIT]
    return fitting[0] if len(fitting) == 1 else None


def suggested(values: Sequence[CellValue], wanted: Sequence[Wanted], matcher: Callable[[str], Matcher]) -> str | None:
    """The one field of a telling kind that the values fit whatever the header says: for a person to confirm."""
    if len(values) < LEAST_VALUES:
        return None
    fitting = [one.name for one in wanted if one.kind in TELLING and fit(values, one, matcher) >= LEAST_FIT]
    return fitting[0] if len(fitting) == 1 else None


def fit(values: Sequence[CellValue], wanted: Wanted, matcher: Callable[[str], Matcher]) -> float:
    """The share of distinct values that are accepted as values of the field."""
    distinct = {cell_text(value): value for value in values}
    looked = list(distinct.items())[:_LOOKED_AT]
    right = 0
    for text, value in looked:
        if wanted.category:
            cell = coded.normalize(text, matcher(wanted.category))
            right += cell.status == "accepted" and bool(cell.codes)
        else:
            outcome: Outcome = normalizer(wanted.kind).normalize(value, Context())
            right += outcome.status == "accepted" and outcome.value is not None
    return right / len(looked) if looked else 0.0


def _left_open(header: str, matcher: Matcher) -> set[str]:
    """The fields that a header may mean, by the matcher's own doubt."""
    found: set[str] = set()
    for mention in matcher.match(header):
        found.update(candidate.code for candidate in mention.candidates)
        if mention.code:
            found.add(mention.code)
    return found


def _notices(table: Located, settled: Mapping[int, Column], file: str) -> tuple[Notice, ...]:
    """The table's notices without those about headers now settled, and with one for each that values settled."""
    header = max((one.row for one in table.explained if one.kind == "header"), default=0)
    at = {Place(file, table.sheet, *table.address(header, index)): column for index, column in settled.items()}
    kept = [
        one
        for one in table.notices
        if not (one.kind in _OF_HEADERS and any(_same_column(one.place, place) for place in at))
    ]
    told = [
        Notice("field-by-values", place, {"field": column.field or ""})
        for place, column in at.items()
        if column.how == "values"
    ]
    return (*kept, *told)


def _same_column(one: Place, other: Place) -> bool:
    return (one.sheet, one.row, one.column) == (other.sheet, other.row, other.column)


def layout_change(headers: Sequence[str], layouts: Sequence[Sequence[str]]) -> int:
    """In how many places the headers of a table differ from those of the layout most like them; 0: known, or no layout.

    >>> layout_change(["姓名", "诊断 "], [["姓名", "诊断"]]), layout_change(["姓名", "病种"], [["姓名", "诊断"]])
    (0, 2)
    >>> layout_change(["诊断", "姓名"], [["姓名", "诊断"]])
    2
    """
    mine = [plain(header) for header in headers]
    counts = []
    for layout in layouts:
        theirs = [plain(header) for header in layout]
        other = len(set(mine) ^ set(theirs))
        moved = sum(one != two for one, two in zip(mine, theirs, strict=False)) if not other else 0
        counts.append(other or moved or abs(len(mine) - len(theirs)))
    return min(counts, default=0)
