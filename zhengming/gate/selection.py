"""Which findings count: rules selected and ignored, and the severity from which the gate closes.

A rule is named by its code (`ZM401`), by the beginning of codes (`ZM4`: all of that hundred) or by its name
(`id-birth-date-disagree`). What is ignored more exactly than it is selected is ignored, and the other way round:
`select = ["ZM4"]`, `ignore = ["ZM408"]` asks for all of the hundred but one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from zhengming.errors import UsageError
from zhengming.findings import SEVERITIES, Finding, rules

NEVER = "never"
LEVELS = (*SEVERITIES, NEVER)  # of `fail_on`: this severity and all worse ones close the gate
DEFAULT_LEVEL = "warning"


@dataclass(frozen=True, slots=True)
class Selection:
    """The rules that count (`select` empty: all), those that do not, and what closes the gate.

    >>> chosen = Selection.of(select=["ZM4"], ignore=["ZM408"])
    >>> chosen.counts("ZM401"), chosen.counts("ZM408"), chosen.counts("ZM105")
    (True, False, False)
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = DEFAULT_LEVEL

    @staticmethod
    def of(
        *, select: Iterable[str] = (), ignore: Iterable[str] = (), fail_on: str = DEFAULT_LEVEL, where: str = ""
    ) -> Selection:
        """The selection these words state; each may hold several, separated by commas.

        Raises:
            UsageError: no rule is called so, or no such level.
        """
        if fail_on not in LEVELS:
            raise UsageError(f"no severity {fail_on!r}", where=where, remedy=f"choose one of {', '.join(LEVELS)}")
        return Selection(_codes(select, where), _codes(ignore, where), fail_on)

    def counts(self, code: str) -> bool:
        """Whether findings of this rule count."""
        selected = max((len(one) for one in self.select if code.startswith(one)), default=-1 if self.select else 0)
        ignored = max((len(one) for one in self.ignore if code.startswith(one)), default=-1)
        return selected > ignored

    def apply(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that count."""
        return [one for one in findings if self.counts(one.code)]

    def closes(self, findings: Iterable[Finding]) -> bool:
        """Whether one of these findings is severe enough to close the gate."""
        if self.fail_on == NEVER:
            return False
        worst = SEVERITIES.index(self.fail_on)
        return any(SEVERITIES.index(one.severity) <= worst for one in findings)


def _codes(words: Iterable[str], where: str) -> tuple[str, ...]:
    listed = (word.strip() for several in words for word in several.split(","))
    return tuple(dict.fromkeys(_code(word, where) for word in listed if word))


def _code(word: str, where: str) -> str:
    """The code, or the beginning of codes, that a word names."""
    beginning = word.upper()
    if any(code.startswith(beginning) for code in rules()):
        return beginning
    by_name = {page.name: code for code, page in rules().items()}
    if word in by_name:
        return by_name[word]
    near: Sequence[str] = get_close_matches(word, by_name, 1) or get_close_matches(beginning, rules(), 1)
    guess = f"did you mean {near[0]}? " if near else ""
    raise UsageError(f"no rule is called {word!r}", where=where, remedy=f"{guess}`zm rules` lists them all")
