"""`REWARD_CARD.md`: what one reward came to on a benchmark, to be pasted to a hub, weaknesses and gaps included."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from guerdon.bench.answers import Protocol
from guerdon.bench.benchmark import Benchmark
from guerdon.bench.figures import Metric
from guerdon.bench.items import BenchError
from guerdon.bench.run import Entry, Results
from guerdon.metrics.stats import Estimate
from guerdon.report import benchmarks as tables
from guerdon.report.caveats import concerns, unmeasured, weaknesses
from guerdon.report.figures import NONE, percent, shown
from guerdon.report.panels import bias
from guerdon.report.summary import plain
from guerdon.scores import ContractError
from guerdon.spec import SpecError, from_tree

TASK = {"type": "reward-modeling", "name": "Reward modelling"}
ORDERS = {
    "both": "pairwise rewards see each pair in both orders",
    "given": "pairwise rewards see each pair in the order of the data",
    "drawn": "pairwise rewards see each pair in an order drawn by lot",
}
_MARKUP = re.compile(r"([\\`*_|<>\[\]])")


def reward_card(
    results: Results,
    name: str | None = None,
    *,
    audit: Mapping[str, Any] | None = None,
    command: str = "",
    date: str = "",
) -> str:
    """Markdown with front matter as hubs read it (`model-index`), on the entry of this name, by default the only one.

    `audit` is `guerdon.audit.Audit.to_dict()` of the same reward; `command` is what made the results. Raises
    BenchError where there is no such entry, or there are several and none is named.
    """
    entry = _entry(results, name)
    found = bias(results, entry) if entry.answers.placed else None
    parts = [
        f"---\n{_front_matter(results, entry)}---",
        f"# {_text(entry.name)}",
        *_what(entry),
        "## Figures",
        f"On {_text(results.benchmark.title)} ({len(results.questions):,} items), beside what needs no reward:",
        _figures(results, entry),
        *_groups(results, entry),
        *_official(results.benchmark, entry),
        *_audited(audit),
        "## Known weaknesses",
        _listed(weaknesses(results, entry, found, audit)) or "None was found by what was measured.",
        "## Not measured",
        _listed(unmeasured(results, entry, found, audit)),
        "## How it was measured",
        _listed(_how(results, entry, date)),
        *([_fenced(command)] if command else []),
    ]
    return "\n\n".join(parts) + "\n"


def _entry(results: Results, name: str | None) -> Entry:
    asked = {entry.name: entry for entry in results.asked}
    if name is None and len(asked) == 1:
        return next(iter(asked.values()))
    if name not in asked:
        what = f"there is no {name!r}" if name else "a card is of one reward"
        raise BenchError(f"{what}; there are: {', '.join(asked) or 'only baselines'}")
    return asked[name]


def _front_matter(results: Results, entry: Entry) -> str:
    import yaml

    benchmark, (hub, _, part) = results.benchmark, results.benchmark.hub.partition(":")
    metrics = [
        {"type": _slug(metric.name), "value": round(estimate.mean, 6), "name": _named(metric, estimate)}
        for metric, line in zip(benchmark.metrics, entry.lines, strict=True)
        if (estimate := line.overall.estimate) is not None
    ]  # fmt: skip
    data = {"name": benchmark.title, "type": hub or benchmark.name}
    data |= ({"config": part} if part else {}) | ({"split": benchmark.split} if benchmark.split else {})
    result = {"task": TASK, "dataset": data, "metrics": metrics}
    if benchmark.url:
        result["source"] = {"name": benchmark.name, "url": benchmark.url}
    front = {"library_name": "guerdon", "tags": ["reward", "reward-model", "guerdon"]}
    if hub:
        front["datasets"] = [hub]
    made: str = yaml.safe_dump(
        {**front, "model-index": [{"name": entry.name, "results": [result] if metrics else []}]},
        sort_keys=False, allow_unicode=True, width=1000,
    )  # fmt: skip
    return made


def _named(metric: Metric, estimate: Estimate) -> str:
    between = tables.interval(metric, estimate)
    unit = " %" if metric.share else ""
    return metric.name if between == NONE else f"{metric.name} (95 % interval {between}{unit}, n {estimate.n:,})"


def _what(entry: Entry) -> list[str]:
    if not entry.record:
        return ["Released outputs, read from a file."]
    try:
        spec = from_tree(entry.record).spec()
    except (SpecError, ContractError):  # a class of its own, or code that this process does not have
        spec = ""
    record = json.dumps(plain(entry.record), indent=2, ensure_ascii=False)
    return [*([_fenced(spec)] if spec else []), "With every setting:", _fenced(record, "json")]


def _figures(results: Results, entry: Entry) -> str:
    """Every metric of the entry, then of its baselines."""
    metrics = results.benchmark.metrics
    rows = []
    for one in [entry, *(e for e in results.entries if e.kind == "baseline" and concerns(e, entry))]:
        for metric, line in zip(metrics, one.lines, strict=True):
            found = line.overall
            coverage = percent(found.read / found.items if found.items else None)
            figure = tables.shown(metric, found.estimate)
            n = f"{found.estimate.n:,}" if found.estimate else "0"
            rows.append([one.name, metric.name, figure, tables.interval(metric, found.estimate), n, coverage])
    return _table(["", "metric", "figure", "95 % interval", "n", "coverage"], rows)


def _groups(results: Results, entry: Entry) -> list[str]:
    members = results.questions.members()
    if len(members) < 2:
        return []
    rows = []
    for name in members:
        metric, found = results.benchmark.metric(name), tables.group_figure(results, entry, name)
        rows.append([name, f"{found.items:,}", tables.shown(metric, found.estimate),
                     tables.interval(metric, found.estimate), tables.best_baseline(results, name)])  # fmt: skip
    macro = tables.shown(results.benchmark.metrics[0], entry.headline.macro)
    rows.append(["mean of groups", "", macro, tables.interval(results.benchmark.metrics[0], entry.headline.macro), ""])
    return [_table(["group", "n", "figure", "95 % interval", "best trivial baseline"], rows)]


def _official(benchmark: Benchmark, entry: Entry) -> list[str]:
    if not entry.official or benchmark.official is None:
        return []
    rows = [[name, tables.plainly(value)] for name, value in entry.official.items()]
    why = [_listed(benchmark.official.differs)] if benchmark.official.differs else []
    return ["## As the benchmark's own script counts", _table(["figure", "value"], rows), *why]


def _audited(audit: Mapping[str, Any] | None) -> list[str]:
    if audit is None:
        return []
    rows = [
        [f["check"], str(f["verdict"]).replace("_", " "), percent((f.get("rate") or {}).get("mean")), f["detail"]]
        for f in audit["findings"]
        if f["verdict"] != "not_applicable"
    ]
    return ["## Audit", _table(["check", "verdict", "share", "what was found"], rows)]


def _how(results: Results, entry: Entry, date: str) -> list[str]:
    benchmark = results.benchmark
    asked = [] if entry.kind == "outputs" or benchmark.protocol.asks == "steps" else [_protocol(results.protocol)]
    return [
        f"Benchmark: {benchmark.name}, {benchmark.url}; licence of the data: {benchmark.licence}.",
        *asked,
        "Intervals are 95 %: Wilson's for shares of single items, else bootstrapped over items or what they share.",
        *(f"{note[:1].upper()}{note[1:]}." for note in (*results.questions.notes, *entry.notes)),
        f"guerdon {version('guerdon')}, Python {platform.python_version()}, numpy {version('numpy')}"
        f"{f', {date}' if date else ''}.",
    ]  # fmt: skip


def _protocol(how: Protocol) -> str:
    times = f", {how.repeats} times" if how.repeats > 1 else ""
    return f"Protocol: {ORDERS[how.orders]}{times}."


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *([_text(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _listed(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {_text(sentence)}" for sentence in sentences)


def _text(value: Any) -> str:
    """As it is, on one line: what data holds is no markup here."""
    return _MARKUP.sub(r"\\\1", " ".join(shown(str(value), 500)[0].split()))


def _fenced(text: str, language: str = "") -> str:
    """A block of code, with a fence longer than any in it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
