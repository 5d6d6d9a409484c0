"""Columns of text coded at once: each distinct value is read once, and what was read is put back by a join.

    coded = code_columns(frame, {"诊断": Matcher(dictionary, "disease"), "医院": Matcher(dictionary, "hospital")})

For tables that need no locating: a data frame, a partition of a cluster, a file of millions of rows read in portions.
What a cell comes to is what `zm clean` makes of it, without what other cells of its row would settle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhengming.errors import UsageError
from zhengming.normalizers import coded
from zhengming.normalizers.coded import CodedCell
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.normalizers.values import JOINER

if TYPE_CHECKING:
    import polars as pl

    from zhengming.remembering import Memory

ADDED = ("codes", "names", "status", "reason")  # columns that a coded column gets: `<name>_codes` and so on
PORTION = 50_000  # rows of a file that are in memory at a time


def code_columns(frame: pl.DataFrame, matchers: Mapping[str, Matcher], *, memory: Memory | None = None) -> pl.DataFrame:
    """`frame` with four more columns behind the others for each column that `matchers` names.

    `<name>_codes` and `<name>_names` are those of the accepted concepts, joined by `;`, or null; `<name>_status` and
    `<name>_reason` tell what became of the cell, null for an empty one. Columns that share a matcher are read together.

    Raises:
        UsageError: the frame lacks a column.
    """
    missing = [name for name in matchers if name not in frame.columns]
    if missing:
        raise UsageError(f"there is no column {missing[0]!r}", remedy="name one of the table's columns")
    texts = {name: _texts(frame, name) for name in matchers}
    found: dict[int, dict[str, CodedCell]] = {}
    for matcher in {id(one): one for one in matchers.values()}.values():
        distinct = dict.fromkeys(text for name, one in matchers.items() if one is matcher for text in texts[name][1])
        if memory:
            memory.recall(matcher, distinct)
        found[id(matcher)] = coded.normalize_many(distinct, matcher)
        if memory:
            memory.keep(matcher, distinct)
    for name, matcher in matchers.items():
        frame = _joined(frame, name, *texts[name], found[id(matcher)])
    return frame


def code_csv(
    source: str | Path,
    target: str | Path,
    matchers: Mapping[str, Matcher],
    *,
    portion: int = PORTION,
    memory: Memory | None = None,
) -> int:
    """Code columns of a CSV file (UTF-8, one header row) into another, portion by portion; gives the number of rows.

    The memory needed follows the portion, not the file. The target is there whole or not at all. A text that a
    spreadsheet program would run as a formula gets an apostrophe in front.

    Raises:
        UnreadableFile: the file cannot be read.
        UnwritableFile: the target cannot be written.
        UsageError: the file lacks a column.
    """
    from zhengming.files import atomic_write

    count = 0
    with atomic_write(target) as handle:
        for number, frame in enumerate(_portions(Path(source), portion)):
            made = _harmless(code_columns(frame, matchers, memory=memory))
            made.write_csv(handle, include_header=number == 0, include_bom=number == 0)
            count += frame.height
    return count


def _harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe in front of every text that a spreadsheet program would run."""
    import polars as pl

    from zhengming.tables.written_text import harmless

    suspects = [name for name in frame.columns if frame[name].str.contains(r"^[^\p{L}\p{N}]").any()]
    made = [pl.Series(name, [one and harmless(one) for one in frame[name]], dtype=pl.String) for name in suspects]
    return frame.with_columns(made)


def _portions(source: Path, size: int) -> Iterator[pl.DataFrame]:
    """The rows of a CSV file as texts, portion by portion; a file without rows is one empty portion."""
    import csv

    import polars as pl

    from zhengming.errors import UnreadableFile

    try:
        with source.open(encoding="utf-8-sig", newline="") as handle:
            rows = csv.reader(handle)
            header = next(rows, [])
            schema = dict.fromkeys(header, pl.String)
            waiting: list[list[str | None]] = []
            sent = False
            for row in rows:
                waiting.append([cell or None for cell in row[: len(header)]] + [None] * (len(header) - len(row)))
                if len(waiting) == size:
                    yield pl.DataFrame(waiting, schema=schema, orient="row")
                    waiting, sent = [], True
            if waiting or not sent:
                yield pl.DataFrame(waiting, schema=schema, orient="row")
    except UnicodeDecodeError:
        raise UnreadableFile("is not UTF-8", where=str(source), remedy="save it as CSV UTF-8") from None
    except OSError as error:
        raise UnreadableFile(error.strerror or "cannot be read", where=str(source)) from None


def _texts(frame: pl.DataFrame, name: str) -> tuple[pl.Series, list[str]]:
    """The cells of a column as texts, and the distinct ones."""
    import polars as pl

    cells = frame[name].cast(pl.String).fill_null("").alias("text")
    return cells, cells.unique(maintain_order=True).to_list()


def _joined(
    frame: pl.DataFrame, name: str, cells: pl.Series, distinct: Sequence[str], found: Mapping[str, CodedCell]
) -> pl.DataFrame:
    import polars as pl

    rows: list[tuple[Any, ...]] = []
    for text in distinct:
        cell = found[text]
        said = (cell.status, cell.reason) if cell.reason != "empty" else (None, None)
        rows.append((text, JOINER.join(cell.codes) or None, JOINER.join(cell.names) or None, *said))
    read = pl.DataFrame(rows, schema=dict.fromkeys(("text", *ADDED), pl.String), orient="row")
    columns = cells.to_frame().join(read, on="text", how="left", maintain_order="left").drop("text")
    return frame.with_columns(columns.rename({part: f"{name}_{part}" for part in ADDED}))
