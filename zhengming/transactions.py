"""Changes to several files of a dictionary's folder that appear all together or not at all, whoever else writes there.

Everyone who changes the folder holds its lock, reads again under it, and writes the new files beside the old ones. Then
the old ones are kept under another name, a journal says which they are, and the new ones take their places; the change
is done when the journal is gone. A crash or an error before that is undone from the journal: at once where the disk
still works, else by whoever opens the folder next. A program that does not know the lock (an editor, git) is met by
comparing: if a file is no longer what the change was made from, nothing is written, and the change is made again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from zhengming.errors import UnreadableFile, UnwritableFile
from zhengming.files import DISK, System, create_beside, locked, make_folder, sync_folder, unwritable, write_bytes

JOURNAL = ".zm-journal.json"
LOCKED = "dictionary.toml"  # the file whose lock is held; the lock is `.dictionary.toml.lock` beside it
_BESIDE = ".zm-"  # how the names of files that wait beside others begin
_KEPT = ".old"
_WAITING = re.compile(r"\.zm-[0-9]+-[0-9]+\.(?:tmp|old)")
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
            if changes.stand() and _commit(changes, system):
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

    name: str
    target: Path
    new: Path
    old: Path | None


def _commit(changes: Changes, system: System) -> bool:
    """Write what is wanted; False if a file has changed meanwhile, and nothing was written."""
    wanted = {name: data for name, data in changes.new.items() if data != changes.seen[name]}
    if len(wanted) < 2:  # a single file needs no journal
        for name, data in wanted.items():
            make_folder((changes.root / name).parent)
            write_bytes(changes.root / name, data, system=system)
        return True
    return _commit_several(changes, wanted, system)


def _commit_several(changes: Changes, wanted: Mapping[str, bytes], system: System) -> bool:
    steps: list[_Step] = []
    try:
        _clear({(changes.root / name).resolve().parent for name in wanted})
        for name, data in wanted.items():
            steps.append(_staged(changes.root, name, data, kept=changes.seen[name], system=system))
        if not changes.stand():
            return False
        folders = {step.target.parent for step in steps}
        for folder in folders:
            sync_folder(folder)
        _write_journal(changes.root, steps, system)
        for step in steps:
            system.replace(step.new, step.target)
        for folder in folders:
            sync_folder(folder)
        system.remove(changes.root / JOURNAL)  # from here on it is done
    except OSError as error:
        with suppress(OSError, UnwritableFile):
            _undo(changes.root, system)
        raise unwritable(changes.root, error) from None
    else:
        return True
    finally:
        if not (changes.root / JOURNAL).exists():
            sync_folder(changes.root)
            _forget(steps)


def _clear(folders: Iterable[Path]) -> None:
    """Remove what a crash long ago has left of old files: whoever could still need it would hold the lock."""
    for folder in folders:
        for left in folder.glob(f"{_BESIDE}*{_KEPT}"):
            left.unlink()


def _staged(root: Path, name: str, data: bytes, *, kept: bytes | None, system: System) -> _Step:
    """The new bytes beside the target, safely on the disk, and the old ones under a second name."""
    target = (root / name).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, new = create_beside(target, system)
    try:
        with handle:
            handle.write(data)
            system.sync(handle)
        old = None if kept is None else _kept(target, new, kept, system)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
    return _Step(name, target, new, old)


def _kept(target: Path, new: Path, data: bytes, system: System) -> Path:
    """The old file under a second name: a link, or a copy where the disk has no links."""
    old = new.with_suffix(_KEPT)
    try:
        system.link(target, old)
    except OSError:
        with system.create(old) as handle:
            handle.write(data)
            system.sync(handle)
    return old


def _write_journal(root: Path, steps: list[_Step], system: System) -> None:
    noted = [[step.name, step.new.name, step.old.name if step.old else ""] for step in steps]
    try:
        write_bytes(root / JOURNAL, json.dumps(noted).encode(), system=system)
    except UnwritableFile as error:
        raise OSError(error.what) from error


def _read_journal(root: Path) -> list[_Step] | None:
    """What the journal says is half done; None if there is none.

    A folder may come from anywhere, its journal too: it must not reach beyond the folder and our own names.

    Raises:
        UnwritableFile: the journal is not one of ours.
    """
    noted = _bytes(root / JOURNAL)
    if noted is None:
        return None
    try:
        rows = [(str(name), str(new), str(old)) for name, new, old in json.loads(noted)]
    except (ValueError, TypeError):
        rows = [("", "", "")]
    if not all(
        _is_inside(name) and _WAITING.fullmatch(new) and (_WAITING.fullmatch(old) or not old) for name, new, old in rows
    ):
        raise UnwritableFile(
            "a change was left half done, and its journal cannot be read",
            where=str(root / JOURNAL),
            remedy="take the folder again from where it came, or remove the journal",
        )
    steps: list[_Step] = []
    for name, new, old in rows:
        # What is only removed is removed here, and nothing that a link here leads to.
        target = (root / name).resolve() if old else root / name
        steps.append(_Step(name, target, target.parent / new, target.parent / old if old else None))
    return steps


def _is_inside(name: str) -> bool:
    """Whether a name leads to a file below the folder: no part of it is hidden, `..`, a drive or empty."""
    return all(part and part[0] != "." and not {"\\", ":", "\0"} & {*part} for part in name.split("/"))


def _undo(root: Path, system: System) -> None:
    """Put the old files back if there is a journal; it goes last."""
    steps = _read_journal(root)
    if steps is None:
        return
    try:
        for step in steps:
            if step.old is None:
                step.target.unlink(missing_ok=True)
            elif step.old.exists():
                system.replace(step.old, step.target)
        for folder in {step.target.parent for step in steps}:
            sync_folder(folder)
        system.remove(root / JOURNAL)
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
