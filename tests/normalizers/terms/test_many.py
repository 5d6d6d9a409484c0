"""Many cells at once: what `match_many` says does not depend on how, in which order, or after what they are read."""

from __future__ import annotations

import os
import random
from itertools import product

import pytest

import zhengming as zm
from zhengming.normalizers.terms import parallel

NAMES = [
    "室缺",
    "ASD",
    "PDA",
    "法四",
    "肺动脉高压",
    "二尖瓣反流",
    "主动脉缩宰",
    "法洛四联正",
    "糖尿病肾病",
    "大血管错位",
]
WORDS = ["", "无", "疑似", "重度", "5mm", "（膜周部）", "术后", "？", "(II型)"]
CELLS = [
    f"{first}{word}{mark}{second}"
    for first, second in product(NAMES, NAMES)
    for word in WORDS
    for mark in ("、", "，伴")
]


@pytest.fixture(scope="module")
def dictionary() -> zm.Dictionary:
    return zm.Dictionary.open()


@pytest.fixture(scope="module")
def alone(dictionary: zm.Dictionary) -> dict[str, list[zm.Mention]]:
    """Each cell read by itself."""
    matcher = zm.Matcher(dictionary, "disease")
    return {text: matcher.match(text) for text in CELLS}


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_many_cells_are_read_as_each_alone(
    dictionary: zm.Dictionary, alone: dict[str, list[zm.Mention]], jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "LEAST_TEXTS", 100)
    shuffled = random.Random(jobs).sample(CELLS, len(CELLS))
    read = zm.Matcher(dictionary, "disease").match_many(shuffled, jobs=jobs)
    assert repr(read) == repr([alone[text] for text in shuffled])


def test_what_was_read_before_changes_nothing(dictionary: zm.Dictionary, alone: dict[str, list[zm.Mention]]) -> None:
    matcher = zm.Matcher(dictionary, "disease")
    for text in reversed(CELLS[::7]):
        assert repr(matcher.match(text)) == repr(alone[text])
    assert matcher.match_many(CELLS[:50] * 2) == [alone[text] for text in CELLS[:50]] * 2


def test_what_a_worker_leaves_undone_is_read_all_the_same() -> None:
    """A worker may fail, or be ended by the system for want of memory."""
    here, texts = os.getpid(), [str(number) for number in range(1_000)]

    def failing(text: str) -> tuple[zm.Mention, ...]:
        if os.getpid() != here:
            raise ValueError
        return ()

    def ended(text: str) -> tuple[zm.Mention, ...]:
        if os.getpid() != here and text.endswith("7"):
            os._exit(1)
        return ()

    for reader in (failing, ended):
        assert list(parallel.read_many(texts, reader, 3)) == [()] * len(texts)
