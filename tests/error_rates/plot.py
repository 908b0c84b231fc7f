"""Draws the scores of the same and of different recordings as an SVG: a panel for each level."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from bounds import share
from results import FINGERPRINT, ISCC, Scores

WIDTH, HEIGHT = 960, 460
LEFT, RIGHT, TOP, BOTTOM = 84, 24, 64, 128
LOWEST = 1e-7
"""The smallest share on the logarithmic axis."""


@dataclass(frozen=True)
class Series:
    """One distribution: its scores, how it is called and drawn."""

    says: str
    colour: str
    scores: Scores


@dataclass(frozen=True)
class Panel:
    """One level: its axis, its distributions and its thresholds."""

    title: str
    axis: str
    first: int
    last: int
    bin: int
    tick: int
    thresholds: tuple[tuple[int, str], ...]
    series: list[Series]

    def x(self, score: float) -> float:
        """Where a score is."""
        return LEFT + (score - self.first) / (self.last - self.first) * (WIDTH - LEFT - RIGHT)

    def shares(self, series: Series) -> Iterator[tuple[float, float, float]]:
        """Every bin that holds something: its two edges on the paper, and its share of all scores."""
        bins: Counter[int] = Counter()
        for score, count in series.scores.items():
            bins[min(max(score, self.first), self.last - 1) // self.bin * self.bin] += count
        for start in sorted(bins):
            yield self.x(start), self.x(start + self.bin), bins[start] / series.scores.total()


def panel_of(level: str, series: list[Series], thresholds: tuple[tuple[int, str], ...]) -> Panel:
    """The panel of a level."""
    if level == ISCC:
        return Panel("Content code (iscc): bits that differ, of 256", "bits that differ",
                     0, 168, 4, 8, thresholds, series)
    if level == FINGERPRINT:
        return Panel("Fingerprint: equal bits at the best offset, per mille", "equal bits, per mille",
                     440, 1010, 10, 40, thresholds, series)
    raise ValueError(level)


def svg(panels: list[Panel]) -> str:
    """The drawing."""
    height = HEIGHT * len(panels)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        ' font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#222">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for number, panel in enumerate(panels):
        lines += [f'<g transform="translate(0 {number * HEIGHT})">', *drawing(panel), "</g>"]
    return "\n".join([*lines, "</svg>", ""])


def y(part: float) -> float:
    """Where a share is, on an axis from LOWEST to 1."""
    return TOP + math.log10(max(part, LOWEST)) / math.log10(LOWEST) * (HEIGHT - TOP - BOTTOM)


def drawing(panel: Panel) -> Iterator[str]:
    """One panel from back to front."""
    yield f'<text x="{LEFT}" y="26" font-size="16" font-weight="bold">{panel.title}</text>'
    yield from axes(panel)
    for series in panel.series:
        yield from curve(panel, series)
    for score, says in panel.thresholds:
        yield from threshold(panel, score, says)
    yield from legend(panel)


def axes(panel: Panel) -> Iterator[str]:
    """Grid, ticks and labels."""
    floor = y(LOWEST)
    for exponent in range(0, round(math.log10(LOWEST)) - 1, -1):
        at = y(10.0 ** exponent)
        yield f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#e4e4e4"/>'
        label = "1" if exponent == 0 else share(10.0 ** exponent).replace("1.0 · ", "") if exponent < -3 else (
            f"{10.0 ** (exponent + 2):g} %")
        yield f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{"100 %" if exponent == 0 else label}</text>'
    for score in range(panel.first, panel.last + 1, panel.tick):
        at = panel.x(score)
        yield f'<path d="M{at:.1f} {floor:.1f}v5" stroke="#222"/>'
        yield f'<text x="{at:.1f}" y="{floor + 20:.1f}" text-anchor="middle">{score}</text>'
    yield f'<path d="M{LEFT} {TOP}V{floor:.1f}H{WIDTH - RIGHT}" fill="none" stroke="#222"/>'
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text x="{middle}" y="{floor + 42:.1f}" text-anchor="middle">{panel.axis}</text>'
    yield (f'<text transform="translate(20 {(TOP + floor) / 2:.1f}) rotate(-90)" text-anchor="middle">'
           f'share of pairs, per {panel.bin} of the axis</text>')


def curve(panel: Panel, series: Series) -> Iterator[str]:
    """A histogram as steps, filled lightly; gaps between bins go down to the axis."""
    floor, path, end = y(LOWEST), "", None
    for left, right, part in panel.shares(series):
        if end is None or abs(left - end) > 0.01:
            path += f"{'' if end is None else f'V{floor:.1f}'}M{left:.1f} {floor:.1f}"
        path += f"V{y(part):.1f}H{right:.1f}"
        end = right
    if path:
        path += f"V{floor:.1f}"
        yield (f'<path d="{path}" fill="{series.colour}" fill-opacity="0.1" stroke="{series.colour}"'
               ' stroke-width="1.6"/>')


def threshold(panel: Panel, score: int, says: str) -> Iterator[str]:
    """A dashed line with its name on top."""
    at = panel.x(score)
    yield f'<path d="M{at:.1f} {TOP - 8}V{y(LOWEST):.1f}" stroke="#222" stroke-dasharray="5 4"/>'
    yield f'<text x="{at:.1f}" y="{TOP - 14}" text-anchor="middle" font-size="12">{escape(says)}</text>'


def legend(panel: Panel) -> Iterator[str]:
    """What each colour is, in two columns below the axis."""
    for number, series in enumerate(panel.series):
        left, at = LEFT + number % 2 * 430, HEIGHT - BOTTOM + 58 + number // 2 * 22
        yield (f'<rect x="{left}" y="{at}" width="22" height="12" fill="{series.colour}" fill-opacity="0.25"'
               f' stroke="{series.colour}" stroke-width="1.6"/>')
        yield f'<text x="{left + 30}" y="{at + 11}">{series.says}</text>'
