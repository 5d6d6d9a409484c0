"""Gradient-boosted trees (LightGBM), trained the same way every time, kept as their own text."""

from __future__ import annotations

from collections.abc import Sequence
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


MODELS = 2  # worth 0.4 points of F1; a third adds no more than chance
PAIRS = Shape(rounds=200, leaves=31, share=0.3)
SETS = Shape(rounds=200, leaves=15, rate=0.05, least=40, share=0.3)


class Trees:
    """Trained models whose mean is the answer; `texts` is all of them."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Keep the models' texts; they are parsed when first used."""
        self.texts = tuple(texts)

    @classmethod
    def fit(cls, values: Any, right: Any, shape: Shape, *, seed: int) -> Trees:
        """Learn which rows are right (1) and which are not (0), `MODELS` times with another chance."""
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
            "num_threads": 1,  # two threads wait for each other; two trainings at a time do not
            "verbose": -1,
            "deterministic": True,
            "force_row_wise": True,
        }
        data = lightgbm.Dataset(values, np.asarray(right, dtype=np.float32))
        trained = [lightgbm.train({**settings, "seed": seed + 1000 * one}, data, shape.rounds) for one in range(MODELS)]
        return cls([one.model_to_string() for one in trained])

    @cached_property
    def _boosters(self) -> list[Any]:
        return [required().Booster(model_str=text) for text in self.texts]

    def probability(self, values: Any) -> Any:
        """How likely each row is right."""
        if not len(values):
            return np.zeros(0, dtype=np.float64)
        return np.mean([one.predict(values, num_threads=1) for one in self._boosters], axis=0)


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
