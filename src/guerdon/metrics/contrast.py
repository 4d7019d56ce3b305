"""Consistency on contrast sets: two like instructions with different answers, and what each answer is worth to each.

Values are [n, 2, 2], instruction by answer, and the diagonal is right: r(q, a), r(q, a′); r(q′, a), r(q′, a′). An
item without all four values is NaN.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from guerdon.metrics.pairwise import credit

Floats = NDArray[np.float64]


class Contrast(NamedTuple):
    """Of each item [n], the share of its two right combinations that are worth more than the swapped one."""

    response: Floats
    """Than with the other answer: r(q, a) > r(q, a′). C_res."""
    instruction: Floats
    """Than under the other instruction: r(q, a) > r(q′, a). C_ins, which a reward blind to the instruction ties."""
    both: Floats
    """Than either."""
    response_ties: Floats
    """Share that are worth the same as with the other answer."""
    instruction_ties: Floats


class Winoground(NamedTuple):
    """1 for the items [n] that pass, with images for instructions and captions for answers; else 0."""

    text: Floats
    """Each image is worth more with its caption."""
    image: Floats
    """Each caption is worth more with its image."""
    group: Floats
    """Both."""


def contrast(values: ArrayLike, *, ties: float = 0.0) -> Contrast:
    """Consistency with the instruction and with the answer; a tie earns `ties`.

    ties=1 is ≥, which calls a reward that ignores the instruction perfectly consistent. Shen et al. 2023,
    https://arxiv.org/abs/2309.16155. Raises ValueError for another shape.

    >>> blind = contrast([[[2, 1], [2, 1]]])  # one answer is worth more than the other to both
    >>> blind.response, blind.instruction, blind.instruction_ties
    (array([0.5]), array([0.]), array([1.]))
    """
    by_answer, by_instruction = _gaps(values)
    right = credit(by_answer, ties=ties), credit(by_instruction, ties=ties)
    tied = credit(-np.abs(by_answer), ties=1.0), credit(-np.abs(by_instruction), ties=1.0)
    return Contrast(*(each.mean(axis=1) for each in (*right, np.minimum(*right), *tied)))


def winoground(values: ArrayLike) -> Winoground:
    """Strict scores of two images and their captions. Thrush et al. 2022, https://arxiv.org/abs/2204.03162.

    Values drawn at random pass ¼, ¼ and ⅙ of the items.

    >>> winoground([[[2, 1], [2, 3]]])  # the first caption is worth as much with both images
    Winoground(text=array([1.]), image=array([0.]), group=array([0.]))
    """
    text, image = (credit(gaps, ties=0.0).min(axis=1) for gaps in _gaps(values))
    return Winoground(text, image, np.minimum(text, image))


def _gaps(values: ArrayLike) -> tuple[Floats, Floats]:
    """How far the diagonal is above the rest of its row, and of its column, [n, 2] each."""
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 3 or table.shape[1:] != (2, 2):
        raise ValueError(f"values {list(table.shape)} are not [n, 2, 2]")
    whole = np.where(np.isnan(table).any(axis=(1, 2), keepdims=True), np.nan, table)
    right = np.diagonal(whole, axis1=1, axis2=2)
    return right - np.stack([whole[:, 0, 1], whole[:, 1, 0]], axis=1), right - np.stack(
        [whole[:, 1, 0], whole[:, 0, 1]], axis=1
    )
