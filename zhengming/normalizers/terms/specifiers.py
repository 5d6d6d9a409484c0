"""Specifiers: what stands in brackets behind a name and makes it a more specific one.

脊柱侧弯（特发性）is 特发性脊柱侧弯, and 内脏异位综合征（无脾）names the kind without a spleen. Two ways, both by the
dictionary alone: the bracket and the name together are a term of a concept below, or just one concept below has a term
that says what the bracket says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, LIST, NONE, SOFT

_UNNAMED: Final = frozenset({"unknown", "modifier"})  # kinds of words that a name may begin with
_APART: Final = frozenset({"cue", "number"})  # kinds of words that are no part of the name behind them
_WORD: Final = re.compile("[a-z]+")
_LONGEST_SMALL_WORD: Final = 3  # letters of words whose initials an abbreviation may leave out: of, the, and
_LEAST_FRONT: Final = 3  # characters of a name that text in a bracket goes on from
_LEAST_NAME: Final = 5  # letters of a Latin name that a bracket repeats
_MANY_KINDS: Final = 60  # kinds below a concept beyond which a part of the body says none of them
_LEAST_SAID: Final = 2  # characters, none of them Latin, a bracket needs to be looked for inside names


def specify(reading: Reading, lexicon: Lexicon, category: Category) -> None:
    """Make concepts of the reading more specific by what their brackets say; those tokens are then used up."""
    for found in list(reading.found):
        if reading.hosts.get(found.token) is found:
            _take_abbreviation(reading, found, category)
            general = Found(found.token, found.start, found.end, found.codes, found.entry, found.method)
            for first, last in _items(reading, found):
                if found.codes == general.codes or not _list_beside(reading, general, first, last, lexicon, category):
                    _specify_by(reading, found, first, last, lexicon, category)
    for index, token in enumerate(reading.tokens):
        if token.kind == "unknown" and index + 1 < len(reading.tokens):
            _name_by_kind(reading, index, lexicon)


def _name_by_kind(reading: Reading, index: int, lexicon: Lexicon) -> None:
    """Read an unread end of a name with its beginning in the bracket behind it as that name: 心动过缓（窦性）."""
    head = reading.tokens[index]
    bracket = _bracket_behind(reading, index)
    if not bracket or (reading.glued(index) and reading.tokens[index - 1].kind not in _APART):
        return
    said = reading.view.text[reading.tokens[bracket.start].start : reading.tokens[bracket.stop - 1].end]
    if not all([reading.tokens[place].kind in _UNNAMED for place in bracket]) or any(
        [reading.view.gaps[reading.tokens[place].start] > SOFT for place in bracket[1:]]
    ):
        return
    entry = lexicon.terms.get(said + reading.text(head))
    if entry is None or len(entry.codes) != 1 or entry.ambiguous or entry.broad:
        return
    head.kind, head.entry = "term", entry
    found = Found(index, head.start, head.end, entry.codes, entry, "composed")
    found.steps.append(("specified", f"{said} → {entry.senses[0][1].text}"))
    reading.add(found)
    _use_up(reading, bracket.start, bracket.stop)


def _list_beside(reading: Reading, general: Found, first: int, last: int, lexicon: Lexicon, category: Category) -> bool:
    """Add what a further item of a bracket makes of the name, as the first one did: 早搏（房性、室性）."""
    tokens, taken = reading.tokens[first:last], range(first, last)
    if len(tokens) != 1 or tokens[0].kind not in ("unknown", "modifier") or any(one in reading.hosts for one in taken):
        return False
    said = reading.text(tokens[0])
    entry = _together(said, general, lexicon, category)
    if entry is None or entry.codes == general.codes or any(one.codes == entry.codes for one in reading.found):
        return False
    other = Found(first, tokens[0].start, tokens[0].end, entry.codes, entry, "composed")
    other.steps.append(("specified", f"{said} → {entry.written}"))
    tokens[0].kind, tokens[0].entry = "term", entry
    reading.add(other)
    return True


def _specify_by(reading: Reading, found: Found, first: int, last: int, lexicon: Lexicon, category: Category) -> None:
    """Make a concept more specific by one item of its bracket, tokens `first` to `last`, if that says more."""
    tokens = reading.tokens[first:last]
    if all(token.kind in ("modifier", "part") for token in tokens):
        return  # composed by definition, with its qualifier
    said = reading.view.text[tokens[0].start : tokens[-1].end]
    if all(token.kind == "cue" for token in tokens) and said + found.entry.key not in lexicon.terms:
        return  # （重）is a degree, （重症）may be a kind
    if reading.view.raw[slice(*reading.view.span(tokens[0].start, tokens[-1].end))].isdecimal():
        return  # 房缺(1) counts, or answers, where I would be a type
    entry = _together(said, found, lexicon, category)
    hosted = [reading.hosts[index] for index in range(first, last) if index in reading.hosts]
    if entry is None and len(hosted) == len(tokens) == 1 and _is_short_kind(hosted[0], found, category):
        entry = hosted[0].entry
    entry = entry or (None if hosted else _of_part(said, found, lexicon))
    if entry is None and not hosted:
        if _says_the_same(said, tokens, found, lexicon):
            _use_up(reading, first, last)
            return
        entry = _below(said, tokens, found, lexicon, category)
        if entry is None and len(tokens) == 1:
            _go_beside(reading, found, first, lexicon)
    if entry:
        found.steps.append(("specified", f"{said} → {entry.written}"))
        found.codes, found.entry, found.method = entry.codes, entry, "composed"
        for one in hosted:
            reading.found.remove(one)
            del reading.hosts[one.token]
        _use_up(reading, first, last)


def _is_short_kind(other: Found, found: Found, category: Category) -> bool:
    """Whether a short word in a bracket says which kind of the concept it is: 内脏异位综合征（无脾）."""
    short = other.entry.senses[0][1]
    if (
        len(other.codes) != 1
        or other.entry.key.isascii()
        or not (short.kind == "short" or short.relation == "ambiguous")
    ):
        return False
    return found.codes == category.concepts[other.codes[0]].parents


def _go_beside(reading: Reading, found: Found, index: int, lexicon: Lexicon) -> None:
    """Add what unread text in a bracket names with the start of the name before it: 主动脉瓣狭窄（二叶式）."""
    token, name = reading.tokens[index], found.entry.key
    said = reading.text(token)
    if token.kind != "unknown" or said.isascii():
        return
    for cut in range(len(name) - 1, _LEAST_FRONT - 1, -1):
        if said in lexicon.endings and name[cut:] in lexicon.endings:
            continue  # 肺动脉瓣狭窄（闭锁）is one of the two
        entry = lexicon.terms.get(name[:cut] + said)
        if entry and len(entry.codes) == 1 and entry.codes != found.codes and not entry.ambiguous and not entry.broad:
            token.kind, token.entry = "term", entry
            other = Found(index, token.start, token.end, entry.codes, entry, "shared-head")
            other.steps.append(("shared-head", f"{said} → {entry.written}"))
            reading.add(other)
            return


def _take_abbreviation(reading: Reading, found: Found, category: Category) -> None:
    """Use up the abbreviation of a written-out name in the bracket behind it: 孤独症（ASD）.

    One that is neither that nor of a kind of it, and is ambiguous, is not taken for any of what it may mean.
    """
    bracket = _bracket(reading, found)
    hosted = [reading.hosts[index] for index in bracket if index in reading.hosts]
    other = hosted[0] if len(hosted) == 1 else None
    if other is None or other.token != bracket[0]:
        return
    if _is_abbreviation(found.entry) and not other.entry.key.isascii():
        _take_abbreviated(reading, found, other, category)
        return
    if not _is_abbreviation(other.entry) or found.entry.key.isascii():
        return
    own, meant = set(found.codes), set(other.entry.codes)
    if own.isdisjoint(meant):
        wider = _above(meant, category)
        if not (_above(own, category).isdisjoint(meant) and wider.isdisjoint(own)):
            return  # 先心病（ASD）
        if any(category.concepts[code].name in found.entry.key for code in wider):
            return  # 先天性心脏病相关性肺动脉高压（ASD）
        if not any(_has_initials(code, other.entry.key, category) for code in found.codes):
            other.problem = "ambiguous" if other.entry.ambiguous or len(meant) > 1 else other.problem
            return
    found.steps.append(("specified", f"{other.entry.key} → {found.entry.written}"))
    reading.found.remove(other)
    del reading.hosts[other.token]
    _use_up(reading, other.token, other.token + 1)


def _take_abbreviated(reading: Reading, found: Found, other: Found, category: Category) -> None:
    """Use up an abbreviation that the bracket behind it writes out as what it does not mean here: MS（马凡综合征）."""
    own, meant = set(found.codes), set(other.codes)
    if not own.isdisjoint(meant | _above(meant, category)) or not meant.isdisjoint(_above(own, category)):
        return
    if any(_has_initials(code, found.entry.key, category) for code in other.codes):
        reading.found.remove(found)
        del reading.hosts[found.token]
        _use_up(reading, found.token, found.token + 1)


def _above(codes: set[str], category: Category) -> set[str]:
    return {above for code in codes for above in category.ancestors(code)}


def _is_abbreviation(entry: Entry) -> bool:
    return entry.abbreviation and entry.key.isascii()


def _has_initials(code: str, letters: str, category: Category) -> bool:
    """Whether an abbreviation has the initials of an English name of the concept; short words may be left out."""
    names = [term.text for term in category.concepts[code].terms if term.text.isascii()]
    for name in names:
        words = _WORD.findall(name.casefold())
        for said in (words, [word for word in words if len(word) > _LONGEST_SMALL_WORD]):
            if len(said) > 1 and "".join([word[0] for word in said]) == letters:
                return True
    return False


def go_on(reading: Reading, lexicon: Lexicon, category: Category) -> None:
    """Make a concept more specific by an unread item behind it that begins the name of one of its kinds.

    肺动脉狭窄，左肺动脉 is 左肺动脉狭窄: what ends that name is, or ends, the name before the comma.
    """
    for found in reading.found:
        first = last = found.token + 1
        if (
            len(found.codes) != 1
            or first >= len(reading.tokens)
            or reading.separations[first] not in (SOFT, LIST, CLAUSE)
        ):
            continue
        while last < len(reading.tokens) and (last == first or reading.separations[last] <= SOFT):
            last += 1
        tokens = reading.tokens[first:last]
        sorts = {token.kind for token in tokens}
        if "unknown" not in sorts or not sorts <= {"unknown", "modifier"}:
            continue
        said = reading.view.text[tokens[0].start : tokens[-1].end]
        below = category.descendants(found.codes[0])
        if (said.isascii() and len(said) < _LEAST_NAME) or len(below) > _MANY_KINDS:
            continue  # AO and 二尖瓣 beside 先心病 are parts that were looked at
        own = lexicon.names(found.codes[0]).split("\0")
        kinds = {
            code
            for code in below
            if said in lexicon.names(code)
            for whole in lexicon.names(code).split("\0")
            if whole.startswith(said) and any(_ends(name, whole[len(said) :]) for name in own)
        }
        entry = _preferred(next(iter(kinds)), lexicon, category) if len(kinds) == 1 else None
        if entry:
            found.steps.append(("specified", f"{said} → {entry.written}"))
            found.codes, found.entry, found.method = entry.codes, entry, "composed"
            _use_up(reading, first, last)


def _ends(name: str, ending: str) -> bool:
    return len(ending) >= _LEAST_SAID and name.endswith(ending)


def _use_up(reading: Reading, first: int, last: int) -> None:
    for index in range(first, last):
        reading.tokens[index].kind = "part"
    for index in range(first, last + 1):  # the 2 of ASD（2）12mm enumerates nothing
        place = reading.tokens[index].start if index < len(reading.tokens) else -1
        reading.separations[index] = reading.view.gaps[place]


def _items(reading: Reading, found: Found) -> Iterator[tuple[int, int]]:
    """The items of the bracket right behind a concept, as ranges of tokens."""
    gaps, tokens, bracket = reading.view.gaps, reading.tokens, _bracket(reading, found)
    start, last = bracket.start, bracket.stop
    for index in range(start + 1, last + 1):
        if index == last or gaps[tokens[index].start] not in (NONE, SOFT):
            yield start, index
            start = index


def _bracket(reading: Reading, found: Found) -> range:
    """The tokens of the bracket right behind a concept."""
    return _bracket_behind(reading, found.token) if found.token >= 0 else range(0)


def _bracket_behind(reading: Reading, index: int) -> range:
    """The tokens of the bracket right behind token `index`."""
    depth, gaps, tokens = reading.view.depth, reading.view.gaps, reading.tokens
    first = index + 1
    if first >= len(tokens) or gaps[tokens[first].start] != BRACKET:
        return range(0)
    level = depth[tokens[first].start]
    last = first
    while last < len(tokens) and depth[tokens[last].start] >= level:
        last += 1
    return range(first, last) if level > depth[tokens[index].start] else range(0)


def _together(said: str, found: Found, lexicon: Lexicon, category: Category) -> Entry | None:
    """The term that bracket and name make together, in either order, if it is of the concept or one below.

    Characters that change no name do not count, and type IIb is a type II.
    """
    below = set(found.codes)
    for code in found.codes:
        below |= category.descendants(code)
    core, name = lexicon.unfilled(said), lexicon.unfilled(found.entry.key)
    ways = {found.entry.key + said, said + found.entry.key}
    exact = [entry for way in sorted(ways) if (entry := lexicon.terms.get(way)) and set(entry.codes) <= below]
    if not exact and core:
        loose = {name + core, core + name}
        if len(core) > 1 and core[-2].isdigit() and core[-1].isascii() and core[-1].isalpha():
            loose.add(name + core[:-1])
        keys = sorted(lexicon.but_for_fillers(loose, below))
        exact = [entry for one in keys if (entry := lexicon.terms.get(one)) and set(entry.codes) <= below]
    sure = {entry.codes: entry for entry in reversed(exact) if len(entry.codes) == 1 and not entry.ambiguous}
    return next(iter(sure.values())) if len(sure) == 1 else None


def _says_the_same(said: str, tokens: list[Token], found: Found, lexicon: Lexicon) -> bool:
    """Whether a bracket with unread text only repeats part of the concept's own names: PDA（未闭）."""
    core = _unfilled_end(said, lexicon)
    if len(core) < (_LEAST_NAME if core.isascii() else _LEAST_SAID) or len(found.codes) != 1:
        return False
    unread = any(token.kind == "unknown" for token in tokens)
    return unread and (said in lexicon.names(found.codes[0]) or core in lexicon.names(found.codes[0]))


def _unfilled_end(text: str, lexicon: Lexicon) -> str:
    """The text without what may be left out at its end: the 型 of Gerbode型."""
    while text and text[-1] in lexicon.vocabulary.fillers:
        text = text[:-1]
    return text


def _of_part(said: str, found: Found, lexicon: Lexicon) -> Entry | None:
    """The name that an abbreviation is short for, where the bracket says of what part it is: AS（主动脉瓣）."""
    words = lexicon.category.policy.parts.values()
    if not found.entry.ambiguous or any([found.entry.key == lexicon.key(one) for some in words for one in some]):
        return None
    if not _is_abbreviation(found.entry) or said.isascii():
        return None
    meant = [
        entry
        for code in found.codes
        for name in lexicon.names(code).split("\0")
        if name.startswith(said) and name[len(said) :] in lexicon.endings and (entry := lexicon.terms.get(name))
    ]
    sure = sorted([entry for entry in meant if not entry.ambiguous], key=lambda one: (one.size, one.key))
    return sure[0] if len({entry.codes for entry in sure}) == 1 == len(sure[0].codes) else None


def _below(said: str, tokens: list[Token], found: Found, lexicon: Lexicon, category: Category) -> Entry | None:
    """The one concept below that has a term with what the bracket says, when nothing else can read the bracket."""
    core = _unfilled_end(said, lexicon)
    if len(core) < _LEAST_SAID or core.isascii() or len(found.codes) != 1:
        return None
    if not any(token.kind == "unknown" for token in tokens):
        return None
    below = category.descendants(found.codes[0])
    if len(below) > _MANY_KINDS:
        return None  # 先心病（二尖瓣）
    saying = {code for code in below if core in lexicon.names(code)}
    topmost = [code for code in saying if category.ancestors(code).isdisjoint(saying)]
    return _preferred(topmost[0], lexicon, category) if len(topmost) == 1 else None


def _preferred(code: str, lexicon: Lexicon, category: Category) -> Entry | None:
    """The preferred name of a concept in use, if it names nothing else."""
    if category.concepts[code].status == "retired":
        return None
    entry = lexicon.terms.get(lexicon.key(category.concepts[code].name))
    return entry if entry and entry.codes == (code,) and not entry.ambiguous else None
