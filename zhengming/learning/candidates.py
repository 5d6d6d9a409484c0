"""Candidates: the names worth judging for a cell, from several channels that fail in different places.

Names near the whole cell or near one of its segments; names the regression predicts; names near the n-grams it
predicts; names that near reviewed texts have; names that go with n-grams of the cell; names written in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zhengming.learning.catalogue import Catalogue
from zhengming.learning.cells import Cells
from zhengming.learning.evidence import Answers, Targets
from zhengming.learning.sparse import best, best_of_product, look_up
from zhengming.learning.texts import Grams

if TYPE_CHECKING:
    pass

CHANNELS = ("whole", "segment", "predicted", "translated", "votes", "associated", "written")
_MOST = {"whole": 40, "segment": 8, "predicted": 40, "translated": 30, "votes": 25, "associated": 20}
_TRANSLATED_GRAMS = 24  # predicted n-grams of a cell that are looked for among the names
_COMMON = 0.04  # n-grams in a greater share of the names are not looked for: they find everything
_LONGEST_WRITTEN = 24  # characters of a name that is looked for inside a cell


@dataclass(frozen=True)
class Pairs:
    """Pairs of cell and entry, in order of cell, with what each channel said (pairs × channels, 0 where silent)."""

    cell: Any
    entry: Any
    channels: Any


class NameIndex:
    """Finds wordings of the catalogue by n-grams that are not too common."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Index the wordings."""
        self.catalogue = catalogue
        self.grams = Grams.of(catalogue.forms, (1, 2), share=_COMMON)
        self.rows = self.grams.rows(catalogue.forms)
        self.turned = self.rows.T.tocsr()

    def near(self, texts: Sequence[str], most: int) -> tuple[Any, Any, Any]:
        """(text, entry, cosine) of the nearest wordings."""
        row, form, value = best_of_product(self.grams.rows(texts), self.rows, most)
        return row, self.catalogue.owner[form], value


def gather(cells: Cells, answers: Answers, targets: Targets, index: NameIndex) -> Pairs:
    """The candidates of every cell."""
    catalogue = index.catalogue
    size = len(catalogue)
    by_segment = index.near(cells.segments, _MOST["segment"])
    found = {
        "whole": index.near(cells.texts, _MOST["whole"]),
        "segment": (cells.owner[by_segment[0]], *by_segment[1:]),
        "predicted": _named(best(np.maximum(answers.names, answers.segment_names), _MOST["predicted"]), targets.names),
        "translated": _translated(answers, targets, catalogue),
        "votes": _votes(cells, answers),
        "associated": _associated(cells, answers),
        "written": _written(cells, answers, catalogue),
    }
    keys = {name: row.astype(np.int64) * size + entry for name, (row, entry, _value) in found.items()}
    union = np.unique(np.concatenate(list(keys.values())))
    said = [look_up(keys[name], found[name][2], union) for name in CHANNELS]
    return Pairs(union // size, union % size, np.stack(said, axis=1))


def _named(found: tuple[Any, Any, Any], names: Any) -> tuple[Any, Any, Any]:
    return found[0], names[found[1]], found[2]


def _translated(answers: Answers, targets: Targets, catalogue: Catalogue) -> tuple[Any, Any, Any]:
    from scipy.sparse import csr_matrix

    weights = catalogue.grams.weights[targets.grams]
    frequent = np.diff(catalogue.rows.tocsc().indptr)[targets.grams] > _COMMON * len(catalogue.forms)
    row, place, value = best(
        np.where(frequent, 0, np.maximum(answers.grams, answers.segment_grams) * weights), _TRANSLATED_GRAMS
    )
    shape = (len(answers.grams), len(catalogue.grams.columns))
    wanted = csr_matrix((value, (row, targets.grams[place])), shape=shape, dtype=np.float32)
    row, form, value = best_of_product(wanted, catalogue.rows, _MOST["translated"])
    return row, catalogue.owner[form], value


def _votes(cells: Cells, answers: Answers) -> tuple[Any, Any, Any]:
    from scipy.sparse import csr_matrix

    cell, text, near = answers.near
    labels = answers.counts.reviewed.labels
    votes = csr_matrix((near, (cell, text)), shape=(len(cells.texts), labels.shape[0]))
    return best((votes @ labels).tocsr(), _MOST["votes"])


def _associated(cells: Cells, answers: Answers) -> tuple[Any, Any, Any]:
    from scipy.sparse import csr_matrix

    cell, entry, strongest, total = answers.associated
    shape = (len(cells.texts), answers.counts.reviewed.labels.shape[1])
    return best(csr_matrix((strongest + 0.05 * total, (cell, entry)), shape=shape), _MOST["associated"])


def _written(cells: Cells, answers: Answers, catalogue: Catalogue) -> tuple[Any, Any, Any]:
    """Names, and reviewed texts of one name, that stand in the cell; the value is their share of it."""
    spelled, single = catalogue.spelled, answers.counts.only
    rows, entries, shares = [], [], []
    for row, text in enumerate(cells.joined):
        for start in range(len(text)):
            for end in range(start + 1, min(start + _LONGEST_WRITTEN, len(text)) + 1):
                piece = text[start:end]
                for known in (spelled, single):
                    if piece in known:
                        rows.append(row)
                        entries.append(known[piece])
                        shares.append((end - start) / len(text))
    return np.asarray(rows, dtype=int), np.asarray(entries, dtype=int), np.asarray(shares, dtype=np.float32)
