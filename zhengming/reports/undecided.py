"""What was read in the cells of a file, and what of it a human must decide: one row per mention, one per open value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhengming.findings import Place
from zhengming.normalizers.coded import CodedCell
from zhengming.normalizers.outcome import Outcome
from zhengming.normalizers.terms.decided import NO_MATCH, SURROUNDINGS
from zhengming.normalizers.terms.mention import Candidate, Mention, in_columns
from zhengming.normalizers.values import Column, addresses, verdict
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

    `cell` is the whole cell where the value first stood.
    """

    field: str
    text: str
    status: str
    reason: str
    candidates: str
    count: int
    first: Place
    cell: str


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that a decision of a reviewer would settle: what `text` names in its `category`.

    `text` is a mention, or the whole cell where what stands around the name is what is unclear. `options` are the
    answers that suggest themselves, each a group of codes: the cell as it was read first, then each candidate alone.
    """

    category: str
    field: str
    text: str
    status: str
    reason: str
    options: tuple[tuple[Candidate, ...], ...]
    count: int
    first: Place
    cell: str


def mention_frame(
    spec: TableSpec,
    tables: Sequence[Located],
    columns: Mapping[str, Sequence[Column]],
    free: Mapping[str, Category],
) -> pl.DataFrame:
    """One row per mention in the fields that are `free`: those whose cells may name several concepts."""
    import polars as pl

    none = no_mentions()
    schema = none.schema
    parts = [
        _mentions_of(field, table, part, free[field.name], schema)
        for field in spec.fields
        if field.name in free
        for table, part in zip(tables, columns[field.name], strict=True)
        if part.index
    ]
    return pl.concat([none, *parts], rechunk=True)  # of no parts too


def no_mentions() -> pl.DataFrame:
    """The columns of mentions, without a row."""
    import polars as pl

    types = {"source_row": pl.Int64, "confidence": pl.Float64}
    return pl.DataFrame(schema={name: types.get(name, pl.String) for name in MENTION_COLUMNS})


def _mentions_of(
    field: Field, table: Located, column: Column, category: Category, schema: Mapping[str, Any]
) -> pl.DataFrame:
    """The mentions in one column, from the top down: made once for each distinct cell, then put where it stands."""
    import numpy as np
    import polars as pl

    told: list[Mention] = []
    starts, counts = [], []
    for _raw, outcome in column.cells:
        mentions = outcome.mentions if isinstance(outcome, CodedCell) else ()
        starts.append(len(told))
        counts.append(len(mentions))
        told += mentions
    which = np.asarray(column.which, dtype=np.int64)
    count = np.asarray(counts, dtype=np.int64)[which]
    rows = np.repeat(np.arange(len(which)), count)  # of each mention, its row
    within = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)  # and its number in the row's cell
    of_mention = {name: schema[name] for name in MENTION_COLUMNS[MENTION_COLUMNS.index("field") :]}
    parts = _mention_columns(field, told, category)
    made = pl.DataFrame({name: parts[name] for name in of_mention}, schema=of_mention)
    made = made[np.asarray(starts, dtype=np.int64)[which[rows]] + within]
    numbers = [table.address(row.number, column.index)[0] for row in table.rows]
    return made.select(
        pl.lit(table.sheet).alias("source_sheet"),
        pl.Series("source_row", numbers, dtype=pl.Int64).gather(rows),
        addresses(table, column.index).gather(rows).alias("cell"),
        pl.all(),
    )


def undecided(
    file: str, spec: TableSpec, tables: Sequence[Located], columns: Mapping[str, Sequence[Column]]
) -> tuple[Undecided, ...]:
    """Each distinct undecided value once: the most frequent first, then by field and place."""
    found: dict[tuple[str, str], list[Any]] = {}
    for field in spec.fields:
        for place, count, raw, outcome in _open_cells(file, tables, columns[field.name]):
            for text, status, reason, candidates in _open(raw, outcome):
                new = [status, reason, candidates, 0, place, cell_text(raw)]
                found.setdefault((field.name, text), new)[3] += count
    return in_order((Undecided(name, text, *entry) for (name, text), entry in found.items()), spec)


def in_order(values: Iterable[Undecided], spec: TableSpec) -> tuple[Undecided, ...]:
    """The most frequent first, then by field and place."""
    order = {field.name: index for index, field in enumerate(spec.fields)}
    return tuple(sorted(values, key=lambda one: (-one.count, order[one.field], one.first, one.text)))


def _open_cells(
    file: str, tables: Sequence[Located], parts: Sequence[Column]
) -> Iterator[tuple[Place, int, CellValue, object]]:
    """The distinct cells of each table that are not accepted: first place, how many, raw value and outcome."""
    for table, part in zip(tables, parts, strict=True):
        if part.index:
            for row, count, raw, outcome in part.kinds(lambda one: verdict(one)[0] != "accepted"):
                yield table.place(file, table.rows[row].number, part.index), count, raw, outcome


def _open(raw: Any, outcome: object) -> Iterator[tuple[str, str, str, str]]:
    """What a human must decide of one cell: (text, status, reason, candidates in words)."""
    if isinstance(outcome, Outcome) and outcome.status != "accepted":
        proposed = "" if outcome.value is None else str(outcome.value)
        yield cell_text(raw), outcome.status, outcome.reason, "" if proposed == cell_text(raw) else proposed
    if not isinstance(outcome, CodedCell) or outcome.status == "accepted":
        return
    waiting = [one for one in outcome.mentions if one.status != "accepted" and one.reason != NO_MATCH]
    for mention in waiting:
        yield mention.text, mention.status, mention.reason, _candidates(mention)
    if not waiting and outcome.undecided:
        noted = "\n".join(f"{one.code} {one.name}" for one in outcome.mentions if one.code)
        yield cell_text(raw), outcome.status, outcome.reason, noted


def questions(
    file: str, spec: TableSpec, tables: Sequence[Located], columns: Mapping[str, Sequence[Column]]
) -> tuple[Question, ...]:
    """Each thing a reviewer can decide about the coded cells of a file, once, in the order of first places.

    What was decided already is no question, even where the decision was that a concept is missing.
    """
    found: dict[tuple[str, str], list[Any]] = {}
    for field in spec.fields:
        if field.category is None:
            continue
        for place, count, raw, outcome in _open_cells(file, tables, columns[field.name]):
            if not isinstance(outcome, CodedCell):
                continue
            for text, status, reason, options in _asked(cell_text(raw), outcome):
                new = [field.name, status, reason, options, 0, place, cell_text(raw)]
                found.setdefault((field.category, text), new)[4] += count
    return tuple(
        Question(category, field, text, status, reason, options, count, place, cell)
        for (category, text), (field, status, reason, options, count, place, cell) in found.items()
    )


_Asked = tuple[str, str, str, tuple[tuple[Candidate, ...], ...]]


def _asked(text: str, cell: CodedCell) -> Iterator[_Asked]:
    waiting = [one for one in cell.mentions if one.status != "accepted" and not one.reason.startswith("decided-")]
    around = [one for one in waiting if one.reason in SURROUNDINGS or one.reason.startswith("decision-")]
    if waiting and not around:
        for mention in waiting:
            yield mention.text, mention.status, mention.reason, tuple((one,) for one in mention.candidates)
    elif around or cell.undecided:
        reason = around[0].reason if around else cell.reason
        if reason not in _NOTHING_TO_DECIDE and not cell.reason.startswith("decided-"):
            yield text, cell.status, reason, _options(cell)


_NOTHING_TO_DECIDE = frozenset({"empty", "error-cell", "stated-unknown", "ditto", "unsupported-type"})


def _options(cell: CodedCell) -> tuple[tuple[Candidate, ...], ...]:
    """The cell as it was read, all its codes together; then each code and each candidate alone."""
    read = [Candidate(one.code, one.name or "", one.confidence) for one in cell.mentions if one.code]
    together = tuple({one.code: one for one in read if _specific(one, cell)}.values())
    alone = [*read, *(one for mention in cell.mentions for one in mention.candidates)]
    single = tuple((one,) for one in {one.code: one for one in reversed(alone)}.values())[::-1]
    return (together, *single) if len(together) > 1 else single


def _specific(one: Candidate, cell: CodedCell) -> bool:
    """Whether no mention of the cell says the same more specifically."""
    return not any(mention.code == one.code and mention.covered_by for mention in cell.mentions)


def _mention_columns(field: Field, mentions: Sequence[Mention], category: Category) -> dict[str, Sequence[object]]:
    """The columns of mentions from `field` on."""
    parts = in_columns(mentions)
    codes: Sequence[str | None] = parts["code"]
    mapped = {code: category.first_mapping(code) for code in dict.fromkeys(codes) if code}
    said = [[f"{axis}={value}" for axis, value in one.items()] for one in parts["qualifiers"]]
    return parts | {
        "field": [field.name] * len(mentions),
        "mapping": [mapped[code] if code else None for code in codes],
        "qualifiers": list(map("; ".join, said)),
        "candidates": [_candidates(one) if one.candidates else "" for one in mentions],
    }


def _candidates(mention: Mention) -> str:
    return "\n".join(f"{one.code} {one.name} ({one.score:.2f})" for one in mention.candidates)
