"""T*'s functions, by their official names."""

import numpy as np

from guerdon.systems import t_star
from guerdon.use.search import chances, spread


def prf(gt_seconds: list[list[float]], pred_seconds: list[list[float]], threshold: float = 5) -> tuple[float, ...]:
    return t_star.lv_haystack(pred_seconds, gt_seconds, tolerance=threshold, as_published=True)[:3]


def spread_scores(
    n_frames: int, sampled: list[int], confidence: list[float], window: int, initial_score: float
) -> list[float]:
    scores = np.full(n_frames, initial_score)
    scores[sampled] = confidence
    spread(scores, sampled, window)
    return [float(score) for score in scores]


def distribution(non_visiting_frames: list[float], score_distribution: list[float], video_length: int) -> list[float]:
    assert video_length == len(score_distribution)
    return [float(chance) for chance in chances(score_distribution, np.array(non_visiting_frames) == 0)]


CALLS = {
    "calculate_prf": prf,
    "calculate_annd": lambda gt_seconds, pred_seconds: (
        t_star.lv_haystack(pred_seconds, gt_seconds, as_published=True).distances
    ),
    "match_answer": lambda predicted, ground_truth: (
        t_star.answer(as_published=True).one({"response": predicted, "answer": ground_truth}).value == 1.0
    ),
    "update_top_25_with_window": spread_scores,
    "spline_keyframe_distribution": distribution,
}
