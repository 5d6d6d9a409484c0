"""One cleaned file, masked by a profile: the columns that may go out, what was done to each, and who is a child.

Whatever leaves is under the title of its field; a running number takes the place of the row's place in the file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, cast

from zhengming.dictionary.model import Dictionary
from zhengming.errors import UsageError
from zhengming.masking import ACTIONS
from zhengming.masking.actions import Cells, Out, Tools
from zhengming.masking.anonymity import Suppressed, suppress
from zhengming.masking.profiles import Profile
from zhengming.masking.pseudonyms import Key
from zhengming.masking.scrub import spellings
from zhengming.normalizers import resident_ids
from zhengming.results import CleanResult
from zhengming.schemas.spec import Privacy

MINOR = 14  # years: the personal data of a child under 14 are sensitive (PIPL of China, article 28)
YES, NO, UNKNOWN = "yes", "no", "unknown"
PRIVACY: tuple[Privacy, ...] = ("direct", "quasi", "sensitive", "free_text", "none")
_PLACES = frozenset({"source_sheet", "source_row"})


@dataclass(frozen=True, slots=True)
class Treated:
    """What became of one column: its privacy class, the action, cells that held something before and after."""

    name: str
    privacy: Privacy
    action: str
    before: int
    after: int
    known: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a masking besides the profile.

    `on` is the day at which ages are told for the under-14 flag. `k` and `quasi` ask for k-anonymity over these
    fields; `quasi` empty: over every quasi-identifier that is left. `unknown` gives privacy classes to columns that
    the table spec does not know, by header.
    """

    key: Key | None = None
    on: dt.date | None = None
    k: int | None = None
    quasi: Sequence[str] = ()
    unknown: Mapping[str, Privacy] = field(default_factory=dict)


@dataclass(frozen=True)
class Masked:
    """A table fit to be passed on: `columns` by field name, the titles of fields, and what was done.

    `minors` counts the rows by whether the child is under 14, unknown ones apart. `anonymity` is None if not asked.
    """

    columns: Mapping[str, Sequence[Out]]
    treated: Sequence[Treated]
    rows: int
    minors: Mapping[str, int] = field(default_factory=dict)
    anonymity: Suppressed | None = None
    quasi: Sequence[str] = ()


def mask(result: CleanResult, profile: Profile, dictionary: Dictionary, asked: Asked) -> Masked:
    """The table of a cleaned file as the profile lets it out.

    Raises:
        UsageError: pseudonyms without a key, or a column that is not there.
    """
    sources = _sources(result)
    strange = [name for name in asked.unknown if name not in sources or sources[name].known]
    if strange:
        raise UsageError(
            f"{len(strange)} of the columns given a class are not there, or are fields of the table spec",
            remedy="name columns by their header, as the file writes it",
        )
    tools = Tools(dictionary, asked.key)
    everybody = frozenset(
        name
        for one in sources.values()
        if one.cells.kind == "person_name"
        for text in one.everything()
        for name in spellings(str(text or ""))
    )
    columns: dict[str, Sequence[Out]] = {}
    treated = []
    for name, one in sources.items():
        privacy = asked.unknown.get(name, one.privacy)
        action = profile.rule(name if one.known else "", one.cells.kind, one.category, privacy)
        made = _action(action)(_with(one.cells, everybody), tools)
        if made is not None:
            columns[name] = made
        after = sum(cell is not None for cell in made or ())
        treated.append(Treated(name, privacy, action, sum(bool(text) for text in one.cells.raw), after, one.known))
    minors: dict[str, int] = {}
    if asked.on is not None:
        flags = _minors(result, asked.on)
        columns["under_14"] = flags
        minors = {answer: flags.count(answer) for answer in (YES, NO, UNKNOWN)}
    return _anonymous(Masked(columns, treated, result.data.height, minors), profile, asked)


def under(birth: dt.date, on: dt.date, years: int = MINOR) -> bool:
    """Whether who was born on `birth` is under `years` on the day `on`; the birthday itself still counts as under.

    That an age is reached on the day after the birthday is how Chinese criminal courts count; it is the safer reading.

    >>> under(dt.date(2010, 5, 1), dt.date(2024, 5, 1)), under(dt.date(2010, 5, 1), dt.date(2024, 5, 2))
    (True, False)
    """
    return (on.year - birth.year, (on.month, on.day)) <= (years, (birth.month, birth.day))


@dataclass(frozen=True)
class _Source:
    """One column of the cleaned table before it is masked."""

    cells: Cells
    privacy: Privacy
    category: str | None
    known: bool

    def everything(self) -> Sequence[object]:
        """Typed values and raw texts."""
        return [*self.cells.values, *self.cells.raw]


def _sources(result: CleanResult) -> dict[str, _Source]:
    """The columns of the table: fields by name, then whatever else the sender has by its header."""
    data, found = result.data, {}
    taken = set(_PLACES)
    for one in result.spec.fields:
        taken |= {column for column in data.columns if column in (*one.columns, f"{one.name}_raw")}
        if one.category:
            taken |= {column for column in data.columns if column.startswith(f"{one.name}_")}
        values = data[one.name].to_list()
        raw = data[f"{one.name}_raw"].to_list() if f"{one.name}_raw" in data.columns else values
        if not any(text is not None for text in raw):
            continue
        if one.category:
            # The codes of a cell that a person must still look at are not complete.
            settled = [status == "accepted" for status in data[f"{one.name}_status"].to_list()]
            codes, names = (
                [text if whole else None for text, whole in zip(data[column].to_list(), settled, strict=True)]
                for column in (f"{one.name}_codes", f"{one.name}_names")
            )
            cells = Cells("coded", values, [_text(cell) for cell in values], codes, names)
        else:
            cells = Cells(one.kind, values, [_text(cell) for cell in raw])
        found[one.name] = _Source(cells, one.privacy, one.category, known=True)
    for column in data.columns:
        if column not in taken and any(text is not None for text in data[column]):
            texts = data[column].to_list()
            found[column] = _Source(Cells("text", texts, [_text(cell) for cell in texts]), "direct", None, known=False)
    return found


def _with(cells: Cells, everybody: frozenset[str]) -> Cells:
    return Cells(cells.kind, cells.values, cells.raw, cells.codes, cells.names, everybody)


def _text(cell: object) -> str | None:
    return None if cell is None else str(cell)


def _action(name: str) -> Any:
    module, _, function = ACTIONS[name].partition(":")
    return getattr(import_module(module), function)


def _minors(result: CleanResult, on: dt.date) -> list[str]:
    """Of each row whether the child is under 14: by the date of birth, else by the identity number.

    Which fields these are is told by the spec's check that a number contains a date of birth.
    """
    data, nothing = result.data, [None] * result.data.height
    pair = next((check.fields for check in result.spec.checks if check.check == "id-has-birth-date"), ())
    numbers, dates = (data[name].to_list() if name in data.columns else nothing for name in pair or ("", ""))
    answers = []
    for birth, number in zip(dates, numbers, strict=True):
        born = birth if birth is not None else resident_ids.birth_date(number) if number else None
        answers.append(UNKNOWN if born is None else YES if under(born, on) else NO)
    return answers


def _anonymous(masked: Masked, profile: Profile, asked: Asked) -> Masked:
    """The table with rare combinations suppressed, if the profile or the caller asks for it."""
    k = profile.k if asked.k is None else asked.k
    missing = [name for name in asked.quasi if name not in masked.columns]
    if missing:
        there = ", ".join(one.name for one in masked.treated if one.known and one.name in masked.columns)
        raise UsageError(f"no column {', '.join(missing)} is left to count", remedy=f"there are {there}")
    left = [one.name for one in masked.treated if one.privacy == "quasi" and one.name in masked.columns]
    chosen = list(asked.quasi) or left
    if not k or not chosen or not masked.rows:
        return masked
    rows = list(zip(*(masked.columns[name] for name in chosen), strict=True))
    done = suppress(rows, k)
    columns = dict(masked.columns)
    for position, name in enumerate(chosen):
        columns[name] = cast(Sequence[Out], [row[position] for row in done.rows])
    return Masked(columns, masked.treated, masked.rows, masked.minors, done, chosen)
