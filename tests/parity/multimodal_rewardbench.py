"""Multimodal RewardBench's script `2_get_accuracy.py`, by its function names."""

from typing import Any

from guerdon.bench.suites.multimodal_rewardbench import coins, group, tally


def extract_judgment(output: str) -> str:
    return coins([output])[0]


def compute_acc(rows: list[dict[str, Any]]) -> dict[str, list[int]]:
    said = coins(row["output"] for row in rows)
    groups = [group(row["ID"], row["Meta"]["Category"]) for row in rows]
    right = [label == row["Label"] for label, row in zip(said, rows, strict=True)]
    return {name: list(counts) for name, counts in tally(groups, right).items()}


CALLS = {"extract_judgment": extract_judgment, "compute_acc": compute_acc}
