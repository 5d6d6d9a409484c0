"""Findings as one HTML file for a manager: offline, without scripts, with charts, each rule explained.

The page is `data/reports/report.html`, filled by jinja2 with autoescape on; a content security policy in the page
forbids everything but its own style, should anything ever slip through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib import resources

from zhengming.findings import SEVERITIES, Finding, rule, words
from zhengming.reports import Summary, counts
from zhengming.reports.groups import Group, grouped
from zhengming.reports.visible import visible

ROWS_SHOWN = 500  # of one rule; 20 rules of 500 rows make a page of about 1 MB, which phones still open
BARS_SHOWN = 12


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
        file_bars=_file_bars(findings),
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
        {"label": f"{group['code']} {group['title']}", "count": group["count"], "severity": group["severity"]}
        for group in groups
    ]
    return sorted(bars, key=lambda bar: (-int(str(bar["count"])), str(bar["label"])))[:BARS_SHOWN]


def _file_bars(findings: Sequence[Finding]) -> list[dict[str, object]]:
    worst: dict[str, int] = {}
    for one in findings:
        worst[one.place.file] = min(worst.get(one.place.file, len(SEVERITIES)), SEVERITIES.index(one.severity))
    counted = Counter(one.place.file for one in findings)
    ranked = sorted(counted, key=lambda file: (-counted[file], file))[:BARS_SHOWN]
    return [{"label": visible(file), "count": counted[file], "severity": SEVERITIES[worst[file]]} for file in ranked]
