"""A batch of cells, folded and cut into segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from zhengming.learning.texts import plain, segments


@dataclass(frozen=True)
class Cells:
    """A batch of cells: plain texts, and their segments flattened with the cell each belongs to."""

    texts: Sequence[str]
    segments: Sequence[str]
    starts: Any

    @classmethod
    def of(cls, raw: Sequence[str]) -> Cells:
        """Fold and cut raw cells; a cell without segments is its own."""
        texts = [plain(text) for text in raw]
        cut = [segments(text) or [folded] for text, folded in zip(raw, texts, strict=True)]
        starts = np.concatenate([[0], np.cumsum([len(one) for one in cut])]).astype(int)
        return cls(texts, [segment for one in cut for segment in one], starts)

    @cached_property
    def owner(self) -> Any:
        """The cell of each segment."""
        return np.repeat(np.arange(len(self.texts)), np.diff(self.starts))

    @cached_property
    def joined(self) -> list[str]:
        """The texts without spaces."""
        return [text.replace(" ", "") for text in self.texts]
