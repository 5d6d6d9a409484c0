"""Findings as one HTML file for a manager: offline, without scripts, with charts, each rule explained.

The page is `data/reports/report.html`, filled by jinja2 with autoescape on; a content security policy in the page
forbids everything but its own style, should anything ever slip through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from importlib import resources

from zhengming.findings import SEVERITIES, Finding, rule, words
from zhengming.reports import Summary, counts
from zhengming.reports.groups import Group, grouped
from zhengming.reports.visible import visible
from zhengming.tables.written_text import width

ROWS_SHOWN = 500  # of one rule; 20 rules of 500 rows make a page of about 1 MB, which phones still open
BARS_SHOWN = 12
LABEL_WIDTH = 32  # of half characters beside a bar: 250 units of the drawing at 14 to a full one


def render(findings: Sequence[Finding], *, lang: str = "zh", show_values: bool = False, summary: Summary) -> str:
    """The page."""
    from jinja2 import Environment, StrictUndefined

    source = (resources.files("zhengming") / "data" / "reports" / "report.html").read_text(encoding="utf-8")
    template = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(source)
    groups = _groups(findings, lang, show_values)
    return template.render(
        words=words(lang),
        severities=SEVERITIES,
        counts=counts(findings),
        summary={key: visible(fact) if isinstance(fact, str) else fact for key, fact in summary.items()},
        show_values=show_values,
        groups=groups,
        rule_bars=_rule_bars(groups),
        file_bars=_bars_by(findings, lambda one: one.place.file),
        field_bars=_bars_by(findings, lambda one: str(one.params.get(f"field_{lang}", one.field))),
    )


def _groups(findings: Sequence[Finding], lang: str, show_values: bool) -> list[dict[str, object]]:
    by_rule: dict[tuple[int, str], list[Finding]] = {}
    for one in findings:
        by_rule.setdefault((SEVERITIES.index(one.severity), one.code), []).append(one)
    found: list[dict[str, object]] = []
    for severity, code in sorted(by_rule):
        of_rule = by_rule[severity, code]
        rows = [Group(one, (one,)) for one in of_rule] if show_values else grouped(of_rule)
        found.append(
            {
                "code": code,
                "severity": SEVERITIES[severity],
                "count": len(of_rule),
                "rows": [_row(group, lang, show_values) for group in rows[:ROWS_SHOWN]],
                "cut": len(rows) > ROWS_SHOWN,
                **{part: rule(code).text(part, lang) for part in ("title", "why", "advice")},
            }
        )
    return found


def _row(group: Group, lang: str, show_values: bool) -> dict[str, str]:
    one = group.first
    shown = {"file": one.place.file, "sheet": one.place.sheet, "cells": group.short, "message": one.message(lang)}
    shown["count"] = str(group.count)
    if show_values:
        shown["value"] = "" if one.value is None else one.value.reveal()
    return {part: visible(text) for part, text in shown.items()}


def _rule_bars(groups: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    bars = [
        _bar(f"{group['code']} {group['title']}", int(str(group["count"])), str(group["severity"])) for group in groups
    ]
    return _longest(bars)


def _bars_by(findings: Sequence[Finding], named: Callable[[Finding], str]) -> list[dict[str, object]]:
    """A bar for each name that findings have, in the colour of the worst of them; findings without one are left out."""
    worst: dict[str, int] = {}
    for one in findings:
        worst[named(one)] = min(worst.get(named(one), len(SEVERITIES)), SEVERITIES.index(one.severity))
    counted = Counter(map(named, findings))
    return _longest([_bar(name, counted[name], SEVERITIES[worst[name]]) for name in counted if name])


def _longest(bars: list[dict[str, object]]) -> list[dict[str, object]]:
    return sorted(bars, key=lambda bar: (-int(str(bar["count"])), str(bar["label"])))[:BARS_SHOWN]


def _bar(label: str, count: int, severity: str) -> dict[str, object]:
    """One bar; of a long label the end is shown where it is a path, for that tells files apart."""
    label = visible(label)
    if width(label) <= LABEL_WIDTH:
        short = label
    elif "/" in label:
        short = "…" + _fitting(label[::-1])[::-1]
    else:
        short = _fitting(label) + "…"
    return {"label": label, "short": short, "count": count, "severity": severity}


def _fitting(text: str) -> str:
    """As many of the first characters as fit beside a bar together with an ellipsis."""
    total = 0
    for at, character in enumerate(text):
        total += width(character)
        if total > LABEL_WIDTH - 2:
            return text[:at]
    return text
