"""Names: each of an existing concept, and none meaning two concepts unless it is declared ambiguous."""

from __future__ import annotations

from collections.abc import Iterator

from zhengming.dictionary.folding import key
from zhengming.dictionary.lint.category import LintedCategory, numbered
from zhengming.findings import Finding


def check_references(category: LintedCategory) -> Iterator[Finding]:
    """Terms and definitions of concepts that do not exist."""
    for line, row in numbered(category.terms):
        if row[0] and row[0] not in category.lines:
            yield category.say("ZM503", category.terms, line, "code", other=row[0], code=row[0])
    definitions = category.tables.get("definitions.csv")
    if definitions:
        for line, row in numbered(definitions):
            for column, code in (("code", row[0]), ("core", row[1])):
                if code and code not in category.lines:
                    yield category.say("ZM503", definitions, line, column, other=code, code=row[0])


def check_same_terms(category: LintedCategory) -> Iterator[Finding]:
    """A folded term under two concepts that is not declared ambiguous, or twice under one.

    A retired concept counts as the one that took its place.
    """
    holders: dict[tuple[str, str], dict[str, bool]] = {}
    stated: set[tuple[str, str, str]] = set()
    for row in category.concepts.rows:
        for name in {key(name) for name in row[1:3] if name}:
            # A preferred name is declared ambiguous by a row of its own, which then repeats nothing.
            declared = (row[0], name) in category.ambiguous
            codes = holders.setdefault((name, ""), {})
            meant = category.heir(row[0])
            codes[meant] = codes.get(meant, True) and declared
            if not declared:
                stated.add((row[0], name, ""))
    listed = [(line, row[0], key(row[1]), row[4], row[5]) for line, row in numbered(category.terms) if row[1].strip()]
    repeated: set[int] = set()
    for line, code, folded, sender, relation in listed:
        meant = category.heir(code)
        codes = holders.setdefault((folded, sender), {})
        if (code, folded, sender) in stated:
            repeated.add(line)
        stated.add((code, folded, sender))
        codes[meant] = codes.get(meant, True) and relation == "ambiguous"
    for line, code, folded, sender, _relation in listed:
        if line in repeated:
            yield category.say("ZM512", category.terms, line, "term", code=code, count=2)
        meant = category.heir(code)
        others = [other for other in holders[folded, sender] if other != meant]
        if others and not all(holders[folded, sender].values()):
            yield category.say("ZM502", category.terms, line, "term", concept=code, other=others[0])
