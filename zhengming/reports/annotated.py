"""The sender's own file with our notes in it: each problem cell coloured, with a comment that says what and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from zhengming.errors import UnreadableFile
from zhengming.files import sha256
from zhengming.findings import Finding, rule, words
from zhengming.normalizers.coded import CodedCell
from zhengming.normalizers.values import Column
from zhengming.reports import counts, in_order
from zhengming.reports.clean_workbook import SEVERITY_MARKS, Cleaned
from zhengming.tables import annotate, read
from zhengming.tables.annotate import Note, Summary
from zhengming.tables.locate import Located
from zhengming.tables.sheets_out import Mark

_ORDER = {"error": 0, "warning": 1, "info": 2}
_MOST_NAMED = 5  # candidates in a comment
_MOST_COMMENTS = 5_000  # more make a workbook slow to open; further cells are coloured, and listed on the last sheet
_WIDTHS = (22, 10, 10, 14, 46, 60)


def workbook(
    result: Cleaned,
    source: Path | None,
    columns: Mapping[str, Sequence[Column]],
    tables: Sequence[Located],
    lang: str,
) -> bytes:
    """The bytes of the annotated copy of `source`, the file that was cleaned.

    Raises:
        UnreadableFile: the file is gone, or is no longer what was cleaned.
    """
    if source is None or sha256(source) != result.manifest["sha256"]:
        raise UnreadableFile("is no longer the file that was cleaned", where=str(source or ""), remedy="clean it again")
    said = notes(result, columns, tables, lang)
    summary = _summary(result, lang)
    if result.manifest["format"] == "xlsx":
        made = annotate.annotated(source, said, summary)
        if made is not None:
            return made
    return annotate.drawn(read(source), said, summary)


def notes(result: Cleaned, columns: Mapping[str, Sequence[Column]], tables: Sequence[Located], lang: str) -> list[Note]:
    """One note for each cell or row that a finding is about, the worst finding first in it.

    Of very many only the first have a text.
    """
    at: dict[tuple[str, int, int], list[Finding]] = {}
    for one in in_order(result.findings):
        if one.place.row:
            at.setdefault((one.place.sheet, one.place.row, one.place.column), []).append(one)
    cells = _coded_cells(columns, tables, set(at))
    made: list[Note] = []
    for place, found in at.items():
        ordered = sorted(found, key=lambda one: _ORDER[one.severity])
        parts = [_told(one, lang) for one in ordered]
        if place in cells:
            parts += _candidates(cells[place], lang)
        text = "\n\n".join(parts) if len(made) < _MOST_COMMENTS else ""
        made.append(Note(*place, SEVERITY_MARKS[ordered[0].severity], text))
    return made


def _told(one: Finding, lang: str) -> str:
    spoken = words(lang)
    line = spoken["note_line"].format(severity=spoken[one.severity], message=one.message(lang), code=one.code)
    why = spoken["note_why"].format(text=rule(one.code).text("why", lang))
    return "\n".join([line, why, spoken["note_advice"].format(text=one.advice(lang))])


def _candidates(cell: CodedCell, lang: str) -> list[str]:
    """What each undecided name of a cell may mean."""
    spoken = words(lang)
    lines = []
    for one in cell.mentions:
        named = [candidate.name for candidate in one.candidates[:_MOST_NAMED]]
        if one.status != "accepted" and named:
            lines.append(spoken["note_candidates"].format(text=f"“{one.text}” → {'；'.join(named)}"))
    return lines


def _coded_cells(
    columns: Mapping[str, Sequence[Column]], tables: Sequence[Located], wanted: set[tuple[str, int, int]]
) -> dict[tuple[str, int, int], CodedCell]:
    found = {}
    for parts in columns.values():
        for table, part in zip(tables, parts, strict=True):
            for row, outcome in zip(table.rows, part.outcomes, strict=True):
                place = (table.sheet, *table.address(row.number, part.index))
                if isinstance(outcome, CodedCell) and place in wanted:
                    found[place] = outcome
    return found


def _summary(result: Cleaned, lang: str) -> Summary:
    """The sheet behind the sender's: what the colours mean, and every finding in a list."""
    spoken = words(lang)
    rows: list[tuple[Mark | None, Sequence[str]]] = [
        (None, [spoken["note_title"].format(file=result.manifest["file"])]),
        (None, [spoken["note_about"]]),
        (None, [spoken["note_safe"]]),
        (None, [spoken["note_counts"].format(**counts(result.findings))]),
        *((SEVERITY_MARKS[name], [spoken[f"note_{name}"]]) for name in _ORDER),
        (None, []),
        (None, [spoken[f"column_{name}"] for name in ("sheet", "cell", "severity", "field", "message", "advice")]),
    ]
    for one in in_order(result.findings):
        field = str(one.params.get(f"field_{lang}", one.field))
        said = [one.place.sheet, one.place.cell, spoken[one.severity], field, one.message(lang), one.advice(lang)]
        rows.append((SEVERITY_MARKS[one.severity], said))
    return Summary(spoken["note_sheet"], rows, _WIDTHS)
