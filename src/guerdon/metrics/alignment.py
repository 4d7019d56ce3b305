"""How alike two texts are by their vectors: one each, or one for every token."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
BLOCK = 1024
"""Tokens compared at a time, so that two long texts do not need a table of all their pairs."""


class Alignment(NamedTuple):
    """Each token's best match in the other text, averaged, 0–1."""

    forward: float
    """Over the tokens of the first text."""
    backward: float
    """Over the tokens of the second."""

    @property
    def mean(self) -> float:
        """BMAS: the mean of both directions."""
        return (self.forward + self.backward) / 2


def unit(vectors: ArrayLike) -> Floats:
    """Vectors [..., d] scaled to length 1; a vector of zeros stays one."""
    values = np.asarray(vectors, dtype=np.float64)
    lengths = np.sqrt((values * values).sum(axis=-1, keepdims=True))
    scaled: Floats = np.divide(values, lengths, out=np.zeros_like(values), where=lengths != 0)
    return scaled


def cosine(a: ArrayLike, b: ArrayLike) -> Floats:
    """Cosine of each vector of a with its counterpart in b, both [..., d], −1–1; 0 for a vector of zeros.

    >>> cosine([[1, 0], [1, 1], [0, 0]], [[0, 2], [2, 2], [1, 0]]).round(3)
    array([0., 1., 0.])
    """
    return np.asarray(np.clip((unit(a) * unit(b)).sum(axis=-1), -1.0, 1.0), dtype=np.float64)


def best_matches(a: ArrayLike, b: ArrayLike) -> tuple[Floats, Floats]:
    """The greatest cosine with any token of the other text, for the m tokens of a and the n of b; at least 0.

    Takes unit vectors [m, d] and [n, d]; a token has no match (0) in a text without tokens.
    """
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if not (len(first) and len(second)):
        return np.zeros(len(first)), np.zeros(len(second))
    forward, backward = [], np.zeros(len(second))
    for start in range(0, len(first), BLOCK):
        similar = first[start : start + BLOCK] @ second.T
        forward.append(similar.max(axis=1))
        backward = np.maximum(backward, similar.max(axis=0))
    whole = forward[0] if len(forward) == 1 else np.concatenate(forward)
    return np.minimum(np.maximum(whole, 0.0), 1.0), np.minimum(backward, 1.0)


def bmas(a: ArrayLike, b: ArrayLike) -> Alignment:
    """Bidirectional max-average similarity of two texts as token vectors [m, d] and [n, d].

    forward = mean over i of max over j of cos(aᵢ, bⱼ), backward the same with the sides swapped; a negative
    cosine counts 0, and so does a text without tokens. The order of tokens does not matter. As BERTScore's
    precision and recall, but for static vectors and with a mean in place of F1. Xu et al. 2025 (Mixed-R1),
    https://arxiv.org/abs/2505.24164.

    >>> bmas([[1, 0], [0, 1]], [[1, 0]])
    Alignment(forward=0.5, backward=1.0)
    """
    first, second = _matrix(a), _matrix(b)
    if not (len(first) and len(second)):
        return Alignment(0.0, 0.0)
    forward, backward = best_matches(unit(first), unit(second))
    return Alignment(float(forward.mean()), float(backward.mean()))


def _matrix(vectors: ArrayLike) -> Floats:
    values = np.asarray(vectors, dtype=np.float64)
    return values.reshape(0, 0) if values.size == 0 else values


def triplet(anchor: ArrayLike, positive: ArrayLike, negative: ArrayLike, margin: float = 0.3) -> float:
    """Mean over rows of max(|a − p|² − |a − n|² + margin, 0) for vectors [n, d] as they are: 0 once all are apart.

    On vectors of length 1 it is max(margin − 2·(cos⁺ − cos⁻), 0). Raises ValueError for shapes that differ.

    >>> round(triplet([[1, 0]], [[0.6, 0.8]], [[0, 1]], margin=2), 6)  # cosines 0.6 and 0
    0.8
    """
    a, p, n = (np.asarray(vectors, dtype=np.float64) for vectors in (anchor, positive, negative))
    if not a.shape == p.shape == n.shape or a.ndim != 2 or not len(a):
        raise ValueError(f"anchor, positive and negative [n, d] have shapes {a.shape}, {p.shape} and {n.shape}")
    gaps = ((a - p) ** 2).sum(axis=1) - ((a - n) ** 2).sum(axis=1)
    return float(np.maximum(gaps + margin, 0.0).mean())
