"""More ways to combine rewards: means that no part can buy out, doubt that costs, constraints, sharing in a team."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import prod, tanh
from typing import Any, Literal

import numpy as np

from guerdon.batch import Batch, Index, Steps
from guerdon.compose import Composite, Elementwise, finite, finite_or_none, op, scaled
from guerdon.reward import Range, Reward, as_reward
from guerdon.scores import Column, ContractError, Fine, Floats, Grain, Over

Sign = Literal["all", "product"]


class SignedGeometricMean(Elementwise):
    """sign · |Π rᵢ|^(1/n)."""

    op = "signed_geometric_mean"

    def _formula(self, values: Sequence[Any]) -> Any:
        size = abs(prod(values)) ** (1 / len(values))
        if not size:
            return 0.0  # whatever the sign: there is no −0.0
        negative = sum(v < 0 for v in values)
        return -size if (negative % 2 if self.settings["sign"] == "product" else negative) else size

    def _arrays(self, values: Sequence[Floats]) -> Floats:
        return np.array([self._formula(row) for row in zip(*(v.tolist() for v in values), strict=True)], dtype=float)

    def _range(self) -> Range:
        ranges = [child.range for child in self.children]
        most = max(max(abs(low), abs(high)) for low, high in ranges)
        return (-most if any(low < 0 for low, _ in ranges) else 0.0), most


@op
def signed_geometric_mean(*parts: Reward, sign: Sign = "all") -> Reward:
    """|Π rᵢ|^(1/n), negative where any part is negative; 0 where any part is 0. Kinesthetic reward combination.

    No part can make up for another, as in a sum. `sign="product"` takes the sign of the product, under which
    two negative parts make a positive. The slope at 0 has no bound: noise around 0 is amplified, and near 0
    its sign is. Moschopoulos et al. 2023 (Lucy-SKG), https://arxiv.org/abs/2305.15801, equation 2.
    Raises ValueError without parts or for another sign.
    """
    if not parts or sign not in ("all", "product"):
        raise ValueError(f"signed_geometric_mean: one part or more, and sign all or product, not {sign!r}")
    return SignedGeometricMean(tuple(map(as_reward, parts)), {"sign": sign})


class LowerBound(Elementwise):
    """Mean − k·standard deviation of the parts."""

    op = "lower_bound"

    def _formula(self, values: Sequence[Any]) -> Any:
        mean = sum(values) / len(values)
        spread = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
        return mean - self.settings["k"] * spread

    def _range(self) -> Range:
        lows, highs = zip(*(child.range for child in self.children), strict=True)
        widest = self.settings["k"] and self.settings["k"] * (max(highs) - min(lows)) / 2
        return sum(lows) / len(lows) - widest, sum(highs) / len(highs)


@op
def lower_bound(*parts: Reward, k: float = 1.0) -> Reward:
    """Mean − k·standard deviation (ddof 0) of the parts: what an ensemble is sure of. k = 0 is the mean.

    Give it rewards of one thing on one scale, as models trained on different data are after `zscore`. Where they
    disagree, which is where a policy finds errors of one of them, it pays less. Beside `worst`, the minimum,
    compare it with the mean of the same parts: that alone is better than one of them. Coste et al. 2023,
    https://arxiv.org/abs/2310.02743. Raises ValueError for a negative k.
    """
    if k < 0:
        raise ValueError(f"lower_bound: k={k} is negative, which pays for doubt")
    return LowerBound(tuple(map(as_reward, parts)), {"k": finite(k)})


class Constrained(Elementwise):
    """Σ λᵢ·rᵢ over the constrained parts + (N − Σ λᵢ)·task."""

    op = "constrained"

    @cached_property
    def multipliers(self) -> tuple[float, ...]:
        """λ of each threshold: σ(μ), for equality tanh(μ), unsquashed μ itself."""
        raw = self.settings["multipliers"]
        if not self.settings["squash"]:
            return tuple(raw)
        return tuple(tanh(mu) if self.settings["equal"] else (1 + tanh(mu / 2)) / 2 for mu in raw)

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """One weight a part, that of the task last in line: what the constraints leave, at least `floor`."""
        left = iter(self.multipliers)
        return tuple(self.task_weight if t is None else next(left) for t in self.settings["thresholds"])

    @property
    def task_weight(self) -> float:
        """N − Σ λᵢ, at least `floor`: the weight of the task, which may be a trainer's own −KL."""
        return max(len(self.multipliers) - sum(self.multipliers), float(self.settings["floor"]))

    def update(self, means: Sequence[float], *, rate: float = 0.1) -> Constrained:
        """The same after one step of the multipliers, from the mean raw reward of each constrained part of a batch.

        μ −= rate · (mean − threshold) · dλ/dμ: a part above its threshold loses weight, one below gains. Raises
        ValueError unless there is one finite mean a threshold.
        """
        wanted = [t for t in self.settings["thresholds"] if t is not None]
        steps = [rate * (finite(m) - t) * s for m, t, s in zip(means, wanted, self._slopes, strict=True)]
        moved = tuple(mu - step for mu, step in zip(self.settings["multipliers"], steps, strict=True))
        if not (self.settings["squash"] or self.settings["equal"]):
            moved = tuple(max(mu, 0.0) for mu in moved)
        return self._replace(settings={**self.settings, "multipliers": moved})._ranged()

    @property
    def _slopes(self) -> tuple[float, ...]:
        if not self.settings["squash"]:
            return (1.0,) * len(self.multipliers)
        return tuple(1 - x * x if self.settings["equal"] else x * (1 - x) for x in self.multipliers)

    def _ranged(self) -> Constrained:
        return self._replace(range=self._range())

    def _formula(self, values: Sequence[Any]) -> Any:
        return sum(weight * value for weight, value in zip(self.weights, values, strict=True))

    def _range(self) -> Range:
        spans = [scaled(child.range, w) for child, w in zip(self.children, self.weights, strict=True)]
        return sum(low for low, _ in spans), sum(high for _, high in spans)


@op
def constrained(
    *parts: Reward,
    thresholds: Sequence[float | None],
    equal: bool = False,
    squash: bool = True,
    multipliers: Sequence[float] | None = None,
    floor: float = 0.1,
) -> Constrained:
    """Parts that are worth reaching a threshold and no more: weights that fall once a part is above its own.

    A reward is a good proxy up to a point, its proxy point; beyond it the truth falls (find it with
    `guerdon.audit.overoptimise`). Maximise the task subject to mean(rᵢ) ≥ θᵢ, or = θᵢ with `equal`, where a
    weight may turn negative. `thresholds` are in raw reward units, one a part; None marks the task, if it is one of
    the parts. `multipliers` μ start at 0 (0.5 where `squash` is off) and move by `.update(means)`, which returns a
    new reward. `floor` keeps some weight on the task where thresholds cannot be reached. Moskovitz et al. 2023,
    https://arxiv.org/abs/2310.04373: μ-PPO, and with `equal` ξ-PPO; their momentum of 0.1 is left out.

    >>> from guerdon.rules.given import score
    >>> reward = constrained(score(), score().reading(score="kind").named("kind"), thresholds=(0.5, 0.2))
    >>> later = reward.update([0.9, 0.1], rate=1)  # μ = −(0.9 − 0.5)/4 and −(0.1 − 0.2)/4
    >>> reward.weights, [round(weight, 3) for weight in later.weights]
    ((0.5, 0.5), [0.475, 0.506])

    Raises ValueError unless there is one threshold a part, at least one of them a number and at most one None.
    """
    wanted = tuple(map(finite_or_none, thresholds))
    n = sum(t is not None for t in wanted)
    raw = (0.0 if squash else 0.5,) * n if multipliers is None else tuple(map(finite, multipliers))
    if len(wanted) != len(parts) or n < max(1, len(parts) - 1) or len(raw) != n:
        raise ValueError(f"constrained: {len(parts)} parts, thresholds={wanted} (one None at most), multipliers={raw}")
    settings = {
        "thresholds": wanted, "equal": bool(equal), "squash": bool(squash), "multipliers": raw, "floor": finite(floor),
    }  # fmt: skip
    return Constrained(tuple(map(as_reward, parts)), settings)


class TeamShare(Composite):
    """spirit · mean of the team + (1 − spirit) · r − mean of the others."""

    op = "team_share"

    def _over(self) -> Over:
        if self.children[0].over == "set":
            raise ContractError("team_share works within groups; a set reward has one value a set")
        return "group"

    def _grain(self) -> Grain:
        return self.children[0].grain

    def _range(self) -> Range:
        low, high = self.children[0].range
        return min(low, low - high), max(high, high - low)

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        blocks = batch.blocks("group", rows)
        members = np.concatenate(blocks or [rows])
        column = (yield from self.children[0]._ensure(batch, members)).take(np.arange(len(batch.rows)))
        column.seconds = None
        teams = np.array([_team(batch, self.settings["by"], i) for i in range(len(batch.rows))])
        for block in blocks:
            valued = block[~np.isnan(column.values[block])]
            if len(valued):
                column.values[valued] = self._shared(column.values[valued][:, None], teams[valued])[:, 0]
                self._share_steps(column, valued, teams[valued])
        return column.take(rows)

    def _share_steps(self, column: Column, block: Index, teams: Any) -> None:
        fines = [column.fine.pop(i, None) for i in block.tolist()]
        first = fines[0]
        if first is None or any(f is None or f.spans != first.spans for f in fines):
            return
        shared = self._shared(np.array([f.values for f in fines if f]), teams)
        for i, values in zip(block.tolist(), shared.tolist(), strict=True):
            column.fine[i] = Fine(tuple(values), first.spans, first.grain)

    def _shared(self, values: Floats, teams: Any) -> Floats:
        """[members, steps] → the same."""
        spirit = self.settings["spirit"]
        out = np.empty_like(values)
        for team in np.unique(teams):
            mine = teams == team
            others = values[~mine].mean(axis=0) if not mine.all() else 0.0
            out[mine] = spirit * values[mine].mean(axis=0) + (1 - spirit) * values[mine] - others
        return out


@op
def team_share(reward: Reward, *, spirit: float = 0.3, by: str = "team") -> Reward:
    """What a player earns when its group plays in teams: spirit · mean(team) + (1 − spirit) · own − mean(others).

    A group is all players at one time, or their episodes of equal length; the column `by` names each one's
    team. Players without a value are left out of the means. In a match of two teams the sum over all players
    of teams of one size is 0, so watch the parts, not the total. OpenAI et al. 2019 (OpenAI Five),
    https://arxiv.org/abs/1912.06680, whose team spirit it is. Raises ValueError unless spirit is in 0–1.
    """
    if not 0 <= spirit <= 1:
        raise ValueError(f"team_share: spirit={spirit} is not in 0–1")
    return TeamShare((as_reward(reward),), {"spirit": float(spirit), "by": by})


def _team(batch: Batch, by: str, i: int) -> str:
    team = batch.column(by)[i]
    if team is None:
        raise ContractError(f"row {i} has no {by!r} column, which team_share needs: say who plays with whom")
    return str(team)
