"""Files appear whole or not at all, and what the system says becomes an error of ours."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from zhengming.errors import UnreadableFile, UnwritableFile
from zhengming.files import System, atomic_write, opened, sha256, write_bytes


def failing(number: int) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise OSError(number, "the system's own words")

    return fail


def left_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_written_file_holds_the_bytes_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_bytes(tmp_path / "表.xlsx", b"abc")
    assert (tmp_path / "表.xlsx").read_bytes() == b"abc"
    assert left_in(tmp_path) == ["表.xlsx"]


def test_a_written_file_can_be_read_by_whom_the_mask_allows(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a", b"")
    (tmp_path / "b").write_bytes(b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


@pytest.mark.parametrize("step", ["sync", "replace"])
@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "disk is full"), (errno.EACCES, "no permission"), (errno.EIO, "could not be written")],
)
def test_when_the_system_fails_the_old_file_is_still_there_and_the_reason_is_told(
    tmp_path: Path, step: str, number: int, said: str
) -> None:
    target = tmp_path / "old.csv"
    target.write_bytes(b"old")
    broken = System(sync=failing(number)) if step == "sync" else System(replace=failing(number))
    with pytest.raises(UnwritableFile) as caught:
        write_bytes(target, b"new", system=broken)
    assert said in caught.value.what
    assert caught.value.where == str(target)
    assert caught.value.remedy
    assert "own words" not in str(caught.value)
    assert target.read_bytes() == b"old"
    assert left_in(tmp_path) == ["old.csv"]


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_done(tmp_path: Path) -> None:
    def refuse(_: Path) -> BinaryIO:
        raise OSError(errno.EROFS, "")

    with pytest.raises(UnwritableFile, match="read-only"):
        write_bytes(tmp_path / "a", b"x", system=System(create=refuse))


def test_a_block_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")

    def write_half() -> None:
        with atomic_write(target) as handle:
            handle.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        write_half()
    assert target.read_bytes() == b"old"
    assert left_in(tmp_path) == ["a"]


def test_a_leftover_of_a_crashed_run_is_stepped_around(tmp_path: Path) -> None:
    leftover = tmp_path / f".zm-{os.getpid()}-0.tmp"
    leftover.write_bytes(b"theirs")
    write_bytes(tmp_path / "a", b"ours")
    assert leftover.read_bytes() == b"theirs"
    assert (tmp_path / "a").read_bytes() == b"ours"


def test_a_target_in_a_missing_folder_or_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnwritableFile, match="folder does not exist"):
        write_bytes(tmp_path / "no" / "a", b"")
    with pytest.raises(UnwritableFile, match="is a folder"):
        write_bytes(tmp_path, b"")


def test_a_name_as_long_as_names_can_be_is_written(tmp_path: Path) -> None:
    target = tmp_path / ("字" * 85)  # 255 bytes
    write_bytes(target, b"x")
    assert target.read_bytes() == b"x"


@pytest.mark.skipif(os.name != "posix", reason="symbolic links need rights on Windows")
def test_a_symbolic_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_the_hash_is_of_the_bytes(tmp_path: Path) -> None:
    data = bytes(range(256)) * 9000
    (tmp_path / "a").write_bytes(data)
    assert sha256(tmp_path / "a") == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("name", "said"),
    [("missing.xlsx", "no such file"), (".", "is a folder"), ("a\0b", "not a file name"), ("x" * 300, "too long")],
)
def test_what_cannot_be_opened_is_told_plainly(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said) as caught, opened(tmp_path / name):
        pass
    assert caught.value.where
    assert caught.value.remedy


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="needs a device")
def test_a_device_is_not_read() -> None:
    with pytest.raises(UnreadableFile, match="device"), opened("/dev/zero"):
        pass


def test_an_error_of_the_reader_is_not_taken_for_one_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")

    def read_badly() -> None:
        with opened(tmp_path / "a"):
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        read_badly()
