"""MORE's solver, normaliser and calibration errors, by their official names."""

from typing import Any

import numpy as np

from guerdon.metrics.mgda import normalised
from guerdon.systems import _more as published


def find_min_norm_element(vecs: list[list[float]]) -> Any:
    return published.frank_wolfe(vecs).tolist()


def gradient_normalizer(grads: list[list[float]], loss: list[float], type: Any) -> Any:
    return normalised(grads, type, loss).tolist()


def calibration_error(y_true: list[int], y_prob: list[float], n_bins: int, strategy: Any) -> list[float]:
    return list(published.errors(np.array(y_prob), np.array(y_true), bins=n_bins, strategy=strategy))


CALLS = {
    "MinNormSolver.find_min_norm_element_FW": find_min_norm_element,
    "gradient_normalizer": gradient_normalizer,
    "calibration_error": calibration_error,
}

WAITING = {
    "ranking_loss": "the losses of reward models",
    "more_ranking_loss": "the losses of reward models",
}
