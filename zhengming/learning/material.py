"""Material: reviewed texts and the names they were given, from a table of decisions or from the project's own log."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zhengming.dictionary import decisions as log
from zhengming.dictionary.model import Category, Dictionary
from zhengming.dictionary.rulings import Decisions
from zhengming.dictionary.succession import successors
from zhengming.errors import UnreadableFile, UsageError
from zhengming.files import opened
from zhengming.learning.texts import plain

LEAST = 50  # reviewed texts below which nothing is learned


@dataclass(frozen=True)
class Material:
    """Reviewed texts, each once, with the codes each was given (none: it names nothing of the category).

    `left_out` counts codes and names that the category does not have, `disputed` values on which reviewers disagree.
    """

    category: str
    texts: tuple[str, ...] = field(repr=False)
    codes: tuple[tuple[str, ...], ...]
    left_out: int = 0
    disputed: int = 0

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the texts and codes: what a model trained on them depends on."""
        lines = (f"{text}\0{'##'.join(codes)}\n" for text, codes in zip(self.texts, self.codes, strict=True))
        return hashlib.sha256("".join([self.category + "\n", *lines]).encode()).hexdigest()

    def demand_enough(self, where: str = "") -> None:
        """Refuse what is too little to learn from.

        Raises:
            UsageError: fewer than `LEAST` texts name anything of the category.
        """
        named = sum(bool(given) for given in self.codes)
        if named < LEAST:
            raise UsageError(
                f"{named} reviewed texts that name something are too few to learn from",
                where=where,
                remedy=f"at least {LEAST} are needed; some thousand make a good model",
            )

    def part(self, places: Iterable[int]) -> Material:
        """Only the texts at these places."""
        kept = list(places)
        return Material(self.category, tuple(self.texts[one] for one in kept), tuple(self.codes[one] for one in kept))

    def carried(self, category: Category) -> Material:
        """The same texts with the codes that stand for theirs in `category` now; split or lost ones are left out."""
        carried, lost = [], 0
        for codes in self.codes:
            now = [successors(category.concepts, code) for code in codes]
            lost += sum(len(one) != 1 for one in now)
            carried.append(tuple(dict.fromkeys(one[0] for one in now if len(one) == 1)))
        kept = [place for place, codes in enumerate(carried) if codes or not self.codes[place]]
        return Material(
            category.name, tuple(self.texts[one] for one in kept), tuple(carried[one] for one in kept), lost
        )


def read(path: str | Path, dictionary: Dictionary, category: str) -> Material:
    """The reviewed texts of the table at `path`.

    It is a CSV file with the columns `text` and `codes` or `names`, several joined by `##`; of equal texts the last
    counts, by `time` if there is that column. A log of decisions is read as what holds of it.

    Raises:
        UnreadableFile: it cannot be read as UTF-8, or is no table of decisions.
        UsageError: there is too little in it to learn from.
        UnknownCode: the dictionary has no such category.
    """
    concepts = dictionary.category(category)
    with opened(path) as handle:
        data = handle.read()
    try:
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        columns = set(rows.fieldnames or ())
        if set(log.COLUMNS) <= columns:
            found = of_log(Decisions.read(path).of_dictionary(dictionary.id), concepts)
        elif "text" in columns and columns & {"codes", "names"}:
            found = _of_table(list(rows), concepts)
        else:
            raise UnreadableFile("lacks a column", where=str(path), remedy="decisions have text, and codes or names")
    except (UnicodeDecodeError, csv.Error):
        raise UnreadableFile("is no CSV file in UTF-8", where=str(path), remedy="save it as CSV UTF-8") from None
    found.demand_enough(str(path))
    return found


def of_log(decisions: Decisions, category: Category) -> Material:
    """What holds of a log about one category; what reviewers disagree on is only counted."""
    held = [one for one in decisions if one.category == category.name]
    agreed = [one for one in held if not one.disputed and one.verdict in ("match", "no-match")]
    known = _Names(category)
    rows = ((one.text, known.codes(one.codes)) for one in agreed)
    return _material(category.name, rows, known, sum(one.disputed for one in held))


def _of_table(rows: Sequence[Mapping[str, str | None]], category: Category) -> Material:
    if rows and "time" in rows[0]:
        rows = sorted(rows, key=lambda row: row.get("time") or "")
    if rows and "category" in rows[0]:
        rows = [row for row in rows if (row.get("category") or category.name) == category.name]
    known = _Names(category)
    given = (
        (row.get("text") or "", known.codes((row.get("codes") or row.get("names") or "").split(log.SEPARATOR)))
        for row in rows
    )
    return _material(category.name, given, known, 0)


class _Names:
    """Codes of a category by code or name; counts what it does not have."""

    def __init__(self, category: Category) -> None:
        self._concepts = category.concepts
        self._named: dict[str, str] = {}
        for concept in category.concepts.values():
            if concept.status != "retired":
                self._named.setdefault(concept.name, concept.code)
        self.missing = 0

    def codes(self, cells: Iterable[str]) -> tuple[str, ...] | None:
        """The codes in use; None when something was said and none of it is known."""
        wanted = [cell.strip() for cell in cells if cell.strip()]
        found: dict[str, None] = {}
        for cell in wanted:
            code = cell if cell in self._concepts else self._named.get(cell)
            now = successors(self._concepts, code) if code else ()
            self.missing += len(now) != 1
            if len(now) == 1:
                found[now[0]] = None
        return None if wanted and not found else tuple(found)


def _material(
    category: str, rows: Iterable[tuple[str, tuple[str, ...] | None]], known: _Names, disputed: int
) -> Material:
    last = {text: codes for text, codes in _keyed(rows)}
    texts, codes = tuple(text for text, _codes in last.values()), tuple(codes for _text, codes in last.values())
    return Material(category, texts, codes, known.missing, disputed)


def _keyed(rows: Iterable[tuple[str, tuple[str, ...] | None]]) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    for text, codes in rows:
        if codes is not None and plain(text):
            yield plain(text), (text.strip(), codes)


def frequent(codes: Iterable[Sequence[str]]) -> Counter[str]:
    """How often each code was given."""
    return Counter(code for one in codes for code in one)
