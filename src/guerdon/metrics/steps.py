"""Values of the steps of a solution or an episode: refined, shaped, and added up to returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise, product
from typing import Literal

Refinement = Literal["clip", "delta", "clip+delta"]
MAX_SEQUENCES = 100_000
"""Score sequences that `return_bound` looks at."""


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
