"""The lines of a text that comes in parts: they are numbered from 0, and those that are done with are forgotten."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import overload

_AT_ONCE = 10_000  # lines forgotten together


class Lines:
    r"""Lines with their ends, `\n`, `\r\n` or `\r`; str.splitlines would also break at form feeds and U+2028.

    >>> lines = Lines(["a\nb\r", "\nc", "c\r\r\x1a"])
    >>> lines[0:9], lines.ended(4)
    (['a\n', 'b\r\n', 'cc\r', '\r'], True)
    """

    def __init__(self, parts: Iterable[str]) -> None:
        """The lines of the text that `parts` are together, without the end mark of old DOS programs."""
        self._parts = _whole_lines(parts)
        self._held: list[str] = []
        self._first = self._end = 0  # numbers of the first held, and of the one behind the last

    def ended(self, at: int) -> bool:
        """Whether there is no line with this number."""
        return at >= self._end and not self._reach(at)

    def forget(self, before: int) -> None:
        """Let go of the lines before this one."""
        if before - self._first >= _AT_ONCE:
            del self._held[: before - self._first]
            self._first = before

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> list[str]: ...

    def __getitem__(self, at: int | slice) -> str | list[str]:
        """A line that is there, or those of a slice, as far as there are any."""
        if isinstance(at, slice):
            if at.stop is not None:
                self.ended(at.stop - 1)
            start = (at.start or 0) - self._first
            return self._held[start : at.stop - self._first]
        return self._held[at - self._first]

    def _reach(self, at: int) -> bool:
        while at >= self._end:
            more = next(self._parts, None)
            if more is None:
                return False
            self._held += more
            self._end += len(more)
        return True


def _whole_lines(parts: Iterable[str]) -> Iterator[list[str]]:
    """The lines of each part, one that is not whole with those of the next."""
    rest = ""
    for part in parts:
        rest += part
        end = max(rest.rfind("\n"), rest.rfind("\r", 0, -1)) + 1  # a last \r may be half of a line end
        if end:
            yield list(io.StringIO(rest[:end], newline=""))
            rest = rest[end:]
    rest = rest.rstrip("\x1a")
    if rest:
        yield list(io.StringIO(rest, newline=""))
