"""Proposals: what a stretch that no term explains may mean, and what it may do to a name it is glued to.

The nearest terms are proposals for a human. Only a slip that makes no other name is put right: characters that change
no name, one typed twice, two neighbours exchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

from zhengming.normalizers.terms.candidates import CandidateIndex
from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.denials import is_no_degree
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.guard import Guard
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.mention import Candidate
from zhengming.normalizers.terms.once import Once
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.slips import Slips
from zhengming.normalizers.terms.stored import StoredLexicon
from zhengming.normalizers.terms.stored_candidates import StoredCandidates
from zhengming.normalizers.terms.vocabulary import NONE, SOFT

PLAIN: Final = {"certainty": "affirmed", "subject": "patient"}  # what goes without saying of every mention
_LEAST_SLIPPED: Final = 5  # characters a term needs before a doubled or exchanged one is put right
# Characters an unread stretch needs before similar terms say anything; twice as many letters.
_LEAST_COMPARED: Final = 3
_GOING_ON: Final = 2  # unread characters beside a name that must look like part of a longer one
_LIKER: Final = 0.75  # how like another name a known one with unread text must be to be doubted
_NOTHING: Final = Entry("")

Result = TypeVar("Result")


class Proposer:
    """Proposes concepts for what the lexicon does not know; nothing below `level` (0..1) is proposed."""

    def __init__(self, lexicon: Lexicon, guard: Guard, level: float, slips: Slips | None) -> None:
        """Keep what it needs; the index of candidates is made when first asked."""
        self._slips = slips
        self._lexicon = lexicon
        self._guard = guard
        self._level = level
        self._candidates = Once(self._find_candidates)

    def prepare(self) -> None:
        """Make the index of candidates now."""
        _all = self._candidates()

    def _find_candidates(self) -> CandidateIndex:
        lexicon = self._lexicon
        if isinstance(lexicon, StoredLexicon):
            return StoredCandidates(lexicon, self._level)
        return CandidateIndex(lexicon.terms)

    def foresee(self, texts: Iterable[str], read: Callable[[str], Result]) -> Iterator[tuple[str, Result]]:
        """Look up together what `read` will ask of a large category; see `StoredCandidates.foresee`."""
        candidates = self._candidates()
        if isinstance(candidates, StoredCandidates):
            yield from candidates.foresee(texts, read)

    def forget(self) -> None:
        """Forget what `foresee` looked up, once the texts are read."""
        candidates = self._candidates()
        if isinstance(candidates, StoredCandidates):
            candidates.forget()

    def nearest_many(self, texts: Sequence[str], cutoff: float, shown: int) -> list[list[Candidate]]:
        """The `shown` concepts with the terms nearest to each of many folded texts; of each term the first concept."""
        candidates, lexicon = self._candidates(), self._lexicon
        if isinstance(candidates, StoredCandidates) and not candidates.has_local_terms:
            return candidates.concepts_many(texts, cutoff, shown)
        found = []
        for nearest in candidates.nearest_many(texts, cutoff, shown):
            best: dict[str, float] = {}
            for score, term_key in nearest:
                best.setdefault(lexicon.codes(term_key)[0], score)
            chosen = islice(best.items(), shown)
            found.append([Candidate(code, lexicon.name(code), round(score, 4)) for code, score in chosen])
        return found

    def propose(self, text: str, start: int, end: int) -> Found:
        """What no term explains: the nearest terms, or nothing."""
        least = _LEAST_COMPARED * 2 if text.isascii() else _LEAST_COMPARED
        nearest = self._candidates().nearest(text, self._level) if len(text) >= least else []
        if not nearest:
            found = Found(-1, start, end, (), _NOTHING, "none", "nothing-similar", dict(PLAIN))
            found.steps.append(("none", text))
            return found
        entry = self._lexicon.terms[nearest[0][1]]
        found = Found(-1, start, end, entry.codes, entry, "similar", "only-similar", dict(PLAIN))
        found.rivals = tuple(nearest)
        meant, method = self._slipped(text, nearest)
        if meant:
            found.method, found.problem = method, ""
            found.codes, found.entry = meant.codes, meant
        found.steps.extend(("similar", f"{term_key} {score:.2f}") for score, term_key in nearest)
        return found

    def doubt(self, found: Found, reading: Reading) -> None:
        """Look at a name together with the unread text glued to it: it may be another name, or this one mistyped."""
        if not found.problem and found.codes:
            found.problem = self._part_of_another(found, reading)
        if found.problem in ("unread-before", "unread-after"):
            self._reread(found, reading)

    def _part_of_another(self, found: Found, reading: Reading) -> str:
        """The problem of a name that, with the unread text glued to it, is more like a name of another concept.

        肺静脉异常 in 肺静脉异常弓流 is no malformation of its own: the whole is nearly 肺静脉异常引流.
        """
        tokens, gaps, text = reading.tokens, reading.view.gaps, reading.view.text
        before = tokens[found.token - 1] if found.token > 0 else None
        after = next((one for one in tokens[found.token + 1 :] if one.start >= found.end), None)
        for other, gap in ((before, found.start), (after, found.end)):
            latin = text[gap - 1 : gap + 1].isascii()  # words of Latin names stand apart
            if other is None or other.kind != "unknown" or gaps[gap] > (SOFT if latin else NONE):
                continue
            if is_no_degree(reading.text(other), self._lexicon):
                continue
            first, last = _latin_run(tokens, other, reading) if latin else (other.start, other.end)
            whole = text[min(found.start, first) : max(found.end, last)]
            if self._slips and self._goes_on(found, text, other):
                return "unread-before" if other is before else "unread-after"
            nearest = self._candidates().nearest(whole, max(self._level, _LIKER))
            if nearest and not set(self._lexicon.terms[nearest[0][1]].codes) & set(found.codes):
                return "unread-before" if other is before else "unread-after"
        return ""

    def _goes_on(self, found: Found, text: str, other: Token) -> bool:
        """Whether the name and the start of the unread text beside it look like the start of another name.

        共同房 in 共同房室酮盗 is no common atrium.
        """
        if other.start >= found.end:
            part, backwards = text[found.start : min(other.end, other.start + _GOING_ON)], False
        else:
            part, backwards = text[max(other.start, other.end - _GOING_ON) : found.end], True
        if other.end - other.start < _GOING_ON:
            return False
        names = self._lexicon.continued(part, backwards=backwards)
        return any(set(found.codes).isdisjoint(entry.codes) for entry in names)

    def _reread(self, found: Found, reading: Reading) -> None:
        """Try the name together with the unread stretch next to it as one mistyped name."""
        other = reading.tokens[found.token + (1 if found.problem == "unread-after" else -1)]
        start, end = min(found.start, other.start), max(found.end, other.end)
        text = reading.view.text[start:end]
        if not self._may_be_slipped(text):
            return
        again = self.propose(text, start, end)
        if not again.problem:
            found.start, found.end, found.codes, found.entry = start, end, again.codes, again.entry
            found.method, found.problem = again.method, ""
            found.steps = again.steps + [step for step in found.steps if step[0] == "qualifier"]

    def _may_be_slipped(self, text: str) -> bool:
        """Whether the text may be `_slipped` from a term at all: most are not, and to look for the nearest is dear."""
        if not self._slips or self._slips.meant(text):
            return True
        return any(self._lexicon.but_for_fillers((self._lexicon.unfilled(text),), ()))

    def _slipped(self, text: str, nearest: list[tuple[float, str]]) -> tuple[Entry | None, str]:
        """The one concept's term that the text is but for a slip that makes no other name, and by which method."""
        fillers, contrasts = self._lexicon.vocabulary.fillers, self._guard.additions
        if text[0] in fillers or text[-1] in fillers:
            return None, ""  # the 性 of 尿毒症性心肌病 belongs to what stands before it
        kept = "".join([one for one in text if one not in fillers or one in contrasts])
        for _score, term_key in nearest if len(kept) > 2 else ():
            plain = fillers.isdisjoint(term_key)
            if kept == (term_key if plain else "".join([o for o in term_key if o not in fillers or o in contrasts])):
                same = self._lexicon.terms[term_key]
                return (same, "filler") if _is_sure(same) else (None, "")
        if len(text) < _LEAST_SLIPPED or text.isascii():
            return None, ""
        if self._slips:
            meant = self._slips.meant(text)
            return (meant, "wrong-character") if meant else (None, "")
        entries = {entry.codes: entry for one in self._unslipped(text) if (entry := self._lexicon.terms.get(one))}
        only = next(iter(entries.values())) if len(entries) == 1 else None
        return (only, "wrong-character") if only and _is_sure(only) else (None, "")

    def _unslipped(self, text: str) -> list[str]:
        """The text with two neighbours exchanged, or without a character typed twice, in every way that may help."""
        known = self._candidates().slips(text)
        if known is not None and not known:
            return []
        ways = [text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)]
        if len(text) > _LEAST_SLIPPED:
            twice = [at for at in range(1, len(text)) if text[at] == text[at - 1]]
            ways += [text[:at] + text[at + 1 :] for at in twice if text[at] not in self._guard.additions]
        return [way for way in ways if way != text and (known is None or way in known)]


def _latin_run(tokens: list[Token], token: Token, reading: Reading) -> tuple[int, int]:
    """The unread Latin words around an unread one that only spaces part from it."""
    first = last = tokens.index(token)
    text, gaps = reading.view.text, reading.view.gaps
    while first > 0 and tokens[first - 1].kind == "unknown" and gaps[tokens[first].start] <= SOFT:
        first -= 1
    while last + 1 < len(tokens) and tokens[last + 1].kind == "unknown" and gaps[tokens[last + 1].start] <= SOFT:
        last += 1
    start, end = tokens[first].start, tokens[last].end
    return (start, end) if text[start:end].isascii() else (token.start, token.end)


def _is_sure(entry: Entry) -> bool:
    """Whether a text that only slipped from the term may be taken for it."""
    return len(entry.codes) == 1 and not entry.ambiguous and not entry.broad
