"""Saying: a qualifier given to a concept, with the step that tells of it."""

from __future__ import annotations

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.performed import OPERATED, PLANNED
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import UNCLEAR, Cue


def say(found: Found, reading: Reading, token: Token, cue: Cue) -> None:
    """Give the concept what the cue at the token says; one that cannot be told makes it doubtful."""
    if cue.value == UNCLEAR:
        found.problem = found.problem or "unclear-negation"
        return
    if cue.axis == "certainty" and cue.value == "affirmed":
        shared = found.shares is not None and cue.position == "before"  # 诊断：室、房间隔缺损？
        if shared or cue.axis in found.qualifiers:
            return  # 可能有 stays doubtful, 未见 stays denied
    if cue.value == OPERATED and found.qualifiers.get("procedure") == PLANNED:
        return  # 拟行室缺修补术
    found.qualifiers[cue.axis] = cue.value
    explain(found, reading, token, cue.axis, cue.value)


def say_apart(found: Found, reading: Reading, token: Token, cue: Cue) -> None:
    """Give the concept before the comma what the cue behind it says; one that is denied may be there after all."""
    say(found, reading, token, cue)
    if found.qualifiers.get("certainty") == "refuted":
        found.problem = found.problem or "unclear-negation"  # 不是重度肺动脉瓣狭窄，为轻度


def explain(found: Found, reading: Reading, token: Token, axis: str, value: str) -> None:
    """Add the step of a qualifier."""
    found.steps.append(("qualifier", f"{reading.raw(token)} → {axis}={value}"))
