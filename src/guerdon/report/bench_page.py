"""The page of `guerdon bench`: a leaderboard with its intervals, and all that stands behind the figure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from guerdon.bench.run import UNTELLING, Results
from guerdon.metrics.stats import Estimate
from guerdon.report import benchmarks as tables
from guerdon.report.charts import Chart, curve, reliability
from guerdon.report.disagreements import disagreements
from guerdon.report.figures import NONE, fixed, number, percent
from guerdon.report.panels import Calibration, Information, biases, calibration, information, total
from guerdon.report.plots import Slice
from guerdon.report.summary import plain
from guerdon.report.template import Board, Entry, write_page

MAX_GROUPS = 40
"""Boards; `--json` has all groups."""
FIRST = 3
"""Items of the disagreements browser that stand open."""
KINDS = {"right": "all right", "wrong": "all wrong", "alike": "all alike in between", "apart": "told apart",
         "unanswered": "not answered"}  # fmt: skip
"""Parts of `Information`, by which the style sheet knows them too."""
VERDICTS = {"pass": "OK", "weak": "MALFORMED", "fail": "FAILED", "not_applicable": "INAPPLICABLE"}
"""The colours of verdicts are those of statuses."""
ORDER = list(VERDICTS.values())


class Leader(NamedTuple):
    """One line of the leaderboard."""

    rank: str
    name: str
    kind: str
    figure: str
    estimate: Estimate | None
    interval: str
    macro: str
    coverage: str
    equals: str
    """Those that it is not told apart from."""
    against: str
    """The best trivial baseline: better, worse or as good, and the p-value."""


class Finding(NamedTuple):
    """One check of an audit."""

    check: str
    verdict: str
    colour: str
    rate: str
    detail: str
    examples: str


class Audited(NamedTuple):
    """What an audit found of one reward."""

    reward: str
    counts: str
    findings: list[Finding]
    """The worst first."""
    idle: list[Finding]
    """Of checks that do not apply."""


class Optimised(NamedTuple):
    """Gold and proxy while the proxy is optimised."""

    name: str
    how: str
    gold: Chart
    proxy: Chart
    says: str


def bench_html(
    results: Results,
    path: str | Path,
    *,
    date: str = "",
    command: str = "",
    audits: Sequence[Mapping[str, Any]] = (),
    curves: Sequence[Mapping[str, Any]] = (),
) -> Path:
    """Write a self-contained page on a benchmark's results; returns its path.

    `audits` are `guerdon.audit.Audit.to_dict()` of rewards, `curves` `Curve.to_dict()` of the over-optimisation
    laboratory; both are shown where given. `command` is what made the results.
    """
    benchmark, questions = results.benchmark, results.questions
    chosen = results.placed if benchmark.protocol.asks == "responses" else []
    told = [(entry.name, calibration(results, entry)) for entry in chosen]
    charts = [(one, reliability(one.bins)) for _, one in told if isinstance(one, Calibration)]
    informed = information(results)
    cards = disagreements(results)
    return write_page(
        "bench.html", path, title=benchmark.title, date=date, command=command, benchmark=benchmark,
        about=benchmark.about.strip().partition("\n\n")[0], tiles=_tiles(results), leaders=_leaders(results),
        bounds=_bounds(results), ranked=bool(results.standings), undecided=tables.undecided(results),
        boards=_boards(results), groups=len(questions.members()), metrics=_metrics(results),
        official=_official(results), biases=biases(results), calibrations=charts,
        uncalibrated=[(name, why) for name, why in told if isinstance(why, str)],
        informed=[(one, _slices(one)) for one in ([total(informed)] if len(informed) > 1 else []) + informed],
        kinds=KINDS, audits=[_audited(audit) for audit in audits], curves=[_optimised(one) for one in curves],
        cards=cards, between=sum(card.between for card in cards), open=FIRST, reasons=tables.unread(results),
        published=[_published(one) for one in benchmark.published], notes=tables.remarks(results),
        records=[(entry.name, _json(entry.record)) for entry in results.asked if entry.record],
    )  # fmt: skip


def audit_html(
    audit: Mapping[str, Any], path: str | Path, *, date: str = "", curves: Sequence[Mapping[str, Any]] = ()
) -> Path:
    """Write a self-contained page on one audit and on curves of over-optimisation; returns its path.

    Both are as for `bench_html`; an empty audit leaves the curves alone.
    """
    shown: dict[str, Any] = {"audit": None, "note": "", "record": ""}
    if audit:
        whose = "rows of its user" if audit["source"] == "given" else "rows of guerdon's own World"
        note = f"{audit['rows']:,} {whose}, {audit['asked']:,} responses scored in {number(audit['seconds'])} s."
        shown = {"audit": _audited(audit), "note": note, "record": _json(audit["record"])}
    title = "Audit of a reward" if audit else "A reward optimised"
    return write_page("audit.html", path, title=title, date=date, curves=[_optimised(one) for one in curves], **shown)


def _tiles(results: Results) -> list[tuple[str, str, str]]:
    """(what, figure, small print), four of them."""
    metric, members = results.benchmark.metrics[0], results.questions.members()
    ranked = sorted(results.entries, key=lambda e: -_mean(e.headline.overall.estimate))
    best = next((e for e in ranked if e.kind != "baseline"), None)
    trivial = next((e for e in ranked if e.kind == "baseline" and e.name not in UNTELLING), None)
    told = [(f"Best {metric.name}", best), ("Best trivial baseline", trivial)]
    left_out = sum(results.questions.left_out.values())
    sizes = f"{len(members):,} groups" if len(members) > 1 else ""
    more = ", ".join(text for text in (sizes, f"{left_out:,} rows left out" if left_out else "") if text)
    read = [e.headline.overall for e in results.asked if e.headline.overall.items]
    least = min((f.read / f.items for f in read), default=None)
    return [
        ("Items", f"{len(results.questions):,}", more),
        *(
            (what, tables.shown(metric, e.headline.overall.estimate if e else None), e.name if e else "none")
            for what, e in told
        ),
        ("Least coverage", percent(least), "of answers that could be read"),
    ]


def _mean(estimate: Estimate | None) -> float:
    return estimate.mean if estimate else -1e300


def _leaders(results: Results) -> list[Leader]:
    metric, standings = results.benchmark.metrics[0], {one.name: one for one in results.standings}
    made = []
    for entry in sorted(results.entries, key=lambda e: (e.kind == "baseline", -_mean(e.headline.overall.estimate))):
        overall, standing = entry.headline.overall, standings.get(entry.name)
        rank, against, equals = "", "", ""
        if standing is not None:
            rank, against = tables.ranks(standing), tables.against_baseline(standing)
            equals = ", ".join(standing.tied_with)
        figure, macro = (tables.shown(metric, e) for e in (overall.estimate, entry.headline.macro))
        coverage = percent(overall.read / overall.items if overall.items else None)
        between = tables.interval(metric, overall.estimate)
        made.append(
            Leader(rank, entry.name, entry.kind, figure, overall.estimate, between, macro, coverage, equals, against)
        )
    return made


def _bounds(results: Results) -> tuple[float, float]:
    figures = [e.headline.overall.estimate for e in results.entries]
    return Board("", [Entry("", figure) for figure in figures]).bounds


def _boards(results: Results) -> list[Board]:
    """The headline within each group, of every entry beside the best trivial baseline there."""
    members = results.questions.members()
    if len(members) < 2:
        return []
    made = []
    for name, index in list(members.items())[:MAX_GROUPS]:
        metric = results.benchmark.metric(name)
        figures = [(entry, tables.group_figure(results, entry, name)) for entry in results.asked]
        lines = [Entry(e.name, f.estimate, f.read / f.items if f.items else None) for e, f in figures]
        trivial = tables.best_trivial(results, name)
        if trivial is not None:
            lines.append(Entry(trivial[0], trivial[1], kind="baseline"))
        caption = f"n = {len(index):,}" + (f", {metric.name}" if metric != results.benchmark.metrics[0] else "")
        made.append(Board(name, lines, caption, share=metric.share))
    return made


def _metrics(results: Results) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(entry, kind, [(figure, interval)]) over the metrics."""
    metrics = results.benchmark.metrics
    return [
        (
            entry.name, entry.kind,
            [(tables.shown(m, line.overall.estimate), tables.interval(m, line.overall.estimate))
             for m, line in zip(metrics, entry.lines, strict=True)],
        )
        for entry in results.entries
    ]  # fmt: skip


def _official(results: Results) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """(entries, [(figure, values)]) as the benchmark's own script counts."""
    counted = [entry for entry in results.entries if entry.official]
    names = dict.fromkeys(name for entry in counted for name in entry.official)
    rows = [(name, [tables.plainly(entry.official.get(name)) for entry in counted]) for name in names]
    return [entry.name for entry in counted], rows


def _slices(one: Information) -> list[Slice]:
    counts = [(kind, getattr(one, kind)) for kind in KINDS]
    whole = sum(n for _, n in counts)
    made: list[Slice] = []
    for kind, n in counts:
        start = made[-1].start + made[-1].share if made else 0.0
        made.append(Slice(start, n / whole, kind, f"{KINDS[kind]}: {n:,} items, {percent(n / whole)}"))
    return made


def _audited(audit: Mapping[str, Any]) -> Audited:
    findings = [_finding(finding) for finding in audit["findings"]]
    counts = ", ".join(f"{n} {verdict.replace('_', ' ')}" for verdict, n in audit["verdicts"].items())
    told = sorted((f for f in findings if f.colour != "INAPPLICABLE"), key=lambda f: -ORDER.index(f.colour))
    return Audited(str(audit["reward"]), counts, told, [f for f in findings if f.colour == "INAPPLICABLE"])


def _finding(found: Mapping[str, Any]) -> Finding:
    rate, verdict = found.get("rate"), str(found["verdict"])
    shown = NONE if not rate or rate["mean"] is None else percent(rate["mean"])
    if rate and rate["mean"] is not None and rate["low"] != rate["high"]:
        shown += f" ({100 * rate['low']:.0f} to {100 * rate['high']:.0f}, n {rate['n']:,})"
    examples = "\n".join(json.dumps(plain(one), ensure_ascii=False, default=str) for one in found.get("examples") or ())
    return Finding(
        str(found["check"]), verdict.replace("_", " "), VERDICTS.get(verdict, "INAPPLICABLE"), shown,
        str(found["detail"]), examples if verdict in ("weak", "fail") else "",
    )  # fmt: skip


def _optimised(one: Mapping[str, Any]) -> Optimised:
    peak, points = one.get("peak"), one["points"]
    how = {"best_of_n": "best of n", "policy_gradient": "policy gradient"}.get(str(one["how"]), str(one["how"]))
    left_out = f", {one['left_out']:,} candidates without a value left out" if one.get("left_out") else ""
    law = f" Gao et al.'s law for the whole curve has R² {fixed(peak['r2'])}." if peak else ""
    return Optimised(
        str(one["name"]), f"{how} over {one['units']:,} prompts or seeds{left_out}", curve(points, "gold", peak),
        curve(points, "proxy"), f"{peak['says']}.{law}" if peak else "Too few points for a peak.",
    )  # fmt: skip


def _published(one: Any) -> tuple[str, str, Sequence[str], list[list[str]]]:
    rows = [[cell if isinstance(cell, str) else tables.plainly(cell) for cell in row] for row in one.rows]
    return one.caption, one.source, one.columns, rows


def _json(value: Any) -> str:
    return json.dumps(plain(value), indent=2, ensure_ascii=False, default=str)
