"""One file on its way through a run: its tables found, their columns normalized, their rows checked."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from zhengming.dictionary.model import Category
from zhengming.errors import NoTable
from zhengming.findings import Finding, Place, code_for, rule
from zhengming.normalizers import Context, coded, columns, headers, values
from zhengming.normalizers.coded import CodedCell
from zhengming.normalizers.values import Column
from zhengming.privacy import Personal
from zhengming.results import CleanResult, Trail
from zhengming.schemas import waivers, whole_tables
from zhengming.schemas.across import Mark
from zhengming.schemas.spec import Field
from zhengming.tables import Notice, Sheet, Workbook, cell_text, read
from zhengming.tables.kept_rows import Keep, is_kept
from zhengming.tables.layout import continued, tables_of
from zhengming.tables.locate import Located
from zhengming.tables.sheets_out import is_ours

if TYPE_CHECKING:
    import polars as pl

    from zhengming.pipeline import Run

_WORTH_TELLING = frozenset(
    {"note", "total", "repeated-header", "summary"}
)  # rows that are no data, beyond titles and blanks


@dataclass(frozen=True, slots=True)
class Portion:
    """Some rows of a file on their way: every table with those of its rows, their columns normalized, the typed data.

    `marks` tell whether other files have the same children.
    """

    tables: Sequence[Located]
    columns: Mapping[str, Sequence[Column]]
    data: pl.DataFrame
    marks: Sequence[Mark]

    def statuses(self) -> dict[str, Counter[str]]:
        """How many cells of each field have which status."""
        return {name: sum((part.statuses() for part in parts), Counter()) for name, parts in self.columns.items()}


class OneFile:
    """One file on its way through the pipeline."""

    def __init__(self, run: Run, path: Path, book: Workbook | None = None, keep: Keep | None = None) -> None:
        """Read the file at `path`, or take `book` for what is in it; with `keep`, large sheets come to stand on disk.

        Raises:
            FileError: it cannot be read.
        """
        self.run = run
        self.spec = run.spec
        self.path = path
        self.book = book or read(path, encoding=run.profile.encoding, meanwhile=run.make_ready, keep=keep)
        self.findings: list[Finding] = []
        self.explained: Counter[str] = Counter()
        self.tables: list[Located] = []
        self.totals = whole_tables.Totals(self.spec, ())
        self._checked: set[int] = set()  # the tables that were looked at

    @property
    def is_large(self) -> bool:
        """Whether its rows are on disk, because they are many."""
        return any(is_kept(sheet.rows) for sheet in self.book.sheets)

    def clean(self, stem: str = "") -> CleanResult:
        """All of it; `stem` names the results.

        Raises:
            NoTable: there is none in the file.
        """
        self.begin()
        whole = self.portion(self.tables, alone=False)
        self.findings += self.totals.wrong(self.book)
        self.findings = self.waived(self.findings)
        from zhengming.reports import undecided

        columns = whole.columns
        return CleanResult(
            data=whole.data,
            mentions=undecided.mention_frame(self.spec, self.tables, columns, self.free()),
            undecided=undecided.undecided(self.book.file, self.spec, self.tables, columns),
            findings=tuple(sorted(self.findings, key=lambda one: (one.place, one.code))),
            manifest=self.manifest(whole.statuses(), Counter(one.code for one in self.findings)),
            stem=stem or self.run.stem(self.path),
            spec=self.spec,
            lang=self.run.lang,
            trail=Trail(self.tables, columns, self.run.decisions),
            source=self.path,
            inputs=self.run.inputs,
            marks=tuple(whole.marks),
        )

    def begin(self) -> None:
        """Find the tables, and say what was noticed.

        Raises:
            NoTable: there is none in the file.
        """
        ours = {sheet.name for sheet in self.book.sheets if is_ours(sheet.cell(1, 1))}
        for notice in self.book.notices:
            if notice.place.sheet not in ours:
                self._noticed(notice)
        self._locate()
        self.totals = whole_tables.Totals(self.spec, self.tables)

    def portion(self, tables: Sequence[Located], *, alone: bool) -> Portion:
        """Some rows of the file, those in `tables`, normalized and checked; the findings come behind those so far.

        A portion of a file stands `alone`: whether its rows repeat others is not asked.
        """
        columns: dict[str, list[Column]] = {
            field.name: [self._column(field, table) for table in tables] for field in self.spec.fields
        }
        data = self._frame(tables, columns)
        marks = self._check(tables, data, alone=alone)
        self.findings += whole_tables.code_disagreements(
            self.spec, self.book.file, tables, columns, lambda category: self.run.matcher(category).codes
        )
        self.totals.add(tables, columns)
        return Portion(tables, columns, data, marks)

    def waived(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings with what the waivers of the table spec say of them."""
        return waivers.apply(
            findings, self.spec.waivers, today=self.run.today, sender=self.run.sender, file=self.book.file
        )

    def located(self) -> tuple[Workbook, Sequence[Located], Sequence[Finding]]:
        """The file as read, its tables, and what was noticed so far.

        Raises:
            NoTable: there is none in the file.
        """
        for notice in self.book.notices:
            self._noticed(notice)
        self._locate()
        return self.book, self.tables, self.findings

    def free(self) -> dict[str, Category]:
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
            return values.absent(field.name, len(table.rows))
        position = table.columns.index(source)
        which, cells = values.distinct([row.cells[position] for row in table.rows])
        if field.category is None:
            context = Context(unit=table.unit_of(source, field.kind), quantity=field.quantity or "")
            outcomes = values.normalize_many(field.kind, cells, context)
            column = Column(field.name, source.index, which, list(zip(cells, outcomes, strict=True)))
        else:
            read = self._coded(field, [cell_text(cell) for cell in cells])
            column = Column(field.name, source.index, which, list(zip(cells, read, strict=True)))
            if field.holds == "names":
                column = self._in_its_row(field, table, column)
        for at, cell, outcome in column.rows(lambda outcome: not values.is_plain(outcome)):
            self._judge(field, table.place(self.book.file, table.rows[at].number, source.index), cell, outcome)
        return column

    def _coded(self, field: Field, texts: Sequence[str]) -> list[CodedCell]:
        """What each text says in the category of a field."""
        assert field.category is not None
        matcher = self.run.matcher(field.category)
        memory = self.run.memory if field.holds == "names" else None
        if memory:
            memory.recall(matcher, texts)
        read = coded.normalize_many(texts, matcher, codes=field.holds == "codes")
        if memory:
            memory.keep(matcher, read)
        return [read[text] for text in texts]

    def _in_its_row(self, field: Field, table: Located, column: Column) -> Column:
        """The column with its ambiguous cells read again, each beside the rest of its row."""
        assert field.category is not None
        matcher = self.run.matcher(field.category)
        which, cells = array("I", column.which), list(column.cells)
        again: dict[tuple[int, str], int] = {}
        for at, cell, _outcome in column.rows(
            lambda outcome: isinstance(outcome, CodedCell) and coded.is_ambiguous(outcome)
        ):
            beside = self._beside(field, table, at)
            known = which[at], beside
            if known not in again:
                again[known] = len(cells)
                cells.append((cell, coded.normalize(cell_text(cell), matcher, beside=beside)))
            which[at] = again[known]
        return Column(column.field, column.index, which, cells) if again else column

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

    def _frame(self, tables: Sequence[Located], columns: Mapping[str, list[Column]]) -> pl.DataFrame:
        from zhengming.schemas import compiled

        return values.frame(tables, columns, compiled.polars_schema(self.spec), self.free())

    def _check(self, tables: Sequence[Located], data: pl.DataFrame, *, alone: bool) -> list[Mark]:
        """Check the rows of each table; what is needed to compare them with those of other files."""
        from zhengming.schemas import across
        from zhengming.schemas.checks import check

        marks: list[Mark] = []
        start = 0
        for number, table in enumerate(tables):
            part = data.slice(start, len(table.rows))
            start += len(table.rows)
            if number in self._checked and not table.rows:
                continue
            rows = [row.number for row in table.rows]
            columns = table.by_field
            found = check(
                part,
                self.spec,
                rows=rows,
                columns=columns,
                file=self.book.file,
                sheet=table.sheet,
                address=table.address,
                today=self.run.today,
                dictionary=self.run.dictionary,
                alone=alone,
            )
            # What is said of a table as a whole was said of its first rows.
            self.findings += [one for one in found if one.place.row or number not in self._checked]
            self._checked.add(number)
            if self.run.several:
                places = [partial(table.place, self.book.file, row) for row in rows]
                marks += across.marks(part, self.spec, places, columns)
        return marks

    def manifest(self, statuses: Mapping[str, Mapping[str, int]], found: Mapping[str, int]) -> Mapping[str, object]:
        """The facts of the file: `statuses` counted by field, the findings `found` by rule."""
        rows_out = sum(len(table.rows) for table in self.tables)
        return {
            **self.run.facts(),
            "file": self.book.file,
            "sha256": self.book.sha256,
            "format": self.book.format,
            "rows_in": self._rows_read() or rows_out + sum(self.explained.values()),
            "rows_out": rows_out,
            "rows_explained": sum(self.explained.values()),
            "explained": dict(sorted(self.explained.items())),
            "statuses": {name: dict(sorted(counted.items())) for name, counted in statuses.items() if counted},
            "findings": sum(found.values()),
            "findings_by_rule": dict(sorted(found.items())),
        }

    def _rows_read(self) -> int:
        """The rows of the sheets as they were read; 0 where a row of a sheet is not a row of one table.

        A row of several tables side by side counts for each, a table on its side has columns for rows, a form has
        neither: there the sum of what was written and explained is all that can be said.
        """
        sheets = [table.sheet for table in self.tables]
        if len(set(sheets)) < len(sheets) or not all(table.upright for table in self.tables):
            return 0
        return sum(len(sheet.rows) for sheet in self.book.sheets)
