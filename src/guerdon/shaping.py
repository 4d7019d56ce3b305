"""Rewards of steps made of other rewards: scored step by step, refined, shaped, and joined with the outcome.

A reward of a finer grain than the response (a process reward model, a potential of every state) has a value for
each step; these combinators give it other ones. The value of the whole is always the sum over the steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from math import inf
from typing import Any

import numpy as np

from guerdon.batch import Batch, Index, Steps
from guerdon.compose import Composite, Elementwise, op, why
from guerdon.metrics import steps as metric
from guerdon.metrics.steps import Refinement
from guerdon.reward import Range, Reward, as_reward
from guerdon.sample import Broken, Row
from guerdon.scores import Column, Fine, Grain, Over, Score


class EachStep(Composite):
    """The reward of every row in the column `steps`."""

    op = "each_step"

    @property
    def default_name(self) -> str:
        """The name of the reward itself."""
        return self.children[0].name

    def check(self, rows: Sequence[Row]) -> None:
        """Check the reward on all steps of all rows."""
        steps = [step for row in rows if not isinstance(own := _step_rows(row), Score) for step in own]
        if len(steps) > 1:
            self.children[0].check(steps)

    def _over(self) -> Over:
        return "trajectory"

    def _grain(self) -> Grain:
        return "step"

    def _range(self) -> Range:
        low, high = self.children[0].range
        return (0.0 if low >= 0 else -inf), (0.0 if high <= 0 else inf)

    def _own_parts(self) -> dict[str, tuple[str, ...]]:
        return {self.default_name: (self._key,)}  # parts have a value a step, and no place in a row's components

    def _start(self, batch: Batch, rows: Index) -> None:
        """The steps are a batch of their own, which starts its work itself."""

    def _row(self, row: Row, memo: dict[str, Score]) -> Score:
        own = _step_rows(row)
        total = own if isinstance(own, Score) else self._joined([self.children[0]._row(step, {}) for step in own])
        memo[self._key] = total
        return total

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        steps = [_step_rows(batch.rows[i]) for i in rows.tolist()]
        inner = Batch([step for own in steps if not isinstance(own, Score) for step in own])
        self.children[0]._start(inner, inner.all)
        column = yield from self.children[0]._ensure(inner, inner.all)
        out, start = Column.empty(len(rows)), 0
        for k, own in enumerate(steps):
            if isinstance(own, Score):
                out.put(k, own)
            else:
                out.put(k, self._joined([column[i] for i in range(start, start + len(own))]))
                start += len(own)
        out.seconds = None
        return out

    def _joined(self, scores: Sequence[Score]) -> Score:
        worst = max(scores, key=lambda score: score.status)
        reason = why(self.children[0], worst.reason)
        values = [score.value for score in scores if score.value is not None]
        if len(values) < len(scores):
            return Score(None, worst.status, reason)
        return Score(float(sum(values)), worst.status, reason, fine=_steps(values))


@op
def each_step(reward: Reward) -> Reward:
    """A reward of one sample on every step of a trajectory: the column `steps` holds a row for each.

    Its value is their sum. A step without a value leaves the trajectory without one. Raises TypeError for a reward
    that looks at more than a sample.
    """
    reward = as_reward(reward)
    if reward.over != "sample" or reward.grain != "response":
        raise TypeError(f"each_step is for rewards of one sample; {reward} is over {reward.over}, by {reward.grain}")
    return EachStep((reward,))


class Stepwise(Composite):
    """A new value for each step of the only child."""

    def _revalued(self, values: Sequence[float]) -> list[float]:
        raise NotImplementedError

    def _grain(self) -> Grain:
        return self.children[0].grain

    def _range(self) -> Range:
        return -inf, inf

    def _row(self, row: Row, memo: dict[str, Score]) -> Score:
        memo[self._key] = total = self._total(self.children[0]._row(row, memo))
        return total

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        column = yield from self.children[0]._ensure(batch, rows)
        out = Column.empty(len(rows))
        for k, i in enumerate(rows.tolist()):
            out.put(k, self._total(column[i]))
        out.seconds = None
        return out

    def _total(self, score: Score) -> Score:
        reason = why(self.children[0], score.reason)
        if score.fine is None or score.value is None:
            return Score(score.value, score.status, reason)
        values = self._revalued(score.fine.values)
        return Score(float(sum(values)), score.status, reason, fine=score.fine._replace(values=tuple(values)))


class RefineSteps(Stepwise):
    """Clip, delta, or both."""

    op = "refine_steps"

    def _revalued(self, values: Sequence[float]) -> list[float]:
        return metric.refined(values, self.settings["how"], self.settings["threshold"])

    def _range(self) -> Range:
        return -inf, inf if self.settings["how"] == "delta" else 0.0


@op
def refine_steps(reward: Reward, *, how: Refinement = "clip+delta", threshold: float = 0.5) -> Reward:
    """Process rewards that cannot be earned by writing more steps (Gao et al. 2024): see `metrics.steps.refined`.

    Clip takes min(r − threshold, 0) of each step; set the threshold near the mean score, so that most steps get
    0. Delta takes r(k) − r(k + 1), and nothing for the last step, which the outcome pays for. Raises
    ValueError for another word, TypeError for a reward without steps.
    """
    metric.refined((), how, threshold)
    return RefineSteps((_of_steps(reward, "refine_steps"),), {"how": how, "threshold": float(threshold)})


class PotentialShaping(Stepwise):
    """γ·Φ(t) − Φ(t − 1)."""

    op = "potential_shaping"

    def _revalued(self, values: Sequence[float]) -> list[float]:
        return metric.shaped(values, self.settings["gamma"], self.settings["negative_slope"])


@op
def potential_shaping(reward: Reward, *, gamma: float = 0.99, negative_slope: float = 1.0) -> Reward:
    """γ·Φ(t) − Φ(t − 1) for each step of a potential Φ, 0 for the first; negative ones × `negative_slope`.

    Use the γ of the learner: with it the best policy stays what it was (Ng, Harada and Russell 1999). Under γ < 1
    a potential that stays positive costs (1 − γ)·Φ a step. Raises TypeError for a reward without steps.
    """
    settings = {"gamma": float(gamma), "negative_slope": float(negative_slope)}
    return PotentialShaping((_of_steps(reward, "potential_shaping"),), settings)


class EndWith(Elementwise):
    """children = (process, outcome)."""

    op = "end_with"

    def _grain(self) -> Grain:
        return self.children[0].grain

    def _formula(self, values: Sequence[Any]) -> Any:
        return values[0] + values[1]

    def _range(self) -> Range:
        process, outcome = (child.range for child in self.children)
        return process[0] + outcome[0], process[1] + outcome[1]

    @cached_property
    def _keys(self) -> tuple[str, str]:
        process, outcome = self.children
        return process._key, outcome._key

    def _row(self, row: Row, memo: dict[str, Score]) -> Score:
        total = super()._row(row, memo)
        process, outcome = (memo[key] for key in self._keys)
        total.fine = _ended(process.fine, outcome.value)
        return total

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        column = yield from super()._compute(batch, rows)
        process, outcome = (batch.memo[key] for key in self._keys)
        for k, i in enumerate(rows.tolist()):
            fine = _ended(process.fine.get(i), float(outcome.values[i]))
            if fine is not None:
                column.fine[k] = fine
        return column


@op
def end_with(process: Reward, outcome: Reward) -> Reward:
    """The values of `process` step by step, with the `outcome` of the whole added to the last step.

    `end_with(0.02 * refine_steps(prm), accuracy)` is the reward of Gao et al. 2024. Raises TypeError for a
    process without steps.
    """
    return EndWith((_of_steps(process, "end_with"), as_reward(outcome)))


def _of_steps(reward: Reward, name: str) -> Reward:
    reward = as_reward(reward)
    if reward.grain == "response":
        raise TypeError(f"{name} is for rewards that have a value for each step; {reward} has one for the response")
    return reward


def _step_rows(row: Row) -> Sequence[Row] | Score:
    if isinstance(row, Broken):
        return row.score
    steps = row.get("steps")
    if steps is None or len(steps) == 0:
        return Score.inapplicable("no steps")
    if isinstance(steps, str) or not all(isinstance(step, Mapping) for step in steps):
        return Score.failed("the column 'steps' does not hold a list of rows")
    return list(steps)


def _steps(values: Sequence[float]) -> Fine:
    return Fine(tuple(values), tuple((i, i + 1) for i in range(len(values))), "step")


def _ended(fine: Fine | None, outcome: float | None) -> Fine | None:
    if fine is None or not fine.values or outcome is None or np.isnan(outcome):
        return None
    return fine._replace(values=(*fine.values[:-1], fine.values[-1] + outcome))
