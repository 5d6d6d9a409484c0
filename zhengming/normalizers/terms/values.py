"""Values: a cell that is one value, whole, of a category whose cells name one concept each."""

from __future__ import annotations

from zhengming.dictionary.model import Category, Dictionary
from zhengming.normalizers.terms.guard import Guard
from zhengming.normalizers.terms.judging import Judge
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.mistyping import mistyped
from zhengming.normalizers.terms.once import Once
from zhengming.normalizers.terms.organisations import OrganisationReader
from zhengming.normalizers.terms.places import PlaceReader
from zhengming.normalizers.terms.proposals import PLAIN, Proposer
from zhengming.normalizers.terms.reading import Found
from zhengming.normalizers.terms.view import View


class ValueReader:
    """Reads whole cells: as a term, as a value made of parts, as a mistyped term, else as what is most like it."""

    def __init__(
        self,
        dictionary: Dictionary,
        category: Category,
        lexicon: Lexicon,
        guard: Guard,
        judge: Judge,
        proposer: Proposer,
    ) -> None:
        """Read values of `category`; the other categories of `dictionary` are read when a value may name them too."""
        self.category = category
        self._dictionary = dictionary
        self._lexicon = lexicon
        self._guard = guard
        self._judge = judge
        self._proposer = proposer
        self._places = Once(self._find_places)
        self._organisations = Once(self._find_organisations)

    def read(self, view: View) -> Found:
        """The whole cell as one value."""
        text = view.text
        entry, method = self._lexicon.terms.get(text), ""
        if entry is None and (compound := self._compound(view)):
            return self._judged(compound)
        if entry is None and len(text) > 2:
            entry, _wrong = mistyped(text, self._lexicon.alike.get(self._lexicon.alike_key(text), ()), self._lexicon)
            method = "wrong-character"
        if entry is None or (method and self._guard.contrasts(text, entry.key)):
            return self._proposer.propose(text, 0, len(text))
        found = Found(0, 0, len(text), entry.codes, entry, method or entry.method)
        found.steps.append((found.method, entry.written))
        return self._judged(found)

    def _compound(self, view: View) -> Found | None:
        """What a value says that is made of several parts, where the category has such values."""
        places, organisations = self._places(), self._organisations()
        if places is not None:
            return places.read(view.text)
        return organisations.read(view.raw, len(view.text)) if organisations is not None else None

    def _find_places(self) -> PlaceReader | None:
        return PlaceReader(self.category, self._lexicon) if self.category.policy.cell == "place" else None

    def _find_organisations(self) -> OrganisationReader | None:
        if self.category.policy.cell != "organisation":
            return None
        beside = [self._dictionary.category(name) for name in self.category.policy.beside]
        return OrganisationReader(self.category, self._lexicon, beside)

    def _judged(self, found: Found) -> Found:
        found.qualifiers.update(PLAIN)
        places = self._places()
        if places is not None and len(found.codes) > 1:
            places.generalize(found)
        return self._followed(self._judge.judge_value(found))

    def _followed(self, found: Found) -> Found:
        """A retired concept read as its one successor, where the category says that successors take its place."""
        if found.problem == "retired" and self.category.policy.retired == "follow":
            heirs = self.category.concepts[found.codes[0]].replaced_by
            if len(heirs) == 1 and self.category.concepts[heirs[0]].status == "active":
                found.steps.append(("successor", f"{found.codes[0]} → {heirs[0]}"))
                found.codes, found.problem, found.method = heirs, "", "successor"
        return found
