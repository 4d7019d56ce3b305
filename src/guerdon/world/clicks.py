"""A simulated user who corrects a segmenter by clicking, and what that costs.

The user looks at what is missing and at what is too much, takes the larger of the two, and clicks where it
is deepest: as far as can be from the edge of that region. Any function from clicks to a mask can be
corrected so, and what it needs is measured in clicks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from guerdon.metrics.masks import iou
from guerdon.metrics.runs import Bools


class Click(NamedTuple):
    """A pixel, and whether the user says that it belongs to the object."""

    x: int
    y: int
    positive: bool


Segmenter = Callable[[Sequence[Click]], Bools]
"""From all clicks so far, at least one, to a mask."""
Clicker = Callable[[Bools, Bools, Sequence[Click]], Click | None]
"""From the mask predicted, the true one and the clicks so far to the next click; None where nothing is wrong."""


def next_click(predicted: Bools, true: Bools, clicks: Sequence[Click] = ()) -> Click | None:
    """The click that a user would make: the deepest pixel of what is missing or of what is too much.

    The one with more pixels, what is too much where they are equal; pixels clicked already do not count.
    Depth is the exact Euclidean distance to the nearest pixel outside, the edge of the picture included, and
    the first of equal ones counts. None if no pixel is wrong. Zou et al. 2023 (SEEM).

    >>> true = np.zeros((5, 7), bool)
    >>> true[1:4, 1:6] = True
    >>> next_click(np.zeros((5, 7), bool), true)
    Click(x=2, y=2, positive=True)
    """
    from scipy.ndimage import distance_transform_edt

    fresh = np.ones_like(true)
    for click in clicks:
        fresh[click.y, click.x] = False
    missing, extra = true & ~predicted & fresh, predicted & ~true & fresh
    positive = int(missing.sum()) > int(extra.sum())
    region = missing if positive else extra
    if not region.any():
        return None
    depth = distance_transform_edt(np.pad(region, 1))[1:-1, 1:-1]
    y, x = divmod(int(depth.argmax()), true.shape[1])
    return Click(x, y, positive)


def simulate(
    segment: Segmenter, true: Bools, *, choose: Clicker = next_click, target: float = 0.9, limit: int = 20
) -> list[float]:
    """IoU after each of `limit` clicks; from the one that goes above `target` on it stays as it is."""
    session = Session(segment, true, target=target, limit=limit)
    while not session.done:
        click = choose(session.mask, true, session.clicks)
        if click is None:
            break
        session.step(click.x, click.y)
    return session.ious + [session.iou] * (limit - len(session.ious))


def clicks_to(ious: ArrayLike, threshold: float = 0.85, *, limit: int = 20) -> int:
    """NoC: number of the first click after which the IoU is at least `threshold`; `limit` if none of them is.

    >>> clicks_to([0.3, 0.6, 0.86, 0.9]), clicks_to([0.3, 0.6])
    (3, 20)
    """
    reached = np.flatnonzero(np.asarray(ious, dtype=np.float64)[:limit] >= threshold)
    return int(reached[0]) + 1 if len(reached) else limit


class Session:
    """One object to be cut out by clicking, as an environment: the action is where to click.

    Whether a click is positive is for the true mask to say. It is done when the IoU is above `target`, or
    after `limit` clicks.
    """

    def __init__(
        self,
        segment: Segmenter,
        true: Bools,
        *,
        reward: Literal["gain", "cost"] = "gain",
        target: float = 0.9,
        limit: int = 20,
    ):
        self.segment, self.true, self.reward, self.target, self.limit = segment, true, reward, target, limit
        self.clicks: list[Click] = []
        self.ious: list[float] = []
        self.mask: Bools = np.zeros_like(true)

    @property
    def iou(self) -> float:
        """Of the mask as it is now."""
        return self.ious[-1] if self.ious else 0.0

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do."""
        return self.iou > self.target or len(self.clicks) >= self.limit

    def step(self, x: int, y: int) -> float:
        """Click, and be rewarded: by what the IoU gained, or with "cost" by −1. Raises IndexError outside."""
        if not (0 <= y < self.true.shape[0] and 0 <= x < self.true.shape[1]):
            raise IndexError(f"({x}, {y}) is not in a picture of {self.true.shape[1]} x {self.true.shape[0]} pixels")
        before = self.iou
        self.clicks.append(Click(x, y, bool(self.true[y, x])))
        self.mask = self.segment(self.clicks)
        self.ious.append(iou(self.mask, self.true))
        return self.iou - before if self.reward == "gain" else -1.0
