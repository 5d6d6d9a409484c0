"""Features: numbers that say how well a name explains a cell, and what the reviewed texts think of the pair.

Each function of `_PARTS` gives named columns for all pairs of a batch at once; nothing here loops over pairs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from zhengming.learning.candidates import CHANNELS, Pairs
from zhengming.learning.catalogue import Catalogue
from zhengming.learning.cells import Cells
from zhengming.learning.evidence import Answers, Targets
from zhengming.learning.sparse import expand, look_up, pairwise, reduced
from zhengming.learning.texts import Grams

Columns = list[tuple[str, Any]]
_RANKED = (
    "predicted", "predicted_segment", "group", "whole", "segment", "translated", "votes", "near", "associated",
    "associated_sum", "cover_soft_weighted", "cover_soft_least", "explains_soft", "explains_segment", "grams_soft",
    "cosine_pairs", "segment_share", "joint",
)  # fmt: skip
_JUDGED = {"joint": 20, "cover_soft_least": 10, "segment": 3}  # ranks judged: they hold 98.5 % of the right candidates
WIDTH = 48  # different characters of a cell whose explanation is kept; 99.8 % of 6,000 real cells have no more


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
        self.numbers = [frozenset(_digits(form)) for form in catalogue.forms]
        self.code_sizes = np.asarray([min(len(code) for code in codes) for codes in catalogue.codes])


def _digits(text: str) -> list[str]:
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
    explaining, explained, weight = _explains(batch)
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
    order = np.lexsort((-value, cell))
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


def _cover(batch: Batch) -> Columns:
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


def _cover_pairs(batch: Batch) -> Columns:
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


def _explains(batch: Batch) -> tuple[Columns, Any, Any]:
    """How much of the cell the name explains, likewise as it is and translated back; in sum and by character."""
    counts, size = batch.answers.counts, batch.size
    known = counts.characters
    used, where = np.unique(batch.form, return_inverse=True)
    said_by_form = np.clip(counts.back.predict(batch.catalogue.rows[used]), 0, 1)
    form_has = counts.forms[used].toarray()
    rows = known.rows(batch.cells.texts, unit=False)
    which, place = expand(rows.indptr, batch.pairs.cell)
    character, form = rows.indices[place], where[which]
    weight = known.weights[character]
    exact, said = form_has[form, character], said_by_form[form, character]
    soft = np.maximum(exact, said)
    total = np.maximum(np.bincount(which, weight, size), 1e-6)
    seat = place - rows.indptr[batch.pairs.cell][which]
    seated = seat < WIDTH
    explained, weighed = np.zeros((size, WIDTH), dtype=np.float16), np.zeros((size, WIDTH), dtype=np.float16)
    explained[which[seated], seat[seated]] = soft[seated]
    weighed[which[seated], seat[seated]] = weight[seated]
    segment_soft, segment_exact = _explains_segment(batch, where, form_has, said_by_form)
    strange = _strange(batch)
    columns: Columns = [
        ("strange", strange),
        ("explains_segment", segment_soft),
        ("explains_segment_exact", segment_exact),
        ("explains_exact", np.bincount(which, exact * weight, size) / total),
        ("explains_soft", np.bincount(which, soft * weight, size) / total),
        ("explains_said", np.bincount(which, said * weight, size) / total),
        ("left_weight", reduced(np.maximum, (1 - soft) * weight, which, size)),
    ]
    return columns, explained, weighed


def _strange(batch: Batch) -> Any:
    """How many characters of the cell stand in no reviewed text and not in the name either: nobody can know them."""
    seen = batch.answers.counts.seen
    cells = [set(text) - seen for text in batch.cells.texts]
    found = np.zeros(batch.size, dtype=np.float32)
    odd = np.asarray([bool(one) for one in cells])
    for place in np.flatnonzero(odd[batch.pairs.cell]):
        found[place] = len(cells[batch.pairs.cell[place]] - set(batch.catalogue.forms[batch.form[place]]))
    return found


def _explains_segment(batch: Batch, where: Any, form_has: Any, said_by_form: Any) -> tuple[Any, Any]:
    """How much the name explains of the segment that it explains best, translated back and as it is."""
    known, starts = batch.answers.counts.characters, batch.cells.starts
    rows = known.rows(batch.cells.segments, unit=False)
    pair, segment = expand(starts, batch.pairs.cell)
    which, place = expand(rows.indptr, segment)
    character, form = rows.indices[place], where[pair[which]]
    weight = known.weights[character]
    exact = form_has[form, character]
    soft = np.maximum(exact, said_by_form[form, character])
    total = np.maximum(np.bincount(which, weight, len(pair)), 1e-6)
    return (
        reduced(np.maximum, np.bincount(which, soft * weight, len(pair)) / total, pair, batch.size),
        reduced(np.maximum, np.bincount(which, exact * weight, len(pair)) / total, pair, batch.size),
    )


def _numbers(batch: Batch) -> Columns:
    """Numbers of the name (weeks, grades, types) that the cell has, and has not."""
    cells = [frozenset(_digits(text)) for text in batch.cells.texts]
    numbered = np.asarray([bool(one) for one in batch.spelling.numbers])[batch.form]
    missing = np.zeros(batch.size, dtype=np.float32)
    for place in np.flatnonzero(numbered):
        missing[place] = len(batch.spelling.numbers[batch.form[place]] - cells[batch.pairs.cell[place]])
    held = np.asarray([len(one) for one in cells])[batch.pairs.cell]
    return [("numbers", numbered), ("numbers_missing", missing), ("cell_numbers", held)]


_PARTS: tuple[Callable[[Batch], Columns], ...] = (
    _channels, _predictions, _reviewed, _likeness, _cover, _cover_pairs, _numbers,
)  # fmt: skip
