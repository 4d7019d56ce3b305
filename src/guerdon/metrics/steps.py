"""Values of the steps of a solution or an episode: refined, shaped, and added up to returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise, product
from math import exp, fsum, inf, log, nan, prod
from typing import Literal, NamedTuple

Refinement = Literal["clip", "delta", "clip+delta"]
Aggregate = Literal["min", "max", "prod", "geometric_mean", "mean", "mean_logit", "mean_odds", "last"]
MAX_SEQUENCES = 100_000
"""Score sequences that `return_bound` looks at."""


class Located(NamedTuple):
    """How often the first wrong step was found, each 0–1; NaN without such solutions."""

    erroneous: float
    """Share of the solutions with an error whose first one is where it was said to be."""
    correct: float
    """Share of the solutions without one that were said to have none."""
    f1: float
    """Harmonic mean of the two."""


def aggregate(scores: Sequence[float], how: Aggregate) -> float:
    """One score of a solution from those of its steps, which are probabilities for all but the plain ones.

    "mean_logit" is σ(mean log p/(1 − p)) and "mean_odds" the mean of p/(1 − p), which a step of 1 makes 1 and ∞;
    beside a step of 0 the mean of logits is NaN. Kim et al. 2024 (RewardMATH), https://arxiv.org/abs/2410.01729.
    Raises ValueError for no steps, another word, or scores that are no probabilities where they must be.

    >>> [round(aggregate([0.9, 0.8, 0.1], how), 3) for how in ("min", "prod", "geometric_mean", "mean", "mean_logit")]
    [0.1, 0.072, 0.416, 0.6, 0.614]
    """
    if how not in _AGGREGATES or not scores:
        raise ValueError(f"how={how!r} of {len(scores)} steps: write one of {', '.join(_AGGREGATES)}, and give a step")
    if how in ("geometric_mean", "mean_logit", "mean_odds") and not all(0 <= p <= 1 for p in scores):
        raise ValueError(f"{how} is of probabilities, not {list(scores)!r:.60}")
    return float(_AGGREGATES[how](scores))


def first_error(wrong: Sequence[bool]) -> int:
    """Index of the first wrong step, −1 if none is.

    >>> first_error([False, True, True]), first_error([False])
    (1, -1)
    """
    return next((i for i, step in enumerate(wrong) if step), -1)


def located(found: Sequence[int], true: Sequence[int]) -> Located:
    """How often the first error was found, from its index [n] and the true one [n], −1 for none.

    Saying "none" always is 0 by F1, however many solutions are right. Zheng et al. 2024 (ProcessBench),
    https://arxiv.org/abs/2412.06559. Raises ValueError for lengths that differ.

    >>> located([2, 0, -1, -1], [2, 1, -1, 3])  # one error of three, the only solution without
    Located(erroneous=0.3333333333333333, correct=1.0, f1=0.5)
    """
    hits = [(error == -1, guess == error) for guess, error in zip(found, true, strict=True)]
    erroneous, correct = (_mean([hit for none, hit in hits if none == kind]) for kind in (False, True))
    total = erroneous + correct
    return Located(erroneous, correct, 2 * erroneous * correct / total if total else 0.0)


def clipped(scores: Sequence[float], threshold: float) -> list[float]:
    """min(r − threshold, 0) for each step: right steps earn nothing, wrong ones cost."""
    return [min(score - threshold, 0.0) for score in scores]


def delta(scores: Sequence[float]) -> list[float]:
    """r(k) − r(k + 1); the last step but one keeps its own score, and the last earns nothing.

    So the return of every step but the last, the sum from it on, is its own score, however many follow.

    >>> delta([1.0, 0.5, 0.25, 1.0])
    [0.5, 0.25, 0.25, 0.0]
    """
    kept = [*scores[:-1], 0.0]
    return [here - then for here, then in pairwise(kept)] + [0.0][: len(scores)]


def refined(scores: Sequence[float], how: Refinement, threshold: float = 0.5) -> list[float]:
    """Process rewards whose sum is bounded, so that repeating right steps does not pay.

    "clip" is `clipped`, "delta" is `delta`, "clip+delta" the one and then the other.
    Gao et al. 2024, https://arxiv.org/abs/2410.15115. Raises ValueError for another word.

    >>> [sum(refined([0.9, 0.9, 0.9, 0.25], how)) for how in ("clip", "delta", "clip+delta")]
    [-0.25, 0.9, 0.0]
    """
    if how not in ("clip", "delta", "clip+delta"):
        raise ValueError(f"how={how!r}: write clip, delta or clip+delta")
    values = clipped(scores, threshold) if how != "delta" else list(scores)
    return values if how == "clip" else delta(values)


def shaped(potentials: Sequence[float], gamma: float = 0.99, negative_slope: float = 1.0) -> list[float]:
    """Potential-based shaping: γ·Φ(t) − Φ(t − 1) for each step, 0 for the first; negative ones × the slope.

    It leaves the best policy as it is (with the slope at 1), for it telescopes: Ng, Harada and Russell 1999.

    >>> [round(f, 4) for f in shaped([3, 2, 1])]
    [0.0, -1.02, -1.01]
    """
    gains = [gamma * here - before for before, here in pairwise(potentials)]
    return [0.0][: len(potentials)] + [gain if gain >= 0 else negative_slope * gain for gain in gains]


def returns(rewards: Sequence[float], gamma: float = 1.0) -> list[float]:
    """What each step and those after it earn together: G(t) = r(t) + γ·G(t + 1).

    >>> returns([1, 0, 2], gamma=0.5)
    [1.5, 1.0, 2.0]
    """
    total, out = 0.0, []
    for reward in reversed(rewards):
        total = reward + gamma * total
        out.append(total)
    return out[::-1]


def return_bound(
    refine: Callable[[Sequence[float]], Sequence[float]], steps: int, levels: Sequence[float] = (0.0, 1.0)
) -> float:
    """The most that `steps` steps can return, over all sequences of scores made of `levels`.

    A bound that grows with the number of steps is an invitation to write more of them. Raises ValueError
    where there are more sequences than can be tried.

    >>> [return_bound(list, n) for n in (2, 4, 8)], [return_bound(delta, n) for n in (2, 4, 8)]
    ([2.0, 4.0, 8.0], [1.0, 1.0, 1.0])
    """
    if len(levels) ** steps > MAX_SEQUENCES:
        raise ValueError(f"{len(levels)} levels make too many sequences of {steps} steps")
    return float(max(sum(refine(scores)) for scores in product(levels, repeat=steps)))


def padding_gain(
    refine: Callable[[Sequence[float]], Sequence[float]], scores: Sequence[float], filler: float, extra: int
) -> float:
    """How much more a solution returns with `extra` steps of score `filler` in front of its last; 0 is sound.

    >>> padding_gain(list, [0.75, 0.75, 0.25], filler=0.75, extra=4)
    3.0
    """
    padded = [*scores[:-1], *[filler] * extra, *scores[-1:]]
    return float(sum(refine(padded)) - sum(refine(scores)))


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values) if values else nan


def _geometric_mean(scores: Sequence[float]) -> float:
    return exp(_mean([log(p) for p in scores])) if all(scores) else 0.0


def _mean_logit(scores: Sequence[float]) -> float:
    if 0 in scores or 1 in scores:
        return nan if 0 in scores and 1 in scores else float(1 in scores)
    return 1 / (1 + exp(-_mean([log(p / (1 - p)) for p in scores])))


def _mean_odds(scores: Sequence[float]) -> float:
    return inf if 1 in scores else _mean([p / (1 - p) for p in scores])


_AGGREGATES: dict[str, Callable[[Sequence[float]], float]] = {
    "min": min,
    "max": max,
    "prod": prod,
    "geometric_mean": _geometric_mean,
    "mean": _mean,
    "mean_logit": _mean_logit,
    "mean_odds": _mean_odds,
    "last": lambda scores: scores[-1],
}
