"""Cosines of vectors that rows bring along."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from guerdon import Status
from guerdon.embed.given import cosine


def row(text: Any, image: Any) -> dict[str, Any]:
    return {"text_embedding": text, "image_embedding": image}


def test_rows_are_scored_together_as_one_by_one() -> None:
    rng = np.random.default_rng(0)
    pairs = [rng.normal(size=(2, d)) for d in (4, 4, 7, 4, 7)]
    scores = cosine()([row(*pair) for pair in pairs])
    for pair, value in zip(pairs, scores.values, strict=True):
        assert value == pytest.approx(pair[0] @ pair[1] / np.linalg.norm(pair[0]) / np.linalg.norm(pair[1]))
    assert scores.values.tolist() == [cosine().one(row(*pair)).value for pair in pairs]


def test_lists_count_as_vectors_and_zeros_are_like_nothing() -> None:
    assert cosine()([row([1, 1], [2, 2]), row([0, 0], [1, 0]), row([], [])]).values == pytest.approx([1, 0, 0])


@pytest.mark.parametrize(
    ("text", "image"),
    [([1, 2], [1, 2, 3]), (["a"], ["b"]), ([[1, 2]], [[1, 2]]), ([1.0, float("nan")], [1, 2]), (1.0, 2.0), ({}, [1])],
)
def test_what_is_no_pair_of_vectors_costs_its_row_alone(text: Any, image: Any) -> None:
    scores = cosine()([row([1, 0], [1, 0]), row(text, image)])
    assert scores.status.tolist() == [Status.OK, Status.FAILED]
    assert "embedding" in scores.reasons[1]


def test_a_row_without_vectors_does_not_apply() -> None:
    assert cosine().one({"text_embedding": [1.0]}).status == Status.INAPPLICABLE
