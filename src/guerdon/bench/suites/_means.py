"""Means that published scripts take."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from guerdon.bench.answers import Answers
from guerdon.bench.items import Questions
from guerdon.scores import Floats


def by_group(
    credit: Floats, questions: Questions, answers: Answers, name: Callable[[str], str] = str
) -> dict[str, float]:
    """The mean credit [n] of each group, or of those with one `name`, over the items that were answered.

    What has no credit because it could not be read counts 0: no comparison with NaN is true.
    """
    found: dict[str, list[float]] = {}
    for i in np.flatnonzero(answers.answered).tolist():
        found.setdefault(name(questions.groups[i]), []).append(float(credit[i]))
    return {group: float(np.mean(np.nan_to_num(credits))) for group, credits in found.items()}


def weighted(means: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    """The weighted mean of those of some groups that are there; None if none is.

    >>> weighted({"a": 1.0, "b": 0.0}, {"a": 3, "b": 1, "c": 5}), weighted({}, {"a": 1})
    (0.75, None)
    """
    there = [name for name in weights if name in means]
    if not there:
        return None
    return float(np.average([means[name] for name in there], weights=[weights[name] for name in there]))
