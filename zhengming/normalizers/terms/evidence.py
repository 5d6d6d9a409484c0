"""Evidence: whether an abbreviation that may as well be short for a part of the body was settled by a finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found


def parts(lexicon: Lexicon) -> Mapping[str, frozenset[str]]:
    """The contexts among whose concepts an abbreviation may mean a part of the body, by abbreviation."""
    found: dict[str, set[str]] = {}
    for context, words in lexicon.category.policy.parts.items():
        for word in words:
            found.setdefault(lexicon.key(word), set()).add(context)
    return {word: frozenset(contexts) for word, contexts in found.items()}


def may_be_part(code: str, contexts: frozenset[str], sure: Iterable[Found], category: Category) -> bool:
    """Whether no finding beside an abbreviation says that it means this concept rather than a part of the body.

    PA is the pulmonary artery as well as its atresia: 先心病 beside it is true of either, and 肺动脉高压 has only the
    context in common with the atresia; what is denied, or another's, says nothing.
    """
    above = category.ancestors(code)
    if contexts.isdisjoint(above):
        return False
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
