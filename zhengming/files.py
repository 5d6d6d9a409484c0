"""Files, safely: a file appears whole or not at all, and an operating system's complaint becomes an error of ours.

A target is written beside itself, flushed to the disk and renamed over (POSIX `rename` is atomic within a folder), so
that a crash or a full disk leaves the old file or none, never half a one. Everything that touches the disk goes
through `System`: the one place to inject faults.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from zhengming.errors import UnreadableFile, UnwritableFile

CHUNK = 1 << 20  # bytes read at a time


def _create(path: Path) -> BinaryIO:
    return open(path, "xb")


def _sync(handle: BinaryIO) -> None:
    handle.flush()
    os.fsync(handle.fileno())


@dataclass(frozen=True, slots=True)
class System:
    """What writing a file asks of the operating system. A test gives one whose disk is full."""

    create: Callable[[Path], BinaryIO] = _create
    sync: Callable[[BinaryIO], None] = _sync
    replace: Callable[[Path, Path], None] = os.replace
    link: Callable[[Path, Path], None] = os.link
    remove: Callable[[Path], None] = os.unlink


DISK = System()


@contextmanager
def atomic_write(path: str | Path, *, system: System = DISK) -> Iterator[BinaryIO]:
    """A binary file to write into; it takes the place of `path` when the block ends well, else it vanishes.

    Raises:
        UnwritableFile: the folder is missing or read-only, the disk is full, the target is open elsewhere.
    """
    target = Path(path)
    try:
        # Through a symbolic link, the file it points to is replaced, not the link.
        real = target.resolve()
        if real.is_dir():
            raise UnwritableFile("is a folder", where=str(target), remedy="name a file")
        handle, beside = create_beside(real, system)
    except OSError as error:
        raise unwritable(target, error) from None
    try:
        with handle:
            yield handle
            system.sync(handle)
        system.replace(beside, real)
    except OSError as error:
        raise unwritable(target, error) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    sync_folder(real.parent)


@contextmanager
def atomic_path(path: str | Path, *, system: System = DISK) -> Iterator[Path]:
    """The path of an empty file for another library to fill; it takes the place of `path` when the block ends well.

    Raises:
        UnwritableFile: as for `atomic_write`.
    """
    with atomic_write(path, system=system) as handle:
        yield Path(handle.name)


@contextmanager
def scratch(folder: str | Path) -> Iterator[BinaryIO]:
    """A file for what does not fit into memory, in an existing folder: it has no name and is gone however we end.

    Raises:
        UnwritableFile: the folder is missing or read-only, the disk is full.
    """
    place = Path(folder)
    try:
        with tempfile.TemporaryFile(dir=place, prefix=".zm-") as handle:
            yield cast("BinaryIO", handle)
    except OSError as error:
        raise unwritable(place, error) from None


def write_bytes(path: str | Path, data: bytes, *, system: System = DISK) -> None:
    """Write `data` as the whole of `path`, atomically.

    Raises:
        UnwritableFile: as for `atomic_write`.
    """
    with atomic_write(path, system=system) as handle:
        handle.write(data)


def move(path: Path, target: Path, *, system: System = DISK) -> None:
    """Have a finished file of the same folder take the place of `target`.

    Raises:
        UnwritableFile: as for `atomic_write`.
    """
    try:
        system.replace(path, target)
    except OSError as error:
        raise unwritable(target, error) from None
    sync_folder(target.parent)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, if need be.

    Raises:
        UnwritableFile: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableFile(
            "the folder cannot be made", where=str(path), remedy=error.strerror or "choose another folder"
        ) from None


@contextmanager
def locked(path: str | Path) -> Iterator[None]:
    """Hold `path` for oneself while it is read, changed and written: other processes and threads that ask wait.

    The lock is on a file beside it, `.<name>.lock`, which stays; it is let go when the block or the process ends.

    Raises:
        UnwritableFile: the folder is missing or read-only.
    """
    target = Path(path)
    try:
        real = target.resolve()
        handle = open(real.with_name(f".{real.name}.lock"), "ab")  # noqa: SIM115 — closed below
    except OSError as error:
        raise unwritable(target, error) from None
    with handle:
        try:
            _lock(handle)
        except OSError as error:
            raise unwritable(target, error) from None
        yield


@contextmanager
def opened(path: str | Path) -> Iterator[BinaryIO]:
    """An existing file to read bytes from.

    Raises:
        UnreadableFile: missing, a folder, no permission, or a disk that fails while reading.
    """
    source = Path(path)
    try:
        if source.is_dir():
            raise UnreadableFile("is a folder", where=str(path), remedy="name the files in it")
        if source.exists() and not source.is_file():
            raise UnreadableFile("is a device, not a file", where=str(path), remedy="name a file")
        handle = open(source, "rb")  # noqa: SIM115 — closed below, outside the ValueError's reach
    except OSError as error:
        raise _unreadable(path, error) from None
    except ValueError:  # a NUL in the name
        raise UnreadableFile("is not a file name", where=repr(str(path)), remedy="check the name") from None
    with handle:
        try:
            yield handle
        except OSError as error:
            raise _unreadable(path, error) from None


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal.

    Raises:
        UnreadableFile: as for `opened`.
    """
    digest = hashlib.sha256()
    with opened(path) as handle:
        while chunk := handle.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def create_beside(target: Path, system: System) -> tuple[BinaryIO, Path]:
    """A new file in the target's folder. Its name is short, for a target's own may be as long as names can be."""
    number = 0
    while True:
        beside = target.parent / f".zm-{os.getpid()}-{number}.tmp"
        try:
            return system.create(beside), beside
        except FileExistsError:
            number += 1


if sys.platform == "win32":

    def _lock(handle: BinaryIO) -> None:
        """Wait for the file's first byte; closing the file lets it go."""
        import msvcrt

        while True:
            try:
                handle.seek(0)
                msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)  # gives up after ten seconds
            except OSError as error:
                if error.errno != errno.EDEADLK:
                    raise
            else:
                return

else:

    def _lock(handle: BinaryIO) -> None:
        """Wait for the whole file; closing the file lets it go."""
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)


def sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where folders can be synced (not on Windows)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unreadable(path: str | Path, error: OSError) -> UnreadableFile:
    what, remedy = _READING.get(error.errno or 0, ("could not be read", "check the disk and the path"))
    return UnreadableFile(what, where=str(path), remedy=remedy)


def unwritable(path: Path, error: OSError) -> UnwritableFile:
    """What the system says of a file it did not write, as an error of ours."""
    what, remedy = _WRITING.get(error.errno or 0, ("could not be written", "check the disk and the path"))
    return UnwritableFile(what, where=str(path), remedy=remedy)


_READING = {
    errno.ENOENT: ("no such file", "check the path"),
    errno.ENOTDIR: ("no such file", "check the path"),
    errno.EACCES: ("no permission to read it", "ask its owner, or close the program that has it open"),
    errno.EPERM: ("no permission to read it", "ask its owner, or close the program that has it open"),
    errno.ENAMETOOLONG: ("the name is too long", "use a shorter name"),
}
_WRITING = {
    errno.ENOENT: ("the folder does not exist", "create it first"),
    errno.ENOTDIR: ("the folder does not exist", "create it first"),
    errno.EACCES: ("no permission to write it", "choose another folder, or close the program that has it open"),
    errno.EPERM: ("no permission to write it", "choose another folder, or close the program that has it open"),
    errno.EROFS: ("the disk is read-only", "choose another folder"),
    errno.ENOSPC: ("the disk is full", "free some space; nothing was changed"),
    errno.EDQUOT: ("the disk quota is used up", "free some space; nothing was changed"),
    errno.EFBIG: ("the file would be larger than allowed here", "choose another disk; nothing was changed"),
    errno.ENAMETOOLONG: ("the name is too long", "use a shorter name"),
}
