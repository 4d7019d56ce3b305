"""Rewards that are each good up to a point, held there by multipliers (Moskovitz et al. 2023).

A component reward is useful up to its proxy point; beyond it the truth falls, and where two rewards go together their
points move. So the task is to stay near the start, −0.2·KL, and each reward has a threshold θ: at least θ (μ-PPO), or
equal to it (ξ-PPO, whose weights may turn negative). `guerdon.combine.constrained` is that reward, its weights move by
`update`; `guerdon.audit.overoptimise` finds the points, jointly, by optimising the sum; `search` finds thresholds
without knowing gold's shape (NM-PPO).

Rows have `intent` and `meteor`, the component scores of a dialogue turn; the defaults are the published thresholds.
Each METEOR score must be its row's own: the official loop computes it on all episodes so far together. Without a
squashing function their code drops the first multiplier. Thresholds are in raw units, so normalised parts move what
can be reached. There, each advantage is standardised before mixing, so that weights act on directions; in the toy
that makes multipliers swing, and here the parts are mixed as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from guerdon.audit.curves import Curve
from guerdon.audit.optimisers import Multipliers, policy_gradient
from guerdon.combine import Constrained, constrained
from guerdon.reward import Reward
from guerdon.rules.given import score
from guerdon.scores import Floats
from guerdon.systems import Measured, Published, System
from guerdon.world.policy import climb

INTENT, METEOR = 0.44, 0.238
RANGES = {
    "sacrebleu": (5.33e-6, 0.1106), "rouge2": (0.0, 0.01457), "bleu": (0.0, 0.004677),
    "unique_3": (314.0, 36880.0), "vocabulary_3": (41.0, 32227.0), "longest": (9.0, 183.0),
}  # fmt: skip
"""Least and greatest value of each metric of the evaluation score: three of words, three of diversity."""


def parts() -> tuple[Reward, Reward]:
    """Intent and METEOR, as the row brings them along."""
    return score().reading(score="intent").named("intent"), score().reading(score="meteor").named("meteor")


def total(*, intent: float = INTENT, meteor: float = METEOR, equal: bool = True) -> Constrained:
    """Intent and METEOR held at their thresholds (ξ-PPO), or at or above them."""
    return constrained(*parts(), thresholds=(intent, meteor), equal=equal)


def saturated(*, intent: float = INTENT, meteor: float = METEOR) -> Reward:
    """The baseline PPO-SAT: the sum of both, each cut off at its threshold."""
    return parts()[0].clip(high=intent).named("intent_cut") + parts()[1].clip(high=meteor).named("meteor_cut")


def evaluation(**metrics: float) -> float:
    """The published evaluation score: each metric over its range, the mean of six; not held within 0–1.

    >>> evaluation(sacrebleu=0.1106, rouge2=0.01457, bleu=0.004677, unique_3=314, vocabulary_3=41, longest=9)
    0.5
    """
    if metrics.keys() != RANGES.keys():
        raise ValueError(f"the evaluation score needs {', '.join(RANGES)}, not {', '.join(metrics)}")
    return float(np.mean([(metrics[name] - low) / (high - low) for name, (low, high) in RANGES.items()]))


def search(
    gold: Callable[[Floats], float], simplex: Sequence[Sequence[float]], *, rounds: int = 40, near: float = 5e-3
) -> Floats:
    """The thresholds of greatest gold, by Nelder and Mead's simplex with the published coefficients.

    `gold` trains with the thresholds it is given and says what came of it; thresholds within `near` of earlier ones
    are not tried again. It ends once gold spreads by less than 0.01 over the simplex, or after so many rounds. (The
    paper trains on from the policy it has; whether `gold` does is its own matter.)
    """
    from scipy.optimize import minimize

    tried: list[tuple[Floats, float]] = []

    def loss(thresholds: Floats) -> float:
        for known, value in tried:
            if np.abs(known - thresholds).max() <= near:
                return value
        tried.append((thresholds.copy(), -gold(thresholds)))
        return tried[-1][1]

    corners = np.asarray(simplex, dtype=np.float64)
    found = minimize(
        loss,
        corners[0],
        method="Nelder-Mead",
        options={"initial_simplex": corners, "maxiter": rounds, "xatol": near, "fatol": 0.01},
    )
    return np.asarray(found.x)


system = System(
    id="constrained-rlhf",
    title="Confronting Reward Model Overoptimization with Constrained RLHF",
    year=2023,
    url="https://arxiv.org/abs/2310.04373",
    about=__doc__,
    rewards={"total": total, "saturated": saturated},
    published=(
        Published(
            "Proxy points on DailyDialog with GPT-2",
            "arXiv:2310.04373, from memory, not checked against the paper",
            ("reward", "alone", "threshold in the configuration"),
            (("METEOR", "≈ 0.23", METEOR), ("intent", "≈ 0.48", INTENT)),
        ),
    ),
)

ACTIONS, BEST, COST = 200, 0.6, 2.0
"""Actions; each proxy is good up to `BEST` and costs `COST` a unit beyond."""
TILT = 4.0
"""The start prefers actions of low reward: log-odds per unit of the first proxy."""
RATE, STEPS = 0.1, 2000
TOLERANCE = 0.06


@system.proof(claim="the plain sum of two rewards is optimised past its best and into the negative", seconds=5)
def the_sum_is_hacked(seed: int) -> Measured:
    """Final gold of the sum; the baseline is the best on the way."""
    gold = _summed(seed).gold[0]
    return Measured(float(gold[-1]), at_most=0.0, baseline=float(gold.max()))


@system.proof(claim="constraints at the measured proxy points keep gold at its peak", seconds=10)
def constraints_keep_it(seed: int) -> Measured:
    """Final gold over the best on the way, the lesser of both kinds of constraint; the baseline is the sum."""
    kept = [_kept(_trained(seed, _points(seed), equal)[:, 0]) for equal in (False, True)]
    return Measured(min(kept), at_least=0.97, baseline=_kept(_summed(seed).gold[0]))


@system.proof(claim="equality constraints are met", seconds=10)
def constraints_are_met(seed: int) -> Measured:
    """Greatest distance of a proxy from its threshold at the end, thresholds 0.55 and 0.60; the baseline is the sum."""
    wanted = np.array([0.55, 0.6])
    toy = _toy(seed)
    best = toy.proxies[:, toy.proxies.sum(axis=0).argmax()]
    end = _trained(seed, (0.55, 0.6), True)[-1, 1:]
    return Measured(float(np.abs(end - wanted).max()), at_most=TOLERANCE, baseline=float(np.abs(best - wanted).max()))


@system.proof(claim="a simplex search finds thresholds as good without knowing the points", seconds=40)
def thresholds_are_found(seed: int) -> Measured:
    """Gold at the thresholds found over the best of the sum; the baseline is where the search begins."""
    simplex = [(0.9, 0.9), (0.8, 0.9), (0.9, 0.8)]
    best = float(_summed(seed).gold.max())

    def gold(thresholds: Floats) -> float:
        return float(_trained(seed, tuple(thresholds.tolist()), True, 600)[-1, 0])

    return Measured(gold(search(gold, simplex)) / best, at_least=0.97, baseline=gold(np.array(simplex[0])) / best)


class Toy(NamedTuple):
    """A choice of one action."""

    proxies: Floats
    """[2, actions], correlated."""
    gold: Floats
    """[actions]."""
    start: Floats
    """[actions], probabilities of the policy at first."""


@cache
def _toy(seed: int) -> Toy:
    rng = np.random.default_rng(seed)
    first = rng.random(ACTIONS)
    proxies = np.stack([first, 0.7 * first + 0.3 * rng.random(ACTIONS)])
    gold = (np.minimum(proxies, BEST) - COST * np.maximum(proxies - BEST, 0.0)).sum(axis=0)
    weights = np.exp(-TILT * first)
    return Toy(proxies, gold, weights / weights.sum())


@cache
def _summed(seed: int) -> Curve:
    """The sum of both proxies, optimised without bound."""
    toy = _toy(seed)
    total, gold = toy.proxies.sum(axis=0)[None], toy.gold[None]
    return policy_gradient(total, gold, start=toy.start[None], budget=np.inf, steps=STEPS, name="sum")


@cache
def _points(seed: int) -> tuple[float, float]:
    """Both proxies where gold peaks while their sum is optimised."""
    toy = _toy(seed)
    ups = zip(range(STEPS), climb(toy.start, lambda _: toy.proxies.sum(axis=0), rate=RATE), strict=False)
    best = max((policy for _, policy in ups), key=lambda policy: float(policy @ toy.gold))
    first, second = (toy.proxies @ best).tolist()
    return first, second


@cache
def _trained(seed: int, thresholds: Sequence[float], equal: bool, steps: int = STEPS) -> Floats:
    """Gold and both proxies after each step under constraints, [steps, 3]."""
    toy = _toy(seed)
    reward = total(intent=thresholds[0], meteor=thresholds[1], equal=equal)
    gains = Multipliers(reward, toy.proxies[:, None])
    ups = zip(range(steps), climb(toy.start[None], gains, rate=RATE), strict=False)
    return np.array([np.vstack([toy.gold, toy.proxies]) @ policy[0] for _, policy in ups])


def _kept(gold: Floats) -> float:
    return float(gold[-1] / gold.max())
