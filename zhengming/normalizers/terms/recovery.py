"""Recovery: names that do not stand in the cell in one piece.

Two ways, both exact: a list that shares a head (室、房间隔缺损 names two defects), and a name interrupted by words that
belong to it (肺动脉瓣重度狭窄). Nothing here guesses: the text put together must be a known term.
"""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.composing import PLACES
from zhengming.normalizers.terms.embracing import embracing
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.hosts import fits
from zhengming.normalizers.terms.interruptions import denied_word, may_interrupt, put_together
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, LIST, NONE, SOFT

_LONGEST_SHARE: Final = 6  # characters a list item may have before the shared head: 完全性右束支 has six
_LEAST_ENDING: Final = 4  # characters of an ending that may be of any start of a name: 瘤样改变
_LEAST_FRONT: Final = 2  # characters of a name that an ending joined to it may take over: 心房颤动、扑动
# Characters of an item glued to the name whose head it shares: 左房左室增大, but never 房室间隔缺损.
_LEAST_GLUED: Final = 2
_IN_PIECES: Final = frozenset({"interrupted", "shared-head"})  # how names are found that a degree stands inside
_LEAST_PLACE: Final = 3  # characters of a word such as 左房内
_HEADS: Final = frozenset({"unknown", "modifier", "term"})  # kinds of words that an interrupted name may begin with
_DEGREES: Final = frozenset({"severity"})
_INSIDE: Final = frozenset({"refuted", "post_procedure"})  # what a word between a name and an ending may say
_NEUTRAL: Final = frozenset({"neutral"})


def recover(reading: Reading, lexicon: Lexicon) -> None:
    """Add the concepts that can be put together from unknown stretches; such stretches become terms."""
    unread = any(token.kind == "unknown" for token in reading.tokens)
    for index in range(len(reading.tokens) - 2, -1, -1):
        kind = reading.tokens[index].kind
        heads = unread and (kind in _HEADS or (kind == "cue" and _is_place(reading, index, lexicon)))
        if heads and put_together(reading, index, lexicon):
            continue
        if kind in ("unknown", "modifier"):
            _shared_head(reading, index, lexicon)
    for index in range(1, len(reading.tokens)) if unread else ():
        if reading.tokens[index].kind == "unknown":
            if not _own_ending(reading, index, lexicon):
                _shared_front(reading, index, index, lexicon)
        elif reading.tokens[index].kind == "modifier" and _ends_with_words(reading, index):
            _shared_front(reading, index, index + 1, lexicon)
    for index in range(1, len(reading.tokens)):
        if reading.tokens[index].kind == "modifier" and reading.glued(index):
            denied_word(reading, index, lexicon)


def _is_place(reading: Reading, index: int, lexicon: Lexicon) -> bool:
    """Whether the word says nothing by itself and begins a name: the 左房内 of 左房内未见血栓."""
    token = reading.tokens[index]
    neutral = token.entry is not None and token.entry.axes == _NEUTRAL
    return neutral and token.end - token.start >= _LEAST_PLACE and lexicon.begins_name(reading.text(token))


def _shared_head(reading: Reading, index: int, lexicon: Lexicon) -> None:
    """A stretch listed before a term takes over the end of that term."""
    first = index
    while first > 0 and reading.glued(first) and reading.tokens[first - 1].kind in ("unknown", "modifier"):
        if reading.tokens[first].joined:
            break
        first -= 1  # 右室流出道 are two words
    while not _takes_end(reading, first, index, lexicon) and first < index and _may_begin_another(reading, first):
        first += 1  # the 左房 of 反流左房左室大


def _may_begin_another(reading: Reading, index: int) -> bool:
    """Whether a token is unread, or a place: 化脓性 before 缩窄性心包炎 is no item before it."""
    token = reading.tokens[index]
    kinds = token.entry.modifiers if token.entry else ()
    return token.kind == "unknown" or all(modifier.axis in PLACES for modifier in kinds)


def _takes_end(reading: Reading, first: int, index: int, lexicon: Lexicon) -> bool:
    """Let the stretch of tokens `first` to `index` take over the end of the term it is listed before, if it can."""
    stretch = reading.view.text[reading.tokens[first].start : reading.tokens[index].end]
    if len(stretch) > _LONGEST_SHARE:
        return False
    follower, cuts = _named_behind(reading, index, len(stretch), lexicon)
    if follower is None:
        return False
    name = follower.entry.key
    found = [entry for cut in cuts if (entry := lexicon.terms.get(stretch + name[cut:]))]
    entries = {entry.codes: entry for entry in reversed(found) if entry.codes != follower.codes}
    if entries and _are_above(list(entries)[:-1], list(entries)[-1], lexicon):
        entry = list(entries.values())[-1]
        both = embracing(entry, follower, lexicon) if first == index and _is_glued(reading, index, follower) else None
        if both:
            _take_in(reading, index, follower, both)
            return True
        _become(reading, first, entry, follower)
        reading.tokens[first].end = reading.tokens[index].end
        reading.found[-1].end = reading.tokens[index].end
        for used in range(first + 1, index + 1):
            reading.tokens[used].kind = "part"
        return True
    return False


def _named_behind(reading: Reading, index: int, size: int, lexicon: Lexicon) -> tuple[Found | None, range]:
    """The name whose end a stretch of `size` characters up to token `index` may take over, and where that may start."""
    listed = _listed_after(reading, index) or _behind_degree(reading, index)
    if listed:
        key = listed.entry.key
        return (None, range(0)) if key.isascii() else (listed, range(1, len(key)))  # A、VSD is no ASD
    glued = reading.hosts.get(index + 1)
    if glued is None or size < _LEAST_GLUED or not _is_beside(reading, index, lexicon):
        return None, range(0)
    token, key = reading.tokens[index], glued.entry.key
    if _is_kind(token, glued, lexicon):
        return None, range(0)  # 心上型部分型肺静脉异位引流 is no 心上型肺静脉异位引流
    if token.joined:
        return glued, range(1, len(key))
    splits = len(key) == size + 1 and key[-2:] in lexicon.endings  # 窄 is no end of a name
    return (None, range(0)) if splits else (glued, range(size, size + 1))


def _is_glued(reading: Reading, index: int, found: Found) -> bool:
    """Whether a sub-type word was typed right before the name, with no mark between."""
    return (
        reading.tokens[index].kind == "modifier" and found.token == index + 1 and not reading.view.between(found.start)
    )


def _take_in(reading: Reading, index: int, found: Found, entry: Entry) -> None:
    """Let a name be that of `entry`, from token `index` on."""
    found.codes, found.entry, found.method = entry.codes, entry, "shared-head"
    found.start = reading.tokens[index].start
    found.steps.append(("shared-head", entry.written))
    reading.tokens[index].kind = "part"
    for position in range(index + 1, found.token + 1):
        reading.separations[position] = NONE


def _is_beside(reading: Reading, index: int, lexicon: Lexicon) -> bool:
    """Whether a token is glued to the next one, or is a place before a name that begins with one: LA LV增大."""
    if reading.glued(index + 1):
        return True
    token, found = reading.tokens[index], reading.hosts.get(index + 1)
    if found is None or reading.separations[index + 1] > SOFT or reading.view.between(found.start):
        return False
    return token.kind == "modifier" and bool(_places_alike(token, found, lexicon))


def _places_alike(token: Token, found: Found, lexicon: Lexicon) -> set[str]:
    """The axes of places that the token has, and as many characters of the name's start."""
    first = lexicon.entries.get(found.entry.key[: token.end - token.start])
    if first is None or token.entry is None:
        return set()
    return {one.axis for one in first.modifiers} & {one.axis for one in token.entry.modifiers} & PLACES


def _is_kind(token: Token, found: Found, lexicon: Lexicon) -> bool:
    """Whether the word says a sub-type that the concept has, and is no place beside the one that its name begins with.

    左心室右心室心肌致密化不全 lists two places.
    """
    modifiers = token.entry.modifiers if token.entry and token.kind == "modifier" else ()
    places = _places_alike(token, found, lexicon)
    kinds = [(modifier.axis, modifier.value) for modifier in modifiers if modifier.axis not in places]
    return any(fits(found, lexicon.cores.get(kind, frozenset()), lexicon) for kind in kinds)


def _ends_with_words(reading: Reading, index: int) -> bool:
    """Whether the word at token `index` and one glued to it, of no meaning by itself, are all of an item: 瘤样改变."""
    after = index + 1
    if not reading.glued(after) or (reading.separations[after + 1] < LIST and after + 1 < len(reading.tokens)):
        return False
    entry = reading.tokens[after].entry
    return reading.tokens[after].kind == "cue" and entry is not None and "neutral" in entry.axes


def _shared_front(reading: Reading, index: int, last: int, lexicon: Lexicon) -> None:
    """An ending joined to a name takes over what that name's own ending happens to: 主动脉瓣脱垂并返流."""
    if max(reading.separations[1 : index + 1]) < LIST:
        return  # nothing is listed
    ending = reading.view.text[reading.tokens[index].start : reading.tokens[last].end]
    side = reading.side(index, -1, CLAUSE)
    if side is None or side[0] < LIST:
        return
    joined = _joined_by_word_or_list(reading, index)
    name, host = side[2].entry.key, reading.tokens[side[2].token]
    if host.typed and len(name) != host.end - host.start:
        return  # 主动脉避关闭不全 lost the valve of which something else is said
    if name.endswith(lexicon.vocabulary.shut):
        return
    # Of an ending that many names have, any start of the name may be what it happens to; else one as long is replaced.
    known = ending in lexicon.endings or (joined and len(ending) >= _LEAST_ENDING)
    if not joined and not (known and _only_said_how_much(reading, index)):
        return
    certainty = side[2].qualifiers.get("certainty") if joined else None
    single = joined and not certainty and not _is_denied_ahead(reading, side[2])
    if single and (both := _both_in_one(reading, index, side[2], lexicon)):
        _widen(reading, index, side[2], both)
        return
    cuts = range(len(name) - 1, _LEAST_FRONT - 1, -1) if known else [len(name) - len(ending)]
    starts = (name[:cut] for cut in cuts if cut >= _LEAST_FRONT)
    entry = next((entry for start in starts if (entry := lexicon.terms.get(start + ending))), None)
    if entry and entry.codes != side[2].codes:
        _become(reading, index, entry, None)
        reading.found[-1].end = reading.tokens[last].end
        for used in range(index + 1, last + 1):
            reading.tokens[used].kind = "part"
        if certainty:  # 主动脉瓣无狭窄及反流 denies both
            reading.found[-1].qualifiers["certainty"] = certainty


def _own_ending(reading: Reading, index: int, lexicon: Lexicon) -> bool:
    """An ending glued to a name is said of the part that this is of: 主动脉瓣二叶畸形狭窄, 二尖瓣裂修补术后中度反流.

    So is one behind a comma or in a bracket: 二尖瓣脱垂，未见反流; a degree may stand in the name or behind it.
    """
    tokens = reading.tokens
    ending = reading.text(tokens[index])
    if ending not in lexicon.endings:
        return False
    before, parted = index, False
    while before > 0 and before not in reading.hosts:
        if not reading.glued(before) and (before == index or reading.separations[before] != BRACKET):
            if parted or reading.separations[before] > CLAUSE:
                return False
            parted = True
        before -= 1
        if before not in reading.hosts and tokens[before].kind != "part" and not _may_stand_inside(tokens[before]):
            return False
    host = reading.hosts.get(before)
    if before == index - 1 and reading.separations[index] == BRACKET:
        return False  # 肺动脉瓣狭窄（闭锁）is one of the two
    if host is None or host.token != before or tokens[before].typed or len(host.codes) != 1:
        return False
    return _is_of_part(reading, index, host, ending, lexicon)


def _is_of_part(reading: Reading, index: int, host: Found, ending: str, lexicon: Lexicon) -> bool:
    """Let an ending at token `index` be said of the part that the concept before it is of, if there is such a term.

    Of a part that is shut there is nothing more to say: 三尖瓣闭锁反流 says two things of which one cannot be.
    """
    if host.entry.key.endswith(lexicon.vocabulary.shut):
        return False
    alone = host.token == index - 1 and reading.glued(index) and not _is_denied_ahead(reading, host)
    if alone and (both := _joined_in_one(host, ending, lexicon)):
        _widen(reading, index, host, both)  # 二尖瓣狭窄反流
        return True
    names = (host.entry.key, lexicon.key(lexicon.name(host.codes[0])))
    entry = next((entry for name in names if (entry := _said_of_part(name, ending, lexicon))), None)
    if entry is None or len(entry.codes) != 1 or entry.ambiguous or entry.codes == host.codes:
        return False
    _become(reading, index, entry, None)
    return True


def _may_stand_inside(token: Token) -> bool:
    """Whether a word may stand between a name and an ending: a degree, a denial, or that of an operation done."""
    if token.kind != "cue" or token.entry is None:
        return False
    return not token.entry.axes.isdisjoint(_DEGREES) or not token.entry.values.isdisjoint(_INSIDE)


def _said_of_part(name: str, ending: str, lexicon: Lexicon) -> Entry | None:
    """The term of an ending of the part that a name begins with, or else ends with: 二叶式主动脉瓣狭窄."""
    size, holding = len(name), lexicon.vocabulary.holding
    fronts = [name[:cut] for cut in range(size - 1, _LEAST_FRONT - 1, -1) if name[cut - 1] in holding]
    backs = [name[cut:] for cut in range(1, size - _LEAST_FRONT + 1)] if name[-1] in holding else []
    return next((entry for part in (*fronts, *backs) if (entry := lexicon.terms.get(part + ending))), None)


def _is_denied_ahead(reading: Reading, found: Found) -> bool:
    """Whether a word before the name denies its list: 无二尖瓣狭窄或反流 denies two."""
    position = found.token
    while position > 0 and reading.separations[position] <= LIST:
        position -= 1
        entry = reading.tokens[position].entry
        if entry and any(cue.value == "refuted" and cue.position in ("before", "both") for cue in entry.cues):
            return True
    return False


def _only_said_how_much(reading: Reading, index: int) -> bool:
    """Whether an ending is all of its clause, but for how bad it is: 主动脉瓣二瓣畸形，轻度狭窄，中度关闭不全."""
    first = index
    while first > 0 and reading.separations[first] <= SOFT:
        first -= 1
        if not may_interrupt(reading.tokens[first]):
            return False
    return reading.separations[index + 1] >= CLAUSE or index + 1 == len(reading.tokens)


def _both_in_one(reading: Reading, index: int, found: Found, lexicon: Lexicon) -> Entry | None:
    """The term of both what a name and what an ending joined to it say, by whichever joining word: 狭窄伴有关闭不全."""
    if index != found.token + 2 or reading.tokens[found.token + 1].kind != "cue":
        return None
    return _joined_in_one(found, reading.text(reading.tokens[index]), lexicon)


def _joined_in_one(found: Found, ending: str, lexicon: Lexicon) -> Entry | None:
    """The term that a name makes with an ending and whichever joining word, if all that there are say the same."""
    entries = {
        entry.codes: entry
        for word in lexicon.joining
        if (entry := lexicon.terms.get(found.entry.key + word + ending)) and len(entry.codes) == 1
    }
    return next(iter(entries.values())) if len(entries) == 1 else None


def _widen(reading: Reading, index: int, found: Found, entry: Entry) -> None:
    """Let a name be that of `entry`, up to and with token `index`."""
    found.codes, found.entry, found.method = entry.codes, entry, "shared-head"
    found.end = reading.tokens[index].end
    found.steps.append(("shared-head", entry.written))
    for position in range(found.token + 1, index + 1):
        reading.tokens[position].kind = "part"
        reading.separations[position] = NONE


def _are_above(others: list[tuple[str, ...]], codes: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether what less of the end makes is more general: 主动脉瓣畸形 beside 主动脉瓣二瓣化畸形."""
    above = set().union(*(lexicon.category.ancestors(code) for code in codes))
    return all(above.issuperset(one) for one in others)


def _joined_by_word_or_list(reading: Reading, index: int) -> bool:
    """Whether a joining word or a list mark, no comma, stands between the token and the concept before it."""
    position = index
    while position >= 0 and position not in reading.hosts:
        if reading.view.gaps[reading.tokens[position].start] > LIST:
            return False
        position -= 1
    return True


def _listed_after(reading: Reading, index: int) -> Found | None:
    """The term that the token is listed with: after a list mark or a coordinating word."""
    position = index + 1
    while position < len(reading.tokens) and reading.separations[position] == NONE and _is_degree(reading, position):
        position += 1  # 二尖瓣轻度、三尖瓣中度反流
    if position == len(reading.tokens) or reading.separations[position] != LIST:
        return None
    while position < len(reading.tokens) and reading.separations[position] == LIST:
        found = reading.hosts.get(position)
        if found:
            return found
        if reading.tokens[position].kind == "number":
            return None
        position += 1
    return reading.hosts.get(position) if position < len(reading.tokens) and reading.glued(position) else None


def _behind_degree(reading: Reading, index: int) -> Found | None:
    """The name with a degree inside behind the degree glued to an unread token: 二尖瓣轻度三尖瓣中度反流."""
    after = index + 1
    if after + 1 >= len(reading.tokens) or not (reading.glued(after) and reading.glued(after + 1)):
        return None
    found = reading.hosts.get(after + 1)
    if found is None or found.method not in _IN_PIECES or not _is_degree(reading, after):
        return None
    token = reading.tokens[index]
    alike = reading.view.text[token.end - 1] in found.entry.key[: token.end - token.start + 1]
    return found if token.kind == "unknown" and alike else None


def _is_degree(reading: Reading, index: int) -> bool:
    entry = reading.tokens[index].entry
    return entry is not None and "severity" in entry.axes


def _become(reading: Reading, index: int, entry: Entry, follower: Found | None) -> None:
    """Turn the token into the entry's term."""
    token = reading.tokens[index]
    token.kind = "term"
    token.entry = entry
    found = Found(index, token.start, token.end, entry.codes, entry, "shared-head", shares=follower)
    found.steps.append(("shared-head", f"{reading.text(token)} → {entry.written}"))
    reading.add(found)
