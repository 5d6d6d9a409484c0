"""Findings one a line, for a terminal or grep: `cases.xlsx[病例]!C7: ZM203 message`."""

from __future__ import annotations

from collections.abc import Sequence

from zhengming.findings import Finding, words
from zhengming.reports import Summary, closing
from zhengming.reports.visible import visible


def render(findings: Sequence[Finding], *, lang: str = "zh", show_values: bool = False, summary: Summary) -> str:
    """One line for each finding, then one that counts them."""
    lines = [_line(one, lang, show_values) for one in findings]
    return "\n".join([*lines, closing(findings, lang)]) + "\n"


def _line(one: Finding, lang: str, show_values: bool) -> str:
    said = f"{one.place}: {one.code} {one.message(lang)}"
    if show_values and one.value is not None:
        said += f" ({words(lang)['value']}: {one.value.reveal()})"
    return visible(said)
