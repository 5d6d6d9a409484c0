"""What can happen to a concept: it is added, gets a name, is renamed, moved, retired, united with another, or split.

Each operation is one change of the source: made under the lock of the folder, so that no other is lost, checked where
it touches something, and noted in the category's `changes.csv` with author, day and reason. Codes are never changed,
used again or deleted. Where an operation would leave a name that means two concepts, or a concept below retired ones
only, it is refused, and nothing is changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhengming.dictionary import ambiguity, source
from zhengming.dictionary.editing import (
    NAME,
    NAME_EN,
    NOTE,
    PARENTS,
    RELATION,
    REPLACED_BY,
    SENDER,
    SOURCE,
    STATUS,
    TERM,
    EditedCategory,
    Why,
    check_root,
    key,
)
from zhengming.dictionary.model import Term
from zhengming.errors import DictionaryError, UsageError
from zhengming.files import DISK, System
from zhengming.transactions import Changes, update

LEAST_PARTS = 2  # what a concept is split into
_NUMBERED = re.compile(r"(\D*)(\d+)")


@dataclass(frozen=True, slots=True)
class NewConcept:
    """What is known of a concept that is added; without a `code` it gets the next free one."""

    name: str
    name_en: str = ""
    code: str = ""
    parents: tuple[str, ...] = ()
    source: str = ""
    note: str = ""


class Lifecycle:
    """The operations on the concepts of one category.

    Each gives the code it was about, and raises:

        UnknownCode      there is no such category or code
        DictionaryError  the concept is retired, or the change would leave what the linter finds fault with
        UnwritableFile   a file cannot be written; nothing was changed
    """

    def __init__(self, root: Path, category: str, *, system: System = DISK) -> None:
        """Work on the category `category` of the source folder `root`.

        Raises:
            DictionaryError: `root` is no source folder.
        """
        check_root(root)
        self.root = root
        self.category = category
        self.system = system

    def add(self, new: NewConcept, why: Why, *, ambiguous: bool = False) -> str:
        """Add a concept; with `ambiguous`, a name that another concept has is declared under both."""

        def change(edited: EditedCategory) -> str:
            code = new.code or next_code(edited.concepts)
            if code in edited.concepts:
                raise DictionaryError(f"{code} is there already", where=self.category, remedy="codes are never reused")
            for parent in new.parents:
                edited.active(parent)
            row = [""] * len(edited.columns["concepts.csv"])
            row[: REPLACED_BY + 1] = [code, new.name, new.name_en, ";".join(new.parents), "active", ""]
            row[SOURCE], row[NOTE] = new.source, new.note
            edited.concepts[code] = row
            edited.touch(code, names=(new.name, new.name_en))
            if ambiguous:
                _declare(edited)
            edited.save(why, "add", code, new.parents, ("", new.name))
            return code

        return self._do(change)

    def name(self, code: str, term: Term, why: Why, *, ambiguous: bool = False) -> str:
        """Give a concept one more name; with `ambiguous`, one that another concept has is declared under both."""

        def change(edited: EditedCategory) -> str:
            edited.active(code)
            edited.terms.append(
                [code, term.text, term.kind, term.lang, term.sender, term.relation, term.source, why.by, why.on]
            )
            edited.touch(code, names=(term.text,))
            if ambiguous:
                _declare(edited)
            edited.save(why, "name", code, (), ("", term.text))
            return code

        return self._do(change)

    def rename(self, code: str, name: str, why: Why, *, english: bool = False, keep: bool = True) -> str:
        """Give a concept another preferred name; the old one stays a term of it unless `keep` is false."""

        def change(edited: EditedCategory) -> str:
            row = edited.active(code)
            at = NAME_EN if english else NAME
            old, row[at] = row[at], name
            edited.touch(code, names=(old, name))
            edited.terms = [one for one in edited.terms if not _states(one, code, name)]
            if keep:
                _keep_name(edited, code, old, "en" if english else "zh", why)
            edited.save(why, "rename", code, (), (old, name))
            return code

        return self._do(change)

    def move(self, code: str, parents: Sequence[str], why: Why) -> str:
        """Put a concept below other ones."""

        def change(edited: EditedCategory) -> str:
            row = edited.active(code)
            for parent in parents:
                edited.active(parent)
            old, row[PARENTS] = row[PARENTS], ";".join(parents)
            edited.touch(code)
            edited.save(why, "move", code, parents, (old, row[PARENTS]))
            return code

        return self._do(change)

    def move_term(self, code: str, text: str, to: str, why: Why, *, sender: str = "") -> str:
        """Take a name from one concept and give it to another; also from a retired one."""

        def change(edited: EditedCategory) -> str:
            edited.active(to)
            found = [row for row in edited.terms_of(code) if (key(row[TERM]), row[SENDER]) == (key(text), sender)]
            if not found:
                raise DictionaryError(f"{code} has no such term", where=self.category, remedy="see terms.csv")
            edited.touch(code, to, names=(text,))
            for row in found:
                row[0] = to
            edited.save(why, "move-term", code, (to,), (text, text))
            return code

        return self._do(change)

    def retire(self, code: str, why: Why, *, replaced_by: Sequence[str] = ()) -> str:
        """Take a concept out of use; `replaced_by` are the concepts to use instead."""

        def change(edited: EditedCategory) -> str:
            _retire(edited, code, replaced_by, why)
            edited.save(why, "retire", code, replaced_by)
            return code

        return self._do(change)

    def unite(self, code: str, into: str, why: Why) -> str:
        """Make two concepts one: `code` is retired in favour of `into`, which gets its names, children, definitions."""

        def change(edited: EditedCategory) -> str:
            if code == into:
                raise UsageError("a concept cannot be united with itself", remedy="name two")
            row = edited.active(code)
            edited.active(into)
            _take_children(edited, code, into)
            _retire(edited, code, (into,), why)
            _take_names(edited, code, into, why)
            for at, lang in ((NAME, "zh"), (NAME_EN, "en")):
                _keep_name(edited, into, row[at], lang, why)
            _take_definitions(edited, code, into)
            edited.touch(into)
            edited.save(why, "unite", code, (into,), (row[NAME], edited.concepts[into][NAME]))
            return code

        return self._do(change)

    def split(self, code: str, into: Sequence[str], why: Why) -> str:
        """Retire a concept in favour of several, which are there already; its names stay with it and ask a human."""

        def change(edited: EditedCategory) -> str:
            if len(set(into)) < LEAST_PARTS:
                raise UsageError("a concept is split into several", remedy="name at least two")
            _retire(edited, code, into, why)
            edited.save(why, "split", code, into)
            return code

        return self._do(change)

    def _do(self, change: Callable[[EditedCategory], str]) -> str:
        def changed(changes: Changes) -> str:
            return change(EditedCategory(changes, self.category))

        return update(self.root, changed, system=self.system)


def next_code(codes: Sequence[str] | dict[str, list[str]]) -> str:
    """The code after the greatest one that is written as most are.

    >>> next_code(["D0001", "D0009", "X1"])
    'D0010'

    Raises:
        UsageError: the codes do not end in a number.
    """
    numbered = [match for match in map(_NUMBERED.fullmatch, codes) if match]
    if not numbered:
        raise UsageError("the codes have no number to count on", remedy="give the new concept's code")
    prefix = Counter(match[1] for match in numbered).most_common(1)[0][0]
    numbers = [match[2] for match in numbered if match[1] == prefix]
    return f"{prefix}{max(map(int, numbers)) + 1:0{max(map(len, numbers))}d}"


def _states(row: list[str], code: str, name: str) -> bool:
    """Whether a row of terms only repeats what is now a preferred name."""
    return row[0] == code and not row[SENDER] and row[RELATION] != "ambiguous" and key(row[TERM]) == key(name)


def _keep_name(edited: EditedCategory, code: str, name: str, lang: str, why: Why) -> None:
    """See to it that a name that is no longer preferred still names the concept."""
    row = edited.concepts[code]
    held = {key(one) for one in row[NAME : NAME_EN + 1] if one}
    held |= {key(one[TERM]) for one in edited.terms_of(code) if not one[SENDER]}
    if name and key(name) not in held:
        edited.terms.append([code, name, "former", lang, "", "exact", row[SOURCE], why.by, why.on])
        edited.touch(code, names=(name,))


def _retire(edited: EditedCategory, code: str, replaced_by: Sequence[str], why: Why) -> None:
    row = edited.active(code)
    for one in replaced_by:
        if one == code:
            raise DictionaryError(f"{code} cannot replace itself", where=edited.name, remedy="name another concept")
        edited.active(one)
    row[STATUS], row[REPLACED_BY] = "retired", ";".join(replaced_by)
    if not replaced_by and not row[NOTE]:
        row[NOTE] = why.reason
    edited.touch(code, *replaced_by, names=(row[NAME], row[NAME_EN], *(one[TERM] for one in edited.terms_of(code))))


def _take_children(edited: EditedCategory, code: str, into: str) -> None:
    above = source.split(edited.concepts[code][PARENTS])
    for row in edited.concepts.values():
        parents = source.split(row[PARENTS])
        if code in parents and row[STATUS] != "retired":
            # What was below the one and is the other now goes where the one was.
            instead = above if row[0] == into else (into,)
            row[PARENTS] = ";".join(
                dict.fromkeys(new for old in parents for new in (instead if old == code else (old,)) if new != row[0])
            )
            edited.touch(row[0])


def _take_names(edited: EditedCategory, code: str, into: str, why: Why) -> None:
    """Give the terms of `code` to `into`: what both had, once; what was unclear only between them is clear now."""
    row = edited.concepts[into]
    held = {("", key(one)) for one in row[NAME : NAME_EN + 1] if one}
    held |= {(one[SENDER], key(one[TERM])) for one in edited.terms_of(into)}
    kept: list[list[str]] = []
    shared: set[str] = set()
    for one in edited.terms:
        if one[0] == code:
            name = (one[SENDER], key(one[TERM]))
            edited.touch(names=(one[TERM],))
            if one[RELATION] == "ambiguous":
                shared.add(name[1])
            if name in held:
                continue
            held.add(name)
            one[0] = into
        kept.append(one)
    edited.terms = kept
    others = {key(one[TERM]) for one in kept if one[0] != into and key(one[TERM]) in shared}
    preferred = {key(one) for one in row[NAME : NAME_EN + 1] if one}
    clear = shared - others
    edited.terms = [
        one for one in kept if not (one[0] == into and key(one[TERM]) in clear & preferred and not one[SENDER])
    ]
    for one in edited.terms:
        if one[0] == into and one[RELATION] == "ambiguous" and key(one[TERM]) in clear:
            one[RELATION] = "exact"


def _take_definitions(edited: EditedCategory, code: str, into: str) -> None:
    changed = [[into if cell == code else cell for cell in row[:2]] + row[2:] for row in edited.definitions]
    # A definition of a concept by itself says nothing any more, nor does the second of two that are now the same.
    edited.definitions = list({tuple(row[:3]): row for row in changed if row[0] != row[1]}.values())


def _declare(edited: EditedCategory) -> None:
    concepts = list(edited.concepts.values())
    ambiguity.declare(concepts, edited.terms, edited.keys)
