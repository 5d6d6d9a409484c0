"""What was read in the cells of a file, and what of it a human must decide: one row per mention, one per open value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhengming.findings import Place
from zhengming.normalizers.coded import CodedCell
from zhengming.normalizers.outcome import Outcome
from zhengming.normalizers.terms.decided import NO_MATCH
from zhengming.normalizers.terms.mention import Candidate, Mention
from zhengming.normalizers.values import Column
from zhengming.tables import CellValue, cell_text
from zhengming.tables.locate import Located

if TYPE_CHECKING:
    import polars as pl

    from zhengming.dictionary.model import Category
    from zhengming.schemas.spec import Field, TableSpec

MENTION_COLUMNS = (
    "source_sheet",
    "source_row",
    "cell",
    "field",
    "text",
    "code",
    "name",
    "mapping",
    "status",
    "confidence",
    "method",
    "reason",
    "term",
    "covered_by",
    "qualifiers",
    "candidates",
)


@dataclass(frozen=True, slots=True)
class Undecided:
    """One distinct value that a human must decide: of which field, why, its candidates, how often, where first.

    `cell` is the whole cell where the value first stood. `category` is empty for a value that no code can stand for (a
    date, a number); `options` are the concepts that `candidates` tells in words.
    """

    field: str
    text: str
    status: str
    reason: str
    candidates: str
    count: int
    first: Place
    cell: str
    category: str = ""
    options: tuple[Candidate, ...] = ()


def mention_frame(
    file: str,
    spec: TableSpec,
    tables: Sequence[Located],
    columns: Mapping[str, Sequence[Column]],
    free: Mapping[str, Category],
) -> pl.DataFrame:
    """One row per mention in the fields that are `free`: those whose cells may name several concepts."""
    import polars as pl

    rows: list[dict[str, Any]] = []
    for field in spec.fields:
        if field.name not in free:
            continue
        for place, _raw, outcome in _cells(file, tables, columns[field.name]):
            if isinstance(outcome, CodedCell):
                rows += [_mention_row(place, field, mention, free[field.name]) for mention in outcome.mentions]
    types = {"source_row": pl.Int64, "confidence": pl.Float64}
    return pl.DataFrame(rows, schema={name: types.get(name, pl.String) for name in MENTION_COLUMNS})


def undecided(
    file: str, spec: TableSpec, tables: Sequence[Located], columns: Mapping[str, Sequence[Column]]
) -> tuple[Undecided, ...]:
    """Each distinct undecided value once: the most frequent first, then by field and place."""
    found: dict[tuple[str, str], list[Any]] = {}
    for field in spec.fields:
        for place, raw, outcome in _cells(file, tables, columns[field.name]):
            for text, status, reason, candidates, options in _open(raw, outcome):
                new = [status, reason, candidates, 0, place, cell_text(raw), field.category or "", options]
                entry = found.setdefault((field.name, text), new)
                entry[3] += 1
    listed = [Undecided(name, text, *entry) for (name, text), entry in found.items()]
    order = {field.name: index for index, field in enumerate(spec.fields)}
    return tuple(sorted(listed, key=lambda one: (-one.count, order[one.field], one.first, one.text)))


def _cells(file: str, tables: Sequence[Located], parts: Sequence[Column]) -> Iterator[tuple[Place, CellValue, object]]:
    for table, part in zip(tables, parts, strict=True):
        if part.index:
            for row, raw, outcome in zip(table.rows, part.raw, part.outcomes, strict=True):
                yield Place(file, table.sheet, row.number, part.index), raw, outcome


def _open(raw: Any, outcome: object) -> Iterator[tuple[str, str, str, str, tuple[Candidate, ...]]]:
    """What a human must decide of one cell: (text, status, reason, candidates in words, candidates)."""
    if isinstance(outcome, Outcome) and outcome.status != "accepted":
        proposed = "" if outcome.value is None else str(outcome.value)
        yield cell_text(raw), outcome.status, outcome.reason, "" if proposed == cell_text(raw) else proposed, ()
    if not isinstance(outcome, CodedCell) or outcome.status == "accepted":
        return
    waiting = [one for one in outcome.mentions if one.status != "accepted" and one.reason != NO_MATCH]
    for mention in waiting:
        yield mention.text, mention.status, mention.reason, _candidates(mention), mention.candidates
    if not waiting and outcome.undecided:
        named = [Candidate(one.code, one.name or "", one.confidence) for one in outcome.mentions if one.code]
        noted = "\n".join(f"{one.code} {one.name}" for one in named)
        yield cell_text(raw), outcome.status, outcome.reason, noted, tuple(named)


def _mention_row(place: Place, field: Field, mention: Mention, category: Category) -> dict[str, Any]:
    return {
        "source_sheet": place.sheet,
        "source_row": place.row,
        "cell": place.cell,
        "field": field.name,
        "text": mention.text,
        "code": mention.code,
        "name": mention.name,
        "mapping": category.first_mapping(mention.code) if mention.code else None,
        "status": mention.status,
        "confidence": mention.confidence,
        "method": mention.method,
        "reason": mention.reason,
        "term": mention.term,
        "covered_by": mention.covered_by,
        "qualifiers": "; ".join(f"{axis}={value}" for axis, value in mention.qualifiers.items()),
        "candidates": _candidates(mention),
    }


def _candidates(mention: Mention) -> str:
    return "\n".join(f"{one.code} {one.name} ({one.score:.2f})" for one in mention.candidates)
