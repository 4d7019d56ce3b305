"""What is to be said against an entry of a benchmark: weaknesses that its figures show, and what they do not show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guerdon.bench.run import UNTELLING, Entry, Results
from guerdon.report import benchmarks as tables
from guerdon.report.figures import percent
from guerdon.report.panels import Bias, Calibration, calibration

OFTEN = 0.05
"""Share from which ties, changed verdicts and calibration errors are worth a line."""
LISTED = 8
"""Groups that a line names."""
WRONG_PAIR = ", wrong pair"
"""Ends the name of the baseline that is the same reward under the prompt and pictures of another item."""


def weaknesses(results: Results, entry: Entry, found: Bias | None, audit: Mapping[str, Any] | None) -> list[str]:
    """What the figures say against an entry, a sentence each."""
    made = [*_against_baselines(results, entry), *_against_groups(results, entry)]
    overall = entry.headline.overall
    if overall.read < overall.answered:
        unread = 1 - overall.read / overall.answered
        why = "; ".join(reason for _, reason, _ in tables.unread(results, entry))
        made.append(f"{percent(unread)} of its answers could not be read{f' ({why})' if why else ''}.")
    if found is not None:
        made += _against_bias(found)
    told = calibration(results, entry) if entry.answers.placed else ""
    if isinstance(told, Calibration) and told.kind == "stated" and told.before > OFTEN:
        made.append(f"Its probabilities are off by {percent(told.before)} on average (expected calibration error).")
    failed = [f for f in (audit or {}).get("findings", ()) if f["verdict"] in ("fail", "weak")]
    return made + [f"Audit, {f['check']}: {f['verdict']}; {f['detail']}." for f in failed]


def unmeasured(results: Results, entry: Entry, found: Bias | None, audit: Mapping[str, Any] | None) -> list[str]:
    """What a reader could think was measured and was not, a sentence each."""
    made = []
    if entry.kind == "outputs":
        made.append("The reward itself was not run: these are outputs from a file, and who made them was not checked.")
    if audit is None:
        made.append("No audit was run: its contract, and attacks on it, were not tested.")
    if not any(other.name == entry.name + WRONG_PAIR for other in results.entries):
        made.append("Whether it looks: it was not asked under the prompt and pictures of another item.")
    if entry.kind == "outputs" and (found is None or found.flips is None):
        made.append("Whether its verdicts change when two responses change places.")
    if found is None or found.lean is None:
        made.append("Whether it leans to longer responses.")
    overall = entry.headline.overall
    if overall.answered < overall.items:
        made.append(f"{overall.items - overall.answered:,} of {overall.items:,} items, which were not answered.")
    if left_out := sum(results.questions.left_out.values()):
        made.append(f"{left_out:,} rows of the data, which are no items.")
    return [*made, "What becomes of it when a policy is optimised against it.", "Any data but this benchmark's."]


def concerns(baseline: Entry, entry: Entry) -> bool:
    """Whether a baseline is one for this entry."""
    return not baseline.name.endswith(WRONG_PAIR) or baseline.name == entry.name + WRONG_PAIR


def _against_baselines(results: Results, entry: Entry) -> list[str]:
    metric, mine = results.benchmark.metrics[0], entry.headline.overall.estimate
    made = []
    for other in results.entries:
        theirs = other.headline.overall.estimate
        if other.kind != "baseline" or other.name in UNTELLING or not concerns(other, entry) or not (mine and theirs):
            continue
        figures = f"{tables.shown(metric, theirs)} against {tables.shown(metric, mine)}"
        if other.name.endswith(WRONG_PAIR):
            if theirs.high >= mine.low:
                made.append(f"Under the prompt and pictures of another item it does about as well: {figures}.")
        elif theirs.mean >= mine.mean:
            made.append(f"It is no better than the baseline {other.name}: {figures}.")
        elif theirs.mean >= mine.low:
            made.append(f"It is not clearly better than the baseline {other.name}: {figures}.")
    return made


def _against_groups(results: Results, entry: Entry) -> list[str]:
    members = results.questions.members()
    worse = []
    for name in members if len(members) > 1 else ():
        mine, best = tables.group_figure(results, entry, name).estimate, tables.best_trivial(results, name)
        if mine and best and best[1].mean >= mine.mean:
            worse.append(name)
    if not worse:
        return []
    more = f" and {len(worse) - LISTED} more" if len(worse) > LISTED else ""
    return [
        f"In {len(worse)} of {len(members)} groups a trivial baseline is as good: {', '.join(worse[:LISTED])}{more}."
    ]


def _against_bias(found: Bias) -> list[str]:
    made = []
    if found.ties.mean > OFTEN:
        made.append(f"It gives both responses of {percent(found.ties.mean)} of pairs the same value.")
    lean = found.lean
    if lean is not None and found.longer and found.shorter and not lean.low <= 0 <= lean.high:
        longer, shorter = percent(found.longer.mean), percent(found.shorter.mean)
        made.append(
            f"It leans to {'longer' if lean.mean > 0 else 'shorter'} responses: it prefers the better one in {longer} "
            f"of pairs where that is the longer one, and in {shorter} where it is the shorter one."
        )
    if found.flips is not None and found.flips.mean > OFTEN:
        made.append(f"{percent(found.flips.mean)} of its verdicts change when the two responses change places.")
    if found.first is not None and not found.first.low <= 0.5 <= found.first.high:
        made.append(f"It prefers the response that is shown first {percent(found.first.mean)} of the time.")
    return made
