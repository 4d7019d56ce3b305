"""Tables for the terminal, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from rich.table import Table
from rich.text import Text

from guerdon.metrics.stats import Estimate
from guerdon.report.accuracy import Accuracy
from guerdon.report.agreement import Agreement
from guerdon.report.figures import NONE, fixed, number, percent, shown, spread
from guerdon.report.summary import TOTAL, Reason, Summary

MAX_NAME = 34
"""Characters of a component's or group's name; a longer one is folded."""
STYLES = {"OK": "green", "MALFORMED": "yellow", "FAILED": "red", "UNREAD": "red"}
Align = Literal["left", "right"]


def table(title: str = "") -> Table:
    """An empty table in the one style that all have."""
    return Table(
        title=title or None, title_justify="left", title_style="bold", box=None, header_style="dim", pad_edge=False,
        padding=(0, 2, 0, 0),
    )  # fmt: skip


def add_columns(to: Table, left: Sequence[str] = (), right: Sequence[str] = ()) -> Table:
    """Columns of texts, folded where too long, then columns of figures, never broken."""
    for name in left:
        to.add_column(name, overflow="fold", max_width=MAX_NAME)
    for name in right:
        to.add_column(name, justify="right", no_wrap=True)
    return to


def scores_table(summaries: Sequence[Summary], title: str = "", first: str = "component") -> Table:
    """Rows, coverage, mean with its interval, extremes, and the statuses that occur."""
    troubles = [s for s in _statuses(summaries) if s not in ("OK", "SKIPPED")]
    names = [s.lower() for s in dict.fromkeys(["MALFORMED", *troubles, "FAILED"])]
    made = add_columns(table(title), [first], ["rows", "coverage", "mean", "95 % interval", "min", "max", *names])
    for s in summaries:
        figures = [f"{s.n:,}", percent(s.coverage), fixed(s.mean.mean) if s.mean else NONE, _interval(s)]
        counts = [f"{s.counts.get(name.upper(), 0):,}" for name in names]
        made.add_row(
            literal(s.name), *figures, number(s.low), number(s.high), *counts, style="bold" if s.name == TOTAL else None
        )
    return made


def reasons_table(reasons: Sequence[Reason]) -> Table:
    """Why rows were not plainly OK."""
    made = table("Reasons")
    made.add_column("rows", justify="right", no_wrap=True)
    made.add_column("status", no_wrap=True)
    made.add_column("component", overflow="fold", max_width=24)
    made.add_column("reason", overflow="fold")
    made.add_column("for example", overflow="fold", max_width=20)
    for r in reasons:
        status = Text(r.status.lower(), style=STYLES.get(r.status, ""))
        made.add_row(f"{r.rows:,}", status, literal(r.part), literal(r.text), literal(r.example))
    return made


def agreement_table(agreements: Sequence[Agreement], most: int) -> Table:
    """How often components are what the data recorded."""
    made = add_columns(
        table("Agreement with the data"), ["component", "column"], ["rows", "agree", "share", "95 % interval"]
    )
    for a in agreements:
        made.add_row(
            literal(a.part), literal(a.column), f"{a.n:,}", f"{a.agree:,}", percent(a.rate.mean), _share_interval(a.rate)
        )
        for d in a.differences[:most]:
            why = f" ({d.reason})" if d.reason else ""
            line = f"  row {d.key}: {number(d.value, 6)}, recorded {number(d.recorded, 6)}{why}"
            made.add_row(literal(line), style="dim")
    return made


def accuracy_table(rows: Sequence[Accuracy], title: str = "") -> Table:
    """Preference accuracy, ties counted half and wrong, with coverage and the share of ties."""
    right = ["ties half", "95 % interval", "ties wrong", "95 % interval", "ties", "coverage", "n"]
    made = add_columns(table(title), ["preference"], right)
    for a in rows:
        figures = [x for e in (a.half, a.wrong) for x in (percent(e.mean if e else None), _share_interval(e))]
        made.add_row(
            literal(a.name), *figures, percent(a.ties), percent(a.coverage), f"{a.n:,}", style="dim" if a.baseline else None
        )
    return made


def groups_table(groups: Mapping[str, Sequence[Accuracy]], by: str, ties: Literal["half", "wrong"]) -> Table:
    """Accuracy of the first preference within each group, beside the baselines, and the mean over groups."""
    names = [a.name for a in next(iter(groups.values()))]
    made = add_columns(table(f"By {by}, ties {ties}"), [by], ["n", "coverage", names[0], "95 % interval", *names[1:]])
    means: dict[str, list[float]] = {name: [] for name in names}
    for group, rows in groups.items():
        estimates = [getattr(a, ties) for a in rows]
        for name, e in zip(names, estimates, strict=True):
            means[name] += [e.mean] if e else []
        rest = [percent(e.mean if e else None) for e in estimates[1:]]
        first = [percent(estimates[0].mean if estimates[0] else None), _share_interval(estimates[0])]
        made.add_row(literal(group), f"{rows[0].n:,}", percent(rows[0].coverage), *first, *rest)
    macro = [percent(sum(values) / len(values) if values else None) for values in means.values()]
    made.add_row("mean of groups", "", "", macro[0], "", *macro[1:], style="bold")
    return made


def literal(text: str, most: int = 400) -> Text:
    """A text as it is: what data holds is neither markup nor control characters here."""
    return Text(shown(text, most)[0])


def _statuses(summaries: Sequence[Summary]) -> list[str]:
    return list(dict.fromkeys(name for s in summaries for name in s.counts))


def _interval(s: Summary) -> str:
    return spread(s) if s.mean else NONE


def _share_interval(e: Estimate | None) -> str:
    return NONE if e is None else f"{100 * e.low:.1f} to {100 * e.high:.1f}"
