"""Ridge regression from texts to many targets at once, with exact predictions for rows left out.

Few texts are regressed in the dual (a weight a text), many in the primal (a weight an n-gram, the frequent ones only):
both costs are bounded, whatever the number of texts. What the regression would have said of some of its own rows, had
it not seen them, follows from the fit itself; no row is ever judged by a model that knew its answer.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST_TEXTS = 7_000  # texts regressed in the dual: 7,000² numbers are 200 MB and take 15 s to invert on one core
MOST_GRAMS = 6_144  # n-grams regressed in the primal
_FREQUENT = 4_096  # n-grams, each with a weight for each target once a dual regression predicts
_CHUNK = 16_384  # texts at a time


class Ridge:
    """The regression of targets on rows of unit length. `weights` has a row a text (dual) or an n-gram (primal)."""

    def __init__(self, rows: csr_matrix, weights: Any, dual: bool) -> None:
        """Keep the reviewed rows (dual) and the weights; `fit` makes one."""
        self.rows = rows
        self.weights = weights
        self.dual = dual
        self._inverse: Any = None

    @classmethod
    def fit(cls, rows: csr_matrix, targets: csr_matrix, penalty: float, *, primal: bool = False) -> Ridge:
        """Regress `targets` (texts × targets) on `rows` (texts × n-grams, frequent n-grams first)."""
        dual = rows.shape[0] <= MOST_TEXTS and not primal
        if dual:
            inverse = _inverse((rows @ rows.T).toarray(), penalty)
            weights = _times(inverse, targets)
        else:
            rows = rows[:, :MOST_GRAMS]
            inverse = _inverse((rows.T @ rows).toarray(), penalty)
            weights = np.zeros((rows.shape[1], targets.shape[1]), dtype=np.float32)
            for start in range(0, rows.shape[0], _CHUNK):
                part = rows[start : start + _CHUNK]
                weights += _times(np.ascontiguousarray((part @ inverse).T), targets[start : start + _CHUNK])
        made = cls(rows, weights, dual)
        made._inverse = inverse
        return made

    @classmethod
    def kept(cls, rows: csr_matrix, weights: Any) -> Ridge:
        """One that was fitted before, with its weights; it cannot leave rows out any more."""
        dual = rows.shape[0] <= MOST_TEXTS
        return cls(rows if dual else rows[:, :MOST_GRAMS], weights, dual)

    def predict(self, rows: csr_matrix) -> Any:
        """The targets of other rows, dense.

        In the dual a weight of each frequent n-gram is worked out once; only what rare n-grams say, which few reviewed
        texts have, is summed over texts. The sum is the same, and a row costs a fifth.
        """
        if not self.dual:
            return rows[:, :MOST_GRAMS] @ self.weights
        rare = rows[:, _FREQUENT:] @ self._rare
        return rows[:, :_FREQUENT] @ self._frequent + rare @ self.weights

    @cached_property
    def _frequent(self) -> Any:
        return self.rows[:, :_FREQUENT].T.tocsr() @ self.weights

    @cached_property
    def _rare(self) -> csr_matrix:
        return self.rows[:, _FREQUENT:].T.tocsr()

    def without(self, block: Any, targets: csr_matrix) -> Ridge:
        """The regression that had not seen its own rows `block` (indices): exactly, and without fitting again."""
        if self.dual:
            kept = np.setdiff1d(np.arange(len(self.weights)), block)
            share = np.linalg.solve(self._inverse[np.ix_(block, block)], self.weights[block])
            return Ridge(self.rows[kept], self.weights[kept] - self._inverse[np.ix_(kept, block)] @ share, dual=True)
        rows = self.rows[block]
        turned = np.ascontiguousarray((rows @ self._inverse).T)
        left = np.eye(len(block), dtype=np.float32) - np.asarray(rows @ turned)
        missing = np.linalg.solve(left, targets[block].toarray() - rows @ self.weights)
        return Ridge(self.rows, self.weights - turned @ missing, dual=False)


def _inverse(square: Any, penalty: float) -> Any:
    from scipy.linalg import lapack

    square = np.asfortranarray(square, dtype=np.float32)
    square[np.diag_indices_from(square)] += np.float32(penalty)
    factor, _info = lapack.spotrf(square, lower=1, overwrite_a=1)
    inverse, _info = lapack.spotri(factor, lower=1, overwrite_c=1)
    lower = np.tril(inverse)
    return lower + np.tril(lower, -1).T


def _times(dense: Any, sparse: csr_matrix) -> Any:
    return np.asarray((sparse.T.tocsr() @ dense.T).T, dtype=np.float32)
