"""The wordings of a catalogue character by character: made once, used for every batch of cells."""

from __future__ import annotations

from typing import Any

import numpy as np

from zhengming.learning.catalogue import Catalogue
from zhengming.learning.texts import Grams


class Spelling:
    """The wordings of a catalogue character by character, made once."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Number the characters of the wordings, weigh them, and find which of them tell names apart."""
        self.catalogue = catalogue
        self.characters = Grams.of(catalogue.forms, (1,))
        rows = self.characters.rows(catalogue.forms, unit=False)
        self.starts, self.places = rows.indptr, rows.indices
        self.rows = rows
        self.sizes = np.asarray([len(form) for form in catalogue.forms])
        self.in_grams = _columns_in(self.characters.columns, catalogue.grams)
        self.pairs = Grams.of(catalogue.forms, (2, 3))
        self.pair_rows = self.pairs.rows(catalogue.forms)
        self.single_rows = self.characters.rows(catalogue.forms)
        self.contrast = _contrasts(catalogue, self.characters)
        self.numbers = [frozenset(digits(form)) for form in catalogue.forms]
        self.code_sizes = np.asarray([min(len(code) for code in codes) for codes in catalogue.codes])


def digits(text: str) -> list[str]:
    """The numbers in a text."""
    return [one for one in "".join(c if c.isdigit() else " " for c in text).split(" ") if one]


def _columns_in(texts: list[str], grams: Grams) -> Any:
    index = {gram: column for column, gram in enumerate(grams.columns)}
    return np.asarray([index.get(text, -1) for text in texts])


def _contrasts(catalogue: Catalogue, characters: Grams) -> Any:
    """For pairs of characters (左, 右): the share of the names with one that are another name with the other."""
    from scipy.sparse import csr_matrix

    index = {character: column for column, character in enumerate(characters.columns)}
    gaps: dict[tuple[str, str], list[str]] = {}
    for form in catalogue.forms[: len(catalogue)]:
        for place, character in enumerate(form):
            if character in index:
                gaps.setdefault((form[:place], form[place + 1 :]), []).append(character)
    one, other = [], []
    for found in gaps.values():
        if len(found) > 1:
            for left in found:
                for right in found:
                    if left != right:
                        one.append(index[left])
                        other.append(index[right])
    size = len(characters.columns)
    counted = csr_matrix((np.ones(len(one), dtype=np.float32), (one, other)), shape=(size, size))
    counted.sum_duplicates()
    counted.data[counted.data < 3] = 0
    counted.eliminate_zeros()
    most = np.maximum(np.asarray(counted.sum(axis=1)).ravel(), 1)
    counted.data /= np.repeat(most, np.diff(counted.indptr))
    return counted
