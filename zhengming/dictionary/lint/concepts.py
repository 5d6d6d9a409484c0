"""What concepts say of themselves and of each other: codes, parents, successors, names, mappings, definitions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from zhengming.dictionary import source
from zhengming.dictionary.folding import key
from zhengming.dictionary.lint.category import LintedCategory, numbered, reached
from zhengming.findings import Finding


def check_codes(category: LintedCategory) -> Iterator[Finding]:
    """Codes used twice, and codes that do not fit the category's pattern."""
    pattern = re.compile(category.about.code_pattern or ".+")
    seen: Counter[str] = Counter()
    for line, (code, *_rest) in numbered(category.concepts):
        seen[code] += 1
        if seen[code] > 1:
            yield category.say("ZM501", category.concepts, line, "code", code=code, count=seen[code])
        if code and not pattern.fullmatch(code):
            yield category.say("ZM507", category.concepts, line, "code", code=code)


def check_parents(category: LintedCategory) -> Iterator[Finding]:
    """Parents that do not exist, and concepts above themselves."""
    for line, row in numbered(category.concepts):
        for parent in category.parents[row[0]]:
            if parent not in category.lines:
                yield category.say("ZM503", category.concepts, line, "parents", other=parent, code=row[0])
        if row[0] in category.above(row[0]):
            yield category.say("ZM508", category.concepts, line, "parents", code=row[0])


def check_orphans(category: LintedCategory) -> Iterator[Finding]:
    """Concepts in use that no total by parent would count: below retired ones only, or beside the declared roots."""
    roots = category.about.roots
    for code in roots:
        if code not in category.active:
            yield category.say_of_manifest("ZM515", "roots", code=code, kind="no-such-root")
    for line, row in numbered(category.concepts):
        code, parents = row[0], category.parents[row[0]]
        if code not in category.active:
            continue
        kind = ""
        if parents and all(parent in category.lines and parent not in category.active for parent in parents):
            kind = "parents-retired"
        elif roots and not parents and code not in roots:
            kind = "no-parent"
        if kind:
            yield category.say("ZM515", category.concepts, line, "parents", code=code, kind=kind)


def check_retired(category: LintedCategory) -> Iterator[Finding]:
    """Retired concepts without a reason, and successors that lead nowhere."""
    for line, row in numbered(category.concepts):
        code = row[0]
        successors = category.successors[code]
        if row[4] == "retired" and not successors and not row[-1]:
            yield category.say("ZM504", category.concepts, line, "note", code=code)
        kind = ""
        if any(one not in category.lines for one in successors):
            kind = "missing"
        elif code in reached(code, category.successors):
            kind = "circular"
        elif successors and row[4] != "retired":
            kind = "not-retired"
        if kind:
            yield category.say("ZM505", category.concepts, line, "replaced_by", code=code, kind=kind)


def check_names(category: LintedCategory) -> Iterator[Finding]:
    """Two concepts with one preferred name, the same after folding, that is not declared ambiguous.

    A retired concept counts as the one that took its place.
    """
    first: dict[str, tuple[str, str]] = {}
    columns = [category.concepts.columns.index(column) for column in ("name", "name_en")]
    for line, row in numbered(category.concepts):
        meant = category.heir(row[0])
        for at in columns:
            if row[at]:
                folded = key(row[at])
                heir, other = first.setdefault(folded, (meant, row[0]))
                if heir != meant and not {(row[0], folded), (other, folded)} <= category.ambiguous:
                    column = category.concepts.columns[at]
                    yield category.say("ZM513", category.concepts, line, column, code=row[0], other=other)


def check_sources(category: LintedCategory) -> Iterator[Finding]:
    """Codes of another system that nobody says where they were checked."""
    for line, row in numbered(category.concepts):
        carried = [system for system, codes in category.mapped(row) if codes]
        if carried and not row[-2]:
            yield category.say("ZM510", category.concepts, line, "source", code=row[0], system=carried[0])


def check_mappings(category: LintedCategory) -> Iterator[Finding]:
    """Codes of another system that contradict the hierarchy."""
    rows = {row[0]: row for row in category.concepts.rows if row[0] in category.active}
    codes = {code: dict(category.mapped(row)) for code, row in rows.items()}
    yield from _shared(category, codes)
    for code, mapped in codes.items():
        above = (
            [codes[other] for other in sorted(category.above(code)) if other in codes] if any(mapped.values()) else []
        )
        for system, own in mapped.items():
            if any(_is_within(wide, narrow) for wide in own for other in above for narrow in other[system]):
                yield _disagreeing(category, code, system, "inverted")


def _shared(category: LintedCategory, codes: dict[str, dict[str, tuple[str, ...]]]) -> Iterator[Finding]:
    """A code of a one-to-one system on two concepts of which neither is above the other."""
    for system in category.about.one_to_one:
        holders: dict[str, list[str]] = {}
        for code, mapped in codes.items():
            for other in mapped.get(system, ()):
                holders.setdefault(other, []).append(code)
        told: set[str] = set()
        for group in holders.values():
            # From the top down: where each is above the next, each is above all that follow.
            if len(group) > 1:
                group.sort(key=lambda code: (len(category.above(code)), code))
            for upper, lower in pairwise(group):
                if upper not in category.above(lower) and lower not in told:
                    told.add(lower)
                    yield _disagreeing(category, lower, system, "shared")


def _disagreeing(category: LintedCategory, code: str, system: str, kind: str) -> Finding:
    return category.say("ZM514", category.concepts, category.lines[code], system, code=code, system=system, kind=kind)


def _is_within(wide: str, narrow: str) -> bool:
    """Whether `narrow` is a subdivision of `wide`, as Q21.0 is of Q21; codes of digits only may mean nothing."""
    return narrow.startswith(wide) and narrow != wide and not wide.isdigit()


def check_definitions(category: LintedCategory) -> Iterator[Finding]:
    """Concepts that are defined by the same core and sub-type as another one."""
    table = category.tables.get("definitions.csv")
    first: dict[tuple[str, frozenset[str]], str] = {}
    for line, (code, core, qualifiers, *_rest) in numbered(table) if table else ():
        other = first.setdefault((core, frozenset(source.split(qualifiers))), code)
        if table and other != code:
            yield category.say("ZM518", table, line, "qualifiers", code=code, other=other)
