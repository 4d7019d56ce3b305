"""Rewards that the service's tests serve, each with a way to go wrong that a row can ask for."""

import os
import time
from collections.abc import Sequence

from guerdon import Score, reward


@reward("serve.echo", range=(0, 1_000_000))
def echo(value: float, mood: str = "") -> float | Score | None:
    """The row's own value, unless its mood is another one."""
    if mood == "dies":
        os._exit(9)
    if mood == "hangs":
        time.sleep(60)
    if mood == "fails":
        raise RuntimeError("in a mood")
    if mood == "lies":
        return "no number"  # type: ignore[return-value]
    if mood == "slow":
        time.sleep(0.5)
    return None if mood == "none" else float(value)


@reward("serve.batched", range=(0, 1_000_000), batched=True)
def batched(value: Sequence[float]) -> list[float]:
    """As a model: 5 ms a call, however many rows."""
    time.sleep(0.005)
    if any(v < 0 for v in value):
        raise ValueError("a negative value")
    return [float(v) for v in value]


@reward("serve.share", range=(0, 1), over="group")
def share(value: Sequence[float]) -> list[float]:
    """Each row's share of its group's sum."""
    return [v / sum(value) for v in value]


@reward("serve.length", range=(0, 100))
def length(prompt: str, response: str, answer: str = "") -> float:
    """Characters of the response, which the label may add to."""
    return float(len(response) + len(answer))


@reward("serve.slow", range=(0, 1))
def slow(value: float) -> float:
    """20 ms a row."""
    time.sleep(0.02)
    return 1.0


@reward("serve.pixels", range=(0, None))
def pixels(images: list) -> float:  # type: ignore[type-arg]
    """Pixels of all images."""
    return float(sum(image.size[0] * image.size[1] for image in images))
