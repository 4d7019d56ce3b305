"""Structural similarity of images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
SIGMA, RADIUS = 1.5, 5
"""Of the Gaussian window: 11 by 11 pixels."""
C1, C2 = 0.01**2, 0.03**2
"""Keep the ratios of means and of variances finite, for values from 0 to 1."""


def ssim_map(a: ArrayLike, b: ArrayLike) -> Floats:
    """Structural similarity around every pixel, −1 to 1, of images [..., height, width] with values 0–1.

    Gaussian window of 11 × 11 with σ 1.5; outside the image is 0. Each leading axis, such as colour, is an image
    of its own. Wang et al. 2004, https://doi.org/10.1109/TIP.2003.819861, equation 13. Raises ValueError for shapes
    that differ.
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.shape != second.shape or first.ndim < 2:
        raise ValueError(f"two images need one shape [..., height, width], not {first.shape} and {second.shape}")
    mean_a, mean_b = _blurred(first), _blurred(second)
    var_a, var_b = _blurred(first * first) - mean_a**2, _blurred(second * second) - mean_b**2
    covariance = _blurred(first * second) - mean_a * mean_b
    alike: Floats = (2 * mean_a * mean_b + C1) * (2 * covariance + C2)
    return alike / ((mean_a**2 + mean_b**2 + C1) * (var_a + var_b + C2))


def ssim(a: ArrayLike, b: ArrayLike) -> float:
    """Mean of `ssim_map`, −1 to 1; an image with itself is 1.

    >>> ssim(np.ones((16, 16)), np.zeros((16, 16))) < 0.1
    True
    """
    return float(ssim_map(a, b).mean())


def ssim_matrix(a: Sequence[ArrayLike], b: Sequence[ArrayLike]) -> Floats:
    """`ssim` of every pair, [n, m]."""
    return np.array([[ssim(one, other) for other in b] for one in a], dtype=np.float64).reshape(len(a), len(b))


def _blurred(image: Floats) -> Floats:
    from scipy.ndimage import correlate1d

    window = np.exp(-(np.arange(-RADIUS, RADIUS + 1) ** 2) / (2 * SIGMA**2))
    window /= window.sum()
    rows = correlate1d(image, window, axis=-2, mode="constant")
    return np.asarray(correlate1d(rows, window, axis=-1, mode="constant"), dtype=np.float64)
