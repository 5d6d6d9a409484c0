"""Python's collector of cycles, paused while a file or many cells are worked on.

A file makes millions of cells and next to no cycles; a collector that walks them all again and again, looking for some,
takes a fifth of the time. In a forked worker it would also copy every page that it walks.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def paused(*, kept: bool = False) -> Iterator[None]:
    """No collection inside, as a context or for a whole function; where it was paused before, it stays so afterwards.

    With `kept`, what was made inside is there to stay: it counts as old, and is not walked as soon as the pause ends.

    >>> with paused():
    ...     gc.isenabled()
    False
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            if kept and not gc.get_freeze_count():  # where something is frozen, that is not ours to thaw
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@contextmanager
def between_portions() -> Iterator[Callable[[], None]]:
    """Gives what to call between two portions of a long work: garbage goes, and what is left is not looked at again.

    Without it the frames that stand in cycles stay until the collector comes by, which is seldom and costs the more,
    the larger the dictionary is.

    >>> with between_portions() as sweep:
    ...     sweep()
    """
    try:
        yield _sweep
    finally:
        gc.unfreeze()


def _sweep() -> None:
    gc.collect()
    gc.freeze()
