"""A batch of cells with their candidates and what the evidence says: what the features are made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from zhengming.learning.candidates import Pairs
from zhengming.learning.catalogue import Catalogue
from zhengming.learning.cells import Cells
from zhengming.learning.evidence import Answers, Targets
from zhengming.learning.sparse import expand, pairwise
from zhengming.learning.spelling import Spelling


@dataclass
class Batch:
    """One batch of pairs and all that their features are made from."""

    cells: Cells
    pairs: Pairs
    answers: Answers
    targets: Targets
    spelling: Spelling

    @property
    def catalogue(self) -> Catalogue:
        """The names."""
        return self.spelling.catalogue

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return len(self.pairs.cell)

    @cached_property
    def cell_rows(self) -> Any:
        """The cells over the catalogue's n-grams."""
        return self.catalogue.grams.rows(self.cells.texts)

    @cached_property
    def cell_grams(self) -> Any:
        """Cells × n-grams of names: 1 where it stands in the cell."""
        dense = np.zeros(self.cell_rows.shape, dtype=np.int8)
        dense[np.repeat(np.arange(len(self.cells.texts)), np.diff(self.cell_rows.indptr)), self.cell_rows.indices] = 1
        return dense

    @cached_property
    def form(self) -> Any:
        """For each pair, the wording of its entry that is most like the cell."""
        starts, order = self.catalogue.forms_of
        which, place = expand(starts, self.pairs.entry)
        forms = order[place]
        near = pairwise(self.cell_rows, self.pairs.cell[which], self.catalogue.rows, forms)
        ranked = np.lexsort((forms, -near, which))
        firsts = np.flatnonzero(np.concatenate([[True], np.diff(which[ranked]) > 0]))
        return forms[ranked][firsts]

    @cached_property
    def cell_has(self) -> Any:
        """Cells × characters of names: 1 where the character stands in the cell."""
        return self.spelling.characters.rows(self.cells.texts, unit=False).toarray()

    @cached_property
    def said_grams(self) -> Any:
        """Cells × predicted n-grams, from the whole cell or from its best segment."""
        return np.maximum(self.answers.grams, self.answers.segment_grams)

    @cached_property
    def cell_says(self) -> Any:
        """Cells × characters of names: how likely the character stands in the right name."""
        place = np.where(self.spelling.in_grams >= 0, self.targets.gram_of[self.spelling.in_grams], -1)
        said = np.clip(self.said_grams[:, np.maximum(place, 0)], 0, 1)
        said[:, place < 0] = 0
        return said
