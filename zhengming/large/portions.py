"""A large file cleaned portion by portion: what came of a portion goes to disk before the next is begun."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

from zhengming import collecting
from zhengming.cleaning import OneFile, Portion
from zhengming.findings import Finding
from zhengming.large.findings import Findings
from zhengming.large.frames import Frames
from zhengming.large.repeats import Repeats
from zhengming.large.result import Kept, LargeResult
from zhengming.reports import clean_workbook, lineage, undecided
from zhengming.reports.undecided import Undecided
from zhengming.schemas.across import Marks
from zhengming.tables.locate import Located

_TEXTS = 10_000  # whose mentions are remembered from one portion to the next


def cleaned(
    file: OneFile, store: BinaryIO, *, stem: str = "", size: int, sweep: Callable[[], None] = lambda: None
) -> LargeResult:
    """All of a file, `size` rows at a time; what comes of them stands in `store`; `sweep` is called between portions.

    Raises:
        NoTable: there is none in the file.
    """
    file.begin()
    found = Findings()
    found.add(_taken(file))
    gathering = _Gathering(file, store)
    repeats = Repeats(file.spec, file.tables)
    for number, tables in enumerate(_portions(file.tables, size)):
        with collecting.paused():
            portion = file.portion(tables, alone=True)
            places = clean_workbook.Places(tables)
            found.settle(number, places.row)
            found.add(_taken(file), number, places.row)
            repeats.add(tables, portion.data)
            gathering.add(portion)
            file.run.forget(_TEXTS)
            del portion, places
        sweep()
    for one, row in repeats.findings(gathering.kept.data, size, file.book.file):
        found.put(one, *divmod(row, size))
    found.add(file.totals.wrong(file.book))
    found.close(file.waived)
    return LargeResult(
        kept=gathering.kept,
        size=size,
        undecided=gathering.undecided(),
        findings=found,
        manifest=file.manifest(gathering.statuses, found.by_rule()),
        stem=stem or file.run.stem(file.path),
        spec=file.spec,
        lang=file.run.lang,
        inputs=file.run.inputs,
        sweep=sweep,
        marks=gathering.marks,
    )


def _taken(file: OneFile) -> list[Finding]:
    """The findings so far, which the file no longer holds."""
    found, file.findings = file.findings, []
    return found


def _portions(tables: Sequence[Located], size: int) -> Iterator[list[Located]]:
    """The tables with some of their rows at a time, those of one behind those of the one before; at least once."""
    total = sum(len(table.rows) for table in tables)
    for first in range(0, max(total, 1), size):
        portion, start = [], 0
        for table in tables:
            length = len(table.rows)
            begin, end = max(first - start, 0), max(first + size - start, 0)
            portion.append(replace(table, rows=tuple(table.rows[begin:end]) if begin < length else ()))
            start += length
        yield portion


class _Gathering:
    """What came of the portions so far."""

    def __init__(self, file: OneFile, store: BinaryIO) -> None:
        self._file = file
        self._free = file.free()
        self._facts = {**file.run.facts(), "file": file.book.file, "sha256": file.book.sha256}
        self._undecided: dict[tuple[str, str], Undecided] = {}
        mentions = {name: Frames(store) for name in self._free}
        self.kept = Kept(Frames(store), Frames(store), mentions)
        self.statuses: dict[str, Counter[str]] = {field.name: Counter() for field in file.spec.fields}
        self.marks = Marks()

    def add(self, portion: Portion) -> None:
        """Put what came of a portion behind the others."""
        import polars as pl

        file, spec = self._file, self._file.spec
        tables, columns = portion.tables, portion.columns
        for name, counted in portion.statuses().items():
            self.statuses[name] += counted
        self.marks.add(portion.marks)
        for one in undecided.undecided(file.book.file, spec, tables, columns):
            known = self._undecided.setdefault((one.field, one.text), one)
            if known is not one:
                self._undecided[one.field, one.text] = replace(known, count=known.count + one.count)
        mentions = undecided.mention_frame(spec, tables, columns, self._free)
        for name, frames in self.kept.mentions.items():
            frames.add(mentions.filter(pl.col("field") == name))
        self.kept.lineage.add(lineage.frame(self._facts, spec, tables, columns, (), decisions=file.run.decisions))
        self.kept.data.add(portion.data)
        self.kept.text_columns |= clean_workbook.text_columns(portion.data, spec)

    def undecided(self) -> tuple[Undecided, ...]:
        """Each distinct undecided value once, in the order of reports."""
        return undecided.in_order(self._undecided.values(), self._file.spec)
