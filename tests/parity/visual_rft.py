"""Visual-RFT's reward functions, by their official names."""

from guerdon import Reward
from guerdon.metrics import boxes
from guerdon.rules.text import token_f1
from guerdon.systems import _visual_rft as published
from guerdon.systems import visual_rft


def scored(reward: Reward, content: str, solution: str = "") -> float | None:
    return reward.one({"response": content, "answer": solution}).value


def iou(content: str, solution: str, symbolic_check: bool) -> float | None:
    return scored(published.iou(symbolic_check=symbolic_check), content, solution)


def confidence(content: str, solution: str, symbolic_check: bool) -> float | None:
    return scored(published.confidence(symbolic_check=symbolic_check), content, solution)


CALLS = {
    "calculate_iou": lambda bbox1, bbox2: boxes.iou(tuple(bbox1), tuple(bbox2)),
    "accuracy_reward_iou": iou,
    "accuracy_reward_confidence": confidence,
    "lisa.accuracy_reward": lambda content, solution: scored(published.grounding(), content, solution),
    "classification.accuracy_reward": lambda content, solution: scored(published.classification(), content, solution),
    "compute_f1": lambda prediction, ground_truth: scored(token_f1(), prediction, ground_truth),
    "arft.format_reward": lambda content: scored(visual_rft.turn(), content),
}
