"""Figures of pairs on which people may call a tie, from values and gold [n, 2]; gold differs by how sure they were."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from guerdon.metrics.pairwise import Sweep, credit, tie_calibrated, without_ties
from guerdon.scores import NAN, Floats


def calibrated(sweep: Sweep = "grouped") -> Callable[[Floats, Floats], float]:
    """Accuracy, human ties included, at the threshold that is best on these very pairs: it flatters.

    A pair without values is answered wrongly.
    """

    def figure(values: Floats, gold: Floats) -> float:
        gap = values[:, 0] - values[:, 1]
        known = float(np.mean(~np.isnan(gap)))
        return known * tie_calibrated(np.sign(gold[:, 0] - gold[:, 1]), gap, sweep=sweep).accuracy if known else 0.0

    return figure


def decided(values: Floats, gold: Floats) -> Floats:
    """Credit of the pairs [n] that people decided, a tie of the reward ½; NaN for the others."""
    return without_ties(np.sign(gold[:, 0] - gold[:, 1]), values[:, 0] - values[:, 1], ties=0.5)


def strength_weighted(values: Floats, gold: Floats) -> float:
    """Accuracy of the decided pairs, each weighing as much as its gold differs; NaN if none is decided.

    A pair without values is answered wrongly.
    """
    lead = gold[:, 0] - gold[:, 1]
    right = np.nan_to_num(credit(np.sign(lead) * (values[:, 0] - values[:, 1])))
    return float(np.average(right, weights=np.abs(lead))) if lead.any() else NAN
