"""Sparse rows: the best of each row, products pair by pair, reductions over stretches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_CHUNK = 256  # rows of a product at a time


def best_of_product(left: csr_matrix, right: csr_matrix, most: int) -> tuple[Any, Any, Any]:
    """(row, column, value) of the `most` highest positive values in each row of left × right.T."""
    return best_of_turned(left, right.T.tocsr(), most)


def best_of_turned(left: csr_matrix, turned: csr_matrix, most: int) -> tuple[Any, Any, Any]:
    """As `best_of_product`, with right.T at hand."""
    found = [best(left[start : start + _CHUNK] @ turned, most) for start in range(0, left.shape[0], _CHUNK)]
    return _joined(found)


def best(rows: Any, most: int) -> tuple[Any, Any, Any]:
    """(row, column, value) of the `most` highest positive values in each row of a sparse or dense matrix.

    Of equal values the first columns are taken, so that the answer does not hang on the order of a sum.
    """
    dense = isinstance(rows, np.ndarray)
    kept_columns, kept_values, counts = [], [], []
    for index in range(rows.shape[0]):
        if dense:
            values = rows[index]
            columns = None
        else:
            start, end = rows.indptr[index], rows.indptr[index + 1]
            values, columns = rows.data[start:end], rows.indices[start:end]
        if len(values) > most:
            cut = np.partition(values, len(values) - most)[len(values) - most]
            where = np.flatnonzero(values >= max(cut, 1e-6))
        else:
            where = np.flatnonzero(values > 1e-6)
        picked = where if columns is None else columns[where]
        worth = values[where]
        order = np.lexsort((picked, -worth))[:most]
        kept_columns.append(picked[order])
        kept_values.append(worth[order])
        counts.append(len(order))
    return np.repeat(np.arange(rows.shape[0]), counts), _flat(kept_columns, int), _flat(kept_values, np.float32)


def pairwise(left: csr_matrix, left_rows: Any, right: csr_matrix, right_rows: Any) -> Any:
    """The product of row left_rows[i] with row right_rows[i], for every i."""
    return np.asarray(left[left_rows].multiply(right[right_rows]).sum(axis=1), dtype=np.float32).ravel()


def expand(starts: Any, chosen: Any) -> tuple[Any, Any]:
    """For stretches [starts[c], starts[c + 1]) of each chosen c: (which of the chosen, the positions), flattened."""
    sizes = starts[chosen + 1] - starts[chosen]
    which = np.repeat(np.arange(len(chosen)), sizes)
    before = np.concatenate([[0], np.cumsum(sizes)])[:-1]
    return which, np.arange(len(which)) - np.repeat(before - starts[chosen], sizes)


def reduced(operation: Any, values: Any, which: Any, size: int, empty: float = 0.0) -> Any:
    """`operation` (np.add, np.minimum, np.maximum) over the values of each `which` (sorted), `empty` where none."""
    out = np.full(size, empty, dtype=np.float32)
    if len(which):
        firsts = np.flatnonzero(np.concatenate([[True], which[1:] != which[:-1]]))
        out[which[firsts]] = operation.reduceat(values, firsts)
    return out


def look_up(keys: Any, values: Any, wanted: Any) -> Any:
    """The value of each wanted key, 0 where there is none; the highest where a key stands twice."""
    order = np.lexsort((-values, keys))
    keys, values = keys[order], values[order]
    if not len(keys):
        return np.zeros(len(wanted), dtype=np.float32)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0).astype(np.float32)


def unit(rows: csr_matrix) -> csr_matrix:
    """The rows, each of unit length."""
    from scipy.sparse import diags

    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return (diags(1 / np.where(lengths > 0, lengths, 1)) @ rows).tocsr().astype(np.float32)


def _joined(found: list[tuple[Any, Any, Any]]) -> tuple[Any, Any, Any]:
    rows = [row + number * _CHUNK for number, (row, _column, _value) in enumerate(found)]
    return (
        _flat(rows, int),
        _flat([column for _row, column, _value in found], int),
        _flat([value for _row, _column, value in found], np.float32),
    )


def _flat(arrays: list[Any], kind: Any) -> Any:
    return np.concatenate([*arrays, np.zeros(0, dtype=kind)]).astype(kind)
