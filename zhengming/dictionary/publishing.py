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
from zhengming.files import DISK, System, make_folder, write_bytes
from zhengming.findings import Finding
from zhengming.transactions import LOCKED, alone

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
        return _Publication(root, order, system).run(check)


class _Publication:
    """A source on its way to a release, under its lock."""

    def __init__(self, root: Path, order: Order, system: System) -> None:
        self.root = root
        self.order = order
        self.system = system
        self.dictionary = source.load(root)
        self.entries = history.read(root / history.NAME)
        self.log = local.log_of(self.dictionary.id, order.kept)
        self.path = local.file_of(self.log, self.dictionary.id, self.dictionary.version)

    def run(self, check: Callable[[Path], list[Finding]]) -> Made:
        there = history.find(self.entries, self.dictionary.id, self.dictionary.version)
        if there and there.sha256 == self.dictionary.sha256:
            self._keep(there)
            return Made(there, self.path, new=False)
        _check_source(self.root, check)
        found: tuple[Reason, ...] = ()
        step = "first"
        if self.entries:
            found = tuple(self._reasons(self.entries[-1]))
            step = steps.needed(found)
            _check_step(self.entries[-1].version, self.dictionary.version, found, str(self.root / LOCKED))
        elif not steps.numbers(self.dictionary.version):
            where = str(self.root / LOCKED)
            raise DictionaryError("a version has three numbers", where=where, remedy="write it as 1.0.0")
        self._build()
        entry = self._entry(step)
        self.entries.append(entry)
        write_bytes(self.root / history.NAME, history.dumped(self.entries), system=self.system)
        self._keep(entry)
        return Made(entry, self.path, found)

    def _reasons(self, before: Entry) -> list[Reason]:
        if self.dictionary.id != before.id:
            raise DictionaryError(f"the log is about {before.id}, not {self.dictionary.id}", where=str(self.root))
        path = self.order.previous or local.find(before.id, before.version, self.order.kept)
        old = store.load(path)
        if old.sha256 != before.sha256:
            raise DictionaryError(f"is not the release {before.version} that the log names", where=str(path))
        return steps.reasons(old, self.dictionary)

    def _build(self) -> None:
        make_folder(self.path.parent)
        release.build(self.root, self.path, system=self.system)
        if os.name == "posix":  # elsewhere a file marked so could not be replaced or removed
            self.path.chmod(READABLE)

    def _keep(self, entry: Entry) -> None:
        """See to it that the store has the release and the line."""
        if not self.path.exists():
            self._build()
        if history.measured(self.path)[0] != entry.file_sha256:
            raise DictionaryError(
                "is not the file that the log names", where=str(self.path), remedy="zm dict verify tells where"
            )
        known = history.read(self.log)
        if known[: len(self.entries)] != self.entries:
            write_bytes(self.log, history.dumped(self.entries), system=self.system)

    def _entry(self, step: str) -> Entry:
        whole, size, blocks = history.measured(self.path)
        concepts, terms = store.Store(self.path).counts()
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
