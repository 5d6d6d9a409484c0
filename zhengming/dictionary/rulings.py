"""Rulings: what holds of each raw value after all that reviewers said of it.

What holds of a log is not its last line: two reviewers who disagree have decided nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from zhengming.dictionary.decisions import Decision, folded, line_of, read


@dataclass(frozen=True, slots=True)
class Ruling:
    """What holds of one value of one sender (or of all, `sender` empty), agreed by its `reviewers`.

    `verdict` is `match`, `no-match`, `new-concept`, or empty: nothing but rejections. `disputed`: reviewers disagree,
    so that nothing is decided; `said` then has what each of them said last. `text`, `time`, `dictionary` and
    `comment` are those of the latest decision.
    """

    category: str
    sender: str
    text: str
    verdict: Literal["match", "no-match", "new-concept", ""]
    codes: tuple[str, ...]
    rejected: frozenset[str]
    reviewers: tuple[str, ...]
    time: str
    dictionary: str
    comment: str
    disputed: bool = False
    said: tuple[Decision, ...] = ()


class Decisions:
    """The effective state of a log: for each value the one ruling that holds.

    Of each reviewer the latest word counts (by time, then by place in the log). A `reject` takes back that reviewer's
    match with a rejected code and leaves another. When reviewers do not say the same the value is disputed: nothing is
    applied until they agree. A ruling about one sender's files goes before one about everybody's.

    >>> log = [
    ...     Decision("法四", "disease", "match", "li", "2026-11-25", codes=("D0108",)),
    ...     Decision("心脏病", "disease", "reject", "li", "2026-11-25", rejected=("D0001",)),
    ... ]
    >>> held = Decisions(log)
    >>> held.ruling("disease", "法四 ").codes, sorted(held.ruling("disease", "心脏病").rejected)
    (('D0108',), ['D0001'])
    >>> held.ruling("disease", "房缺") is None
    True
    """

    def __init__(self, log: Iterable[Decision] = ()) -> None:
        """Hold the decisions of `log`, in its order."""
        self.log = tuple(log)

    @staticmethod
    def read(path: str | Path) -> Decisions:
        """The decisions of the log at `path`.

        Raises:
            UnreadableFile: as for `read`.
        """
        return Decisions(read(path))

    @staticmethod
    def of(given: Decisions | str | Path | Iterable[Decision] | None) -> Decisions:
        """What was given as the decisions to apply: themselves, a log's path, single ones, or None for none.

        Raises:
            UnreadableFile: as for `read`.
        """
        if isinstance(given, Decisions):
            return given
        return Decisions.read(given) if isinstance(given, (str, Path)) else Decisions(given or ())

    def of_dictionary(self, identity: str) -> Decisions:
        """Those decided against the dictionary of this id, or that do not say against which: codes mean one there."""
        return Decisions(one for one in self.log if one.dictionary_id in ("", identity))

    def ruling(self, category: str, text: str, sender: str = "") -> Ruling | None:
        """What holds of the value `text` in files of `sender`; None when nobody decided."""
        return self.of_key(category, folded(text), sender)

    def of_key(self, category: str, key: str, sender: str = "") -> Ruling | None:
        """As `ruling`, for a text that is folded already.

        What is rejected for everybody is rejected for the sender too, unless the sender's ruling says that it matches.
        """
        general = self._rulings.get((category, "", key))
        own = self._rulings.get((category, sender, key)) if sender else None
        if own is None or general is None:
            return own or general
        if not (own.verdict or own.disputed):
            own = _adopting(own, general)
        rejected = (own.rejected | general.rejected) - set(own.codes)
        return replace(own, rejected=frozenset(rejected))

    def __iter__(self) -> Iterator[Ruling]:
        """Every ruling, disputed ones too, by category, sender and folded text."""
        return (ruling for _key, ruling in sorted(self._rulings.items()))

    def __len__(self) -> int:
        """How many rulings there are."""
        return len(self._rulings)

    def has(self, category: str) -> bool:
        """Whether any decision is about this category."""
        return any(found == category for found, _sender, _key in self._rulings)

    @property
    def conflicts(self) -> tuple[Ruling, ...]:
        """The rulings on which reviewers disagree."""
        return tuple(one for one in self if one.disputed)

    @cached_property
    def sha256(self) -> str:
        """Hex SHA-256 of the log as it would be written: what a result that used it depends on."""
        return hashlib.sha256("".join(line_of(one) for one in self.log).encode()).hexdigest()

    @cached_property
    def _rulings(self) -> dict[tuple[str, str, str], Ruling]:
        found: dict[tuple[str, str, str], list[Decision]] = {}
        for one in self.log:
            found.setdefault((one.category, one.sender, one.key), []).append(one)
        return {key: _ruled(said) for key, said in found.items()}


@dataclass(frozen=True, slots=True)
class _Word:
    """What one reviewer holds in the end."""

    last: Decision
    verdict: Literal["match", "no-match", "new-concept", ""]
    codes: tuple[str, ...]
    rejected: frozenset[str]


def _ruled(log: Sequence[Decision]) -> Ruling:
    ordered = sorted(log, key=lambda one: one.instant)  # stable: at the same time the later line is the later word
    by_reviewer: dict[str, list[Decision]] = {}
    for one in ordered:
        by_reviewer.setdefault(one.reviewer, []).append(one)
    words = [_word(said) for said in by_reviewer.values()]
    latest = ordered[-1]
    decided = [word for word in words if word.verdict]
    opinions = {(word.verdict, frozenset(word.codes)) for word in decided}
    matched = frozenset(code for word in decided for code in word.codes)
    rejected = frozenset(code for word in words for code in word.rejected)
    disputed = len(opinions) > 1 or bool(matched & rejected)
    speaker = max(decided, key=lambda word: word.last.instant) if decided else None
    settled = speaker if speaker and not disputed else None
    return Ruling(
        latest.category,
        latest.sender,
        latest.text,
        settled.verdict if settled else "",
        settled.codes if settled else (),
        rejected - matched,
        tuple(sorted(by_reviewer)),
        latest.time,
        latest.dictionary,
        settled.last.comment if settled else latest.comment,
        disputed,
        tuple(word.last for word in words) if disputed else (),
    )


def _word(said: Sequence[Decision]) -> _Word:
    """One reviewer's word after all they said, in order of time."""
    speaking = said[-1]
    verdict: Literal["match", "no-match", "new-concept", ""] = ""
    codes: tuple[str, ...] = ()
    rejected: set[str] = set()
    for one in said:
        rejected = (rejected | set(one.rejected)) - set(one.codes)
        if one.verdict != "reject":
            verdict, codes, speaking = one.verdict, one.codes, one
        elif set(codes) & set(one.rejected):
            verdict, codes, speaking = "", (), one
    return _Word(speaking, verdict, codes, frozenset(rejected))


def _adopting(own: Ruling, general: Ruling) -> Ruling:
    """The sender's ruling with the general verdict, where it only rejects; not with a code that it rejects."""
    if general.disputed:
        return replace(own, disputed=True, said=general.said)
    if set(general.codes) & own.rejected:
        return own
    return replace(own, verdict=general.verdict, codes=general.codes, comment=general.comment)
