"""Evidence: what settles an abbreviation beside what is said of it, and what does not.

An operation tells what was operated on; abbreviations that all mean the same kind of thing are company for each other;
and one that may as well be short for a part of the body is settled only by a finding.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Final

from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, LIST, NONE, SOFT

EARLIEST: Final = frozenset({"fetal", "neonatal"})  # times at which whatever is there is congenital
_NEUTRAL: Final = frozenset({"neutral"})
_SEVERAL: Final = 2  # senses that an abbreviation needs for what they have in common to tell anything


def parts(lexicon: Lexicon) -> Mapping[str, frozenset[str]]:
    """The contexts among whose concepts an abbreviation may mean a part of the body, by abbreviation."""
    found: dict[str, set[str]] = {}
    for context, words in lexicon.category.policy.parts.items():
        for word in words:
            found.setdefault(lexicon.key(word), set()).add(context)
    return {word: frozenset(contexts) for word, contexts in found.items()}


def in_short_company(found: Found, reading: Reading, category: Category, elsewhere: Container[str]) -> list[str]:
    """For each other abbreviation that has several senses, all of what one context is about, one of them: ASD+PS.

    Those that are short for other things `elsewhere` too tell nothing.
    """
    contexts = category.policy.contexts
    codes: list[str] = []
    for other in reading.found:
        entry = other.entry
        if other is found or not entry.abbreviation or len(entry.codes) < _SEVERAL or entry.key in elsewhere:
            continue
        above = [category.ancestors(code) for code in entry.codes]
        if any([all([context in one for one in above]) for context in contexts]):
            codes.append(entry.codes[0])
    return codes


def speaks(other: Found, category: Category) -> bool:
    """Whether a name tells what its cell is about: one denied, or a relative's, only of the first of the contexts.

    未见PDA，ASD is about the heart, 否认癫痫病史，ASD about nothing.
    """
    if _is_the_childs(other):
        return True
    return next(iter(category.policy.contexts), "") in category.ancestors(other.codes[0])


def _is_the_childs(found: Found) -> bool:
    """Whether the concept is the child's, for certain or perhaps: neither denied nor a relative's."""
    return found.qualifiers.get("certainty") != "refuted" and found.qualifiers.get("subject") != "family"


def may_be_part(
    code: str,
    contexts: frozenset[str],
    found: Found,
    reading: Reading,
    sure: Iterable[Found],
    category: Category,
) -> bool:
    """Whether no finding beside an abbreviation says that it means this concept rather than a part of the body.

    PA is the pulmonary artery as well as its atresia: 先心病 beside it is true of either, and 肺动脉高压 has only the
    context in common with the atresia; what is denied, or another's, says nothing. A number behind it measures the
    artery (PA 12), and a word glued to it that says nothing of a disease is of the artery: PA发育可.
    """
    above = category.ancestors(code)
    if contexts.isdisjoint(above):
        return False
    if _is_measured(found, reading) or _is_described(found, reading):
        return True
    kin = above.difference(contexts, *[category.ancestors(context) for context in contexts])
    return not any(
        [
            other.codes[0] not in above
            and not kin.isdisjoint(category.ancestors(other.codes[0]))
            and _is_the_childs(other)
            for other in sure
        ]
    )


def _is_measured(found: Found, reading: Reading) -> bool:
    """Whether a number behind the name ends its item, and so counts no item: PA 12."""
    gaps, tokens, after = reading.view.gaps, reading.tokens, found.token + 1
    if after == len(tokens) or tokens[after].kind != "number" or gaps[tokens[after].start] > SOFT:
        return False
    return after + 1 == len(tokens) or gaps[tokens[after + 1].start] >= LIST


def _is_described(found: Found, reading: Reading) -> bool:
    """Whether the word glued behind the name is not read, or says nothing of a disease: PA发育可."""
    after = found.token + 1
    if not reading.glued(after) or after in reading.hosts:
        return False
    token = reading.tokens[after]
    return token.kind in ("unknown", "part") or (token.entry is not None and token.entry.axes <= _NEUTRAL)


def stands(word: str, text: str) -> bool:
    """Whether a word stands in a text; a Latin one as a word by itself."""
    start = text.find(word)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(word) : start + len(word) + 1]
        if not word.isascii() or not any(one.isascii() and one.isalpha() for one in (before, after)):
            return True
        start = text.find(word, start + 1)
    return False


def leaves_out(found: Found) -> bool:
    """Whether a written-out name leaves out what tells its concept from others: 呼吸窘迫综合征 of the newborn.

    Where a sub-type is said of it (急性), it may be another concept.
    """
    if any([value not in EARLIEST for _axis, value in found.stated]):
        return False
    plain = any(term.kind == "synonym" and term.relation == "ambiguous" for _code, term in found.entry.senses)
    return plain and len(found.codes) == 1 and not found.entry.key.isascii()


def written_out(found: Found, reading: Reading) -> list[str]:
    """Which of the concepts that an abbreviation may mean is named beside it: ASD（孤独症）, 孤独症ASD."""
    view, index = reading.view, found.token
    before, after = reading.hosts.get(index - 1), reading.hosts.get(index + 1)
    if after and not (view.gaps[after.start] == BRACKET and view.depth[after.start] > view.depth[found.start]):
        after = None
    alone = index + 1 == len(reading.tokens) or not reading.glued(index + 1)
    if before and not (alone and view.gaps[found.start] == NONE):
        before = None
    return [
        code
        for code in found.codes
        if any(other and not other.entry.key.isascii() and code in other.codes for other in (before, after))
    ]
