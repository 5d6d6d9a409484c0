"""Findings grouped by rule, each with why it matters and what to do, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from zhengming.findings import SEVERITIES, Finding, rule, words
from zhengming.reports import Summary, closing
from zhengming.reports.groups import Group, grouped
from zhengming.reports.visible import visible

PLACES_SHOWN = 20  # of one message: groups of cells, or single cells where values are shown


def render(findings: Sequence[Finding], *, lang: str = "zh", show_values: bool = False, summary: Summary) -> str:
    """One paragraph for each rule, errors first, then the facts of the run and the counts."""
    by_rule: dict[tuple[int, str], list[Finding]] = {}
    for one in findings:
        by_rule.setdefault((SEVERITIES.index(one.severity), one.code), []).append(one)
    paragraphs = [_paragraph(by_rule[key], lang, show_values) for key in sorted(by_rule)]
    return "\n\n".join([*paragraphs, "\n".join([*_facts(summary, lang), closing(findings, lang)])]) + "\n"


def _paragraph(group: Sequence[Finding], lang: str, show_values: bool) -> str:
    spoken, page = words(lang), rule(group[0].code)
    lines = [f"{page.code} {page.text('title', lang)} [{spoken[group[0].severity]}] × {len(group)}"]
    by_message: dict[str, list[Finding]] = {}
    for one in group:
        by_message.setdefault(one.message(lang), []).append(one)
    for message, found in by_message.items():
        lines.append(f"  {visible(message)}")
        places = [_place(one, lang) for one in found] if show_values else [_group(one) for one in grouped(found)]
        lines.extend(f"    {place}" for place in places[:PLACES_SHOWN])
        if len(places) > PLACES_SHOWN:
            lines.append("    " + spoken["and_more"].format(count=len(places) - PLACES_SHOWN))
    lines.append(f"  {spoken['why']}: {page.text('why', lang)}")
    lines.append(f"  {spoken['advice']}: {page.text('advice', lang)}")
    return "\n".join(lines)


def _group(group: Group) -> str:
    return visible(group.place) + (f" × {group.count}" if group.count > 1 else "")


def _place(one: Finding, lang: str) -> str:
    if one.value is not None:
        return visible(f"{one.place} ({words(lang)['value']}: {one.value.reveal()})")
    return visible(str(one.place))


def _facts(summary: Summary, lang: str) -> list[str]:
    spoken = words(lang)
    return [visible(f"{spoken.get(key, key)}: {fact}") for key, fact in summary.items()]
