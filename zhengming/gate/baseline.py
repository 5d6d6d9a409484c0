"""Known findings: those that a file keeps, so that the gate speaks of new ones only.

    {"format": 1, "findings": {"case.xlsx": {"病例": {"ZM203 birth_date": ["D7", "D9"]}}}}

An entry is a rule at a field and a cell, never a value nor a hash of one: a hash of a name or of an identity number can
be guessed back. So a row put in above makes the findings below it new again; write the baseline anew then.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhengming.errors import UsageError
from zhengming.findings import Finding

FORMAT = 1
Key = tuple[str, str, str, str]  # file, sheet, rule and field, cell


@dataclass(frozen=True, slots=True)
class Split:
    """The findings that are new, how many were known, and how many entries of the baseline are no longer found."""

    new: tuple[Finding, ...]
    known: int
    gone: int


def split(findings: Iterable[Finding], baseline: frozenset[Key]) -> Split:
    """The findings without those that the baseline has."""
    listed = list(findings)
    new = tuple(one for one in listed if _key(one) not in baseline)
    return Split(new, len(listed) - len(new), len(baseline - {_key(one) for one in listed}))


def read(path: str | Path) -> frozenset[Key]:
    """The findings that a baseline file knows.

    Raises:
        UnreadableFile: missing, or not to be read.
        UsageError: no baseline.
    """
    from zhengming.files import opened

    with opened(path) as handle:
        text = handle.read()
    try:
        return frozenset(_keys(json.loads(text)))
    except (ValueError, TypeError, AttributeError, KeyError):
        remedy = "write it with --write-baseline"
        raise UsageError("is no baseline of findings", where=str(path), remedy=remedy) from None


def write(path: str | Path, findings: Iterable[Finding]) -> None:
    """Write these findings as a baseline: sorted, one line for each rule and field of a sheet.

    Raises:
        UnwritableFile: it cannot be written.
    """
    from zhengming.files import write_bytes

    tree: dict[str, dict[str, dict[str, set[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for one in findings:
        file, sheet, rule, cell = _key(one)
        tree[file][sheet][rule].add(cell)
    listed = {
        file: {sheet: {rule: _in_order(cells) for rule, cells in rules.items()} for sheet, rules in sheets.items()}
        for file, sheets in tree.items()
    }
    write_bytes(path, (_dumped({"findings": listed, "format": FORMAT}) + "\n").encode())


def _key(one: Finding) -> Key:
    return one.place.file, one.place.sheet, f"{one.code} {one.field}".rstrip(), one.place.cell


def _keys(data: Mapping[str, Any]) -> Iterable[Key]:
    if data["format"] != FORMAT:
        raise ValueError(FORMAT)
    for file, sheets in data["findings"].items():
        for sheet, rules in sheets.items():
            for rule, cells in rules.items():
                if not isinstance(cells, list) or not all(isinstance(cell, str) for cell in cells):
                    raise TypeError(rule)
                yield from ((file, sheet, rule, cell) for cell in cells)


def _in_order(cells: Iterable[str]) -> list[str]:
    return sorted(cells, key=lambda cell: (len(cell), cell))


def _dumped(value: object, depth: int = 0) -> str:
    """JSON with each list on one line, so that a diff shows which rule of which sheet changed."""
    if not isinstance(value, Mapping) or not value:
        return json.dumps(value, ensure_ascii=False)
    inner = "  " * (depth + 1)
    pairs: Sequence[str] = [
        f"{inner}{json.dumps(key, ensure_ascii=False)}: {_dumped(value[key], depth + 1)}" for key in sorted(value)
    ]
    return "{\n" + ",\n".join(pairs) + "\n" + "  " * depth + "}"
