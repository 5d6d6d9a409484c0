"""The trace of one clean cell: back to the sender's file, sheet and cell, the raw value, and why it was read so.

It goes by what stands in the row (`source_sheet`, `source_row`), not by where the row stands: a clean workbook may
have been sorted and filtered since. What it tells comes from the lineage beside the results, written with them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhengming.errors import UnreadableFile, UsageError
from zhengming.files import sha256
from zhengming.findings import rule, words
from zhengming.privacy import Personal
from zhengming.reports.lineage import CELL, MENTIONS, RAW, REASON, RULES, STATUS
from zhengming.tables import Sheet, cell_text, read

if TYPE_CHECKING:
    import polars as pl

FOLDER = "lineage"
_CLEAN = ".clean"
_ADDRESS = re.compile(r"(?:(?P<sheet>.+)!)?\$?(?P<letters>[A-Za-z]{1,3})\$?(?P<row>[0-9]{1,7})")
_PLACE = ("source_sheet", "source_row")


@dataclass(frozen=True, slots=True)
class Trace:
    """Where one clean cell came from.

    `file` and `sha256` are those of the sender's file, `cell` is the address there, `raw` what stood in it; `status`
    and `reason` are what was decided, `rules` the codes of the findings at the cell, `mentions` the names found in it,
    each with its method, its term and the decision of a reviewer. `checked` tells that the sender's file was compared.
    """

    clean_file: str
    clean_cell: str
    column: str
    value: str
    file: str
    sha256: str
    sheet: str
    cell: str
    raw: str
    status: str = ""
    reason: str = ""
    rules: tuple[str, ...] = ()
    mentions: tuple[Mapping[str, Any], ...] = field(default=())
    dictionary: str = ""
    dictionary_sha256: str = ""
    tool_version: str = ""
    sender: str = ""
    checked: bool = False

    def as_dict(self) -> dict[str, object]:
        """The fields as plain values, for JSON."""
        return asdict(self)


def trace(path: str | Path, address: str, *, source: str | Path | None = None) -> Trace:
    """Where the cell at `address` (`N7`, `数据!N7`) of the clean workbook, csv or parquet at `path` came from.

    With `source`, the sender's file, it is made sure that this is the file and that the cell still says so.

    Raises:
        UnreadableFile: a file cannot be read, is no clean result, has no lineage beside it, or is another source file.
        UsageError: no such address, or nothing of the sender's at it.
    """
    clean = Path(path)
    row, column, value, shown = _clean_cell(clean, address)
    facts = _lineage(clean, row)
    name = _field(column, facts)
    cell = str(facts.get(f"{name}{CELL}") or "")
    raw = facts.get(f"{name}{RAW}", value) if name else value
    found = Trace(
        clean_file=clean.name,
        clean_cell=shown,
        column=column,
        value=value,
        file=facts["file"],
        sha256=facts["sha256"],
        sheet=facts["source_sheet"],
        cell=cell or str(facts["source_row"]),
        raw="" if raw is None else str(raw),
        status=facts.get(f"{name}{STATUS}") or "",
        reason=facts.get(f"{name}{REASON}") or "",
        rules=tuple(filter(None, (facts.get(f"{name}{RULES}") or "").split(";"))),
        mentions=tuple(facts.get(f"{name}{MENTIONS}") or ()),
        dictionary=f"{facts['dictionary_id']} {facts['dictionary_version']}",
        dictionary_sha256=facts["dictionary_sha256"],
        tool_version=facts["tool_version"],
        sender=facts["sender"],
        checked=source is not None,
    )
    if source is not None:
        _compare(found, Path(source))
    return found


def hidden(found: Trace) -> Trace:
    """The same trace without what stands in the cell: values by their length, names found in it not at all."""
    value, raw = str(Personal(found.value)), str(Personal(found.raw))
    mentions = tuple(
        {**one, "text": str(Personal(str(one["text"]))), "code": "", "name": "", "term": ""} for one in found.mentions
    )
    return replace(found, value=value, raw=raw, mentions=mentions)


def lines(found: Trace, lang: str) -> list[tuple[str, str]]:
    """The trace as a person reads it: what, and its content."""
    spoken = words(lang)
    at = f"{found.sheet}!{found.cell}" if found.sheet else found.cell
    told = [
        ("clean", f"{found.clean_file} {found.clean_cell}"),
        ("column", found.column),
        ("value", found.value),
        ("file", found.file),
        ("sha256", found.sha256),
        ("source", at),
        ("raw", found.raw),
        ("verdict", _verdict(found.status, found.reason, spoken)),
        *(("rules", f"{code} {rule(code).text('title', lang)}") for code in found.rules),
        *(line for one in found.mentions for line in _mention(one, spoken)),
        ("dictionary", f"{found.dictionary} {found.dictionary_sha256}"),
        ("tool", found.tool_version),
        ("sender", found.sender),
        ("checked", spoken["trace_same"] if found.checked else ""),
    ]
    return [(spoken[f"trace_{name}"], content) for name, content in told if content]


def _verdict(status: str, reason: str, spoken: Mapping[str, str]) -> str:
    if not status:
        return ""
    why = spoken.get(f"reason_{reason.replace('-', '_')}", reason)
    return f"{spoken[f'status_{status}']} ({why})"


def _mention(one: Mapping[str, Any], spoken: Mapping[str, str]) -> list[tuple[str, str]]:
    named = f"{one['code']} {one['name']}" if one["code"] else "—"
    how = f"{spoken['trace_method']} {one['method']}"
    term = f", {spoken['trace_term']} {one['term']}" if one["term"] else ""
    verdict = _verdict(one["status"], one["reason"], spoken)
    return [
        ("mention", f"“{one['text']}” → {named}: {verdict}, {how}{term}"),
        ("decision", one["decision"] or ""),
    ]


def _clean_cell(path: Path, address: str) -> tuple[tuple[str, int], str, str, str]:
    """Of a clean cell: the sender's sheet and row, the column's name, the value as text, the address in full."""
    found = _ADDRESS.fullmatch(address.strip())
    if found is None:
        raise UsageError("is no address of a cell", where=repr(address), remedy="write it as N7")
    row, letters = int(found["row"]), found["letters"].upper()
    column = _number(letters)
    sheet, names_row, names = _data(path, found["sheet"] or "")
    at = {name: index for index, name in enumerate(names, start=1)}
    number = cell_text(sheet.cell(row, at["source_row"]))
    if row <= names_row or column > len(names) or not number.isdigit():
        raise UsageError(
            "no cell of the data stands there", where=f"{path}: {address}", remedy="name one below the header"
        )
    place = cell_text(sheet.cell(row, at["source_sheet"])), int(number)
    name = sheet.name if sheet.name else ""
    return place, names[column - 1], cell_text(sheet.cell(row, column)), f"{name}!{letters}{row}".lstrip("!")


def _number(letters: str) -> int:
    """The 1-based number of a column: 28 for `AB`."""
    return sum((ord(one) - 64) * 26**power for power, one in enumerate(reversed(letters)))


def _data(path: Path, wanted: str) -> tuple[Sheet, int, list[str]]:
    """The sheet of the data, the 1-based row of its columns' names, and the names."""
    if path.suffix.lower() == ".parquet":
        return _parquet(path)
    for sheet in read(path).sheets:
        if wanted and sheet.name != wanted.strip("'"):
            continue
        for number, cells in enumerate(sheet.rows[:20], start=1):
            names = [cell_text(cell) for cell in cells]
            if set(_PLACE) <= set(names):
                return sheet, number, names
    raise UnreadableFile(
        "is no clean result, or not that sheet of it", where=str(path), remedy="name what zm clean wrote, and its data"
    )


def _parquet(path: Path) -> tuple[Sheet, int, list[str]]:
    """A parquet file as a sheet: its names in the first row."""
    frame = _read_parquet(path, "is no parquet file")
    if not set(_PLACE) <= set(frame.columns):
        raise UnreadableFile("is no clean result", where=str(path), remedy="name what zm clean wrote")
    return Sheet("", [frame.columns, *frame.iter_rows()]), 1, frame.columns


def _lineage(path: Path, place: tuple[str, int]) -> dict[str, Any]:
    """The row of the lineage of the sender's sheet and row."""
    import polars as pl

    stem = path.name.rpartition(_CLEAN)[0] or path.stem
    beside = path.parent / FOLDER / f"{stem}.parquet"
    if not beside.is_file():
        raise UnreadableFile("is missing", where=str(beside), remedy="keep the folder lineage beside the results")
    frame = _read_parquet(beside, "is damaged")
    found = frame.filter((pl.col("source_sheet") == place[0]) & (pl.col("source_row") == place[1]))
    if found.is_empty():
        raise UsageError("the lineage knows nothing of that row", where=str(path), remedy="was the place overwritten?")
    return found.row(0, named=True)


def _read_parquet(path: Path, otherwise: str) -> pl.DataFrame:
    import polars as pl

    try:
        return pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError):
        raise UnreadableFile(otherwise, where=str(path), remedy="clean the file again") from None


def _field(column: str, facts: Mapping[str, Any]) -> str:
    """The field, or the sender's own column, that a clean column belongs to: the longest name that fits."""
    names = [name.removesuffix(CELL) for name in facts if name.endswith(CELL)]
    fitting = [name for name in names if column == name or column.startswith(f"{name}_")]
    return max(fitting, key=len, default="")


def _compare(found: Trace, source: Path) -> None:
    """Make sure that `source` is the sender's file and that its cell says what the trace says."""
    if sha256(source) != found.sha256:
        raise UnreadableFile("is not the file that was cleaned", where=str(source), remedy="its SHA-256 is another")
    sheet = next((one for one in read(source).sheets if one.name == found.sheet), None)
    match = _ADDRESS.fullmatch(found.cell)
    if sheet is None or match is None or not found.raw:
        return
    column = _number(match["letters"])
    said = cell_text(sheet.cell(int(match["row"]), column))
    merged = any(
        one.first_row <= int(match["row"]) <= one.last_row and one.first_column <= column <= one.last_column
        for one in sheet.merges
    )
    if said != found.raw and not merged:
        raise UnreadableFile("its cell says something else", where=f"{source}: {found.cell}", remedy="clean it again")
