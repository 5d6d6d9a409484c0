"""The review workbook, read back: after Excel, WPS or LibreOffice saved it, after rows were sorted and columns moved.

A workbook is known by its hidden stamp. Rows are known by their number and check, columns by the names above the
header; neither by where they stand. A row that no longer shows its value is not believed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from zhengming.dictionary.decisions import Verdict
from zhengming.dictionary.model import Category, Dictionary
from zhengming.errors import NotAReview
from zhengming.findings import words
from zhengming.review.book import COLUMNS, FIELDS, STAMP, VERDICT_WORDS, verdict_word
from zhengming.review.items import FORM, Answer, Item, Problem, ProblemKind, Stamp, items_sha256, parse
from zhengming.tables import CellValue, Sheet, cell_text, read
from zhengming.tables.sheets_out import OURS

_EXPORT_AGAIN = "make a new one with `zm review export`"
_BETWEEN_CODES = re.compile(r"\s*[;；/＋+\n、]\s*")
_BETWEEN_REVIEWERS = re.compile(r"\s*[;；、]\s*")
_MAX_CHOICE = 4096  # characters of a choice that are looked at


@dataclass(frozen=True, slots=True)
class Filled:
    """A review workbook as it came back: its stamp, what it offered, the answers, what is wrong, how much is open."""

    file: str
    stamp: Stamp
    items: tuple[Item, ...]
    answers: tuple[Answer, ...]
    problems: tuple[Problem, ...]

    @property
    def open(self) -> int:
        """How many items nobody answered."""
        return len(self.items) - len({one.item.number for one in self.answers})


def load(
    path: str | Path, dictionary: Dictionary, *, reviewer: str = "", time: str = "", check_dictionary: bool = True
) -> Filled:
    """The review workbook at `path`; `reviewer` and `time` stand where the workbook says nothing.

    Raises:
        UnreadableFile: the file cannot be read.
        NotAReview: no review workbook, one that was tampered with, or one made against another dictionary.
    """
    book = read(path)
    where = str(path)
    stamp, items = _stamped(book.sheets, where)
    if check_dictionary:
        _same_dictionary(stamp, dictionary, where)
    sheet, row, columns = _form(book.sheets, where)
    reader = _Reader(book.file, sheet, columns, items, dictionary, stamp.lang)
    reader.reviewer, reader.time = reader.fields(row, reviewer, time)
    for number in range(row + 2, len(sheet.rows) + 1):  # names, header, then the rows
        reader.read_row(number)
    return Filled(book.file, stamp, tuple(items.values()), tuple(reader.answers), tuple(reader.problems))


def _stamped(sheets: Sequence[Sheet], where: str) -> tuple[Stamp, dict[int, Item]]:
    sheet = next((one for one in sheets if one.name == STAMP or one.cell(1, 1) == f"{OURS}review"), None)
    if sheet is None:
        raise NotAReview("is no review workbook", where=where, remedy=_EXPORT_AGAIN)
    facts = {cell_text(sheet.cell(row, 1)): cell_text(sheet.cell(row, 2)) for row in range(1, len(sheet.rows) + 1)}
    try:
        if facts["form"] != str(FORM):
            raise NotAReview("was made by another version of zm", where=where, remedy=_EXPORT_AGAIN)
        said = {field.name: facts[field.name] for field in fields(Stamp) if field.name != "form"}
        stamp = Stamp(**said)  # type: ignore[arg-type]  # all but `form` are texts
        items = [parse(line) for name, line in facts.items() if name.startswith("item ")]
    except (KeyError, ValueError):
        raise NotAReview("has lost its stamp", where=where, remedy=_EXPORT_AGAIN) from None
    if items_sha256(items) != stamp.items_sha256:
        raise NotAReview("its hidden sheets were changed", where=where, remedy=_EXPORT_AGAIN)
    return stamp, {item.number: item for item in items}


def _same_dictionary(stamp: Stamp, dictionary: Dictionary, where: str) -> None:
    if stamp.dictionary_sha256 == dictionary.sha256:
        return
    if stamp.dictionary_id != dictionary.id:
        what = f"was made against the dictionary {stamp.dictionary_id}, this is {dictionary.id}"
        raise NotAReview(what, where=where, remedy="name that dictionary with --dict")
    made, now = f"{stamp.dictionary_version} ({stamp.dictionary_sha256[:12]})", dictionary.sha256[:12]
    raise NotAReview(
        f"is stale: it was made against version {made} of the dictionary, this is {dictionary.version} ({now})",
        where=where,
        remedy=f"apply it with --dict and the release it was made against, or {_EXPORT_AGAIN}",
    )


def _form(sheets: Sequence[Sheet], where: str) -> tuple[Sheet, int, dict[str, int]]:
    """The sheet that was filled in, the 1-based row of the columns' names, and where each column stands (from 1)."""
    for sheet in sheets:
        for number, cells in enumerate(sheet.rows[:50], start=1):
            found = {cell_text(cell).strip().removeprefix(OURS): at for at, cell in enumerate(cells, start=1)}
            if {"item", "decision", "check"} <= set(found):
                missing = [name for name in COLUMNS if name not in found and name != "dispute"]
                if missing:
                    raise NotAReview(f"lacks the column {missing[0]}", where=where, remedy=_EXPORT_AGAIN)
                return sheet, number, found
    raise NotAReview("has lost the names above its header", where=where, remedy=_EXPORT_AGAIN)


class _Reader:
    """Reads the rows of one filled-in sheet."""

    def __init__(
        self,
        file: str,
        sheet: Sheet,
        columns: Mapping[str, int],
        items: Mapping[int, Item],
        dictionary: Dictionary,
        lang: str,
    ) -> None:
        self.file, self.sheet, self.columns, self.items = file, sheet, columns, items
        self.dictionary, self.lang = dictionary, lang
        self.verdicts: dict[str, Verdict] = {}
        for verdict in VERDICT_WORDS:
            said: Verdict = verdict  # type: ignore[assignment]  # one of the literals
            self.verdicts[verdict_word(verdict, lang)] = self.verdicts[verdict] = said
        self.reviewer = self.time = ""
        self.answers: list[Answer] = []
        self.problems: list[Problem] = []

    def fields(self, names_row: int, reviewer: str, time: str) -> tuple[str, str]:
        """The reviewer and the day that hold for all rows: as filled in above the table, else as given."""
        spoken = words(self.lang)
        labels = {spoken[f"review_{name}"]: name for name in FIELDS}
        found: dict[str, str] = {}
        for cells in self.sheet.rows[: names_row - 1]:
            filled = [cell for cell in cells if cell is not None and cell_text(cell).strip()]
            if len(filled) > 1 and cell_text(filled[0]).strip() in labels:
                found[labels[cell_text(filled[0]).strip()]] = _day(filled[1])
        return found.get("reviewer_of_all", reviewer), found.get("day_of_all", time)

    def read_row(self, number: int) -> None:
        """The answer in one row, if there is one, or what is wrong with it."""
        choice, free = self._text(number, "decision"), self._text(number, "other_code")
        if not (choice or free):
            return
        item = self._item(number)
        if item is None:
            self._wrong("changed", number)
            return
        answer = self._understood(item, choice, free)
        if isinstance(answer, str):
            self._wrong(answer, number)
            return
        verdict, codes = answer
        reviewers = [one for one in _BETWEEN_REVIEWERS.split(self._text(number, "reviewer") or self.reviewer) if one]
        if not reviewers or not self.time:
            self._wrong("no-time" if reviewers else "no-reviewer", number)
            return
        comment = self._text(number, "comment")
        for reviewer in reviewers:
            self.answers.append(Answer(item, verdict, codes, reviewer, self.time, comment, self.file, number))

    def _item(self, number: int) -> Item | None:
        """The item that a row is about, if it still shows it."""
        shown = self.sheet.cell(number, self.columns["item"])
        try:
            item = self.items[int(cell_text(shown))]
        except (KeyError, ValueError):
            return None
        same = _plain(self._text(number, "text")) == _plain(item.text)
        return item if same and self._text(number, "check") == item.check else None

    def _understood(self, item: Item, choice: str, free: str) -> tuple[Verdict, tuple[str, ...]] | ProblemKind:
        category = self.dictionary.category(item.category)
        said = [self._one(item, category, text) for text in (choice, free) if text]
        problem = next((one for one in said if isinstance(one, str)), None)
        if problem:
            return problem
        return said[0] if len(set(said)) == 1 else "two-answers"

    def _one(self, item: Item, category: Category, text: str) -> tuple[Verdict, tuple[str, ...]] | ProblemKind:
        """What a choice or a free code says."""
        if text in self.verdicts:
            verdict = self.verdicts[text]
            return "not-an-answer" if verdict == "reject" and not item.options else (verdict, ())
        for option in item.options:
            if _plain(option.label) == _plain(text):
                return "match", option.codes
        codes = _codes(text[:_MAX_CHOICE], category)
        if codes is None:
            return "unknown-code" if any(one.isdigit() for one in text) else "not-an-answer"
        if any(category.concepts[code].status == "retired" for code in codes):
            return "retired-code"
        return "match", codes

    def _text(self, number: int, column: str) -> str:
        return cell_text(self.sheet.cell(number, self.columns[column])).strip()

    def _wrong(self, kind: ProblemKind, row: int) -> None:
        self.problems.append(Problem(kind, self.file, row))


def _codes(text: str, category: Category) -> tuple[str, ...] | None:
    """The codes that a free answer names: codes, names, or code and name; several with `;` or `+` between them."""
    whole = _code(text, category)
    if whole:
        return (whole,)
    parts = [part for part in _BETWEEN_CODES.split(text) if part]
    found = [_code(part, category) for part in parts]
    known = [code for code in found if code]
    return tuple(dict.fromkeys(known)) if known and len(known) == len(found) else None


def _code(text: str, category: Category) -> str | None:
    stripped = text.strip()
    first, _space, rest = stripped.partition(" ")
    if stripped in category.concepts:
        return stripped
    if first in category.concepts and rest.strip() == category.concepts[first].name:
        return first
    named = list(_named(stripped, category))
    return named[0] if len(named) == 1 else None


def _named(name: str, category: Category) -> Iterator[str]:
    return (one.code for one in category.concepts.values() if name in (one.name, one.name_en))


def _plain(text: str) -> str:
    """Text without what programs change on their way through: line ends and spaces at the ends of lines."""
    return " ".join(text.replace("_x000D_", "\r").split())


def _day(value: CellValue) -> str:
    """A cell as ISO 8601 where it is a date, else its text."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    text = cell_text(value).strip()
    match = re.fullmatch(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", text)
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else text
