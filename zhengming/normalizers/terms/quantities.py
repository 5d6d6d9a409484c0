"""Quantities: sizes, pressures and speeds beside a name, and how long ago something was."""

from __future__ import annotations

from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.numbering import OTHER, Measure
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, LIST, NONE, SOFT


def measure(reading: Reading, index: int, said: Measure, lexicon: Lexicon) -> None:
    """Say the quantity at token `index` of the concept that it measures, if it measures any."""
    token = reading.tokens[index]
    if said.quantity == "interval":
        before = reading.tokens[index - 1] if index else None
        timed = before and before.entry and "timing" in before.entry.axes
        if timed and reading.glued(index):
            _since(reading, index, reading.text(token))
        return
    if said.unit is None or said.quantity == OTHER or (said.quantity == "length_mm" and is_labelled(reading, index)):
        return
    host = reading.bracket_host(index) or _beside(reading, index, said, lexicon)
    if host is None:
        late = reading.side(index, -1, CLAUSE)
        host = late[2] if late else None
    if host is None:
        return
    axis = _axis(said)
    if axis in host.qualifiers:
        return
    host.qualifiers[axis] = round(said.high, 3)
    if said.low != said.high:
        host.qualifiers[f"{axis}_min"] = round(said.low, 3)
    host.steps.append(("qualifier", f"{reading.raw(token)} → {axis}={said.high:g}"))


def _beside(reading: Reading, index: int, said: Measure, lexicon: Lexicon) -> Found | None:
    """The concept beside the quantity at token `index` that it is said of."""
    assigned = reading.view.between(reading.tokens[index].start) in lexicon.vocabulary.assigning
    left = reading.side(index, -1, LIST if assigned else BRACKET)
    right = reading.side(index, 1, SOFT)
    leading = right is not None and (left is None or (right[0] == NONE and left[0] > NONE))  # 5mm室缺
    if left and right and (leading or right[0] == NONE):
        way = _way(reading, index, said)
        leading = way < 0 or (leading and way == 0 and not _touches(reading, index))  # ASDⅡ6mmPFO
        having = lexicon.category.policy.measured.get(_axis(said), ())
        if having and leading and _has(left[2], having, lexicon) and not _has(right[2], having, lexicon):
            leading = False  # 室缺 4mmAR轻度
    side = right if leading else left
    return side[2] if side else None


def _axis(said: Measure) -> str:
    """The qualifier that a quantity is."""
    return "size_mm" if said.quantity == "length_mm" else said.quantity


def _has(found: Found, having: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether the name may mean one of the concepts that have such a quantity."""
    return any(code in having or not lexicon.category.ancestors(code).isdisjoint(having) for code in found.codes)


def _way(reading: Reading, index: int, said: Measure) -> int:
    """Where the names stand whose sizes a list without marks tells: 1 before them, -1 behind them, 0 if unclear.

    VSD（膜周）6mmASD（Ⅱ）5mm ends with a size, 5mm室缺3mm房缺 begins with one.
    """
    ends = [_ends_with(reading, index, step, said) for step in (-1, 1)]
    return ends[1] - ends[0]


def _ends_with(reading: Reading, index: int, step: int, said: Measure) -> int:
    """Whether the last name or size, on that side of token `index` in what no comma or list mark parts, is a size."""
    sized = position = index
    while 0 <= position < len(reading.tokens):
        border = position if step > 0 else position + 1
        if position != index and reading.separations[border] > BRACKET:
            break
        measure = reading.tokens[position].measure
        if position in reading.hosts or (measure and measure.quantity == said.quantity):
            sized = position
        position += step
    return int(sized not in reading.hosts)


def _touches(reading: Reading, index: int) -> bool:
    """Whether nothing was typed between token `index` and the one before it."""
    before, token, view = reading.tokens[index - 1], reading.tokens[index], reading.view
    return view.span(before.start, before.end)[1] == view.span(token.start, token.end)[0]


def is_labelled(reading: Reading, index: int) -> bool:
    """Whether the number at token `index` measures what an unread word glued to it says: 距上腔静脉8mm is no size."""
    before = reading.tokens[index - 1] if index else None
    return before is not None and before.kind == "unknown" and reading.glued(index)


def _since(reading: Reading, index: int, interval: str) -> None:
    """Say how long ago it was of the nearest concept of which the word before the interval was said."""
    for position in range(index - 1, -1, -1):
        found = reading.hosts.get(position)
        if found and "timing" in found.qualifiers:
            found.qualifiers["interval"] = interval
            return
