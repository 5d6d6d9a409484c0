"""The report of an evaluation: a table for the terminal, and the calibration as a picture (SVG)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zhengming.findings import words
from zhengming.normalizers.terms.evaluation import Evaluation

_SHOWN = 20  # confusions listed
_SIDE, _MARGIN = 360, 48  # pixels of the plot's square and around it


def render(evaluation: Evaluation, names: Mapping[str, str], *, lang: str = "zh") -> str:
    """The figures as lines of text; `names` gives the name of each code."""
    return "\n".join(_lines(evaluation, names, words(lang))) + "\n"


def _lines(evaluation: Evaluation, names: Mapping[str, str], spoken: Mapping[str, str]) -> Iterator[str]:
    yield spoken["evaluation_counts"].format(
        texts=evaluation.texts, gold=evaluation.gold, accepted=evaluation.accepted, right=evaluation.right
    )
    yield spoken["evaluation_figures"].format(
        precision=evaluation.precision, recall=evaluation.recall, f1=evaluation.f1
    )
    yield ""
    yield spoken["evaluation_bands"]
    remaining = sum(band.count for band in evaluation.bands)
    right = sum(band.right for band in evaluation.bands)
    for band in evaluation.bands:
        coverage = right / evaluation.gold if evaluation.gold else 0.0
        yield (
            f"{band.low:.2f}–{band.high:.2f}\t{band.count}\t{band.right / band.count:.3f}\t"
            f"{band.mean_confidence:.3f}\t{right / remaining:.3f}\t{coverage:.3f}"
        )
        remaining -= band.count
        right -= band.right
    if evaluation.confusions:
        yield ""
        yield spoken["evaluation_confusions"]
        for meant, said, count in evaluation.confusions[:_SHOWN]:
            yield f"{count}\t{meant} {names.get(meant, '')}\t→\t{said} {names.get(said, '')}"


def plot(evaluation: Evaluation) -> str:
    """The calibration as SVG: stated confidence against the share that is right, a circle per band, sized by count."""
    size = _SIDE + 2 * _MARGIN
    largest = max((band.count for band in evaluation.bands), default=1)
    circles = "".join(
        f'<circle cx="{_MARGIN + band.mean_confidence * _SIDE:.1f}" '
        f'cy="{_MARGIN + (1 - band.right / band.count) * _SIDE:.1f}" '
        f'r="{3 + 9 * (band.count / largest) ** 0.5:.1f}" fill="#2b6cb0" fill-opacity="0.7"/>'
        for band in evaluation.bands
    )
    ticks = "".join(
        f'<text x="{_MARGIN + step * _SIDE / 5:.0f}" y="{_MARGIN + _SIDE + 18}" text-anchor="middle">'
        f"{step / 5:.1f}</text>"
        f'<text x="{_MARGIN - 8}" y="{_MARGIN + (5 - step) * _SIDE / 5 + 4:.0f}" text-anchor="end">'
        f"{step / 5:.1f}</text>"
        for step in range(6)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="12">'
        f'<rect width="{size}" height="{size}" fill="white"/>'
        f'<rect x="{_MARGIN}" y="{_MARGIN}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#888"/>'
        f'<line x1="{_MARGIN}" y1="{size - _MARGIN}" x2="{size - _MARGIN}" y2="{_MARGIN}" stroke="#bbb" '
        f'stroke-dasharray="4"/>{ticks}{circles}'
        f'<text x="{size / 2}" y="{size - 8}" text-anchor="middle">confidence</text>'
        f'<text x="14" y="{size / 2}" text-anchor="middle" transform="rotate(-90 14 {size / 2})">share right</text>'
        "</svg>\n"
    )
