"""Patterns that others wrote, in dictionaries, run in time linear in the text: none can make a cell take hours.

Python's own engine tries every way to split a text: twenty-five characters are enough to keep `(a+)+b` busy for
minutes. The engine here is Rust's regex crate, as pydantic brings it: it has no look-around and no back-references.
Patterns of table specs run in polars, which has the same engine.
"""

from __future__ import annotations

from functools import cache

from pydantic_core import SchemaError, SchemaValidator, core_schema

from zhengming.errors import DictionaryError


class Pattern:
    """A pattern that a whole text fits or not.

    >>> Pattern("D[0-9]{4}").fits("D0033"), Pattern("D[0-9]{4}").fits("D0033x"), Pattern("").fits("")
    (True, False, False)
    """

    __slots__ = ("_compiled",)

    def __init__(self, text: str, *, where: str = "") -> None:
        """Compile `text`; an empty one fits nothing.

        Raises:
            DictionaryError: no regular expression of linear time.
        """
        self._compiled = _compiled(text, where) if text else None

    def fits(self, text: str) -> bool:
        """Whether the pattern fits the whole text."""
        return self._compiled is not None and self._compiled.isinstance_python(text)


@cache
def _compiled(text: str, where: str) -> SchemaValidator:
    whole = core_schema.str_schema(pattern=rf"\A(?:{text})\z", regex_engine="rust-regex", strict=True)
    try:
        return SchemaValidator(whole)
    except SchemaError:
        raise DictionaryError(
            "the pattern is no regular expression that runs in linear time",
            where=where,
            remedy="see the syntax of Rust's regex crate; it has no look-around and no back-references",
        ) from None
