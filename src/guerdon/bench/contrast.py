"""Contrast sets: two questions that are alike and have different answers, each answer tried under both.

With images for questions and captions for answers this is what Winoground asks.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from guerdon.bench.figures import Metric
from guerdon.bench.items import ALL, Item, digest
from guerdon.metrics.contrast import Contrast, contrast
from guerdon.sample import Row, Sample
from guerdon.scores import NAN, Floats

GOLD = (1.0, 0.0, 0.0, 1.0)
"""Of r(q, a), r(q, a′), r(q′, a) and r(q′, a′)."""
Part = Literal["response", "instruction", "both", "response_ties", "instruction_ties"]


def quartet(
    first: Row, second: Row, *, key: str = "", group: str = ALL, facts: Mapping[str, Any] | None = None
) -> Item:
    """An item of two rows, each with its own right `response`: both responses under both.

    Raises ValueError where the responses, or all else, are the same: then nothing is asked.
    """
    one, other = dict(first), dict(second)
    answers = one.pop("response", None), other.pop("response", None)
    if None in answers or answers[0] == answers[1]:
        raise ValueError("the two answers are the same, or one is missing")
    if one == other:
        raise ValueError("the two questions are the same")
    samples = tuple(Sample(**{**question, "response": answer}) for question in (one, other) for answer in answers)
    name = key or digest(repr(sorted(one.items())), repr(sorted(other.items())), *map(str, answers))
    return Item(name, samples, GOLD, group, facts=facts or {})


def table(values: Floats) -> Floats:
    """Values [n, 4] as [n, 2, 2], question by answer."""
    return values.reshape(len(values), 2, 2) if values.shape[1] == 4 else np.full((len(values), 2, 2), NAN)


def metrics() -> tuple[Metric, ...]:
    """Consistency with the question and with the answer, strict, and the ties behind it."""
    return (
        Metric("C_both", "Each answer is worth more where it belongs, seen from question and answer.", _part("both")),
        Metric("C_res", "A question's own answer is worth more than the other; ties are wrong.", _part("response")),
        Metric("C_ins", "An answer is worth more under its own question; ties are wrong.", _part("instruction")),
        Metric("C_res ties", "Both answers are worth the same.", _part("response_ties")),
        Metric(
            "C_ins ties", "An answer is worth the same under both: the question is ignored.", _part("instruction_ties")
        ),
    )


def neighbours(
    vectors: ArrayLike, answers: Sequence[Hashable], *, low: float = 0.75, high: float = 0.9
) -> list[tuple[int, int]]:
    """Pairs of rows [n, d] that are alike, low ≤ cosine < high, and whose answers differ; each row in one pair at most.

    The likest pairs first. The band is that of Shen et al. 2023, https://arxiv.org/abs/2309.16155: below it rows are
    about different things, above it they are the same. Raises ValueError for lengths that differ.

    >>> neighbours([[1, 0], [0.8, 0.6], [0, 1]], ["yes", "no", "no"])
    [(0, 1)]
    """
    array = np.asarray(vectors, dtype=np.float64)
    if array.ndim != 2 or len(array) != len(answers):
        raise ValueError(f"{len(answers)} answers for vectors {list(array.shape)}")
    norms = np.linalg.norm(array, axis=1, keepdims=True)
    unit = np.divide(array, norms, out=np.zeros_like(array), where=norms > 0)
    cosine = unit @ unit.T
    rows, columns = np.nonzero(np.triu((cosine >= low) & (cosine < high), 1))
    taken: set[int] = set()
    pairs = []
    for k in np.argsort(-cosine[rows, columns], kind="stable").tolist():
        i, j = int(rows[k]), int(columns[k])
        if answers[i] != answers[j] and not {i, j} & taken:
            taken |= {i, j}
            pairs.append((i, j))
    return pairs


def _part(name: Part) -> Callable[[Floats, Floats], Floats]:
    def credit(values: Floats, gold: Floats) -> Floats:
        found: Contrast = contrast(table(values))
        return np.asarray(getattr(found, name))

    return credit
