"""Numbers of a cell: quantities, ranges, dates and codes, and those that count the items of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from zhengming.normalizers.terms.latin import glued_unit
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import CLAUSE, SOFT, Unit, Vocabulary

_FIRST: Final = re.compile(r"[1-9]\.[1-9]")
_HAN_ITEM: Final = re.compile(r"(?<=\()[一二三四五六七八九](?=\))")
_HAN_MARKED: Final = re.compile(r"[一二三四五六七八九](?=[、.])")
_LETTER_ITEM: Final = re.compile(r"[a-i](?=[.、):])")
_HAN_DIGITS, _LETTERS = " 一二三四五六七八九", " abcdefghi"
_ITEM: Final = re.compile(r"[1-9](?=[.、)])(?<!\d.)")


class Measure:
    """A number or range of a cell, in its unit; `unit` is None for a bare number."""

    __slots__ = ("high", "low", "quantity", "unit")

    def __init__(self, low: float, high: float, unit: Unit | None, quantity: str) -> None:
        """Written out, for what `dataclass` makes is not compiled."""
        self.low = low
        self.high = high
        self.unit = unit
        self.quantity = quantity


BARE: Final = Measure(0, 0, None, "")
_SAID: Final = {"han": Measure(0, 0, None, "interval"), "item": BARE}
OTHER: Final = "other"  # what is no quantity of a disease: a code, a date, milliseconds
_OTHER: Final = Measure(0, 0, None, OTHER)


def items(view: View, lexicon: Lexicon) -> list[int]:
    """Where the numbers of an enumeration stand that counts from one: the 2 of 1.继发孔ASD2.2度房室传导阻滞.

    One that could be a size (2.5mm) is none.
    """
    places: list[int] = []
    numbers = lexicon.vocabulary.numbers
    for match in _ITEM.finditer(view.folded) if "1" in view.folded else ():
        if int(match[0]) != len(places) + 1:
            continue
        measured = numbers.match(view.folded, match.start())
        if not (measured and measured["unit"]):
            places.append(view.positions(match.start(), match.end())[0])
    return places if len(places) > 1 else _counted(view) or _glued_items(view, lexicon)


def _counted(view: View) -> list[int]:
    """Where the numerals of an enumeration stand that counts from the first one: （一）室缺（二）房缺, a.室缺b.房缺.

    One by letters, or by numerals in no brackets, begins with the cell.
    """
    folded = view.folded
    ways = [(_HAN_ITEM, _HAN_DIGITS)] if "(一)" in folded else []
    first = folded.lstrip("( ")[:2]
    if first in ("一、", "一."):
        ways.append((_HAN_MARKED, _HAN_DIGITS))
    elif first[:1] == "a":
        ways.append((_LETTER_ITEM, _LETTERS))
    for item, numerals in ways:
        places: list[int] = []
        for match in item.finditer(folded):
            if match[0] == numerals[len(places) + 1 : len(places) + 2]:
                places.append(view.positions(match.start(), match.end())[0])
        if len(places) > 1 and (numerals != _LETTERS or places[0] == 0):
            return places
    return []


def part_letters(view: View) -> None:
    """Part the letters that count the items of the cell from what they are glued to: a.TOFb.PDA."""
    for place in _counted(view):
        if place and view.text[place].isascii():
            view.part(place, CLAUSE)


def _glued_items(view: View, lexicon: Lexicon) -> list[int]:
    """Where the numbers of an enumeration stand that counts from one without any mark: 1三尖瓣闭锁2房缺.

    One that is a size (2mm) or begins a word (2度) is none.
    """
    text, places = view.text, list[int]()
    start = 0 if text.startswith("1") else _headed(view, lexicon)
    if start < 0:
        return places
    for place in range(start, len(text) - 1):
        counts = text[place] == str(len(places) + 1) and not (text[place - 1].isdigit() and place)
        if not counts or text[place + 1].isdigit() or glued_unit(view, place + 1, lexicon):
            continue
        if any(text[place : place + size] in lexicon.entries for size in (2, 3)):
            continue
        if not view.raw[slice(*view.span(place, place + 1))].isdecimal():
            continue  # 心功能II级
        places.append(place)
    return places if len(places) > 1 and places[0] == start else []


def _headed(view: View, lexicon: Lexicon) -> int:
    """Where the first 1 stands that a mark gives to what heads it, or -1: 诊断：1室缺2房缺."""
    place = view.text.find("1")
    while place > 0:
        if view.between(place) in lexicon.vocabulary.assigning:
            return place
        place = view.text.find("1", place + 1)
    return -1


def _numbers(folded: str, vocabulary: Vocabulary) -> list[re.Match[str]]:
    """All that the pattern of numbers finds in a folded text, which has a numeral in it, or a letter before one."""
    found, place = list[re.Match[str]](), 0
    while numeral := vocabulary.numerals.search(folded, place):
        start = numeral.start()
        match = vocabulary.numbers.match(folded, start - 1) if start > place and folded[start - 1].isascii() else None
        match = match or vocabulary.numbers.match(folded, start)
        if match:
            found.append(match)
        place = match.end() if match else start + 1
    return found


def measures(view: View, lexicon: Lexicon) -> Iterator[tuple[int, int, Measure]]:
    """Numbers, ranges, dates and codes of the view: (start, end, measure)."""
    vocabulary = lexicon.vocabulary
    for match in _numbers(view.folded, vocabulary):
        start, end = view.positions(match.start(), match.end())
        amount, high, unit_text = match["low"], match["high"], match["unit"]
        if amount is None:
            yield start, end, _SAID.get(match.lastgroup or "", _OTHER)
            continue
        if unit_text is None:
            if _FIRST.match(match[0]) and (start == 0 or view.gaps[start] > SOFT):
                yield start, start + 1, BARE  # 1.II孔型房缺 is no 1.2
            glued = glued_unit(view, end, lexicon)
            unit_text = view.text[end : end + glued]
            end += glued
        unit = vocabulary.units.get(unit_text)
        factor = unit.factor if unit else 1.0
        low = float(amount) * factor
        other = float(high) * factor if high else low
        yield start, end, Measure(min(low, other), max(low, other), unit, unit.quantity if unit else "")
