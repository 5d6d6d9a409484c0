"""Findings as one JSON object: `{"summary", "counts", "groups": [...], "findings": [...]}`.

`groups` tells similar findings once, with the ranges of their cells; `findings` has every one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from zhengming.findings import Finding, rule
from zhengming.reports import Summary, counts
from zhengming.reports.groups import Group, grouped
from zhengming.reports.visible import visible_lines


def render(findings: Sequence[Finding], *, lang: str = "zh", show_values: bool = False, summary: Summary) -> str:
    """The object, indented. `value` is there only with `show_values`."""
    data = {
        "summary": dict(summary),
        "counts": counts(findings),
        "groups": [_group(one, lang) for one in grouped(findings)],
        "findings": [as_object(one, lang, show_values) for one in findings],
    }
    return visible_lines(json.dumps(data, ensure_ascii=False, indent=2)) + "\n"


def _group(group: Group, lang: str) -> dict[str, object]:
    one = group.first
    return {
        "code": one.code,
        "severity": one.severity,
        "file": one.place.file,
        "sheet": one.place.sheet,
        "cells": group.cells,
        "field": one.field,
        "message": one.message(lang),
        "count": group.count,
    }


def as_object(one: Finding, lang: str, show_values: bool) -> dict[str, object]:
    """One finding as a JSON object; `row` and `column` are 1-based, and 0 where it concerns more than a cell."""
    said: dict[str, object] = {
        "code": one.code,
        "rule": rule(one.code).name,
        "severity": one.severity,
        "file": one.place.file,
        "sheet": one.place.sheet,
        "cell": one.place.cell,
        "row": one.place.row,
        "column": one.place.column,
        "field": one.field,
        "message": one.message(lang),
        "advice": one.advice(lang),
        "params": {key: given for key, given in one.params.items() if not key.endswith(("_zh", "_en"))},
    }
    if show_values:
        said["value"] = None if one.value is None else one.value.reveal()
    return said
