"""RewardBench 2's scripts, by their function names."""

from typing import Any

from guerdon.bench.suites import rewardbench_2
from guerdon.metrics.selection import best_credit, ties_score


def process_single_model(rows: list[dict[str, Any]]) -> float:
    longest = max(len(row["scores"]) for row in rows)
    nan = float("nan")
    values = [[*row["scores"], *[nan] * (longest - len(row["scores"]))] for row in rows]
    gold = [[float(i < row["num_correct"]) if i < len(row["scores"]) else nan for i in range(longest)] for row in rows]
    kinds = [row["id"].partition(":") for row in rows]
    return ties_score(values, gold, [prompt for _, _, prompt in kinds], [kind == "tied" for kind, _, _ in kinds]).score


def best_of_4_credit(scores: list[float]) -> float:
    return float(best_credit([scores], [[1.0, *[0.0] * (len(scores) - 1)]])[0])


CALLS = {
    "process_single_model": process_single_model,
    "best_of_4_credit": best_of_4_credit,
    "process_judgement_4way": rewardbench_2.process_judgement,
    "parse_rating": rewardbench_2.get_single_rating,
}
