"""Learning from decisions: what a team has reviewed ranks, and where it is sure decides, what it has not reviewed yet.

The way of a cell: folded and cut (`texts`), its candidates gathered from several channels (`candidates`), each pair of
cell and candidate described by numbers (`features`), judged by boosted trees (`trees`), and the candidates of a cell
judged together, calibrated and cut off (`decision`). `training` learns all of it from the reviewed texts (`material`,
`evidence`), `model` applies it, `storage` keeps it as a file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhengming.dictionary.model import Dictionary
    from zhengming.learning.material import Material
    from zhengming.learning.model import Model

SEED = 1


def learn(
    decisions: str | Path,
    dictionary: Dictionary,
    *,
    category: str,
    seed: int = SEED,
    note: Callable[[str], None] = lambda _text: None,
) -> Model:
    """Learn from the decisions of the file `decisions` to find concepts of `category`.

    The file is a CSV table with the columns `text` and `codes` or `names`, several joined by `##`, or the project's own
    log of decisions. The same file, release and seed give the same model. `note` is told how far it is.

    Raises:
        UnreadableFile: the file cannot be read, or is no table of decisions.
        UsageError: too few decisions to learn from, or LightGBM is not installed.
        UnknownCode: the dictionary has no such category.
    """
    from zhengming.learning import material

    return learn_from(material.read(decisions, dictionary, category), dictionary, seed=seed, note=note)


def learn_from(
    material: Material, dictionary: Dictionary, *, seed: int = SEED, note: Callable[[str], None] = lambda _text: None
) -> Model:
    """As `learn`, from reviewed texts that were read already."""
    from zhengming.learning.making import made
    from zhengming.learning.model import Model

    return Model(made(material, dictionary, seed=seed, note=note))
