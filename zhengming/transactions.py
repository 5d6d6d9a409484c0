"""Changes to several files of a dictionary's folder that appear all together or not at all, whoever else writes there.

Everyone who changes the folder holds its lock, reads again under it, and writes the new files beside the old ones. Then
the old ones are kept under another name, a journal says which they are, and the new ones take their places; the change
is done when the journal is gone. A crash or an error before that is undone from the journal: at once where the disk
still works, else by whoever opens the folder next. A program that does not know the lock (an editor, git) is met by
comparing: if a file is no longer what the change was made from, nothing is written, and the change is made again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from zhengming.errors import UnreadableFile, UnwritableFile
from zhengming.files import DISK, System, create_beside, locked, make_folder, sync_folder, unwritable, write_bytes

JOURNAL = ".zm-journal.json"
LOCKED = "dictionary.toml"  # the file whose lock is held; the lock is `.dictionary.toml.lock` beside it
ATTEMPTS = 10  # at making a change from files that others keep changing without the lock

_Result = TypeVar("_Result")


class Changes:
    """What a change reads and is going to write, by names relative to the folder."""

    def __init__(self, root: Path) -> None:
        """Nothing is read and nothing written yet."""
        self.root = root
        self.seen: dict[str, bytes | None] = {}
        self.new: dict[str, bytes] = {}

    def read(self, name: str) -> bytes | None:
        """The bytes of a file as the change has left it so far; None if there is no such file.

        Raises:
            UnreadableFile: it is there and cannot be read.
        """
        if name not in self.seen:
            self.seen[name] = _bytes(self.root / name)
        return self.new.get(name, self.seen[name])

    def write(self, name: str, data: bytes) -> None:
        """Make `data` the whole of a file when the change is done."""
        self.read(name)
        self.new[name] = data

    def stand(self) -> bool:
        """Whether every file that was read is still what it was."""
        return all(_bytes(self.root / name) == data for name, data in self.seen.items())


def update(root: Path, change: Callable[[Changes], _Result], *, system: System = DISK) -> _Result:
    """Do `change` on the files of `root` under its lock, and write what it wants written; gives what it gives.

    `change` may be called again if another program has changed the files meanwhile.

    Raises:
        UnwritableFile: a file cannot be written, or others keep changing the files; nothing was changed.
    """
    with alone(root, system=system):
        for _attempt in range(ATTEMPTS):
            changes = Changes(root)
            result = change(changes)
            if changes.stand():
                _commit(changes, system)
                return result
    raise UnwritableFile(
        "another program keeps changing the files",
        where=str(root),
        remedy="close it and try again; nothing was changed",
    )


@contextmanager
def alone(root: Path, *, system: System = DISK) -> Iterator[None]:
    """Hold the lock of `root`, with nothing half done in it.

    Raises:
        UnwritableFile: it cannot be locked, or what a crashed process has left cannot be undone.
    """
    with locked(root / LOCKED):
        _undo(root, system)
        yield


def settle(root: Path) -> None:
    """Undo what a crashed process has left half done in `root`, if it has.

    Raises:
        UnwritableFile: it has, and it cannot be undone.
    """
    if (root / JOURNAL).exists():
        with alone(root):
            pass


@dataclass(frozen=True, slots=True)
class _Step:
    """One file on its way: the new bytes wait at `new`, the old ones are kept at `old` (None: there was no file)."""

    target: Path
    new: Path
    old: Path | None


def _commit(changes: Changes, system: System) -> None:
    wanted = {name: data for name, data in changes.new.items() if data != changes.seen[name]}
    if len(wanted) < 2:  # a single file needs no journal
        for name, data in wanted.items():
            make_folder((changes.root / name).parent)
            write_bytes(changes.root / name, data, system=system)
        return
    steps: list[_Step] = []
    try:
        for name, data in wanted.items():
            steps.append(_staged(changes.root / name, data, kept=changes.seen[name], system=system))
        for folder in {step.target.parent for step in steps}:
            sync_folder(folder)
        _write_journal(changes.root, steps, system)
        for step in steps:
            system.replace(step.new, step.target)
        for folder in {step.target.parent for step in steps}:
            sync_folder(folder)
        system.remove(changes.root / JOURNAL)  # from here on it is done
    except OSError as error:
        with suppress(OSError, UnwritableFile):
            _undo(changes.root, system)
        raise unwritable(changes.root, error) from None
    finally:
        if not (changes.root / JOURNAL).exists():
            sync_folder(changes.root)
            _forget(steps)


def _staged(target: Path, data: bytes, *, kept: bytes | None, system: System) -> _Step:
    """The new bytes beside the target, safely on the disk, and the old ones under a second name."""
    real = target.resolve()
    real.parent.mkdir(parents=True, exist_ok=True)
    handle, new = create_beside(real, system)
    try:
        with handle:
            handle.write(data)
            system.sync(handle)
        old = None if kept is None else _kept(real, new.with_suffix(".old"), kept, system)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
    return _Step(real, new, old)


def _kept(target: Path, old: Path, data: bytes, system: System) -> Path:
    """The old file under a second name: a link, or a copy where the disk has no links."""
    try:
        old.unlink(missing_ok=True)  # of a crash long ago
        system.link(target, old)
    except OSError:
        with system.create(old) as handle:
            handle.write(data)
            system.sync(handle)
    return old


def _write_journal(root: Path, steps: list[_Step], system: System) -> None:
    noted = [[str(step.target), str(step.new), str(step.old or "")] for step in steps]
    try:
        write_bytes(root / JOURNAL, json.dumps(noted).encode(), system=system)
    except UnwritableFile as error:
        raise OSError(error.what) from error


def _undo(root: Path, system: System) -> None:
    """Put the old files back if there is a journal; it goes last."""
    journal = root / JOURNAL
    noted = _bytes(journal)
    if noted is None:
        return
    steps = [_Step(Path(target), Path(new), Path(old) if old else None) for target, new, old in json.loads(noted)]
    try:
        for step in steps:
            if step.old is None:
                step.target.unlink(missing_ok=True)
            elif step.old.exists():
                system.replace(step.old, step.target)
        for folder in {step.target.parent for step in steps}:
            sync_folder(folder)
        system.remove(journal)
    except OSError as error:
        raise unwritable(root, error) from None
    sync_folder(root)
    _forget(steps)


def _forget(steps: list[_Step]) -> None:
    for step in steps:
        for path in (step.new, step.old):
            if path is not None:
                with suppress(OSError):
                    path.unlink(missing_ok=True)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnreadableFile("could not be read", where=str(path), remedy=error.strerror or "check the disk") from None
