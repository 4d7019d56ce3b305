"""Best of n: the candidate that a reward values most, by its whole or by its steps.

Scores in whole numbers tie often among many candidates, and what is done about ties moves accuracy by points, so
the rule has a name here.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from guerdon.batch import as_rows
from guerdon.metrics.steps import Aggregate
from guerdon.metrics.steps import aggregate as aggregate_steps
from guerdon.reward import Reward, as_reward
from guerdon.sample import cell
from guerdon.scores import NAN, Floats, Scores

Ties = Literal["first", "random", "majority"]


class Selected(NamedTuple):
    """What was picked, and by which values."""

    position: int | None
    """None where no candidate has a value."""
    values: Floats
    """[n]"""


def select(
    candidates: Any,
    scorer: Reward,
    *,
    aggregate: Aggregate = "mean",
    last: int | None = None,
    ties: Ties = "first",
    by: str = "response",
    seed: int = 0,
) -> Selected:
    """The candidate with the greatest value, out of samples that answer one prompt.

    A scorer with a value a step, a process reward, is aggregated as `guerdon.metrics.steps.aggregate` does, over its
    `last` steps where given; any other counts by its value. Both together are a composition: `0.5 * orm + 0.5 * prm`.
    Candidates without a value cannot be picked. Of equal ones the first is, or one by lot, or, with "majority", the
    first whose cell in the column `by`, its final answer, most candidates have. Raises ValueError for another rule.

    >>> from guerdon.rules.process import step_scores
    >>> solutions = [{"step_scores": scores} for scores in ([5, 5, 1], [4, 4, 4], [2, 3, 5])]
    >>> [select(solutions, step_scores(), aggregate=how).position for how in ("mean", "min", "last")]
    [1, 1, 2]
    """
    if ties not in ("first", "random", "majority"):
        raise ValueError(f"ties={ties!r}: write first, random or majority")
    rows = as_rows(candidates)
    values = aggregated(as_reward(scorer)(rows), aggregate, last)
    if np.isnan(values).all():
        return Selected(None, values)
    best = np.flatnonzero(values == np.nanmax(values))
    if ties == "random":
        return Selected(int(np.random.default_rng(seed).choice(best)), values)
    if ties == "majority":
        answers = [cell(row, by) for row in rows]
        votes = Counter(answers)
        return Selected(max(best.tolist(), key=lambda i: (votes[answers[i]], -i)), values)
    return Selected(int(best[0]), values)


def aggregated(scores: Scores, how: Aggregate = "mean", last: int | None = None) -> Floats:
    """A value a row: of those with values of steps from these, or their `last` ones, of others their own."""
    values = scores.values.copy()
    for i, fine in scores.fine.items():
        steps = fine.values[-last:] if last else fine.values
        values[i] = aggregate_steps(steps, how) if len(steps) and not np.isnan(values[i]) else NAN
    return values


def step_advantage(correct: ArrayLike, by_steps: ArrayLike, by_whole: ArrayLike) -> Floats:
    """How much more often scorers pick a right candidate by its steps than by its whole, for each question [n].

    `correct` [n, candidates] says which are right, `by_steps` and `by_whole` [scorers, n] what each scorer picked.
    Tu et al. 2025 (ViLBench), https://arxiv.org/abs/2503.20271, keep the questions on which it is greatest:
    questions chosen so favour process rewards when they are compared, above all those of the same scorers.

    >>> step_advantage([[1, 0], [0, 1]], by_steps=[[0, 1], [0, 0]], by_whole=[[1, 1], [0, 0]])
    array([0.5, 0. ])
    """
    right = np.asarray(correct, dtype=np.float64)
    rows = np.arange(len(right))
    steps, wholes = (np.asarray(picks, dtype=np.intp) for picks in (by_steps, by_whole))
    return np.asarray(right[rows, steps].mean(axis=0) - right[rows, wholes].mean(axis=0))
