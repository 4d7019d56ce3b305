"""Answers to a chain of questions: how many are right, and how many neighbours fit together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import NamedTuple

Path = Sequence[Hashable]
"""The answers, question by question, that are true together."""


class PathScore(NamedTuple):
    """What a chain of answers earns."""

    correct: float
    """1 for each right answer, `unread` for each that could not be read."""
    consistent: int
    """Neighbouring pairs that some path has just so."""


def path_score(
    found: Sequence[Hashable | None],
    true: Sequence[Hashable],
    paths: Sequence[Path],
    *,
    questions: Sequence[int] | None = None,
    unread: float = 0.0,
    joint: bool = False,
) -> PathScore:
    """Score answers to the given `questions` (positions in the paths; all by default), in the order given.

    None is an answer that could not be read. `joint` counts a pair only where both answers are right, so that
    a consistent story earns nothing for being wrong. Sun et al. 2024 (Dr-LLaVA), https://arxiv.org/abs/2405.19567.

    >>> paths = [("ill", "cancer"), ("well", "none")]
    >>> path_score(["ill", "cancer"], ["well", "none"], paths)
    PathScore(correct=0, consistent=1)
    >>> path_score(["ill", "cancer"], ["well", "none"], paths, joint=True)
    PathScore(correct=0, consistent=0)
    """
    asked = range(len(found)) if questions is None else questions
    right = [answer == wanted for answer, wanted in zip(found, true, strict=True)]
    correct = sum(1 if hit else unread if answer is None else 0 for answer, hit in zip(found, right, strict=True))
    turns = zip(asked, found, right, strict=True)
    fitting = [
        (hit and other_hit) or not joint
        for (i, answer, hit), (j, other, other_hit) in pairwise(turns)
        if any(path[i] == answer and path[j] == other for path in paths)
    ]
    return PathScore(correct, sum(fitting))
