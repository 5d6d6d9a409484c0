"""Decisions: what reviewers said of raw values, kept as an append-only log.

The log is a CSV file (UTF-8, LF) that people may read and git may merge, one decision a line, never changed:

    text,category,sender,verdict,codes,rejected,reviewer,time,dictionary,comment

`text` is the value as it stood in the cell, `sender` empty when the decision is about everybody's files. `codes` and
`rejected` hold several codes joined by `##`. `time` is ISO 8601, a date or a date and time, without an offset in UTC.
`dictionary` says against which release it was decided: `id@version` and the first digits of its SHA-256, or nothing.

What holds of a log is not its last line: two reviewers who disagree have decided nothing (`rulings`).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from zhengming.dictionary.folding import fold
from zhengming.errors import UnreadableFile, UsageError
from zhengming.files import locked, opened, write_bytes
from zhengming.tables.written_text import runs

if TYPE_CHECKING:
    from zhengming.dictionary.model import Dictionary

Verdict = Literal["match", "no-match", "reject", "new-concept"]

COLUMNS = ("text", "category", "sender", "verdict", "codes", "rejected", "reviewer", "time", "dictionary", "comment")
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
SEPARATOR = "##"
HASH_DIGITS = 12  # of the release's SHA-256, kept with a decision

_RELEASE = re.compile(r"(?P<id>.+)@(?P<version>\S+) [0-9a-f]{8,64}")
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$')


@dataclass(frozen=True, slots=True)
class Decision:
    r"""What one reviewer said of one raw value.

    `verdict` is `match` (the text names `codes`), `no-match` (no concept of the category), `reject` (not `rejected`,
    and no more is said) or `new-concept` (a concept that is missing; `comment` may say which). With every verdict
    `rejected` holds the codes the reviewer turned down.

    >>> one = Decision("法四", "disease", "match", "li", "2026-11-25", codes=("D0108",))
    >>> one.problem
    ''
    >>> Decision("法四", "disease", "match", "li", "yesterday").problem
    'a match names no code'
    """

    text: str
    category: str
    verdict: Verdict
    reviewer: str
    time: str
    sender: str = ""
    codes: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    dictionary: str = ""
    comment: str = ""

    @property
    def key(self) -> str:
        """The folded text: decisions with equal keys are about the same value."""
        return folded(self.text)

    @property
    def instant(self) -> dt.datetime:
        """When it was decided."""
        return _instant(self.time)

    @property
    def dictionary_id(self) -> str:
        """The id of the dictionary it was decided against; empty when it does not say."""
        release = _RELEASE.fullmatch(self.dictionary)
        return release["id"] if release else ""

    @property
    def problem(self) -> str:
        """What is malformed about it, in words without any value; empty when nothing is."""
        return next(_problems(self), "")


def read(path: str | Path) -> list[Decision]:
    """The decisions of the log at `path`, in its order. Columns may stand in any order, a BOM may stand before them.

    Raises:
        UnreadableFile: it cannot be read, is not UTF-8, lacks a column, or a decision in it is malformed; the message
            names the line, and never quotes a value.
    """
    with opened(path) as handle:
        data = handle.read()
    return list(_parsed(data, str(path)))


def append(path: str | Path, decisions: Sequence[Decision]) -> int:
    """Add `decisions` to the log at `path`, which is made if it is missing; gives how many were added.

    All of them are added or none; what is there is kept byte for byte. Several processes may append at once: each
    waits for the others. A decision that stands there already, equal in every column, is not added again.

    Raises:
        UsageError: a decision is malformed; nothing was written.
        UnreadableFile: the file there is no log.
        UnwritableFile: it cannot be written; the log is as it was.
    """
    for number, one in enumerate(decisions, 1):
        if one.problem:
            raise UsageError(f"{one.problem}; nothing was written", where=f"{path}: decision {number} of the new ones")
    target = Path(path)
    with locked(target):
        old = b""
        if target.exists():
            with opened(target) as handle:
                old = handle.read()
        known = set(_parsed(old, str(path))) if old else set()
        if old and old.decode("utf-8-sig").splitlines()[0].split(",") != list(COLUMNS):
            raise UnreadableFile("has its columns in another order", where=str(path), remedy=_HEADER_REMEDY)
        new = [one for one in dict.fromkeys(decisions) if one not in known]
        if new or not old:
            header = "" if old else ",".join(COLUMNS) + "\n"
            glue = "\n" if old and not old.endswith(b"\n") else ""
            write_bytes(target, old + "".join([header, glue, *map(line_of, new)]).encode())
    return len(new)


def folded(text: str) -> str:
    """The text by which values are equal here: folded, without white space at its ends; punctuation counts.

    >>> folded(" ＶＳＤ ") == folded("vsd"), folded("VSD？") == folded("VSD")
    (True, False)
    """
    return fold(text).strip()


def release_stamp(dictionary: Dictionary) -> str:
    """What a decision's column `dictionary` says of the dictionary it was decided against."""
    return f"{dictionary.id}@{dictionary.version} {dictionary.sha256[:HASH_DIGITS]}"


_HEADER_REMEDY = f"the first line must be {','.join(COLUMNS)}"


def _parsed(data: bytes, where: str) -> Iterator[Decision]:
    try:
        lines = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        header = [name.strip() for name in next(lines, [])]
        missing = [name for name in COLUMNS if name not in header]
        if missing:
            raise UnreadableFile(f"lacks the column {', '.join(missing)}", where=where, remedy=_HEADER_REMEDY)
        places = [header.index(name) for name in COLUMNS]
        for row in lines:
            if not any(row):
                continue
            line = f"{where}, line {lines.line_num}"
            if len(row) != len(header):
                raise UnreadableFile(
                    f"has {len(row)} cells, the first line {len(header)}", where=line, remedy="quote cells with commas"
                )
            one = _decision([row[place] for place in places])
            if one.problem:
                raise UnreadableFile(one.problem, where=line, remedy="correct the line, see docs/decisions.md")
            yield one
    except UnicodeDecodeError:
        raise UnreadableFile("is not UTF-8", where=where, remedy="save it as CSV UTF-8") from None
    except csv.Error:
        raise UnreadableFile("is not a CSV file", where=where, remedy="check its quotes") from None


def _decision(cells: Sequence[str]) -> Decision:
    plain = [cell[1:] if cell[:1] == "'" and _would_run(cell) else cell for cell in cells]
    text, category, sender, verdict, codes, rejected, reviewer, time, dictionary, comment = plain
    said: Verdict = verdict  # type: ignore[assignment]  # checked by `problem`
    return Decision(text, category, said, reviewer, time, sender, _split(codes), _split(rejected), dictionary, comment)


def _row(one: Decision) -> tuple[str, ...]:
    codes, rejected = SEPARATOR.join(one.codes), SEPARATOR.join(one.rejected)
    return (
        one.text,
        one.category,
        one.sender,
        one.verdict,
        codes,
        rejected,
        one.reviewer,
        one.time,
        one.dictionary,
        one.comment,
    )


def line_of(one: Decision) -> str:
    """The line of the log that holds a decision."""
    return ",".join(_cell(f"'{cell}" if _would_run(cell) else cell) for cell in _row(one)) + "\n"


def _would_run(cell: str) -> bool:
    """Whether a spreadsheet would run the cell, apostrophes in front of it left out; such a cell gets one more."""
    return runs(cell.lstrip("'"))


def _cell(text: str) -> str:
    """A cell of the log. A lone carriage return is quoted too, which the csv module leaves bare."""
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(SEPARATOR)) if cell.strip() else ()


def _problems(one: Decision) -> Iterator[str]:
    for name, text in (("text", one.text), ("category", one.category), ("reviewer", one.reviewer)):
        if not text.strip():
            yield f"the {name} is empty"
    if one.text.strip() and not one.key:
        yield "the text has nothing visible"
    if any("\ud800" <= character <= "\udfff" for cell in _row(one) for character in cell):
        yield "a cell has half a character"
    yield from _problems_of_codes(one)
    try:
        _instant(one.time)
    except ValueError:
        yield "the time is not ISO 8601"
    if one.dictionary and not _RELEASE.fullmatch(one.dictionary):
        yield "the dictionary is not written as id@version and digits of its SHA-256"


def _problems_of_codes(one: Decision) -> Iterator[str]:
    if one.verdict not in VERDICTS:
        yield f"the verdict is none of {', '.join(VERDICTS)}"
    if one.verdict == "match" and not one.codes:
        yield "a match names no code"
    if one.verdict != "match" and one.codes:
        yield "only a match names codes"
    if one.verdict == "reject" and not one.rejected:
        yield "a reject names no rejected code"
    both = (*one.codes, *one.rejected)
    if any(not code or code != code.strip() or SEPARATOR in code for code in both):
        yield "a code is empty or malformed"
    if len(set(both)) < len(both):
        yield "a code is named twice"


def _instant(time: str) -> dt.datetime:
    read = dt.datetime.fromisoformat(time)
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)
