"""More ways to combine rewards: a mean that no part can buy out, and sharing within a team."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, Literal

import numpy as np

from guerdon.batch import Batch, Index, Steps
from guerdon.compose import Composite, Elementwise, op
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
