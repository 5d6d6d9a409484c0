"""Qualifiers: what the words, marks and numbers around a concept say of it, and how far each of them reaches.

A cue before a concept reaches forward over its list (无室缺、房缺 denies both) and stops at a comma; one after it
reaches back. What stands in brackets belongs to the name before them. Where a word could belong to either side, the
concept that has such a sub-type takes it, else the better joined one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from zhengming.normalizers.terms.answers import answer, answers_follow, assigned
from zhengming.normalizers.terms.assays import is_beside
from zhengming.normalizers.terms.clauses import (
    REPLACING,
    clause_of_its_own,
    closes,
    doubt_ended,
    has_object,
    heads,
    is_of_unread,
    late,
    looks_ahead,
    position_of,
    replaced,
)
from zhengming.normalizers.terms.denials import (
    denies_a_word,
    doubt_both,
    ends_before,
    goes_on,
    is_denied,
    is_no_end,
    is_pending,
    may_be_there,
    turn,
)
from zhengming.normalizers.terms.ends import ENDED, keep_to_ended, unended
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.finishing import DEGREES, doubt_behind_signs, doubt_contradicted, finish
from zhengming.normalizers.terms.forms import EITHER_WAY, is_label, read_answers
from zhengming.normalizers.terms.hosts import apart, denies_part, is_of_former, is_with_child, modified
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.marks import mark
from zhengming.normalizers.terms.operations import Operations
from zhengming.normalizers.terms.performed import EARLIER, OPERATED, OPERATING, as_planned, is_unperformed, left_open
from zhengming.normalizers.terms.quantities import measure
from zhengming.normalizers.terms.reach import (
    ENDS,
    doubt_led,
    doubt_sides,
    governs,
    in_bracket,
    is_attributive,
    is_infix,
    item_end,
    only_affirms,
    overrides,
    parting,
    say_behind,
    say_further,
    spares,
)
from zhengming.normalizers.terms.reading import Reading
from zhengming.normalizers.terms.saying import explain, say, say_apart
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, LIST, SENTENCE, UNCLEAR, Cue, Vocabulary

_SAYING: Final = frozenset({"cue", "modifier"})  # kinds of tokens that say something of a concept
_SEEING: Final = frozenset({"neutral", "certainty"})  # axes of words for how something is seen
_ENDING: Final = frozenset({OPERATED, ENDED})
_LABELS: Final = frozenset({"subject", "timing"})  # axes of words that head what a form lists: 家族史：
_BETWEEN: Final = frozenset({"severity", "extent"})  # what a list of names has between them without a mark
_WORDS_APART: Final = frozenset({"link", "neutral", "contrast", "infix", "attributive", "alternative", "asked", "noun"})


def qualify(reading: Reading, lexicon: Lexicon, operations: Operations) -> None:
    """Give every concept of the reading its qualifiers."""
    if not reading.view.bare:
        read_answers(reading, lexicon.vocabulary)
    answers = answers_follow(reading) if len(reading.found) > 1 else 0
    for index, token in enumerate(reading.tokens):
        kind = token.kind
        if kind in _SAYING:
            if token.entry:
                _words(reading, index, token.entry, lexicon, operations, answers=index < answers)
        elif kind == "number" and token.measure:
            measure(reading, index, token.measure, lexicon)
    if lexicon.vocabulary.punctuation[reading.view.marks].speaks:
        mark(reading, lexicon)
        answer(reading, lexicon)
    if not reading.view.bare:
        assigned(reading, lexicon)
    for found in reading.found:
        finish(found, lexicon)
    if len(reading.found) > 1:
        doubt_behind_signs(reading, lexicon)
        doubt_contradicted(reading)


def _words(
    reading: Reading, index: int, entry: Entry, lexicon: Lexicon, operations: Operations, *, answers: bool
) -> None:
    """What one word says: as a sub-type of the category, as a general cue, or as both."""
    if is_denied(reading, index, lexicon.vocabulary.whole):
        return
    for modifier in entry.modifiers:
        _kind(reading, index, (modifier.axis, modifier.value), lexicon)
    for cue in entry.cues:
        if cue.value == OPERATED:
            _operation(reading, index, cue, lexicon, operations)
        elif cue.axis == "alternative":
            doubt_both(reading, index, cue)
        elif is_no_end(reading, index, cue, lexicon.vocabulary):
            continue
        elif cue.axis == "certainty":
            _certainty(reading, index, cue, lexicon, answers=answers)
        elif cue.value == ENDED:
            _ended(reading, index, cue, lexicon, operations)
        elif cue.axis not in _WORDS_APART:
            _labelling(reading, index, cue, lexicon)
    _further(reading, index, entry.values, lexicon)


def _labelling(reading: Reading, index: int, cue: Cue, lexicon: Lexicon) -> None:
    """What a word says that may head what a form lists: 家族史：高血压."""
    if cue.value == "family" and is_with_child(reading, index):
        cue = replace(cue, axis="certainty", value=UNCLEAR)  # 患儿及其母亲均有房缺
    if cue.axis in _LABELS and cue.position in EITHER_WAY:
        if is_label(reading, index, lexicon.vocabulary):
            cue = replace(cue, position="before")
        elif is_of_unread(reading, index, cue):
            return
    _cue(reading, index, cue, lexicon)


def _ended(reading: Reading, index: int, cue: Cue, lexicon: Lexicon, operations: Operations) -> None:
    """Say that something has ended; a word that does so only where it is glued doubts another name: 室缺，自闭."""
    if cue.scope == "glued" and not reading.glued(index):
        _cue(reading, index, replace(cue, axis="certainty", value=UNCLEAR, scope="nearest"), lexicon)
        return
    before = unended(reading)
    _cue(reading, index, cue, lexicon)
    keep_to_ended(reading, index, before, operations)


def _further(reading: Reading, index: int, values: frozenset[str], lexicon: Lexicon) -> None:
    """What a word says beyond its own cues: that something may have ended, or what was seen of the fetus."""
    if ENDED in values:
        doubt_ended(reading, index, lexicon)
    elif not values.isdisjoint(REPLACING):
        replaced(reading, index, values, lexicon)
    elif "pregnant" in values:
        _seen_then(reading, index, lexicon)


def _seen_then(reading: Reading, index: int, lexicon: Lexicon) -> None:
    """Say of the fetus what is seen where the word for a pregnancy is followed by how long it was: 孕28周超声."""
    after = index + 2
    if after >= len(reading.tokens) or not (reading.glued(index + 1) and reading.glued(after)):
        return
    said, entry = reading.tokens[index + 1].measure, reading.tokens[after].entry
    seen = reading.tokens[after].kind == "cue" and entry is not None and entry.axes <= _SEEING
    if seen and said is not None and said.quantity == "interval":
        text = reading.text(reading.tokens[index])
        _cue(reading, index, Cue("timing", "fetal", text, "before", "sentence"), lexicon)


def _kind(reading: Reading, index: int, kind: tuple[str, str], lexicon: Lexicon) -> None:
    host = modified(reading, index, kind, lexicon)
    if host:
        host.qualifiers.setdefault(*kind)
        host.stated.setdefault(kind, index)
        explain(host, reading, reading.tokens[index], *kind)


def _certainty(reading: Reading, index: int, cue: Cue, lexicon: Lexicon, *, answers: bool) -> None:
    if cue.position != "before" and heads(reading, index, lexicon.vocabulary.assigning):
        cue = replace(cue, position="before")
    if answers:
        _backward(reading, index, cue, "nearest", CLAUSE)
    elif denies_part(reading, index, cue, lexicon) or (cue.scope == "result" and is_beside(reading, index, lexicon)):
        return  # 川崎病 冠脉阴性; 共同动脉干，FISH阴性
    elif cue.value == "sought" and reading.glued(index) and reading.tokens[index - 1].kind == "unknown":
        return  # 晕厥查因 seeks the cause of something else, known to us or not
    elif _waits(cue) and is_pending(reading, index, lexicon.vocabulary.pending):
        doubt = replace(cue, value="suspected")
        if not (reading.side(index, 1, LIST) and _forward(reading, index, doubt)):  # 建议进一步检查除外房缺
            _backward(reading, index, doubt, "nearest", LIST)
    elif cue.value == "affirmed":
        turned = turn(reading, index, lexicon.vocabulary.negators)
        _cue(reading, index, replace(cue, value="refuted") if turned else cue, lexicon)
    elif cue.value == "refuted" and denies_a_word(reading, index, lexicon.vocabulary.whole):
        _forward(reading, index, cue)  # the list that goes on behind that word
    else:
        _cue(reading, index, cue, lexicon)
        if index and not reading.side(index, 1, LIST):
            say_further(reading, index, cue)


def _waits(cue: Cue) -> bool:
    """Whether the word tells a result that may be still to come: 待CTA排除, 待手术证实."""
    return cue.value == "refuted" or (cue.value == "affirmed" and cue.position in ("both", "after"))


def _operation(reading: Reading, index: int, cue: Cue, lexicon: Lexicon, operations: Operations) -> None:
    """Say an operation of what it treats; where that is not known, of what a word of its kind reaches."""
    if is_unperformed(reading, index, lexicon.vocabulary.negators):
        return
    index, cue = as_planned(reading, index, cue, lexicon.vocabulary)
    host = reading.bracket_host(index)
    if host and operations.is_foreign(host, cue):
        return  # 乳糜胸（Glenn术后）
    treated = operations.treated(reading, index, cue) if cue.position != "before" else []
    if not treated and cue.position == "after" and not host:
        treated = operations.of_both(reading, index) or operations.ahead(reading, index, cue)
    spared = operations.spared(treated, reading, index) if len(treated) > 1 else []
    open_ended = left_open(reading, index, lexicon.vocabulary)
    for found in treated:
        if found not in spared:
            say(found, reading, reading.tokens[index], cue)
            found.problem = found.problem or open_ended
    if treated:
        return
    before = [found for found in reading.found if found.qualifiers.get(cue.axis, "fetal") in EARLIER]
    _cue(reading, index, cue, lexicon)
    if cue.value == OPERATED and cue.position == "after":
        _consequence(reading, index, cue, operations)
    reached = [found for found in before if found.qualifiers.get(cue.axis) == cue.value]
    for found in reached:
        found.problem = found.problem or open_ended
    for found in operations.spared(reached, reading, index) if len(reached) > 1 else ():
        del found.qualifiers[cue.axis]
        found.steps.pop()


def _consequence(reading: Reading, index: int, cue: Cue, operations: Operations) -> None:
    """Of what stands before the comma, say the operation that its consequence tells of: 法四，术后肺动脉瓣反流."""
    opens = reading.separations[index] == CLAUSE and reading.glued(index + 1) and index + 1 in reading.hosts
    before = reading.side(index, -1, CLAUSE) if opens else None
    if before and operations.is_treatable(before[2]) and cue.axis not in before[2].qualifiers:
        say(before[2], reading, reading.tokens[index], cue)


def _cue(reading: Reading, index: int, cue: Cue, lexicon: Lexicon) -> None:
    position, scope = position_of(reading, index, cue), cue.scope
    if position == "both" and cue.axis in DEGREES and not reading.side(index, 1, LIST):
        earlier = None if reading.side(index, -1, BRACKET) else apart(reading, index)
        if earlier:
            say_apart(earlier, reading, reading.tokens[index], cue)
            return
    if position in EITHER_WAY:
        position = _facing(reading, index, cue.axis, lexicon, prefers_left=position == "either")
        if position == "after" and cue.value == "refuted" and has_object(reading, index):
            return  # 未见残余分流 denies what follows it, known to us or not
        if position == "after" and cue.position == "either" and cue.axis not in OPERATING:
            of_all = reading.glued(index) and is_infix(reading.tokens[index - 1])  # 室缺、房缺均不能除外
            scope = "list" if of_all else "nearest"
    if position == "before":
        _ahead(reading, index, cue)
    elif position == "after":
        _behind(reading, index, cue, scope, lexicon.vocabulary)


def _ahead(reading: Reading, index: int, cue: Cue) -> None:
    """A cue that stands before its concept, or else ends the clause of one: 室间隔缺损：无."""
    if _forward(reading, index, cue):
        if not reading.glued(index + 1):
            doubt_sides(reading, index, cue)
    elif cue.axis == "certainty" and closes(reading, index) and not _backward(reading, index, cue, "list", LIST):
        late(reading, index, cue)


def _behind(reading: Reading, index: int, cue: Cue, scope: str, vocabulary: Vocabulary) -> None:
    """A cue that follows its concept, or, if it may as well, stands before it: 最终排除室缺."""
    said = _backward(reading, index, cue, scope, BRACKET if scope == "nearest" else LIST)
    governed = governs(reading, index, cue, vocabulary)
    if said and governed:
        doubt_sides(reading, index, cue)  # 室缺最终排除房缺
    elif governed:
        _forward(reading, index, cue)
    elif not said:
        doubt_led(reading, index, cue)
        _leading(reading, index, cue)


def _leading(reading: Reading, index: int, cue: Cue) -> None:
    """A cue that should follow its concept but opens the text: 术后：室缺 is a heading, 术后室缺 a consequence."""
    if any(position in reading.hosts for position in range(index)):
        if cue.axis in OPERATING:
            clause_of_its_own(reading, index, cue)
        elif cue.axis == "certainty":
            late(reading, index, cue)
        return
    if reading.glued(index + 1):
        found = reading.hosts.get(index + 1)
        if found and cue.axis in OPERATING:
            found.problem = found.problem or "other-etiology"
    elif index + 1 < len(reading.tokens) and reading.separations[index + 1] == LIST:
        _forward(reading, index, cue)


def _facing(reading: Reading, index: int, axis: str, lexicon: Lexicon, *, prefers_left: bool) -> str:
    """Whether the cue stands `before` or `after` its concept; empty if none is near."""
    if reading.bracket_host(index):
        return "after"
    left = reading.side(index, -1, BRACKET)
    if left and left[2].end > reading.tokens[index].start:
        return "after"  # inside the name: the 中度 of 二尖瓣中度反流三尖瓣轻度反流
    if left and looks_ahead(reading, index, lexicon.vocabulary.ahead):
        return "before"
    right = reading.side(index, 1, BRACKET)
    if right and not left and in_bracket(reading, right[2], index) and reading.side(index, -1, LIST):
        return "after"  # 唐氏综合征：不支持（染色体正常）
    if left and right:
        between = reading.tokens[index]
        touching = prefers_left and left[2].end == between.start and right[2].start == between.end
        if left[:2] == right[:2] or (touching and left[0] == right[0]):
            if axis in _BETWEEN and is_of_former(reading, index, axis, (left[2], right[2]), lexicon):
                return "after"
            return "after" if prefers_left else "before"
        return "after" if left[:2] < right[:2] else "before"
    if left:
        return "after"
    if right:
        return "before"
    return "after" if prefers_left else "before"


def _forward(reading: Reading, index: int, cue: Cue) -> bool:
    """Say the cue of what follows it; gives whether there is anything to say it of."""
    reached = unread = False
    limit = SENTENCE if cue.scope == "sentence" else CLAUSE
    depth = reading.view.depth
    inside = depth[reading.tokens[index].start]
    within = inside > 0 and reading.bracket_host(index) is not None
    for position in range(index + 1, item_end(reading, index)):
        if parting(reading, position, index, cue) >= limit and not (reached and goes_on(reading, position)):
            return reached
        token = reading.tokens[position]
        if within and depth[token.start] < inside:
            return reached  # 室缺（无肺高压）房缺
        if reading.separations[position] >= LIST:
            unread = False
        overridden = overrides(token, cue) and not only_affirms(reading, position, index)
        if overridden or (reached and is_attributive(token)):
            return reached  # 不伴肺动脉高压的室缺 is there
        unread = unread or token.kind == "unknown"
        found = reading.hosts.get(position)
        if found is None:
            continue
        if reached and cue.value == "refuted" and ends_before(reading, index, position):
            return reached
        if cue.value == "refuted" and (unread or (reached and may_be_there(reading, position))):
            found.problem = found.problem or "unclear-negation"
        reached, within = True, depth[found.start] >= inside > 0
        say(found, reading, reading.tokens[index], cue)
        if cue.scope == "nearest":
            break
    return reached


def _backward(reading: Reading, index: int, cue: Cue, scope: str, limit: int) -> bool:
    """Say the cue of what stands before it; gives whether there is anything to say it of."""
    depth = reading.view.depth
    inside = depth[reading.tokens[index].start]
    host = reading.bracket_host(index)
    if host:
        say(host, reading, reading.tokens[index], cue)
        if not is_infix(reading.tokens[index - 1]):
            return True
        index, inside, scope, limit = host.token, 0, "list", LIST  # 室缺、房缺（均术后）
    reached, last = host is not None, index
    for position in range(index - 1, -1, -1):
        separation = parting(reading, position + 1, index, cue)
        another = reached and separation == BRACKET and host is None  # 先心病（室缺）肛门闭锁术后
        if another or separation > limit or depth[reading.tokens[position].start] < inside:
            return reached
        spared = spares(reading, position, index, cue, reached=reached, bracketed=host is not None)
        if spared == ENDS:
            return True
        found = reading.hosts.get(position)
        if found is None:
            continue
        if reached and _is_told_of_one(cue) and max(reading.separations[position + 1 : last + 1]) < LIST:
            return True
        last = position
        reached = True
        found.problem = found.problem or spared
        if not spared:
            say_behind(found, reading, index, cue)
        if scope == "nearest":
            break
    return reached


def _is_told_of_one(cue: Cue) -> bool:
    """Whether the word tells when or of whom the one name is that it is glued to: 室缺川崎病病史."""
    return cue.axis in _LABELS and cue.value not in _ENDING
