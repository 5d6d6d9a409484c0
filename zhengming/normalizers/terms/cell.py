"""The cell parser: one cell's text cut into terms, sub-type words, cues, numbers and unknown stretches.

A cell is read through a `View`. Cutting is a shortest path over everything the lexicon recognises: unknown characters
are dear, longer pieces cheaper than several shorter ones. So a term always wins over a cue word inside it: the 不全 of
二尖瓣关闭不全 denies nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

from zhengming.normalizers.terms.crossing import crosses
from zhengming.normalizers.terms.entry import TERM, WORD, Entry
from zhengming.normalizers.terms.latin import LETTERS, inside_words
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.mistyping import mistyped, mistyped_cue, mistyped_modifier, reach
from zhengming.normalizers.terms.numbering import BARE, Measure, items, measures, part_letters
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import BRACKET, LIST, NONE, SOFT

_UNKNOWN: Final = 30_000  # for each character nothing recognises
_NO_WAY: Final = -1  # stands for a place that is reached by an unknown character
_MISTYPED: Final = 15_000  # more for each wrong character of a term
_LEAST_MISTYPED: Final = 3  # characters a term needs before a wrong one among them is thought of
# Axes of words of one character that are words beside unread text.
_INDEPENDENT: Final = frozenset({"certainty", "infix"})
_LEAST_ITEM: Final = 3  # characters of a sub-type word typed wrong that is an item of its own, in no bracket
_LEAST_BEGUN: Final = 2  # characters of the beginning of a name
_LONGEST_WORD: Final = 4  # characters of a word looked for around a character that is not the one meant


class Token:
    """A piece of the view, `[start, end)` in its squeezed text.

    `kind` is term, modifier, cue, number, unknown, or part (used up by a term before it); `typed` counts the wrong
    characters of a term; a `joined` term shares what a list says once for all its items; a `doubted` one may be no
    concept by itself, for this reason; `method` is how a term was found that does not stand there as it is; a `denied`
    one has a negator inside.
    """

    __slots__ = ("denied", "doubted", "end", "entry", "joined", "kind", "measure", "method", "start", "typed")

    def __init__(
        self,
        kind: str,
        start: int,
        end: int,
        entry: Entry | None = None,
        measure: Measure | None = None,
        typed: int = 0,
        joined: bool = False,
        doubted: str = "",
        method: str = "",
        denied: bool = False,
    ) -> None:
        """Say what is known; written out, for what `dataclass` makes is not compiled."""
        self.kind = kind
        self.start = start
        self.end = end
        self.entry = entry
        self.measure = measure
        self.typed = typed
        self.joined = joined
        self.doubted = doubted
        self.method = method
        self.denied = denied


# What may be read: where it ends and starts, its price, and what it is (a mistyped term with its wrong characters).
_What = Entry | Measure | tuple[Entry, int]
_Way = tuple[int, int, int, _What]


def tokenize(view: View, lexicon: Lexicon) -> list[Token]:
    """Cut the view into tokens; terms with confusable characters count only where something stays unknown."""
    lettered = view.text[:1] == "a" and view.gaps[1]  # a. may count
    if lettered:
        part_letters(view)
    ways = _words(view, lexicon)
    if lettered or lexicon.vocabulary.numerals.search(view.text):
        ways = _with_numbers(ways, view, lexicon)
    tokens = _cheapest(view, ways)
    unknown = _unknown(tokens)
    if unknown or (len(tokens) > 1 and any(one.entry.misspelt for one in tokens if one.entry)):
        return _with_mistyped(tokens, ways, unknown, view, lexicon)
    return tokens


def _with_mistyped(
    tokens: list[Token], ways: list[_Way], unknown: set[int], view: View, lexicon: Lexicon
) -> list[Token]:
    """The tokens, with names and words that are mistyped where something is unknown.

    A known misspelling may be a part of a longer name that is mistyped: 心机致密化不全 of 左右心室心机致密化不全.
    """
    looked = lexicon.alike_key(view.text)
    misspelt = {place for token in tokens if token.entry and token.entry.misspelt for place in _places(token)}
    terms = _mistyped_terms(ways, view, looked, lexicon, unknown | misspelt)
    if terms:
        if misspelt:  # a known misspelling costs as much as any other
            ways = [(*way[:2], way[2] + _MISTYPED * _is_misspelt(way[3]), way[3]) for way in ways]
        ways = _merged(ways, terms)
        tokens = _cheapest(view, ways)
        unknown = _unknown(tokens)
    if not unknown:
        return tokens
    cues = _mistyped_cues(view, looked, lexicon, unknown)
    if cues:
        tokens = _cheapest(view, _merged(ways, cues))
    tokens = _joined(tokens, view, lexicon)
    return _kinds_mistyped(tokens, view, lexicon) if len(tokens) > 1 else tokens


def _unknown(tokens: list[Token]) -> set[int]:
    """The places of characters that nothing recognises."""
    return {place for token in tokens if token.kind == "unknown" for place in _places(token)}


def _places(token: Token) -> range:
    return range(token.start, token.end)


def _is_misspelt(what: _What) -> bool:
    return isinstance(what, Entry) and what.misspelt


def _cheapest(view: View, ways: list[_Way]) -> list[Token]:
    """The tokens of the cheapest of all ways through the text; of equal ones the one whose last piece is longer.

    Characters that nothing recognises are one token up to the next gap.
    """
    size = len(view.text)
    costs = [0]  # of reaching each place, so far as it was looked at
    arrivals = [_NO_WAY] * (size + 1)  # by which way, where not by an unknown character
    reached = 0
    for index, (end, start, price, _what) in enumerate(ways):
        while end > reached:
            costs.append(costs[reached] + _UNKNOWN)
            reached += 1
        cost = costs[start] + price
        if cost <= costs[end] and (cost < costs[end] or arrivals[end] == _NO_WAY):
            costs[end] = cost
            arrivals[end] = index
    gaps, tokens = view.gaps, list[Token]()
    end = size
    while end:
        if arrivals[end] != _NO_WAY:
            _end, start, _price, what = ways[arrivals[end]]
            if isinstance(what, Entry):
                tokens.append(Token(what.token_kind, start, end, what))
            else:
                tokens.append(_token(start, end, what))
        else:
            start = end - 1
            while start and gaps[start] == NONE and arrivals[start] == _NO_WAY:
                start -= 1
            tokens.append(Token("unknown", start, end))
        end = start
    tokens.reverse()
    return tokens


def _token(start: int, end: int, what: Measure | tuple[Entry, int]) -> Token:
    if isinstance(what, Measure):
        return Token("number", start, end, measure=what)
    return Token("term", start, end, what[0], typed=what[1])


def _words(view: View, lexicon: Lexicon) -> list[_Way]:
    """Every text of the lexicon that stands in the view, where it may start and end."""
    found: Iterator[tuple[int, Entry]] = lexicon.words.iter(view.text)
    gaps, bare, ways = view.gaps, view.bare, list[_Way]()
    for last, entry in found:
        end, start = last + 1, last + 1 - entry.size
        if bare or not _is_parted(gaps, start, end) or crosses(view, end, entry, lexicon):
            ways.append((end, start, entry.price, entry))
    if LETTERS.search(view.text):
        closed = inside_words(view, lexicon)
        ways = [way for way in ways if not (closed[way[0]] or closed[way[1]])]
    return ways


def _is_parted(gaps: list[int], start: int, end: int) -> bool:
    """Whether anything stands between the characters of a stretch."""
    for place in range(start + 1, end):  # noqa: SIM110 — compiled, a loop is quicker than `any`
        if gaps[place] != NONE:
            return True
    return False


def _with_numbers(ways: list[_Way], view: View, lexicon: Lexicon) -> list[_Way]:
    """The ways with the numbers of the view; over the number of an item nothing is read but that number itself."""
    numbers: list[_Way] = [(end, start, TERM, measure) for start, end, measure in measures(view, lexicon)]
    counted = items(view, lexicon)
    ways = _merged(ways, numbers)
    if counted:
        ways = [way for way in ways if bisect_left(counted, way[0]) == bisect_left(counted, way[1])]
        ways = _merged(ways, [(item + 1, item, TERM, BARE) for item in counted])
    return ways


def _merged(ways: list[_Way], more: list[_Way]) -> list[_Way]:
    """The ways, which are in order, with a few more among them; of equal ones the former come first."""
    for way in more:
        place = len(ways)
        while place and _follows(ways[place - 1], way):
            place -= 1
        ways.insert(place, way)
    return ways


def _follows(way: _Way, other: _Way) -> bool:
    """Whether a way ends behind the other one, or with it and starts behind it."""
    return way[0] > other[0] or (way[0] == other[0] and way[1] > other[1])


def _joined(tokens: list[Token], view: View, lexicon: Lexicon) -> list[Token]:
    """The tokens with unknown stretches taken together with the single-character words glued to them.

    大 in 大血管错位 is no size, and 母 in 血管母细胞瘤 no mother, when the rest is unknown. One that opens an item and
    has the beginning of a name behind it is itself: 现二尖瓣轻度反流.
    """
    gaps = view.gaps
    absorbed = [
        index
        for index, token in enumerate(tokens)
        if (
            token.end - token.start == 1
            and token.kind in ("cue", "modifier")
            and (
                (index > 0 and tokens[index - 1].kind == "unknown" and gaps[token.start] == NONE)
                or (index + 1 < len(tokens) and tokens[index + 1].kind == "unknown" and gaps[token.end] == NONE)
            )
            and not _stands_alone(token)
            and not _opens_name(tokens, index, view, lexicon)
        )
        or _out_of_place(tokens, index, gaps)
    ]
    if not absorbed:
        return tokens
    for index in absorbed:
        tokens[index] = Token("unknown", tokens[index].start, tokens[index].end)
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        if last and token.kind == last.kind == "unknown" and gaps[token.start] == NONE:
            last.end = token.end
        else:
            joined.append(token)
    return joined


def _opens_name(tokens: list[Token], index: int, view: View, lexicon: Lexicon) -> bool:
    """Whether a word opens an item, and what is unread behind it begins a name that goes on behind another word."""
    token, after = tokens[index], index + 1
    if token.kind != "cue" or (index > 0 and view.gaps[token.start] < LIST) or after + 1 >= len(tokens):
        return False
    following, interrupting = tokens[after], tokens[after + 1]
    if following.kind != "unknown" or interrupting.kind != "cue" or view.gaps[interrupting.start] != NONE:
        return False
    begun = view.text[following.start : following.end]
    return len(begun) >= _LEAST_BEGUN and lexicon.begins_name(begun)


def _out_of_place(tokens: list[Token], index: int, gaps: list[int]) -> bool:
    """Whether the token is a word only where it opens an item (原室缺) or ends it (心衰症状), and stands elsewhere."""
    token, entry = tokens[index], tokens[index].entry
    if entry is None:
        return False
    if index > 0 and gaps[token.start] == NONE and "opening" in entry.values:
        return True
    return index + 1 < len(tokens) and gaps[token.end] == NONE and "closing" in entry.values


def _stands_alone(token: Token) -> bool:
    """Whether a word of one character is itself beside unknown text: one that denies, joins, or stands inside."""
    entry = token.entry
    return entry is not None and (entry.joins >= LIST or not entry.axes.isdisjoint(_INDEPENDENT))


def _mistyped_terms(ways: list[_Way], view: View, looked: str, lexicon: Lexicon, unknown: set[int]) -> list[_Way]:
    """The terms that stand over unknown characters but for characters they are commonly mistaken for."""
    found: list[_Way] = []
    first, after = reach(unknown, view.gaps, SOFT)
    alike: Iterator[tuple[int, tuple[int, tuple[str, ...]]]] = lexicon.alike_words.iter(looked, first, after)
    for last, (length, term_keys) in alike:
        end = last + 1
        start = end - length
        if length < _LEAST_MISTYPED or not _has_any(unknown, start, end):
            continue
        if not view.bare and max(view.gaps[start + 1 : end]) > SOFT:
            continue
        meant, wrong = mistyped(view.text[start:end], term_keys, lexicon)
        if meant and not _is_said(view.text, start, meant.key, ways):
            found.append((end, start, TERM + _MISTYPED * wrong, (meant, wrong)))
    return found


def _has_any(places: set[int], start: int, end: int) -> bool:
    """Whether any of the places is in the stretch."""
    for place in range(start, end):  # noqa: SIM110 — compiled, a loop is quicker than `any`
        if place in places:
            return True
    return False


def _mistyped_cues(view: View, looked: str, lexicon: Lexicon, unknown: set[int]) -> list[_Way]:
    """The cues that stand over an unknown character that is mistaken for another: 末见室缺.

    The 位 of 占位伴高血压 is no 未, for it goes with the unknown one before it.
    """
    gaps, found = view.gaps, list[_Way]()
    first, after = reach(unknown, gaps, NONE)
    alike: Iterator[tuple[int, list[tuple[Entry, Entry]]]] = lexicon.alike_cues.iter(looked, first, after)
    for last, entries in alike:
        end = last + 1
        start = end - entries[0][0].size
        if not _has_any(unknown, start, end) or _is_parted(gaps, start, end):
            continue
        if (start - 1 in unknown and gaps[start] == NONE) or (end in unknown and gaps[end] == NONE):
            continue
        text = view.text[start:end]
        for entry, doubting in entries:
            meant = mistyped_cue(text, entry, doubting, lexicon.vocabulary)
            if meant and meant[1] + start in unknown:
                found.append((end, start, WORD + _MISTYPED, meant[0]))
    return found


def _kinds_mistyped(tokens: list[Token], view: View, lexicon: Lexicon) -> list[Token]:
    """The tokens with items that are a sub-type word but for one character as that word: 室缺（杆下型）."""
    gaps, made, first = view.gaps, list[Token](), 0
    for last, token in enumerate(tokens):
        if token.entry and token.entry.joins:
            made += tokens[first : last + 1]  # 并 begins an item as a mark does
            first = last + 1
            continue
        if gaps[token.end] < BRACKET and token.end < len(view.text):
            continue
        item, sizes = tokens[first : last + 1], list[Token]()
        while len(item) > 1 and item[-1].kind == "number":
            sizes.insert(0, item.pop())  # 房缺，继发孔形10mm
        start, end = item[0].start, item[-1].end
        long = view.depth[start] or end - start >= _LEAST_ITEM
        entry = None
        opens = gaps[start] >= BRACKET or bool(made and made[-1].entry and made[-1].entry.joins)
        if long and opens and {one.kind for one in item} in ({"unknown"}, {"unknown", "modifier"}):
            entry = mistyped_modifier(view.text[start:end], lexicon)
        made += [Token("modifier", start, end, entry, typed=1)] if entry else item
        made += sizes
        first = last + 1
    return made


def _is_said(text: str, start: int, meant: str, ways: list[_Way]) -> bool:
    """Whether a character that is not the one meant is part of a word that is known: the 段 of 主动脉弓中段."""
    wrong = [place for place, right in enumerate(meant, start) if text[place] != right]
    return any(
        first <= place < end and place - first < _LONGEST_WORD and end - first > 1
        for end, first, _price, word in ways
        if isinstance(word, Entry) and not word.senses
        for place in wrong
    )
