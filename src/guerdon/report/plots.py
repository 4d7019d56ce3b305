"""Plots as plain geometry in a fixed drawing area; the template turns them into SVG."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor, log10
from typing import NamedTuple

import numpy as np

from guerdon.report import figures
from guerdon.report.figures import number, percent
from guerdon.scores import Floats

WIDTH, HEIGHT = 320.0, 110.0
"""Of the drawing area; labels lie below it."""
BINS = 32
LARGEST = 1e100
"""Beyond it a value stands at the end of the scale."""
FEW = 12
"""Up to so many different values are drawn one by one, if they lie apart; others are binned."""
NEAR = 12.0
"""How far apart they must lie."""
ROOM = 34.0
"""From which distance on there is room for a label."""


class Bar(NamedTuple):
    """One bar; `title` is what hovering shows."""

    x: float
    width: float
    height: float
    title: str
    label: str = ""


class Tick(NamedTuple):
    """A mark on the x axis."""

    x: float
    label: str


class Histogram(NamedTuple):
    """Bars, ticks, and where the mean lies."""

    bars: list[Bar]
    ticks: list[Tick]
    mean: float | None


class Slice(NamedTuple):
    """A part of a stacked bar, in shares of the whole."""

    start: float
    share: float
    name: str
    title: str


def histogram(values: Floats, bounds: tuple[float, float] | None = None) -> Histogram:
    """Finite values [n], n ≥ 1, over `bounds` where given and finite, else over 0–1 or what they span."""
    values = np.clip(values, -LARGEST, LARGEST)
    low, high = _span(values, bounds)
    mean = _place(float(values.mean()), low, high)
    distinct, counts = np.unique(values, return_counts=True)
    places = [_place(v, low, high) for v in distinct[: FEW + 1].tolist()]
    near = min((b - a for a, b in pairwise(places)), default=WIDTH)
    if len(distinct) <= FEW and near >= NEAR:
        bars = _separate(distinct.tolist(), counts.tolist(), places, near)
    else:
        counts, edges = np.histogram(values, BINS, (low, high))
        bars = _binned(counts.tolist(), [_place(e, low, high) for e in edges], [number(e) for e in edges])
    return Histogram(bars, [Tick(_place(x, low, high), number(x)) for x in round_ticks(low, high)], mean)


def time_histogram(seconds: Floats) -> Histogram:
    """Positive seconds [n], n ≥ 1, over powers of ten."""
    logs = np.log10(np.maximum(seconds, 1e-9))
    low, high = floor(logs.min()), ceil(logs.max())
    high = max(high, low + 1)
    counts, edges = np.histogram(logs, BINS, (low, high))
    bars = _binned(counts.tolist(), [_place(e, low, high) for e in edges], [figures.seconds(10**e) for e in edges])
    marks = range(low, high + 1, ceil((high - low) / 5))
    return Histogram(bars, [Tick(_place(m, low, high), figures.seconds(10.0**m)) for m in marks], None)


def stacked(counts: dict[str, int]) -> list[Slice]:
    """A bar of statuses, in the given order."""
    total = sum(counts.values())
    slices: list[Slice] = []
    for name, n in counts.items():
        start = slices[-1].start + slices[-1].share if slices else 0.0
        slices.append(Slice(start, n / total, name, f"{name}: {n:,} rows, {percent(n / total)}"))
    return slices


def _separate(values: Sequence[float], counts: Sequence[int], places: Sequence[float], near: float) -> list[Bar]:
    """A bar for each value, its share above it where there is room."""
    width = min(26.0, near * 0.7)
    total, most = sum(counts), max(counts)
    bars = []
    for x, n, value in zip(places, counts, values, strict=True):
        start = min(max(x - width / 2, 0.0), WIDTH - width)
        title = f"{number(value)}: {n:,} rows, {percent(n / total)}"
        bars.append(Bar(start, width, HEIGHT * n / most, title, percent(n / total, 0) if near >= ROOM else ""))
    return bars


def _binned(counts: Sequence[int], edges: Sequence[float], names: Sequence[str]) -> list[Bar]:
    most = max(counts)
    return [
        Bar(a + 0.5, b - a - 1.0, HEIGHT * n / most, f"{names[i]} to {names[i + 1]}: {n:,} rows")
        for i, (a, b, n) in enumerate(zip(edges, edges[1:], counts, strict=False))
        if n
    ]


def _span(values: Floats, bounds: tuple[float, float] | None) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    if bounds is not None and np.isfinite(bounds).all() and bounds[0] <= low and high <= bounds[1]:
        low, high = bounds
    elif low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    if high - low > 1e-9 * max(abs(low), abs(high)):
        return low, high
    margin = abs(low) / 2 or 0.5
    return low - margin, high + margin


def _place(x: float, low: float, high: float) -> float:
    return round(float((x - low) / (high - low)) * WIDTH, 2)


def round_ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers within bounds."""
    rough = (high - low) / 5
    power = 10.0 ** floor(log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = ceil(low / step - 1e-9)
    return [k * step for k in range(first, floor(high / step + 1e-9) + 1)]
