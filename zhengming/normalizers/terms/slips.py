"""Slips of the pen: a name with one character left out, added, mistaken, or standing in the wrong place.

A slip is put right only where it cannot have been another name: all names one slip away are of one concept, and the
character in question tells no two concepts apart anywhere in the dictionary.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Final, NamedTuple

from zhengming.normalizers.terms.beginnings import Beginnings
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.once import Once
from zhengming.normalizers.terms.variants import Variants, neighbours

_LEAST: Final = 5  # characters of a name in which a slip is looked for; shorter ones are too near to others
LEAST_CHANGED: Final = 4  # of one in which a character may be mistaken for one that looks or sounds like it
_LEAST_MISSING: Final = 6  # characters that must be left of a name: 肝细胞瘤 is no slip of 肝母细胞瘤
LONGEST: Final = 24  # characters of a name, and of an unread stretch, in which a slip is looked for
_KEPT: Final = 100_000  # texts whose names one slip away are kept, some 30 MB
_FAR: Final = 1  # places by which a character may be misplaced: 内翻足 and 足内翻 are two names
SLIP: Final = 2  # characters that one slip touches: two neighbours exchanged
ENDS: Final = 2  # characters at one end of a name that a slip at the other end leaves alone


KINDS: Final = frozenset({"added", "missing", "moved", "changed"})


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
        self._left: dict[tuple[str, int], dict[str, list[tuple[str, int]]]] = {}
        self._starting = Once(self._find_starting)
        self._kept = Once(self._find_kept)
        self._told = Once(self._find_told)
        self._pairs = Once(self._find_pairs)
        self._starts = Once(self._find_starts)
        self._finishes = Once(self._find_finishes)
        self._letters = Once(self._find_letters)
        self._sounding = Once(self._find_sounding)
        self._spelled = Once(self._find_spelled)
        self._names = Once(self._find_names)

    def prepare(self) -> None:
        """Work out now what is otherwise worked out when first needed."""
        _all = (self._told(), self._pairs(), self._starting(), self._starts(), self._finishes(), self._sounding())

    def near(self, text: str) -> list[Slip]:
        """Every name that the text is but for one slip."""
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._known[text] = self._near(text)
        return known

    def _near(self, text: str) -> list[Slip]:
        terms, size = self._lexicon.terms, len(text)
        if size < LEAST_CHANGED - 1:
            return []
        found = [
            Slip(name, "missing", "", name[at], at, at)
            for name, at in self._shortened(text[0], size + 1).get(text, ())
            if len(name) >= _LEAST and name[at] not in self._kept()
        ]
        # Before the slip the text starts as a name does, after it it ends as one does.
        first, last = max(size - SLIP - self.end(text, size), 0), min(self.start(text, 0) + SLIP, size)
        same = self._shortened(text[0], size) if max(first, 1) < last else {}
        for place in range(first, last):
            typed, rest = text[place], text[:place] + text[place + 1 :]
            if size > _LEAST and rest in terms and not rest.isascii():
                found.append(Slip(rest, "added", typed, "", place, place))
            for name, at in (same if place else self._shortened(rest[0], size)).get(rest, ()):
                if name[at] == typed and 0 < abs(at - place) <= _FAR and name != text and typed not in self._kept():
                    found.append(Slip(name, "moved", typed, typed, place, at))
                elif name[at] != typed and at == place and self._may_stand_for(typed, name, at):
                    found.append(Slip(name, "changed", typed, name[at], place, at))
        return found

    def meant(self, text: str, *, whole: bool = True) -> Entry | None:
        """The one concept's name that the text can only be a slip of.

        A text that is not the `whole` of what stands there may only have a character in the wrong place, or one that
        was mistaken for another.
        """
        near = self.near(text)
        slips = [slip for slip in near if self._is_thinkable(slip)] if near else near
        codes = {self._lexicon.terms[slip.meant].codes for slip in slips}
        if len(codes) != 1:
            return None
        sure = next(
            (slip for slip in slips if (whole or slip.kind in ("moved", "changed")) and self._is_harmless(slip, text)),
            None,
        )
        entry = self._lexicon.terms[sure.meant] if sure else None
        return entry if entry and len(entry.codes) == 1 and not entry.ambiguous and not entry.broad else None

    def repeated(self, text: str, size: int, entry: Entry) -> Entry | None:
        """The name of the concept of `entry`, of which a character too many made a name of the first `size` characters.

        房间隔缺失损 is 房间隔缺损 with 失 put in, which makes 房间隔缺失 of its front.
        """
        near = self.near(text)
        if {code for slip in near for code in self._lexicon.terms[slip.meant].codes} != set(entry.codes):
            return None
        put_in = next((slip for slip in near if slip.kind == "added" and slip.place == size - 1), None)
        return self._lexicon.terms[put_in.meant] if put_in and len(text) == size + 1 else None

    def others(
        self, text: str, codes: tuple[str, ...], sure: Container[int], said: Container[int], kinds: frozenset[str]
    ) -> list[str]:
        """Names one slip of these kinds away from the text that are of no concept related to these.

        A character typed for another one is not thought of in the `sure` places of the text; where a word is `said`
        that has a meaning of its own, only one that sounds like it is: 管状静脉窦 may be 冠状静脉窦.
        """
        sounds_alike = self._lexicon.vocabulary.sounds_alike
        slips = [
            one
            for one in self.near(text)
            if one.kind in kinds
            and (
                one.kind != "changed"
                or (one.place not in sure and (one.place not in said or sounds_alike(one.typed, one.right)))
            )
        ]
        return self._unrelated(slips, codes)

    def sounds_as_another(self, text: str, codes: tuple[str, ...]) -> bool:
        """Whether the text is, but for a character that sounds like it, a name of no concept related to these."""
        heard = self._lexicon.vocabulary.is_heard
        slips = [one for one in self.near(text) if one.kind == "changed" and heard(one.typed, one.right)]
        return bool(self._unrelated(slips, codes))

    def sounds_between(self, text: str) -> bool:
        """Whether names have a character that sounds like the second of three between the other two."""
        before, typed, after = text[0], text[1], text[2]
        pairs, sound = self._pairs(), self._lexicon.vocabulary.syllables.get(typed, "")
        for one in self._sounding().get(sound, ""):
            if one != typed and before + one in pairs and one + after in pairs:
                return True
        return False

    def is_torn(self, text: str, meant: str, codes: tuple[str, ...]) -> bool:
        """Whether a character that was taken for that of the name looks as well like one of another concept's name.

        友 of 友房扩大 sounds like 右 and looks like 左.
        """
        looks_so = self._lexicon.vocabulary.looks_so
        slips = [
            Slip(name, "changed", text[place], name[place], place, place)
            for place, right in enumerate(meant)
            if text[place] != right
            for name in self._at(text, place)
            if name[place] not in (right, text[place]) and looks_so(text[place], name[place])
        ]
        return bool(self._unrelated(slips, codes))

    def _unrelated(self, slips: list[Slip], codes: tuple[str, ...]) -> list[str]:
        """The names meant that are of no concept related to these."""
        if not slips:
            return []
        category, terms = self._lexicon.category, self._lexicon.terms
        above = {one for code in codes for one in (code, *category.ancestors(code))}
        return [
            slip.meant
            for slip in slips
            if above.isdisjoint(terms[slip.meant].codes)
            and all(category.ancestors(code).isdisjoint(codes) for code in terms[slip.meant].codes)
        ]

    def start(self, text: str, place: int) -> int:
        """How many characters from `place` on stand so at the start of a name."""
        return self._starts().longest(text[place:])

    def end(self, text: str, place: int) -> int:
        """How many characters before `place` stand so at the end of a name."""
        return self._finishes().longest(text[:place][::-1])

    def _is_harmless(self, slip: Slip, text: str) -> bool:
        """Whether the slip changes nothing that tells names apart.

        What is left of a name that lost a character, or got one too many, must look broken: 先天性关节脱位 is no slip
        of 先天性髋关节脱位, for 性关 stands in other names.
        """
        place = slip.place
        if slip.typed in self._lexicon.vocabulary.inside:
            return False  # it denies
        if slip.kind == "moved":
            low, high = sorted((place, slip.at))
            return not any((slip.typed, passed) in self._telling for passed in text[low : high + 1])
        if slip.kind == "missing":
            inside = 0 < slip.at < len(slip.meant) - 1 and text[place - 1] not in self._lexicon.vocabulary.fillers
            broken = inside and text[place - 1 : place + 1] not in self._pairs()
            return broken and len(text) >= _LEAST_MISSING and slip.right not in self._adding
        if slip.kind == "added" and 0 < place < len(text) - 1 and slip.typed not in self._adding:
            doubled = slip.typed in (text[place - 1], text[place + 1])
            pairs = {text[place - 1 : place + 1], text[place : place + 2]}
            return doubled or (slip.typed not in self._letters() and pairs.isdisjoint(self._pairs()))
        return slip.kind == "changed" and self._is_mistaken(slip, text)

    def _is_thinkable(self, slip: Slip) -> bool:
        """Not, if a character stands for one that neither looks nor sounds like it in the least."""
        if slip.kind != "changed":
            return True
        vocabulary = self._lexicon.vocabulary
        return vocabulary.mistakable(slip.typed, slip.right) or vocabulary.resembles(slip.typed, slip.right)

    def _at(self, text: str, place: int) -> list[str]:
        """The names that the text is with any character in this place."""
        rest = text[:place] + text[place + 1 :]
        start = rest[0] if place == 0 else text[0]
        return [name for name, at in self._shortened(start, len(text)).get(rest, ()) if at == place]

    def _may_stand_for(self, typed: str, name: str, at: int) -> bool:
        """Whether a character may be typed for that of the name: of a numeral, and in a short name, one like it."""
        numeral = name[at] in self._kept()
        if not numeral and len(name) >= _LEAST:
            return True
        return not (numeral and typed in self._kept()) and self._lexicon.vocabulary.mistakable(typed, name[at])

    def _is_mistaken(self, slip: Slip, text: str) -> bool:
        """Whether a character can only have been typed for the one that is meant, and is no word's that fits there.

        One that only looks like it must be the only one that makes a name there, and one that hardly does be in none.
        """
        place, vocabulary = slip.place, self._lexicon.vocabulary
        pairs = {text[at : at + 2] for at in (place - 1, place) if 0 <= at < len(text) - 1}
        if (slip.typed, slip.right) in self._telling or not pairs.isdisjoint(self._pairs()):
            return False
        fitting = [self._lexicon.terms[name] for name in self._at(text, place)]
        if self._lexicon.terms[slip.meant].misspelt and any([not entry.misspelt for entry in fitting]):
            return False  # it is a slip of the name that is spelled right, or of none
        if vocabulary.is_heard(slip.typed, slip.right) and (
            len(text) >= _LEAST
            or vocabulary.is_confused(slip.typed, slip.right)
            or vocabulary.is_nearly_heard(slip.typed, slip.right)
        ):
            return True
        if not vocabulary.mistakable(slip.typed, slip.right):
            foreign = slip.typed not in self._letters() and len(text) >= _LEAST
            if not foreign or not vocabulary.resembles(slip.typed, slip.right):
                return False
        return len({entry.codes for entry in fitting}) == 1

    def is_brief_slip(self, text: str, place: int, right: str, *, foreign: bool) -> bool:
        """Whether a character of a brief text may be the `right` one mistyped; if `foreign`, only one in no name."""
        typed, vocabulary, kept = text[place], self._lexicon.vocabulary, self._kept()
        pairs = {text[at : at + 2] for at in (place - 1, place) if 0 <= at < len(text) - 1}
        if (typed, right) in self._telling or not pairs.isdisjoint(self._pairs()):
            return False
        if typed in kept or right in kept or (foreign and typed in self._letters()):
            return False
        if typed in self._lexicon.entries or typed in vocabulary.inside or typed in vocabulary.changes_before:
            return False  # a word by itself: 非感染 is no infection of the lung
        alike = vocabulary.looks_alike(typed, right) or vocabulary.sounds_alike(typed, right)
        return alike and vocabulary.mistakable(typed, right)

    def _shortened(self, start: str, size: int) -> dict[str, list[tuple[str, int]]]:
        """Names of `size` characters by each text that is left when one of them is, for the texts that start so.

        Digits are never a slip. Few of these are asked for, so each is made when it is.
        """
        found = self._left.get((start, size))
        if found is not None:
            return found
        found = self._left[start, size] = {}
        for name in self._starting().get((start, size), ()):
            before = ""
            for at, one in enumerate(name):
                if not one.isascii() and one != before:  # of two alike, either leaves the same text
                    rest = name[:at] + name[at + 1 :]
                    if rest[0] == start:
                        found.setdefault(rest, []).append((name, at))
                before = one
        return found

    def _find_starting(self) -> dict[tuple[str, int], list[str]]:
        """Names by what they may start with when a character is left out, and by their length."""
        found: dict[tuple[str, int], list[str]] = {}
        for name in self._names():
            size = len(name)
            found.setdefault((name[0], size), []).append(name)
            if name[1] != name[0]:
                found.setdefault((name[1], size), []).append(name)
        return found

    def _find_kept(self) -> frozenset[str]:
        numerals = self._lexicon.vocabulary.numerals
        return frozenset(one for one in self._letters() if one.isascii() or numerals.match(one))

    def _find_told(self) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
        """Characters that make another concept of a name when put for one another, and when added or left out."""
        terms = self._lexicon.terms
        names, codes = list(terms), [entry.codes for entry in terms.values()]
        variants = Variants(names, least=LEAST_CHANGED, longest=LONGEST, kept=self._kept())
        added = {
            name[at]
            for name, own, at in ((names[place], codes[place], at) for place, at in variants.shortened())
            if name[at] not in self._kept()
            and (whole := terms.get(name[:at] + name[at + 1 :]))
            and set(own).isdisjoint(whole.codes)
        }
        exchanged: set[tuple[str, str]] = set()
        for one, other, at in variants.exchanged():
            if not set(codes[one]).isdisjoint(codes[other]):
                continue
            name, like = names[one], names[other]
            if name[:at] == like[:at] and name[at + 1 :] == like[at + 1 :]:
                exchanged |= {(name[at], like[at]), (like[at], name[at])}
        return frozenset(exchanged), frozenset(added)

    @property
    def _telling(self) -> frozenset[tuple[str, str]]:
        return self._told()[0]

    @property
    def _adding(self) -> frozenset[str]:
        return self._told()[1]

    def _find_pairs(self) -> frozenset[str]:
        """Characters that stand side by side in a name as it is spelled."""
        return neighbours(self._spelled())

    def _find_starts(self) -> Beginnings:
        """How names begin."""
        return Beginnings(self._names())

    def _find_finishes(self) -> Beginnings:
        """How names begin that are read backwards."""
        return Beginnings([name[::-1] for name in self._names()])

    def _find_letters(self) -> frozenset[str]:
        """The characters of all names, as they are spelled, and words."""
        return frozenset(self._spelled())

    def _find_sounding(self) -> dict[str, str]:
        """The characters of names and words by how they are read."""
        found: dict[str, str] = {}
        syllables = self._lexicon.vocabulary.syllables
        for one in sorted(self._letters()):
            if one in syllables:
                found[syllables[one]] = found.get(syllables[one], "") + one
        return found

    def _find_spelled(self) -> str:
        """All names and words but the known misspellings, parted by a sign that none has."""
        entries = self._lexicon.entries.items()
        return "\0".join(
            [
                text
                for text, one in entries
                if not one.senses
                or one.senses[0][1].kind != "misspelling"
                or any(sense.kind != "misspelling" for _code, sense in one.senses)
            ]
        )

    def _find_names(self) -> list[str]:
        return [one for one in self._lexicon.terms if LEAST_CHANGED <= len(one) <= LONGEST and not one.isascii()]
