"""Lines over two logarithmic scales as an SVG picture: the same points give the same bytes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_COLOURS = (
    "#c0392b",
    "#e67e22",
    "#7f8c8d",
    "#2980b9",
    "#16a085",
    "#27ae60",
    "#8e44ad",
    "#2c3e50",
    "#d35400",
    "#b7950b",
)
_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 250, 36, 48  # margins; the names of the lines stand in the right one
_FONT = 'font-family="sans-serif" font-size="12"'


@dataclass(frozen=True)
class Line:
    """One line of a picture; a `strong` one is thicker."""

    title: str
    points: Sequence[tuple[float, float]]
    strong: bool = False


class _Scales:
    """Where a point of the picture stands on the page."""

    def __init__(self, lines: Sequence[Line]) -> None:
        xs = [math.log10(x) for line in lines for x, _y in line.points]
        ys = [math.log10(y) for line in lines for _x, y in line.points]
        self.left, self.right = min(xs) - 0.1, max(xs) + 0.1
        self.lowest, self.highest = math.floor(min(ys)), math.ceil(max(ys))

    def across(self, x: float) -> str:
        share = (math.log10(x) - self.left) / (self.right - self.left)
        return f"{_LEFT + share * (_WIDTH - _LEFT - _RIGHT):.1f}"

    def up(self, y: float) -> str:
        share = (math.log10(y) - self.lowest) / (self.highest - self.lowest)
        return f"{_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM):.1f}"


def picture(title: str, across: str, up: str, lines: Sequence[Line]) -> str:
    """The picture as SVG; `across` and `up` say what the scales are."""
    scales = _Scales(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_FONT}>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="20" font-size="15">{escape(title)}</text>',
        f'<text x="{_LEFT}" y="{_HEIGHT - 10}">{escape(across)}</text>',
        f'<text transform="translate(16 {_HEIGHT - _BOTTOM}) rotate(-90)">{escape(up)}</text>',
        *_grid(scales, lines),
    ]
    for index, line in enumerate(lines):
        parts += _line(scales, line, _COLOURS[index % len(_COLOURS)], _TOP + 18 * (len(lines) - index))
    return "\n".join([*parts, "</svg>", ""])


def _grid(scales: _Scales, lines: Sequence[Line]) -> Iterator[str]:
    for power in range(scales.lowest, scales.highest + 1):
        y = scales.up(10.0**power)
        yield f'<path d="M{_LEFT} {y}H{_WIDTH - _RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{_LEFT - 6}" y="{y}" text-anchor="end" dy="4">{10.0**power:g}</text>'
    for number in sorted({x for line in lines for x, _y in line.points}):
        x = scales.across(number)
        yield f'<path d="M{x} {_HEIGHT - _BOTTOM}v5" stroke="#333"/>'
        yield f'<text x="{x}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{number:,.0f}</text>'


def _line(scales: _Scales, line: Line, colour: str, beside: int) -> Iterator[str]:
    points = [(scales.across(x), scales.up(y)) for x, y in line.points]
    stroke = f'stroke="{colour}" stroke-width="{3 if line.strong else 1.5}"'
    way = "L".join(" ".join(point) for point in points)
    yield f'<path d="M{way}" fill="none" {stroke}/>'
    yield from (f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in points)
    yield f'<path d="M{_WIDTH - _RIGHT + 12} {beside}h18" {stroke}/>'
    yield f'<text x="{_WIDTH - _RIGHT + 36}" y="{beside + 4}">{escape(line.title)}</text>'
