"""Pages: one file each that needs nothing else, asks nothing of the network and runs no script."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from guerdon.metrics.stats import Estimate
from guerdon.report import figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    import jinja2


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


def write_page(template: str, path: str | Path, **shown: Any) -> Path:
    """Fill a template and write the page; returns its path. Every text is escaped."""
    page = _environment().get_template(template).render(**shown, **_style())
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8", errors="replace")
    return path


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
