"""Contract: the same row gets the same value however it is asked for, with a status that goes with it."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

import numpy as np

from guerdon.audit.check import Finding, Verdict, check, never, percent, seldom, share, shown
from guerdon.audit.forms import PADDING, added
from guerdon.audit.subject import Subject, score_units
from guerdon.audit.trials import seal
from guerdon.reward import Reward
from guerdon.scores import Column, ContractError, Status
from guerdon.worker import Worker, WorkerDied, WorkerTimeout

RELATIVE, ABSOLUTE = 1e-5, 1e-8
"""By how much equal values may differ: single precision, summed in another order."""
ALONE = 24
"""Blocks that are scored one by one, and rows that are sent to another process."""
THREADS = 4
SLOW, TOO_SLOW = 0.05, 1.0
"""Seconds a row from which a rule holds up an asynchronous host, and 1 000 rows take a quarter of an hour."""
SLOW_JUDGE, TOO_SLOW_JUDGE = 10.0, 60.0
"""The same of a judge, which is asked many rows at once."""
EXTREME = 20
"""Rows on which nothing and a very long response are tried, and how long that is, in sentences by three."""
PATIENCE = 30.0
"""Seconds for what is done in another process."""


def alike(a: Column, b: Column) -> list[bool]:
    """Row by row, whether two results have one status, and values no further apart than rounding."""
    near = np.isclose(a.values, b.values, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
    same: list[bool] = (near & (a.status == b.status)).tolist()
    return same


def _compared(expected: Column, found: Column, how: str) -> Finding:
    if not len(expected):
        return Finding("not_applicable", "there is nothing to score")
    same = alike(expected, found)
    rate = share(not x for x in same)
    differing = [
        {"result": i, "at first": _told(expected, i), how: _told(found, i)} for i, ok in enumerate(same) if not ok
    ]
    detail = f"{percent(rate)} results are others {how}" if differing else f"all {rate.n} results are the same {how}"
    return Finding(never(rate), detail, rate, shown(differing))


def _told(column: Column, i: int) -> Any:
    value = float(column.values[i])
    return value if value == value else Status(int(column.status[i])).name


@check(
    "contract.determinism",
    question="Does the same row get the same value twice?",
    source="MME-CoT issue 6: one judge, 20 points apart between runs",
    needs=("determinism",),
)
def determinism(subject: Subject) -> Finding:
    """Scores the honest rows a second time."""
    return _compared(subject.honest, subject.score(subject.units), "the second time")


@check(
    "contract.order",
    question="Does a value depend on where its row stands?",
    source="Gymnasium's environment checker and torchmetrics' tester, for rewards",
    needs=("determinism",),
)
def order(subject: Subject) -> Finding:
    """Scores the honest rows backwards; groups and sets stay together."""
    index = [i for block in reversed(subject.blocks) for i in reversed(block)]
    found = subject.score([subject.units[i] for i in index])
    one_each = len(found) == len(index)  # of a set there is one, in the order of the sets
    return _compared(
        subject.honest, found.take(np.argsort(index) if one_each else range(len(found))[::-1]), "backwards"
    )


@check(
    "contract.batch",
    question="Does a row scored alone get what it gets among others?",
    source="reward-bench issue 137: accuracy 0.429, 0.476, 0.480 with batches of 1, 2, 3",
    needs=("determinism",),
)
def batch(subject: Subject) -> Finding:
    """Scores rows, groups or sets one by one."""
    alone = [subject.score([subject.units[i] for i in block]) for block in subject.blocks[:ALONE]]
    found = Column.empty(sum(map(len, alone)))
    start = 0
    for part in alone:
        found.scatter(np.arange(start, start + len(part)), part)
        start += len(part)
    return _compared(subject.honest.take(subject.outputs(ALONE)), found, "alone")


@check(
    "contract.threads",
    question="Do threads that score at the same time get the same values?",
    source="Math-Verify issues 50 and 55, TRL pull request 5281: timeouts that work in the main thread alone",
    needs=("determinism",),
)
def threads(subject: Subject) -> Finding:
    """Scores the honest rows in four threads at once."""
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda _: subject.score(subject.units), range(THREADS)))
    worst = min(found, key=lambda column: sum(alike(subject.honest, column)))
    return _compared(subject.honest, worst, "in threads")


@check(
    "contract.process",
    question="Can it be sent to another process, and is it the same there?",
    source="TRL's asynchronous GRPO and verl's reward managers, which pickle rewards",
)
def process(subject: Subject) -> Finding:
    """Pickles the reward and scores some rows in a new process."""
    try:
        pickle.dumps(subject.reward)
    except Exception as error:  # what a reward holds may raise anything when it is pickled
        return Finding("fail", f"it cannot be pickled: {error}")
    units = [subject.units[i] for block in subject.blocks[:ALONE] for i in block]
    try:
        with Worker() as worker:
            found = elsewhere(subject, worker, units)
    except (WorkerTimeout, WorkerDied, ContractError, ImportError, AttributeError, TypeError) as error:
        return Finding("fail", f"in another process: {error}")
    if not subject.reward.deterministic:
        return Finding("pass", f"it can be sent, and scored {len(found)} rows there")
    return _compared(subject.score(units), found, "in another process")


def elsewhere(subject: Subject, worker: Worker, units: Sequence[dict[str, Any]]) -> Column:
    """Scores units in another process. Raises WorkerTimeout, WorkerDied, and what cannot be pickled."""
    subject.asked += len(units)
    values, statuses, reasons = worker.call(_sent, subject.reward, list(units), seconds=PATIENCE)
    return Column(np.array(values, dtype=np.float64), np.array(statuses, dtype=np.int8), reasons)


def _sent(reward: Reward, units: list[dict[str, Any]]) -> tuple[list[float], list[int], dict[int, str]]:
    found = score_units(reward, units)
    return found.values.tolist(), found.status.tolist(), found.reasons


@check(
    "contract.time",
    question="Is it fast enough for a training loop?",
    source="verl issue 1962: at 3 s a row a step took 1 500 s, all else 200 s",
)
def time(subject: Subject) -> Finding:
    """Times the honest rows together."""
    if not subject.units:
        return Finding("not_applicable", "there is nothing to score")
    start = perf_counter()
    subject.score(subject.units)
    each = (perf_counter() - start) / len(subject.units)
    slow, limit = (SLOW_JUDGE, TOO_SLOW_JUDGE) if subject.judge_like else (SLOW, TOO_SLOW)
    verdict: Verdict = "pass" if each < slow else "weak" if each < limit else "fail"
    return Finding(verdict, f"{_seconds(each)} a row; {slow:g} s are slow, {limit:g} s too slow")


def _seconds(x: float) -> str:
    return f"{x:.2g} s" if x >= 1 else f"{1e3 * x:.2g} ms"


@check(
    "contract.status",
    question="Do honest rows get values, each with the status that goes with it?",
    source="verl pull request 5635: an exception made every score 0; NeMo RL issue 431: invalid became 0.0",
)
def status(subject: Subject) -> Finding:
    """Counts honest rows that FAILED, and values whose status says that there is none."""
    found = subject.honest
    if not len(found):
        return Finding("not_applicable", "there is nothing to score")
    absent = np.isnan(found.values)
    at_odds = np.where(found.status <= Status.MALFORMED, absent & (found.status == Status.OK), ~absent)
    broken = at_odds | (found.status == Status.FAILED) | np.isinf(found.values)
    rate = share(broken.tolist())
    first = next((found.reasons.get(i, "no reason given") for i in np.flatnonzero(broken).tolist()), "")
    counts = ", ".join(f"{n} {name}" for name, n in found.counts().items())
    return Finding(never(rate), f"{len(found)} honest results: {counts}{first and f'; the first: {first}'}", rate)


@check(
    "contract.range",
    question="Do all values lie in the range that it declares?",
    source="composition, clipping and reports rely on it (guerdon's core contract)",
)
def range_(subject: Subject) -> Finding:
    """Looks at all values so far, and at those of nothing and of very long responses."""
    low, high = subject.reward.range
    if not np.isfinite([low, high]).any():
        return Finding("not_applicable", "it declares no range")
    if np.isnan(subject.honest.values).all():
        return Finding("not_applicable", "no row has a value")
    if not subject.lacks("pairs"):
        some = [i for i, t in enumerate(subject.trials) if t.bad is not None][:EXTREME]
        for extreme in ("", f"{PADDING} " * EXTREME):
            subject.over(some, lambda t, text=extreme: added(t.good, text) if text else text, lambda t: t.bad)
    slack = RELATIVE * max(1.0, *(abs(x) for x in (low, high) if np.isfinite(x)))
    least, most = subject.seen
    outside = least < low - slack or most > high + slack
    return Finding(
        "fail" if outside else "pass", f"values from {least:.4g} to {most:.4g} were seen, {low:g} to {high:g} declared"
    )


@check(
    "contract.columns",
    question="Is it said which column a row lacks?",
    source="EasyR1 issue 448: rewards need columns that hosts do not pass",
)
def columns(subject: Subject) -> Finding:
    """Scores a row without each column in turn: it should do without, have no value, or name the column."""
    if not subject.units:
        return Finding("not_applicable", "there is nothing to score")
    names = sorted(subject.reads & set(subject.units[0]))
    silent = [found for name in names if (found := _without(subject, name)) is not None]
    if silent:
        detail = f"without {silent[0]['column']!r} it fails and says only: {silent[0]['reason']}"
        return Finding("fail", detail, None, shown(silent))
    return Finding("pass", f"it does without, or names, each of: {', '.join(names) or 'no column'}")


def _without(subject: Subject, name: str) -> dict[str, Any] | None:
    """What it says of a row without a column, where that does not name it."""
    try:
        found = subject.score([{k: v for k, v in subject.units[0].items() if k != name}])
    except (ContractError, KeyError) as error:
        failed, reason = True, str(error)
    else:
        failed, reason = bool(len(found)) and found.status[0] == Status.FAILED, found.reasons.get(0, "")
    return {"column": name, "reason": reason} if failed and name not in reason else None


@check(
    "contract.mutation",
    question="Are the rows after scoring what they were before?",
    source="LVLM-eHub: lists of true answers are changed in place; Fact-RLHF: a shared list is shuffled in place",
)
def mutation(subject: Subject) -> Finding:
    """Compares the content of the rows with what it was when the audit began."""
    if not len(subject.honest):
        return Finding("not_applicable", "there is nothing to score")
    sealed = [i for i, trial in enumerate(subject.trials) if trial.seal]
    if not sealed:
        return Finding("not_applicable", "the rows hold things whose content cannot be told")
    changed = [i for i in sealed if seal(subject.trials[i].row) != subject.trials[i].seal]
    rate = share(i in changed for i in sealed)
    detail = f"{percent(rate)} rows were changed" if changed else f"none of {rate.n} rows was changed"
    return Finding(never(rate), detail, rate, shown([subject.example(i) for i in changed]))


@check(
    "contract.ties",
    question="Is a response as good as itself?",
    source="R1-Reward and MJ-Bench: what cannot be told apart is counted as right, or as a win of the first",
    needs=("pairwise",),
)
def ties(subject: Subject) -> Finding:
    """Compares each response with itself, in one order."""
    twins = [{**t.row, "responses": [text, text]} for t in subject.trials for text in (t.good, t.bad) if text]
    p = subject.score(twins).values
    p = p[~np.isnan(p)]
    if not len(p):
        return Finding("not_applicable", "no response compared with itself gets a verdict")
    rate = share(abs(x - 0.5) > RELATIVE for x in p.tolist())
    leans = f"the first wins {percent(float(np.mean(p > 0.5)))} and the second {percent(float(np.mean(p < 0.5)))}"
    return Finding(seldom(rate), f"of {rate.n} responses compared with themselves {leans}", rate)
