"""Shapes that turn a distance into a reward."""

from __future__ import annotations

from math import copysign, exp


def exp_distance(distance: float, scale: float, dispersion: float = 1.0, density: float = 1.0) -> float:
    """exp(−½ · distance / (scale · dispersion)) ^ (1 / density): 1 at no distance, falling towards 0.

    Without a sign `dispersion` and `density` do the same: both stretch the shape. Liu et al. 2021,
    https://arxiv.org/abs/2105.12196, with the two parameters of Lucy-SKG.

    >>> exp_distance(0, 2300), round(exp_distance(2300, 2300), 4)
    (1.0, 0.6065)
    """
    return exp(-0.5 * distance / (scale * dispersion * density))


def signed_exp_distance(distance: float, scale: float, dispersion: float = 1.0, density: float = 1.0) -> float:
    """2 · (exp(−½ · distance / (scale · dispersion)) − ½), its size to the power 1 / density: from 1 to −1.

    A `density` above 1 flattens it at both ends and makes it steep around 0.

    >>> signed_exp_distance(0, 4570), round(signed_exp_distance(1e9, 4570), 4)
    (1.0, -1.0)
    """
    value = 2.0 * exp_distance(distance, scale, dispersion) - 1.0
    return copysign(abs(value) ** (1 / density), value)
