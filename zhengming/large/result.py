"""What came of a large file, on disk, and how it is written: the same files as of any other, some rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from zhengming.large.findings import Findings
from zhengming.large.frames import Frames
from zhengming.reports import clean_workbook as book
from zhengming.reports import lineage, undecided
from zhengming.reports.undecided import Undecided
from zhengming.results import LINEAGE, RESULT, made_folder, no_input, one_line
from zhengming.schemas.across import Mark
from zhengming.schemas.spec import TableSpec
from zhengming.tables.sheets_out import Part, Parts, SheetOut

if TYPE_CHECKING:
    import polars as pl

_FINDINGS = 20_000  # that are told at a time


@dataclass(slots=True)
class Kept:
    """The frames of the portions: the data, its lineage without rules, and the mentions by field."""

    data: Frames
    lineage: Frames
    mentions: Mapping[str, Frames]
    text_columns: frozenset[int] = frozenset()


@dataclass(frozen=True)
class LargeResult:
    """One large file cleaned; as `CleanResult`, but its rows stand on disk, `size` of them in a frame.

    It is written while the store that they stand in is open; `sweep` is called between the frames.
    """

    kept: Kept = field(repr=False)
    size: int
    undecided: tuple[Undecided, ...] = field(repr=False)
    findings: Findings = field(repr=False)
    manifest: Mapping[str, object]
    stem: str
    spec: TableSpec
    lang: str = "zh"
    inputs: Sequence[Path] = ()
    marks: Sequence[Mark] = field(default=(), repr=False)
    sweep: Callable[[], None] = field(default=lambda: None, repr=False)

    def one_line(self) -> str:
        """What became of the file, in one line without any value."""
        return one_line(self.manifest, self.lang)

    def write(self, directory: str | Path, *, data_format: str = "xlsx") -> list[Path]:
        """Write what `CleanResult.write` writes.

        Raises:
            UnwritableFile: a target cannot be written, or is one of the inputs.
        """
        from zhengming.tables.write import write_csv, write_parquet_parts, write_xlsx

        folder, name = made_folder(directory), f"{self.stem}{RESULT}"
        written = [no_input(folder / f"{name}.xlsx", self.inputs)]
        write_xlsx(written[0], self._sheets())
        data, ways = self.kept.data, self.kept.lineage
        if data_format == "csv":
            written.append(no_input(folder / f"{name}.csv", self.inputs))
            rows = chain.from_iterable(frame.iter_rows() for frame in self._swept(data))
            write_csv(written[1], data[0].columns, rows)
        elif data_format == "parquet":
            written.append(no_input(folder / f"{name}.parquet", self.inputs))
            write_parquet_parts(written[1], data[0].schema, lambda: self._swept(data))
        written.append(made_folder(folder / LINEAGE) / f"{self.stem}.parquet")
        fields = self.findings.fields()
        schema = lineage.with_rules(ways[0], self.spec, fields, ()).schema
        write_parquet_parts(written[-1], schema, lambda: self._lineage(fields))
        return written

    def _swept(self, frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        for frame in frames:
            yield frame
            self.sweep()

    def _lineage(self, fields: set[str]) -> Iterator[pl.DataFrame]:
        for number, frame in enumerate(self._swept(self.kept.lineage)):
            found = [one for _row, one in self.findings.of_portion(number)]
            yield lineage.with_rules(frame, self.spec, fields, found)

    def _sheets(self) -> list[SheetOut]:
        first = self.kept.data[0]
        data = book.data_head(first.columns, self.kept.text_columns, self.spec, self.lang)
        data = replace(data, parts=Parts(self.kept.data.height, self._data_part(0, first).frame, self._data))
        sheets = [
            data,
            self._mention_sheet(),
            book.review_sheet(self.undecided, self.spec, self.lang),
            self._finding_sheet(data),
            book.provenance_sheet(self.manifest, self.lang),
        ]
        return [part for sheet in sheets for part in book.divided(sheet)]

    def _data(self) -> Iterator[Part]:
        return (self._data_part(number, frame) for number, frame in enumerate(self._swept(self.kept.data)))

    def _data_part(self, number: int, frame: pl.DataFrame) -> Part:
        return book.data_part(frame, self.spec, self.findings.of_portion(number), self.lang)

    def _mention_sheet(self) -> SheetOut:
        frames = [frames for frames in self.kept.mentions.values() if frames.height]

        def each() -> Iterator[Part]:
            return (book.mention_part(frame, self.spec, self.lang) for some in frames for frame in self._swept(some))

        height = sum(some.height for some in frames)
        head = book.mention_head(self.lang)
        if not height:
            return replace(head, frame=book.mention_part(undecided.no_mentions(), self.spec, self.lang).frame)
        return replace(head, parts=Parts(height, next(each()).frame, each))

    def _finding_sheet(self, data: SheetOut) -> SheetOut:
        def part(first: int) -> tuple[Part, Mapping[tuple[int, int], str]]:
            return book.finding_part(self.findings.in_data(first, _FINDINGS, self.size), data, self.lang)

        head, height = book.finding_head(self.lang), len(self.findings)
        begun, links = part(0)
        if height <= _FINDINGS:
            return replace(head, frame=begun.frame, cell_marks=begun.marks, links=links)
        return replace(
            head, parts=Parts(height, begun.frame, lambda: (part(first)[0] for first in range(0, height, _FINDINGS)))
        )
