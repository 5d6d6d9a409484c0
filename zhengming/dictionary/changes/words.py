"""What a change is: one fact of a concept, a name or a category that two versions state otherwise."""

from __future__ import annotations

from typing import NamedTuple

# In the order in which a reader wants them: what old codes have become first. Each has its words, `change_<kind>`.
KINDS = (
    "removed",  # the code is gone, which must not be
    "retired",  # without successor
    "split",  # into several successors
    "merged",  # into a concept that was there, or that others went into too
    "replaced",  # by one successor that stands for it alone
    "successor-changed",  # retired before, now with other successors
    "restored",  # retired before, now in use
    "added",
    "renamed",
    "moved",  # to other parents
    "mapping-changed",  # codes of another system
    "attribute-changed",
    "term-moved",  # a name that now means another concept
    "term-removed",
    "term-changed",  # its relation, kind or language
    "term-added",
    "matching-changed",  # how the cells of the category are read
    "remark-changed",  # only sources and notes
)
ENDED = frozenset({"removed", "retired", "split", "merged", "replaced", "successor-changed"})  # codes not to be used


class Change(NamedTuple):
    """One change.

    `code` and `name` are the concept's (its name in the new version, if it has it there), empty for a category's own.
    `column` says what changed: a column, a code system, the text of a name. `before` and `after` are its values; of a
    concept that ended, its direct successors and the concepts in use that they lead to.
    """

    kind: str
    code: str
    name: str
    column: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    sender: str = ""
