"""Means that published scripts take."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from guerdon.bench.items import Questions
from guerdon.scores import Floats


def by_group(credit: Floats, questions: Questions, name: Callable[[str], str] = str) -> dict[str, float]:
    """The mean credit [n] of each group, or of those with one `name`, over the items that have any; those without
    such items are left out.
    """
    found: dict[str, list[float]] = {}
    for group, value in zip(questions.groups, credit.tolist(), strict=True):
        if value == value:
            found.setdefault(name(group), []).append(value)
    return {group: float(np.mean(credits)) for group, credits in found.items()}


def weighted(means: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    """The weighted mean of those of some groups that are there; None if none is.

    >>> weighted({"a": 1.0, "b": 0.0}, {"a": 3, "b": 1, "c": 5}), weighted({}, {"a": 1})
    (0.75, None)
    """
    there = [name for name in weights if name in means]
    if not there:
        return None
    return float(np.average([means[name] for name in there], weights=[weights[name] for name in there]))
