"""Intervals and paired tests against those of scipy.stats on the same data, and a million items against a bar.

    python benchmarks/intervals.py

scipy's side is `bootstrap`, percentile, and `permutation_test`, vectorised, with as many draws. Ours are wider where
that is honest, so the two agree in the middle alone. Few distinct values, or clusters, are drawn together, which is
where the ratio comes from; numbers that all differ are drawn one by one, and have no goal.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import numpy as np
from _table import Figure, show, side_by_side
from scipy.stats import bootstrap, permutation_test

from guerdon.metrics.paired import sign_flip
from guerdon.metrics.standings import standings
from guerdon.metrics.stats import macro_interval, mean_interval

N, CLUSTERS, RESAMPLES, FLIPS, MANY = 1250, 400, 2000, 9999, 1_000_000
BLOCK = 200
"""Resamples that scipy holds at a time; the whole would be 20 MB an array."""


def credits(rng: np.random.Generator, n: int) -> Any:
    """Right, tied and wrong answers."""
    return rng.choice([0.0, 0.5, 1.0], n, p=[0.3, 0.1, 0.6])


def theirs(*data: Any, statistic: Any, paired: bool = False) -> Any:
    """scipy's percentile interval."""
    rng = np.random.default_rng(0)
    return bootstrap(
        data, statistic, paired=paired, n_resamples=RESAMPLES, batch=BLOCK, method="percentile", rng=rng
    ).confidence_interval  # fmt: skip


def ratio(sums: Any, counts: Any, axis: int = -1) -> Any:
    """Mean of clusters drawn as a whole."""
    return sums.sum(axis=axis) / counts.sum(axis=axis)


def intervals() -> list[Figure]:
    """Seconds an interval."""
    rng = np.random.default_rng(0)
    tied, numbers = credits(rng, N), rng.beta(2, 1, N)
    names = rng.integers(0, CLUSTERS, N)
    sums, counts = np.bincount(names, tied, CLUSTERS), np.bincount(names, minlength=CLUSTERS)
    sums, counts = sums[counts > 0], counts[counts > 0]
    cases = (
        ("credits", (tied, None), partial(theirs, tied, statistic=np.mean), 10.0),
        (f"credits in {len(sums)} clusters", (tied, names.tolist()),
         partial(theirs, sums, counts, statistic=ratio, paired=True), 1.0),
        ("numbers", (numbers, None), partial(theirs, numbers, statistic=np.mean), None),
    )  # fmt: skip
    figures = []
    for what, given, reference, goal in cases:
        own, other = mean_interval(*given), reference()
        assert abs(own.low + own.high - other.low - other.high) < 0.01
        ours, others = side_by_side(partial(mean_interval, *given), reference)
        figures.append(Figure(f"interval of {N} {what}", ours, "scipy.stats.bootstrap", others, goal=goal))
    return figures


def tests() -> list[Figure]:
    """Seconds a test."""
    rng = np.random.default_rng(1)
    a, b = credits(rng, N), credits(rng, N)

    def reference() -> Any:
        return permutation_test(
            (a, b), lambda x, y, axis: (x - y).mean(axis=axis), permutation_type="samples", vectorized=True,
            n_resamples=FLIPS, batch=BLOCK, rng=np.random.default_rng(0),
        )  # fmt: skip

    assert abs(sign_flip(a - b) - reference().pvalue) < 0.03
    ours, others = side_by_side(partial(sign_flip, a - b), reference, repeat=2)
    table = {f"r{k}": credits(rng, N) for k in range(10)}
    names = rng.integers(0, CLUSTERS, N).tolist()
    (board,) = side_by_side(partial(standings, table, names), repeat=2)
    return [
        Figure(f"paired test of {N} credits, exact", ours, f"scipy.stats.permutation_test, {FLIPS}", others, goal=20),
        Figure(f"standings of 10 rewards on {N} clustered credits", board, "a second", 1.0, goal=1),
    ]


def many() -> list[Figure]:
    """Seconds for a million items."""
    rng = np.random.default_rng(2)
    tied, groups = credits(rng, MANY), (np.arange(MANY) % 15).tolist()
    clusters = (np.arange(MANY) // 4).tolist()
    calls = (
        ("interval of 1 000 000 credits", partial(mean_interval, tied)),
        ("interval of 1 000 000 clustered credits", partial(mean_interval, tied, clusters)),
        ("macro interval of 1 000 000 credits in 15 groups", partial(macro_interval, tied, groups)),
    )
    times = side_by_side(*(call for _, call in calls), repeat=2)
    return [Figure(what, seconds, "3 seconds", 3.0, goal=1) for (what, _), seconds in zip(calls, times, strict=True)]


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    return show("Statistics", [*intervals(), *tests(), *many()], f"{RESAMPLES} resamples on both sides")


if __name__ == "__main__":
    sys.exit(main())
