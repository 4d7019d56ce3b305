"""SEEM's figures, by their official names; the mask losses wait."""

from typing import Any

import numpy as np

from guerdon.rules.masks import iou
from guerdon.systems.seem import grounding
from guerdon.world.clicks import clicks_to


def ignoring(gt: Any, pred: Any) -> float | None:
    made = iou(ignore=-1, both_empty=None).reading(response="pred")
    return made.one({"pred": np.array(pred, bool), "mask": np.array(gt)}).value


def evaluated(name: str, pred_binary: Any, gt: Any) -> dict[str, float]:
    return grounding(list(np.array(pred_binary, bool)), list(np.array(gt, bool)), as_published=True)


CALLS = {
    "get_iou(ignore_label=-1)": ignoring,
    "_get_noc (number of clicks to reach IoU; cap 20)": lambda iou_per_click, threshold: clicks_to(
        iou_per_click, threshold
    ),
    "GroundingEvaluator (cIoU/mIoU/precision@k, logits>0)": evaluated,
}
WAITING = {"dice_loss": "the mask losses", "sigmoid_ce_loss": "the mask losses"}
