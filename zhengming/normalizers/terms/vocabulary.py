"""The language of clinical cells as data: cue words, punctuation, units, confusable characters.

Nothing here names a disease. What the words mean is in `data/vocabulary/*.csv`, each row with its source; this module
only reads it. A category's own sub-type words come with the category.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from zhengming.dictionary.folding import fold, key
from zhengming.normalizers.terms.punctuation import Punctuations

_HAN_NUMERALS: Final = "一二三四五六七八九十两半数"

_BOXES: Final = frozenset({"tick", "box", "blank"})  # positions of marks
_FEW: Final = 16  # characters that a part may be in which makes them look alike: 曷 of 竭 and 歇, no 月
# Marks that stand together whose meaning is kept: all that honest cells have but for ... and dashes.
_LONGEST_RUN: Final = 3

UNCLEAR: Final = "unclear"  # the certainty of an answer or a word that cannot be told
NONE: Final = 0
SOFT: Final = 1
BRACKET: Final = 2
LIST: Final = 3
CLAUSE: Final = 4
SENTENCE: Final = 5
_STRENGTH: Final = {
    "soft": SOFT,
    "bracket": BRACKET,
    "list": LIST,
    "assign": LIST,
    "clause": CLAUSE,
    "sentence": SENTENCE,
}


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that says something about the mentions around it.

    `axis` is what it speaks of (certainty, timing, subject, severity …; `link`, `neutral`, `contrast` for words that
    join or say nothing), `position` where its mention stands (before: the cue precedes it), `scope` how far it reaches
    (nearest, list, sentence). Of marks `position` may also be `tick`, `box` or `blank` (a form's boxes, ticked or
    crossed, empty, or left blank) and `sign` (glued to the name before it). An `answer` stands behind a mark that
    assigns it to the name before (室缺：0); its value may be `unclear`.
    """

    axis: str
    value: str
    text: str
    position: str
    scope: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement: what it measures and the factor to the quantity's own unit."""

    text: str
    quantity: str
    factor: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Cues by key, punctuation cues by folded text, the strength of punctuation, units, and confusable characters.

    `alike` gives for a character the class it shares with those it is mistaken for, `confused` the pairs that look or
    sound alike, in both orders, `syllables` how a character is read; `fillers` are characters that may
    be added or left out of a name without making it another name, `compounding` marks that make one of two names;
    `pending` words begin what is still to be done, `hopes_before` and `hopes_behind` stand beside what is only hoped
    for, an operation that has a word of `performed` in its name is no mere plan, `negators` are what a denial is made
    with, `inside` those that deny in the middle of a name (found by `inside_pattern`; `fuller` gives for a word behind
    one what names have for it: 狭窄 for 窄), and `pairs` are two beginnings of one name glued (左右);
    `normal` words say that a part is as it should be (`normal_form` of them that its form is), `normal_of` words what
    of it is;
    what is glued to a name is said of the part that it begins with where that part ends with one of `holding`;
    what ends with a word of `whole` is all that a denial before it denies: 无残余分流肺动脉高压;
    of a part that a name ending with a word of `shut` is of, an ending behind it says nothing: 三尖瓣闭锁反流;
    doubts and denials that end with a word of `ahead` are said of the name behind them, where one is glued to them.
    `kind_prefixes` deny no more than the kind glued to them, a word that ends with one of `kind_endings` and is none of
    `kind_wholes`; a word of `then` parts what was from what came of it, one of `ago` tells when.
    `lookalikes` gives for a character those that are nearest in shape, `slurred` for a syllable how it is typed where
    near sounds are not kept apart, `slurred_half` where those at its start, and where those at its end are not; `parts`
    of what a character is made, `few` only such parts as few have; `naming` ones by themselves name a part of the body
    or a kind of disease; `brief_words` are ordinary words that are near to a name of two characters.
    `marks_behind` are those of `marks` that speak of the name before them; `assigning`
    marks give the name before them what stands behind them, and `answers` are what a form has there, by key. `runs`
    gives for marks that stand together the strongest of their strengths, and the brackets among them; `punctuation`
    what is in all marks of a cell. `boxes` are those of a form, ticked or not, `signs` those that are glued to a name.
    """

    cues: Mapping[str, tuple[Cue, ...]]
    marks: Mapping[str, tuple[Cue, ...]]
    marks_behind: Mapping[str, tuple[Cue, ...]]
    assigning: frozenset[str]
    answers: Mapping[str, Cue]
    strengths: Mapping[str, int]
    runs: Mapping[str, tuple[int, str]]
    units: Mapping[str, Unit]
    alike: Mapping[str, str]
    confused: frozenset[tuple[str, str]]
    syllables: Mapping[str, str]
    lookalikes: Mapping[str, str]
    slurred: Mapping[str, str]
    slurred_half: Mapping[str, tuple[str, str]]
    parts: Mapping[str, str]
    few: Mapping[str, str]
    naming: frozenset[str]
    brief_words: frozenset[str]
    fillers: frozenset[str]
    compounding: tuple[str, ...]
    pending: tuple[str, ...]
    hopes_before: tuple[str, ...]
    hopes_behind: tuple[str, ...]
    performed: tuple[str, ...]
    negators: tuple[str, ...]
    inside: tuple[str, ...]
    inside_pattern: re.Pattern[str]
    fuller: Mapping[str, tuple[str, ...]]
    normal: tuple[str, ...]
    normal_form: tuple[str, ...]
    normal_of: tuple[str, ...]
    normal_pattern: re.Pattern[str]
    pairs: tuple[str, ...]
    holding: frozenset[str]
    whole: tuple[str, ...]
    shut: tuple[str, ...]
    ahead: tuple[str, ...]
    kind_prefixes: tuple[str, ...]
    kind_endings: tuple[str, ...]
    kind_wholes: tuple[str, ...]
    then: tuple[str, ...]
    ago: tuple[str, ...]
    changes_before: tuple[str, ...]
    changes_after: tuple[str, ...]
    boxes: Mapping[str, Cue]
    signs: Mapping[str, Cue]
    punctuation: Punctuations
    numbers: re.Pattern[str]
    numerals: re.Pattern[str]

    def looks_alike(self, typed: str, meant: str) -> bool:
        """Whether one character may be taken for the other by its shape, or is commonly typed for it."""
        near = typed in self.lookalikes.get(meant, "") or meant in self.lookalikes.get(typed, "")
        return near or (typed, meant) in self.confused

    def sounds_alike(self, typed: str, meant: str) -> bool:
        """Whether the two characters are read alike."""
        return typed in self.syllables and self.syllables[typed] == self.syllables.get(meant)

    def is_confused(self, typed: str, meant: str) -> bool:
        """Whether one character is commonly typed for the other, or sounds just like it."""
        return (typed, meant) in self.confused or (typed not in self.naming and self.sounds_alike(typed, meant))

    def is_nearly_heard(self, typed: str, meant: str) -> bool:
        """Whether the two sound alike but for what is not kept apart at the start, or at the end, of a syllable."""
        if typed in self.naming:
            return False
        sounds = [self.slurred_half.get(self.syllables.get(one, "")) for one in (typed, meant)]
        if sounds[0] is None or sounds[1] is None:
            return False
        return sounds[0][0] == sounds[1][0] or sounds[0][1] == sounds[1][1]

    def looks_so(self, typed: str, meant: str) -> bool:
        """Whether one character may be taken for the other by its shape: by its outline or a part that few have."""
        return self.looks_alike(typed, meant) or self._share(typed, meant, self.few)

    def is_heard(self, typed: str, meant: str) -> bool:
        """Whether one character may have been typed for the other: both sound alike or nearly, or it is common.

        One that names a part of the body or a kind of disease was hardly another one: 腓 is no 肺, 癌 no 瘤.
        """
        if (typed, meant) in self.confused:
            return True
        sound = None if typed in self.naming else self.slurred.get(self.syllables.get(typed, ""))
        return sound is not None and sound == self.slurred.get(self.syllables.get(meant, ""))

    def mistakable(self, typed: str, meant: str) -> bool:
        """Whether one character may have been typed or read for the other: they look or sound alike, or nearly."""
        if self.is_heard(typed, meant):
            return True
        return typed not in self.naming and self.looks_so(typed, meant)

    def resembles(self, typed: str, meant: str) -> bool:
        """Whether two characters have a part in common (窃, 窄): of use only where all else fits."""
        if typed in self.naming:
            return False
        return self._share(typed, meant, self.parts)

    def _share(self, typed: str, meant: str, parts: Mapping[str, str]) -> bool:
        others = parts.get(meant, "")
        for one in parts.get(typed, "") if others else "":  # noqa: SIM110 — compiled, a loop is quicker than `any`
            if one in others:
                return True
        return False


# Axes of which only the texts are kept.
_ENDINGS: Final = (
    frozenset({"changes_before", "changes_after", "filler", "compound", "pair", "holding", "whole", "shut", "ahead"})
    | frozenset({"pending", "hope_before", "hope_behind", "performed", "negator", "inside", "then", "ago"})
    | frozenset({"normal", "normal_form", "normal_of", "kind_prefix", "kind_ending", "kind_whole"})
)


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that comes with the package."""
    cues: dict[str, list[Cue]] = {}
    marks: dict[str, list[Cue]] = {}
    answers: dict[str, Cue] = {}
    endings: dict[str, list[str]] = {axis: [] for axis in _ENDINGS}
    fuller: dict[str, tuple[str, ...]] = {}
    for axis, value, text, position, scope, _source in _rows("cues"):
        if axis == "fuller":
            fuller[key(value)] = (*fuller.get(key(value), ()), key(text))
        elif axis in endings:
            endings[axis].append(key(text))  # of a mark, the mark itself
        elif position == "answer":
            answers[key(text) or fold(text)] = Cue(axis, value, text, position, scope)
        elif any(character.isalnum() for character in text):
            cues.setdefault(key(text), []).append(Cue(axis, value, text, position, scope))
        else:
            marks.setdefault(fold(text), []).append(Cue(axis, value, text, position, scope))
    pairs = [(fold(left), fold(right)) for left, right, _kind, _source in _rows("confusable_characters")]
    read = {syllable: characters for syllable, characters, _source in _rows("homophones")}
    rare = {syllable: characters for syllable, characters, _source in _rows("rare_homophones")}
    strengths = {fold(mark) or mark: _STRENGTH[kind] for mark, kind, _source in _rows("marks")}
    behind = {text: tuple(found) for text, found in marks.items() if found[0].position == "after"}
    boxes = {text: found[0] for text, found in marks.items() if found[0].position in _BOXES}
    signs = {text: found[0] for text, found in marks.items() if found[0].position == "sign"}
    assigning = frozenset(fold(mark) for mark, kind, _source in _rows("marks") if kind == "assign")
    units = {fold(text): Unit(text, quantity, float(factor)) for text, quantity, factor, _source in _rows("units")}
    return Vocabulary(
        cues={text: tuple(found) for text, found in cues.items()},
        marks={text: tuple(found) for text, found in marks.items()},
        marks_behind=behind,
        assigning=assigning,
        answers=answers,
        strengths=strengths,
        runs=_Runs(strengths),
        units=units,
        alike=_classes(pairs, read, rare),
        syllables={one: syllable for sounds in (rare, read) for syllable, found in sounds.items() for one in found},
        lookalikes={fold(one): fold(like) for one, like, _source in _rows("lookalikes")},
        slurred=_slurred(read | rare, {"start", "end"}),
        slurred_half=_slurred_half(read | rare),
        parts=_parts(),
        few=_parts(_FEW),
        naming=frozenset("".join([characters for characters, _kind, _source in _rows("naming_characters")])),
        brief_words=frozenset(key(text) for text, _source in _rows("brief_words")),
        confused=frozenset(pair for left, right in pairs for pair in ((left, right), (right, left))),
        fillers=frozenset(endings["filler"]),
        compounding=tuple(endings["compound"]),
        pending=tuple(endings["pending"]),
        hopes_before=tuple(endings["hope_before"]),
        hopes_behind=tuple(endings["hope_behind"]),
        performed=tuple(endings["performed"]),
        negators=tuple(endings["negator"]),
        inside=tuple(endings["inside"]),
        fuller=fuller,
        inside_pattern=re.compile("|".join(map(re.escape, endings["inside"]))),
        normal=tuple(sorted(endings["normal"] + endings["normal_form"], key=len, reverse=True)),
        normal_form=tuple(endings["normal_form"]),
        normal_of=tuple(sorted(endings["normal_of"], key=len, reverse=True)),
        normal_pattern=re.compile("|".join(map(re.escape, endings["normal"] + endings["normal_form"]))),
        pairs=tuple(endings["pair"]),
        holding=frozenset(endings["holding"]),
        whole=tuple(endings["whole"]),
        shut=tuple(endings["shut"]),
        ahead=tuple(endings["ahead"]),
        kind_prefixes=tuple(endings["kind_prefix"]),
        kind_endings=tuple(endings["kind_ending"]),
        kind_wholes=tuple(endings["kind_whole"]),
        then=tuple(endings["then"]),
        ago=tuple(endings["ago"]),
        changes_before=tuple(endings["changes_before"]),
        changes_after=tuple(endings["changes_after"]),
        boxes=boxes,
        signs=signs,
        punctuation=Punctuations(marks, assigning, behind, boxes, signs),
        numbers=_number_pattern(units),
        numerals=re.compile(rf"[\d{_HAN_NUMERALS}]"),
    )


class _Runs(dict[str, tuple[int, str]]):
    """What marks that stand together say, worked out when they are first met; only short runs are kept."""

    def __init__(self, strengths: Mapping[str, int]) -> None:
        super().__init__()
        self._strengths = strengths

    def __missing__(self, marks: str) -> tuple[int, str]:
        strengths = [self._strengths.get(mark, SOFT) for mark in marks]
        brackets = "".join([mark for mark, one in zip(marks, strengths, strict=True) if one == BRACKET])
        said = max(strengths), brackets
        if len(marks) <= _LONGEST_RUN:
            self[marks] = said
        return said


def _slurred_half(syllables: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Each syllable as it is typed where near sounds at its start, and where those at its end are not kept apart."""
    starts, ends = _slurred(syllables, {"start"}), _slurred(syllables, {"end"})
    return {one: (starts[one], ends[one]) for one in starts}


def _slurred(syllables: Iterable[str], parts: Container[str]) -> dict[str, str]:
    """Each syllable as it is typed where near sounds in these parts of it are not kept apart."""
    rules = [(part, sound, like) for part, sound, like, _source in _rows("slurred_sounds") if part in parts]
    found = {}
    for syllable in syllables:
        slurred = syllable
        for part, sound, like in rules:
            if part == "start":
                slurred = like + slurred.removeprefix(sound) if slurred.startswith(sound) else slurred
            else:
                slurred = slurred.removesuffix(sound) + like if slurred.endswith(sound) else slurred
        found[syllable] = slurred
    return found


def _parts(most: int = 0) -> dict[str, str]:
    """The parts of which each character is made, itself among them if it is one.

    With `most` only parts of at most so many characters, and of others than themselves: 尖 is no 小.
    """
    found: dict[str, str] = {}
    for part, characters, _source in _rows("shared_parts"):
        if not most or len(characters) <= most:
            for one in characters if most else (part, *characters):
                found[one] = found.get(one, "") + part
    return found


def _number_pattern(units: Mapping[str, Unit]) -> re.Pattern[str]:
    """Codes (q21.0), dates, numbers and ranges with their unit, and counted spans in hanzi (三年), in folded text."""
    ordered = sorted(units, key=lambda text: (-len(text), text))
    number = r"\d+(?:\.\d+)?"
    unit = "|".join(re.escape(text) + ("(?![a-z])" if text.isascii() else "") for text in ordered)
    counted = "|".join(re.escape(text) for text in ordered if not text.isascii())
    item = rf"(?<![{_HAN_NUMERALS}])[一二三四五六七八九十]{{1,2}}(?=[、.])(?![、.][{_HAN_NUMERALS}])"
    return re.compile(
        rf"(?=[\da-z{_HAN_NUMERALS}])"  # every branch begins so; to look at this first takes half the time
        rf"(?:(?P<item>{item})"
        r"|(?P<code>(?<![a-z])[a-z]\d\d(?:\.\d[0-9x]*)?(?![a-z0-9]))"
        r"|(?P<date>\d{4} ?[-./年] ?\d{1,2}(?: ?[-./月] ?\d{1,2} ?日?| ?月)?)"
        rf"|(?P<low>{number})(?: ?(?:[-~x*×至到]|--) ?(?P<high>{number}))?(?: ?[x*×] ?{number})? ?(?P<unit>{unit})?余?"
        rf"|(?P<han>[{_HAN_NUMERALS}]{{1,3}}余?(?:{counted}))余?)"
    )


def _classes(pairs: Sequence[tuple[str, str]], read: Mapping[str, str], rare: Mapping[str, str]) -> dict[str, str]:
    """Each confusable character to the smallest of its class; a class is closed under the pairs and the sounds `read`.

    A `rare` character is of the class of its sound, unless it is in a pair: else it would make one of two classes.
    """
    parent: dict[str, str] = {}

    def top(character: str) -> str:
        while parent.setdefault(character, character) != character:
            character = parent[character]
        return character

    for left, right in (*pairs, *((characters[0], one) for characters in read.values() for one in characters[1:])):
        low, high = sorted((top(left), top(right)))
        parent[high] = low
    classes = {character: top(character) for character in parent}
    for syllable, characters in rare.items():
        for one in characters:
            classes.setdefault(one, classes[read[syllable][0]] if syllable in read else one)
    return classes


def _rows(name: str) -> Iterator[list[str]]:
    text = (resources.files("zhengming") / "data" / "vocabulary" / f"{name}.csv").read_text(encoding="utf-8")
    rows = csv.reader(text.splitlines())
    next(rows)
    return rows
