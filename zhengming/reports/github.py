"""Findings as workflow commands of GitHub Actions, which shows them beside the file.

Format: https://docs.github.com/actions/reference/workflow-commands-for-github-actions, `::error file=…::message`. A
workbook has no lines, so only findings in text files carry `line` and the others say sheet and cells in the message.
GitHub shows 10 errors, 10 warnings and 10 notices of a step, so similar findings are one command, errors first.
"""

from __future__ import annotations

from collections.abc import Sequence

from zhengming.findings import SEVERITIES, Finding, rule, words
from zhengming.reports import Summary
from zhengming.reports.groups import Group, grouped
from zhengming.reports.visible import visible

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(findings: Sequence[Finding], *, lang: str = "zh", show_values: bool = False, summary: Summary) -> str:
    """One command for each group of findings; for each finding where values are shown."""
    groups = [Group(one, (one,)) for one in findings] if show_values else grouped(findings)
    groups.sort(key=lambda group: SEVERITIES.index(group.first.severity))
    return "".join(_command(group, lang, show_values) + "\n" for group in groups)


def _command(group: Group, lang: str, show_values: bool) -> str:
    one = group.first
    place, properties = one.place, {}
    if place.file:
        properties["file"] = place.file
    if place.row and not place.sheet:
        properties["line"] = str(place.row)
    properties["title"] = f"{one.code} {rule(one.code).text('title', lang)}"
    where = " ".join(part for part in (place.sheet, group.short) if part)
    message = f"{where}: {one.message(lang)}" if where else one.message(lang)
    if show_values and one.value is not None:
        message += f" ({words(lang)['value']}: {one.value.reveal()})"
    listed = ",".join(f"{key}={_property(given)}" for key, given in properties.items())
    return f"::{_COMMANDS[one.severity]} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
