"""The HTML report: one file that needs nothing else, asks nothing of the network and runs no script."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

import numpy as np

from guerdon.metrics.stats import Estimate
from guerdon.report import figures, plots
from guerdon.report.pictures import Picture, Reading, pictures, reading
from guerdon.report.summary import Reason, Summary, clusters, columns, reasons, summarise
from guerdon.sample import Row, cell
from guerdon.scores import STATUS_NAMES, Column, ContractError, Scores, Status
from guerdon.spec import SpecError, from_tree

if TYPE_CHECKING:
    import jinja2

SAMPLES = 6
"""Shown of the best, and of the worst."""
MAX_TEXT = 1600
"""Characters of a response that are shown."""
MAX_REASONS = 12
MAX_PARTS = 40
"""Components that get a plot of their own."""


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
    """Figures of the same kind beside each other, such as responders under a reward, or a reward and baselines."""

    title: str
    entries: Sequence[Entry]
    caption: str = ""
    share: bool = True
    """Whether the figures are shares, shown as percentages on a scale from 0 to 1."""


class Text(NamedTuple):
    """The beginning of a text, and how many characters more it has."""

    head: str
    cut: int


class Part(NamedTuple):
    """One component of a sample."""

    name: str
    value: str
    status: str
    reason: str


class Card(NamedTuple):
    """One sample as it is shown."""

    key: str
    value: str
    status: str
    reason: str
    parts: Sequence[Part]
    prompt: Text
    response: Text
    answer: Text
    pictures: Sequence[Picture]


class Panel(NamedTuple):
    """One component as it is shown."""

    summary: Summary
    histogram: plots.Histogram | None
    times: plots.Histogram | None
    statuses: Sequence[plots.Slice]
    why: str
    """Why there is no mean, where there is none."""


def html(
    scores: Scores,
    rows: Sequence[Row],
    path: str | Path,
    *,
    title: str = "Scores",
    date: str = "",
    comparisons: Sequence[Board] = (),
    note: str = "",
) -> Path:
    """Write a self-contained page on scores [n] of rows [n]; returns its path.

    It shows means with intervals and coverage, distributions, reasons, the best and worst samples with
    their pictures and boxes, and times. Raises ContractError if there is not one row a score.
    """
    if len(rows) != len(scores):
        raise ContractError(f"a report needs a row a score, not {len(rows)} rows for {len(scores)} scores")
    view = {
        "title": title, "date": date, "note": note, "boards": comparisons, "spec": spec_text(scores.record),
        "record": json.dumps(scores.record, indent=2, ensure_ascii=False), "over": scores.over,
        "panels": _panels(scores, clusters(rows)), "reasons": reasons(scores, MAX_REASONS),
        "samples": _samples(scores, rows),
    }  # fmt: skip
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(view), encoding="utf-8", errors="replace")
    return path
