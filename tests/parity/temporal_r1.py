"""Temporal-R1's reward functions, by their official names."""

from guerdon.metrics.intervals import iou
from guerdon.systems import _temporal_r1 as published
from guerdon.systems import temporal_r1


def compute_score(predict_str: str, ground_truth: list[float], video_length: float) -> float | None:
    row = {"response": predict_str, "answer": ground_truth, "video_length": video_length}
    return temporal_r1.grounding(as_published=True).one(row).value


CALLS = {
    "temporal_iou": lambda A, B: iou((A[0], A[1]), (B[0], B[1])),
    "tvg_format_reward": lambda predict_str: published.layout().one({"response": predict_str}).value,
    "tvg_accuracy_reward": lambda predict_str, ground_truth, video_length: (
        published.accuracy().one({"response": predict_str, "answer": ground_truth, "video_length": video_length}).value
    ),
    "tvg_compute_score": compute_score,
}
