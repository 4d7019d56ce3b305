"""VLM-R1's reward functions, by their official names."""

from typing import Any

from guerdon import Reward
from guerdon.systems import _vlm_r1 as published
from guerdon.systems import vlm_r1

GRID = 14
"""Pixels of one patch of the grid that Qwen's processor makes."""


def scored(reward: Reward, response: str, answer: str = "", **columns: Any) -> float | None:
    return reward.one({"response": response, "answer": answer, **columns}).value


def accuracy(content: str, sol: str, method: str) -> float | None:
    return scored(vlm_r1.accuracy(as_published=True), content, sol, accu_reward_method=method)


def iou_reward(
    content: str, solution: str, image_grid_thw: list[int], image_size_wh: list[int], model: published.Model = "qwen"
) -> float | None:
    _, rows, columns = image_grid_thw
    sizes = {"image_size": image_size_wh, "resized_size": (GRID * columns, GRID * rows)}
    return scored(vlm_r1.rec_iou(model=model, as_published=True), content, solution, **sizes)


def od_reward(content: str, sol: str, score_type: int = 0) -> float | None:
    return accuracy(content, sol, ("od_ap", "od_ap50")[score_type])


CALLS = {
    "iou": lambda box1, box2: float(published.overlaps([box1], [box2])[0, 0]),
    "iou_reward": iou_reward,
    "format_reward": lambda content: scored(vlm_r1.tags(as_published=True), content),
    "format_reward_rec": lambda content, model: scored(vlm_r1.rec_format(model=model, as_published=True), content),
    "extract_choice": published.extract_choice,
    "mcq_reward": lambda content, sol: accuracy(content, sol, "mcq"),
    "yes_no_reward": lambda content, sol: accuracy(content, sol, "yes_no"),
    "map_reward": lambda content, sol: accuracy(content, sol, "map"),
    "od_reward": od_reward,
    "odLength_reward": lambda content, sol: accuracy(content, sol, "odLength"),
    "detection_score": published.detection_score,
    "all_match_reward": lambda content, sol: accuracy(content, sol, "all_match"),
    "math_reward": lambda content, sol: accuracy(content, sol, "math"),
    "default_accuracy_reward": lambda content, sol: accuracy(content, sol, "default"),
    "clean_text": published.clean_text,
    "cosine_reward": lambda n_tokens, **_: scored(vlm_r1.length(as_published=True), "", tokens=n_tokens),
    "repetition_reward": lambda content: scored(vlm_r1.repetition(), content),
}
