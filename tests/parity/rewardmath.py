"""RewardMATH's evaluation, by its function names."""

from typing import Any, cast

import numpy as np

from guerdon.metrics.selection import duel_values, one_vs_rest, reciprocal_rank, relative_rank
from guerdon.metrics.steps import Aggregate, aggregate


def table(chosen: Any, rejected: Any) -> tuple[list[list[float]], list[list[float]]]:
    """Values and gold of one problem."""
    right, wrong = np.atleast_1d(chosen).tolist(), np.atleast_1d(rejected).tolist()
    return [right + wrong], [[1.0] * len(right) + [0.0] * len(wrong)]


def mrr(chosen: list[float], rejected: list[float], mode: str = "mrr") -> float:
    values, gold = table(chosen, rejected)
    return float((reciprocal_rank if mode == "mrr" else relative_rank)(values, gold)[0])


def step_aggregate(steps: list[float], how: str) -> float:
    return aggregate(steps, cast(Aggregate, {"mean_odd": "mean_odds"}.get(how, how)))


def problem_metrics(chosen: Any, rejected: Any) -> dict[str, float]:
    values, gold = table(chosen, rejected)
    return {
        "reward Acc": float(one_vs_rest(values, gold)[0]), "reward MRR": float(reciprocal_rank(values, gold)[0]),
        "reward Acc (w/ tie)": float(one_vs_rest(values, gold, ties=1.0)[0]),
    }  # fmt: skip


def problem_metrics_pairwise(verdict: list[Any], chosen_position: list[str]) -> dict[str, float]:
    won = [said == place for said, place in zip(verdict, chosen_position, strict=True)]
    first, *rest = duel_values([won])[0].tolist()
    return problem_metrics(first, rest)


CALLS = {
    "_calculate_MRR": mrr,
    "step_aggregate": step_aggregate,
    "problem_metrics": problem_metrics,
    "problem_metrics_pairwise": problem_metrics_pairwise,
}
