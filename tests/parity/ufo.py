"""UFO's scoring, by its official places; the mask losses wait."""

from typing import Any

import numpy as np

from guerdon.metrics.masks import retrieval_logits
from guerdon.systems import ufo


def referred(answer: str, gt_bbox_xyxy: list[float], hw: list[int]) -> float | None:
    row = {"response": answer, "boxes": gt_bbox_xyxy, "image_size": hw[::-1]}
    return ufo.rec(as_published=True).one(row).value


def retrieved(mask_tokens: Any, image_features: Any, **_: Any) -> Any:
    return retrieval_logits(np.array(mask_tokens), np.array(image_features)).tolist()


def segmented(name: str, pred: Any, gt: Any) -> dict[str, float]:
    found = ufo.segmentation(pred, gt, as_published=True)
    return {
        "cIoU_fg": found.ciou,
        "gIoU_fg": found.giou,
        "mean_over_bg_fg_cIoU": found.both_ciou,
        "mean_over_bg_fg_gIoU": found.both_giou,
    }


CALLS = {
    "rec_iou_from_text": referred,
    "mask_retrieval_16_tokens (logits before resize)": retrieved,
    "gIoU_cIoU": segmented,
}
WAITING = {"sigmoid_focal_loss(alpha=.25,gamma=2)": "the mask losses"}
