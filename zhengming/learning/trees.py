"""Gradient-boosted trees (LightGBM), trained the same way every time, kept as their own text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from zhengming.errors import UsageError


@dataclass(frozen=True)
class Shape:
    """How much a model of trees may learn."""

    rounds: int
    leaves: int
    rate: float = 0.1
    least: int = 20
    share: float = 0.4


_WORTH_THREADS = 100_000  # rows below which a second thread waits longer than it works

PAIRS = Shape(rounds=200, leaves=31)
SETS = Shape(rounds=120, leaves=15, rate=0.06, least=40, share=0.6)


class Trees:
    """A trained model; `text` is all of it."""

    def __init__(self, text: str) -> None:
        """Keep the model's text; it is parsed when first used."""
        self.text = text

    @classmethod
    def fit(cls, values: Any, right: Any, shape: Shape, *, seed: int) -> Trees:
        """Learn which rows are right (1) and which are not (0)."""
        lightgbm = required()
        settings = {
            "objective": "binary",
            "learning_rate": shape.rate,
            "num_leaves": shape.leaves,
            "min_child_samples": shape.least,
            "feature_fraction": shape.share,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            "lambda_l2": 5.0,
            "max_bin": 63,
            "num_threads": 1 if len(values) < _WORTH_THREADS else 0,
            "verbose": -1,
            "seed": seed,
            "deterministic": True,
            "force_row_wise": True,
        }
        data = lightgbm.Dataset(values, np.asarray(right, dtype=np.float32))
        return cls(lightgbm.train(settings, data, shape.rounds).model_to_string())

    @cached_property
    def _booster(self) -> Any:
        return required().Booster(model_str=self.text)

    def probability(self, values: Any) -> Any:
        """How likely each row is right."""
        if not len(values):
            return np.zeros(0, dtype=np.float64)
        threads = 1 if len(values) < _WORTH_THREADS else 0
        return np.asarray(self._booster.predict(values, num_threads=threads))


def required() -> Any:
    """The LightGBM package.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import lightgbm
    except (ImportError, OSError):
        raise UsageError("learning needs LightGBM", remedy="pip install 'zhengming[learn]'") from None
    return lightgbm
