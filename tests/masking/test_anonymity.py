"""k-anonymity: after suppression every combination is common enough."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.masking.anonymity import SUPPRESSED, classes, suppress

ROWS = st.integers(0, 3).flatmap(
    lambda width: st.lists(st.tuples(*[st.sampled_from(["a", "b", "c", None])] * width), max_size=40)
)


@given(ROWS, st.integers(1, 7))
def test_every_combination_is_shared_by_k_rows_unless_there_are_fewer(rows: list[tuple[object, ...]], k: int) -> None:
    done = suppress(rows, k)
    if len(rows) >= k:
        assert min(Counter(done.rows).values(), default=k) >= k
        assert done.after.below == 0
    else:
        assert done.after.below == len(rows)


@given(ROWS, st.integers(1, 7))
def test_suppression_only_blanks_and_counts_what_it_blanks(rows: list[tuple[object, ...]], k: int) -> None:
    done = suppress(rows, k)
    blanked = 0
    for before, after in zip(rows, done.rows, strict=True):
        for old, new in zip(before, after, strict=True):
            assert new in (old, SUPPRESSED)
            blanked += new != old
    assert done.cells == blanked
    assert done.before == classes(rows, k)


@given(ROWS, st.integers(1, 7))
def test_what_is_common_enough_is_left_alone(rows: list[tuple[object, ...]], k: int) -> None:
    if not classes(rows, k).below:
        assert suppress(rows, k).rows == tuple(rows)


@given(ROWS, st.integers(1, 7))
def test_suppressing_twice_changes_nothing_more(rows: list[tuple[object, ...]], k: int) -> None:
    once = suppress(rows, k).rows
    assert suppress(once, k).rows == once


@pytest.mark.parametrize(
    ("k", "below", "rarest", "combinations"), [(1, 0, 1, 3), (2, 1, 1, 3), (3, 3, 1, 3), (4, 6, 1, 3)]
)
def test_classes_are_counted_by_rows(k: int, below: int, rarest: int, combinations: int) -> None:
    found = classes([("a",)] * 3 + [("b",)] * 2 + [("c",)], k)
    assert (found.rows, found.below, found.rarest, found.combinations) == (6, below, rarest, combinations)
