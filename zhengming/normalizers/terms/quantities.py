"""Quantities: sizes, pressures and speeds beside a name, and how long ago something was."""

from __future__ import annotations

from collections.abc import Container

from zhengming.normalizers.terms.numbering import Measure
from zhengming.normalizers.terms.reading import Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, LIST, NONE, SOFT


def measure(reading: Reading, index: int, said: Measure, assigning: Container[str]) -> None:
    """Say the quantity at token `index` of the concept that it measures, if it measures any.

    `assigning` marks give the name before them what stands behind them.
    """
    token = reading.tokens[index]
    if said.quantity == "interval":
        before = reading.tokens[index - 1] if index else None
        timed = before and before.entry and "timing" in before.entry.axes
        if timed and reading.glued(index):
            _since(reading, index, reading.text(token))
        return
    if said.unit is None or (said.quantity == "length_mm" and is_labelled(reading, index)):
        return
    host = reading.bracket_host(index)
    if host is None:
        left = reading.side(index, -1, LIST if reading.view.between(token.start) in assigning else BRACKET)
        right = reading.side(index, 1, SOFT)
        leading = right is not None and (left is None or (right[0] == NONE and left[0] > NONE))  # 5mm室缺
        if left and leading and _touches(reading, index):
            leading = False  # ASDⅡ6mmPFO
        side = right if leading else left
        host = side[2] if side else None
    if host is None:
        late = reading.side(index, -1, CLAUSE)
        host = late[2] if late else None
    if host is None:
        return
    axis = "size_mm" if said.quantity == "length_mm" else said.quantity
    if axis in host.qualifiers:
        return
    host.qualifiers[axis] = round(said.high, 3)
    if said.low != said.high:
        host.qualifiers[f"{axis}_min"] = round(said.low, 3)
    host.steps.append(("qualifier", f"{reading.raw(token)} → {axis}={said.high:g}"))


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
