"""The collector of cycles, paused while much is made."""

from __future__ import annotations

import gc

from zhengming import collecting


def test_what_is_kept_counts_as_old() -> None:
    with collecting.paused():
        made = [[number] for number in range(2_000)]
    assert not any(one is made for one in gc.get_objects(generation=2))
    with collecting.paused(kept=True):
        made = [[number] for number in range(2_000)]
    assert any(one is made for one in gc.get_objects(generation=2))
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
