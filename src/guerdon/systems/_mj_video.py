"""What the loader of MJ-Video makes of labels."""

from __future__ import annotations

from typing import NamedTuple


class Preferred(NamedTuple):
    """A preference as a training target."""

    second: int
    """Whether the second video is preferred; 1 too where nothing is known."""
    counts: int
    """Whether it is known."""


def preference(label: str) -> Preferred:
    """Of "Video 1 better" and "Video 2 better", to the letter; anything else does not count.

    >>> preference("Video 1 better"), preference("Video 1 Better")
    (Preferred(second=0, counts=1), Preferred(second=1, counts=0))
    """
    return Preferred(int(label != "Video 1 better"), int(label in ("Video 1 better", "Video 2 better")))
