"""The HTML report: one file that needs nothing else, asks nothing of the network and runs no script."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from guerdon.metrics.stats import Estimate
from guerdon.report import figures, plots
from guerdon.report.overview import Overview, overview
from guerdon.report.pictures import reading
from guerdon.report.samples import Highlight, highlighted, shelves
from guerdon.report.summary import STATUSES, Summary, columns
from guerdon.sample import Row
from guerdon.scores import Column, Scores

if TYPE_CHECKING:
    import jinja2

MAX_REASONS = 12
UNITS = {"sample": "rows", "comparison": "comparisons", "group": "rows", "set": "sets", "trajectory": "trajectories"}
MAX_GROUPS = 40
MAX_PANELS = 40
"""Components that are plotted; the table has all."""


class Entry(NamedTuple):
    """One line of a board."""

    name: str
    estimate: Estimate | None
    """None where there is no figure; then `note` says why."""
    coverage: float | None = None
    note: str = ""
    kind: str = ""
    """"baseline" is set back, "alert" stands out."""


@dataclass(frozen=True)
class Board:
    """Figures of one kind beside each other: responders under a reward, or a reward and its baselines."""

    title: str
    entries: Sequence[Entry]
    caption: str = ""
    spec: str = ""
    """The reward that the figures are by, if it is not that of the page."""
    share: bool = True
    """Whether the figures are shares, written as percentages."""

    @property
    def bounds(self) -> tuple[float, float]:
        """The scale: 0–1, or wider where the figures are."""
        ends = [x for e in self.entries if e.estimate for x in (e.estimate.low, e.estimate.high)]
        return min([0.0, *ends]), max([1.0, *ends])


class Panel(NamedTuple):
    """One component as it is plotted."""

    summary: Summary
    histogram: plots.Histogram | None
    times: plots.Histogram | None
    statuses: Sequence[plots.Slice]


def html(
    scores: Scores,
    rows: Sequence[Row],
    path: str | Path,
    *,
    title: str = "Scores",
    date: str = "",
    note: str = "",
    comparisons: Sequence[Board] = (),
    highlights: Sequence[Highlight] = (),
) -> Path:
    """Write a self-contained page on scores [n] of rows [n]; returns its path.

    It shows means with intervals and coverage, distributions, reasons, the worst and best samples with
    their pictures and boxes, and times; `comparisons` and `highlights` come before. Raises ContractError
    if there is not one row a score.
    """
    found = overview(scores, rows)
    return write(found, path, title=title, date=date, note=note, comparisons=comparisons, highlights=highlights)


def write(
    found: Overview,
    path: str | Path,
    *,
    title: str,
    date: str = "",
    note: str = "",
    comparisons: Sequence[Board] = (),
    highlights: Sequence[Highlight] = (),
) -> Path:
    """As `html`, for what has been gathered already."""
    scores, summaries = found.scores, found.summaries
    panels = [_panel(s, columns(scores)[s.name], scores) for s in summaries[:MAX_PANELS]]
    how = reading(scores.record)
    first = [highlighted(scores, found.rows, how, highlight) for highlight in highlights]
    shown = shelves(scores, found.rows, how)
    boards = comparisons or _group_board(found)
    page = _environment().get_template("page.html").render(
        title=title, date=date, note=note, spec=found.spec, boards=boards, units=UNITS[scores.over],
        record=json.dumps(scores.record, indent=2, ensure_ascii=False), total=summaries[0], summaries=summaries,
        panels=panels, clustered=found.clustered, reasons=found.reasons[:MAX_REASONS], agreements=found.agreements,
        statuses=[s.name for s in STATUSES if any(s.name in p.counts for p in summaries)],
        highlights=first, shelves=shown, drawn=any(c.has_boxes for s in [*first, *shown] for c in s.cards),
        timed=[panel for panel in panels if panel.times], **_style(),
    )  # fmt: skip
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8", errors="replace")
    return path


def _group_board(found: Overview) -> list[Board]:
    if not found.groups:
        return []
    entries = [Entry(g.name, g.mean, g.coverage, f"{g.n:,} {UNITS[found.scores.over]}") for g in found.groups]
    more = f"the first {MAX_GROUPS} of {len(entries):,} groups" if len(entries) > MAX_GROUPS else ""
    return [Board(f"By {found.by}", entries[:MAX_GROUPS], more, share=False)]


def _panel(summary: Summary, column: Column, scores: Scores) -> Panel:
    valued = column.values[~np.isnan(column.values)]
    seconds = np.empty(0) if column.seconds is None else column.seconds[~np.isnan(column.seconds)]
    return Panel(
        summary,
        plots.histogram(valued, scores.range if column is scores else None) if len(valued) else None,
        plots.time_histogram(seconds) if len(seconds) else None,
        plots.stacked(summary.counts),
    )


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("guerdon.report", "."), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters.update(
        number=figures.number, fixed=figures.fixed, percent=figures.percent, seconds=figures.seconds,
        spread=figures.spread, troubles=figures.troubles, figure=_figure, share=_length,
    )  # fmt: skip
    return made


@cache
def _style() -> dict[str, str]:
    """The style sheet, and its hash: the page allows this one alone, so none can be smuggled in."""
    from markupsafe import Markup

    style = (files("guerdon.report") / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {"style": Markup(style), "style_hash": Markup(f"sha256-{digest}")}


def _figure(entry: Entry, share: bool) -> str:
    mean = entry.estimate.mean if entry.estimate else None
    return figures.percent(mean) if share else figures.fixed(mean)


def _length(share: float) -> str:
    return f"{100 * share:.2f}%"
