"""Putting rewards on a common scale.

Two kinds: fixed statistics, saved in the spec and the same for every batch (`zscore`, `quantile`; fit
them on samples first), and statistics of the prompt's own group (`rank`, `group_normalise`). Rows
without a value never enter a mean, a spread or a rank, and stay without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from typing import Any, Self

import numpy as np

from guerdon.batch import Batch, Index, Steps, as_rows
from guerdon.compose import Composite, Elementwise, finite, finite_or_none, op, weighted_sum
from guerdon.reward import Range, Reward, as_reward
from guerdon.scores import NAN, Column, ContractError, Floats, Over, Score


class ZScore(Elementwise):
    """(r − mean) / std with saved statistics."""

    op = "zscore"

    def _formula(self, values: Sequence[Any]) -> Any:
        if self.settings["mean"] is None:
            raise ContractError(f"{self} has no statistics yet: .fit(samples) first")
        return (values[0] - self.settings["mean"]) / self.settings["std"]

    def _range(self) -> Range:
        return -inf, inf

    def fit(self, samples: Any) -> Self:
        """With the mean and standard deviation (ddof 0) of these samples' values.

        Raises ContractError where they do not vary.
        """
        values = _valued(self.children[0](samples))
        if len(values) == 0 or not values.std() > 0:
            raise ContractError(f"{self.children[0]} does not vary on these {len(values)} values: nothing to scale by")
        return self._replace(settings={"mean": float(values.mean()), "std": float(values.std())})


@op
def zscore(reward: Reward, *, mean: float | None = None, std: float | None = None) -> ZScore:
    """(r − mean) / std with saved statistics: give them, or `.fit(samples)`. Raises ValueError unless std > 0."""
    if (mean is None) != (std is None) or (std is not None and not std > 0):
        raise ValueError(f"zscore: give mean and a positive std, or neither and .fit; not {mean=}, {std=}")
    return ZScore((as_reward(reward),), {"mean": finite_or_none(mean), "std": finite_or_none(std)})


class Quantile(Elementwise):
    """Share of the fitted values below r, equal ones half; linear between saved knots."""

    op = "quantile"

    def _formula(self, values: Sequence[Any]) -> Any:
        knots = self.settings["knots"]
        if not knots:
            raise ContractError(f"{self} has no statistics yet: .fit(samples) first")
        # A run of equal knots counts half: the mean of a value's last and first position in them.
        scale = np.linspace(0.0, 1.0, len(knots))
        mirrored = 1.0 - np.interp(-np.asarray(values[0]), -np.asarray(knots)[::-1], scale)
        return (np.interp(values[0], knots, scale) + mirrored) / 2

    def _range(self) -> Range:
        return 0.0, 1.0

    def fit(self, samples: Any, *, knots: int = 101) -> Self:
        """With evenly spaced quantiles of these samples' values. Raises ContractError where there are none."""
        values = _valued(self.children[0](samples))
        if len(values) == 0:
            raise ContractError(f"{self.children[0]} has no values on these samples: nothing to fit")
        steps = np.quantile(values, np.linspace(0, 1, knots), method="inverted_cdf")
        return self._replace(settings={"knots": tuple(steps.tolist())})


@op
def quantile(reward: Reward, *, knots: Sequence[float] = ()) -> Quantile:
    """The value's place in a saved distribution, 0–1: give its evenly spaced quantiles, or `.fit(samples)`.

    Raises ValueError unless the knots rise.
    """
    knots = tuple(map(finite, knots))
    if len(knots) == 1 or any(a > b for a, b in pairwise(knots)):
        raise ValueError("quantile: two or more knots that do not fall")
    return Quantile((as_reward(reward),), {"knots": knots})


class Residual(Elementwise):
    """r − slope·(covariate − centre) with saved statistics."""

    op = "residual"

    def _formula(self, values: Sequence[Any]) -> Any:
        if self.settings["slope"] is None:
            raise ContractError(f"{self} has no statistics yet: .fit(samples) first")
        return values[0] - self.settings["slope"] * (values[1] - self.settings["centre"])

    def _range(self) -> Range:
        return -inf, inf

    def fit(self, samples: Any) -> Self:
        """With the least-squares slope of the reward on the covariate over these samples, and the covariate's mean.

        Where all samples name their `group`, the slope is the one within groups: that prompts with long answers
        score high says nothing about which answer to prefer. Raises ContractError where the covariate does not vary.
        """
        rows = as_rows(samples)
        y, x = (child(rows).values for child in self.children)
        valued = ~np.isnan(x + y)
        y, x, centre = y[valued], x[valued], float(x[valued].mean()) if valued.any() else NAN
        names = np.array([str(row.get("group", "")) for row in rows])
        group = np.unique(names[valued], return_inverse=True)[1]
        y, x = (column - (np.bincount(group, column) / np.bincount(group))[group] for column in (y, x))
        if not x @ x > 0:
            raise ContractError(f"{self.children[1]} does not vary on these {len(x)} values: nothing to take out")
        return self._replace(settings={"slope": float(x @ y / (x @ x)), "centre": centre})


@op
def residual(reward: Reward, covariate: Reward, *, slope: float | None = None, centre: float = 0.0) -> Residual:
    """r − slope·(covariate − centre): a reward with what a covariate explains taken out, such as `length.words`.

    Give the slope, or `.fit(samples)` on responses of the policy as it is before training. Length that earns reward
    because better answers are longer is taken out too: compare both. Only what is linear in the covariate goes.

    >>> from guerdon.rules.given import score
    >>> from guerdon.rules.shape import words
    >>> longer = [{"score": 1, "response": "a"}, {"score": 3, "response": "a b"}, {"score": 5, "response": "a b c"}]
    >>> residual(score(), words()).fit(longer)(longer).values  # slope 2, centre 2
    array([3., 3., 3.])
    """
    return Residual(
        (as_reward(reward), as_reward(covariate)), {"slope": finite_or_none(slope), "centre": finite(centre)}
    )


class Within(Composite):
    """A formula over the valued members of each row's group."""

    def _within(self, values: Floats) -> Floats:
        raise NotImplementedError

    def _over(self) -> Over:
        if self.children[0].over == "set":
            raise ContractError(f"{self.op} works within groups; a set reward has one value a set")
        return "group"

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        blocks = batch.blocks("group", rows)
        members = np.concatenate(blocks or [rows])
        column = (yield from self.children[0]._ensure(batch, members)).take(np.arange(len(batch.rows)))
        for block in blocks:
            valued = block[~np.isnan(column.values[block])]
            if len(valued):
                column.values[valued] = self._within(column.values[valued])
        column.seconds, column.fine = None, {}
        return column.take(rows)


class Rank(Within):
    """Rank within the group, 0–1."""

    op = "rank"

    def _within(self, values: Floats) -> Floats:
        from scipy.stats import rankdata

        n = len(values)
        ranks: Floats = rankdata(values) - 1.0
        return ranks / (n - 1) if n > 1 else np.full(n, 0.5)

    def _range(self) -> Range:
        return 0.0, 1.0


@op
def rank(reward: Reward) -> Reward:
    """Rank within the group, 0 worst to 1 best; ties share their mean rank, a single value is ½."""
    return Rank((as_reward(reward),))


class GroupNormalise(Within):
    """(r − mean of the group) / (its standard deviation + eps)."""

    op = "group_normalise"

    def _within(self, values: Floats) -> Floats:
        centred = values - values.mean()
        if not self.settings["scale"]:
            return np.asarray(centred, dtype=np.float64)
        spread = values.std(ddof=1) if len(values) > 1 else 0.0
        return np.asarray(centred / (spread + self.settings["eps"]), dtype=np.float64)

    def _range(self) -> Range:
        return -inf, inf


@op
def group_normalise(reward: Reward, *, scale: bool = True, eps: float = 1e-4) -> Reward:
    """(r − mean) / (std + eps) over the group, ddof 1: GRPO's advantage (Shao et al. 2024, §4.1).

    With scale=False only the mean is taken off (Dr. GRPO, Liu et al. 2025).
    """
    return GroupNormalise((as_reward(reward),), {"scale": bool(scale), "eps": finite(eps)})


def normalise_then_sum(*parts: Reward, weights: Sequence[float] | None = None) -> Reward:
    """Σ wᵢ · group_normalise(rᵢ): parts of unlike scale weigh alike (GDPO, Liu et al. 2026)."""
    return weighted_sum(*(group_normalise(part) for part in parts), weights=weights)


class Spread(Composite):
    """Every member of a set has the set's value."""

    op = "spread"

    def _over(self) -> Over:
        return _set_only(self.op, self.children[0])

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        column = (yield from self.children[0]._ensure(batch, rows)).take(rows)
        column.seconds = None
        return column


@op
def spread(reward: Reward) -> Reward:
    """Give every member of a set the set's value. Raises ContractError for a reward that is not over sets."""
    return Spread((as_reward(reward),))


class LeaveOneOut(Composite):
    """R(S) − R(S without the row)."""

    op = "leave_one_out"

    def _over(self) -> Over:
        return _set_only(self.op, self.children[0])

    def _range(self) -> Range:
        low, high = self.children[0].range
        return low - high, high - low

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        child = self.children[0]
        whole = (yield from child._ensure(batch, rows)).take(rows)
        valued = {i: k for k, i in enumerate(rows.tolist()) if not np.isnan(whole.values[k])}
        for block in batch.blocks("set", rows):
            for i in set(block.tolist()) & valued.keys():
                rest = [{**batch.rows[j], "set_size": None} for j in block if j != i]
                k = valued[i]
                if not rest:
                    whole.put(k, Score.inapplicable("the set has one member: nothing is left without it"))
                    continue
                without = Batch(rest)
                column = yield from child._ensure(without, without.all)
                score = column[0]
                if score.status > whole.status[k]:
                    whole.status[k], whole.reasons[k] = score.status, score.reason
                whole.values[k] -= NAN if score.value is None else score.value
        whole.seconds = None
        return whole


@op
def leave_one_out(reward: Reward) -> Reward:
    """What each member adds to its set: R(S) − R(S without it); one more evaluation a member.

    Raises ContractError for a reward that is not over sets.
    """
    return LeaveOneOut((as_reward(reward),))


def _set_only(name: str, child: Reward) -> Over:
    if child.over != "set":
        raise ContractError(f"{name} is for set rewards; {child} is over {child.over}")
    return "group"


def _valued(column: Column) -> Floats:
    return column.values[~np.isnan(column.values)]
