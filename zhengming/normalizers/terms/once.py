"""What is worked out when it is first asked for, and kept.

Like `functools.cached_property`, but usable in classes that are compiled ahead of time, whose instances have no
`__dict__` to keep a value in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Once(Generic[Value]):
    """The value of a function, which is called once.

    >>> words = Once(lambda: ["made"])
    >>> words() is words()
    True
    """

    def __init__(self, make: Callable[[], Value]) -> None:
        """Call `make` when the value is first asked for."""
        self._make = make
        self._kept: list[Value] = []

    def __call__(self) -> Value:
        """The value."""
        if not self._kept:
            self._kept.append(self._make())
        return self._kept[0]
