"""VL-RewardBench's script `cal.py`, by its function names."""

from typing import Any

from guerdon.bench.suites import _vl_rewardbench as script


def verdict(text: str, human_ranking: list[int], random_number: int) -> str:
    best = human_ranking.index(0)
    return script.label(text, 1 + (best if random_number == 0 else 1 - best))


def aggregate(k: int, items: list[list[Any]]) -> dict[str, float]:
    votes: dict[tuple[str, str], list[script.Label]] = {}
    for name, query, label in items:
        votes.setdefault((name, query), []).append(label)
    groups = [script.group(name) for name, _ in votes]
    found = script.percentages(groups, [script.majority(labels[:k]) for labels in votes.values()])
    return {name: round(found[name], 2) for name in ("overall", "macro")}


CALLS = {"verdict": verdict, "aggregate": aggregate, "get_dataset_from_id": script.dataset}
