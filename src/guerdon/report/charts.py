"""Charts with two axes as plain geometry in a fixed drawing area; the template turns them into SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from guerdon.metrics.calibration import Bin
from guerdon.report.figures import number, percent
from guerdon.report.plots import Tick, round_ticks

LEFT, RIGHT, TOP, BOTTOM = 40.0, 312.0, 8.0, 148.0
"""Of the area between the axes; tick labels lie outside."""


class Path(NamedTuple):
    """One line or area, in SVG path data."""

    data: str
    kind: str
    """Class of the style sheet."""
    title: str = ""


class Dot(NamedTuple):
    """One measured place with its interval, and what hovering shows."""

    x: float
    y: float
    low: float
    high: float
    title: str


class Chart(NamedTuple):
    """Paths from back to front, dots, and where the ticks are."""

    paths: list[Path]
    dots: list[Dot]
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    x_label: str


class Scale(NamedTuple):
    """From values to places along one axis."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """The place, held within the area."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + min(max(share, 0.0), 1.0) * (self.stop - self.start), 2)

    def ticks(self) -> list[Tick]:
        """A few round values."""
        return [Tick(self(x), number(x)) for x in round_ticks(self.low, self.high)]


def reliability(bins: Sequence[Bin]) -> Chart:
    """How often verdicts are right over how sure they are, ½–1, beside the diagonal on which both agree."""
    x = Scale(0.5, 1.0, LEFT, RIGHT)
    y = Scale(min(0.5, *(b.share.low for b in bins)), 1.0, BOTTOM, TOP)
    dots = [
        Dot(x(b.p), y(b.share.mean), y(b.share.low), y(b.share.high),
            f"{percent(b.p)} sure, {percent(b.share.mean)} right of {b.share.n:,}")
        for b in bins
    ]  # fmt: skip
    return Chart([Path(_line([(x(0.5), y(0.5)), (x(1.0), y(1.0))]), "guide")], dots, x.ticks(), y.ticks(), "how sure")


def curve(points: Sequence[Mapping[str, Any]], name: str, peak: Mapping[str, Any] | None = None) -> Chart:
    """One figure over √KL with its band; `peak` adds where it is highest, with the interval of that place.

    `points` and `peak` are those of `guerdon.audit.curves.Curve.to_dict`; `name` is "gold" or "proxy".
    """
    d = [float(point["sqrt_kl"]) for point in points]
    mean, low, high = ([float(point[f"{name}{end}"]) for point in points] for end in ("", "_low", "_high"))
    x, y = Scale(*_span([0.0, *d]), LEFT, RIGHT), Scale(*_span([*low, *high]), BOTTOM, TOP)
    middle, upper, lower = ([(x(a), y(b)) for a, b in zip(d, values, strict=True)] for values in (mean, high, low))
    paths = [Path(f"{_line([*upper, *reversed(lower)])}Z", "band"), Path(_line(middle), name)]
    if peak is not None and peak["within"]:
        at, *ends = (x(float(peak[f"sqrt_kl{end}"])) for end in ("", "_low", "_high"))
        box = [(ends[0], TOP), (ends[1], TOP), (ends[1], BOTTOM), (ends[0], BOTTOM)]
        where = Path(f"{_line(box)}Z", "where", "where the peak may be")
        paths = [where, *paths, Path(_line([(at, TOP), (at, BOTTOM)]), "guide", str(peak["says"]))]
    dots = [
        Dot(*place, place[1], place[1], f"{number(point['at'])}, √KL {number(point['sqrt_kl'])}: {number(value)}")
        for place, value, point in zip(middle, mean, points, strict=True)
    ]
    return Chart(paths, dots, x.ticks(), y.ticks(), "√KL")


def _line(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in places)


def _span(values: Sequence[float]) -> tuple[float, float]:
    """Least and greatest, apart even where all are the same."""
    low, high = min(values), max(values)
    margin = 0.0 if high > low else abs(low) / 2 or 0.5
    return low - margin, high + margin
