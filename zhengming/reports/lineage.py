"""Lineage: for every clean cell, where it came from and why it says what it says, as one parquet file per input.

One row for each row of the data. Of every field of the table spec it holds `<field>_cell` (the address on the sender's
sheet), `<field>_raw` (what stood there), `<field>_status` and `<field>_reason` (what the normalizer decided),
`<field>_rules` (the codes of the findings placed there) and, for coded fields, `<field>_mentions`: each name found in
the cell with its code, the method that found it, the dictionary's term and the decision of a reviewer, if one counted.
The facts of the run (file hash, dictionary, program) stand in every row: parquet stores them once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from zhengming.dictionary.rulings import Decisions, Ruling
from zhengming.findings import Finding, Place
from zhengming.normalizers.coded import CodedCell
from zhengming.normalizers.terms.decided import METHOD
from zhengming.normalizers.terms.mention import Mention, in_columns
from zhengming.normalizers.values import Column, addresses, joined, other_columns, places, verdict
from zhengming.tables import CellValue, cell_text
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

    made = places(tables)
    rules = _rules_by_cell(findings)
    for field in spec.fields:
        parts = columns[field.name]
        if not any(part.index for part in parts):
            continue
        made[field.name + CELL] = _addresses(tables, [part.index for part in parts])
        made[field.name + RAW] = joined([part.texts for part in parts], pl.String)
        for suffix, which in ((STATUS, 0), (REASON, 1)):
            said = [part.spread([verdict(outcome)[which] for _raw, outcome in part.cells], pl.String) for part in parts]
            made[field.name + suffix] = joined(said, pl.String)
        told = _told(tables, parts, rules.get(field.name, {}))
        if told is not None:
            made[field.name + RULES] = pl.Series(told, dtype=pl.String)
        if field.category is not None:
            made[field.name + MENTIONS] = joined([_mentions(part, decided) for part in parts], pl.Struct)
    for name, indexes in other_columns(tables, frozenset(columns)).items():
        if name + CELL not in made:
            made[name + CELL] = _addresses(tables, indexes)
    return pl.DataFrame(made).select(*(pl.lit(str(manifest[fact])).alias(fact) for fact in FACTS), pl.all())


def with_rules(
    ways: pl.DataFrame, spec: TableSpec, fields: Collection[str], findings: Sequence[Finding]
) -> pl.DataFrame:
    """Some rows of a lineage that was made without findings, with the rules told of them.

    `fields` are those of which any row of the file is told something, `findings` those in these rows.
    """
    import polars as pl

    rules = _rules_by_cell(findings)
    made: list[pl.Series] = []
    for series in ways:
        made.append(series)
        name = series.name.removesuffix(REASON)
        if series.name != name and name in fields and any(field.name == name for field in spec.fields):
            told = [
                (sheet, Place("", sheet, row, column).cell, ";".join(sorted(set(codes))))
                for (sheet, row, column), codes in rules.get(name, {}).items()
            ]
            at = ["source_sheet", name + CELL]
            of_cell = pl.DataFrame(told, schema=dict.fromkeys([*at, "told"], pl.String), orient="row")
            joined_to = ways.select(at).join(of_cell, on=at, how="left", maintain_order="left")
            made.append(joined_to["told"].alias(name + RULES))
    return pl.DataFrame(made)


def _addresses(tables: Sequence[Located], indexes: Sequence[int]) -> pl.Series:
    """The address of each row's cell in the column that each table has it in; 0 where a table lacks it."""
    import polars as pl

    return joined([addresses(table, index) for table, index in zip(tables, indexes, strict=True)], pl.String)


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
        here: list[str | None] = [None] * len(table.rows)
        rows = {table.address(row.number, part.index): at for at, row in enumerate(table.rows)} if rules else {}
        for (sheet, *address), codes in rules.items():
            at = rows.get((address[0], address[1])) if sheet == table.sheet else None
            if at is not None:
                here[at] = ";".join(sorted(set(codes)))
        told += here
    return told


def _mentions(column: Column, decided: _Decided) -> pl.Series:
    """The mentions of every cell."""
    import polars as pl

    told: list[Mention] = []
    of_cell: list[int] = []
    decisions: list[str | None] = []
    for at, (raw, outcome) in enumerate(column.cells):
        mentions = outcome.mentions if isinstance(outcome, CodedCell) else ()
        told += mentions
        of_cell += [at] * len(mentions)
        decisions += [decided.told(one, raw) for one in mentions]
    fields = {key: pl.Float64 if key == "confidence" else pl.String for key in MENTION_PARTS}
    parts = {**in_columns(told), "decision": decisions}
    made = pl.DataFrame({key: parts[key] for key in fields}, schema=fields)
    listed = made.select(pl.struct(pl.all()).alias("told")).with_columns(pl.Series("cell", of_cell, dtype=pl.UInt32))
    grouped = listed.group_by("cell", maintain_order=True).agg("told")
    # Cells without mentions have an empty list, which stands behind the others.
    lists = pl.concat([grouped["told"], pl.Series([[]], dtype=pl.List(pl.Struct(fields)))])
    at_cell = [grouped.height] * len(column.cells)
    for number, at in enumerate(grouped["cell"]):
        at_cell[at] = number
    return column.gather(lists.gather(at_cell))


MENTION_PARTS = ("text", "code", "name", "status", "reason", "method", "term", "confidence", "decision")


class _Decided:
    """Tells of a mention which decision it rests on."""

    def __init__(self, decisions: Decisions, sender: str) -> None:
        self._decisions = decisions
        self._sender = sender

    def told(self, one: Mention, raw: CellValue) -> str | None:
        """The decision behind the mention in the cell `raw`."""
        ruling = self._ruling(one, cell_text(raw)) if one.method == METHOD else None
        return _in_words(ruling) if ruling else None

    def _ruling(self, one: Mention, cell: str) -> Ruling | None:
        found = self._decisions.ruling(one.category, cell, self._sender)
        return found or self._decisions.ruling(one.category, one.text, self._sender)


def _in_words(ruling: Ruling) -> str:
    """A ruling in a line: what was said, by whom, when, against which release."""
    said = "disputed" if ruling.disputed else " ".join([ruling.verdict or "reject", *ruling.codes])
    return "; ".join(filter(None, [said, ", ".join(ruling.reviewers), ruling.time, ruling.dictionary]))
