"""What a reward says of a benchmark's items: a value for every candidate or step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from guerdon import engine
from guerdon.bench.items import Item, Ragged
from guerdon.reward import Reward
from guerdon.sample import Row, Sample
from guerdon.scores import NAN, ContractError, Floats, Scores, Status

Orders = Literal["both", "given", "drawn"]
Asks = Literal["responses", "steps"]


@dataclass(frozen=True)
class Protocol:
    """How rewards are asked."""

    asks: Asks = "responses"
    """A value for every response, or for every step of one."""
    orders: Orders = "both"
    """A pairwise reward sees each pair in both orders, as the data gives it, or in one drawn by lot."""
    repeats: int = 1
    """How often a pairwise reward that is not deterministic is asked; the majority counts."""
    seed: int = 0
    """Of the lot."""
    across: bool = False
    """Whether candidates answer different prompts, so that only values compare them."""


@dataclass(frozen=True)
class Answers:
    """Values for n items of up to k candidates; NaN where there is none."""

    values: Floats
    """[n, k]"""
    status: NDArray[np.int8]
    """[n], the worst of an item's candidates; SKIPPED for an item that was never answered."""
    reasons: dict[int, str] = field(default_factory=dict)
    orders: Floats | None = None
    """[n, 2], by pairwise rewards: 1 where the first candidate won, shown first and shown second; ½ is a tie."""
    official: list[Any] | None = None
    """[n], what the benchmark's own figures are made of, where outputs hold more than values."""
    placed: bool = True
    """Whether it is known which item of a group an answer belongs to."""

    def __len__(self) -> int:
        return len(self.status)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """[n], whether there is an answer at all, readable or not."""
        return np.asarray(self.status != Status.SKIPPED)

    def read(self, gold: Floats) -> NDArray[np.bool_]:
        """[n], whether every candidate has a value."""
        return np.asarray(~(np.isnan(self.values) & ~np.isnan(gold)).any(axis=1))

    def take(self, index: NDArray[Any]) -> Answers:
        """Some items, in the given order."""
        places = np.flatnonzero(index) if index.dtype == np.bool_ else index
        return replace(
            self, values=self.values[places], status=self.status[places],
            reasons={k: self.reasons[i] for k, i in enumerate(places.tolist()) if i in self.reasons},
            orders=None if self.orders is None else self.orders[places],
            official=None if self.official is None else [self.official[i] for i in places.tolist()],
        )  # fmt: skip


class Told:
    """Gathers Answers while items pass by."""

    def __init__(self) -> None:
        self.values = Ragged()
        self.status: list[int] = []
        self.reasons: dict[int, str] = {}
        self.orders: list[tuple[float, float]] = []
        self.official: list[Any] = []
        self.placed = True

    def add(
        self,
        values: Sequence[float],
        status: Status,
        reason: str = "",
        *,
        orders: tuple[float, float] | None = None,
        official: Any = None,
    ) -> None:
        """The answer to the next item."""
        if status > Status.OK:
            self.reasons[len(self.status)] = reason
        self.values.add(values)
        self.status.append(int(status))
        if orders is not None:
            self.orders.append(orders)
        if official is not None:
            self.official += [None] * (len(self.status) - 1 - len(self.official))
            self.official.append(official)

    def answers(self) -> Answers:
        """All answers so far."""
        n = len(self.status)
        return Answers(
            self.values.padded(), np.array(self.status, dtype=np.int8), self.reasons,
            np.array(self.orders) if self.orders else None,
            [*self.official, *[None] * (n - len(self.official))] if self.official else None, self.placed,
        )  # fmt: skip


def ask(reward: Reward, items: Sequence[Item], how: Protocol, told: Told, **options: Any) -> None:
    """Ask a reward about items and add what it says to `told`; `options` go to `engine.map`.

    Raises ContractError for a reward that cannot answer this kind of question.
    """
    if reward.over in ("set", "trajectory"):
        raise ContractError(f"{reward} is scored over a {reward.over}: it cannot tell responses apart")
    if how.asks == "steps":
        _steps(reward, items, told, options)
    elif reward.native == "pairwise":
        if how.across:
            raise ContractError(f"{reward} compares responses to one prompt, and this benchmark asks across prompts")
        if any(len(item.samples) < 2 for item in items):
            raise ContractError(f"{reward} compares two responses, and this benchmark asks about single ones")
        _pairwise(reward, items, how, told, options)
    else:
        _pointwise(reward, items, told, options)


def _pointwise(reward: Reward, items: Sequence[Item], told: Told, options: dict[str, Any]) -> None:
    scores = engine.map(reward, _named(items, told), **options)
    start = 0
    for item in items:
        part = range(start, start := start + len(item.samples))
        status, reason = _worst(scores, part)
        told.add(scores.values[part.start : part.stop].tolist(), status, reason)


def _steps(reward: Reward, items: Sequence[Item], told: Told, options: dict[str, Any]) -> None:
    if reward.grain != "step":
        raise ContractError(f"this benchmark asks for a value a step, and {reward} gives one a {reward.grain}")
    scores = engine.map(reward, _named(items, told), **options)
    for i, item in enumerate(items):
        fine, wanted = scores.fine.get(i), len(item.gold)
        status, reason = _worst(scores, range(i, i + 1))
        if fine is not None and len(fine.values) == wanted:
            told.add([float(v) for v in fine.values], status, reason)
        else:
            given = 0 if fine is None else len(fine.values)
            told.add([NAN] * wanted, max(status, Status.UNREAD), reason or f"{given} values for {wanted} steps")


def _pairwise(reward: Reward, items: Sequence[Item], how: Protocol, told: Told, options: dict[str, Any]) -> None:
    duels = [(i, a, b) for i, item in enumerate(items) for a, b in _duels(item)]
    rng = np.random.default_rng([how.seed, len(told.status)])
    turned = rng.random(len(duels)) < 0.5 if how.orders == "drawn" else np.zeros(len(duels), dtype=np.bool_)
    rows = [_candidates(item, len(told.status) + i) for i, item in enumerate(items)]
    ends = [
        (rows[i][b], rows[i][a]) if t else (rows[i][a], rows[i][b]) for (i, a, b), t in zip(duels, turned, strict=True)
    ]
    times = 1 if reward.deterministic else how.repeats
    firsts, seconds = [a for a, _ in ends], [b for _, b in ends]
    shown: Literal["both", "given"] = "both" if how.orders == "both" else "given"
    with engine.bar(2 * len(ends), options.get("progress", False)) as advance:
        asked = [reward.compare(firsts, seconds, orders=shown) for _ in range(times)]
        advance(2 * len(ends))
    p = np.mean([v.p_first if times == 1 else (np.sign(v.p_first - 0.5) + 1) / 2 for v in asked], axis=0)
    p = np.where(turned, 1 - p, p)
    back = asked[0].swapped if times == 1 else None
    start = 0
    for item in items:
        mine = range(start, start := start + len(_duels(item)))
        worst = max((v for v in asked), key=lambda v: int(v.status[mine.start : mine.stop].max()))
        at = max(mine, key=lambda k: int(worst.status[k]))
        orders = None if back is None or len(mine) > 1 else (float(2 * p[at] - back[at]), float(back[at]))
        values = _values(item, [duels[k] for k in mine], p[mine.start : mine.stop])
        told.add(values, Status(int(worst.status[at])), worst.reasons.get(at, ""), orders=orders)


def _duels(item: Item) -> list[tuple[int, int]]:
    """Who meets whom: two meet once, one best meets every other, and of several best all meet all."""
    k = len(item.samples)
    best = [i for i, g in enumerate(item.gold) if g == max(item.gold)]
    if k == 2 or len(best) > 1:
        return [(i, j) for i in range(k) for j in range(i + 1, k)]
    return [(best[0], j) for j in range(k) if j != best[0]]


def _values(item: Item, duels: Sequence[tuple[int, int, int]], p: Floats) -> list[float]:
    """Values that say the same as the duels: of the one best 0 and of others how they fared against it, else a
    candidate's mean share of wins.
    """
    k = len(item.samples)
    if len(duels) == k - 1 and k > 2:
        values = [0.0] * k
        for (_, _, j), won in zip(duels, p.tolist(), strict=True):
            values[j] = 1.0 - 2.0 * won
        return values
    wins = np.zeros(k)
    for (_, i, j), won in zip(duels, p.tolist(), strict=True):
        wins[i] += won
        wins[j] += 1.0 - won
    shares: list[float] = (wins / max(1, k - 1)).tolist()
    return shares


def _named(items: Sequence[Item], told: Told) -> list[Row]:
    """All candidates of items, one after another."""
    return [row for i, item in enumerate(items) for row in _candidates(item, len(told.status) + i)]


def _candidates(item: Item, number: int) -> list[Row]:
    """The samples under names of their own, as one group, so that a group reward sees an item's candidates.

    The number of the item is part of the name: keys may occur twice.
    """
    name = f"{number}:{item.key}"
    return [Sample(**{**sample, "id": f"{name}/{k}", "group": name}) for k, sample in enumerate(item.samples)]


def _worst(scores: Scores, part: range) -> tuple[Status, str]:
    worst = max(part, key=lambda i: int(scores.status[i]))
    return Status(int(scores.status[worst])), scores.reasons.get(worst, "")
