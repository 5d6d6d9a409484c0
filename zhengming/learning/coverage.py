"""Coverage: how much of a name the cell explains, and how much of the cell the name does.

Character by character and n-gram by n-gram, once as they stand and once as the regressions translate them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zhengming.learning.batch import Batch
from zhengming.learning.sparse import expand, reduced

Columns = list[tuple[str, Any]]
WIDTH = 48  # different characters of a cell whose explanation is kept; 99.8 % of 6,000 real cells have no more


def cover(batch: Batch) -> Columns:
    """How much of the name the cell explains: its characters as they are, and as the regression translates them."""
    spelling, size = batch.spelling, batch.size
    which, place = expand(spelling.starts, batch.form)
    character, cell = spelling.places[place], batch.pairs.cell[which]
    weight = spelling.characters.weights[character]
    exact = batch.cell_has[cell, character]
    said = batch.cell_says[cell, character]
    soft = np.maximum(exact * 0.9, said)
    against = (batch.cell_has @ spelling.contrast.T)[cell, character] * (1 - exact)
    total = np.maximum(np.bincount(which, weight, size), 1e-6)
    count = np.maximum(np.bincount(which, minlength=size), 1)
    return [
        ("cover_exact", np.bincount(which, exact, size) / count),
        ("cover_exact_weighted", np.bincount(which, exact * weight, size) / total),
        ("cover_soft", np.bincount(which, soft, size) / count),
        ("cover_soft_weighted", np.bincount(which, soft * weight, size) / total),
        ("cover_soft_least", reduced(np.minimum, soft, which, size, 1.0)),
        ("cover_said_least", reduced(np.minimum, said, which, size, 1.0)),
        ("cover_said", np.bincount(which, said, size) / count),
        ("unexplained_weight", reduced(np.maximum, (1 - soft) * weight, which, size)),
        ("unexplained_sum", np.bincount(which, (1 - soft) * weight, size)),
        ("against", reduced(np.maximum, against, which, size)),
    ]


def cover_pairs(batch: Batch) -> Columns:
    """The same for the n-grams that the regression predicts, pairs of characters among them."""
    rows, size = batch.catalogue.rows, batch.size
    which, place = expand(rows.indptr, batch.form)
    gram, value = rows.indices[place], rows.data[place]
    target = batch.targets.gram_of[gram]
    cell = batch.pairs.cell[which]
    said = np.where(target >= 0, np.clip(batch.said_grams[cell, np.maximum(target, 0)], 0, 1), 0)
    weight = value**2
    exact = np.asarray(batch.cell_grams[cell, gram])
    soft = np.maximum(said, 0.9 * exact)
    return [
        ("grams_said", np.bincount(which, said * weight, size)),
        ("grams_soft", np.bincount(which, soft * weight, size)),
        ("grams_least", reduced(np.minimum, soft, which, size, 1.0)),
        ("grams_left", reduced(np.maximum, (1 - soft) * value, which, size)),
        ("grams_dot", np.bincount(which, said * value, size)),
    ]


def explains(batch: Batch) -> tuple[Columns, Any, Any]:
    """How much of the cell the name explains, likewise as it is and translated back; in sum and by character."""
    known, size = batch.answers.counts.back.characters, batch.size
    rows = known.rows(batch.cells.texts, unit=False)
    which, place = expand(rows.indptr, batch.pairs.cell)
    exact, said, weight = _explained(batch, batch.form[which], rows.indices[place])
    soft = np.maximum(exact, said)
    total = np.maximum(np.bincount(which, weight, size), 1e-6)
    seat = place - rows.indptr[batch.pairs.cell][which]
    seated = seat < WIDTH
    explained, weighed = np.zeros((size, WIDTH), dtype=np.float16), np.zeros((size, WIDTH), dtype=np.float16)
    explained[which[seated], seat[seated]] = soft[seated]
    weighed[which[seated], seat[seated]] = weight[seated]
    segment_soft, segment_exact = _explains_segment(batch)
    columns: Columns = [
        ("strange", _strange(batch)),
        ("explains_segment", segment_soft),
        ("explains_segment_exact", segment_exact),
        ("explains_exact", np.bincount(which, exact * weight, size) / total),
        ("explains_soft", np.bincount(which, soft * weight, size) / total),
        ("explains_said", np.bincount(which, said * weight, size) / total),
        ("left_weight", reduced(np.maximum, (1 - soft) * weight, which, size)),
    ]
    return columns, explained, weighed


def _explained(batch: Batch, form: Any, character: Any) -> tuple[Any, Any, Any]:
    """Whether each wording has the character, how likely it stands for it, and what the character weighs."""
    counts = batch.answers.counts
    found = counts.said_of_forms
    told = found.ravel()[form * found.shape[1] + character].astype(np.float32)
    return np.signbit(told).astype(np.float32), np.abs(told), counts.back.characters.weights[character]


def _strange(batch: Batch) -> Any:
    """How many characters of the cell stand in no reviewed text and not in the name either: nobody can know them."""
    seen = batch.answers.counts.seen
    cells = [set(text) - seen for text in batch.cells.texts]
    found = np.zeros(batch.size, dtype=np.float32)
    odd = np.asarray([bool(one) for one in cells])
    for place in np.flatnonzero(odd[batch.pairs.cell]):
        found[place] = len(cells[batch.pairs.cell[place]] - set(batch.catalogue.forms[batch.form[place]]))
    return found


def _explains_segment(batch: Batch) -> tuple[Any, Any]:
    """How much the name explains of the segment that it explains best, translated back and as it is."""
    rows = batch.answers.counts.back.characters.rows(batch.cells.segments, unit=False)
    pair, segment = expand(batch.cells.starts, batch.pairs.cell)
    which, place = expand(rows.indptr, segment)
    exact, said, weight = _explained(batch, batch.form[pair[which]], rows.indices[place])
    soft = np.maximum(exact, said)
    total = np.maximum(np.bincount(which, weight, len(pair)), 1e-6)
    return (
        reduced(np.maximum, np.bincount(which, soft * weight, len(pair)) / total, pair, batch.size),
        reduced(np.maximum, np.bincount(which, exact * weight, len(pair)) / total, pair, batch.size),
    )
