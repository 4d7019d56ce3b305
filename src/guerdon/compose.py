"""Rewards made of rewards.

Every combinator is a function from rewards and literals to a `Composite`, and the same function is
what text and YAML specs name. A composite has a value only where every part it used has one; its
status is the worst among those. Parts keep their raw values as components.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import product as cartesian
from math import inf, isfinite
from typing import Any, ClassVar, TypeVar, cast

import numpy as np

from guerdon.batch import Batch, Index, Steps
from guerdon.reward import Range, Reward, Tree, as_reward
from guerdon.sample import Row
from guerdon.scores import Column, ContractError, Fine, Floats, Grain, Over, Score, Status

Combinator = TypeVar("Combinator", bound=Callable[..., Reward])
OPS: dict[str, Callable[..., Reward]] = {}
"""Combinators by the name specs use."""


def op(fn: Combinator) -> Combinator:
    """Let specs name this combinator."""
    OPS[fn.__name__] = fn
    return fn


OVERFLOW = "the parts' values are too large to combine"


@dataclass(frozen=True, eq=False, repr=False)
class Composite(Reward):
    """A reward made of `children`; `settings` are literals, together the arguments of its combinator."""

    op: ClassVar[str]
    children: tuple[Reward, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    label: str | None = None

    def __post_init__(self) -> None:
        if not self.children:
            raise ValueError(f"{self.op} needs a reward to be made of")
        self.__dict__.update(
            range=self._range(), over=self._over(), grain=self._grain(), binary=self._binary(),
            differentiable=self._differentiable(),
            deterministic=all(c.deterministic for c in self.children),
            waits=any(c.waits for c in self.children),
            needs=tuple(sorted({n for c in self.children for n in c.needs})),
        )  # fmt: skip
        _ = self._parts  # raises here, at composition, where two parts share a name

    @property
    def default_name(self) -> str:
        """Its combinator's name."""
        return self.op

    def arguments(self) -> tuple[Any, ...]:
        """Positional arguments of its combinator."""
        return self.children

    def tree(self) -> Tree:
        """Combinator, its rewards, its literals, name."""
        tree: Tree = {"op": self.op, "of": [_argument_tree(a) for a in self.arguments()]}
        if self.settings:
            tree["settings"] = {k: list(v) if isinstance(v, tuple) else v for k, v in self.settings.items()}
        if self.label is not None:
            tree["name"] = self.label
        return tree

    def reading(self, **columns: str) -> Reward:
        """Rename columns in every leaf that reads them. Raises TypeError if none does."""
        new, refused = [], []
        for child in self.children:
            try:
                new.append(child.reading(**columns))
            except TypeError as error:
                new.append(child)
                refused.append(error)
        if len(refused) == len(self.children):
            raise refused[0]
        return self._replace(children=tuple(new))

    def _range(self) -> Range:
        return self.children[0].range

    def _over(self) -> Over:
        return _widest(self.children)

    def _grain(self) -> Grain:
        return "response"

    def _binary(self) -> bool:
        return False

    def _differentiable(self) -> bool:
        return False


class Elementwise(Composite):
    """A formula over the parts' values, the same for one row of floats and for columns of arrays."""

    def _formula(self, values: Sequence[Any]) -> Any:
        raise NotImplementedError

    def _arrays(self, values: Sequence[Floats]) -> Floats:
        return np.asarray(self._formula(values), dtype=np.float64)

    def _row(self, row: Row, memo: dict[str, Score]) -> Score:
        values, status, reason = [], Status.OK, ""
        for child in self.children:
            score = child._row(row, memo)
            if score.status > status or (score.status == status > Status.OK and not reason):
                status, reason = score.status, why(child, score.reason)
            values.append(score.value)
        total = Score(None, status, reason)
        if None not in values:
            total.value = float(self._formula(values))
            if not isfinite(total.value):
                total = Score.failed(OVERFLOW)
        memo[self._key] = total
        return total

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        parts = []
        for child in self.children:
            column = yield from child._ensure(batch, rows)
            parts.append(column if len(rows) == len(batch.rows) else column.take(rows))
        with np.errstate(all="ignore"):  # overflow is told by status
            values = self._arrays([part.values for part in parts])
        valued = ~np.isnan([part.values for part in parts]).any(axis=0)
        overflown = valued & ~np.isfinite(values)
        values[~valued | overflown] = np.nan
        status, reasons = _worst_status(self.children, parts)
        status[overflown] = Status.FAILED
        reasons.update((i, OVERFLOW) for i in np.flatnonzero(overflown).tolist())
        return Column(values, status, reasons)


@dataclass(frozen=True, eq=False, repr=False)
class Sum(Elementwise):
    """Σ wᵢ·rᵢ + c."""

    op = "weighted_sum"

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """One weight a part."""
        return tuple(self.settings["weights"])

    @property
    def constant(self) -> float:
        """What is added at the end."""
        return float(self.settings["constant"])

    def _formula(self, values: Sequence[Any]) -> Any:
        total = self.weights[0] * values[0]
        for weight, value in zip(self.weights[1:], values[1:], strict=True):
            total = total + weight * value
        return total + self.constant

    def _range(self) -> Range:
        spans = [scaled(child.range, w) for child, w in zip(self.children, self.weights, strict=True)]
        return sum(s[0] for s in spans) + self.constant, sum(s[1] for s in spans) + self.constant

    def _grain(self) -> Grain:
        grains = {child.grain for child in self.children}
        return grains.pop() if len(grains) == 1 and not self.constant else "response"

    def _differentiable(self) -> bool:
        return all(child.differentiable for child in self.children)

    def _compute(self, batch: Batch, rows: Index) -> Steps[Column]:
        column = yield from super()._compute(batch, rows)
        if self.grain != "response":
            fines = [batch.memo[child._key].fine for child in self.children]
            for k, i in enumerate(rows.tolist()):
                fine = self._fine([f.get(i) for f in fines])
                if fine is not None:
                    column.fine[k] = fine
        return column

    def _row(self, row: Row, memo: dict[str, Score]) -> Score:
        total = super()._row(row, memo)
        if self.grain != "response":
            total.fine = self._fine([memo[child._key].fine for child in self.children])
        return total

    def _fine(self, fines: Sequence[Fine | None]) -> Fine | None:
        """The sum's own fine values, where all parts have them on the same spans."""
        first = fines[0]
        if first is None or any(f is None or (f.spans, f.grain) != (first.spans, first.grain) for f in fines):
            return None
        values = zip(*(cast(Fine, f).values for f in fines), strict=True)
        return Fine(tuple(float(self._formula(v)) for v in values), first.spans, first.grain)

    def tensor(self, batch: Mapping[str, Any]) -> Any:
        """Σ wᵢ·rᵢ + c with its gradient, where every part is differentiable."""
        if not self.differentiable:
            return super().tensor(batch)
        return self._formula([child.tensor(batch) for child in self.children])


@op
def weighted_sum(*parts: Reward, weights: Sequence[float] | None = None, constant: float = 0.0) -> Reward:
    """Σ wᵢ·rᵢ + c; sums within it that have no name of their own are flattened. `0.9 * a + 0.1 * b + 1`.

    Raises ValueError for weights that are not finite, or not one a part.
    """
    weights = (1.0,) * len(parts) if weights is None else weights
    children: list[Reward] = []
    flat: list[float] = []
    for part, weight in zip(map(as_reward, parts), weights, strict=True):
        inner = isinstance(part, Sum) and part.label is None
        for child, w in zip(part.children, cast(Sum, part).weights, strict=True) if inner else ((part, 1.0),):
            children.append(child)
            flat.append(finite(weight * w))
        constant += weight * part.constant if isinstance(part, Sum) and inner else 0.0
    return Sum(tuple(children), {"weights": tuple(flat), "constant": finite(constant)})


class Product(Elementwise):
    """Π rᵢ."""

    op = "product"

    def _formula(self, values: Sequence[Any]) -> Any:
        return reduce(lambda a, b: a * b, values)

    def _range(self) -> Range:
        return reduce(_times, (child.range for child in self.children))

    def _binary(self) -> bool:
        return all(child.binary for child in self.children)


@op
def product(*parts: Reward) -> Reward:
    """Π rᵢ; `a * b`."""
    return Product(tuple(map(as_reward, parts)))


class Harmonic(Elementwise):
    """Σw / Σ(wᵢ/rᵢ), 0 where any part is 0."""

    op = "harmonic"

    def _formula(self, values: Sequence[Any]) -> Any:
        weights = self.settings["weights"]
        if any(v == 0 for v in values):
            return 0.0
        return sum(weights) / sum(w / v for w, v in zip(weights, values, strict=True))

    def _arrays(self, values: Sequence[Floats]) -> Floats:
        return np.array([self._formula(row) for row in zip(*(v.tolist() for v in values), strict=True)], dtype=float)

    def _range(self) -> Range:
        return min(c.range[0] for c in self.children), max(c.range[1] for c in self.children)


@op
def harmonic(*parts: Reward, weights: Sequence[float] | None = None) -> Reward:
    """Weighted harmonic mean, Σw / Σ(wᵢ/rᵢ); 0 where any part is 0.

    Raises TypeError for parts that can be negative, weights that are not positive.
    """
    children = tuple(map(as_reward, parts))
    for child in children:
        if child.range[0] < 0:
            raise TypeError(f"a harmonic mean needs values of at least 0, but {child} ranges over {child.range}")
    weights = (1.0,) * len(children) if weights is None else tuple(map(float, weights))
    if len(weights) != len(children) or any(w <= 0 for w in weights):
        raise TypeError(f"harmonic: one positive weight a part, not {weights} for {len(children)} parts")
    return Harmonic(children, {"weights": weights})


class Worst(Elementwise):
    """min rᵢ."""

    op = "worst"

    def _formula(self, values: Sequence[Any]) -> Any:
        return min(values)

    def _arrays(self, values: Sequence[Floats]) -> Floats:
        return np.asarray(np.min(values, axis=0), dtype=np.float64)

    def _range(self) -> Range:
        return min(c.range[0] for c in self.children), min(c.range[1] for c in self.children)

    def _binary(self) -> bool:
        return all(child.binary for child in self.children)


@op
def worst(*parts: Reward) -> Reward:
    """The least of the parts."""
    return Worst(tuple(map(as_reward, parts)))


class Best(Elementwise):
    """max rᵢ."""

    op = "best"

    def _formula(self, values: Sequence[Any]) -> Any:
        return max(values)

    def _arrays(self, values: Sequence[Floats]) -> Floats:
        return np.asarray(np.max(values, axis=0), dtype=np.float64)

    def _range(self) -> Range:
        return max(c.range[0] for c in self.children), max(c.range[1] for c in self.children)

    def _binary(self) -> bool:
        return all(child.binary for child in self.children)


@op
def best(*parts: Reward) -> Reward:
    """The greatest of the parts."""
    return Best(tuple(map(as_reward, parts)))


class Clip(Elementwise):
    """min(max(r, low), high)."""

    op = "clip"

    @cached_property
    def bounds(self) -> Range:
        """(low, high), infinite where unbounded."""
        low, high = self.settings["low"], self.settings["high"]
        return (-inf if low is None else low, inf if high is None else high)

    def _formula(self, values: Sequence[Any]) -> Any:
        return min(max(values[0], self.bounds[0]), self.bounds[1])

    def _arrays(self, values: Sequence[Floats]) -> Floats:
        return np.clip(values[0], *self.bounds)

    def _range(self) -> Range:
        low, high = self.children[0].range
        return self._formula([low]), self._formula([high])


@op
def clip(reward: Reward, low: float | None = None, high: float | None = None) -> Reward:
    """Hold values between bounds; None is unbounded. Raises ValueError if low > high."""
    low, high = finite_or_none(low), finite_or_none(high)
    if low is not None and high is not None and low > high:
        raise ValueError(f"clip: low {low:g} is above high {high:g}")
    return Clip((as_reward(reward),), {"low": low, "high": high})


class AtLeast(Elementwise):
    """1 where r ≥ t, else 0."""

    op = "at_least"

    def _binary(self) -> bool:
        return True

    def _formula(self, values: Sequence[Any]) -> Any:
        return (values[0] >= self.settings["threshold"]) * 1.0

    def _range(self) -> Range:
        return 0.0, 1.0


@op
def at_least(reward: Reward, threshold: float) -> Reward:
    """1 where the value reaches the threshold, else 0; can be a gate's condition."""
    return AtLeast((as_reward(reward),), {"threshold": finite(threshold)})


@op
def named(reward: Reward, name: str) -> Reward:
    """The reward under another component name; `reward.named("…")`."""
    return as_reward(reward).named(name)


@op
def reading(reward: Reward, **columns: str) -> Reward:
    """The reward with renamed columns; `reward.reading(boxes="gt")`."""
    return as_reward(reward).reading(**columns)


def _widest(children: Sequence[Reward]) -> Over:
    """What a composite of these sees. Raises ContractError for kinds that do not go together."""
    kinds = {child.over for child in children}
    for child in children:
        if child.native == "pairwise":
            raise ContractError(f"{child} compares responses and has no scalar to compose: use .tournament() first")
    if len(kinds) > 1 and "set" in kinds:
        raise ContractError("a set reward goes with others only through spread(…) or leave_one_out(…)")
    for kind in ("group", "trajectory", "comparison", "set"):
        if kind in kinds:
            return cast(Over, kind)
    return "sample"


def _worst_status(children: Sequence[Reward], parts: Sequence[Column]) -> tuple[Any, dict[int, str]]:
    """The severest status of each row, and the reason of the first part that has it."""
    status = np.max([part.status for part in parts], axis=0)
    reasons: dict[int, str] = {}
    for child, part in zip(children, parts, strict=True):
        for i, reason in part.reasons.items():
            if part.status[i] == status[i] and i not in reasons and status[i] > Status.OK:
                reasons[i] = why(child, reason)
    return status, reasons


def why(child: Reward, reason: str) -> str:
    """A part's reason, with the name of the part in front."""
    return f"{child.name}: {reason}" if reason and (child.label or not child.children) else reason


def untimed(score: Score) -> Score:
    """A part's result as the whole's own: its time is counted once, with the part."""
    return Score(score.value, score.status, score.reason, {}, score.fine, score.rationale)


def finite(number: float) -> float:
    """A setting as a float. Raises ValueError for NaN and infinities, which no spec can say."""
    if not isfinite(number := float(number)):
        raise ValueError(f"a finite number is needed, not {number}")
    return number


def finite_or_none(number: float | None) -> float | None:
    """As `finite`, where None has a meaning."""
    return None if number is None else finite(number)


def scaled(span: Range, weight: float) -> Range:
    """A range times a weight; 0 times an infinite end is 0."""
    low, high = (weight * x if weight else 0.0 for x in span)
    return (low, high) if low <= high else (high, low)


def _times(a: Range, b: Range) -> Range:
    corners = [x * y if x and y else 0.0 for x, y in cartesian(a, b)]
    return min(corners), max(corners)


def _argument_tree(argument: Any) -> Any:
    if isinstance(argument, Mapping):
        return {"cases": [[case, reward.tree()] for case, reward in argument.items()]}
    return argument.tree()
