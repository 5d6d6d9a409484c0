"""The clean workbook: the sheets of `<stem>.clean.xlsx`, as a steward reads them.

数据: the rows; 诊断明细: one row per mention; 待审核: each distinct undecided value once; 问题: findings; 来源: facts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from zhengming.findings import Finding, Place, words
from zhengming.reports import in_order
from zhengming.reports.undecided import MENTION_COLUMNS, Undecided
from zhengming.tables.grid import MAX_ROWS
from zhengming.tables.sheets_out import CellOut, Heading, Mark, Part, Parts, SheetOut

if TYPE_CHECKING:
    import polars as pl

    from zhengming.results import Trail
    from zhengming.schemas.spec import TableSpec
    from zhengming.tables.locate import Located

NAMES_OF_NUMBERS = frozenset({"identifier", "resident_id", "phone"})  # kinds whose digits are no quantity
SEVERITY_MARKS: Mapping[str, Mark] = {"error": "unmatched", "warning": "review", "info": "note"}
_MOST_LINKS = 20_000  # Excel keeps at most 65,530 links on a sheet
_FROZEN = 5  # columns at most that stay in view while the others are scrolled
_LONG_DIGITS = re.compile(r"[0-9]{8,}[Xx]?")
_Told = TypeVar("_Told")
_OF_A_FIELD = ("codes", "names", "status", "raw")


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
    @property
    def trail(self) -> Trail: ...  # noqa: D102


def sheets(result: Cleaned, lang: str) -> list[SheetOut]:
    """The five sheets of the clean workbook."""
    data = _data_sheet(result, lang)
    mentions = mention_part(result.mentions, result.spec, lang)
    made = [
        data,
        replace(mention_head(lang), frame=mentions.frame, cell_marks=mentions.marks),
        review_sheet(result.undecided, result.spec, lang),
        _finding_sheet(result, lang, data),
        provenance_sheet(result.manifest, lang),
    ]
    return [part for sheet in made for part in divided(sheet)]


def divided(sheet: SheetOut, most: int = MAX_ROWS) -> list[SheetOut]:
    """A sheet of more rows than a workbook can hold as several: the first has its name, the second `name (2)`."""
    room = most - sheet.top
    if sheet.height <= room:
        return [sheet]
    return [
        replace(
            sheet,
            name=_part_name(sheet.name, number),
            rows=sheet.rows[first : first + room],
            frame=None if sheet.frame is None else sheet.frame.slice(first, room),
            parts=None if sheet.parts is None else _some_parts(sheet.parts, first, room),
            cell_marks=_moved(sheet.cell_marks, first, room),
            links=_moved(sheet.links, first, room),
        )
        for number, first in enumerate(range(0, sheet.height, room))
    ]


def _some_parts(parts: Parts, first: int, room: int) -> Parts:
    """The rows of a long sheet from `first` on that have room on a sheet."""

    def each() -> Iterator[Part]:
        start = 0
        for part in parts.each():
            skipped = max(first - start, 0)
            frame = part.frame.slice(skipped, max(first + room - start - skipped, 0))
            if frame.height:
                yield Part(frame, _moved(part.marks, skipped, frame.height))
            start += part.frame.height

    return Parts(min(room, parts.height - first), parts.first, each)


def _part_name(name: str, number: int) -> str:
    return f"{name} ({number + 1})" if number else name


def _moved(cells: Mapping[tuple[int, int], _Told], first: int, room: int) -> dict[tuple[int, int], _Told]:
    """What is said of cells, for the part of a sheet that begins with the row `first`."""
    return {(row - first, column): told for (row, column), told in cells.items() if first <= row < first + room}


def column_titles(names: Sequence[str], spec: TableSpec, lang: str) -> list[str]:
    """What people call the columns of the data: 诊断编码 for `diagnosis_codes`; no two alike."""
    spoken = words(lang)
    titles = {"source_sheet": spoken["column_source_sheet"], "source_row": spoken["column_source_row"]}
    for field in spec.fields:
        title = field.title(lang)
        own = {"age": "heading_age"}.get(field.kind, "")
        titles[field.name] = spoken[own].format(title=title) if own else title
        titles |= {f"{field.name}_{part}": spoken[f"heading_{part}"].format(title=title) for part in _OF_A_FIELD}
        for name in names:
            if field.category and name.startswith(f"{field.name}_") and name not in titles:
                system = name.removeprefix(f"{field.name}_").upper()
                titles[name] = spoken["heading_mapping"].format(title=title, system=system)
    found: list[str] = []
    for name in names:
        title = titles.get(name, name)
        while title in found:
            title += "_"
        found.append(title)
    return found


def _data_sheet(result: Cleaned, lang: str) -> SheetOut:
    places = Places(result.trail.tables)
    found = ((places.row(one.place), one) for one in in_order(result.findings))
    part = data_part(result.data, result.spec, found, lang)
    head = data_head(result.data.columns, text_columns(result.data, result.spec), result.spec, lang)
    return replace(head, frame=part.frame, cell_marks=part.marks)


def data_part(frame: pl.DataFrame, spec: TableSpec, found: Iterable[tuple[int | None, Finding]], lang: str) -> Part:
    """Rows of the data as the sheet shows them; `found` are the findings in them, each with its row."""
    spoken = words(lang)
    marks = _marks(frame, spec, found)
    for name in (f"{field.name}_status" for field in spec.fields if field.category):
        if name in frame.columns:
            frame = frame.with_columns(_spoken_status(frame[name], spoken))
    return Part(frame, marks)


def data_head(names: Sequence[str], as_text: frozenset[int], spec: TableSpec, lang: str) -> SheetOut:
    """The sheet of the data without its rows; the columns `as_text` hold numbers that are names."""
    spoken = words(lang)
    raw: dict[int, Heading] = {index: "raw" for index, name in enumerate(names) if name.endswith("_raw")}
    legend: list[tuple[str, Mark | None]] = [
        (spoken["legend_review"], "review"),
        (spoken["legend_unmatched"], "unmatched"),
    ]
    return SheetOut(
        spoken["sheet_data"],
        column_titles(names, spec, lang),
        (),
        legend=legend,
        names=names,
        headings=raw,
        frozen=_frozen(names, spec),
        text_columns=as_text,
        widths={0: 14, 1: 9},
    )


def _spoken_status(series: pl.Series, spoken: Mapping[str, str]) -> pl.Series:
    statuses = {status: spoken[f"status_{status}"] for status in ("accepted", "review", "unmatched")}
    return series.replace(statuses)


def _marks(
    frame: pl.DataFrame, spec: TableSpec, found: Iterable[tuple[int | None, Finding]]
) -> dict[tuple[int, int], Mark]:
    """The colours of the data's cells: what its status or a finding says of it, the worse winning."""
    columns = {name: index for index, name in enumerate(frame.columns)}
    marks: dict[tuple[int, int], Mark] = {}
    for field in spec.fields:
        status = f"{field.name}_status"
        if field.category is None or status not in columns:
            continue
        for row, said in enumerate(frame[status]):
            if said in ("review", "unmatched"):
                marks[row, columns[status]] = marks[row, columns[f"{field.name}_codes"]] = said
    for at, one in found:
        mark = SEVERITY_MARKS[one.severity]
        if at is None or mark == "note" or one.field not in columns:
            continue
        for name in (
            (f"{one.field}_status", f"{one.field}_codes")
            if f"{one.field}_status" in columns
            else (
                one.field,
                f"{one.field}_raw",
            )
        ):
            if name in columns and marks.get((at, columns[name])) != "unmatched":
                marks[at, columns[name]] = mark
    return marks


class Places:
    """Finds the row of the data in which the cell at a place of the file came to stand."""

    def __init__(self, tables: Sequence[Located]) -> None:
        """Know the rows of `tables`, which come one behind the other."""
        self._by_row: dict[tuple[str, int], int] = {}  # the usual: one table on the sheet, its records in rows
        self._by_cell: dict[tuple[str, int, int], int] = {}
        on_sheet = Counter(table.sheet for table in tables)
        index = 0
        for table in tables:
            usual = on_sheet[table.sheet] == 1 and table.upright
            for row in table.rows:
                if usual:
                    self._by_row[table.sheet, row.number] = index
                else:
                    places = (table.address(row.number, column.index) for column in table.columns)
                    self._by_cell |= {(table.sheet, *place): index for place in places}
                index += 1

    def row(self, place: Place) -> int | None:
        """The position in the data, if the place is in it."""
        found = self._by_cell.get((place.sheet, place.row, place.column))
        return self._by_row.get((place.sheet, place.row)) if found is None else found


def _frozen(names: Sequence[str], spec: TableSpec) -> int:
    """How many columns stay in view: up to the first that names a person, if it stands near the front."""
    for index, name in enumerate(names[:_FROZEN]):
        if any(field.name == name and field.kind == "person_name" for field in spec.fields):
            return index + 1
    return min(2, len(names))


def text_columns(frame: pl.DataFrame, spec: TableSpec) -> frozenset[int]:
    """The columns of numbers that are names: by their kind, or because long digits stand in them."""
    import polars as pl

    kinds = {name: field.kind for field in spec.fields for name in (field.name, f"{field.name}_raw")}
    found = set()
    for index, name in enumerate(frame.columns):
        if frame.schema[name] != pl.String or name in ("source_sheet",):
            continue
        digits = name not in kinds and frame[name].str.contains(f"^{_LONG_DIGITS.pattern}$").any()
        if kinds.get(name) in NAMES_OF_NUMBERS or digits or name.endswith("_codes"):
            found.add(index)
    return frozenset(found)


def mention_part(frame: pl.DataFrame, spec: TableSpec, lang: str) -> Part:
    """Mentions as the sheet shows them."""
    spoken = words(lang)
    at = {name: index for index, name in enumerate(frame.columns)}
    marks: dict[tuple[int, int], Mark] = {}
    for status, mark in _STATUS_MARKS.items():
        rows = (frame["status"] == status).arg_true()
        marks |= {(row, at[name]): mark for row in rows for name in ("text", "code", "name", "status", "reason")}
    said = frame.with_columns(
        _spoken_status(frame["status"], spoken),
        frame["field"].replace({field.name: field.title(lang) for field in spec.fields}),
        frame["reason"].replace({one: _reason(spoken, one) for one in frame["reason"].unique() if one}),
    )
    return Part(said, marks)


def mention_head(lang: str) -> SheetOut:
    """The sheet of the mentions without its rows."""
    spoken = words(lang)
    return SheetOut(
        spoken["sheet_mentions"],
        [spoken[f"column_{name}"] for name in MENTION_COLUMNS],
        (),
        names=MENTION_COLUMNS,
        frozen=3,
        text_columns=frozenset({MENTION_COLUMNS.index("code")}),
    )


_STATUS_MARKS: Mapping[str, Mark] = {"review": "review", "unmatched": "unmatched"}


def review_sheet(undecided: Iterable[Undecided], spec: TableSpec, lang: str) -> SheetOut:
    """The sheet of what a person must decide."""
    spoken = words(lang)
    head = ("field", "value", "status", "reason", "candidates", "count", "first_place", "whole_cell")
    rows: list[Sequence[CellOut]] = []
    marks: dict[tuple[int, int], Mark] = {}
    for index, one in enumerate(undecided):
        place = f"{one.first.sheet}!{one.first.cell}" if one.first.sheet else one.first.cell
        title = spec.field(one.field).title(lang)
        status, reason = spoken[f"status_{one.status}"], _reason(spoken, one.reason)
        rows.append((title, one.text, status, reason, one.candidates, one.count, place, one.cell))
        marks[index, 2] = "unmatched" if one.status == "unmatched" else "review"
    titles = [spoken[f"column_{name}"] for name in head]
    return SheetOut(
        spoken["sheet_review"],
        titles,
        rows,
        cell_marks=marks,
        text_columns=frozenset({1, 7}),
        legend=[(spoken["review_hint"], None)],
    )


FINDING_COLUMNS = ("severity", "rule", "sheet", "cell", "data_cell", "field", "message", "advice")


def _finding_sheet(result: Cleaned, lang: str, data: SheetOut) -> SheetOut:
    places = Places(result.trail.tables)
    found = ((places.row(one.place), one) for one in in_order(result.findings))
    part, links = finding_part(found, data, lang)
    return replace(finding_head(lang), frame=part.frame, cell_marks=part.marks, links=links)


def finding_head(lang: str) -> SheetOut:
    """The sheet of the findings without its rows."""
    spoken = words(lang)
    return SheetOut(spoken["sheet_findings"], [spoken[f"column_{name}"] for name in FINDING_COLUMNS], ())


def finding_part(
    found: Iterable[tuple[int | None, Finding]], data: SheetOut, lang: str
) -> tuple[Part, Mapping[tuple[int, int], str]]:
    """Findings, each with its row in `data`, as the sheet shows them, and the links to their cells."""
    import polars as pl

    spoken = words(lang)
    letters = {name: Place(column=index + 1).cell for index, name in enumerate(data.names)}
    rows: list[tuple[str, ...]] = []
    marks: dict[tuple[int, int], Mark] = {}
    links: dict[tuple[int, int], str] = {}
    said: dict[object, tuple[str, str, str]] = {}
    for index, (row, one) in enumerate(found):
        column = letters.get(f"{one.field}_status", letters.get(one.field))
        part, at = divmod(row or 0, MAX_ROWS - data.top)
        clean = "" if row is None or column is None else f"{column}{data.top + at + 1}"
        key = (one.code, one.field, *one.params.items())
        if key not in said:
            field = str(one.params.get(f"field_{lang}", one.field))
            said[key] = (field, one.message(lang), one.advice(lang))
        rows.append((spoken[one.severity], one.code, one.place.sheet, one.place.cell, clean, *said[key]))
        marks[index, 0] = SEVERITY_MARKS[one.severity]
        if clean and len(links) < _MOST_LINKS:
            links[index, 4] = f"'{_part_name(data.name, part)}'!{clean}"
    return Part(pl.DataFrame(rows, schema=dict.fromkeys(FINDING_COLUMNS, pl.String), orient="row"), marks), links


def provenance_sheet(manifest: Mapping[str, object], lang: str) -> SheetOut:
    """The sheet of the facts."""
    spoken = words(lang)
    rows: list[Sequence[CellOut]] = []
    for name, value in manifest.items():
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
