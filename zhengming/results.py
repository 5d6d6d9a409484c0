"""Results: what came of one file, as values and as files.

A `CleanResult` holds the typed table, the mentions, what a human must decide, the findings and the facts of the run; it
writes itself as the clean workbook. A `ValidationReport` holds the findings alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from zhengming.dictionary.rulings import Decisions
from zhengming.errors import UnwritableFile
from zhengming.findings import Finding
from zhengming.schemas.spec import TableSpec

if TYPE_CHECKING:
    import polars as pl

    from zhengming.normalizers.values import Column
    from zhengming.reports.undecided import Question, Undecided
    from zhengming.schemas.across import Mark
    from zhengming.tables.locate import Located

RESULT = ".clean"  # ends the stem of a clean file
ANNOTATED = ".annotated"  # ends the stem of a sender's file with our notes in it
LINEAGE = "lineage"  # the folder, beside the results, of what each of their cells came from


@dataclass(frozen=True, slots=True)
class Trail:
    """What the lineage of a file is made from: its tables as located, its columns as normalized, what was decided."""

    tables: Sequence[Located]
    columns: Mapping[str, Sequence[Column]]
    decisions: Decisions = field(default_factory=Decisions)


@dataclass(frozen=True)
class ValidationReport:
    """What a check of one file found; `ok` when nothing worse than a remark was."""

    findings: tuple[Finding, ...]
    manifest: Mapping[str, object]

    @property
    def ok(self) -> bool:
        """Whether there is no error and no warning."""
        return all(one.severity == "info" for one in self.findings)


@dataclass(frozen=True)
class CleanResult:
    """One file cleaned.

    `data` has one row per data row of the file: `source_sheet`, `source_row`, every field of the table spec typed
    under its name (coded fields also `_codes`, `_names`, `_status`), the raw text of typed fields as `<field>_raw`,
    and the sender's other columns under their own headers. `mentions` has one row per mention, `lineage` one row per
    row of the data: where every cell came from. `inputs` are files that are never written over, `marks`
    what tells whether another file has the same children. What holds cells is not part of the representation: results
    are logged.
    """

    data: pl.DataFrame = field(repr=False)
    mentions: pl.DataFrame = field(repr=False)
    undecided: tuple[Undecided, ...] = field(repr=False)
    findings: tuple[Finding, ...]
    manifest: Mapping[str, object]
    stem: str
    spec: TableSpec
    lang: str = "zh"
    trail: Trail = field(default=Trail((), {}), repr=False)
    source: Path | None = None
    inputs: Sequence[Path] = ()
    marks: Sequence[Mark] = field(default=(), repr=False)

    @cached_property
    def lineage(self) -> pl.DataFrame:
        """Where every cell of the data came from and why it says what it says; see `reports.lineage`."""
        from zhengming.reports import lineage

        trail = self.trail
        return lineage.frame(
            self.manifest, self.spec, trail.tables, trail.columns, self.findings, decisions=trail.decisions
        )

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What a reviewer's decisions would settle in this file."""
        from zhengming.reports import undecided

        return undecided.questions(str(self.manifest["file"]), self.spec, self.trail.tables, self.trail.columns)

    def write(self, directory: str | Path, *, data_format: str = "xlsx") -> list[Path]:
        """Write `<stem>.clean.xlsx` into `directory` (made if need be), the data also as csv or parquet if asked.

        The lineage goes into the folder `lineage` beside them. Returns the paths written.

        Raises:
            UnwritableFile: a target cannot be written, or is one of the inputs.
        """
        from zhengming import collecting

        with collecting.paused():
            return self._written(made_folder(directory), data_format)

    def _written(self, folder: Path, data_format: str) -> list[Path]:
        from concurrent.futures import ThreadPoolExecutor

        from zhengming.reports import clean_workbook
        from zhengming.tables.write import write_csv, write_parquet, write_xlsx

        name = f"{self.stem}{RESULT}"
        written = [self.target(folder / f"{name}.xlsx")]
        with ThreadPoolExecutor(1) as beside:  # compressing and polars leave the interpreter to others
            lineage = beside.submit(lambda: self.lineage)
            write_xlsx(written[0], clean_workbook.sheets(self, self.lang))
        if data_format == "csv":
            written.append(self.target(folder / f"{name}.csv"))
            write_csv(written[1], self.data.columns, self.data.iter_rows())
        elif data_format == "parquet":
            written.append(self.target(folder / f"{name}.parquet"))
            write_parquet(written[1], self.data)
        written.append(made_folder(folder / LINEAGE) / f"{self.stem}.parquet")
        write_parquet(written[-1], lineage.result())
        return written

    def annotate(self, directory: str | Path) -> Path:
        """Write `<stem>.annotated.xlsx` into `directory`: the sender's file, problem cells coloured and commented.

        An xlsx keeps its styles; other formats are drawn from their cells. No formula is left in it.

        Raises:
            UnreadableFile: the file is gone, or is no longer what was cleaned.
            UnwritableFile: the target cannot be written, or is one of the inputs.
        """
        from zhengming.files import write_bytes
        from zhengming.reports import annotated

        target = self.target(made_folder(directory) / f"{self.stem}{ANNOTATED}.xlsx")
        write_bytes(target, annotated.workbook(self, self.source, self.trail.columns, self.trail.tables, self.lang))
        return target

    def target(self, path: Path) -> Path:
        """`path`, unless it is an input."""
        return no_input(path, self.inputs)

    def one_line(self) -> str:
        """What became of the file, in one line without any value."""
        return one_line(self.manifest, self.lang)


def one_line(manifest: Mapping[str, object], lang: str) -> str:
    """What became of the file with these facts, in one line without any value."""
    from zhengming.findings import words

    return words(lang)["run_line"].format(**{**manifest, **_status_counts(manifest)})


def _status_counts(manifest: Mapping[str, object]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    statuses = manifest["statuses"]
    if isinstance(statuses, Mapping):
        for by_status in statuses.values():
            counted.update(by_status)
    return {status: counted[status] for status in ("accepted", "review", "unmatched")}


def no_input(path: Path, inputs: Sequence[Path]) -> Path:
    """`path`, where a result may be written.

    Raises:
        UnwritableFile: it is one of the inputs.
    """
    if any(_same(path, one) for one in inputs):
        raise UnwritableFile("is one of the inputs", where=str(path), remedy="choose another place for the results")
    return path


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def made_folder(directory: str | Path) -> Path:
    """The folder at `directory`, made if need be.

    Raises:
        UnwritableFile: it cannot be made.
    """
    folder = Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableFile(
            "the folder cannot be made", where=str(folder), remedy=error.strerror or "choose another folder"
        ) from None
    return folder
