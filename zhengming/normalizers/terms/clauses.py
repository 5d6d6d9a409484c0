"""Clauses: words that stand in a clause without the name they speak of, or as what a form calls it."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.performed import OPERATED, OPERATING
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.saying import explain, say
from zhengming.normalizers.terms.vocabulary import CLAUSE, LIST, NONE, SENTENCE, SOFT, Cue

REPLACING: Final = frozenset({"replacing", "contradicting", "being"})
_SEEN: Final = frozenset({"neutral", "certainty"})  # axes of words that add nothing
_NEUTRAL: Final = frozenset({"neutral"})
_SETTLED: Final = frozenset({"affirmed", "refuted"})


def clause_of_its_own(reading: Reading, index: int, cue: Cue) -> None:
    """A cue alone in its clause is said of what the clause before ends with: VSD、PDA，封堵术后."""
    first = last = index
    while first > 0 and reading.separations[first] <= LIST:
        first -= 1
    while last + 1 < len(reading.tokens) and reading.separations[last + 1] <= LIST:
        last += 1
    behind = reading.side(index, -1, CLAUSE)
    kinds = {token.kind for token in reading.tokens[first : last + 1]}
    if behind is None or not kinds.isdisjoint(("term", "unknown")):
        return  # 阑尾炎术后 speaks of something else, known to us or not
    say(behind[2], reading, reading.tokens[index], cue)
    position = behind[2].token
    while position > 0 and reading.separations[position] <= LIST:
        position -= 1
        listed = reading.hosts.get(position)
        if listed and cue.axis not in listed.qualifiers:
            say(listed, reading, reading.tokens[index], cue)


def doubt_ended(reading: Reading, index: int, lexicon: Lexicon) -> None:
    """Doubt the name before the clause of a word that says that something has ended, if it may be that name.

    It is where all that stands before it is not read and begins no name: PDA，布洛芬口服后已关闭, not 室缺，卵圆孔已闭.
    """
    behind = reading.side(index, -1, CLAUSE)
    if behind is None or behind[2].qualifiers.get("timing") == "resolved" or behind[0] < CLAUSE:
        return
    unread = [one for one in reading.tokens[behind[2].token + 1 : index] if one.kind == "unknown"]
    if unread and not any(lexicon.begins_name(reading.text(one)) for one in unread):
        behind[2].problem = behind[2].problem or "unclear-negation"


def late(reading: Reading, index: int, cue: Cue) -> None:
    """A doubt, denial or proof that has no name in its clause is said of the clause before: 外院诊断室缺，复查不支持.

    With a word that is not read beside it, it may deny something else; what stands before is then doubtful.
    """
    proves = cue.value == "affirmed"  # 怀疑房缺，术中证实
    if has_object(reading, index) or (proves and cue.position == "before"):
        return
    if cue.position != "both" and reading.glued(index) and reading.tokens[index - 1].kind == "unknown":
        return  # 发热待查 speaks of something else, known to us or not
    clear, subjects = _is_all_read(reading, index), _subjects(reading, index)
    for found in _clause_before(reading, index):
        if _is_of_another(found, reading, index, cue, subjects):
            continue
        operated = cue.value == "refuted" and found.qualifiers.get("timing") == OPERATED  # 室缺术后，未见
        if not clear or operated:
            found.problem = found.problem or ("" if proves else "unclear-negation")
            continue
        if not proves:
            say(found, reading, reading.tokens[index], cue)
        elif found.qualifiers.get(cue.axis) == "suspected":
            found.qualifiers[cue.axis] = cue.value
            explain(found, reading, reading.tokens[index], cue.axis, cue.value)
        if cue.value in _SETTLED and found.qualifiers.get("timing") == "fetal" and _is_said_now(reading, index):
            del found.qualifiers["timing"]  # 胎儿期诊断法四，生后证实


def replaced(reading: Reading, index: int, values: frozenset[str], lexicon: Lexicon) -> None:
    """Deny what stands before the word at token `index` where another diagnosis behind it takes its place: 改诊为.

    So does one that contradicts (实为), and what a form calls the corrected one (初步诊断：室缺；修正诊断：房缺). Where
    it cannot be told what is corrected, a list under a heading, or something of another kind, that is for review.
    """
    headed = reading.view.between(reading.tokens[index].end) in lexicon.vocabulary.assigning
    behind = reading.side(index, -1, SENTENCE if headed else CLAUSE)
    ahead = reading.side(index, 1, CLAUSE if headed else LIST)
    if behind is None or ahead is None or _causes(reading, ahead[2].token + 1):
        return
    later = [code for found in reading.found if found.token > index for code in found.codes]
    before = list(_replaceable(reading, behind[2].token, SENTENCE if headed else CLAUSE, later, lexicon))
    cue = Cue("certainty", "refuted", reading.text(reading.tokens[index]), "after", "list")
    for found in before:
        if "replacing" in values:
            surely = not headed or len(before) == 1
        else:
            surely = "contradicting" in values and _are_related(found, later, lexicon)
            if not surely and "being" in values and not _is_former(reading, found):
                continue
        if surely:
            say(found, reading, reading.tokens[index], cue)
        elif found.qualifiers.get("certainty") != "refuted":
            found.problem = found.problem or "unclear-negation"


def _replaceable(reading: Reading, position: int, limit: int, later: list[str], lexicon: Lexicon) -> Iterator[Found]:
    """The concepts of the list that ends with token `position` which are neither kinds of a later one nor above one.

    A sign is there whatever has caused it.
    """
    ancestors, signs = lexicon.category.ancestors, lexicon.category.policy.signs
    kin = set(later).union(*map(ancestors, later))
    while True:
        found = reading.hosts.get(position)
        if found and kin.isdisjoint(found.codes):
            above = set(found.codes).union(*map(ancestors, found.codes))
            if above.isdisjoint(later) and above.isdisjoint(signs):
                yield found
        if position == 0 or reading.separations[position] >= limit:
            return
        position -= 1


def _causes(reading: Reading, index: int) -> bool:
    """Whether a word glued to the name says that it is the cause of something: 应为室缺所致."""
    entry = reading.tokens[index].entry if reading.glued(index) else None
    return entry is not None and "accompany" in entry.values


def _are_related(found: Found, others: list[str], lexicon: Lexicon) -> bool:
    """Whether the concept and one of the others are kinds of one, beyond what the cell is about."""
    category = lexicon.category
    contexts = category.policy.contexts.keys()
    roots = contexts | set().union(*map(category.ancestors, contexts))
    kin = set().union(*map(category.ancestors, found.codes)) - roots
    return any(not kin.isdisjoint(category.ancestors(code)) for code in others)


def _is_former(reading: Reading, found: Found) -> bool:
    """Whether the clause of the concept tells what was found by others, or earlier: 外院诊断."""
    place = found.token
    while place > 0 and reading.separations[place] <= LIST:
        place -= 1
        entry = reading.tokens[place].entry
        if entry is not None and "former" in entry.values:
            return True
    return False


def looks_ahead(reading: Reading, index: int, words: tuple[str, ...]) -> bool:
    """Whether the doubt or denial is one of those whose object, if it has any, stands behind: 室缺不能除外房缺.

    Where the last name behind has such a word of its own, each is said of the name before it.
    """
    name = first = _name_behind(reading, index, words)
    while name > 0:
        place = name + 1
        while place < len(reading.tokens) and reading.tokens[place].kind == "part":
            place += 1
        if not (reading.glued(place) and _says_whether(reading.tokens[place])):
            break
        name = _name_behind(reading, place, words)
    if name <= 0:
        return False
    for between in range(index + 1, first + 1):
        reading.separations[between] = reading.view.gaps[reading.tokens[between].start]  # 不能除外合并房缺 joins none
    return True


def _name_behind(reading: Reading, index: int, words: tuple[str, ...]) -> int:
    """The token of the name that is glued behind the word at token `index`, if it is one of the words; else 0."""
    gaps, tokens, entry = reading.view.gaps, reading.tokens, reading.tokens[index].entry
    if entry is None or not entry.key.endswith(words):
        return 0
    limit = SOFT if entry.key.isascii() else NONE
    for place in range(index + 1, len(tokens)):
        if gaps[tokens[place].start] > limit:
            return 0
        if place in reading.hosts:
            return place
        if tokens[place].kind == "unknown" or _says_whether(tokens[place]):
            return 0
    return 0


def _says_whether(token: Token) -> bool:
    """Whether the token is a word that denies, doubts or affirms by itself, as 可能 behind a doubt does not."""
    axes = token.entry.axes if token.kind == "cue" and token.entry is not None else frozenset[str]()
    return "certainty" in axes and "noun" not in axes


def _has_kind(reading: Reading, index: int) -> bool:
    """Whether the doubting word at token `index` has a kind of something beside it, which it is said of."""
    after = index + 1
    if reading.glued(index) and reading.tokens[index - 1].kind == "modifier":
        return True
    return reading.glued(after) and reading.tokens[after].kind == "modifier"


def _subjects(reading: Reading, index: int) -> set[str]:
    """Of whom the clause of the word speaks before it, where it says so."""
    first, said = index, set[str]()
    while first > 0 and reading.separations[first] <= LIST:
        first -= 1
        entry = reading.tokens[first].entry
        if entry is not None and "subject" in entry.axes:
            said |= {cue.value for cue in entry.cues if cue.axis == "subject"}
    return said


def _is_said_now(reading: Reading, index: int) -> bool:
    """Whether the word's own clause is of the time after birth."""
    first = index
    while first > 0 and reading.separations[first] <= LIST:
        first -= 1
    entries = [token.entry for token in reading.tokens[first:index]]
    return any(entry is not None and "current" in entry.values for entry in entries)


def _is_of_another(found: Found, reading: Reading, index: int, cue: Cue, subjects: set[str]) -> bool:
    """Whether the word is of another person, of another kind, or of what an operation left, than the concept."""
    if subjects and found.qualifiers.get("subject", "patient") not in subjects:
        return True  # 家族中有肥厚型心肌病，患儿未见
    if cue.value == "suspected":
        return found.qualifiers.get(cue.axis) == "refuted" and _has_kind(reading, index)  # 并非完全型，考虑部分型
    if cue.value != "refuted" or found.qualifiers.get("timing") != OPERATED or reading.separations[index] > LIST:
        return False
    entry = reading.tokens[index - 1].entry
    return entry is not None and entry.axes == _NEUTRAL  # 动脉导管未闭结扎术后，分流未见


def _is_all_read(reading: Reading, index: int) -> bool:
    """Whether the clause of the word, from the last name on, has nothing in it that is not read."""
    first = last = index
    while first > 0 and reading.separations[first] <= LIST and first - 1 not in reading.hosts:
        first -= 1
    while last + 1 < len(reading.tokens) and reading.separations[last + 1] <= LIST:
        last += 1
    return not any(token.kind in ("term", "unknown") for token in reading.tokens[first : last + 1])


def _clause_before(reading: Reading, index: int) -> Iterator[Found]:
    """The concepts of the list that the clause before the word ends with, the last one first."""
    behind = reading.side(index, -1, CLAUSE) or _beyond_contrast(reading, index)
    if behind is None:
        return
    position = behind[2].token
    yield behind[2]
    while position > 0 and reading.separations[position] <= LIST:
        position -= 1
        if position in reading.hosts:
            yield reading.hosts[position]


def _beyond_contrast(reading: Reading, index: int) -> tuple[int, int, Found] | None:
    """The concept before the comma, where a word such as 但 opens the clause: 未见室缺，但不能除外."""
    first = index
    while first > 0 and reading.view.gaps[reading.tokens[first].start] <= LIST:
        first -= 1
    entry = reading.tokens[first].entry
    opens = first < index and reading.view.gaps[reading.tokens[first].start] <= CLAUSE
    if not opens or entry is None or "contrast" not in entry.axes:
        return None
    return reading.side(first, -1, SENTENCE)


def heads(reading: Reading, index: int, assigning: Container[str]) -> bool:
    """Whether the word is what a form calls the name behind it: 鉴别诊断：房缺."""
    marks = reading.view.between(reading.tokens[index].end)
    return marks in assigning and not reading.glued(index) and index + 1 in reading.hosts


def closes(reading: Reading, index: int) -> bool:
    """Whether the word ends its clause, but for a bracket behind it."""
    after = index + 1
    if after == len(reading.tokens) or reading.separations[after] >= CLAUSE:
        return True
    depth = reading.view.depth
    return depth[reading.tokens[after].start] > depth[reading.tokens[index].start]


def has_object(reading: Reading, index: int) -> bool:
    """Whether anything that may be meant follows the word in its own item."""
    after = index + 1
    if after >= len(reading.tokens) or reading.separations[after] >= LIST:
        return False
    token = reading.tokens[after]
    if reading.view.depth[token.start] > reading.view.depth[reading.tokens[index].start]:
        return False  # a bracket explains
    return token.kind == "unknown" or (token.entry is not None and not token.entry.axes.isdisjoint(OPERATING))


def is_of_unread(reading: Reading, index: int, cue: Cue) -> bool:
    """Whether a word such as 家族史 or 病史 is of an unread one that it is glued to: 猝死家族史，HCM.

    Of whom a name is told that is listed with that, cannot be told: 高血压、猝死家族史.
    """
    if not reading.glued(index) or reading.tokens[index - 1].kind != "unknown":
        return False
    listed = reading.side(index, -1, LIST) if cue.axis == "subject" else None
    if listed:
        listed[2].problem = listed[2].problem or "unclear-negation"
    return True


def position_of(reading: Reading, index: int, cue: Cue) -> str:
    """Where the cue stands by its kind, or behind its name where a bracket has no more than it: 房缺（无）、室缺."""
    if cue.position == "before" and reading.view.nested and _is_all_in_bracket(reading, index):
        return "after"
    return cue.position


def _is_all_in_bracket(reading: Reading, index: int) -> bool:
    """Whether a bracket behind a name has no more than the word, and words that add nothing."""
    depth, tokens = reading.view.depth, reading.tokens
    inside = depth[tokens[index].start]
    if inside == 0 or reading.bracket_host(index) is None:
        return False
    first = last = index
    while first > 0 and depth[tokens[first - 1].start] >= inside:
        first -= 1
    while last + 1 < len(tokens) and depth[tokens[last + 1].start] >= inside:
        last += 1
    others = [token for place, token in enumerate(tokens[first : last + 1], first) if place != index]
    return all(one.kind == "cue" and one.entry is not None and one.entry.axes <= _SEEN for one in others)
