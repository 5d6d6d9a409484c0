"""The matcher's opinion on a value whose code a human must decide anew: proposed, never applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Category, Dictionary
from zhengming.findings import words
from zhengming.normalizers.terms.matcher import Matcher

LARGE = 50_000  # concepts of a category from which on only equal names are looked up: a matcher takes long to build


class Opinion:
    """What the matcher makes of texts in a dictionary, each matcher built when first needed."""

    def __init__(self, dictionary: Dictionary, *, sender: str = "", lang: str = "zh") -> None:
        """Match in `dictionary`, with the local terms of `sender`."""
        self._dictionary = dictionary
        self._sender = sender
        self._words = words(lang)
        self._matchers: dict[str, Matcher] = {}
        self._known: dict[tuple[str, str], list[tuple[str, str, str]]] = {}

    def on(self, category: str, text: str, successors: Sequence[str]) -> str:
        """The concepts that `text` may name, one a line with code, name and status; those of `successors` first."""
        if not text.strip():
            return ""
        found = self._known.get((category, text))
        if found is None:
            found = self._known[category, text] = self._found(category, text)
        preferred = sorted(found, key=lambda one: one[0] not in successors)
        return "\n".join(f"{code} {name} ({self._words[f'status_{status}']})" for code, name, status in preferred)

    def _found(self, category: str, text: str) -> list[tuple[str, str, str]]:
        found = self._dictionary.category(category)
        if len(found.concepts) > LARGE:
            return [(code, found.concepts[code].name, "review") for code in _named(found, text)]
        if category not in self._matchers:
            self._matchers[category] = Matcher(self._dictionary, category, sender=self._sender)
        listed: dict[str, tuple[str, str, str]] = {}
        for mention in self._matchers[category].match(text):
            if mention.code and mention.name:
                listed[mention.code] = (mention.code, mention.name, mention.status)
            for one in mention.candidates:
                listed.setdefault(one.code, (one.code, one.name, "review"))
        return [one for one in listed.values() if found.concepts[one[0]].status != "retired"]


def _named(category: Category, text: str) -> list[str]:
    """The concepts in use with a name equal to `text`, where the category can be asked without reading all of it."""
    named = getattr(category, "named", None)
    if named is None:
        return []
    pairs: Mapping[str, None] = dict.fromkeys(code for code, _term in named(key(text)))
    return [code for code in pairs if category.concepts[code].status != "retired"]
