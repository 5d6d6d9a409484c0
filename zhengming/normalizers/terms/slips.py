"""Slips of the pen: a name with one character left out, added, mistaken, or standing in the wrong place.

A slip is put right only where it cannot have been another name: all names one slip away are of one concept, and the
character in question tells no two concepts apart anywhere in the dictionary.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import cached_property
from typing import NamedTuple

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.hosts import fits
from zhengming.normalizers.terms.lexicon import Entry, Lexicon
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import SOFT

_LEAST = 5  # characters of a name in which a slip is looked for; shorter ones are too near to others
_LEAST_CHANGED = 4  # of one in which a character may be mistaken for one that looks or sounds like it
_LEAST_MISSING = 6  # characters that must be left of a name: 肝细胞瘤 is no slip of 肝母细胞瘤
_LONGEST = 24  # characters of a name, and of an unread stretch, in which a slip is looked for
_KEPT = 100_000  # texts whose names one slip away are kept, some 30 MB
_REACH = 3  # tokens beside an unread one that may be part of the same name
_BESIDE = 2  # words glued to a name on either side that may be part of another one
_FAR = 1  # places by which a character may be misplaced: 内翻足 and 足内翻 are two names
_SLIP = 2  # characters that one slip touches: two neighbours exchanged
_END = 2  # characters at one end of a name that a slip at the other end leaves alone


_KINDS = frozenset({"added", "missing", "moved", "changed"})
_READ_AS_MISTAKEN = _KINDS - {"added"}  # the 弁 of 肺动脉弁狭窄 is 瓣 rather than too much


class Slip(NamedTuple):
    """How a text differs from the name `meant`: kind (added, missing, moved, changed), character typed and meant.

    `place` is where in the text the slip is, `at` where in the name.
    """

    meant: str
    kind: str
    typed: str
    right: str
    place: int
    at: int


class Slips:
    """The names one slip away from a text, and whether the slip can be put right."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Keep the lexicon; what depends on all its terms is worked out when first needed."""
        self._lexicon = lexicon
        self._known: dict[str, list[Slip]] = {}

    def prepare(self) -> None:
        """Work out now what is otherwise worked out when first needed."""
        _all = (self._told, self._pairs, self._ends, self._letters, self._starts, self._finishes)

    def near(self, text: str) -> list[Slip]:
        """Every name that the text is but for one slip."""
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[text] = self._near(text)
        return known

    def _near(self, text: str) -> list[Slip]:
        terms, shortened = self._lexicon.terms, self._shortened
        found = [
            Slip(name, "missing", "", name[at], at, at) for name, at in shortened.get(text, ()) if len(name) >= _LEAST
        ]
        # Before the slip the text starts as a name does, after it it ends as one does.
        first = max(len(text) - _SLIP - self.end(text, len(text)), 0)
        for place in range(first, min(self.start(text, 0) + _SLIP, len(text))):
            typed, rest = text[place], text[:place] + text[place + 1 :]
            if len(rest) >= _LEAST and rest in terms and not rest.isascii():
                found.append(Slip(rest, "added", typed, "", place, place))
            for name, at in shortened.get(rest, ()):
                if len(name) < _LEAST and not self._lexicon.vocabulary.mistakable(typed, name[at]):
                    continue
                if name[at] == typed and 0 < abs(at - place) <= _FAR and name != text:
                    found.append(Slip(name, "moved", typed, typed, place, at))
                elif name[at] != typed and at == place:
                    found.append(Slip(name, "changed", typed, name[at], place, at))
        return found

    def meant(self, text: str, *, whole: bool = True) -> Entry | None:
        """The one concept's name that the text can only be a slip of.

        A text that is not the `whole` of what stands there may only have a character in the wrong place, or one that
        was mistaken for another.
        """
        slips = [slip for slip in self.near(text) if self._is_thinkable(slip)]
        codes = {self._lexicon.terms[slip.meant].codes for slip in slips}
        if len(codes) != 1:
            return None
        sure = next(
            (slip for slip in slips if (whole or slip.kind in ("moved", "changed")) and self._is_harmless(slip, text)),
            None,
        )
        entry = self._lexicon.terms[sure.meant] if sure else None
        return entry if entry and len(entry.codes) == 1 and not entry.ambiguous and not entry.broad else None

    def others(self, text: str, codes: tuple[str, ...], sure: Container[int], kinds: frozenset[str]) -> list[str]:
        """Names one slip of these kinds away from the text that are of no concept related to these.

        A character typed for another one is not thought of in the `sure` places of the text.
        """
        category, terms = self._lexicon.category, self._lexicon.terms
        slips = [
            one for one in self.near(text) if one.kind in kinds and (one.kind != "changed" or one.place not in sure)
        ]
        if not slips:
            return []
        kin = {one for code in codes for one in (code, *category.ancestors(code), *category.descendants(code))}
        return [slip.meant for slip in slips if kin.isdisjoint(terms[slip.meant].codes)]

    def may_be_name(self, text: str) -> bool:
        """Whether the text starts or ends as a name does: all others are no slip of any."""
        heads, tails = self._ends
        return text[:_END] in heads or text[-_END:] in tails

    def start(self, text: str, place: int) -> int:
        """How many characters from `place` on stand so at the start of a name."""
        starts, size, most = self._starts, 1, len(text) - place
        while size <= most and text[place : place + size] in starts:
            size += 1
        return size - 1

    def end(self, text: str, place: int) -> int:
        """How many characters before `place` stand so at the end of a name."""
        finishes, size = self._finishes, 1
        while size <= place and text[place - size : place] in finishes:
            size += 1
        return size - 1

    def _is_harmless(self, slip: Slip, text: str) -> bool:
        """Whether the slip changes nothing that tells names apart.

        What is left of a name that lost a character, or got one too many, must look broken: 先天性关节脱位 is no slip
        of 先天性髋关节脱位, for 性关 stands in other names.
        """
        place = slip.place
        if slip.kind == "moved":
            low, high = sorted((place, slip.at))
            return not any((slip.typed, passed) in self._telling for passed in text[low : high + 1])
        if slip.kind == "missing":
            inside = 0 < slip.at < len(slip.meant) - 1 and text[place - 1] not in self._lexicon.vocabulary.fillers
            broken = inside and text[place - 1 : place + 1] not in self._pairs
            return broken and len(text) >= _LEAST_MISSING and slip.right not in self._adding
        if slip.kind == "added" and 0 < place < len(text) - 1 and slip.typed not in self._adding:
            doubled = slip.typed in (text[place - 1], text[place + 1])
            pairs = {text[place - 1 : place + 1], text[place : place + 2]}
            return doubled or (slip.typed not in self._letters and pairs.isdisjoint(self._pairs))
        if slip.kind == "changed" and (slip.typed, slip.right) not in self._telling:
            pairs = {text[at : at + 2] for at in (place - 1, place) if 0 <= at < len(text) - 1}
            return self._lexicon.vocabulary.mistakable(slip.typed, slip.right) and pairs.isdisjoint(self._pairs)
        return False

    def _is_thinkable(self, slip: Slip) -> bool:
        """Not, if a character that is in no name stands for one that neither looks nor sounds like it."""
        if slip.kind != "changed" or slip.typed in self._letters:
            return True
        return self._lexicon.vocabulary.mistakable(slip.typed, slip.right)

    @cached_property
    def _shortened(self) -> dict[str, list[tuple[str, int]]]:
        """Names by each text that is left when one of their characters is; digits and numerals are never a slip."""
        numerals = self._lexicon.vocabulary.numerals
        kept = {one for one in self._letters if one.isascii() or numerals.match(one)}
        found: dict[str, list[tuple[str, int]]] = {}
        for name in self._names():
            before = ""
            for at, one in enumerate(name):
                if one not in kept and one != before:  # of two alike, either leaves the same text
                    found.setdefault(name[:at] + name[at + 1 :], []).append((name, at))
                before = one
        return found

    @cached_property
    def _told(self) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
        """Characters that make another concept of a name when put for one another, and when added or left out."""
        terms = self._lexicon.terms
        exchanged: set[tuple[str, str]] = set()
        added: set[str] = set()
        for shorter, names in self._shortened.items():
            whole = terms.get(shorter)
            if whole is None and len(names) == 1:
                continue
            for name, at in names:
                codes = set(terms[name].codes)
                if whole is not None and codes.isdisjoint(whole.codes):
                    added.add(name[at])
                for other, there in names:
                    if there == at and other[at] != name[at] and codes.isdisjoint(terms[other].codes):
                        exchanged.add((name[at], other[at]))
        return frozenset(exchanged), frozenset(added)

    @property
    def _telling(self) -> frozenset[tuple[str, str]]:
        return self._told[0]

    @property
    def _adding(self) -> frozenset[str]:
        return self._told[1]

    @cached_property
    def _pairs(self) -> frozenset[str]:
        """Characters that stand side by side in a name as it is spelled."""
        return frozenset(text[at : at + 2] for text in self._spelled for at in range(len(text) - 1))

    @cached_property
    def _ends(self) -> tuple[frozenset[str], frozenset[str]]:
        names = list(self._names())
        return frozenset(name[:_END] for name in names), frozenset(name[-_END:] for name in names)

    @cached_property
    def _starts(self) -> frozenset[str]:
        return frozenset(name[:size] for name in self._names() for size in range(1, len(name) + 1))

    @cached_property
    def _finishes(self) -> frozenset[str]:
        return frozenset(name[-size:] for name in self._names() for size in range(1, len(name) + 1))

    @cached_property
    def _letters(self) -> frozenset[str]:
        """The characters of all names, as they are spelled, and words."""
        return frozenset("".join(self._spelled))

    @cached_property
    def _spelled(self) -> list[str]:
        """All names and words but the known misspellings."""
        entries = self._lexicon.entries.items()
        return [text for text, one in entries if not one.senses or any(s.kind != "misspelling" for _c, s in one.senses)]

    def _names(self) -> Iterator[str]:
        for name in self._lexicon.terms:
            if _LEAST_CHANGED <= len(name) <= _LONGEST and not name.isascii():
                yield name


def corrected(tokens: list[Token], view: View, lexicon: Lexicon, slips: Slips) -> list[Token]:
    """The tokens with unread stretches that are part of a name with one slip as that name's term."""
    for index, token in enumerate(tokens):
        if token.kind != "unknown" or token.end - token.start > _LONGEST:
            continue
        best = _best(tokens, index, view, lexicon, slips)
        if best:
            start, end, entry = best
            return corrected(_replaced(tokens, start, end, entry), view, lexicon, slips)
    return tokens


def _best(tokens: list[Token], index: int, view: View, lexicon: Lexicon, slips: Slips) -> tuple[int, int, Entry] | None:
    """The window over the unread token that is a name with one slip; the most unread characters, then the longest."""
    found: list[tuple[int, int, int, int, Entry]] = []
    token = tokens[index]
    for start, end in _windows(tokens, index, view, slips):
        text = view.text[start:end]
        if slips.may_be_name(text) and text not in lexicon.terms and slips.near(text):
            meant = slips.meant(text, whole=_is_whole(tokens, start, end, view))
            if meant:
                unread = min(end, token.end) - max(start, token.start)
                found.append((-unread, start - end, start, end, meant))
    if not found:
        return None
    found.sort(key=lambda one: one[:4])
    first = found[0]
    if any(one[:2] == first[:2] and one[4].codes != first[4].codes for one in found):
        return None
    return first[2], first[3], first[4]


def _is_whole(tokens: list[Token], start: int, end: int, view: View) -> bool:
    """Whether the stretch neither cuts an unread token nor takes in a name."""
    inside = [token for token in tokens if token.start < end and token.end > start]
    cut = any(token.kind == "unknown" and (token.start < start or token.end > end) for token in inside)
    return not cut and all(token.kind != "term" for token in inside)


def _windows(
    tokens: list[Token], index: int, view: View, slips: Slips, *, whole: bool = False
) -> Iterator[tuple[int, int]]:
    """Stretches with a character of the unread token: inside it, or from and to a border of a token beside it.

    Only those that may be one slip away from a name: but for _SLIP characters, they start and end as names do. If
    `whole`, only those that take in all of the token.
    """
    gaps = view.gaps
    starts, ends = _borders(tokens, index, view)
    if whole:
        token = tokens[index]
        starts, ends = [one for one in starts if one <= token.start], [one for one in ends if one >= token.end]
    first, last = min(starts), max(ends)
    if last - first < _LEAST_CHANGED:
        return
    before = [(end, end - slips.end(view.text, end) - _SLIP) for end in ends if end - first >= _LEAST_CHANGED]
    for start in starts:
        reached = start + slips.start(view.text, start) if last - start >= _LEAST_CHANGED else -_LONGEST
        for end, reach in before:
            if reach > reached or not _LEAST_CHANGED <= end - start <= _LONGEST:
                continue
            if view.bare or max(gaps[start + 1 : end]) <= SOFT:
                yield start, end


def _borders(tokens: list[Token], index: int, view: View) -> tuple[list[int], list[int]]:
    """Where stretches with a character of the unread token may start, and where they may end."""
    token, gaps = tokens[index], view.gaps
    starts, ends = list(range(token.start, token.end)), list(range(token.start + 1, token.end + 1))
    for step, borders in ((-1, starts), (1, ends)):
        place = index
        for _one in range(_REACH):
            place += step
            if not 0 <= place < len(tokens) or tokens[place].kind == "number":
                break
            if gaps[tokens[max(place, place - step)].start] > SOFT:
                break
            borders.append(tokens[place].start if step < 0 else tokens[place].end)
    return starts, ends


def _replaced(tokens: list[Token], start: int, end: int, entry: Entry) -> list[Token]:
    """The tokens with `[start, end)` as the entry's term; what sticks out of an unread one stays unread."""
    made: list[Token] = []
    for token in tokens:
        if token.end <= start or token.start >= end:
            made.append(token)
            continue
        if token.start < start:
            made.append(Token("unknown", token.start, start))
        if token.start <= start < token.end:
            made.append(Token("term", start, end, entry, typed=1))
        if token.end > end:
            made.append(Token("unknown", end, token.end))
    return made


def mistakable(reading: Reading, lexicon: Lexicon, slips: Slips) -> None:
    """Doubt a name that, as it was typed or with the words glued to it, is one slip away from another concept's.

    过渡性室缺 has a sub-type of 房室缺, and 右在肺动脉缺如 is as near to the right artery's name as to the left one's.
    """
    for found in reading.found:
        if found.problem or found.token < 0 or not found.codes:
            continue
        typed = reading.tokens[found.token].typed > 0
        windows = [(found.start, found.end, _READ_AS_MISTAKEN)] if typed else []
        windows += [(*window, _KINDS) for window in _beside(reading, found, lexicon, odd_only=not typed)]
        for start, end, kinds in windows:
            text = reading.view.text[start:end]
            sure = _sure(found, reading, start) | _said(reading, start, end)
            if len(text) <= _LONGEST and text not in lexicon.terms and slips.others(text, found.codes, sure, kinds):
                found.problem = "confusable"
                break
    _doubt_parts(reading, lexicon, slips)


def _doubt_parts(reading: Reading, lexicon: Lexicon, slips: Slips) -> None:
    """Doubt a name that, with an unread stretch beside it, is one slip away from a name of which it is a part.

    大动脉位伴室缺 is a transposition with a defect, not a defect.
    """
    category, terms = lexicon.category, lexicon.terms
    if all(one.problem for one in reading.found):
        return
    for index, token in enumerate(reading.tokens):
        if token.kind != "unknown":
            continue
        for start, end in _windows(reading.tokens, index, reading.view, slips, whole=True):
            inside = [one for one in reading.found if start <= one.start and one.end <= end and not one.problem]
            if not inside:
                continue
            meant = {code for slip in slips.near(reading.view.text[start:end]) for code in terms[slip.meant].codes}
            for found in inside:
                if not meant <= {one for code in found.codes for one in (code, *category.ancestors(code))}:
                    found.problem = "confusable"


def _sure(found: Found, reading: Reading, start: int) -> frozenset[int]:
    """The places, from `start` on, that were read: as they stand, or for a character they are mistaken for."""
    exact = not reading.tokens[found.token].typed or found.end - found.start == len(found.entry.key)
    return frozenset(range(found.start - start, found.end - start)) if exact else frozenset()


def _said(reading: Reading, start: int, end: int) -> frozenset[int]:
    """The places of words with a meaning of their own, from `start` on: 经皮 before an operation is no slip of 经胸."""
    words = [token for token in reading.tokens if token.kind == "modifier" and start <= token.start < end]
    return frozenset(place - start for token in words for place in range(token.start, token.end))


def _beside(reading: Reading, found: Found, lexicon: Lexicon, *, odd_only: bool) -> Iterator[tuple[int, int]]:
    """The name with the words glued to it on either side; if `odd_only`, only with those that no such name has."""
    tokens, first, last = reading.tokens, found.token, found.token
    while last + 1 < len(tokens) and tokens[last + 1].start < found.end:
        last += 1
    for step, border in ((-1, first), (1, last)):
        place = border
        for _one in range(_BESIDE):
            place += step
            if not 0 <= place < len(tokens) or not reading.glued(max(place, place - step)):
                break
            token, host = tokens[place], reading.hosts.get(place)
            shared = host is not None and (host.shares is found or found.shares is host)
            if not shared and not _may_belong(token, found, lexicon, odd_only=odd_only):
                break
            yield min(token.start, found.start), max(token.end, found.end)


def _may_belong(token: Token, found: Found, lexicon: Lexicon, *, odd_only: bool) -> bool:
    if token.kind == "unknown":
        return True
    if token.kind != "modifier" or token.entry is None:
        return False
    kinds = [(modifier.axis, modifier.value) for modifier in token.entry.modifiers]
    return not odd_only or not any(fits(found, lexicon.cores.get(kind, frozenset()), lexicon) for kind in kinds)
