"""Lineage: for every clean cell, where it came from and why it says what it says, as one parquet file per input.

One row for each row of the data. Of every field of the table spec it holds `<field>_cell` (the address on the sender's
sheet), `<field>_raw` (what stood there), `<field>_status` and `<field>_reason` (what the normalizer decided),
`<field>_rules` (the codes of the findings placed there) and, for coded fields, `<field>_mentions`: each name found in
the cell with its code, the method that found it, the dictionary's term and the decision of a reviewer, if one counted.
The facts of the run (file hash, dictionary, program) stand in every row: parquet stores them once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zhengming.dictionary.rulings import Decisions, Ruling
from zhengming.findings import Finding, Place
from zhengming.normalizers.coded import CodedCell
from zhengming.normalizers.terms.decided import METHOD
from zhengming.normalizers.terms.mention import Mention
from zhengming.normalizers.values import Column, other_columns, verdict
from zhengming.tables import cell_text
from zhengming.tables.locate import Located

if TYPE_CHECKING:
    import polars as pl

    from zhengming.schemas.spec import TableSpec

FACTS = (
    "file",
    "sha256",
    "tool_version",
    "dictionary_id",
    "dictionary_version",
    "dictionary_sha256",
    "table",
    "sender",
)
CELL, RAW, STATUS, REASON, RULES, MENTIONS = "_cell", "_raw", "_status", "_reason", "_rules", "_mentions"


def frame(
    manifest: Mapping[str, object],
    spec: TableSpec,
    tables: Sequence[Located],
    columns: Mapping[str, Sequence[Column]],
    findings: Sequence[Finding],
    *,
    decisions: Decisions,
) -> pl.DataFrame:
    """The lineage of one cleaned file; `decisions` are those of the run."""
    import polars as pl

    decided = _Decided(decisions.of_dictionary(str(manifest["dictionary_id"])), str(manifest["sender"]))

    rows = [row.number for table in tables for row in table.rows]
    series: list[pl.Series] = [
        pl.Series("source_sheet", [table.sheet for table in tables for _row in table.rows], dtype=pl.String),
        pl.Series("source_row", rows, dtype=pl.Int64),
    ]
    rules = _rules_by_cell(findings)
    for field in spec.fields:
        parts = columns[field.name]
        if not any(part.index for part in parts):
            continue
        series.append(pl.Series(field.name + CELL, _addresses(tables, [part.index for part in parts]), dtype=pl.String))
        verdicts = [verdict(outcome) for part in parts for outcome in part.outcomes]
        raw = [cell_text(cell) or None for part in parts for cell in part.raw]
        series.append(pl.Series(field.name + RAW, raw, dtype=pl.String))
        series.append(pl.Series(field.name + STATUS, [one[0] for one in verdicts], dtype=pl.String))
        series.append(pl.Series(field.name + REASON, [one[1] for one in verdicts], dtype=pl.String))
        told = _told(tables, parts, rules.get(field.name, {}))
        if told is not None:
            series.append(pl.Series(field.name + RULES, told, dtype=pl.String))
        if field.category is not None:
            outcomes = [outcome for part in parts for outcome in part.outcomes]
            series.append(_mentions(field.name + MENTIONS, raw, outcomes, decided))
    taken = {one.name for one in series}
    for name, indexes in other_columns(tables, frozenset(columns)).items():
        if name + CELL not in taken:
            series.append(pl.Series(name + CELL, _addresses(tables, indexes), dtype=pl.String))
    made = pl.DataFrame(series)
    return made.select(*(pl.lit(str(manifest[fact])).alias(fact) for fact in FACTS), pl.all())


def _addresses(tables: Sequence[Located], indexes: Sequence[int]) -> list[str | None]:
    """The address of each row's cell in the column that each table has it in; 0 where a table lacks it."""
    found: list[str | None] = []
    for table, index in zip(tables, indexes, strict=True):
        if index and not table.swapped and not table.addresses:  # the usual, quickly: a record is a row of the sheet
            letters = Place(column=index).cell
            found += [f"{letters}{row.number}" for row in table.rows]
        else:
            found += [table.place("", row.number, index).cell if index else None for row in table.rows]
    return found


def _rules_by_cell(findings: Sequence[Finding]) -> dict[str, dict[tuple[str, int, int], list[str]]]:
    found: dict[str, dict[tuple[str, int, int], list[str]]] = {}
    for one in findings:
        if one.field and one.place.row:
            found.setdefault(one.field, {}).setdefault((one.place.sheet, one.place.row, one.place.column), []).append(
                one.code
            )
    return found


def _told(
    tables: Sequence[Located], parts: Sequence[Column], rules: Mapping[tuple[str, int, int], list[str]]
) -> list[str | None] | None:
    """The rule codes told of each cell of a field, joined by `;`; nothing when no cell has any."""
    if not rules:
        return None
    told: list[str | None] = []
    for table, part in zip(tables, parts, strict=True):
        places = ((table.sheet, *table.address(row.number, part.index)) for row in table.rows)
        told += [";".join(sorted(set(rules.get(one, ())))) or None for one in places]
    return told


def _mentions(name: str, raw: Sequence[str | None], outcomes: Sequence[object], decided: _Decided) -> pl.Series:
    """The mentions of every cell: made once for each distinct cell, then put where it stands."""
    import polars as pl

    distinct: dict[int, int] = {}
    lists: list[list[dict[str, Any]]] = []
    positions = []
    for text, outcome in zip(raw, outcomes, strict=True):
        key = id(outcome)
        if key not in distinct:
            distinct[key] = len(lists)
            mentions = outcome.mentions if isinstance(outcome, CodedCell) else ()
            lists.append([decided.told(one, text or "") for one in mentions])
        positions.append(distinct[key])
    fields = {key: pl.Float64 if key == "confidence" else pl.String for key in MENTION_PARTS}
    made = pl.Series(name, lists, dtype=pl.List(pl.Struct(fields)))
    return made.gather(positions)


MENTION_PARTS = ("text", "code", "name", "status", "reason", "method", "term", "confidence", "decision")


class _Decided:
    """Tells of a mention which decision it rests on."""

    def __init__(self, decisions: Decisions, sender: str) -> None:
        self._decisions = decisions
        self._sender = sender

    def told(self, one: Mention, cell: str) -> dict[str, Any]:
        """The mention in the cell `cell` as plain values."""
        parts = {part: getattr(one, part) for part in MENTION_PARTS[:-1]}
        ruling = self._ruling(one, cell) if one.method == METHOD else None
        return {**parts, "decision": _in_words(ruling) if ruling else None}

    def _ruling(self, one: Mention, cell: str) -> Ruling | None:
        found = self._decisions.ruling(one.category, cell, self._sender)
        return found or self._decisions.ruling(one.category, one.text, self._sender)


def _in_words(ruling: Ruling) -> str:
    """A ruling in a line: what was said, by whom, when, against which release."""
    said = "disputed" if ruling.disputed else " ".join([ruling.verdict or "reject", *ruling.codes])
    return "; ".join(filter(None, [said, ", ".join(ruling.reviewers), ruling.time, ruling.dictionary]))
