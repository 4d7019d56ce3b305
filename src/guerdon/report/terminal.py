"""Tables for the terminal, at most 100 columns wide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from itertools import islice
from typing import Literal

from rich.table import Table
from rich.text import Text

from guerdon.metrics.stats import Estimate
from guerdon.report.accuracy import Accuracy, Preferences
from guerdon.report.agreement import Agreement
from guerdon.report.figures import NONE, fixed, number, percent, shown, spread
from guerdon.report.overview import Overview
from guerdon.report.summary import TOTAL, Reason, Summary, macro_mean

MAX_NAME = 34
"""Characters of a component's or group's name; a longer one is folded."""
MAX_REASONS = 8
MAX_DIFFERENCES = 5
MAX_GROUPS = 50
"""Lines of a table; JSON has all."""
TELLING = ("constant", "longer", "shorter")
"""Baselines shown in groups: "first" follows from how the data is written, and "random" from luck."""
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


def tables(found: Overview) -> list[Table]:
    """Scores, reasons, groups and agreement, those there are."""
    made = [scores_table(found.summaries)]
    if found.reasons:
        made.append(reasons_table(found.reasons[:MAX_REASONS]))
    if found.groups:
        made.append(scores_table(found.groups[:MAX_GROUPS], f"By {found.by}", str(found.by)))
        made[-1].add_row("mean of groups", "", "", fixed(macro_mean(found.groups)), style="bold")
        made[-1].caption = _more(found.groups)
    if found.agreements:
        made.append(agreement_table(found.agreements))
        made += [differences_table(a) for a in found.agreements if a.differences]
    return made


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


def agreement_table(agreements: Sequence[Agreement]) -> Table:
    """How often components are what the data recorded."""
    right = ["rows", "agree", "share", "95 % interval"]
    made = add_columns(table("Agreement with the data"), ["component", "column"], right)
    for a in agreements:
        figures = [f"{a.n:,}", f"{a.agree:,}", percent(a.rate.mean), _share_interval(a.rate)]
        made.add_row(literal(a.part), literal(a.column), *figures)
    return made


def differences_table(found: Agreement) -> Table:
    """The first rows on which a component is not what the data recorded."""
    made = add_columns(table(f"Not {found.column}"), ["row"], [found.part, "recorded"])
    made.add_column("reason", overflow="fold")
    for d in found.differences[:MAX_DIFFERENCES]:
        made.add_row(literal(d.key), number(d.value, 6), number(d.recorded, 6), literal(d.reason))
    return made


def preference_tables(found: Preferences, by: str | None, ties: Literal["half", "wrong"]) -> list[Table]:
    """Accuracy beside the baselines, and within groups."""
    made = [accuracy_table(found.table())]
    if by is not None:
        made.append(groups_table(found.groups(by), by, ties))
    return made


def accuracy_table(rows: Sequence[Accuracy]) -> Table:
    """Preference accuracy, ties counted half and wrong, with coverage and the share of ties."""
    right = ["ties half", "95 % interval", "ties wrong", "95 % interval", "ties", "coverage", "n"]
    made = add_columns(table(), ["preference"], right)
    for a in rows:
        figures = [x for e in (a.half, a.wrong) for x in (_share(e), _share_interval(e))]
        style = "dim" if a.baseline else None
        made.add_row(literal(a.name), *figures, percent(a.ties), percent(a.coverage), f"{a.n:,}", style=style)
    notes = "; ".join(f"{a.name}: {a.note}" for a in rows if a.note)
    made.caption, made.caption_justify = notes or None, "left"
    return made


def groups_table(groups: Mapping[str, Sequence[Accuracy]], by: str, ties: Literal["half", "wrong"]) -> Table:
    """Accuracy within each group beside the best of the baselines there, and the mean over groups."""
    name = next(iter(groups.values()))[0].name
    made = add_columns(
        table(f"By {by}, a tie counts {ties}"), [by], ["n", "coverage", name, "95 % interval", "best baseline"]
    )
    estimates: list[Estimate | None] = [getattr(rows[0], ties) for rows in groups.values()]
    for (group, (first, *rest)), estimate in islice(zip(groups.items(), estimates, strict=True), MAX_GROUPS):
        best = max((a for a in rest if a.name in TELLING), key=lambda a: getattr(a, ties).mean)
        figures = [f"{first.n:,}", percent(first.coverage), _share(estimate), _share_interval(estimate)]
        made.add_row(literal(group), *figures, f"{best.name} {_share(getattr(best, ties))}")
    means = [e.mean for e in estimates if e]
    made.add_row("mean of groups", "", "", percent(sum(means) / len(means) if means else None), style="bold")
    made.caption = _more(groups)
    return made


def _more(groups: Sized) -> str | None:
    left = len(groups) - MAX_GROUPS
    return f"{left:,} more groups are in --json" if left > 0 else None


def literal(text: str, most: int = 400) -> Text:
    """A text as it is: what data holds is neither markup nor control characters here."""
    return Text(shown(text, most)[0])


def _statuses(summaries: Sequence[Summary]) -> list[str]:
    return list(dict.fromkeys(name for s in summaries for name in s.counts))


def _interval(s: Summary) -> str:
    return spread(s) if s.mean else NONE


def _share(e: Estimate | None) -> str:
    return percent(e.mean if e else None)


def _share_interval(e: Estimate | None) -> str:
    return NONE if e is None or e.low == e.high else f"{100 * e.low:.1f} to {100 * e.high:.1f}"
