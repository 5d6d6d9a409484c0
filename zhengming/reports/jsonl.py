"""Findings as JSON lines: one object a line, the same objects as in the json report; nothing at all for no findings."""

from __future__ import annotations

import json
from collections.abc import Sequence

from zhengming.findings import Finding
from zhengming.reports import Summary
from zhengming.reports.json import as_object
from zhengming.reports.visible import visible_lines


def render(findings: Sequence[Finding], *, lang: str = "zh", show_values: bool = False, summary: Summary) -> str:
    """One line for each finding."""
    return "".join(
        visible_lines(json.dumps(as_object(one, lang, show_values), ensure_ascii=False)) + "\n" for one in findings
    )
