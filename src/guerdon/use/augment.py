"""More preference pairs from those there are: rejected responses that lie further out than the rejected one.

Shen et al. 2023 (ConvexDA), https://arxiv.org/abs/2309.16155. Their released code keeps the last variant in place of
each; here every kept variant is itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from guerdon.embed.tables import Encoder
from guerdon.sample import Row

FLAT = 1e-9
"""A spread of less than this, relative to the first direction, is none."""


def hull(vectors: ArrayLike) -> list[int]:
    """The rows of [n, d] at the corners of their convex hull in their two directions of greatest spread.

    Rows that coincide count once. Fewer than three, or rows on a line, have no hull: then the two ends, or the one.

    >>> hull([[0, 0], [4, 0], [0, 4], [1, 1]])
    [0, 1, 2]
    """
    array = np.asarray(vectors, dtype=np.float64)
    if array.ndim != 2 or not len(array):
        raise ValueError(f"vectors {list(array.shape)} are not [n, d] with n ≥ 1")
    _, kept = np.unique(array.round(12), axis=0, return_index=True)
    kept.sort()
    centred = array[kept] - array[kept].mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    plane = centred @ directions[:2].T
    if len(kept) < 3 or len(sizes) < 2 or sizes[1] <= FLAT * sizes[0]:
        return sorted({int(kept[plane[:, 0].argmin()]), int(kept[plane[:, 0].argmax()])})
    from scipy.spatial import ConvexHull

    return sorted(int(kept[i]) for i in ConvexHull(plane).vertices)


def misspelt(text: str, rng: np.random.Generator, *, share: float = 0.05) -> str:
    """The text with neighbouring letters swapped in some words: at most `share` of them, at least one if any can be.

    >>> misspelt("a long sentence", np.random.default_rng(0)) != "a long sentence"
    True
    """
    words = text.split(" ")
    able = [i for i, word in enumerate(words) if any(a != b for a, b in pairwise(word))]
    count = min(len(able), max(1, int(share * len(words))))
    for i in rng.choice(able, count, replace=False).tolist() if able else ():
        word = words[i]
        places = [k for k in range(len(word) - 1) if word[k] != word[k + 1]]
        k = int(rng.choice(places))
        words[i] = word[:k] + word[k + 1] + word[k] + word[k + 2 :]
    return " ".join(words)


def outer_rejections(
    pairs: Sequence[Row], encoder: Encoder, *, variants: int = 5, share: float = 0.05, seed: int = 0
) -> Iterator[dict[str, Any]]:
    """For each pair with a text `rejected`, pairs in which it is one of its misspelt variants at the hull of them.

    The text itself is among the points; only variants are given. `chosen` and all else are kept.
    """
    rng = np.random.default_rng(seed)
    for pair in pairs:
        texts = list(
            dict.fromkeys([pair["rejected"], *(misspelt(pair["rejected"], rng, share=share) for _ in range(variants))])
        )
        for i in hull(encoder.encode(texts)):
            if i:
                yield {**pair, "rejected": texts[i]}
