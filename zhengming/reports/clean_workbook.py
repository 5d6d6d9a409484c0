"""The clean workbook: the sheets of `<stem>.clean.xlsx`, as a steward reads them.

数据: the rows; 诊断明细: one row per mention; 待审核: each distinct undecided value once; 问题: findings; 来源: facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from zhengming.findings import Finding, Place, words
from zhengming.normalizers.coded import CodedCell
from zhengming.normalizers.outcome import Outcome
from zhengming.normalizers.terms.decided import NO_MATCH
from zhengming.normalizers.terms.mention import Mention
from zhengming.normalizers.values import Column
from zhengming.reports import in_order
from zhengming.tables import CellValue, cell_text
from zhengming.tables.locate import Located
from zhengming.tables.write import CellOut, Mark, SheetOut

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


class Cleaned(Protocol):
    """What the sheets are made from: a cleaned file."""

    @property
    def data(self) -> pl.DataFrame: ...  # noqa: D102 — as in CleanResult
    @property
    def mentions(self) -> pl.DataFrame: ...  # noqa: D102
    @property
    def undecided(self) -> tuple[Undecided, ...]: ...  # noqa: D102
    @property
    def findings(self) -> tuple[Finding, ...]: ...  # noqa: D102
    @property
    def manifest(self) -> Mapping[str, object]: ...  # noqa: D102
    @property
    def spec(self) -> TableSpec: ...  # noqa: D102


def sheets(result: Cleaned, lang: str) -> list[SheetOut]:
    """The five sheets of the clean workbook."""
    spoken = words(lang)
    return [
        _data_sheet(result, spoken),
        _mention_sheet(result, spoken),
        _review_sheet(result, spoken, lang),
        _finding_sheet(result, spoken, lang),
        _provenance_sheet(result, spoken),
    ]


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
            for text, status, reason, candidates in _open(raw, outcome):
                entry = found.setdefault((field.name, text), [status, reason, candidates, 0, place, cell_text(raw)])
                entry[3] += 1
    listed = [Undecided(name, text, *entry) for (name, text), entry in found.items()]
    order = {field.name: index for index, field in enumerate(spec.fields)}
    return tuple(sorted(listed, key=lambda one: (-one.count, order[one.field], one.first, one.text)))


def _cells(file: str, tables: Sequence[Located], parts: Sequence[Column]) -> Iterator[tuple[Place, CellValue, object]]:
    for table, part in zip(tables, parts, strict=True):
        if part.index:
            for row, raw, outcome in zip(table.rows, part.raw, part.outcomes, strict=True):
                yield Place(file, table.sheet, row.number, part.index), raw, outcome


def _open(raw: Any, outcome: object) -> Iterator[tuple[str, str, str, str]]:
    """What a human must decide of one cell: (text, status, reason, candidates)."""
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


def _data_sheet(result: Cleaned, spoken: Mapping[str, str]) -> SheetOut:
    frame = result.data
    rows = [tuple(row) for row in frame.iter_rows()]
    marks: dict[tuple[int, int], Mark] = {}
    for field in result.spec.fields:
        if field.category is None or f"{field.name}_status" not in frame.columns:
            continue
        status, codes = frame.columns.index(f"{field.name}_status"), frame.columns.index(f"{field.name}_codes")
        for index, row in enumerate(rows):
            if row[status] in ("review", "unmatched"):
                marks[index, status] = marks[index, codes] = row[status]
    legend = [(spoken["legend_review"], "review"), (spoken["legend_unmatched"], "unmatched")]
    return SheetOut(spoken["sheet_data"], frame.columns, rows, cell_marks=marks, legend=legend)  # type: ignore[arg-type]  # literals in a list display widen to str


def _mention_sheet(result: Cleaned, spoken: Mapping[str, str]) -> SheetOut:
    frame = result.mentions
    status, reason = frame.columns.index("status"), frame.columns.index("reason")
    rows = []
    for row in frame.iter_rows():
        said = list(row)
        said[reason] = _reason(spoken, row[reason])
        rows.append(said)
    marks: dict[int, Mark] = {
        index: row[status] for index, row in enumerate(rows) if row[status] in ("review", "unmatched")
    }
    return SheetOut(spoken["sheet_mentions"], frame.columns, rows, row_marks=marks)


def _review_sheet(result: Cleaned, spoken: Mapping[str, str], lang: str) -> SheetOut:
    head = ("field", "value", "status", "reason", "candidates", "count", "first_place", "whole_cell")
    rows: list[Sequence[CellOut]] = []
    for one in result.undecided:
        place = f"{one.first.sheet}!{one.first.cell}" if one.first.sheet else one.first.cell
        title = result.spec.field(one.field).title(lang)
        status, reason = spoken[f"status_{one.status}"], _reason(spoken, one.reason)
        rows.append((title, one.text, status, reason, one.candidates, one.count, place, one.cell))
    return SheetOut(spoken["sheet_review"], [spoken[f"column_{name}"] for name in head], rows)


def _finding_sheet(result: Cleaned, spoken: Mapping[str, str], lang: str) -> SheetOut:
    head = ("rule", "severity", "sheet", "cell", "field", "message", "advice")
    rows = [
        (
            one.code,
            spoken[one.severity],
            one.place.sheet,
            one.place.cell,
            str(one.params.get(f"field_{lang}", one.field)),
            one.message(lang),
            one.advice(lang),
        )
        for one in in_order(result.findings)
    ]
    return SheetOut(spoken["sheet_findings"], [spoken[f"column_{name}"] for name in head], rows)


def _provenance_sheet(result: Cleaned, spoken: Mapping[str, str]) -> SheetOut:
    rows: list[Sequence[CellOut]] = []
    for name, value in result.manifest.items():
        if isinstance(value, Mapping):
            rows += [(f"{_fact(spoken, name)} · {part}", _inline(many)) for part, many in value.items()]
        else:
            rows.append((_fact(spoken, name), value if isinstance(value, int) else str(value)))
    return SheetOut(spoken["sheet_provenance"], [spoken["column_fact"], spoken["column_content"]], rows)


def _fact(spoken: Mapping[str, str], name: str) -> str:
    return spoken.get(f"fact_{name}", name)


def _inline(value: object) -> str | int:
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {count}" for name, count in value.items())
    return value if isinstance(value, int) else str(value)


def _reason(spoken: Mapping[str, str], reason: str) -> str:
    return spoken.get(f"reason_{reason.replace('-', '_')}", reason)
