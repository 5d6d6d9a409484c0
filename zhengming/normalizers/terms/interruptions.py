"""Interruptions: names with a word inside that belongs to them (肺动脉瓣重度狭窄) or denies them (左室流出道无梗阻)."""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.mistyping import mistyped
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET

_LEAST_MISTYPED: Final = 5  # characters of an interrupted name in which a mistaken one is thought of
_INSERTED: Final = frozenset({"severity", "extent", "count", "etiology", "infix", "neutral"})
_OPEN: Final = frozenset({"unknown", "modifier"})  # kinds of words that are no names by themselves
_LONGEST_DENIAL: Final = 3  # characters of a denial that a sub-type word begins with: the 不伴 of 不伴梗阻


def put_together(reading: Reading, index: int, lexicon: Lexicon) -> bool:
    """Put together an unknown stretch and what follows it beyond words that may stand inside a name."""
    last = _rest(reading, index)
    if last is None:
        return False
    first = index
    while first > 0 and reading.glued(first) and reading.tokens[first - 1].kind in ("unknown", "modifier"):
        first -= 1  # 右室流出道 are two words
    return any(_joins(reading, one, index, last, lexicon) for one in range(first, index + 1))


def _joins(reading: Reading, first: int, index: int, last: int, lexicon: Lexicon) -> bool:
    """Put tokens `first` to `index` together with the start of token `last`, if that is a name."""
    head = reading.view.text[reading.tokens[first].start : reading.tokens[index].end]
    rest = reading.text(reading.tokens[last])
    inside = reading.view.text[reading.tokens[index].end : reading.tokens[last].start]
    for size in range(len(rest), 1, -1):
        entry = lexicon.terms.get(head + rest[:size])
        if entry is None and first == index:
            entry = _mistyped(reading, index, head + rest[:size], lexicon)
        if entry is None or (entry.abbreviation and entry.key.isascii()):
            continue  # AO 15mm LA 20mm PA 14mm are three vessels
        if lexicon.terms.get(head + inside + rest[:size], entry).codes != entry.codes:
            return False  # 主动脉(瓣)狭窄 may be either
        _replace(reading, first, last, entry, size)
        for used in range(first + 1, index + 1):
            reading.tokens[used].kind = "part"
        if reading.tokens[last].kind == "unknown":
            put_together(reading, last, lexicon)  # 二尖瓣中度反流三尖瓣轻度反流
        return True
    return False


def _mistyped(reading: Reading, index: int, text: str, lexicon: Lexicon) -> Entry | None:
    """The term of an unread stretch and what follows it but for characters mistaken for others: 三尖办轻度返流."""
    if reading.tokens[index].kind != "unknown" or len(text) < _LEAST_MISTYPED:
        return None
    return mistyped(text, lexicon.alike.get(lexicon.alike_key(text), ()), lexicon)[0]


def _rest(reading: Reading, index: int) -> int | None:
    """The token that may go on with the name that token `index` begins, beyond words that may stand inside a name."""
    joins = ("unknown", "term") if reading.tokens[index].kind == "unknown" else ("unknown",)
    for position in range(index + 1, len(reading.tokens)):
        if reading.separations[position] > BRACKET:
            return None
        token = reading.tokens[position]
        if token.kind in joins:
            return position if position > index + 1 else None
        if position in reading.hosts or not (may_interrupt(token) or _says_whether(token)):
            return None
    return None


def may_interrupt(token: Token) -> bool:
    """Whether the token may stand inside a name: a sub-type, a quantity, a word of degree."""
    if token.kind == "modifier":
        return True
    if token.kind == "number":
        return token.measure is not None and token.measure.unit is not None
    return token.entry is not None and not token.entry.axes.isdisjoint(_INSERTED)


def _replace(reading: Reading, first: int, last: int, entry: Entry, used: int) -> None:
    """Let the first token host the joined term; what is used up of the last one no longer is unknown."""
    token, end = reading.tokens[first], reading.tokens[last]
    for place in (first, last):
        earlier = reading.hosts.pop(place, None)
        if earlier:
            reading.found.remove(earlier)
    token.kind = "term"
    token.entry = entry
    stop = end.start + used
    if stop < end.end:
        end.start = stop
    else:
        end.kind = "part"
    found = Found(first, token.start, stop, entry.codes, entry, "interrupted")
    found.steps.append(("interrupted", entry.written))
    reading.add(found)
    for inside in reading.tokens[first + 1 : last]:
        certainty = _says_whether(inside)
        if certainty:  # 肺动脉瓣未见狭窄 denies the stenosis, and nothing after it
            if certainty != "affirmed" or "certainty" not in found.qualifiers:  # 似为 doubts
                found.qualifiers["certainty"] = certainty
            found.steps.append(("qualifier", f"{reading.raw(inside)} → certainty={certainty}"))
            inside.kind = "part"


def _says_whether(token: Token) -> str:
    """What a word inside a name says of its certainty, or an empty string."""
    cues = token.entry.cues if token.kind == "cue" and token.entry else ()
    return next((cue.value for cue in cues if cue.axis == "certainty" and cue.position != "after"), "")


def denied_word(reading: Reading, index: int, lexicon: Lexicon) -> None:
    """Read a denied sub-type word at token `index`, with the words glued before it, as the name that is denied.

    左室流出道无梗阻 and 左室流出道未见梗阻 deny the obstruction; the parts before it are no names by themselves.
    """
    text, last = reading.text(reading.tokens[index]), index - 1
    before = reading.tokens[last]
    if before.kind == "cue" and _says_whether(before) == "refuted" and reading.glued(last):
        said, last = text, last - 1
    else:
        said = _denied(text, lexicon)
    if not said or last in reading.hosts or reading.tokens[last].kind not in _OPEN:
        return
    end, first = reading.tokens[last].end, last
    while first > 0 and reading.glued(first) and reading.tokens[first - 1].kind in _OPEN:
        first -= 1
    for start in range(first, last + 1):
        entry = lexicon.terms.get(reading.view.text[reading.tokens[start].start : end] + said)
        if entry and len(entry.codes) == 1 and not (entry.ambiguous or entry.broad):
            found = Found(
                start, reading.tokens[start].start, reading.tokens[index].end, entry.codes, entry, "interrupted"
            )
            found.steps.append(("interrupted", entry.written))
            found.qualifiers["certainty"] = "refuted"
            found.steps.append(("qualifier", f"{reading.raw(reading.tokens[index])} → certainty=refuted"))
            reading.tokens[start].kind, reading.tokens[start].entry = "term", entry
            for used in range(start + 1, index + 1):
                reading.tokens[used].kind = "part"
            reading.add(found)
            return


def _denied(text: str, lexicon: Lexicon) -> str:
    """What a sub-type word denies that begins with a denial: the 梗阻 of 无梗阻."""
    for size in range(min(_LONGEST_DENIAL, len(text) - 1), 0, -1):
        entry = lexicon.entries.get(text[:size])
        if entry and "refuted" in entry.values:
            return text[size:]
    return ""
