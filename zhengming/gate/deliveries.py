"""What changed since the sender's last delivery: values never seen before, more left undecided, rows and columns gone.

A hospital that changes its system, its clerk or its template shows first in this: the file is as valid as before and
says other things. Both files are read in the same way and compared by meaning; nothing of either is quoted.

Rows are known by the field that numbers them, else by names and date of birth. Where less than half of the last
delivery's rows come again, the two are of different months, and rows are not compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhengming.dictionary.folding import fold
from zhengming.dictionary.model import Dictionary
from zhengming.findings import Finding, Place, finding
from zhengming.normalizers.coded import CodedCell
from zhengming.normalizers.values import verdict
from zhengming.results import CleanResult
from zhengming.schemas.spec import Field
from zhengming.tables import cell_text

LEAST_UNDECIDED = 5  # cells: fewer say nothing about a column
LEAST_RISE = 0.10  # of the filled cells
LEAST_COMMON = 0.5  # of the last delivery's rows
LEAST_KEYED = 0.8  # of the rows must have a value in the field that numbers them


@dataclass(frozen=True, slots=True)
class _Cell:
    """One filled cell: where, its text folded, and what became of it."""

    place: Place
    text: str
    outcome: object

    @property
    def codes(self) -> tuple[str, ...]:
        return self.outcome.codes if isinstance(self.outcome, CodedCell) else ()


def compare(new: CleanResult, last: CleanResult, dictionary: Dictionary) -> list[Finding]:
    """What is to be said of `new`, the `last` delivery of the same sender being known."""
    found: list[Finding] = []
    for field in new.spec.fields:
        now, before = list(_cells(new, field)), list(_cells(last, field))
        titles = new.spec.titles(field.name)
        if before and not now:
            found.append(finding("ZM605", Place(_file(new)), field=field.name, **titles))
            continue
        if not before:
            continue
        found += _undecided(field, now, before, titles)
        if field.category:
            whole = dictionary.category(field.category).policy.cell == "value"
            found += _unseen(field, now, before, titles, each=whole)
    found += _rows(new, last)
    return found


def _file(result: CleanResult) -> str:
    return str(result.manifest["file"])


def _cells(result: CleanResult, field: Field) -> Iterator[_Cell]:
    """The filled cells of a field, sheet by sheet."""
    for table, column in zip(result.trail.tables, result.trail.columns[field.name], strict=True):
        if not column.index:
            continue
        for row, raw, outcome in zip(table.rows, column.raw, column.outcomes, strict=True):
            if verdict(outcome)[1] != "empty":
                place = Place(_file(result), table.sheet, row.number, column.index)
                yield _Cell(place, fold(cell_text(raw)), outcome)


def _undecided(
    field: Field, now: Sequence[_Cell], before: Sequence[_Cell], titles: Mapping[str, Any]
) -> Iterator[Finding]:
    open_now, open_before = ([one for one in cells if verdict(one.outcome)[0] != "accepted"] for cells in (now, before))
    share, last_share = len(open_now) / len(now), len(open_before) / len(before)
    if len(open_now) >= LEAST_UNDECIDED and round(share - last_share, 6) >= LEAST_RISE:
        yield finding(
            "ZM602",
            open_now[0].place,
            field=field.name,
            count=len(open_now),
            expected=f"{last_share:.0%}",
            found=f"{share:.0%}",
            **titles,
        )


def _unseen(
    field: Field, now: Sequence[_Cell], before: Sequence[_Cell], titles: Mapping[str, Any], *, each: bool
) -> Iterator[Finding]:
    """New values: one finding for each where a cell holds one of few values, else one for the column."""
    texts = {one.text for one in before}
    codes = {code for one in before for code in one.codes}
    new = [one for one in now if one.text not in texts and not (one.codes and codes.issuperset(one.codes))]
    counted = Counter(one.text for one in new)
    first = list({one.text: one for one in reversed(new)}.values())[::-1]
    if each:
        for one in first:
            yield finding("ZM601", one.place, field=field.name, count=counted[one.text], **titles)
    elif first:
        yield finding("ZM606", first[0].place, field=field.name, count=len(first), **titles)


def _rows(new: CleanResult, last: CleanResult) -> Iterator[Finding]:
    now, before = (_keys(result, _key_fields(new, last)) for result in (new, last))
    if not now or not before:
        return
    known = Counter(key for key, _place in now)
    missing = []
    for key, place in before:
        if known[key]:
            known[key] -= 1
        else:
            missing.append(place)
    if len(missing) > (1 - LEAST_COMMON) * len(before):
        yield finding("ZM604", Place(_file(new)), count=len(before) - len(missing), expected=len(before))
        return
    for place in missing:
        yield finding("ZM603", place)


def _key_fields(new: CleanResult, last: CleanResult) -> tuple[Field, ...]:
    """The field that numbers the rows of both files, else those that together tell one child from another."""
    for field in new.spec.fields:
        numbers = field.unique or field.kind == "resident_id"
        if numbers and all(_filled(result, field) >= LEAST_KEYED for result in (new, last)):
            return (field,)
    born = {name for check in new.spec.checks if check.check == "id-has-birth-date" for name in check.fields[1:]}
    return tuple(
        field
        for field in new.spec.fields
        if field.name in born or (field.privacy == "direct" and field.required and field.kind == "person_name")
    )


def _filled(result: CleanResult, field: Field) -> float:
    rows = sum(len(table.rows) for table in result.trail.tables)
    return sum(1 for _cell in _cells(result, field)) / rows if rows else 0.0


def _keys(result: CleanResult, fields: Sequence[Field]) -> list[tuple[tuple[str, ...], Place]]:
    """What tells each row from the others, and where it stands; rows that lack it are not compared."""
    by_row: dict[tuple[str, int], dict[str, str]] = {}
    for field in fields:
        for one in _cells(result, field):
            value = getattr(one.outcome, "value", None)
            key = str(value) if value is not None and verdict(one.outcome)[0] == "accepted" else one.text
            by_row.setdefault((one.place.sheet, one.place.row), {})[field.name] = key
    whole = len(fields)
    return [
        (tuple(parts[field.name] for field in fields), Place(_file(result), sheet, row))
        for (sheet, row), parts in by_row.items()
        if len(parts) == whole and whole
    ]
