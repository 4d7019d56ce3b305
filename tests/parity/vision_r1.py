"""Vision-R1's reward functions, by their official names."""

from typing import Any

from guerdon import Reward
from guerdon.systems import _vision_r1 as published


def scored(
    reward: Reward, completion: str, solution: Any, width: int, height: int, input_width: int, input_height: int,
    step: int | None, **_: Any,
) -> float | None:  # fmt: skip
    sizes = {"image_size": (width, height), "resized_size": (input_width, input_height)}
    return reward.one({"response": completion, "answer": solution, "step": step, **sizes}).value


def layout(completion: str, num_instances: int) -> float | None:
    truth = [["cat", [0, 0, 1, 1]]] * num_instances
    return published.layout().one({"response": completion, "answer": truth}).value


CALLS = {
    "extract": published.extract,
    "dual_format_reward": layout,
    "precision_reward": lambda **row: scored(published.precision(), **row),
    "recall_reward": lambda **row: scored(published.recall(), **row),
}
