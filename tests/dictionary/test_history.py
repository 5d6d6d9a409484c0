"""The log of releases: what was written once is found changed wherever a byte of it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.dictionary import history
from zhengming.dictionary.history import Entry
from zhengming.errors import DictionaryError

FIRST = Entry("mine", "1.0.0", "2026-11-25", "first", "a" * 64, "b" * 64, 9, "c" * 8, 4, 80, "第一版", "")


def chained(count: int) -> list[Entry]:
    entries = history.parse(history.dumped([FIRST]), "log")
    for number in range(1, count):
        following = replace(FIRST, version=f"1.{number}.0", previous=entries[-1].head)
        entries = history.parse(history.dumped([*entries, following]), "log")
    return entries


def test_a_log_reads_back_as_it_was_written() -> None:
    log = history.dumped(chained(3))
    entries = history.parse(log, "log")
    assert [one.version for one in entries] == ["1.0.0", "1.1.0", "1.2.0"]
    assert history.dumped(entries) == log
    assert history.find(entries, "mine", "1.1.0") == entries[1]
    assert history.find(entries, "other", "1.1.0") is None


def test_no_log_is_no_releases(tmp_path: Path) -> None:
    assert history.read(tmp_path / history.NAME) == []


def test_wherever_one_byte_is_flipped_the_line_is_named() -> None:
    log = history.dumped(chained(2))
    for at in range(len(log)):
        for flip in (0x01, 0x20, 0xFF):
            changed = bytearray(log)
            changed[at] ^= flip
            with pytest.raises(DictionaryError) as caught:
                history.parse(bytes(changed), "log")
            # A line break that is gone makes one line of two, or leaves the last one open.
            assert f"line {1 + log[:at].count(10)} " in caught.value.what
            assert caught.value.where == "log"


@pytest.mark.parametrize("gone", [0, 1])
def test_a_line_taken_out_is_missed_by_the_next(gone: int) -> None:
    entries = chained(3)
    del entries[gone]
    with pytest.raises(DictionaryError, match=f"line {gone + 1} does not follow"):
        history.parse(history.dumped(entries), "log")


def test_lines_in_another_order_are_noticed() -> None:
    entries = chained(3)
    with pytest.raises(DictionaryError, match="line 2 does not follow"):
        history.parse(history.dumped([entries[0], entries[2], entries[1]]), "log")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_log_or_a_clear_error(data: bytes) -> None:
    try:
        assert history.dumped(history.parse(data, "log")) == data
    except DictionaryError as error:
        where = error.where
        assert where == "log"


@given(st.integers(1, 1 << 33))
def test_a_file_has_at_most_so_many_blocks(size: int) -> None:
    assert -(-size // history.block_size(size)) <= history.BLOCKS
