"""What MORE's code does where guerdon is exact: its search for the shortest mixture, and no error of nothing."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from guerdon.metrics.calibration import Gap, Strategy, calibration_error
from guerdon.metrics.mgda import Floats

ALMOST_ALL = 0.999
STEPS, ENOUGH = 1000, 1e-5


def frank_wolfe(vectors: ArrayLike) -> Floats:
    """Weights [t] of a short mixture: the best two vectors, then steps towards the one that shortens it most.

    One of two vectors never gets more than 0.999, and the search stops at a step below 1e-5 or after 1000.
    """
    rows = np.asarray(vectors, dtype=np.float64)
    gram = rows @ rows.T
    pairs = [(*_between(gram[i, i], gram[i, j], gram[j, j]), i, j) for i, j in combinations(range(len(rows)), 2)]
    share, _, i, j = min(pairs, key=lambda pair: pair[1])
    weights = np.zeros(len(rows))
    weights[[i, j]] = share, 1 - share
    for _ in range(STEPS if len(rows) > 2 else 0):
        towards = int(np.argmin(gram @ weights))
        norm, product = float(weights @ gram @ weights), float(weights @ gram[:, towards])
        share, _ = _between(norm, product, gram[towards, towards])
        moved = share * weights
        moved[towards] += 1 - share
        if np.abs(moved - weights).sum() < ENOUGH:
            break
        weights = moved
    return weights


def errors(p: ArrayLike, so: ArrayLike, *, bins: int = 5, strategy: Strategy = "uniform") -> Gap:
    """`calibration_error`, but 0 where there are no rows."""
    return calibration_error(p, so, bins=bins, strategy=strategy) if np.size(p) else Gap(0.0, 0.0, 0.0)


def _between(aa: float, ab: float, bb: float) -> tuple[float, float]:
    """Share of a in the shortest mixture of a and b, and its squared length, from their inner products."""
    if ab >= aa:
        return ALMOST_ALL, aa
    if ab >= bb:
        return 1 - ALMOST_ALL, bb
    share = (bb - ab) / (aa + bb - 2 * ab)
    return share, bb + share * (ab - bb)
