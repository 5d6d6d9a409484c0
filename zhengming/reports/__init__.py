"""Reports: findings as text, one module per output format.

Every module has one function:

    render(findings, *, lang="zh", show_values=False, summary={}) -> str

`lang` is "zh" or "en". Values of cells appear only with `show_values`. `summary` holds facts of the run (`version`,
`dictionary`, `rows_in`, …), shown as they come. The text ends with a newline, has its findings in one order whatever
order they came in, and contains no control or bidi character of a cell, a sheet or a file name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module

from zhengming.errors import UsageError
from zhengming.findings import SEVERITIES, Finding, words

OUTPUTS: Mapping[str, str] = {
    "concise": "zhengming.reports.concise",
    "full": "zhengming.reports.full",
    "json": "zhengming.reports.json",
    "jsonl": "zhengming.reports.jsonl",
    "github": "zhengming.reports.github",
    "junit": "zhengming.reports.junit",
    "sarif": "zhengming.reports.sarif",
    "html": "zhengming.reports.html",
}

Summary = Mapping[str, str | int | float]


def render(
    output: str,
    findings: Iterable[Finding],
    *,
    lang: str = "zh",
    show_values: bool = False,
    summary: Summary | None = None,
) -> str:
    """The findings in the format named `output`, one of `OUTPUTS`.

    Raises:
        UsageError: no such format.
    """
    module = import_module(OUTPUTS[known(output)])
    text: str = module.render(in_order(findings), lang=lang, show_values=show_values, summary=summary or {})
    return text


def known(output: str) -> str:
    """The same name, if there is such a format: to ask before the work rather than after it.

    Raises:
        UsageError: no such format.
    """
    if output not in OUTPUTS:
        raise UsageError(f"no output format {output!r}", remedy=f"there are {', '.join(OUTPUTS)}")
    return output


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """The findings by place, then by rule: the same order for the same findings, however they were collected."""
    return sorted(findings, key=lambda one: (one.place, one.code, one.field, sorted(map(str, one.params.items()))))


def counts(findings: Sequence[Finding]) -> dict[str, int]:
    """How many findings there are of each severity, and how many files they concern."""
    by_severity = Counter(one.severity for one in findings)
    found: dict[str, int] = {severity: by_severity[severity] for severity in SEVERITIES}
    return {**found, "files": len({one.place.file for one in findings})}


def closing(findings: Sequence[Finding], lang: str) -> str:
    """The last line of a report for people: how much was found.

    >>> closing([], "en")
    'no findings'
    """
    spoken = words(lang)
    return spoken["counts"].format(**counts(findings)) if findings else spoken["no_findings"]
