"""Denials that deny no name: a test still to come (CoA？待CTA排除), and a word of a name (术后未见残余分流, 无梗阻)."""

from __future__ import annotations

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.reading import Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, SOFT


def is_pending(reading: Reading, index: int, pending: tuple[str, ...]) -> bool:
    """Whether the denying word at token `index` is still to come true: an item that begins with 待 ends with it."""
    position = index
    while position > 0 and reading.separations[position] <= SOFT:
        position -= 1
        token = reading.tokens[position]
        if token.kind == "unknown" and reading.text(token).startswith(pending):
            return True
        if token.kind != "unknown" and not _says(token, "neutral"):
            return False
    return False


def denies_a_word(reading: Reading, index: int) -> bool:
    """Whether the denying word at token `index` has no more to deny in its item than a sub-type or course word.

    A name must stand before it, for the denied word to be a word of.
    """
    after = index + 1
    if after >= len(reading.tokens) or reading.separations[after] > SOFT or not _is_word(reading.tokens[after]):
        return False
    ends = reading.separations[after + 1] > BRACKET or after + 1 == len(reading.tokens)
    depth = reading.view.depth
    ends = ends or depth[reading.tokens[after + 1].start] < depth[reading.tokens[after].start]
    return ends and any(host < index for host in reading.hosts)


def is_denied(reading: Reading, index: int) -> bool:
    """Whether token `index` is such a sub-type or course word, denied by the word before it."""
    return (
        index > 0
        and _is_word(reading.tokens[index])
        and _denies(reading.tokens[index - 1])
        and denies_a_word(reading, index - 1)
    )


def _is_word(token: Token) -> bool:
    return token.kind == "modifier" or _says(token, "course")


def _denies(token: Token) -> bool:
    entry = token.entry
    return token.kind == "cue" and entry is not None and any(cue.value == "refuted" for cue in entry.cues)


def _says(token: Token, axis: str) -> bool:
    entry = token.entry
    return token.kind == "cue" and entry is not None and any(cue.axis == axis for cue in entry.cues)
