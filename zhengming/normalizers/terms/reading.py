"""A reading: a cell's tokens, the concepts found among them, and how strongly neighbours are separated."""

from __future__ import annotations

from typing import Final

from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.view import View
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, LIST, NONE

_JOINING: Final = frozenset({"cue", "number"})  # kinds of tokens that may separate what stands on either side of them


class Found:
    """One concept being read: `token` is the index of its token, `[start, end)` its squeezed stretch.

    `problem` is the reason it must not be accepted, empty while there is none. `steps` tell how it was reached;
    `shares` is the concept whose head it shares in a list; `stated` holds every sub-type said of it, with the token
    that says it, where `qualifiers` keeps the first of each axis.
    """

    __slots__ = (
        "codes",
        "end",
        "entry",
        "method",
        "problem",
        "qualifiers",
        "rivals",
        "shares",
        "start",
        "stated",
        "steps",
        "token",
    )

    def __init__(
        self,
        token: int,
        start: int,
        end: int,
        codes: tuple[str, ...],
        entry: Entry,
        method: str,
        problem: str = "",
        qualifiers: dict[str, str | float] | None = None,
        steps: list[tuple[str, str]] | None = None,
        rivals: tuple[tuple[float, str], ...] = (),
        shares: Found | None = None,
    ) -> None:
        """Nothing is stated of it yet; written out, for what `dataclass` makes is not compiled."""
        self.token = token
        self.start = start
        self.end = end
        self.codes = codes
        self.entry = entry
        self.method = method
        self.problem = problem
        self.qualifiers: dict[str, str | float] = {} if qualifiers is None else qualifiers
        self.steps: list[tuple[str, str]] = [] if steps is None else steps
        self.rivals = rivals
        self.shares = shares
        self.stated: dict[tuple[str, str], int] = {}


class Reading:
    """Tokens of one cell with the separation between neighbours; concepts found are added by the steps."""

    __slots__ = ("answered", "beside", "found", "headed", "hosts", "separations", "tokens", "view")

    def __init__(self, view: View, tokens: list[Token], beside: frozenset[str] = frozenset()) -> None:
        """Work out the separations; nothing is found yet. `beside` are the contexts of the row's other cells.

        `answered` will hold the tokens that answer the question before them, `headed` those behind a mark that gives
        them to what stands before.
        """
        self.answered: set[int] = set()
        self.headed: set[int] = set()
        self.beside = beside
        self.view = view
        self.tokens = tokens
        self.separations = _separations(view, tokens)
        self.found: list[Found] = []
        self.hosts: dict[int, Found] = {}

    def add(self, found: Found) -> None:
        """Take in a concept; the token it stands on hosts it."""
        self.found.append(found)
        self.hosts[found.token] = found

    def text(self, token: Token) -> str:
        """The squeezed text of a token."""
        return self.view.text[token.start : token.end]

    def raw(self, token: Token) -> str:
        """The raw text of a token."""
        start, end = self.view.span(token.start, token.end)
        return self.view.raw[start:end]

    def glued(self, index: int) -> bool:
        """Whether nothing stands between token `index` and the one before it."""
        return 0 < index < len(self.tokens) and self.view.gaps[self.tokens[index].start] == NONE

    def side(self, index: int, step: int, limit: int) -> tuple[int, int, Found] | None:
        """The nearest concept from token `index` leftwards (-1) or rightwards (1), no separation above `limit`.

        Gives (strongest separation on the way, tokens on the way, concept), or None.
        """
        strongest = 0
        position = index
        while True:
            border = position if step < 0 else position + 1
            position += step
            if not 0 <= position < len(self.tokens):
                return None
            strongest = max(strongest, self.separations[border])
            if strongest > limit:
                return None
            if position in self.hosts:
                return strongest, abs(position - index), self.hosts[position]

    def bracket_host(self, index: int) -> Found | None:
        """The concept before the bracket that token `index` stands in, if no concept stands in that bracket."""
        depth = self.view.depth[self.tokens[index].start] if self.view.nested else 0
        if depth == 0:
            return None
        position = index
        while position >= 0 and self.view.depth[self.tokens[position].start] >= depth:
            if position in self.hosts:
                return None
            position -= 1
        after = index
        while after < len(self.tokens) and self.view.depth[self.tokens[after].start] >= depth:
            if after in self.hosts:
                return None
            after += 1
        while position >= 0 and position not in self.hosts:
            if self.separations[position] > BRACKET or self.tokens[position].kind == "unknown":
                return None
            position -= 1
        return self.hosts.get(position)


def _separations(view: View, tokens: list[Token]) -> list[int]:
    """How strongly each token is separated from the one before it; the last entry stands for what follows the last."""
    gaps, depth = view.gaps, view.depth
    strengths = [gaps[token.start] for token in tokens]
    strengths.append(gaps[-1])
    if view.nested:  # inside a bracket a comma lists what belongs to the name before it
        for index in range(1, len(tokens)):
            if strengths[index] >= CLAUSE and depth[tokens[index].start] and depth[tokens[index - 1].end - 1]:
                strengths[index] = LIST
    for index, token in enumerate(tokens):
        if token.kind in _JOINING:
            joining = _joining(token)
            if joining and not _is_object(view, tokens, index):
                strengths[index] = max(strengths[index], joining)
                if index + 1 < len(tokens):
                    strengths[index + 1] = max(strengths[index + 1], joining)
    return strengths


def _is_object(view: View, tokens: list[Token], index: int) -> bool:
    """Whether what is joined is what a word that opens an item denies or doubts: 未见合并房缺."""
    before = tokens[index - 1] if index else None
    if before is None or before.kind != "cue" or before.entry is None or gap_before(view, tokens, index) != NONE:
        return False
    opens = index == 1 or gap_before(view, tokens, index - 1) != NONE
    return opens and tokens[index].kind == "cue" and "certainty" in before.entry.axes


def gap_before(view: View, tokens: list[Token], index: int) -> int:
    """The strength of what stands before token `index`."""
    return view.gaps[tokens[index].start]


def _joining(token: Token) -> int:
    """How strongly a word or number separates what stands on either side of it."""
    if token.kind == "cue":
        return token.entry.joins if token.entry else NONE
    measure = token.measure
    return CLAUSE if measure and measure.unit is None and not measure.quantity else NONE  # a bare number enumerates
