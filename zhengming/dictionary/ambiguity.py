"""Ambiguity: a name that means two concepts, found among the rows of a category and declared under each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import chain

from zhengming.dictionary import source
from zhengming.dictionary.folding import key

_NAME, _NAME_EN, _STATUS, _REPLACED_BY, _SOURCE = 1, 2, 4, 5, -2  # of concepts.csv
_TERM, _SENDER, _RELATION = 1, 4, 5  # of terms.csv


def declare(concepts: list[list[str]], terms: list[list[str]], keys: Collection[str] | None = None) -> int:
    """Declare ambiguous, in `terms`, every name that means two concepts; gives how many rows say so for the first time.

    Only names with one of these `keys` (None: all names). A preferred name is declared by a row of its own among the
    terms. A retired concept counts as its one successor; a term local to one sender does not count.

    >>> terms: list[list[str]] = []
    >>> declare([["1", "朝阳区", "", "", "active", "", "", ""], ["2", "朝阳区", "", "", "active", "", "", ""]], terms)
    2
    >>> terms[0]
    ['1', '朝阳区', 'synonym', '', '', 'ambiguous', '', '', '']
    """
    preferred = [(row, key(name), name) for row in concepts for name in row[_NAME : _NAME_EN + 1] if name]
    listed = [(row, key(row[_TERM])) for row in terms if not row[_SENDER]]
    held = chain(((row[0], folded) for row, folded, _name in preferred), ((row[0], folded) for row, folded in listed))
    shared = _shared(held, concepts)
    if keys is not None:
        shared = {one for one in shared if one in keys}
    declared: set[tuple[str, str]] = set()
    count = 0
    for row, folded in listed:
        if folded in shared:
            declared.add((row[0], folded))
            count += row[_RELATION] != "ambiguous"
            row[_RELATION] = "ambiguous"
    for row, folded, name in preferred:
        if folded in shared and (row[0], folded) not in declared:
            declared.add((row[0], folded))
            terms.append([row[0], name, "synonym", "", "", "ambiguous", row[_SOURCE], "", ""])
            count += 1
    return count


def _shared(holders: Iterable[tuple[str, str]], concepts: list[list[str]]) -> set[str]:
    """The keys that `holders`, pairs of code and key, have for more than one concept."""
    successors = {row[0]: source.split(row[_REPLACED_BY]) for row in concepts if row[_STATUS] == "retired"}
    heirs = {code: codes[0] for code, codes in successors.items() if len(codes) == 1}
    meant: dict[str, str] = {}
    shared: set[str] = set()
    for code, folded in holders:
        heir = _heir(code, heirs) if code in heirs else code
        if meant.setdefault(folded, heir) != heir:
            shared.add(folded)
    shared.discard("")
    return shared


def _heir(code: str, heirs: Mapping[str, str]) -> str:
    seen: set[str] = set()
    while code in heirs and code not in seen:
        seen.add(code)
        code = heirs[code]
    return code
