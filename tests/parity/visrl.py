"""VisRL's filter, by its function names. Its stepwise DPO waits for the objectives."""

from typing import Any

from guerdon.systems import visrl
from guerdon.use.pairs import extreme_pair


def convert_and_compute_iou(pred_box: list[float], gt_box: list[float], w: int, h: int) -> float:
    pixels = [x * side for x, side in zip(gt_box, (w, h, w, h), strict=False)]
    score = visrl.focus().one({"response": str(pred_box), "boxes": pixels, "image_size": (w, h)})
    return score.value or 0.0  # theirs is 0 for a true box that cannot be read, too


def process_data(group: list[dict[str, Any]]) -> list[list[Any]]:
    answers, crops = ([one[key] for one in group] for key in ("accuracy", "accuracy_bbox"))
    pair = extreme_pair(answers, [crops], only_extremes=True)
    return [] if pair is None else [[group[i]["id"] for i in pair]]


CALLS = {"convert_and_compute_iou": convert_and_compute_iou, "process_data": process_data}
