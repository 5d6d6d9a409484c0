"""Evidence: whether an abbreviation that may as well be short for a part of the body was settled by a finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import LIST, SOFT


def parts(lexicon: Lexicon) -> Mapping[str, frozenset[str]]:
    """The contexts among whose concepts an abbreviation may mean a part of the body, by abbreviation."""
    found: dict[str, set[str]] = {}
    for context, words in lexicon.category.policy.parts.items():
        for word in words:
            found.setdefault(lexicon.key(word), set()).add(context)
    return {word: frozenset(contexts) for word, contexts in found.items()}


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
    artery: PA 12.
    """
    above = category.ancestors(code)
    if contexts.isdisjoint(above):
        return False
    if _is_measured(found, reading):
        return True
    kin = above.difference(contexts, *[category.ancestors(context) for context in contexts])
    return not any(
        [
            other.codes[0] not in above
            and not kin.isdisjoint(category.ancestors(other.codes[0]))
            and other.qualifiers.get("certainty") != "refuted"
            and other.qualifiers.get("subject") != "family"
            for other in sure
        ]
    )


def _is_measured(found: Found, reading: Reading) -> bool:
    """Whether a number behind the name ends its item, and so counts no item: PA 12."""
    gaps, tokens, after = reading.view.gaps, reading.tokens, found.token + 1
    if after == len(tokens) or tokens[after].kind != "number" or gaps[tokens[after].start] > SOFT:
        return False
    return after + 1 == len(tokens) or gaps[tokens[after + 1].start] >= LIST
