"""NDCG and MRR of many queries against a Python loop over them; ranking rewards against 20 000 samples a second.

    python benchmarks/ranking.py

Both sides start from scores and relevance and give the same values. The floor of a batch is sorting the
scores alone. A loop gains on arrays where queries are short and much is relevant, so that case is
shown too, without a goal.
"""

from __future__ import annotations

import random
import sys
from functools import partial
from math import log2
from typing import Any

import numpy as np
from _table import Figure, show, side_by_side

from guerdon import Reward
from guerdon.metrics.ranking import ndcg, ranks_by_score, reciprocal_rank
from guerdon.rules import ranking

QUERIES, ROWS = 5_000, 5_000
BAR = 1 / 20_000
"""Seconds a sample."""


def queries(candidates: int, relevant: int) -> tuple[Any, Any]:
    """Scores and relevance, [queries, candidates]."""
    rng = np.random.default_rng(0)
    chosen = np.argsort(rng.random((QUERIES, candidates)), axis=1) < relevant
    return rng.normal(size=chosen.shape), chosen


def slow_ndcg(scores: list[float], relevant: list[bool]) -> float:
    """One query."""
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    found = sum(1 / log2(rank + 1) for rank, i in enumerate(order, 1) if relevant[i])
    best = sum(1 / log2(rank + 1) for rank in range(1, sum(relevant) + 1))
    return found / best if best else 0.0


def slow_reciprocal_rank(scores: list[float], relevant: list[bool]) -> float:
    """One query."""
    order = sorted(range(len(scores)), key=scores.__getitem__, reverse=True)
    return next((1 / rank for rank, i in enumerate(order, 1) if relevant[i]), 0.0)


def batch(candidates: int, relevant: int, goal: float | None) -> list[Figure]:
    """Seconds of all queries."""
    scores, chosen = queries(candidates, relevant)
    as_lists = list(zip(scores.tolist(), chosen.tolist(), strict=True))
    what = f"of {QUERIES} queries, {candidates} candidates, {relevant} relevant"
    figures = []
    for name, fast, slow in (("NDCG", ndcg, slow_ndcg), ("MRR", reciprocal_rank, slow_reciprocal_rank)):
        assert np.allclose(fast(ranks_by_score(scores, chosen)), [slow(*query) for query in as_lists])
        ours, theirs, floor = side_by_side(
            partial(lambda measure: measure(ranks_by_score(scores, chosen)), fast),
            partial(lambda measure: [measure(*query) for query in as_lists], slow),
            lambda: np.argsort(-scores, axis=1),
            repeat=9,
        )
        figures.append(Figure(f"{name} {what}", ours, "a Python loop", theirs, goal=goal, floor=floor))
    return figures


def rewards() -> list[Figure]:
    """Seconds a sample."""
    rng = random.Random(0)
    rows = []
    for _ in range(ROWS):
        order = rng.sample(range(1, 11), 10)
        response = f"<think>{'Page two has the table. ' * 5}</think><answer>{order}</answer>"
        rows.append({"response": response, "relevant": rng.sample(order, 2), "candidates": 10})
    all_rewards: list[Reward] = [
        ranking.ndcg(), ranking.reciprocal_rank(), ranking.reciprocal_power(), ranking.recall(k=3),
        ranking.precision(k=3), ranking.list_format(),
    ]  # fmt: skip
    times = side_by_side(*(partial(reward, rows) for reward in all_rewards))
    return [
        Figure(f"{reward.spec()}, a list of 10", seconds / ROWS, "20 000 a second", BAR, goal=1)
        for reward, seconds in zip(all_rewards, times, strict=True)
    ]


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    figures = [*batch(100, 1, goal=10), *batch(100, 2, goal=None), *batch(20, 3, goal=None), *rewards()]
    return show("Ranking", figures, "floor: sorting the scores")


if __name__ == "__main__":
    sys.exit(main())
