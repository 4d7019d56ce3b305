"""What a benchmark came to, as tables and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from guerdon.bench.benchmark import Benchmark
from guerdon.bench.figures import Figure, Line, Metric
from guerdon.bench.run import UNTELLING, Entry, Results
from guerdon.metrics.paired import compare_paired, items_needed
from guerdon.metrics.standings import LEVEL, Standing
from guerdon.metrics.stats import Estimate
from guerdon.report.accuracy import ALWAYS_FIRST
from guerdon.report.figures import NONE, fixed, percent
from guerdon.report.summary import NUMBER, plain
from guerdon.report.terminal import add_columns, literal, table

ENTRY = "reward"
WIDE = 4
"""Up to so many groups, or entries, stand side by side; more groups get a table of their own."""
MAX_GROUPS = 50
OFTEN_FIRST = 0.9
"""Share of right answers of the baseline "first" from which on the order of the data gives it away."""
MAX_REASONS = 3
"""Of one entry, among the notes."""


def heading(results: Results) -> str:
    """The benchmark and its items, each group with its size."""
    members = results.questions.members()
    sizes = ", ".join(f"{name} {len(index):,}" for name, index in members.items()) if len(members) > 1 else ""
    if len(members) > MAX_GROUPS:
        sizes = f"{len(members):,} groups"
    return f"{results.benchmark.name}: {len(results.questions):,} items{f' ({sizes})' if sizes else ''}"


def tables(results: Results) -> list[Table]:
    """The headline with groups and baselines, the other metrics, the official figures, and what to know."""
    made = [headline_table(results)]
    if len(results.standings) > 1:
        made.append(standings_table(results))
    if len(results.questions.members()) > WIDE:
        made += [groups_table(results, some) for some in _beside(results.asked or results.entries)]
    if len(results.benchmark.metrics) > 1:
        made.append(metrics_table(results))
    made += [official_table(some) for some in _beside([entry for entry in results.entries if entry.official])]
    return made


def headline_table(results: Results) -> Table:
    """The first metric: over all items with its interval, over groups, and how much was answered and read."""
    metric, members = results.benchmark.metrics[0], results.questions.members()
    beside = list(members) if 1 < len(members) <= WIDE else []
    macro = ["mean of groups"] if sum(map(metric.of, members)) > 1 else []
    made = add_columns(
        table(f"{metric.name}: {metric.about}"), [ENTRY], ["all", "95 % interval", *macro, *beside, "coverage"]
    )
    for entry in results.entries:
        line = entry.headline
        over = [shown(metric, line.macro)] if macro else []
        groups = [shown(results.benchmark.metric(g), group_figure(results, entry, g).estimate) for g in beside]
        made.add_row(
            literal(entry.name), shown(metric, line.overall.estimate), interval(metric, line.overall.estimate), *over,
            *groups, percent(_coverage(line.overall)), style=_style(entry),
        )  # fmt: skip
    return made


def standings_table(results: Results) -> Table:
    """Which places are sure: ranks, and p-values against the best entry and the best trivial baseline."""
    metric, n = results.benchmark.metrics[0], results.standings[0].credit.n
    made = add_columns(
        table(f"Standings on the {n:,} items that all answered"), [ENTRY],
        ["mean", "95 % interval", "rank", "p, best", "best baseline"],
    )  # fmt: skip
    made.add_column("not told apart from", overflow="fold")
    for one in results.standings:
        figures = [shown(metric, one.credit), interval(metric, one.credit), ranks(one), p_value(one.p_best)]
        made.add_row(literal(one.name), *figures, against_baseline(one), literal(", ".join(one.tied_with)))
    return made


def groups_table(results: Results, asked: Sequence[Entry]) -> Table:
    """The headline within each group, of some entries beside the best baseline there."""
    made = add_columns(table("By group"), ["group"], ["n", *(e.name for e in asked), "best baseline"])
    members = results.questions.members()
    for name in list(members)[:MAX_GROUPS]:
        metric = results.benchmark.metric(name)
        found = [group_figure(results, entry, name).estimate for entry in asked]
        counted = max((e.n for e in found if e), default=0)
        made.add_row(literal(name), f"{counted:,}", *(shown(metric, e) for e in found), best_baseline(results, name))
    if len(members) > MAX_GROUPS:
        made.caption = f"{len(members) - MAX_GROUPS:,} more groups are in --json"
    return made


def metrics_table(results: Results) -> Table:
    """Every metric of every entry, over all items that it is meant for."""
    metrics = results.benchmark.metrics
    made = add_columns(table("All metrics"), [ENTRY], [metric.name for metric in metrics])
    for entry in results.entries:
        cells = [shown(m, line.overall.estimate) for m, line in zip(metrics, entry.lines, strict=True)]
        made.add_row(literal(entry.name), *cells, style=_style(entry))
    return made


def official_table(counted: Sequence[Entry]) -> Table:
    """What the benchmark's own script prints of some entries."""
    names = list(dict.fromkeys(name for entry in counted for name in entry.official))
    made = add_columns(table("As the benchmark's own script counts"), ["figure"], [entry.name for entry in counted])
    for name in names:
        made.add_row(literal(name), *(plainly(entry.official.get(name)) for entry in counted))
    return made


def notes(results: Results) -> list[str]:
    """What a reader must know before quoting a figure."""
    official = results.benchmark.official
    counted = official is not None and any(entry.official for entry in results.entries)
    differs = [f"the script's figures: {why}" for why in official.differs] if official and counted else []
    silent = [f"{name}: {n:,} answers had no value: {reason}" for name, reason, n in unread(results)]
    metrics = [f"{m.name}: {m.about}" for m in results.benchmark.metrics[1:]]
    return [*undecided(results), *remarks(results), *metrics, *differs, *silent]


def remarks(results: Results) -> list[str]:
    """What there is to say of the data and of single entries."""
    placed = [_comes_first(e.headline.overall.estimate) for e in results.entries if e.name == "first"]
    mine = [f"{entry.name}: {note}" for entry in results.entries for note in entry.notes]
    return [*results.questions.notes, *filter(None, placed), *mine]


def undecided(results: Results) -> list[str]:
    """How many items it would take to tell the first two entries apart, where these ones do not."""
    if len(results.standings) < 2:
        return []
    first, second = results.standings[:2]
    if second.name not in first.tied_with:
        return []
    credits = results.credits()
    found = compare_paired(credits[first.name], credits[second.name], results.clusters)
    told = f"{first.name} and {second.name} are not told apart by {found.difference.n:,} items"
    if not found.difference.mean or not found.spread >= 0:
        return [f"{told}, on which they do equally well"]
    needed = items_needed(found.difference.mean, found.spread)
    return [f"{told}: if the difference is as it seems, about {needed:,.0f} would do in four runs of five"]


def unread(results: Results, of: Entry | None = None) -> list[tuple[str, str, int]]:
    """(entry, reason, answers): why answers of one entry, or of all, had no value; the most frequent reasons."""
    return [
        (entry.name, reason, n)
        for entry in ([of] if of else results.asked)
        for reason, n in list(_reasons(entry).items())[:MAX_REASONS]
    ]


def to_dict(results: Results) -> dict[str, Any]:
    """All figures, JSON-ready."""
    benchmark = results.benchmark
    found: dict[str, Any] = plain(
        {
            "benchmark": benchmark.name, "url": benchmark.url, "items": len(results.questions),
            "groups": {name: len(index) for name, index in results.questions.members().items()},
            "left_out": results.questions.left_out, "notes": [*undecided(results), *results.questions.notes],
            "differs": list(benchmark.official.differs) if benchmark.official else [],
            "standings": results.standings,
            "entries": [_entry(entry) for entry in results.entries],
        }
    )  # fmt: skip
    return found


def lines(results: Results) -> list[dict[str, Any]]:
    """One flat row an item: what every entry was credited with, by the headline."""
    credits, questions = results.credits(), results.questions
    return [
        {"id": key, "group": group, **{name: plain(credit[i]) for name, credit in credits.items()}}
        for i, (key, group) in enumerate(zip(questions.keys, questions.groups, strict=True))
    ]


def list_table(found: Sequence[Benchmark]) -> Table:
    """All benchmarks: what they are, and where their data is."""
    made = table()
    for name in ("name", "title", "data"):
        made.add_column(name, overflow="fold")
    for benchmark in found:
        made.add_row(benchmark.name, literal(benchmark.title), benchmark.hub or ", ".join(benchmark.files))
    return made


def group_figure(results: Results, entry: Entry, group: str) -> Figure:
    """What counts for a group: its own metric, if it has one."""
    metric = results.benchmark.metric(group)
    line = next(line for line in entry.lines if line.metric == metric.name)
    return figure_of(line, group)


def figure_of(line: Line, group: str) -> Figure:
    """A group's figure; empty where the metric is not meant for the group."""
    return line.groups.get(group, Figure(None, 0, 0, 0))


def best_baseline(results: Results, group: str) -> str:
    """The best trivial baseline in a group, with its figure."""
    found = best_trivial(results, group)
    return NONE if found is None else f"{found[0]} {shown(results.benchmark.metric(group), found[1])}"


def best_trivial(results: Results, group: str) -> tuple[str, Estimate] | None:
    """The trivial baseline with the best figure in a group; None where there is none."""
    found = [
        (entry.name, figure.estimate)
        for entry in results.entries
        if entry.kind == "baseline" and entry.name not in UNTELLING
        if (figure := group_figure(results, entry, group)).estimate
    ]
    return max(found, key=lambda pair: pair[1].mean, default=None)


def shown(metric: Metric, estimate: Estimate | None) -> str:
    """The figure, in percent where it is a share."""
    if estimate is None:
        return NONE
    return percent(estimate.mean) if metric.share else fixed(estimate.mean)


def interval(metric: Metric, estimate: Estimate | None) -> str:
    """Its interval; a dash where that has no width."""
    if estimate is None or estimate.low == estimate.high:
        return NONE
    if metric.share:
        return f"{100 * estimate.low:.1f} to {100 * estimate.high:.1f}"
    return f"{fixed(estimate.low)} to {fixed(estimate.high)}"


def _entry(entry: Entry) -> Mapping[str, Any]:
    return {
        "name": entry.name, "kind": entry.kind, "notes": entry.notes, "official": dict(entry.official),
        "record": dict(entry.record), "metrics": entry.lines, "reasons": _reasons(entry),
    }  # fmt: skip


def _reasons(entry: Entry) -> dict[str, int]:
    """Reasons that differ in numbers alone count as one, worded as the first of them."""
    worded: dict[str, str] = {}
    counts: dict[str, int] = {}
    for reason in entry.answers.reasons.values():
        line = " ".join(reason.split())
        first = worded.setdefault(NUMBER.sub("#", line), line)
        counts[first] = counts.get(first, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1])[:10])


def _coverage(figure: Figure) -> float | None:
    return figure.read / figure.items if figure.items else None


def ranks(one: Standing) -> str:
    """The ranks that the items leave plausible."""
    return f"{one.rank_low}" if one.rank_low == one.rank_high else f"{one.rank_low}–{one.rank_high}"


def against_baseline(one: Standing) -> str:
    """Whether it is better or worse than the best trivial baseline, and the p-value; empty without one."""
    if one.p_baseline is None or one.over_baseline is None:
        return ""
    told = "as good" if one.p_baseline > LEVEL else "better" if one.over_baseline > 0 else "worse"
    return f"{told}, {p_value(one.p_baseline)}"


def p_value(p: float | None) -> str:
    """A p-value; those that more draws would only make smaller are "<0.001".

    >>> p_value(0.0001), p_value(0.04312), p_value(1.0), p_value(None)
    ('<0.001', '0.043', '1', '–')
    """
    return NONE if p is None else "<0.001" if p < 0.001 else "1" if p == 1 else f"{p:.3f}"


def plainly(value: float | None) -> str:
    """A figure as the benchmark's own script would print it."""
    return NONE if value is None or value != value else f"{value:.2f}"


def _comes_first(found: Estimate | None) -> str:
    """What is to be said of where the preferred responses stand."""
    if found is None or found.mean < OFTEN_FIRST:
        return ""
    often = f"the preferred response comes first in {percent(found.mean)} of this data"
    return f"{ALWAYS_FIRST if found.mean == 1 else often}: whoever sees one order alone may have learned just that"


def _beside(entries: Sequence[Entry]) -> list[Sequence[Entry]]:
    """As many as fit beside each other, at a time."""
    return [entries[i : i + WIDE] for i in range(0, len(entries), WIDE)]


def _style(entry: Entry) -> str | None:
    return "dim" if entry.kind == "baseline" else None
