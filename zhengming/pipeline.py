"""From a sender's file to clean, coded rows: read → locate → normalize → validate → write.

`clean` and `validate` do it for one file; a `Run` does it for a batch, keeping what was built for the first file.
Every row of a sheet becomes a data row or is explained; every raw value stays beside its typed one.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from zhengming import __version__
from zhengming.configuration import SenderProfile
from zhengming.dictionary.model import Category, Dictionary
from zhengming.dictionary.rulings import Decisions
from zhengming.errors import NoTable, ZhengmingError
from zhengming.findings import Finding, Place, code_for, finding, rule
from zhengming.normalizers import Context, coded, columns, headers, values
from zhengming.normalizers.coded import CodedCell
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.normalizers.values import Column
from zhengming.privacy import Personal
from zhengming.results import ANNOTATED, RESULT, CleanResult, Trail, ValidationReport, made_folder
from zhengming.schemas import spec as specs
from zhengming.schemas import waivers, whole_tables
from zhengming.schemas.across import Mark
from zhengming.schemas.spec import Field
from zhengming.tables import Notice, Sheet, Workbook, cell_text, read
from zhengming.tables.layout import continued, tables_of
from zhengming.tables.locate import Located
from zhengming.tables.sheets_out import is_ours
from zhengming.tables.words import plain

if TYPE_CHECKING:
    import polars as pl

    from zhengming.learning.model import Model
    from zhengming.remembering import Memory


MANIFEST = "manifest.json"
_SPREADSHEETS = frozenset(
    {".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods", ".fods", ".csv", ".tsv", ".html", ".htm", ".mht", ".xml"}
)
_WORTH_TELLING = frozenset(
    {"note", "total", "repeated-header", "summary"}
)  # rows that are no data, beyond titles and blanks


def inputs(paths: Sequence[Path]) -> list[Path]:
    """The files `paths` name: a folder stands for the spreadsheets in it, a pattern (`*.xlsx`) for what it matches.

    Our own results (`*.clean.xlsx`, `*.annotated.xlsx`) are left out of folders and patterns: a result is never taken
    for an input.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            listed = [one for one in path.iterdir() if one.suffix.lower() in _SPREADSHEETS]
        elif not path.exists() and any(mark in path.name for mark in "*?["):
            listed = list(path.parent.glob(path.name))
        else:
            found.append(path)
            continue
        listed = sorted(one for one in listed if one.is_file() and not one.stem.endswith((RESULT, ANNOTATED)))
        found += listed or [path]  # nothing there: reading says so
    return found


def clean(
    path: str | Path,
    table: str | Path = "aid_case",
    dictionary: Dictionary | None = None,
    *,
    sender: str = "",
    decisions: Decisions | str | Path | None = None,
) -> CleanResult:
    """Clean one spreadsheet: type every cell, code every name, check the rows.

    `table` names a bundled table spec or a TOML file; `dictionary` is the bundled one by default; `decisions` of
    reviewers (what holds of a log, or its path) are applied to equal values.

    Raises:
        FileError: the file cannot be read, or no table is found in it.
        SpecError: no such table spec.
    """
    return Run(table=table, dictionary=dictionary, sender=sender, decisions=decisions).clean(path)


def validate(
    path: str | Path,
    table: str | Path = "aid_case",
    dictionary: Dictionary | None = None,
    *,
    sender: str = "",
    decisions: Decisions | str | Path | None = None,
) -> ValidationReport:
    """Check one spreadsheet against a table spec.

    Raises:
        FileError: the file cannot be read, or no table is found in it.
        SpecError: no such table spec.
    """
    return Run(table=table, dictionary=dictionary, sender=sender, decisions=decisions).validate(path)


class Run:
    """A batch: one table spec, one dictionary, the matchers built once, the facts of every file."""

    def __init__(
        self,
        *,
        table: str | Path = "aid_case",
        dictionary: Dictionary | None = None,
        sender: str = "",
        decisions: Decisions | str | Path | None = None,
        models: Sequence[Model] = (),
        specialities: Mapping[str, Sequence[str]] | None = None,
        profile: SenderProfile | None = None,
        memory: Memory | None = None,
        lang: str = "zh",
        today: dt.date | None = None,
    ) -> None:
        """Load the spec, open the dictionary, read the decisions; `today` is the day of the run, if it matters.

        Of `models`, learned from decisions, each serves its own category.
        `specialities` says for a category which of its contexts the sender's cells are about (see `Matcher`);
        `profile` is what is known of the sender's tables. Results in `memory` are used again.

        Raises:
            SpecError: no such table spec.
            UnreadableFile: the log of decisions cannot be read.
        """
        self.spec = specs.load(table)
        self.dictionary = dictionary or Dictionary.open()
        self.sender = sender
        self.decisions = Decisions.of(decisions)
        self.models = {model.about.category: model for model in models}
        self.specialities = specialities or {}
        self.profile = profile or SenderProfile()
        self.known_headers = {plain(header): field for header, field in self.profile.headers.items()}
        self.wanted = [columns.Wanted(field.name, field.kind, field.category) for field in self.spec.fields]
        self.memory = memory
        self.lang = lang
        self.files: list[Mapping[str, object]] = []
        self.inputs: list[Path] = []  # never written over
        self.needs_attention = False
        self.today = today
        self._marks: list[Sequence[Mark]] = []
        self._matchers: dict[str, Matcher] = {}
        self._names: Counter[str] = Counter()

    def clean(self, path: str | Path) -> CleanResult:
        """Clean one file of the batch; see `clean`."""
        self.inputs.append(Path(path))
        result = self.cleaned(path)
        self.note(result.manifest, result.findings, result.marks)
        return result

    def cleaned(self, path: str | Path, stem: str = "") -> CleanResult:
        """One file cleaned, without a trace in this run; `stem` names its results."""
        return _File(self, Path(path)).clean(stem)

    def located(self, path: str | Path) -> tuple[Workbook, Sequence[Located], Sequence[Finding]]:
        """A file as read, its tables as found, and what was noticed on the way; nothing is normalized.

        Raises:
            FileError: the file cannot be read, or no table is found in it.
        """
        return _File(self, Path(path)).located()

    def checked(self, sheet: Sheet) -> tuple[Finding, ...]:
        """What a check finds in a table in memory, without a trace in this run.

        Raises:
            NoTable: the sheet has none.
        """
        book = Workbook(file="", sha256="", format="csv", sheets=(sheet,))
        return _File(self, Path(), book).clean("table").findings

    def note(self, manifest: Mapping[str, object], findings: Sequence[Finding], marks: Sequence[Mark] = ()) -> None:
        """Keep the facts of a file of the batch, wherever it was done."""
        self.files.append(manifest)
        self._marks.append(marks)
        self.needs_attention |= any(one.severity != "info" for one in findings)

    def across(self) -> list[Finding]:
        """What is found only when the files of the batch are compared: a child that several of them have."""
        from zhengming.schemas import across, waivers

        found = across.repeated(self.spec, self._marks)
        found = waivers.apply(found, self.spec.waivers, today=self.today, sender=self.sender)
        self.needs_attention |= any(one.severity != "info" for one in found)
        return found

    def prepare(self) -> None:
        """Build everything that the files will share, for processes that are about to be forked."""
        for category in ("field", *(field.category for field in self.spec.fields if field.category)):
            self.matcher(category).prepare()

    def validate(self, path: str | Path) -> ValidationReport:
        """Check one file of the batch; see `validate`."""
        result = self.clean(path)
        return ValidationReport(result.findings, result.manifest)

    def failed(self, path: Path, error: ZhengmingError) -> Finding:
        """Keep the fact that a file of the batch could not be done, and say it as a finding of that file."""
        self.files.append({"file": path.name, "error": str(error)})
        return finding(error.code or "ZM001", Place(path.name), kind="unreadable")

    def summary(self) -> dict[str, str | int]:
        """The facts of the run that a report shows."""
        counted = {
            name: sum(int(str(one.get(name, 0))) for one in self.files)
            for name in ("rows_in", "rows_out", "rows_explained")
        }
        return {
            "version": __version__,
            "dictionary": f"{self.dictionary.id} {self.dictionary.version} {self.dictionary.sha256}",
            **({"chain_head": self.dictionary.head} if self.dictionary.head else {}),
            "table": self.spec.name,
            "files": len(self.files),
            **counted,
        }

    def write_manifest(self, directory: str | Path) -> Path:
        """Write the facts of the run as `manifest.json` into `directory`.

        Raises:
            UnwritableFile: it cannot be written.
        """
        from zhengming.files import write_bytes

        target = made_folder(directory) / MANIFEST
        facts = {**self.facts(), "files": self.files}
        write_bytes(target, (json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode())
        return target

    def facts(self) -> dict[str, object]:
        """What the results depend on: tool, dictionary, table spec, sender."""
        return {
            "tool_version": __version__,
            "dictionary_id": self.dictionary.id,
            "dictionary_version": self.dictionary.version,
            "dictionary_sha256": self.dictionary.sha256,
            "dictionary_chain_head": self.dictionary.head,
            "table": f"{self.spec.name} {self.spec.version}",
            "sender": self.sender,
            **({"date": self.today.isoformat()} if self.today else {}),
            **({"decisions": len(self.decisions), "decisions_sha256": self.decisions.sha256} if self.decisions else {}),
            **({"models": {name: model.sha256 for name, model in self.models.items()}} if self.models else {}),
        }

    def matcher(self, category: str) -> Matcher:
        """The matcher of a category, built once."""
        if category not in self._matchers:
            self._matchers[category] = Matcher(
                self.dictionary,
                category,
                sender=self.sender,
                decisions=self.decisions,
                model=self.models.get(category),
                speciality=self.specialities.get(category, ()),
            )
        return self._matchers[category]

    def stem(self, path: Path) -> str:
        """The stem of a file's results: its own, numbered when an earlier file of the run has it."""
        self._names[path.stem] += 1
        count = self._names[path.stem]
        return path.stem if count == 1 else f"{path.stem} ({count})"


class _File:
    """One file on its way through the pipeline."""

    def __init__(self, run: Run, path: Path, book: Workbook | None = None) -> None:
        self.run = run
        self.spec = run.spec
        self.path = path
        self.book = book or read(path, encoding=run.profile.encoding)
        self.findings: list[Finding] = []
        self.explained: Counter[str] = Counter()
        self.tables: list[Located] = []

    def clean(self, stem: str = "") -> CleanResult:
        ours = {sheet.name for sheet in self.book.sheets if is_ours(sheet.cell(1, 1))}
        for notice in self.book.notices:
            if notice.place.sheet not in ours:
                self._noticed(notice)
        self._locate()
        columns: dict[str, list[Column]] = {
            field.name: [self._column(field, table) for table in self.tables] for field in self.spec.fields
        }
        data = self._frame(columns)
        marks = self._check(data)
        self.findings += whole_tables.code_disagreements(
            self.spec, self.book.file, self.tables, columns, lambda category: self.run.matcher(category).codes
        )
        self.findings += whole_tables.wrong_totals(self.spec, self.book, self.tables, columns)
        self.findings = waivers.apply(
            self.findings, self.spec.waivers, today=self.run.today, sender=self.run.sender, file=self.book.file
        )
        from zhengming.reports import undecided

        return CleanResult(
            data=data,
            mentions=undecided.mention_frame(self.book.file, self.spec, self.tables, columns, self._free()),
            undecided=undecided.undecided(self.book.file, self.spec, self.tables, columns),
            findings=tuple(sorted(self.findings, key=lambda one: (one.place, one.code))),
            manifest=self._manifest(columns),
            stem=stem or self.run.stem(self.path),
            spec=self.spec,
            lang=self.run.lang,
            trail=Trail(self.tables, columns, self.run.decisions),
            source=self.path,
            inputs=self.run.inputs,
            marks=tuple(marks),
        )

    def located(self) -> tuple[Workbook, Sequence[Located], Sequence[Finding]]:
        for notice in self.book.notices:
            self._noticed(notice)
        self._locate()
        return self.book, self.tables, self.findings

    def _free(self) -> dict[str, Category]:
        """The fields whose cells may name several concepts, with their category."""
        categories = {
            field.name: self.run.matcher(field.category).category for field in self.spec.fields if field.category
        }
        return {name: category for name, category in categories.items() if category.policy.cell == "mentions"}

    def _locate(self) -> None:
        titles = {field.name: (field.zh, field.en) for field in self.spec.fields}
        recognise = headers.recogniser(self.run.matcher("field"), titles, self.run.known_headers)
        expected = [field.title(self.run.lang) for field in self.spec.fields if field.required]
        missing: list[tuple[Sheet, NoTable]] = []
        for sheet in self.book.sheets:
            if is_ours(sheet.cell(1, 1)):
                self.explained["our-sheet"] += len(sheet.rows)
                continue
            try:
                found = tables_of(sheet, recognise, file=self.book.file, expected=expected)
            except NoTable as error:
                going_on = continued(sheet, self.tables[-1], file=self.book.file) if self.tables else None
                if going_on is None:
                    missing.append((sheet, error))
                    continue
                found = [going_on]
            for table in found:
                self._take(table)
        if not self.tables:
            raise missing[0][1] if missing else NoTable("the file has no sheet", where=self.book.file)
        for sheet, _error in missing:
            self.explained["sheet-without-table"] += len(sheet.rows)
            if any(any(cell is not None for cell in row) for row in sheet.rows):
                self._say("ZM108", Place(self.book.file, sheet.name), {"kind": "no-table"})

    def _take(self, found: Located) -> None:
        run = self.run
        table = columns.settle(found, run.wanted, run.matcher, file=self.book.file, known=run.known_headers)
        self.tables.append(table)
        changed = columns.layout_change([column.header for column in table.columns], run.profile.layouts)
        if changed:
            self._say("ZM116", Place(self.book.file, table.sheet), {"count": changed})
        for notice in table.notices:
            self._noticed(notice)
        self.explained.update(row.kind for row in table.explained)
        for row in table.explained:
            if row.kind in _WORTH_TELLING:
                place = Place(self.book.file, table.sheet, *table.address(row.row, 0))
                self._say("ZM105", place, {"kind": row.kind})

    def _noticed(self, notice: Notice) -> None:
        code = code_for("notice", "", notice.kind)
        if code:
            field = str(notice.params["field"]) if notice.kind == "field-by-values" else ""
            self._say(code, notice.place, notice.params, field=field)

    def _say(
        self,
        code: str,
        place: Place,
        params: Mapping[str, str | int],
        *,
        field: str = "",
        value: object = None,
    ) -> None:
        named = {**self.spec.titles(field), **params} if field else params
        shown = None if value is None else Personal(str(value))
        self.findings.append(Finding(code, place, rule(code).severity, field, named, shown))

    def _column(self, field: Field, table: Located) -> Column:
        """The cells of one field in one table, normalized; a column of nothing when the table lacks it."""
        source = table.column(field.name)
        if source is None:
            return Column(field.name, 0, [None] * len(table.rows), [None] * len(table.rows))
        position = table.columns.index(source)
        raw = [row.cells[position] for row in table.rows]
        if field.category is None:
            context = Context(unit=table.unit_of(source, field.kind), quantity=field.quantity or "")
            outcomes: Sequence[object] = values.normalize_many(field.kind, raw, context)
            column = Column(field.name, source.index, raw, outcomes)
        else:
            texts = [cell_text(cell) for cell in raw]
            matcher = self.run.matcher(field.category)
            if self.run.memory and field.holds == "names":
                self.run.memory.recall(matcher, texts)
            cells = coded.normalize_many(texts, matcher, codes=field.holds == "codes")
            if self.run.memory and field.holds == "names":
                self.run.memory.keep(matcher, cells)
            outcomes = [cells[text] for text in texts]
            for index, text in enumerate(texts):
                if field.holds == "names" and coded.is_ambiguous(cells[text]):
                    outcomes[index] = coded.normalize(text, matcher, beside=self._beside(field, table, index))
            column = Column(field.name, source.index, raw, outcomes)
        for row, cell, outcome in zip(table.rows, column.raw, column.outcomes, strict=True):
            if not values.is_plain(outcome):
                self._judge(field, table.place(self.book.file, row.number, source.index), cell, outcome)
        return column

    def _beside(self, field: Field, table: Located, index: int) -> str:
        """What the row says elsewhere of what the field is about: in its other coded cells and in its remarks."""
        telling = {other.name for other in self.spec.fields if other.kind in ("coded", "text")} - {field.name}
        cells = table.rows[index].cells
        parts = [cell_text(cells[at]) for at, column in enumerate(table.columns) if column.field in telling]
        return "；".join(part for part in parts if part)

    def _judge(self, field: Field, place: Place, cell: object, outcome: object) -> None:
        kind = "coded" if isinstance(outcome, CodedCell) else field.kind
        status, reason = values.verdict(outcome)
        code = code_for(kind, status, reason)
        if code:
            count = outcome.undecided if isinstance(outcome, CodedCell) else 1
            self._say(code, place, {"count": count}, field=field.name, value=cell)
        elif field.required and reason == "states-none":
            self._say("ZM406", place, {}, field=field.name)

    def _frame(self, columns: Mapping[str, list[Column]]) -> pl.DataFrame:
        from zhengming.schemas import compiled

        return values.frame(self.tables, columns, compiled.polars_schema(self.spec), self._free())

    def _check(self, data: pl.DataFrame) -> list[Mark]:
        """Check the rows of each table; what is needed to compare them with those of other files."""
        from zhengming.schemas import across
        from zhengming.schemas.checks import check

        marks: list[Mark] = []
        start = 0
        for table in self.tables:
            part = data.slice(start, len(table.rows))
            start += len(table.rows)
            rows = [row.number for row in table.rows]
            columns = {column.field: column.index for column in reversed(table.columns) if column.field}
            self.findings += check(
                part,
                self.spec,
                rows=rows,
                columns=columns,
                file=self.book.file,
                sheet=table.sheet,
                address=table.address,
                today=self.run.today,
                dictionary=self.run.dictionary,
            )
            places = [partial(table.place, self.book.file, row) for row in rows]
            marks += across.marks(part, self.spec, places, columns)
        return marks

    def _manifest(self, columns: Mapping[str, list[Column]]) -> Mapping[str, object]:
        rows_out = sum(len(table.rows) for table in self.tables)
        statuses = {
            name: dict(sorted(Counter(status for part in parts for status in part.statuses()).items()))
            for name, parts in columns.items()
        }
        return {
            **self.run.facts(),
            "file": self.book.file,
            "sha256": self.book.sha256,
            "format": self.book.format,
            # A row of several tables side by side counts for each; a table on its side has columns for rows.
            "rows_in": rows_out + sum(self.explained.values()),
            "rows_out": rows_out,
            "rows_explained": sum(self.explained.values()),
            "explained": dict(sorted(self.explained.items())),
            "statuses": {name: counted for name, counted in statuses.items() if counted},
            "findings": len(self.findings),
            "findings_by_rule": dict(sorted(Counter(one.code for one in self.findings).items())),
        }


def demo(directory: str | Path, *, lang: str = "zh") -> str:
    """Write the sample spreadsheets into `directory`/inbox, clean them into `directory`/clean, and tell the result.

    Raises:
        UnwritableFile: the folder cannot be written.
    """
    from importlib import resources

    from zhengming.files import write_bytes
    from zhengming.findings import words

    spoken = words(lang)
    inbox, target = made_folder(Path(directory) / "inbox"), Path(directory) / "clean"
    run = Run(lang=lang)
    lines: list[str] = []
    first = ""
    samples = resources.files("zhengming") / "data" / "samples"
    for sample in sorted(samples.iterdir(), key=lambda one: one.name):
        if not sample.name.endswith((".xlsx", ".csv")):
            continue
        write_bytes(inbox / sample.name, sample.read_bytes())
        result = run.clean(inbox / sample.name)
        written = result.write(target)
        first = first or str(written[0])
        lines.append(result.one_line())
    run.write_manifest(target)
    return "\n".join(
        [
            spoken["demo_title"].format(folder=directory),
            *lines,
            spoken["demo_total"].format(**run.summary()),
            spoken["demo_next"].format(file=first),
        ]
    )
