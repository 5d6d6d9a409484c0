"""Findings as JUnit XML, which every CI server can show: a suite for each file, a case for each finding.

JUnit knows no severities: errors and warnings are failures with the severity in front of the message; notes are
skipped cases. A run without findings is one case that passed.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import groupby

from zhengming.findings import Finding, rule, words
from zhengming.reports import Summary
from zhengming.reports.visible import visible


def render(findings: Sequence[Finding], *, lang: str = "zh", show_values: bool = False, summary: Summary) -> str:
    """The document, after the widely used form of Jenkins' junit-10.xsd."""
    root = ET.Element("testsuites", name="zhengming")
    for file, group in groupby(findings, key=lambda one: one.place.file):
        _suite(root, file or "zhengming", list(group), lang, show_values)
    if not findings:
        suite = ET.SubElement(root, "testsuite", name="zhengming", tests="1", failures="0", errors="0", skipped="0")
        ET.SubElement(suite, "testcase", classname="zhengming", name=words(lang)["no_findings"])
    _count(root)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, file: str, findings: Sequence[Finding], lang: str, show_values: bool) -> None:
    suite = ET.SubElement(root, "testsuite", name=visible(file))
    for one in findings:
        where = " ".join(part for part in (one.place.sheet, one.place.cell, one.field) if part)
        name = visible(f"{one.code} {rule(one.code).name} {where}".rstrip())
        case = ET.SubElement(suite, "testcase", classname=visible(file), name=name)
        message = visible(f"{words(lang)[one.severity]}: {one.message(lang)}")
        if one.severity == "info":
            ET.SubElement(case, "skipped", message=message)
            continue
        failure = ET.SubElement(case, "failure", type=one.code, message=message)
        failure.text = one.advice(lang)
        if show_values and one.value is not None:
            failure.text += visible(f" ({words(lang)['value']}: {one.value.reveal()})")
    failed, skipped = len(suite.findall("*/failure")), len(suite.findall("*/skipped"))
    suite.attrib.update(tests=str(len(suite)), failures=str(failed), errors="0", skipped=str(skipped))


def _count(root: ET.Element) -> None:
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
