"""VideoAlign's accuracies on recorded rows."""

from math import inf

import numpy as np

from guerdon.metrics.pairwise import tie_calibrated, without_ties


def with_ties(human: list[float], model_diff: list[float]) -> float | str:
    found = tie_calibrated(human, model_diff, sweep="one_by_one").accuracy
    return "-inf" if found == -inf else found  # as JSON has it


CALLS = {
    "calc_accuracy_with_ties": with_ties,
    "calc_accuracy_without_ties": lambda human, model_diff: float(np.nanmean(without_ties(human, model_diff))),
}
WAITING = {"compute_loss": "losses of reward models"}
