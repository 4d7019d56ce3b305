"""Scores and facts that the row brings along: from a model that ran elsewhere, or from whoever generated it."""

from __future__ import annotations

from typing import Any

from guerdon.leaf import reward


@reward("given.score")
def score(score: float) -> float:
    """The number in the column `score`, as it is: what a reward model or a human gave beforehand.

    A row without one is inapplicable. For a column of another name write `.reading(score="…")`; to call a model
    while scoring, `asking(score(), score=model)`, see `guerdon.rules.asked`.

    >>> score().reading(score="rm").one({"response": "…", "rm": 3.5}).value
    3.5
    """
    return float(score)


@reward("given.finished", range=(0, 1), binary=True)
def finished(finished: Any) -> float:
    """1 if the response came to its own end, 0 if it was cut off.

    The column `finished` holds a truth value, or the reason that a server gives: "stop" is an end, "length"
    and all others are not. A row without it is inapplicable.

    >>> finished()([{"finished": True}, {"finished": "length"}]).values
    array([1., 0.])
    """
    return float(finished == "stop" if isinstance(finished, str) else bool(finished))
