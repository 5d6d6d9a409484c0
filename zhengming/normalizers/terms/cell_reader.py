"""Reading a cell: every concept that it names, with what it says of each, and what is left unread.

This is what most of the time of a matcher goes into, and so what is compiled where it can be.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.breaks import mended
from zhengming.normalizers.terms.brief import Brief
from zhengming.normalizers.terms.cell import Token, tokenize
from zhengming.normalizers.terms.compounds import Compounds
from zhengming.normalizers.terms.coordination import coordinated, parted, unglued
from zhengming.normalizers.terms.corrections import corrected, mistakable
from zhengming.normalizers.terms.decided import Decided
from zhengming.normalizers.terms.denials import leave_others, leave_relatives
from zhengming.normalizers.terms.detaching import detached
from zhengming.normalizers.terms.doubling import undoubled
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.guard import Guard
from zhengming.normalizers.terms.insides import denied_inside
from zhengming.normalizers.terms.judging import Judge
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.normals import read_normals
from zhengming.normalizers.terms.operations import Operations
from zhengming.normalizers.terms.prefixes import of_other_kinds
from zhengming.normalizers.terms.proposals import Proposer
from zhengming.normalizers.terms.qualifiers import qualify
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.recovery import recover
from zhengming.normalizers.terms.results import Results
from zhengming.normalizers.terms.slips import Slips
from zhengming.normalizers.terms.specifiers import go_on, specify
from zhengming.normalizers.terms.spelling import Spelling, respelled
from zhengming.normalizers.terms.view import View

_LEAST_LEFT: Final = 2  # characters an unread stretch needs to be reported by itself


class CellReader:
    """Reads the cells of one category in which several concepts may be named."""

    def __init__(
        self,
        category: Category,
        lexicon: Lexicon,
        guard: Guard,
        judge: Judge,
        compounds: Compounds,
        proposer: Proposer,
        decided: Decided,
        slips: Slips | None,
        brief: Brief | None,
        spelling: Spelling | None,
    ) -> None:
        """Read with these parts of a matcher; without the last three no slip of the pen is put right."""
        self._category = category
        self._lexicon = lexicon
        self._guard = guard
        self._judge = judge
        self._compounds = compounds
        self._proposer = proposer
        self._decided = decided
        self._slips = slips
        self._brief = brief
        self._spelling = spelling
        self._operations = Operations(category, lexicon)
        self._results = Results(category, lexicon, self._operations)

    def read(self, view: View, beside: frozenset[str], known: bool) -> tuple[View, list[Found]]:
        """Every concept of the cell, and every stretch that names none, with the view that they tell places of.

        Where a stretch that was left turns out to be a name after all (红斑性狼疮), the cell is read once more with it,
        for what is said of that name. `beside` are the contexts that the row's other cells speak of; with `known` only
        what terms explain is read, and nothing is looked for that is alike.
        """
        reading, left = self._read_tokens(view, beside, known, ())
        sure = [found for found in left if found.codes and not found.problem]
        if sure and len(reading.tokens) > 1:
            reading, left = self._read_tokens(view, beside, known, sure)
            for found in left:
                found.problem = found.problem or ("only-similar" if found.codes else "")
        return reading.view, reading.found + left

    def _read_tokens(
        self, view: View, beside: frozenset[str], known: bool, sure: Sequence[Found]
    ) -> tuple[Reading, list[Found]]:
        """A reading of the cell, with the `sure` stretches as names, and what is left of it."""
        lexicon = self._lexicon
        tokens = unglued(view, tokenize(view, lexicon), lexicon)
        kinds = {token.kind for token in tokens}
        unread = "unknown" in kinds
        if unread:
            view, tokens = self._put_right(view, tokens)
        if sure:
            _name(tokens, sure)
        self._decided.host(tokens, view)
        pieced = unread or "modifier" in kinds
        if pieced:
            tokens = coordinated(parted(tokens, view, lexicon), view, lexicon)
        tokens = of_other_kinds(detached(tokens, view, lexicon), view, lexicon)
        reading = Reading(view, tokens, beside)
        for index, token in enumerate(tokens):
            if token.kind == "term" and token.entry:
                reading.add(self._hosted(index, token, token.entry, reading))
        if pieced:
            recover(reading, lexicon)
        if view.nested:
            specify(reading, lexicon, self._category)
        if unread:
            read_normals(reading, lexicon)
            self._operations.read_objects(reading)
            go_on(reading, lexicon, self._category)
        self._operations.read_alone(reading)
        self._results.read(reading)
        self._compounds.join_listed(reading)
        qualify(reading, lexicon, self._operations)
        leave_others(reading, lexicon)
        leave_relatives(reading, lexicon.vocabulary.assigning)
        self._compounds.part_denied(reading)
        self._judge.judge(reading)
        if self._slips and (pieced or any(token.typed for token in tokens)):
            mistakable(reading, lexicon, self._slips)
        return reading, self._left(reading) if unread and not known else []

    def _put_right(self, view: View, tokens: list[Token]) -> tuple[View, list[Token]]:
        """The cell with slips put right that make no other name of one, and its tokens."""
        lexicon = self._lexicon
        if lexicon.vocabulary.inside_pattern.search(view.text):
            tokens = denied_inside(tokens, view, lexicon)
        view, tokens = undoubled(view, tokens, lexicon)
        if self._slips and self._spelling and self._brief:
            if not view.bare:
                tokens = mended(tokens, view, lexicon)
            view, tokens = respelled(view, tokens, lexicon, self._spelling)
            tokens = corrected(tokens, view, lexicon, self._slips, self._brief)
        return view, tokens

    def _left(self, reading: Reading) -> list[Found]:
        """What no term explains, after it was tried together with the names it is glued to."""
        blamed = set(self._judge.blamed(reading))
        for found in reading.found:
            self._proposer.doubt(found, reading)
        return [
            self._proposer.propose(reading.text(token), token.start, token.end)
            for index, token in enumerate(reading.tokens)
            if token.kind == "unknown" and index not in blamed and token.end - token.start >= _LEAST_LEFT
        ]

    def _hosted(self, index: int, token: Token, entry: Entry, reading: Reading) -> Found:
        method = "wrong-character" if token.typed else "shared-head" if token.joined else token.method or entry.method
        found = Found(index, token.start, token.end, entry.codes, entry, method)
        found.steps.append((method, entry.written))
        found.problem = token.doubted
        if token.denied:
            found.qualifiers["certainty"] = "refuted"
            found.steps.append(("qualifier", f"{reading.raw(token)} → certainty=refuted"))
        if token.typed:
            typed = reading.text(token)
            if len(typed) == len(entry.key) and typed != entry.key and self._guard.contrasts(typed, entry.key):
                found.problem = "confusable"
        return found


def _name(tokens: list[Token], sure: Sequence[Found]) -> None:
    """Let unread stretches be the names that they turned out to be."""
    places = {(found.start, found.end): found for found in sure}
    for token in tokens:
        found = places.get((token.start, token.end)) if token.kind == "unknown" else None
        if found:
            token.kind, token.entry, token.method = "term", found.entry, found.method
