"""A benchmark of a few pairs, and rewards that are known through and through."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from guerdon import reward
from guerdon.bench import Benchmark, Item, Metric, Output, Results, ranked, run
from guerdon.metrics.pairwise import pair_credit
from guerdon.preferences import comparison
from guerdon.sample import Row
from guerdon.scores import Score


def item(row: Row) -> Item:
    made = ranked(comparison(row), group=str(row.get("kind", "all")))
    if not made.decided:
        raise ValueError("no winner")
    return made


def suite(**changed: Any) -> Benchmark:
    settings: dict[str, Any] = {
        "name": "toy", "title": "Toy pairs", "url": "https://example.org/toy", "licence": "CC0", "item": item,
        "metrics": (
            Metric("accuracy", "How often the better one wins.", pair_credit),
            Metric("strict", "Ties lose.", partial(pair_credit, ties=0.0)),
        ),
        **changed,
    }  # fmt: skip
    return Benchmark(**settings)


def pair(n: int, better: str = "good", worse: str = "bad", **columns: Any) -> dict[str, Any]:
    return {"id": f"i{n}", "prompt": f"question {n}", "chosen": better, "rejected": worse, **columns}


def pairs(n: int) -> list[dict[str, Any]]:
    """The longer one is better in every other pair, and the data has two kinds of them."""
    return [
        pair(i, *(("good and long", "bad") if i % 2 else ("good", "bad but long")), kind="ab"[i % 4 // 2])
        for i in range(n)
    ]


@reward("toys.good", range=(0, 1))
def good(response: str) -> float | Score:
    """Knows, and cannot read what has a question mark."""
    return Score.unread("no score found") if "?" in response else float("good" in response)


@reward("toys.long", range=(0, None))
def long(response: str) -> float:
    """Prefers the longer one."""
    return float(len(response))


@reward("toys.first", native="pairwise", range=(0, 1))
def first(responses: list[str]) -> float:
    """Prefers whatever is shown first."""
    return 1.0


def of_values(gaps: Sequence[float], **changed: Any) -> Results:
    """One entry whose preferred responses lead by these gaps."""
    outputs = {"told": [Output(f"i{i}", (gap, 0.0)) for i, gap in enumerate(gaps)]}
    return run(suite(**changed), outputs=outputs, data=[pair(i) for i in range(len(gaps))])


def of_chances(p: Sequence[float]) -> Results:
    """One entry that states how likely the preferred response is the better one."""
    outputs = {"told": [Output(f"i{i}", (x, 1 - x)) for i, x in enumerate(p)]}
    return run(suite(), outputs=outputs, data=[pair(i) for i in range(len(p))])


def calibrated(n: int) -> list[float]:
    """Chances 0.55, 0.65, … 0.95 that are right just as often as they say: wrong ones count for the other side."""
    rng = np.random.default_rng(0)
    sure = rng.choice([0.55, 0.65, 0.75, 0.85, 0.95], n)
    return [float(p) for p in np.where(rng.random(n) < sure, sure, 1 - sure)]


def half_of_steps(values: Any, gold: Any) -> Any:
    """Share of steps on the right side of ½."""
    return np.nanmean(np.where(np.isnan(gold), np.nan, (values > 0.5) == (gold > 0.5)), axis=1)


STEPS = (Metric("steps", "Share of steps that are judged right.", half_of_steps),)
