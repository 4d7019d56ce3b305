"""How to weigh several objectives so that a step along the weighted gradient hurts none: the shortest mixture.

Multiple-gradient descent: Désidéri 2012, https://doi.org/10.1016/j.crma.2012.03.014; for networks Sener & Koltun
2018, https://arxiv.org/abs/1810.04650. A mixture of length 0 means that no step helps all.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Normalise = Literal["l2", "loss", "loss+", "none"]
EVEN = 1e-4
"""Weight of evenness beside length; it moves weights by its square."""


def min_norm(vectors: ArrayLike) -> Floats:
    """Weights [t], not negative and with the sum 1, that mix vectors [t, d] into the shortest one.

    Of several such mixtures the most even weights. The shorter of two vectors that agree gets all: bring them to
    one length first (`normalised`) unless that is meant. Raises ValueError for no vectors or numbers that are not
    finite.

    >>> min_norm([[1, 0], [0, 1]]), min_norm([[1, 0], [2, 0]])
    (array([0.5, 0.5]), array([1., 0.]))
    """
    from scipy.optimize import nnls

    rows = _rows(vectors)
    scaled = rows / (np.linalg.norm(rows, axis=1).max() or 1.0)
    t = len(rows)
    # Σ x is free here, but the shortest mixture is in the direction that is best for any sum, so one solve is exact.
    left = np.vstack([scaled.T, EVEN * np.eye(t), np.ones((1, t))])
    found, _ = nnls(left, np.append(np.zeros(len(left) - 1), 1.0))
    return np.asarray(found / found.sum())


def normalised(gradients: ArrayLike, how: Normalise = "l2", losses: ArrayLike | None = None) -> Floats:
    """Gradients [t, d] brought to comparable length, so that the task with the smallest does not decide alone.

    "l2" is g / |g|, "loss" g·Σ(loss + 1) / (loss + 1), "loss+" g / (|g|·loss), "none" g. A gradient of 0 stays.
    Losses [t] are positive. Raises ValueError for another word, or losses that are missing.

    >>> normalised([[3, 4], [0, 2]])
    array([[0.6, 0.8],
           [0. , 1. ]])
    """
    rows = _rows(gradients)
    if how not in ("l2", "loss", "loss+", "none"):
        raise ValueError(f"how={how!r}: write l2, loss, loss+ or none")
    scale = np.ones(len(rows))
    if how in ("l2", "loss+"):
        norms = np.linalg.norm(rows, axis=1)
        scale = np.where(norms == 0, 1.0, norms)
    if how in ("loss", "loss+"):
        values = np.asarray(losses, dtype=np.float64)
        if values.shape != scale.shape or not (values > 0).all():
            raise ValueError(f"how={how!r} needs a positive loss for each of {len(rows)} gradients")
        scale *= (values + 1) / (values + 1).sum() if how == "loss" else values
    return np.asarray(rows / scale[:, None])


def _rows(vectors: ArrayLike) -> Floats:
    rows = np.asarray(vectors, dtype=np.float64)
    if rows.ndim != 2 or not len(rows) or not np.isfinite(rows).all():
        raise ValueError(f"vectors {list(rows.shape)} are not finite numbers [t, d], t at least 1")
    return rows
