"""Evidence: what the reviewed texts say of a cell, by regression, by neighbours and by counting.

The regression predicts from a cell's n-grams which names it has, of which groups, and which characters and pairs of
characters stand in those names: the last is a translation (癌 → 恶性肿瘤) that reaches names never seen in a decision.
A second one goes the other way, from a name to the characters of the cells it was given for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from zhengming.learning.catalogue import Catalogue
from zhengming.learning.cells import Cells
from zhengming.learning.ridge import Ridge
from zhengming.learning.sparse import best_of_turned, expand, unit
from zhengming.learning.texts import Grams, plain, rarity

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

PENALTY = 0.3
BACK_PENALTY = 1.0
NEAREST = 30  # reviewed strings that vote
_MOST_NAMES = 6_000  # decided names that are predicted, the most frequent: the weights of more would not fit the file
_MOST_PREDICTED = 5_000  # n-grams of names that are predicted
_MOST_BACK = 3_072  # n-grams of names that predict characters of cells
_TELLING = 150  # names an n-gram may go with and still be worth counting
_LEAST_SEEN = 2  # reviewed texts that have a character for it to count
_FORMS = 2_048  # wordings whose characters are predicted at a time
_GRAM_SIZES = (1, 2, 3, 4)
_ASSOCIATED_SIZES = (1, 2, 3, 4, 5, 6)


@dataclass(frozen=True)
class Reviewed:
    """Reviewed texts: plain cells, each once, and which entries of the catalogue each names (texts × entries)."""

    cells: Sequence[str]
    labels: csr_matrix

    @classmethod
    def of(cls, texts: Sequence[str], codes: Sequence[Sequence[str]], catalogue: Catalogue) -> Reviewed:
        """Reviewed texts and the codes each was given, as rows over the catalogue's entries."""
        from scipy.sparse import csr_matrix

        known = catalogue.entry
        entries = [sorted({known[code] for code in given if code in known}) for given in codes]
        ends = np.concatenate([[0], np.cumsum([len(one) for one in entries])])
        columns = np.asarray([one for given in entries for one in given], dtype=np.int64)
        ones = np.ones(len(columns), dtype=np.float32)
        return cls([plain(text) for text in texts], csr_matrix((ones, columns, ends), (len(entries), len(catalogue))))

    def without(self, block: Any) -> Reviewed:
        """All but the texts `block` (indices)."""
        kept = np.setdiff1d(np.arange(len(self.cells)), block)
        return Reviewed([self.cells[index] for index in kept], self.labels[kept])

    def only(self, block: Any) -> Reviewed:
        """The texts `block` alone."""
        return Reviewed([self.cells[index] for index in block], self.labels[block])


@dataclass(frozen=True)
class Targets:
    """What the regression predicts, side by side: names, groups, n-grams of names, and how many names."""

    names: Any  # entries of the catalogue that were ever decided
    groups: Any
    grams: Any  # columns of the catalogue's n-grams
    name_of: Any  # entry → its place among `names`, -1 if never decided
    group_of: Any
    gram_of: Any

    @classmethod
    def of(cls, reviewed: Reviewed, catalogue: Catalogue) -> Targets:
        """The names, groups and n-grams that the reviewed texts hold."""
        used = np.asarray(reviewed.labels.sum(axis=0)).ravel()
        names = np.sort(np.argsort(-used, kind="stable")[:_MOST_NAMES])
        names = names[used[names] > 0]
        groups = np.unique(catalogue.group[names])
        seen = np.asarray((reviewed.labels @ catalogue.rows[: len(catalogue)] > 0).sum(axis=0)).ravel()
        # Chosen by how common they are among all names: how often reviewers gave them would tell a text its own answer.
        common = np.diff(catalogue.rows.tocsc().indptr)
        held = np.flatnonzero(seen)
        grams = np.sort(held[np.lexsort((held, -common[held]))[:_MOST_PREDICTED]])
        return cls.from_columns(names, groups, grams, catalogue)

    @classmethod
    def from_columns(cls, names: Any, groups: Any, grams: Any, catalogue: Catalogue) -> Targets:
        """As stored: the numbers of the names, groups and n-grams."""
        return cls(
            names,
            groups,
            grams,
            _places(names, len(catalogue)),
            _places(groups, int(catalogue.group.max()) + 1),
            _places(grams, len(catalogue.grams.columns)),
        )

    def matrix(self, reviewed: Reviewed, catalogue: Catalogue) -> csr_matrix:
        """The targets of the reviewed texts."""
        from scipy.sparse import csr_matrix, hstack

        count, size = reviewed.labels.shape
        groups = (reviewed.labels @ _grouping(self, catalogue, size) > 0).astype(np.float32)
        grams = (reviewed.labels @ catalogue.rows[:size][:, self.grams] > 0).astype(np.float32)
        amount = csr_matrix(np.asarray(reviewed.labels.sum(axis=1), dtype=np.float32).reshape(count, 1))
        return hstack([reviewed.labels[:, self.names], groups, grams, amount], format="csr", dtype=np.float32)

    def split(self, predicted: Any) -> tuple[Any, Any, Any, Any]:
        """A prediction's parts: names, groups, n-grams, amount."""
        first, second = len(self.names), len(self.names) + len(self.groups)
        return predicted[:, :first], predicted[:, first:second], predicted[:, second:-1], predicted[:, -1]


def _grouping(targets: Targets, catalogue: Catalogue, size: int) -> csr_matrix:
    from scipy.sparse import csr_matrix

    places = targets.group_of[catalogue.group]
    known = np.flatnonzero(places >= 0)
    return csr_matrix(
        (np.ones(len(known), dtype=np.float32), (known, places[known])), shape=(size, len(targets.groups))
    )


def _places(chosen: Any, size: int) -> Any:
    places = np.full(size, -1)
    places[chosen] = np.arange(len(chosen))
    return places


@dataclass(frozen=True)
class Answers:
    """What the evidence says of a batch of cells: predictions, neighbours and associations, and what it rests on."""

    names: Any  # cells × decided names, predicted
    groups: Any
    grams: Any
    amount: Any
    segment_names: Any  # the same predicted from the cell's best segment
    segment_groups: Any
    segment_grams: Any
    near: tuple[Any, Any, Any]  # (cell, reviewed text, similarity)
    associated: tuple[Any, Any, Any, Any]  # (cell, entry, strongest, sum)
    counts: Counts


class Counts:
    """What counting the reviewed texts gives; cheap, so it is made anew for every block that must not be seen."""

    def __init__(
        self, reviewed: Reviewed, catalogue: Catalogue, associated: Grams, held: csr_matrix, back: Back
    ) -> None:
        """Count names, groups, and which n-gram of a text goes with which name.

        `held` has a row for each text: which n-grams of `associated` it holds.
        """
        from scipy.sparse import csr_matrix

        self.reviewed = reviewed
        self.used = np.asarray(reviewed.labels.sum(axis=0), dtype=np.float32).ravel()
        self.group_used = np.bincount(catalogue.group, self.used).astype(np.float32)
        self.only = _single(reviewed)
        together = csr_matrix(held.T @ reviewed.labels)
        often = np.asarray(held.sum(axis=0)).ravel()
        spread = np.diff(together.indptr)
        together.data /= np.repeat(often + 1, spread)
        together.data[np.repeat(spread > _TELLING, spread)] = 0
        together.eliminate_zeros()
        self.associated = associated
        self._catalogue = catalogue
        self.association = together
        self.seen = frozenset("".join(reviewed.cells)) | {" "}
        self.back = back

    @cached_property
    def said_of_forms(self) -> Any:
        """Wordings × characters of `back`: how likely the character stands in a cell with that name, as half floats.

        Where the wording has the character itself the number's sign is set; so one look tells both.
        """
        rows, size = self._catalogue.rows, len(self._catalogue.forms)
        characters = self.back.characters
        said = np.empty((size, len(characters.columns)), dtype=np.float16)
        for start in range(0, size, _FORMS):
            said[start : start + _FORMS] = np.clip(self.back.predict(rows[start : start + _FORMS]), 0, 1)
        has = characters.rows(self._catalogue.forms, unit=False)
        where = np.repeat(np.arange(size), np.diff(has.indptr)), has.indices
        said[where] = np.copysign(said[where], np.float16(-1))
        return said

    def associations(self, cells: Sequence[str]) -> tuple[Any, Any, Any, Any]:
        """(cell, entry, strongest association, sum of them), in order of cell and entry."""
        rows = self.associated.rows(cells, unit=False)
        which, place = expand(self.association.indptr, rows.indices)
        cell = np.repeat(np.arange(len(cells)), np.diff(rows.indptr))[which]
        entry, value = self.association.indices[place], self.association.data[place]
        keys = cell.astype(np.int64) * self.association.shape[1] + entry
        order = np.argsort(keys, kind="stable")
        keys, value = keys[order], value[order]
        if not len(keys):
            return np.zeros(0, int), np.zeros(0, int), value, value
        firsts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        size = self.association.shape[1]
        return (
            keys[firsts] // size,
            keys[firsts] % size,
            np.maximum.reduceat(value, firsts),
            np.add.reduceat(value, firsts),
        )


def _single(reviewed: Reviewed) -> dict[str, int]:
    """Reviewed texts with exactly one name, without spaces, and the entry they name."""
    amount = np.diff(reviewed.labels.indptr)
    return {
        cell.replace(" ", ""): int(reviewed.labels.indices[reviewed.labels.indptr[index]])
        for index, cell in enumerate(reviewed.cells)
        if amount[index] == 1
    }


class Back:
    """From a name to the characters of the cells it was given for."""

    def __init__(self, characters: Grams, columns: Any, weights: Any) -> None:
        """`columns` are the catalogue's n-grams used, `weights` has a row for each and a column a character."""
        self.characters = characters
        self.columns = columns
        self.weights = weights
        self._fitted: tuple[Ridge, csr_matrix] | None = None

    @classmethod
    def of(cls, reviewed: Reviewed, catalogue: Catalogue) -> Back:
        """Learn it from the reviewed texts."""
        characters = characters_of(reviewed)
        labels = reviewed.labels @ catalogue.rows[: len(catalogue)]
        seen = np.diff(labels.tocsc().indptr)
        columns = np.sort(np.lexsort((np.arange(len(seen)), -seen))[:_MOST_BACK])
        columns = columns[seen[columns] > 0]
        wanted = characters.rows(reviewed.cells, unit=False)
        ridge = Ridge.fit(unit(labels[:, columns]), wanted, BACK_PENALTY, primal=True)
        made = cls(characters, columns, ridge.weights)
        made._fitted = ridge, wanted
        return made

    def without(self, block: Any) -> Back:
        """What it would be, had it never seen the texts `block`: characters that only they have are none of its own."""
        if self._fitted is None:
            raise ValueError("what was loaded cannot leave texts out")
        ridge, wanted = self._fitted
        others = wanted.shape[0] - len(block)
        counts = np.asarray(wanted.sum(axis=0) - wanted[block].sum(axis=0)).ravel()
        kept = np.flatnonzero(counts >= _LEAST_SEEN)
        held = [self.characters.columns[one] for one in kept]
        characters = Grams(self.characters.sizes, held, rarity(counts[kept], others))
        return Back(characters, self.columns, ridge.without(block, wanted).weights[:, kept])

    def predict(self, rows: csr_matrix) -> Any:
        """How likely each character stands in the cell, for wordings given as rows over the catalogue's n-grams."""
        return rows[:, self.columns] @ self.weights


def characters_of(reviewed: Reviewed) -> Grams:
    """The characters that more than one reviewed text has."""
    return Grams.of(reviewed.cells, (1,), least=_LEAST_SEEN)


@dataclass(frozen=True)
class Kept:
    """What of the evidence is kept in a model's file, because fitting it takes long."""

    targets: Targets
    weights: Any
    back: Back


class Evidence:
    """All that the reviewed texts say. `answers` speaks of new cells, `left_out` of its own as if never seen."""

    def __init__(self, reviewed: Reviewed, catalogue: Catalogue, kept: Kept | None = None) -> None:
        """Learn from the reviewed texts; with what was `kept` of an earlier time nothing is fitted again."""
        self.catalogue = catalogue
        self.reviewed = reviewed
        self.grams = Grams.of(reviewed.cells, _GRAM_SIZES)
        self.rows = self.grams.rows(reviewed.cells)
        self._turned = self.rows.T.tocsr()
        self._associated = Grams.of(reviewed.cells, _ASSOCIATED_SIZES)
        self._held = self._associated.rows(reviewed.cells, unit=False)
        if kept:
            self.targets = kept.targets
            self.ridge = Ridge.kept(self.rows, kept.weights)
        else:
            self.targets = Targets.of(reviewed, catalogue)
            self._wanted = self.targets.matrix(reviewed, catalogue)
            self.ridge = Ridge.fit(self.rows, self._wanted, PENALTY)
        back = kept.back if kept else Back.of(reviewed, catalogue)
        self.counts = Counts(reviewed, catalogue, self._associated, self._held, back)

    def answers(self, cells: Cells) -> Answers:
        """What the evidence says of new cells."""
        return self._answers(cells, self.ridge, self._turned, self.counts)

    def left_out(self, block: Any, cells: Cells) -> Answers:
        """What it would say of its own texts `block`, given as `cells`, had it never seen them."""
        kept = np.setdiff1d(np.arange(len(self.reviewed.cells)), block)
        back = self.counts.back.without(block)
        counts = Counts(self.reviewed.without(block), self.catalogue, self._associated, self._held[kept], back)
        return self._answers(cells, self.ridge.without(block, self._wanted), self.rows[kept].T.tocsr(), counts)

    def _answers(self, cells: Cells, ridge: Ridge, turned: csr_matrix, counts: Counts) -> Answers:
        rows = self.grams.rows(cells.texts)
        whole = ridge.predict(rows)
        names, groups, grams, amount = self.targets.split(whole)
        near = best_of_turned(rows, turned, NEAREST)
        segment_names, segment_groups, segment_grams, _amount = self.targets.split(
            self._by_segment(cells, ridge, whole)
        )
        associated = counts.associations(cells.texts)
        return Answers(
            names, groups, grams, amount, segment_names, segment_groups, segment_grams, near, associated, counts
        )

    def _by_segment(self, cells: Cells, ridge: Ridge, whole: Any) -> Any:
        """The highest prediction of any segment; a cell of one segment is predicted once."""
        found = whole.copy()
        several = np.flatnonzero(np.diff(cells.starts) > 1)
        if len(several):
            which, place = expand(cells.starts, several)
            predicted = ridge.predict(self.grams.rows([cells.segments[one] for one in place]))
            found[several] = np.maximum.reduceat(predicted, np.flatnonzero(np.diff(which, prepend=-1)))
        return found
