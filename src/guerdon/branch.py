"""Which reward a row gets: gates, routes, schedules, and a number in place of a failure.

Parts that a row does not take are SKIPPED for it: they cost nothing and do not count.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from guerdon.batch import Batch, Index, Steps
from guerdon.compose import Composite, finite, op, scaled, untimed, why
from guerdon.reward import Range, Reward, Tree, as_reward
from guerdon.sample import Broken, Row
from guerdon.scores import Column, ContractError, Grain, Score, Status


class Gate(Composite):
    """children = (condition, reward)."""

    op = "gate"

    def _range(self) -> Range:
        low, high = self.children[1].range
        return min(low, self.settings["closed"]), max(high, self.settings["closed"])

    def _grain(self) -> Grain:
        return self.children[1].grain

    def _start(self, batch: Batch, rows: Index) -> None:
        self.children[0]._start(batch, rows)

    def _row(self, row: Row, memo: dict[str, Score]) -> Score:
        condition, reward = self.children
        asked = condition._row(row, memo)
        reason = why(condition, asked.reason)
        if asked.value:
            inner = reward._row(row, memo)
            status = max(asked.status, inner.status)
            total = Score(inner.value, status, inner.reason or reason, {}, inner.fine, inner.rationale)
        else:
            total = Score(None if asked.value is None else self.settings["closed"], asked.status, reason)
        memo[self._key] = total
        return total

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        condition, reward = self.children
        asked = yield from condition._ensure(batch, rows)
        out = asked.take(rows)
        out.reasons = {i: why(condition, r) for i, r in out.reasons.items()}
        out.values[out.values == 0] = self.settings["closed"]
        out.seconds, out.fine, out.rationale = None, {}, {}
        at = np.flatnonzero(asked.values[rows] == 1)
        is_open = rows[at]
        if len(is_open):
            reward._start(batch, is_open)
            inner = yield from reward._ensure(batch, is_open)
            status = np.maximum(asked.status[is_open], inner.status[is_open])
            out.scatter(at, inner.take(is_open))
            out.status[at] = status
        return out


@op
def gate(condition: Reward, reward: Reward, *, closed: float = 0.0) -> Reward:
    """`reward` where the condition is 1, `closed` where it is 0; `condition >> reward`.

    The reward runs on open rows alone, so a judge behind a gate is not paid for closed ones. (A group
    reward sees the whole group of every open row.) Raises TypeError unless the condition is binary: declare
    it so, or use `.at_least(t)`; and for a condition that is itself a gate, since `a >> b >> c` would
    read as (a >> b) >> c: write `a >> (b >> c)`.
    """
    condition = as_reward(condition)
    if isinstance(condition, Gate):
        raise TypeError("the condition of a gate is itself a gate: write a >> (b >> c)")
    if not condition.binary:
        raise TypeError(f"the condition of a gate must be 0 or 1: write ({condition}).at_least(threshold) >> …")
    return Gate((condition, as_reward(reward)), {"closed": finite(closed)})


class Exclusive(Composite):
    """Exactly one child scores a row; children may share component names."""

    def _own_parts(self) -> dict[str, tuple[str, ...]]:
        union: dict[str, tuple[str, ...]] = {}
        for child in self.children:
            for name, keys in child._parts.items():
                union[name] = tuple(dict.fromkeys((*union.get(name, ()), *keys)))
        return union

    def _branch(self, row: Row) -> int | Score:
        """Which child scores this row, or why none does."""
        raise NotImplementedError

    def _taken(self, row: Row) -> int | Score:
        return row.score if isinstance(row, Broken) else self._branch(row)

    def _branches(self, batch: Batch, rows: Index) -> tuple[dict[int, list[int]], dict[int, Score]]:
        taken: dict[int, list[int]] = {}
        none: dict[int, Score] = {}
        for i in rows.tolist():
            branch = self._taken(batch.rows[i])
            if isinstance(branch, Score):
                none[i] = branch
            else:
                taken.setdefault(branch, []).append(i)
        return taken, none

    def check(self, rows: Sequence[Row]) -> None:
        """Check every branch on the rows that take it."""
        taken, _ = self._branches(Batch(rows), np.arange(len(rows)))
        for branch, members in taken.items():
            if len(members) > 1:
                self.children[branch].check([rows[i] for i in members])

    def _range(self) -> Range:
        return min(c.range[0] for c in self.children), max(c.range[1] for c in self.children)

    def _grain(self) -> Grain:
        grains = {child.grain for child in self.children}
        return grains.pop() if len(grains) == 1 else "response"

    def _start(self, batch: Batch, rows: Index) -> None:
        for branch, members in self._branches(batch, rows)[0].items():
            self.children[branch]._start(batch, np.array(members))

    def _row(self, row: Row, memo: dict[str, Score]) -> Score:
        branch = self._taken(row)
        total = branch if isinstance(branch, Score) else untimed(self.children[branch]._row(row, memo))
        memo[self._key] = total
        return total

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        out = Column.empty(len(batch.rows))
        taken, none = self._branches(batch, rows)
        for branch, members in taken.items():
            index = np.array(members)
            column = yield from self.children[branch]._ensure(batch, index)
            out.scatter(index, column.take(index))
        for i, score in none.items():
            out.put(i, score)
        out.seconds = None
        return out.take(rows)


class Route(Exclusive):
    """children follow `cases`; one more is the default."""

    op = "route"

    def arguments(self) -> tuple[Any, ...]:
        """({case: reward}, default)."""
        cases = self.settings["cases"]
        return dict(zip(cases, self.children, strict=False)), *self.children[len(cases) :]

    def tree(self) -> Tree:
        """As every composite's; the cases stand beside their rewards."""
        tree = super().tree()
        del tree["settings"]["cases"]
        return tree

    @cached_property
    def _index(self) -> dict[Any, int]:
        return {case: i for i, case in enumerate(self.settings["cases"])}

    def _branch(self, row: Row) -> int | Score:
        by = self.settings["by"]
        case = row.get(by)
        case = case.item() if isinstance(case, np.generic) else case
        branch = self._index.get(case) if isinstance(case, (str, int)) else None
        if branch is None and len(self.children) > len(self._index):
            return len(self._index)
        return Score.inapplicable(f"no branch for {by}={case!r:.60}") if branch is None else branch


@op
def route(cases: Mapping[str | int, Reward], default: Reward | None = None, *, by: str) -> Reward:
    """Score each row by the reward its column `by` names; others by `default`, else INAPPLICABLE."""
    if not isinstance(cases, Mapping):
        raise TypeError(f"route: cases is {{value of the column: reward}}, not {cases!r:.80}")
    children = [as_reward(r) for r in cases.values()] + ([] if default is None else [as_reward(default)])
    return Route(tuple(children), {"by": by, "cases": tuple(cases)})


class Schedule(Exclusive):
    """children[i] from step at[i] on."""

    op = "schedule"

    def _branch(self, row: Row) -> int | Score:
        return max(bisect_right(self.settings["at"], _step(row, self.settings["by"])) - 1, 0)


@op
def schedule(*rewards: Reward, at: Sequence[float], by: str = "step") -> Reward:
    """The reward of the training step: rewards[i] from step at[i] on. Thresholds that tighten are stages.

    `by` is the column with the step; a row without it raises ContractError when scored. Raises ValueError
    unless `at` starts at 0, rises, and has one step a reward.
    """
    at = tuple(map(finite, at))
    if len(at) != len(rewards) or not at or at[0] != 0 or any(a >= b for a, b in pairwise(at)):
        raise ValueError(f"schedule: one rising step a reward, the first 0, not {at=} for {len(rewards)}")
    return Schedule(tuple(map(as_reward, rewards)), {"at": at, "by": by})


class Ramp(Composite):
    """r times a weight that is linear in the step between given points."""

    op = "ramp"

    def _weight(self, row: Row) -> float:
        return float(np.interp(_step(row, self.settings["by"]), self.settings["at"], self.settings["weights"]))

    def _range(self) -> Range:
        spans = [scaled(self.children[0].range, w) for w in self.settings["weights"]]
        return min(s[0] for s in spans), max(s[1] for s in spans)

    def _row(self, row: Row, memo: dict[str, Score]) -> Score:
        score = self.children[0]._row(row, memo)
        if score.value is not None and isinstance(row, Broken):
            score = row.score
        value = None if score.value is None else self._weight(row) * score.value
        memo[self._key] = total = Score(value, score.status, score.reason, rationale=score.rationale)
        return total

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        column = (yield from self.children[0]._ensure(batch, rows)).take(rows)
        for k in np.flatnonzero(~np.isnan(column.values)).tolist():
            row = batch.rows[rows[k]]
            if isinstance(row, Broken):
                column.put(k, row.score)
            else:
                column.values[k] *= self._weight(row)
        column.seconds, column.fine = None, {}
        return column


@op
def ramp(reward: Reward, *, at: Sequence[float], weights: Sequence[float], by: str = "step") -> Reward:
    """The reward times a weight that moves linearly between (at[i], weights[i]) and stays outside them.

    Raises ValueError unless `at` rises and has one step a weight.
    """
    at, weights = tuple(map(finite, at)), tuple(map(finite, weights))
    if len(at) != len(weights) or not at or any(a >= b for a, b in pairwise(at)):
        raise ValueError(f"ramp: one rising step a weight, not {at=}, {weights=}")
    return Ramp((as_reward(reward),), {"at": at, "weights": weights, "by": by})


class Otherwise(Composite):
    """A value for rows that have one of the named statuses."""

    op = "otherwise"

    @cached_property
    def _statuses(self) -> tuple[int, ...]:
        return tuple(Status[name] for name in self.settings["on"])

    def _range(self) -> Range:
        low, high = self.children[0].range
        return min(low, self.settings["value"]), max(high, self.settings["value"])

    def _grain(self) -> Grain:
        return self.children[0].grain

    def _binary(self) -> bool:
        return self.children[0].binary and self.settings["value"] in (0.0, 1.0)

    def _row(self, row: Row, memo: dict[str, Score]) -> Score:
        score = self.children[0]._row(row, memo)
        if score.status in self._statuses:
            total = Score(self.settings["value"], Status.OK, score.reason)
        else:
            total = untimed(score)
        memo[self._key] = total
        return total

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        column = (yield from self.children[0]._ensure(batch, rows)).take(rows)
        replaced = np.isin(column.status, self._statuses)
        column.values[replaced] = self.settings["value"]
        column.status[replaced] = Status.OK
        for i in np.flatnonzero(replaced).tolist():
            column.fine.pop(i, None)
            column.rationale.pop(i, None)
        column.seconds = None
        return column


@op
def otherwise(reward: Reward, value: float, *, on: Sequence[str]) -> Reward:
    """Give `value` to rows with one of these statuses. The only way a failure becomes a number, and it
    is on record; the reason stays, and so does the part's own status. Raises ValueError for a status unknown.
    """
    for name in on:
        if name not in Status.__members__ or name in ("OK", "SKIPPED"):
            raise ValueError(f"otherwise: {name!r} is not one of MALFORMED, INAPPLICABLE, ABSTAINED, UNREAD, FAILED")
    return Otherwise((as_reward(reward),), {"value": finite(value), "on": tuple(on)})


def _step(row: Row, by: str) -> float:
    step = row.get(by)
    if step is None:
        raise ContractError(f"a row has no {by!r} column, which this schedule needs: the training step")
    try:
        return finite(step)
    except (TypeError, ValueError) as error:
        raise ContractError(f"a row's {by!r} is {step!r:.60}, not a training step") from error
