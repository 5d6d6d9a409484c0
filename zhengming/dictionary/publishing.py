"""Making a release: the source is checked, its version must be the right step, then it is frozen and noted in the log.

The file goes into the store first, then the line into the log of the source: with that the release is made. A crash
before it leaves a file that no log names, which the next attempt writes again; after it, the next attempt only puts
the line into the store's log as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from zhengming.dictionary import history, local, release, source, steps, store
from zhengming.dictionary.history import Entry
from zhengming.dictionary.lint.form import is_day
from zhengming.dictionary.signing import Signer
from zhengming.dictionary.steps import Reason
from zhengming.errors import DictionaryError, UsageError
from zhengming.files import DISK, System, locked, make_folder, move, write_bytes
from zhengming.findings import Finding
from zhengming.transactions import LOCKED, alone

_DRAFT = ".zm-draft.sqlite"  # a release before its version is found right
READABLE = 0o444  # a release is not changed any more


@dataclass(frozen=True, slots=True)
class Made:
    """A release that was made, or (not `new`) was there already: its entry and file, and why its version is right."""

    entry: Entry
    path: Path
    reasons: tuple[Reason, ...] = ()
    new: bool = True


class WrongStep(DictionaryError):
    """The version of the source is not a step that its changes ask for."""

    def __init__(self, what: str, *, where: str, remedy: str, reasons: Sequence[Reason]) -> None:
        """Keep the reasons, so that they can be told in the reader's language."""
        self.reasons = tuple(reasons)
        super().__init__(what, where=where, remedy=remedy)


@dataclass(frozen=True, slots=True)
class Order:
    """What the one who releases says: the day (ISO 8601), what is new in words, and with which key it is signed.

    `previous` is the file of the release before, if it is not in the store; `kept` the folder of the store, if it is
    not the usual one.
    """

    date: str
    summary: str = ""
    signer: Signer | None = None
    previous: Path | None = None
    kept: Path | None = None


def publish(root: Path, order: Order, *, check: Callable[[Path], list[Finding]], system: System = DISK) -> Made:
    """Release the source folder `root` at the version its `dictionary.toml` states; `check` is the linter.

    Raises:
        WrongStep: the version is not the right step; it tells which is, and why.
        DictionaryError: the linter finds errors, the log is damaged, or the release before is not to be had.
        UnwritableFile: the store or the log cannot be written; nothing was released.
    """
    _check_day(order.date)
    with alone(root, system=system):
        publication = _Publication(root, order, system)
        make_folder(publication.log.parent)
        with locked(publication.log):
            return publication.run(check)


class _Publication:
    """A source on its way to a release, under its lock and that of the store's log."""

    def __init__(self, root: Path, order: Order, system: System) -> None:
        self.root = root
        self.order = order
        self.system = system
        self.dictionary = source.load(root)
        self.entries = history.read(root / history.NAME)
        self.log = local.log_of(self.dictionary.id, order.kept)
        self.path = local.file_of(self.log, self.dictionary.id, self.dictionary.version)
        self.draft = self.path.with_name(_DRAFT)

    def run(self, check: Callable[[Path], list[Finding]]) -> Made:
        self._check_history()
        there = history.find(self.entries, self.dictionary.id, self.dictionary.version)
        if there and there.sha256 == self.dictionary.sha256:
            if not self.path.exists():
                self._build()
                self._place()
            self._note(there)
            return Made(there, self.path, new=False)
        if not steps.numbers(self.dictionary.version):
            where = str(self.root / LOCKED)
            raise DictionaryError("a version has three numbers", where=where, remedy="write it as 1.0.0")
        _check_source(self.root, check)
        self._build()
        try:
            found = self._checked_step()
            entry = self._entry(steps.needed(found) if self.entries else "first")
            self._place()
        finally:
            self.draft.unlink(missing_ok=True)
        self.entries.append(entry)
        write_bytes(self.root / history.NAME, history.dumped(self.entries), system=self.system)
        self._note(entry)
        return Made(entry, self.path, found)

    def _check_history(self) -> None:
        """The store may know less than the log of the source, after a crash or on another machine, but nothing else.

        Raises:
            DictionaryError: it knows a release that the source does not.
        """
        known = history.read(self.log)
        if known != self.entries[: len(known)]:
            raise DictionaryError(
                f"lacks a release that this machine keeps ({known[-1].version} is the last)",
                where=str(self.root / history.NAME),
                remedy="bring the source up to date; two releases cannot follow the same one",
            )

    def _checked_step(self) -> tuple[Reason, ...]:
        """Why the version is what it is; both releases are read from their files, concept by concept."""
        if not self.entries:
            return ()
        before = self.entries[-1]
        found = tuple(self._reasons(before))
        _check_step(before.version, self.dictionary.version, found, str(self.root / LOCKED))
        return found

    def _reasons(self, before: Entry) -> list[Reason]:
        if self.dictionary.id != before.id:
            raise DictionaryError(f"the log is about {before.id}, not {self.dictionary.id}", where=str(self.root))
        path = self.order.previous or local.find(before.id, before.version, self.order.kept)
        old = store.load(path)
        if old.sha256 != before.sha256:
            raise DictionaryError(f"is not the release {before.version} that the log names", where=str(path))
        return steps.reasons(old, store.Store(self.draft).dictionary())

    def _build(self) -> None:
        release.build(self.root, self.draft, system=self.system)

    def _place(self) -> None:
        if os.name == "posix":  # elsewhere a file marked so could not be replaced or removed
            self.draft.chmod(READABLE)
        move(self.draft, self.path, system=self.system)

    def _note(self, entry: Entry) -> None:
        """See to it that the store has the line, and the file that belongs to it."""
        if history.measured(self.path)[0] != entry.file_sha256:
            raise DictionaryError(
                "is not the file that the log names", where=str(self.path), remedy="zm dict verify tells where"
            )
        if history.read(self.log) != self.entries:
            write_bytes(self.log, history.dumped(self.entries), system=self.system)

    def _entry(self, step: str) -> Entry:
        whole, size, blocks = history.measured(self.draft)
        concepts, terms = store.Store(self.draft).counts()
        before, signer = self.entries[-1] if self.entries else None, self.order.signer
        entry = Entry(
            id=self.dictionary.id,
            version=self.dictionary.version,
            date=self.order.date,
            step=step,
            sha256=self.dictionary.sha256,
            file_sha256=whole,
            file_bytes=size,
            blocks=blocks,
            concepts=concepts,
            terms=terms,
            summary=self.order.summary,
            previous=before.head if before else "",
            key=signer.key if signer else "",
        )
        return (replace(entry, signature=signer.sign(entry.signed_part)) if signer else entry).sealed


def _check_day(date: str) -> None:
    if not is_day(date):
        raise UsageError("the date of a release is a day", remedy="write it as 2026-11-25")


def _check_source(root: Path, check: Callable[[Path], list[Finding]]) -> None:
    errors = [one for one in check(root) if one.severity == "error"]
    if errors:
        raise DictionaryError(
            f"the linter finds {len(errors)} errors, first {errors[0].code} in {errors[0].place}",
            where=str(root),
            remedy="zm dict lint lists them",
        )


def _check_step(old: str, new: str, found: Sequence[Reason], where: str) -> None:
    step = steps.needed(found)
    wanted = steps.next_version(old, step)
    if new not in {steps.next_version(old, one) for one in steps.STEPS[steps.STEPS.index(step) :]}:
        raise WrongStep(
            f"version {new} does not follow {old}: the changes ask for {wanted} ({step})",
            where=where,
            remedy=f'write version = "{wanted}"',
            reasons=found,
        )
