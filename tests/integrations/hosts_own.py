"""Reward functions as hosts' users write them."""

from __future__ import annotations

import asyncio
from typing import Any


def accuracy(completions: list[Any], solution: list[str], **kwargs: Any) -> list[float | None]:
    """TRL: None where there is no solution."""
    texts = [c if isinstance(c, str) else c[0]["content"] for c in completions]
    return [None if s is None else float(t == s) for t, s in zip(texts, solution, strict=True)]


async def waiting(prompts: list[Any], completions: list[Any], **kwargs: Any) -> list[float]:
    """TRL: async, and logs."""
    await asyncio.sleep(0)
    kwargs["log_metric"]("seen", len(prompts))
    return [float(len(c)) for c in completions]


def broadcast(completions: list[Any], **kwargs: Any) -> list[float]:
    """TRL: one value for all, the mistake."""
    return [1.0]


def crash(completions: list[Any], **kwargs: Any) -> list[float]:
    """TRL: raises."""
    raise ValueError("no such key")


class Length:
    """ms-swift: an ORM."""

    def __init__(self, args: Any = None, scale: float = 1.0):
        self.scale = scale

    def __call__(self, completions: list[str], messages: list[Any], **kwargs: Any) -> list[float]:
        assert messages[0][-1]["content"] == completions[0]
        return [self.scale * len(text) for text in completions]


VERL = """
def compute_score(data_source, solution_str, ground_truth, extra_info=None, bonus=0.0):
    right = float(solution_str == ground_truth)
    return {"score": right + bonus, "acc": right, "hinted": float(extra_info.get("hint", 0))}

async def later(data_source, solution_str, ground_truth, extra_info=None):
    return float(solution_str == ground_truth)
"""
OPENRLHF = """
import torch
def reward_func(queries, prompts, labels, **kwargs):
    assert len(queries) == 1
    right = torch.tensor([float(queries[0] == prompts[0] + labels[0])])
    return {"rewards": 2 * right, "scores": right, "extra_logs": {"length": torch.tensor([len(queries[0])])}}
"""
EASYR1 = """
REWARD_TYPE = "sequential"
def compute_score(reward_input, weight=1.0):
    right = float(reward_input["response"] == reward_input["ground_truth"])
    return {"overall": right, "accuracy": right}
"""
