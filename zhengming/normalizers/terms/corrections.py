"""Corrections: in a cell, the names with one slip that are put right, and the names that a slip makes doubtful."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from zhengming.normalizers.terms.brief import Brief
from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.hosts import fits
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.slips import ENDS, KINDS, LEAST_CHANGED, LONGEST, SLIP, Slips
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import SOFT

_REACH: Final = 3  # tokens beside an unread one that may be part of the same name
_BESIDE: Final = 2  # words glued to a name on either side that may be part of another one
_A_NAME_AND_ITS_REST: Final = 2
_READ_AS_MISTAKEN: Final = KINDS - {"added"}  # the 弁 of 肺动脉弁狭窄 is 瓣 rather than too much


def corrected(tokens: list[Token], view: View, lexicon: Lexicon, slips: Slips, brief: Brief) -> list[Token]:
    """The tokens with unread stretches that are part of a name with one slip as that name's term."""
    for index, token in enumerate(tokens):
        if token.kind != "unknown" or token.end - token.start > LONGEST:
            continue
        best = _best(tokens, index, view, lexicon, slips) or brief.named(tokens, index, view)
        if best:
            start, end, entry = best
            return corrected(_replaced(tokens, start, end, entry), view, lexicon, slips, brief)
    return tokens


def _best(tokens: list[Token], index: int, view: View, lexicon: Lexicon, slips: Slips) -> tuple[int, int, Entry] | None:
    """The window over the unread token that is a name with one slip; the most unread characters, then the longest."""
    found: list[tuple[int, int, int, int, Entry]] = []
    token = tokens[index]
    for start, end in _windows(tokens, index, view, slips):
        text = view.text[start:end]
        if text not in lexicon.terms and slips.near(text):
            inside = _only_name(tokens, start, end)
            meant = slips.meant(text, whole=_is_whole(tokens, start, end, view)) or (
                slips.repeated(text, inside.end - start, inside.entry) if inside and inside.entry else None
            )
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


def _only_name(tokens: list[Token], start: int, end: int) -> Token | None:
    """The name that starts the stretch, if all the rest of that is one unread token."""
    inside = [token for token in tokens if token.start < end and token.end > start]
    if len(inside) != _A_NAME_AND_ITS_REST or inside[0].kind != "term" or inside[0].typed:
        return None
    return inside[0] if inside[0].start == start and inside[1].end == end else None


def _windows(
    tokens: list[Token], index: int, view: View, slips: Slips, *, whole: bool = False
) -> list[tuple[int, int]]:
    """Stretches with a character of the unread token: inside it, or from and to a border of a token beside it.

    Only those that may be one slip away from a name: but for SLIP characters, they start and end as names do. If
    `whole`, only those that take in all of the token; else only those of which more than a character stands so at one
    end, for all others are no slip of any name.
    """
    found: list[tuple[int, int]] = []
    starts, ends = _borders(tokens, index, view)
    if whole:
        token = tokens[index]
        starts, ends = [one for one in starts if one <= token.start], [one for one in ends if one >= token.end]
    first, last = min(starts[0], starts[-1]), ends[-1]
    if last - first < LEAST_CHANGED:
        return found
    least = 0 if whole else ENDS
    before = [(end, slips.end(view.text, end)) for end in ends if end - first >= LEAST_CHANGED]
    for start in starts:
        same = slips.start(view.text, start) if last - start >= LEAST_CHANGED else -LONGEST
        for end, alike in before:
            if end - alike - SLIP > start + same or (same < least and alike < least):
                continue
            if not LEAST_CHANGED <= end - start <= LONGEST:
                continue
            if view.bare or max(view.gaps[start + 1 : end]) <= SOFT:
                found.append((start, end))
    return found


def _borders(tokens: list[Token], index: int, view: View) -> tuple[list[int], list[int]]:
    """Where stretches with a character of the unread token may start, and where they may end.

    First those inside the token, in order, then those beside it, the next one first.
    """
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
        windows += [(*window, KINDS) for window in _beside(reading, found, lexicon, odd_only=not typed)]
        for start, end, kinds in windows:
            text = reading.view.text[start:end]
            wider = typed and end - start > found.end - found.start
            sure, said = _sure(found, reading, start, wider=wider), _said(reading, start, end)
            if (
                len(text) <= LONGEST
                and text not in lexicon.terms
                and slips.others(text, found.codes, sure, said, kinds)
            ):
                found.problem = "confusable"
                break
        meant = found.entry.key
        if typed and not found.problem and len(meant) == found.end - found.start:
            text = reading.view.text[found.start : found.end]
            found.problem = "confusable" if slips.is_torn(text, meant, found.codes) else ""
        # With the word inside it, an interrupted name may be another one: 房时间隔缺损 is 房室间隔缺损 by sound.
        if found.method == "interrupted" and not found.problem:
            text = reading.view.text[found.start : found.end]
            found.problem = "confusable" if slips.sounds_as_another(text, found.codes) else ""
    _doubt_parts(reading, lexicon, slips)


def _doubt_parts(reading: Reading, lexicon: Lexicon, slips: Slips) -> None:
    """Doubt a name that, with an unread stretch beside it, is one slip away from a name of which it is a part.

    大动脉位伴室缺 is a transposition with a defect, not a defect.
    """
    category, terms = lexicon.category, lexicon.terms
    if all(one.problem for one in reading.found):
        return
    for index, token in enumerate(reading.tokens):
        heard = token.kind == "cue" and _sounds_so(reading, index, slips)
        if token.kind != "unknown" and not heard:
            continue
        for start, end in _windows(reading.tokens, index, reading.view, slips, whole=True):
            inside = [one for one in reading.found if start <= one.start and one.end <= end and not one.problem]
            if not inside or (heard and not start < token.start < end - 1):
                continue
            near = slips.near(reading.view.text[start:end])
            if heard:
                near = [one for one in near if one.kind == "changed" and one.place == token.start - start]
                near = [one for one in near if lexicon.vocabulary.sounds_alike(one.typed, one.right)]
            meant = {code for slip in near for code in terms[slip.meant].codes}
            for found in inside:
                if not meant <= {one for code in found.codes for one in (code, *category.ancestors(code))}:
                    found.problem = "confusable"


def _sounds_so(reading: Reading, index: int, slips: Slips) -> bool:
    """Whether a word of one character sounds like one that names have between its neighbours: 左室有房缺 may be 右."""
    tokens = reading.tokens
    place = tokens[index].start
    if tokens[index].end != place + 1 or not reading.glued(index) or not reading.glued(index + 1):
        return False
    return slips.sounds_between(reading.view.text[place - 1 : place + 2])


def _sure(found: Found, reading: Reading, start: int, *, wider: bool) -> frozenset[int]:
    """The places, from `start` on, that were read: as they stand, or for a character they are mistaken for.

    In a `wider` stretch that may be another name the latter are open: 矾 is 房 in 心矾肥厚, but 肌 in 右室心矾肥厚.
    """
    meant = found.entry.key
    exact = not reading.tokens[found.token].typed or found.end - found.start == len(meant)
    places = range(found.start, found.end) if exact else ()
    text = reading.view.text
    return frozenset([one - start for one in places if not wider or text[one] == meant[one - found.start]])


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
            if token.joined and tokens[found.token].joined:
                break  # 主动脉瓣二尖瓣三尖瓣反流: each was read as it stands
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
