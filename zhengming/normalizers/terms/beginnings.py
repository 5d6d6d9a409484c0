"""How texts begin: of many names, how much of one another text starts with."""

from __future__ import annotations

from collections.abc import Sequence


class Beginnings:
    """The beginnings of some texts.

    >>> Beginnings(["室间隔缺损", "室性早搏"]).longest("室间孔")
    2
    """

    def __init__(self, texts: Sequence[str]) -> None:
        """Keep the texts; of none, nothing begins so."""
        import ahocorasick

        self._known = ahocorasick.Automaton(ahocorasick.STORE_LENGTH)
        for text in texts:
            self._known.add_word(text)
        self._firsts = frozenset([text[0] for text in texts])

    def longest(self, text: str) -> int:
        """How many characters of the text one of them begins with."""
        # Most texts begin as none does, and to ask the automaton takes longest of these.
        return int(self._known.longest_prefix(text)) if text[:1] in self._firsts else 0
