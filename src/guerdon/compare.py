"""Which of two responses is better, and the order of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from guerdon.batch import Batch, Index, Steps, as_rows, drive
from guerdon.compose import Composite, op
from guerdon.reward import Range, Reward, as_reward
from guerdon.sample import Broken, Row, same_medium
from guerdon.scores import NAN, Column, ContractError, Floats, Over, Score, Scores, Status

Policy = Literal["mean", "copeland", "anchor"]
GENERATED = ("image", "video", "audio")
"""Columns in which two responses may differ; a pairwise reward gets both, as `images`, `videos` or `audios`."""


class Shown(tuple[Any, ...]):
    """What was generated in one column, by response, in the order that is shown."""


@dataclass(frozen=True)
class Verdicts:
    """For n pairs, how likely the first response is the better one. NaN where there is no verdict."""

    p_first: Floats
    """[n], 0–1; a tie is ½."""
    p_tie: Floats
    """[n], 0–1: the share of p_first's ½ that is a tie rather than doubt."""
    status: NDArray[np.int8]
    reasons: dict[int, str] = field(default_factory=dict)
    swapped: Floats | None = None
    """[n], p_first by the swapped order alone, of pairwise rewards asked in both orders."""
    first: Scores | None = None
    """What a pointwise reward gave the first responses…"""
    second: Scores | None = None
    """… and the second ones."""

    def __len__(self) -> int:
        return len(self.p_first)

    @property
    def coverage(self) -> float:
        """Share of pairs with a verdict."""
        return float(np.mean(~np.isnan(self.p_first))) if len(self) else NAN

    def correct(self, *, ties: float = 0.5) -> Floats:
        """Credit of each pair whose first response is the preferred one: 1, 0, or `ties` for a tie.

        NaN without a verdict. Ties count ½ unless a protocol says otherwise (0: counted wrong).
        """
        credit = np.where(self.p_first > 0.5, 1.0, 0.0)
        credit[self.p_first == 0.5] = ties
        credit[np.isnan(self.p_first)] = NAN
        return credit

    def accuracy(self, *, ties: float = 0.5) -> float:
        """Mean credit of the pairs that have a verdict; NaN if none has."""
        credit = self.correct(ties=ties)
        valued = credit[~np.isnan(credit)]
        return float(valued.mean()) if len(valued) else NAN


@dataclass(frozen=True)
class Ranking:
    """An order of n responses."""

    order: tuple[int, ...]
    """Positions, best first; equal values keep their given order, those without a value come last."""
    scores: Scores


def compare(reward: Reward, first: Sequence[Row], second: Sequence[Row], *, orders: str = "both") -> Verdicts:
    """See `Reward.compare`."""
    if len(first) != len(second):
        raise ContractError(f"compare: {len(first)} first and {len(second)} second responses")
    if reward.native == "pairwise":
        return drive(_ask(reward, _pairs(first, second), swapped=orders == "both"))
    if reward.over in ("group", "set"):
        raise ContractError(f"{reward} is scored over a whole {reward.over}: it cannot compare two responses")
    scores = reward([*first, *second])
    n = len(first)
    return verdicts(reward, scores.take(range(n)), scores.take(range(n, 2 * n)))


def verdicts(reward: Reward, first: Scores, second: Scores) -> Verdicts:
    """What a pointwise reward's own scores of two lists of responses say, pair by pair.

    Equal within `reward.tie` is a tie; else the greater value wins, or wins as often as `reward.link` says.
    """
    gap = first.values - second.values
    tie = np.abs(gap) <= reward.tie
    p = np.exp(-np.logaddexp(0.0, -gap)) if reward.link == "logistic" else np.where(gap > 0, 1.0, 0.0)
    p = np.where(tie, 0.5, p)
    p[np.isnan(gap)] = NAN
    status = np.maximum(first.status, second.status)
    severe = np.flatnonzero(status > Status.OK).tolist()
    reasons = {i: first.reasons.get(i) or second.reasons.get(i, "") for i in severe}
    return Verdicts(p, np.where(np.isnan(gap), NAN, tie.astype(float)), status, reasons, None, first, second)


def rank(reward: Reward, samples: Sequence[Row]) -> Ranking:
    """See `Reward.rank`."""
    scores = reward(samples)
    order = np.argsort(-scores.values, kind="stable")  # NaN sorts last
    return Ranking(tuple(order.tolist()), scores)


class Tournament(Composite):
    """A pairwise reward's scalar: how a response fares against the others of its group."""

    op = "tournament"

    def _over(self) -> Over:
        return "group" if self.settings["policy"] != "anchor" else "sample"

    def _range(self) -> Range:
        return 0.0, 1.0

    def _own_parts(self) -> dict[str, tuple[str, ...]]:
        return {self.children[0].name: (self._key,)}

    def check(self, rows: Sequence[Row]) -> None:
        """Check the pairwise reward on the pairs it will be asked about."""
        self.children[0].check(_pairs(rows, rows))

    def play(self, samples: Any) -> Played:
        """Every response of one group against every other; see `Played`."""
        return drive(self._play(as_rows(samples)))

    def _play(self, rows: Sequence[Row]) -> Steps[Played]:
        pairs = list(permutations(range(len(rows)), 2))
        asked = _pairs([rows[i] for i, _ in pairs], [rows[j] for _, j in pairs])
        batch = Batch(asked)
        self.children[0]._start(batch, batch.all)
        column = yield from self.children[0]._ensure(batch, batch.all)
        shape = (len(rows), len(rows))
        given, status = np.full(shape, NAN), np.zeros(shape, dtype=np.int8)
        for (i, j), p, s in zip(pairs, column.values, column.status, strict=True):
            given[i, j], status[i, j] = p, s
        return Played((given + 1 - given.T) / 2, np.maximum(status, status.T), given)

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        out = Column.empty(len(batch.rows))
        if self.settings["policy"] == "anchor":
            mine = [batch.rows[i] for i in rows]
            anchors = [row if isinstance(row, Broken) else {**row, "response": row.get("anchor")} for row in mine]
            verdicts = yield from _ask(self.children[0], _pairs(mine, anchors), swapped=True)
            return Column(verdicts.p_first, verdicts.status, verdicts.reasons)
        for block in batch.blocks("group", rows):
            played = yield from self._play([batch.rows[i] for i in block])
            for i, score in zip(block.tolist(), played.scores(self.settings["policy"]), strict=True):
                out.put(i, score)
        out.seconds = None
        return out.take(rows)


@dataclass(frozen=True)
class Played:
    """A round robin of n responses."""

    matrix: Floats
    """[n, n], probability that row beats column, mean of both orders; the diagonal is NaN."""
    status: NDArray[np.int8]
    given: Floats
    """[n, n], as asked with the row first: `given + given.T - 1` is the position bias."""

    @property
    def has_cycles(self) -> bool:
        """Whether some responses beat each other in a circle."""
        beats = self.matrix > 0.5
        reach = beats.copy()
        for k in range(len(beats)):
            reach |= np.outer(reach[:, k], reach[k])
        return bool(reach.diagonal().any())

    def scores(self, policy: Policy) -> list[Score]:
        """One a response: mean win probability, or Copeland's share of opponents beaten (ties ½)."""
        wins = (
            self.matrix
            if policy == "mean"
            else np.where(np.isnan(self.matrix), NAN, (np.sign(self.matrix - 0.5) + 1) / 2)
        )
        scores = []
        for i, row in enumerate(wins):
            others = np.delete(row, i)
            worst = Status(int(self.status[i].max()))
            if len(others) == 0:
                scores.append(Score.inapplicable("no other response in the group"))
            elif np.isnan(others).any():
                scores.append(
                    Score(None, worst, f"{int(np.isnan(others).sum())} of {len(others)} comparisons gave no verdict")
                )
            else:
                scores.append(Score(float(others.mean()), Status.OK))
        return scores


@op
def tournament(reward: Reward, policy: Policy = "mean") -> Tournament:
    """A scalar from a pairwise reward: "mean" win probability or "copeland" share of opponents beaten, both
    over the group and in both orders; or "anchor", the win probability against the row's `anchor` response.

    Raises ContractError for a reward that is not pairwise, ValueError for another policy.
    """
    if policy not in get_args(Policy):
        raise ValueError(f"tournament: policy={policy!r} is not one of {', '.join(get_args(Policy))}")
    reward = as_reward(reward)
    if reward.native != "pairwise":
        raise ContractError(f"{reward} already has a scalar; a tournament is for pairwise rewards")
    return Tournament((reward,), {"policy": policy})


def _pairs(first: Sequence[Row], second: Sequence[Row]) -> list[Row]:
    return [_pair(a, b) for a, b in zip(first, second, strict=True)]


def _pair(a: Row, b: Row) -> Row:
    for row in (a, b):
        if isinstance(row, Broken):
            return row
    shown = {name: Shown((a[name], b[name])) for name in GENERATED if _differ(a.get(name), b.get(name))}
    return {**a, **shown, "responses": [a.get("response"), b.get("response")]}


def _differ(one: Any, other: Any) -> bool:
    return one is not None and other is not None and not same_medium(one, other)


def _swapped(pair: Row) -> Row:
    if isinstance(pair, Broken):
        return pair
    shown = {name: Shown(pair[name][::-1]) for name in GENERATED if isinstance(pair.get(name), Shown)}
    return {**pair, **shown, "responses": pair["responses"][::-1]}


def _ask(reward: Reward, pairs: Sequence[Row], *, swapped: bool) -> Steps[Verdicts]:
    """Verdicts of a pairwise reward, asked once or in both orders."""
    n = len(pairs)
    asked = [*pairs, *map(_swapped, pairs)] if swapped else pairs
    batch = Batch(asked)
    reward._start(batch, batch.all)
    column = yield from reward._ensure(batch, batch.all)
    tie_column = batch.memo.get(f"{reward._key}/tie")
    p, status = column.values, column.status
    tie = (p == 0.5).astype(float) if tie_column is None else np.nan_to_num(tie_column.values)
    if swapped:
        p, status = (p[:n] + 1 - p[n:]) / 2, np.maximum(status[:n], status[n:])
        tie = (tie[:n] + tie[n:]) / 2
    reasons = {i % n: r for i, r in column.reasons.items()}
    return Verdicts(p, np.where(np.isnan(p), NAN, tie), status, reasons, 1 - column.values[n:] if swapped else None)
