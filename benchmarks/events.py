"""The time rewards against 20 000 samples a second, and their parts against plain loops.

    python benchmarks/events.py

The structured caption reward of FAVOR-Bench is slower than the bar: it compares three pairs of lists and
matches subjects, about 14 events a sample. Its reference is the official score in the same run, its floor
the parsing and the word similarities alone.
"""

from __future__ import annotations

import random
import sys
from functools import partial
from itertools import combinations
from typing import Any

from _table import Figure, show, side_by_side

from guerdon.metrics.sequences import concordance, jaccard_matrix
from guerdon.reward import Reward
from guerdon.rules import time
from guerdon.systems import favor_bench

ROWS = 3_000
BAR = 1 / 20_000
"""Seconds a sample."""
ACTIONS = (
    "walks in", "opens the door", "picks up a red cup", "puts it on the table", "turns around slowly", "sits down",
    "looks out of the window", "drinks some water",
)  # fmt: skip


def row(rng: random.Random) -> dict[str, Any]:
    """An interval, four moments and five events, and answers near them."""
    start = rng.randint(0, 50)
    true = rng.sample(ACTIONS, 5)
    moments = rng.sample(range(100), 4)
    said = {
        "interval": f'{{"start_time": "{start + 1}", "end_time": "{start + 9}"}}',
        "intervals": f"[[{start}, {start + 4}], [{start + 20}, {start + 24}]]",
        "moments": str([moment + rng.randint(-6, 6) for moment in moments]),
        "events": "\n".join(rng.sample(true, 4) + rng.sample(ACTIONS, 1)),
    }
    thought = f"<think>{'The man is at the door. ' * 5}</think>"
    return {
        "intervals": [[start, start + 10], [start + 20, start + 30]], "moments": moments, "events": true,
        **{name: f"{thought}<answer>{text}</answer>" for name, text in said.items() if name == "interval"},
        **{f"said_{name}": f"{thought}<answer>{text}</answer>" for name, text in said.items()},
    }  # fmt: skip


def rewards() -> list[Figure]:
    """Seconds a sample."""
    rng = random.Random(0)
    rows = [row(rng) for _ in range(ROWS)]
    cases: list[tuple[str, Reward, str]] = [
        ("two JSON times", time.iou(), "interval"),
        ("two intervals each", time.segments_iou(), "intervals"),
        ("four moments each", time.keyframes(), "moments"),
        ("four moments each", time.nearest(), "moments"),
        ("five events each", time.events(), "events"),
    ]
    times = side_by_side(*(partial(reward.reading(response=f"said_{said}"), rows) for _, reward, said in cases))
    return [
        Figure(f"{reward.spec()}, {what}", seconds / ROWS, "20 000 a second", BAR, goal=1)
        for (what, reward, _), seconds in zip(cases, times, strict=True)
    ]


def captions() -> Figure:
    """Seconds a sample of the structured caption reward."""
    rows = [
        {"prediction": other["annotation"], "annotation": one["annotation"]}
        for one, other in zip(favor_bench._annotated(0), favor_bench._annotated(1), strict=True)
    ]

    def floor() -> None:
        for pair in rows:
            found, true = (favor_bench._read(story) for story in pair.values())
            favor_bench.word_jaccard([text for text, _ in found.timeline], [text for text, _ in true.timeline])

    ours, theirs, least = side_by_side(
        lambda: favor_bench.caption()(rows), lambda: favor_bench.caption(as_published=True)(rows), floor
    )
    n = len(rows)
    return Figure("favor_bench.caption, 14 events each", ours / n, "its published form", theirs / n, floor=least / n)


def slow_concordance(places: list[int]) -> float:
    """Pair by pair."""
    pairs = list(combinations(places, 2))
    return sum(a < b for a, b in pairs) / len(pairs)


def slow_jaccard(a: list[list[str]], b: list[list[str]]) -> list[list[float]]:
    """Pair by pair."""
    return [[len({*x} & {*y}) / len({*x} | {*y}) for y in b] for x in a]


def parts(n: int) -> list[Figure]:
    """Order and similarity of two lists of n events."""
    rng = random.Random(0)
    places = rng.sample(range(n), n)
    texts = [[rng.choice("abcdefghijklmnop") for _ in range(5)] for _ in range(2 * n)]
    a, b = texts[:n], texts[n:]
    assert abs(concordance(places) - slow_concordance(places)) < 1e-12
    assert abs(jaccard_matrix(a, b) - slow_jaccard(a, b)).max() < 1e-12
    order, slow_order = side_by_side(lambda: concordance(places), lambda: slow_concordance(places))
    alike, slow_alike = side_by_side(lambda: jaccard_matrix(a, b), lambda: slow_jaccard(a, b))
    return [
        Figure(f"order of {n} events", order, "pair by pair", slow_order, goal=10),
        Figure(f"similarity of {n} and {n} events", alike, "pair by pair", slow_alike, goal=5),
    ]


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    return show("Time and events", [*rewards(), captions(), *parts(100)])


if __name__ == "__main__":
    sys.exit(main())
