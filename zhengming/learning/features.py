"""Features: numbers that say how well a name explains a cell, and what the reviewed texts think of the pair.

Each function of `_PARTS` gives named columns for all pairs of a batch at once; nothing here loops over pairs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from zhengming.learning.batch import Batch
from zhengming.learning.candidates import CHANNELS
from zhengming.learning.coverage import Columns, cover, cover_pairs, explains
from zhengming.learning.sparse import expand, look_up, pairwise, reduced
from zhengming.learning.spelling import digits

_RANKED = (
    "predicted", "predicted_segment", "group", "whole", "segment", "translated", "votes", "near", "associated",
    "associated_sum", "cover_soft_weighted", "cover_soft_least", "explains_soft", "explains_segment", "grams_soft",
    "cosine_pairs", "segment_share", "joint",
)  # fmt: skip
_JUDGED = {"joint": 20, "cover_soft_least": 10, "segment": 3}  # ranks judged: they hold 98.5 % of the right candidates


@dataclass(frozen=True)
class Described:
    """The pairs worth judging, with their features by name, and which of the cell's characters each name explains.

    `explained` is pairs × places of the cell's characters (0..1), `weight` the weight of the character at each place.
    """

    cell: Any
    entry: Any
    names: tuple[str, ...]
    values: Any
    explained: Any
    weight: Any


def describe(batch: Batch) -> Described:
    """Describe every pair, and keep those that stand high in their cell by any of three measures."""
    columns: Columns = []
    for part in _PARTS:
        columns += part(batch)
    explaining, explained, weight = explains(batch)
    known = dict(columns + explaining)
    known["joint"] = known["predicted"] + known["cover_soft_weighted"] + known["explains_soft"]
    for name in _RANKED:
        rank, gap = standing(batch.pairs.cell, known[name])
        known[f"{name}_rank"], known[f"{name}_gap"] = rank, gap
    kept = np.zeros(batch.size, dtype=bool)
    for name, most in _JUDGED.items():
        kept |= known[f"{name}_rank"] < most
    values = np.stack([np.asarray(value, dtype=np.float32)[kept] for value in known.values()], axis=1)
    pairs = batch.pairs
    return Described(pairs.cell[kept], pairs.entry[kept], tuple(known), values, explained[kept], weight[kept])


def standing(cell: Any, value: Any) -> tuple[Any, Any]:
    """Within its cell, each value's rank (0 is best; equal values share it) and its gap to the best of the others."""
    value = np.asarray(value, dtype=np.float64)
    apart = 2 * float(np.abs(value).max(initial=0)) + 1
    order = np.argsort(cell * apart - value)
    sorted_cell, sorted_value = cell[order], value[order]
    new = np.concatenate([[True], sorted_cell[1:] != sorted_cell[:-1]])
    firsts = np.flatnonzero(new)
    group = np.cumsum(new) - 1
    step = np.concatenate([[0], (sorted_value[1:] != sorted_value[:-1]) & ~new[1:]])
    rank = np.cumsum(step)
    rank = rank - rank[firsts][group]
    best = sorted_value[firsts]
    second = np.where(np.diff(np.append(firsts, len(cell))) > 1, sorted_value[np.minimum(firsts + 1, len(cell) - 1)], 0)
    rival = np.where(new, second[group], best[group])
    out_rank, out_gap = np.empty(len(cell), np.float32), np.empty(len(cell), np.float32)
    out_rank[order], out_gap[order] = rank, sorted_value - rival
    return out_rank, out_gap


def _channels(batch: Batch) -> Columns:
    said = batch.pairs.channels
    listed: Columns = [(name, said[:, place]) for place, name in enumerate(CHANNELS) if name != "predicted"]
    return [*listed, ("channels", (said > 0).sum(axis=1))]


def _predictions(batch: Batch) -> Columns:
    cell, entry = batch.pairs.cell, batch.pairs.entry
    name = batch.targets.name_of[entry]
    group = batch.targets.group_of[batch.catalogue.group[entry]]
    predicted = np.where(name >= 0, batch.answers.names[cell, np.maximum(name, 0)], 0)
    grouped = np.where(group >= 0, batch.answers.groups[cell, np.maximum(group, 0)], 0)
    by_segment = np.where(name >= 0, batch.answers.segment_names[cell, np.maximum(name, 0)], 0)
    group_by_segment = np.where(group >= 0, batch.answers.segment_groups[cell, np.maximum(group, 0)], 0)
    return [
        ("predicted", predicted),
        ("group", grouped),
        ("predicted_segment", by_segment),
        ("group_segment", group_by_segment),
        ("amount", batch.answers.amount[cell]),
        ("name_used", batch.answers.counts.used[entry]),
        ("group_used", batch.answers.counts.group_used[batch.catalogue.group[entry]]),
        ("code_size", batch.spelling.code_sizes[entry]),
    ]


def _reviewed(batch: Batch) -> Columns:
    """The nearest reviewed text with this name, how much of it stands in the cell, and associations."""
    cell, text, near = batch.answers.near
    reviewed, size = batch.answers.counts.reviewed, len(batch.catalogue)
    labels = reviewed.labels
    which, place = expand(labels.indptr, text)
    keys = cell[which] * size + labels.indices[place]
    wanted = batch.pairs.cell * size + batch.pairs.entry
    alone = near[which] / np.diff(labels.indptr)[text][which]
    a_cell, a_entry, strongest, total = batch.answers.associated
    associated = a_cell * size + a_entry
    return [
        ("near", look_up(keys, near[which], wanted)),
        ("near_alone", look_up(keys, alone, wanted)),
        ("associated_max", look_up(associated, strongest, wanted)),
        ("associated_sum", look_up(associated, total, wanted)),
    ]


def _likeness(batch: Batch) -> Columns:
    """How alike the strings are: cosines of n-grams, edit measures, and the best segment."""
    from rapidfuzz import distance, fuzz, process

    spelling, cells, cell, form = batch.spelling, batch.cells, batch.pairs.cell, batch.form
    forms = [one.replace(" ", "") for one in batch.catalogue.forms]
    names, texts = [forms[one] for one in form], [cells.joined[one] for one in cell]
    listed: Columns = [
        ("ratio", process.cpdist(texts, names, scorer=fuzz.ratio)),
        ("partial", process.cpdist(texts, names, scorer=fuzz.partial_ratio)),
        ("sequence", process.cpdist(texts, names, scorer=distance.LCSseq.similarity)),
        ("winkler", process.cpdist(texts, names, scorer=distance.JaroWinkler.similarity)),
    ]
    which, place = expand(cells.starts, cell)
    segment_rows = batch.catalogue.grams.rows(cells.segments)
    near = pairwise(segment_rows, place, batch.catalogue.rows, form[which])
    ranked = np.lexsort((place, -near, which))
    best = place[ranked][np.flatnonzero(np.concatenate([[True], np.diff(which[ranked]) > 0]))]
    lengths = np.asarray([len(one) for one in cells.segments])
    whole = np.asarray([max(len(one), 1) for one in cells.joined])
    pieces = [cells.segments[one] for one in best]
    return [
        *listed,
        ("cosine_single", pairwise(spelling.characters.rows(cells.texts), cell, spelling.single_rows, form)),
        ("cosine_pairs", pairwise(batch.cell_rows, cell, batch.catalogue.rows, form)),
        ("cosine_triples", pairwise(spelling.pairs.rows(cells.texts), cell, spelling.pair_rows, form)),
        ("segment_cosine", reduced(np.maximum, near, which, batch.size)),
        ("segment_share", lengths[best] / whole[cell]),
        ("segment_ratio", process.cpdist(pieces, names, scorer=fuzz.ratio)),
        ("segment_count", np.diff(cells.starts)[cell]),
        ("name_size", spelling.sizes[form]),
        ("cell_size", whole[cell]),
    ]


def _numbers(batch: Batch) -> Columns:
    """Numbers of the name (weeks, grades, types) that the cell has, and has not."""
    cells = [frozenset(digits(text)) for text in batch.cells.texts]
    numbered = np.asarray([bool(one) for one in batch.spelling.numbers])[batch.form]
    missing = np.zeros(batch.size, dtype=np.float32)
    for place in np.flatnonzero(numbered):
        missing[place] = len(batch.spelling.numbers[batch.form[place]] - cells[batch.pairs.cell[place]])
    held = np.asarray([len(one) for one in cells])[batch.pairs.cell]
    return [("numbers", numbered), ("numbers_missing", missing), ("cell_numbers", held)]


_PARTS: tuple[Callable[[Batch], Columns], ...] = (
    _channels, _predictions, _reviewed, _likeness, cover, cover_pairs, _numbers,
)  # fmt: skip
