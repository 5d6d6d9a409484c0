"""The files of a migration: the table as it is now, the workbook of what became of each code, the counts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhengming.dictionary.changes.difference import Version
from zhengming.files import atomic_write, write_bytes
from zhengming.findings import words
from zhengming.migration.coded_files import CodedFile, CodedSheet
from zhengming.migration.columns import BEFORE, MIGRATION, STATUS
from zhengming.migration.rows import added
from zhengming.tables import cell_text
from zhengming.tables.write import Mark, SheetOut, write_parquet, write_xlsx

if TYPE_CHECKING:
    from zhengming.migration import Migration

Carry = Callable[[CodedSheet], Iterator[list[Any]]]
_LANGS = ("zh", "en")


def write(file: CodedFile, target: Path, carry: Carry, versions: tuple[Version, Version]) -> None:
    """Write the table with the rows that `carry` gives for each sheet, all else as it was.

    Raises:
        UnwritableFile: the target cannot be written.
    """
    if file.kind == "csv":
        _write_csv(file.sheets[0], target, carry)
    elif file.kind == "parquet":
        _write_parquet(file, target, carry)
    else:
        write_xlsx(target, [_sheet(one, carry, versions) for one in file.sheets])


def coded_with(file: CodedFile) -> str:
    """The hash of the dictionary that a workbook of ours says it was coded with; empty if it does not say."""
    for sheet in file.sheets:
        if not sheet.coded:
            facts = _facts(row for _number, row in sheet.rows())
            if "dictionary_sha256" in facts:
                return facts["dictionary_sha256"]
    return ""


def write_facts(facts: Mapping[str, Any], target: Path) -> None:
    """Write the counts as JSON.

    Raises:
        UnwritableFile: the target cannot be written.
    """
    write_bytes(target, (json.dumps(facts, ensure_ascii=False, indent=2) + "\n").encode())


def write_listing(found: Migration, target: Path, lang: str) -> None:
    """Write the workbook that tells what became of each code that changed, and what waits for a human.

    Raises:
        UnwritableFile: the target cannot be written.
    """
    said = words(lang)
    waiting = [
        (
            one.column,
            one.code,
            carried.name_before,
            said[f"carried_{carried.kind}"],
            "\n".join(f"{code} {name}" for code, name in zip(carried.codes, carried.names, strict=True)),
            one.text,
            opinion,
            one.count,
            ", ".join(map(str, one.rows)) + ("…" if one.count > len(one.rows) else ""),
        )
        for one, carried, opinion in found.waiting
    ]
    changed = [
        (
            column,
            one.code,
            one.name_before,
            said["carried_renamed" if one.renamed else f"carried_{one.kind}"],
            one.code_after if one.done else None,
            one.names[0] if one.done else None,
            count,
        )
        for column, _category, one, count in found.changed
    ]
    facts: list[Sequence[Any]] = [
        (said["fact_file"], found.file),
        (said["fact_sha256"], found.sha256),
        (said["migration_from"], _told(found.before)),
        (said["migration_to"], _told(found.after)),
        (said["fact_rows_in"], found.rows_in),
        (said["fact_rows_out"], found.rows_out),
    ]
    for count in found.counts:
        facts += [(f"{count.column} · {said['migration_read']}", count.read)]
        facts += [(f"{count.column} · {said[f'carried_{kind}']}", number) for kind, number in count.outcomes]
        facts += [(f"{count.column} · {said['migration_repeated']}", count.read - count.written)]
        facts += [(f"{count.column} · {said['migration_written']}", count.written)]
    write_xlsx(
        target,
        [
            _listed(said, "waiting", _WAITING, waiting, {index: "review" for index in range(len(waiting))}),
            _listed(said, "changed", _CHANGED, changed, {}),
            SheetOut(said["sheet_provenance"], [said["column_fact"], said["column_content"]], facts),
        ],
    )


_WAITING = ("column", "code", "name", "outcome", "successors", "value", "opinion", "count", "rows")
_CHANGED = ("column", "code", "name", "outcome", "code_after", "name_after", "count")


def _listed(
    said: Mapping[str, str], name: str, head: Sequence[str], rows: Sequence[Sequence[Any]], marks: Mapping[int, Mark]
) -> SheetOut:
    titles = [said.get(f"migration_{one}") or said[f"column_{one}"] for one in head]
    return SheetOut(said[f"migration_sheet_{name}"], titles, rows, row_marks=marks)


def _told(version: Version) -> str:
    return f"{version.id}@{version.version} sha256:{version.sha256}"


def _write_csv(sheet: CodedSheet, target: Path, carry: Carry) -> None:
    with atomic_write(target) as binary:
        text = io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerows(sheet.above)
        writer.writerow([*sheet.names, *added(sheet)])
        if sheet.titles:
            writer.writerow([*sheet.titles, *added(sheet)])
        writer.writerows(carry(sheet))
        text.flush()
        text.detach()


def _write_parquet(file: CodedFile, target: Path, carry: Carry) -> None:
    import polars as pl

    frame = file.frame
    if frame is None:
        raise TypeError("no parquet file")
    sheet = file.sheets[0]
    names = [*sheet.names, *added(sheet)]
    coded = {column.name for column in sheet.columns}
    ours = [
        index
        for index, name in enumerate(names)
        if index >= len(sheet.names) or name in coded or frame.schema[name] == pl.String
    ]
    columns: list[list[Any]] = [[] for _index in ours]
    for row in carry(sheet):
        for cells, index in zip(columns, ours, strict=True):
            cells.append(row[index])
    series = [pl.Series(names[index], cells, dtype=pl.String) for index, cells in zip(ours, columns, strict=True)]
    write_parquet(target, frame.with_columns(series))


def _sheet(sheet: CodedSheet, carry: Carry, versions: tuple[Version, Version]) -> SheetOut:
    if not sheet.coded:
        return _copied(sheet, versions)
    new = added(sheet)
    names = [*sheet.names, *new]
    rows = list(carry(sheet))
    statuses = [index for index, name in enumerate(names) if name.endswith((STATUS, MIGRATION)) or name == "status"]
    marks: dict[tuple[int, int], Mark] = {}
    for number, row in enumerate(rows):
        for index in statuses:
            if index < len(row) and (mark := _mark(row[index])):
                marks[number, index] = mark
    texts = frozenset(index for index, name in enumerate(names) if name.endswith(("_codes", BEFORE)) or name == "code")
    titles = [cell_text(cell) for cell in sheet.titles]
    return SheetOut(
        sheet.name,
        [*titles, *names[len(titles) :]] if titles else names,
        rows,
        cell_marks=marks,
        legend=[(_joined(row), None) for row in sheet.above],
        names=names if titles else (),
        text_columns=texts,
    )


def _copied(sheet: CodedSheet, versions: tuple[Version, Version]) -> SheetOut:
    """A sheet without codes as it was; one that states the dictionary now states the new version, and the old one."""
    rows = [list(row) for _number, row in sheet.rows()]
    top = next((index for index, row in enumerate(rows) if sum(cell not in (None, "") for cell in row) > 1), 0)
    if "dictionary_sha256" in _facts(iter(rows)):
        old, new = versions
        facts = {"dictionary_version": new.version, "dictionary_sha256": new.sha256, "dictionary_id": new.id}
        for row in rows:
            name = _fact_names().get(cell_text(row[0]) if row else "", "")
            if name in facts:
                row[1:] = [facts[name]]
        rows.append([MIGRATION.removeprefix("_"), f"{_told(old)} → {_told(new)}"])
    header = [cell_text(cell) for cell in rows[top]] if rows else []
    return SheetOut(
        sheet.name,
        header,
        rows[top + 1 :],
        legend=[(_joined(row), None) for row in rows[:top]],
        filtered=bool(header),
    )


def _joined(row: Sequence[Any]) -> str:
    """The cells of a line above a table as one text."""
    return " ".join(text for cell in row if (text := cell_text(cell)))


def _mark(cell: Any) -> Mark | None:
    marks: dict[str, Mark] = {"open": "review", "review": "review", "unmatched": "unmatched"}
    for lang in _LANGS:
        marks[words(lang)["status_review"]] = "review"
        marks[words(lang)["status_unmatched"]] = "unmatched"
    return marks.get(cell) if isinstance(cell, str) else None


def _facts(rows: Iterator[Sequence[Any]]) -> dict[str, str]:
    """What a sheet of facts says, by the name of each fact; rows that state none are passed over."""
    names = _fact_names()
    return {names[label]: cell_text(row[1]) for row in rows if len(row) > 1 and (label := cell_text(row[0])) in names}


def _fact_names() -> dict[str, str]:
    return {
        text: key.removeprefix("fact_")
        for lang in _LANGS
        for key, text in words(lang).items()
        if key.startswith("fact_dictionary")
    }
