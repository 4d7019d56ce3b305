"""Rewards by meaning where the vectors are already there, from an encoder that ran elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from guerdon.leaf import reward
from guerdon.metrics import alignment
from guerdon.scores import Floats, Score


@reward("embed.cosine", range=(-1, 1), batched=True)
def cosine(text_embedding: list[Any], image_embedding: list[Any]) -> list[float | Score]:
    """Cosine of the vectors in the columns `text_embedding` and `image_embedding`, −1–1; 0 for a vector of zeros.

    The score of CLIP and of its fine-tuned kin, without a temperature. Vectors of other lengths than their
    counterpart's, or that hold no numbers, make the row FAILED. Other columns: `.reading(image_embedding="video")`.

    >>> cosine().one({"text_embedding": [1, 0], "image_embedding": [3, 4]}).value
    0.6
    """
    out: list[float | Score] = []
    rows: dict[int, list[tuple[int, Floats, Floats]]] = {}
    for i, pair in enumerate(zip(text_embedding, image_embedding, strict=True)):
        try:
            a, b = (np.asarray(vector, dtype=np.float64) for vector in pair)
        except (ValueError, TypeError):
            out.append(Score.failed("an embedding is not a list of numbers"))
            continue
        if a.shape != b.shape or a.ndim != 1 or not (np.isfinite(a).all() and np.isfinite(b).all()):
            out.append(Score.failed(f"embeddings need one shape [d] and finite numbers, not {a.shape} and {b.shape}"))
            continue
        out.append(0.0)
        rows.setdefault(len(a), []).append((i, a, b))
    for found in rows.values():
        places, left, right = zip(*found, strict=True)
        for i, value in zip(places, alignment.cosine(np.stack(left), np.stack(right)).tolist(), strict=True):
            out[i] = value
    return out
