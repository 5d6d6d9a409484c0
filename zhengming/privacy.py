"""Personal text that masks itself: the only place that may reveal a value.

Every value of a cell is about a sick child until shown otherwise. `Personal` carries such a value through findings
and reports; printing, formatting, logging or comparing representations of it shows only its shape.
"""

from __future__ import annotations


class Personal:
    """One value that must not be read by accident.

    >>> child = Personal("张小明 110105")
    >>> print(child, repr(child), f"{child}")
    〔10〕 Personal(〔10〕) 〔10〕
    >>> child.reveal()
    '张小明 110105'
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Wrap `text`; nothing but `reveal` gives it back."""
        self._text = text

    def reveal(self) -> str:
        """The value itself. Call it only where a person asked to see values (`--show-values`) or in an output file."""
        return self._text

    def __str__(self) -> str:
        """The number of characters, in tortoise-shell brackets."""
        return f"〔{len(self._text)}〕"

    def __format__(self, spec: str) -> str:
        """As `str`, whatever the format asks."""
        return str(self)

    def __repr__(self) -> str:
        """As `str`, named."""
        return f"Personal({self})"

    def __eq__(self, other: object) -> bool:
        """Equal when the values are."""
        return isinstance(other, Personal) and other._text == self._text

    def __hash__(self) -> int:
        """Hash of the value."""
        return hash(self._text)

    def __reduce__(self) -> tuple[type[Personal], tuple[str]]:
        """Pickle for a child process: the value travels, its representation does not."""
        return (Personal, (self._text,))


def mask(text: str) -> str:
    """The first character and stars: enough to find a row again, too little to know whose it is.

    >>> mask("张小明"), mask("13812345678"), mask("")
    ('张**', '1**********', '')
    """
    return text[:1] + "*" * (len(text) - 1)
