"""Findings as SARIF 2.1.0, which code-scanning services read.

Standard: OASIS Static Analysis Results Interchange Format 2.1.0. Row and column of a sheet stand in `region` as line
and column; sheet and cell, as people write them, in `logicalLocations`. Values of cells go into the result's
`properties`, and only with `show_values`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from urllib.parse import quote

from zhengming.findings import Finding, rule
from zhengming.reports import Summary
from zhengming.reports.visible import visible, visible_lines

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(findings: Sequence[Finding], *, lang: str = "zh", show_values: bool = False, summary: Summary) -> str:
    """One log with one run; its rules are those that were broken."""
    codes = sorted({one.code for one in findings})
    driver: dict[str, object] = {"name": "zhengming", "rules": [_rule(code, lang) for code in codes]}
    if "version" in summary:
        driver["version"] = str(summary["version"])
    run = {
        "tool": {"driver": driver},
        "language": "zh-CN" if lang == "zh" else "en",
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, codes.index(one.code), lang, show_values) for one in findings],
        "properties": dict(summary),
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return visible_lines(json.dumps(log, ensure_ascii=False, indent=2)) + "\n"


def _rule(code: str, lang: str) -> dict[str, object]:
    page = rule(code)
    return {
        "id": page.code,
        "name": page.name,
        "shortDescription": {"text": page.text("title", lang)},
        "fullDescription": {"text": page.text("why", lang)},
        "help": {"text": page.text("advice", lang)},
        "defaultConfiguration": {"level": _LEVELS[page.severity]},
    }


def _result(one: Finding, index: int, lang: str, show_values: bool) -> dict[str, object]:
    place = one.place
    location: dict[str, object] = {}
    if place.file:
        physical: dict[str, object] = {
            "artifactLocation": {"uri": quote(place.file.replace("\\", "/"), errors="replace")}
        }
        if place.row:
            physical["region"] = {"startLine": place.row, "startColumn": place.column or 1}
        location["physicalLocation"] = physical
    where = "!".join(part for part in (place.sheet, place.cell) if part)
    if where:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(where)}]
    result: dict[str, object] = {
        "ruleId": one.code,
        "ruleIndex": index,
        "level": _LEVELS[one.severity],
        "message": {"text": visible(one.message(lang))},
        "locations": [location] if location else [],
        "partialFingerprints": {"place/v1": _fingerprint(one)},
    }
    if show_values and one.value is not None:
        result["properties"] = {"value": visible(one.value.reveal())}
    return result


def _fingerprint(one: Finding) -> str:
    # Of the place and never of the value: a hash of a name or of an identity number can be guessed back.
    said = "\0".join((one.code, one.place.file, one.place.sheet, one.place.cell, one.field))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]
