"""The page of `guerdon score`: what a reward gave, in figures, plots and samples."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from guerdon.report import plots
from guerdon.report.overview import Overview, overview
from guerdon.report.pictures import reading
from guerdon.report.samples import Highlight, highlighted, shelves
from guerdon.report.summary import STATUSES, Summary, columns
from guerdon.report.template import Board, Entry, write_page
from guerdon.sample import Row
from guerdon.scores import Column, Scores

MAX_REASONS = 12
UNITS = {"sample": "rows", "comparison": "comparisons", "group": "rows", "set": "sets", "trajectory": "trajectories"}
MAX_GROUPS = 40
MAX_PANELS = 40
"""Components that are plotted; the table has all."""


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
    return write_page(
        "page.html", path, title=title, date=date, note=note, spec=found.spec, boards=boards, units=UNITS[scores.over],
        record=json.dumps(scores.record, indent=2, ensure_ascii=False), total=summaries[0], summaries=summaries,
        panels=panels, clustered=found.clustered, reasons=found.reasons[:MAX_REASONS], agreements=found.agreements,
        statuses=[s.name for s in STATUSES if any(s.name in p.counts for p in summaries)],
        highlights=first, shelves=shown, drawn=any(c.has_boxes for s in [*first, *shown] for c in s.cards),
        timed=[panel for panel in panels if panel.times],
    )  # fmt: skip


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
