"""How texts begin: of many names, how much of one another text starts with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ahocorasick import Automaton


class Beginnings:
    """The beginnings of some texts.

    >>> Beginnings(["室间隔缺损", "室性早搏"]).longest("室间孔")
    2
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Keep the texts; of none, nothing begins so."""
        from ahocorasick import STORE_LENGTH, Automaton

        self._after: dict[str, Automaton] = {}  # by the first character: one automaton of all looks long for it
        for text in texts:
            if text[0] not in self._after:
                self._after[text[0]] = Automaton(STORE_LENGTH)
            self._after[text[0]].add_word(text[1:])

    def longest(self, text: str) -> int:
        """How many characters of the text one of them begins with."""
        after = self._after.get(text[:1])
        if after is None:
            return 0
        further: int = after.longest_prefix(text[1:])
        return 1 + further
