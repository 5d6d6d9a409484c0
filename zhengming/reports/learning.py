"""What a model is and how good it is, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from zhengming.findings import words

if TYPE_CHECKING:
    from zhengming.learning.model import About
    from zhengming.learning.quality import Quality


def render(about: About, *, lang: str = "zh") -> str:
    """What the model was learned from, and its quality by cross-validation."""
    spoken = words(lang)
    head = spoken["learned_from"].format(
        category=about.category, dictionary=about.dictionary, version=about.version, texts=about.quality.texts
    )
    return "\n".join([head, *_figures(about.quality, spoken), *_known(about.quality, spoken)]) + "\n"


def render_test(quality: Quality, *, lang: str = "zh") -> str:
    """The quality on other reviewed texts."""
    spoken = words(lang)
    return "\n".join([spoken["learned_test"].format(texts=quality.texts), *_figures(quality, spoken)]) + "\n"


def _figures(quality: Quality, spoken: Mapping[str, str]) -> Iterator[str]:
    yield spoken["learned_figures"].format(
        precision=quality.precision, recall=quality.recall, f1=quality.f1, new_recall=quality.new_recall
    )
    yield spoken["learned_levels"]
    for one in quality.levels:
        precision = f"{one.right / one.accepted:.3f}" if one.accepted else "–"
        coverage = one.right / quality.wanted if quality.wanted else 0.0
        yield f"{one.level:.2f}\t{one.accepted}\t{precision}\t{coverage:.3f}"


def _known(quality: Quality, spoken: Mapping[str, str]) -> Iterator[str]:
    if quality.known:
        yield spoken["learned_known"].format(known=quality.known, right=quality.known_right)
