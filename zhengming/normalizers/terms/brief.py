"""Brief names, of two or three characters, with one mistaken for another: 紫钳, 心报炎, 室却修补术后.

So short a text is near to many others. It is taken for a name only where it stands by itself, no other name or word is
like it in the least, and its neighbours stand side by side in none.
"""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.once import Once
from zhengming.normalizers.terms.slips import Slips
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import NONE

_LEAST, _MOST = 2, 3  # characters of a brief name
_APART: Final = frozenset({"certainty", "timing", "procedure", "subject", "severity", "link", "contrast"})
_OPERATED: Final = frozenset({"post_procedure", "planned"})


class Brief:
    """The brief names of a lexicon, and which one a text can only be."""

    def __init__(self, lexicon: Lexicon, slips: Slips) -> None:
        """Keep the lexicon; its brief names are collected when first needed."""
        self._lexicon = lexicon
        self._slips = slips
        self._around = Once(self._find_around)

    def prepare(self) -> None:
        """Collect the names now."""
        _all = self._around()

    def named(self, tokens: list[Token], index: int, view: View) -> tuple[int, int, Entry] | None:
        """The stretch over the unread token that is a brief name but for one character, and that name."""
        token = tokens[index]
        if token.end - token.start > _MOST:
            return None
        among = any(one.kind == "term" for one in tokens)
        for first in range(index, max(index - _MOST, -1), -1):
            for last in range(index, min(index + _MOST, len(tokens))):
                start, end = tokens[first].start, tokens[last].end
                if not _LEAST <= end - start <= _MOST or any(view.gaps[start + 1 : end]):
                    continue
                if any(one.kind in ("term", "number") for one in tokens[first : last + 1]):
                    continue
                if not _stands_apart(tokens, first - 1, start, view) or not _stands_apart(tokens, last + 1, end, view):
                    continue
                following = tokens[last + 1] if last + 1 < len(tokens) else None
                meant = self._meant(view.text[start:end], following, among=among)
                if meant:
                    return start, end, meant
        return None

    def _meant(self, text: str, following: Token | None, *, among: bool) -> Entry | None:
        """The one concept's brief name that the text can only be.

        One of two characters must stand `among` other names, or be treated by the operation that follows: else it may
        as well be any word.
        """
        vocabulary = self._lexicon.vocabulary
        if text in vocabulary.brief_words:
            return None
        found: dict[tuple[str, ...], tuple[int, str, Entry]] = {}
        for at, typed in enumerate(text):
            for right, entry in self._around().get((at, text[:at] + text[at + 1 :]), ()):
                if vocabulary.mistakable(typed, right) or vocabulary.resembles(typed, right):
                    found.setdefault(entry.codes, (at, right, entry))
        if len(found) != 1:
            return None
        codes, (at, right, entry) = next(iter(found.items()))
        if len(codes) != 1 or entry.ambiguous or entry.broad:
            return None
        foreign = len(text) == _LEAST and not self._is_treated(codes[0], following)
        if foreign and not among:
            return None
        return entry if self._slips.is_brief_slip(text, at, right, foreign=foreign) else None

    def _is_treated(self, code: str, following: Token | None) -> bool:
        """Whether the word that follows is of an operation that treats the concept."""
        if following is None or following.entry is None or _OPERATED.isdisjoint(following.entry.values):
            return False
        category, word = self._lexicon.category, following.entry.key
        kin = {code, *category.ancestors(code)}
        return any(one in word and not kin.isdisjoint(codes) for one, codes in category.policy.treatments.items())

    def _find_around(self) -> dict[tuple[int, str], list[tuple[str, Entry]]]:
        """Brief names and words by what is left of them without the character at each place."""
        found: dict[tuple[int, str], list[tuple[str, Entry]]] = {}
        for word, entry in self._lexicon.entries.items():
            if _LEAST <= len(word) <= _MOST and not word.isascii():
                for at, one in enumerate(word):
                    found.setdefault((at, word[:at] + word[at + 1 :]), []).append((one, entry))
        return found


def _stands_apart(tokens: list[Token], beside: int, place: int, view: View) -> bool:
    """Whether the cell, a mark, a number or a word that is of no name ends at this place."""
    if not 0 <= beside < len(tokens) or view.gaps[place] != NONE or tokens[beside].kind == "number":
        return True
    entry = tokens[beside].entry
    return tokens[beside].kind == "cue" and entry is not None and not entry.axes.isdisjoint(_APART)
