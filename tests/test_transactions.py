"""Changes to several files appear together or not at all, whatever the disk says and whoever else writes."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from zhengming.errors import UnwritableFile
from zhengming.files import DISK, System
from zhengming.transactions import ATTEMPTS, JOURNAL, Changes, alone, settle, update

OLD = {"one/a.csv": b"old a", "one/b.csv": b"old b"}
NEW = {"one/a.csv": b"new a", "one/b.csv": b"new b", "one/c.csv": b"new c"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "one").mkdir()
    (tmp_path / "dictionary.toml").write_bytes(b"")
    for name, data in OLD.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def content(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted((root / "one").glob("[!.]*"))}


def litter(root: Path) -> list[str]:
    return [path.name for path in root.rglob(".zm-*")]


def rewrite(changes: Changes) -> None:
    for name, data in NEW.items():
        changes.write(name, data)


class Failing:
    """A system whose `number`-th request of the disk fails, and all after it if the disk stays broken."""

    def __init__(self, number: int, code: int, *, stays: bool) -> None:
        self.left = number
        self.code = code
        self.stays = stays
        self.asked = 0

    def system(self) -> System:
        return System(*(self.guarded(getattr(DISK, name)) for name in ("create", "sync", "replace", "link", "remove")))

    def guarded(self, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            self.count()
            found = real(*arguments)
            return Handle(found, self) if isinstance(found, io.IOBase) else found

        return call

    def count(self) -> None:
        self.asked += 1
        self.left -= 1
        if self.left == 0 or (self.stays and self.left < 0):
            raise OSError(self.code, "the system's own words")


class Handle:
    """A file whose writes are requests of the disk, too."""

    def __init__(self, handle: BinaryIO, failing: Failing) -> None:
        self.handle = handle
        self.failing = failing

    def write(self, data: bytes) -> int:
        self.failing.count()
        return self.handle.write(data)

    def __getattr__(self, name: str) -> object:
        return getattr(self.handle, name)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *_: object) -> None:
        self.handle.close()


def requests() -> int:
    """How many requests of the disk a change of several files makes: see the test below."""
    return 22


def test_a_change_of_several_files_is_written(root: Path) -> None:
    watched = Failing(0, 0, stays=False)
    update(root, rewrite, system=watched.system())
    assert content(root) == NEW
    assert litter(root) == []
    assert watched.asked == requests()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("number", range(1, requests() + 1))
def test_when_any_request_of_the_disk_fails_once_the_old_state_is_there(root: Path, number: int, code: int) -> None:
    try:
        update(root, rewrite, system=Failing(number, code, stays=False).system())
    except UnwritableFile as error:
        assert "own words" not in str(error)  # noqa: PT017
        assert content(root) == OLD
    else:  # where a link cannot be made a copy is
        assert content(root) == NEW
    assert litter(root) == []


@pytest.mark.parametrize("number", range(1, requests() + 1))
def test_when_the_disk_stays_broken_the_next_to_open_finds_the_old_state(root: Path, number: int) -> None:
    with pytest.raises(UnwritableFile):
        update(root, rewrite, system=Failing(number, errno.EIO, stays=True).system())
    settle(root)
    assert content(root) == OLD
    update(root, rewrite)
    assert content(root) == NEW
    assert not (root / JOURNAL).exists()


def test_a_disk_without_links_keeps_copies(root: Path) -> None:
    def no_links(_old: Path, _new: Path) -> None:
        raise OSError(errno.EPERM, "")

    update(root, rewrite, system=System(link=no_links))
    assert content(root) == NEW
    assert litter(root) == []


def test_a_program_without_the_lock_is_not_overwritten(root: Path) -> None:
    calls = 0

    def change(changes: Changes) -> None:
        nonlocal calls
        calls += 1
        before = changes.read("one/a.csv") or b""
        if calls == 1:
            (root / "one/a.csv").write_bytes(b"edited meanwhile")
        changes.write("one/a.csv", before + b" and more")

    update(root, change)
    assert calls == 2
    assert content(root)["one/a.csv"] == b"edited meanwhile and more"


def test_a_program_that_never_stops_writing_is_told(root: Path) -> None:
    calls = 0

    def change(changes: Changes) -> None:
        nonlocal calls
        calls += 1
        changes.read("one/a.csv")
        (root / "one/a.csv").write_bytes(f"edit {calls}".encode())
        changes.write("one/b.csv", b"x")

    with pytest.raises(UnwritableFile, match="another program"):
        update(root, change)
    assert calls == ATTEMPTS
    assert content(root)["one/b.csv"] == b"old b"


def test_a_program_that_writes_while_the_new_files_are_made_ready_is_not_overwritten(root: Path) -> None:
    linked = 0

    def link(old: Path, new: Path) -> None:
        nonlocal linked
        linked += 1
        if linked == 1:
            (root / "one/b.csv").write_bytes(b"edited meanwhile")
        os.link(old, new)

    def change(changes: Changes) -> None:
        for name in OLD:
            changes.write(name, (changes.read(name) or b"") + b" and more")

    update(root, change, system=System(link=link))
    assert content(root) == {"one/a.csv": b"old a and more", "one/b.csv": b"edited meanwhile and more"}
    assert litter(root) == []


@pytest.mark.parametrize(
    "journal",
    [
        b"",
        b"{}}",
        b"[1]",
        b'[["/etc/hosts", ".zm-1-0.tmp", ".zm-1-0.old"]]',
        b'[["../victim", ".zm-1-0.tmp", ".zm-1-0.old"]]',
        b'[["../victim", ".zm-1-0.tmp", ""]]',
        b'[["one/a.csv", ".zm-1-0.tmp", "../../victim"]]',
        b'[["one/a.csv", "../../victim", ""]]',
        b'[["one/a.csv", "b.csv", ""]]',
        b'[["one\\..\\..\\victim", "", ""]]',
    ],
)
def test_a_journal_that_is_not_ours_moves_and_removes_nothing(root: Path, journal: bytes) -> None:
    victim = root.parent / "victim"
    victim.write_bytes(b"theirs")
    (root / JOURNAL).write_bytes(journal)
    with pytest.raises(UnwritableFile, match="journal"):
        settle(root)
    assert victim.read_bytes() == b"theirs"
    assert content(root) == OLD


@pytest.mark.skipif(os.name != "posix", reason="symbolic links need rights on Windows")
def test_a_journal_does_not_remove_through_a_link(root: Path) -> None:
    victim = root.parent / "victim"
    victim.write_bytes(b"theirs")
    (root / "one/c.csv").symlink_to(victim)
    (root / JOURNAL).write_bytes(b'[["one/c.csv", ".zm-1-0.tmp", ""]]')
    settle(root)
    assert victim.read_bytes() == b"theirs"


def test_what_a_crash_long_ago_left_is_cleared_away(root: Path) -> None:
    (root / "one" / ".zm-99-0.old").write_bytes(b"left")
    update(root, rewrite)
    assert litter(root) == []


def test_a_change_that_fails_writes_nothing(root: Path) -> None:
    def change(changes: Changes) -> None:
        rewrite(changes)
        raise KeyError

    with pytest.raises(KeyError):
        update(root, change)
    assert content(root) == OLD


def test_what_a_change_has_written_it_reads(root: Path) -> None:
    def change(changes: Changes) -> tuple[bytes | None, bytes | None]:
        changes.write("one/a.csv", b"x")
        return changes.read("one/a.csv"), changes.read("one/none.csv")

    assert update(root, change) == (b"x", None)


def test_a_folder_that_is_missing_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(UnwritableFile), alone(tmp_path / "none"):
        pass


@pytest.mark.skipif(os.name != "posix", reason="symbolic links need rights on Windows")
def test_a_linked_file_is_changed_where_it_is(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.csv").write_bytes(b"old a")
    (root / "one/a.csv").unlink()
    (root / "one/a.csv").symlink_to(tmp_path / "elsewhere" / "a.csv")
    update(root, rewrite)
    assert (root / "one/a.csv").is_symlink()
    assert (tmp_path / "elsewhere" / "a.csv").read_bytes() == b"new a"
