"""Finding the few frames of a long video that matter, by looking where it seems worth looking.

A scorer looks at a handful of frames at a time and says how sure it is that they show what is sought. Scores
spread to neighbours, a smooth curve through them says where to look next, and what was found is looked at
again, alone. Ye et al. 2025 (T*), https://arxiv.org/abs/2504.02259.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from guerdon.scores import Floats

Mask = NDArray[np.bool_]
UNSEEN = 1e-6
"""The score of a frame that no one has looked at."""
TOP = 75
"""Percentile from which a frame's score spreads, and from which frames are looked at next."""


class Seen(NamedTuple):
    """What a scorer saw in one frame."""

    confidence: float
    """0–1: the surest detection, cues counting half."""
    targets: Collection[str] = ()


class Found(NamedTuple):
    """What a search came to."""

    scores: Floats
    """Of every frame, [frames]."""
    looked: int
    """Frames that were scored, those looked at again included."""
    missing: frozenset[str]
    """Targets that were not confirmed."""

    def frames(self, n: int, rng: np.random.Generator | None = None) -> list[int]:
        """n frames in order: those with the greatest scores, or drawn in proportion to them, as T* does."""
        if rng is None:
            return sorted(np.argsort(-self.scores, kind="stable")[:n].tolist())
        chances = self.scores / self.scores.sum()
        possible = int(np.count_nonzero(chances))
        return sorted(rng.choice(len(chances), size=min(n, possible), replace=False, p=chances).tolist())


Scorer = Callable[[Sequence[int]], Sequence[Seen]]


def search(
    score: Scorer,
    frames: int,
    targets: Collection[str],
    *,
    budget: int,
    rng: np.random.Generator,
    batch: int = 64,
    reach: int = 5,
    sure: float = 0.5,
    smoothing: float | None = 0.5,
) -> Found:
    """Look at up to `budget` of `frames` frames until every target is confirmed.

    The first `batch` frames are evenly spaced, later ones drawn by `next_frames`. A frame that shows a
    missing target is looked at again, alone; its confidence replaces the first, and above `sure` the
    target is confirmed. `reach` is how many frames a score spreads each way, `smoothing` that of `chances`. The
    official code does not count second looks, and can draw visited frames once few are left; here every look
    counts, and none is drawn twice. Raises ValueError without frames or a positive batch.
    """
    if frames < 1 or batch < 1:
        raise ValueError(f"a search needs frames and a positive batch, not frames={frames}, batch={batch}")
    scores = np.full(frames, UNSEEN)
    visited = np.zeros(frames, dtype=np.bool_)
    missing, looked = set(targets), 0
    while missing and looked < budget and not visited.all():
        chosen = next_frames(scores, visited, min(batch, budget - looked), rng, smoothing=smoothing)
        seen = score(chosen)
        looked += len(chosen)
        visited[chosen] = True
        scores[chosen] = [one.confidence for one in seen]
        spread(scores, chosen, reach)
        for frame, one in zip(chosen, seen, strict=True):
            if missing.intersection(one.targets) and looked < budget:
                (again,) = score([frame])
                looked += 1
                scores[frame] = again.confidence
                if again.confidence > sure:
                    missing.difference_update(again.targets)
    return Found(scores, looked, frozenset(missing))


def spread(scores: Floats, chosen: Sequence[int], reach: int) -> None:
    """Raise the frames around the best quarter of the chosen to score / (distance + 1), in place."""
    own = scores[list(chosen)]
    threshold = np.percentile(own, TOP)
    for frame in np.asarray(chosen)[own >= threshold].tolist():
        start, stop = max(0, frame - reach), min(len(scores), frame + reach + 1)
        near = scores[frame] / (np.abs(np.arange(start, stop) - frame) + 1)
        np.maximum(scores[start:stop], near, out=scores[start:stop])


def chances(scores: ArrayLike, visited: ArrayLike, *, smoothing: float | None = 0.5) -> Floats:
    """How likely each frame is to matter, [frames], summing to 1: a logistic of a cubic smoothing spline through the
    scores of visited frames, no lower than 1 / frames.

    `smoothing` is the sum of squared residuals that the spline may leave. Even chances without it, and where fewer
    than four frames were visited.
    """
    from scipy.interpolate import UnivariateSpline

    values, at = np.asarray(scores, dtype=np.float64), np.flatnonzero(visited)
    if smoothing is None or len(at) < 4:
        return np.full(len(values), 1.0 / len(values))
    curve = UnivariateSpline(at, values[at], s=smoothing)(np.arange(len(values)))
    weight = 1.0 / (1.0 + np.exp(-np.maximum(curve, 1.0 / len(values))))
    return np.asarray(weight / weight.sum(), dtype=np.float64)


def next_frames(
    scores: Floats, visited: Mask, n: int, rng: np.random.Generator, *, smoothing: float | None = 0.5
) -> list[int]:
    """Up to n unvisited frames, in order: evenly spaced at first, then drawn from the likeliest quarter."""
    total = len(scores)
    if not visited.any():
        return sorted({round(frame) for frame in np.linspace(0, total - 1, min(n, total)).tolist()})
    weights = (chances(scores, visited, smoothing=smoothing) + n / total) * ~visited
    likeliest = weights * (weights >= np.percentile(weights, TOP))
    if np.count_nonzero(likeliest) >= n:
        weights = likeliest
    possible = min(n, int(np.count_nonzero(weights)))
    return sorted(rng.choice(total, size=possible, replace=False, p=weights / weights.sum()).tolist())
