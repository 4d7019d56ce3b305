"""UFO's box scoring, mask retrieval and mask metrics, by the names of the recorded rows."""

from typing import Any

import numpy as np

from guerdon.metrics.masks import retrieval_logits
from guerdon.systems import _ufo as published
from guerdon.systems import ufo


def rec_iou(answer: str, gt_bbox_xyxy: list[float], hw: list[float]) -> float | None:
    row = {"response": answer, "boxes": gt_bbox_xyxy, "image_size": (hw[1], hw[0])}
    return ufo.rec_iou(as_published=True).one(row).value


def logits(mask_tokens: list[list[float]], image_features: list[list[list[float]]], **_: Any) -> Any:
    return retrieval_logits(np.array(mask_tokens), np.array(image_features)).tolist()


CALLS = {
    "rec_iou_from_text": rec_iou,
    "mask_retrieval_16_tokens (logits before resize)": logits,
    "gIoU_cIoU": lambda name, pred, gt: published.mask_metrics(pred, gt),
}

WAITING = {"sigmoid_focal_loss(alpha=.25,gamma=2)": "losses"}
