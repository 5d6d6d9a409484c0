"""Answers: what a form says of every name it lists, by a tick, a sign or a word.

☑室缺 □房缺, 室缺√ 房缺×, VSD+ ASD- and 室缺 有 房缺 无 speak of each name by itself, which a cue of running text does
not. Where the form leaves open what it says, its names are doubted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import CLAUSE, NONE, UNCLEAR, Cue

_UNCLEAR: Final = "unclear-negation"
_ENDING: Final = ",;。."  # what may close an answer


def answer(reading: Reading, lexicon: Lexicon) -> None:
    """Say of every concept of the reading what the form's mark at it says."""
    if not reading.found:
        return
    marks = lexicon.vocabulary.punctuation[reading.view.marks]
    if marks.boxes:
        _ticked(reading, marks.boxes)
    if marks.signs and any(cue.value == "refuted" for cue in marks.signs.values()):
        _signed(reading, marks.signs)


def answers_follow(reading: Reading) -> int:
    """Where a list ends, with which the names of the cell begin, of names each followed by a word of its own.

    So is 室缺 有 房缺 无; where there is no such list, the place is 0. What stands before it is a heading, or a comma
    parts them (诊断：室缺无、房缺有); a comma parts the list, of which no word is then parted, from what follows.
    """
    expected, answered, joined = "name", 0, True
    first = min(reading.hosts, default=0)
    if not _may_lead(reading, first):
        return 0
    for position, token in enumerate(reading.tokens[first:], first):
        if token.kind == "number":
            continue
        if answered > 1 and expected == "name" and joined and reading.separations[position] >= CLAUSE:
            return position
        if position in reading.hosts:
            if expected != "name" or (answered and reading.separations[position] == NONE):
                return 0
            expected = "word"
        elif token.entry and "certainty" in token.entry.axes:
            if expected != "word":
                return 0
            expected = "name"
            joined = joined and reading.separations[position] < CLAUSE
            answered += 1
        else:
            return 0
    return len(reading.tokens) if answered > 1 and expected == "name" else 0


def _may_lead(reading: Reading, first: int) -> bool:
    """Whether what stands before the first name, at token `first`, is a heading, or parted from it, denying nothing."""
    before = reading.tokens[:first]
    if not all([token.kind != "cue" or _is_heading(token) for token in before]):
        return False
    return all([token.kind in ("cue", "number") for token in before]) or reading.separations[first] >= CLAUSE


def _is_heading(token: Token) -> bool:
    """Whether the token is a word that denies and doubts nothing, before any name: 诊断：VSD无、ASD有."""
    entry = token.entry if token.kind == "cue" else None
    return entry is not None and not any([one.axis == "certainty" and one.value != "affirmed" for one in entry.cues])


def _ticked(reading: Reading, boxes: Mapping[str, Cue]) -> None:
    """Boxes and ticks stand before every name, or behind every name.

    A tick or a cross speaks for itself; what is left empty denies beside a tick, and else leaves a box open.
    """
    leads = _leads(reading, boxes)
    said = [
        (found, cue)
        for found in reading.found
        for place in [found.start if leads else _behind(reading, found)]
        for mark, cue in boxes.items()
        if mark in reading.view.between(place) and not _counts(reading, place, mark)
    ]
    ticked = any(cue.value == "affirmed" for _found, cue in said)
    for found, cue in said:
        if ticked or cue.position == "tick":
            _say(found, cue)
        elif cue.position == "box":
            found.problem = found.problem or _UNCLEAR


def _leads(reading: Reading, boxes: Mapping[str, Cue]) -> bool:
    """Whether a box stands before the first word, or the first name and not behind the last: 诊断：□室缺 ☑房缺."""
    between = reading.view.between
    starts = [reading.tokens[0].start]
    found = sorted(reading.found, key=lambda one: one.start)
    if not any(mark in between(_behind(reading, found[-1])) for mark in boxes):
        starts.append(found[0].start)
    starts += [next((token.start for token in reading.tokens if token.kind != "cue"), 0)]
    return any(mark in between(start) for mark in boxes for start in starts)


def _signed(reading: Reading, signs: Mapping[str, Cue]) -> None:
    """Signs are glued to the names before them; where only some names have one, a minus may be a mere dash."""
    said = [(found, cue) for found in reading.found for cue in [_sign(reading, found, signs)] if cue]
    values = {cue.value for _found, cue in said}
    if "refuted" not in values:
        return
    for found, cue in said:
        if len(said) == len(reading.found) or len(values) > 1:
            _say(found, cue)
        elif cue.value == "refuted":
            found.problem = found.problem or _UNCLEAR


def assigned(reading: Reading, lexicon: Lexicon) -> None:
    """An answer stands behind a mark that gives it to the name before it (室缺：0), or each name is followed by one."""
    listed = _listed(reading, lexicon.vocabulary.answers)
    unread = any(token.kind == "unknown" for token in reading.tokens)
    if not listed and not unread and not lexicon.vocabulary.punctuation[reading.view.marks].assigns:
        return
    for found in reading.found:
        place = _behind(reading, found)
        cue = listed.get(found.token) if listed else _answer(reading, place, lexicon)
        if cue is None:
            continue
        if cue.value == UNCLEAR:
            found.problem = found.problem or _UNCLEAR
        elif cue.value == "refuted":
            _say(found, cue)
        for token in reading.tokens:
            if token.start == place and token.kind == "unknown":
                token.kind = "part"  # it is read


def _answer(reading: Reading, place: int, lexicon: Lexicon) -> Cue | None:
    """What a form answers at squeezed `place`, in letters behind the mark or by further marks."""
    answers, assigning = lexicon.vocabulary.answers, lexicon.vocabulary.assigning
    marks = reading.view.between(place)
    if not marks:  # 室缺 neg
        return answers.get(_item(reading, place)) if _is_unread(reading, place) else None
    if marks[0] not in assigning:
        return None
    return answers.get(_item(reading, place)) if marks[1:] == "" else answers.get(marks[1:].rstrip(_ENDING))


def _listed(reading: Reading, answers: Mapping[str, Cue]) -> dict[int, Cue]:
    """What each token that hosts a name is answered, where the cell is nothing but names and answers: 室缺 0 房缺 1."""
    said: dict[int, Cue] = {}
    for index, token in enumerate(reading.tokens):
        if (index % 2 == 0) != (index in reading.hosts):
            return {}
        if index % 2:
            cue = answers.get(reading.text(token)) if token.kind in ("unknown", "number") else None
            if cue is None or cue.value == UNCLEAR:
                return {}
            said[index - 1] = cue
    return said if len(said) > 1 and len(reading.tokens) == 2 * len(said) else {}


def _is_unread(reading: Reading, place: int) -> bool:
    """Whether an unread word of more than one character begins at squeezed `place`."""
    return any(one.start == place and one.kind == "unknown" and one.end - place > 1 for one in reading.tokens)


def _item(reading: Reading, place: int) -> str:
    """What stands at squeezed `place`, up to the next mark or name; of a number with a unit or fraction nothing."""
    end = place
    for token in reading.tokens:
        if token.start < place:
            continue
        if token.start > end or (end > place and reading.view.gaps[token.start] != NONE):
            break
        if any(found.start == token.start for found in reading.found):
            break
        if token.measure and (token.measure.unit or token.end - token.start > 1):
            return ""
        end = token.end
    return reading.view.text[place:end]


def _sign(reading: Reading, found: Found, signs: Mapping[str, Cue]) -> Cue | None:
    place = _behind(reading, found)
    after = reading.view.between_with_spaces(place)
    cue = signs.get(after[:1])
    if after[:1] == after[1:2]:
        return None  # 先心病--法洛四联症
    return cue if cue and (len(after) > 1 or place == len(reading.view.text)) else None


def _behind(reading: Reading, found: Found) -> int:
    """The place of the punctuation behind a name with what is glued to it or in brackets: 室缺3mm√, 室缺（膜部）×."""
    depth, gaps = reading.view.depth, reading.view.gaps
    for index in range(found.token + 1, len(reading.tokens)):
        place = reading.tokens[index].start
        if index in reading.hosts or (gaps[place] != NONE and depth[place] <= depth[found.start]):
            return place
    return len(reading.view.text)


def _counts(reading: Reading, place: int, mark: str) -> bool:
    """Whether the mark multiplies a number: 室缺×2, 8mm×6mm."""
    return reading.view.between(place).endswith(mark) and reading.view.text[place : place + 1].isdigit()


def _say(found: Found, cue: Cue) -> None:
    if found.qualifiers.get("certainty") in (None, "affirmed"):
        found.qualifiers[cue.axis] = cue.value
        found.steps.append(("qualifier", f"{cue.text} → {cue.axis}={cue.value}"))
