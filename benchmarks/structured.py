"""Structured answers, turns and regions: samples a second, and the pairing of tuples against an assignment solver.

    python benchmarks/structured.py

Every reward has to score 20 000 samples a second on one core, at the sizes named. Tuples are paired in
closed form; the reference is scipy's `linear_sum_assignment` over the same credits, which gives the same
points. The floor of calls is reading the JSON of both sides.
"""

from __future__ import annotations

import json
import random
import sys
from functools import partial
from typing import Any

from _table import Figure, show, side_by_side
from scipy.optimize import linear_sum_assignment

from guerdon import Reward, lookup
from guerdon.metrics.structured import prefix_points
from guerdon.systems import dr_llava

ROWS = 2_000
BAR = 1 / 20_000
CREDITS = (0.5, 1.5, 5.0)
THOUGHT = "<think>The second object is red in the first image and green in the other. </think>"
Triplets = list[tuple[str, str, str]]


def scenes(n: int, size: int) -> list[tuple[Triplets, Triplets]]:
    """Found and true triplets, `size` of each."""
    rng = random.Random(0)

    def one() -> tuple[str, str, str]:
        return str(rng.randrange(6)), rng.choice(("colour", "size", "shape")), rng.choice(("a", "b", "c"))

    return [([one() for _ in range(size)], [one() for _ in range(size)]) for _ in range(n)]


def solved(found: Triplets, true: Triplets) -> float:
    """Points of the best one-to-one pairs, by an assignment solver."""
    worth = [[(0.0, *CREDITS)[_leading(a, b)] for b in true] for a in found]
    return float(sum(worth[i][j] for i, j in zip(*linear_sum_assignment(worth, maximize=True), strict=True)))


def _leading(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    return next((k for k in range(len(a)) if a[k] != b[k]), len(a))


def tuple_rows() -> list[dict[str, Any]]:
    """Three triplets against two."""
    return [
        {"response": f"{THOUGHT}<answer>{', '.join(map(str, found))}</answer>", "answer": true[:2]}
        for found, true in scenes(ROWS, 3)
    ]


def call_rows() -> list[dict[str, Any]]:
    """Two calls with two parameters each."""
    rng = random.Random(0)

    def calls() -> str:
        lines = (
            json.dumps({"name": f"tool {i}", "parameters": {"city": rng.choice("abc"), "days": rng.randrange(9)}})
            for i in range(2)
        )
        return "\n".join([THOUGHT, "<tool_call>", *lines, "</tool_call>"])

    return [{"response": calls(), "answer": calls()} for _ in range(ROWS)]


def turn_rows() -> list[dict[str, Any]]:
    """Conversations of five turns, some of them wrong."""
    right = ["It is suitable.", "It is close to the particles.", "Malignant cells are visible.", "Plasma cells.", "MM."]
    wrong = ["It cannot be used, I think.", "Blood everywhere.", "The quality is low.", "No plasma cells.", "Hm."]
    return [{"turns": [*right[: i % 6], *wrong[i % 6 :]], "answer": right} for i in range(ROWS)]


def region_rows() -> list[dict[str, Any]]:
    """Three regions."""
    names = ["black cat", "a dog", "red car", "traffic light"]

    def said(i: int) -> str:
        return "\n".join(f"Region {k}: {names[(i + k) % 4]}" for k in (1, 2, 3))

    return [{"response": said(i), "answer": said(i + i % 2)} for i in range(ROWS)]


def verdict_rows() -> list[dict[str, Any]]:
    """Verdicts with their explanation, in both orders."""
    why = "Assistant 2 misses the hat that the first describes. " * 5
    return [{"verdict": f"8 {1 + i % 10}\n{why}", "swapped": f"{1 + i % 10} 8\n{why}"} for i in range(ROWS)]


def rate(what: str, reward: Reward, rows: list[dict[str, Any]], floor: float | None = None) -> Figure:
    """Seconds a sample against the bar."""
    (seconds,) = side_by_side(lambda: reward(rows))
    return Figure(what, seconds / len(rows), "20 000 a second", BAR, goal=1, floor=floor)


def main() -> int:
    """Print the table; 1 if a goal is missed or a value differs."""
    figures, furthest = [], 0.0
    for size, goal in ((3, 1), (10, 4), (30, 10)):
        pairs = scenes(200, size)
        furthest = max(furthest, *(abs(prefix_points(f, t, CREDITS) - solved(f, t)) for f, t in pairs))
        ours, theirs = side_by_side(
            partial(lambda pairs: [prefix_points(f, t, CREDITS) for f, t in pairs], pairs),
            partial(lambda pairs: [solved(f, t) for f, t in pairs], pairs),
        )
        what = f"points of {size} tuples against {size}"
        figures.append(Figure(what, ours / 200, "linear_sum_assignment", theirs / 200, goal=goal))
    calls = call_rows()
    lines = [line for row in calls for text in row.values() for line in text.split("\n")[2:-1]]
    (reading,) = side_by_side(lambda: list(map(json.loads, lines)))
    figures += [
        rate("structured.tuples, 3 against 2", lookup("structured.tuples")(), tuple_rows()),
        rate("structured.tool_calls, 2 against 2", lookup("structured.tool_calls")(), calls, floor=reading / ROWS),
        rate("consistency.path, five turns", dr_llava.symbolic(), turn_rows()),
        rate("regions.labels, 3 regions", lookup("regions.labels")(), region_rows()),
        rate("regions.text, 3 regions, by edits", lookup("regions.text")(similarity="edit"), region_rows()),
        rate("judged.relative, both orders", lookup("judged.relative")(), verdict_rows()),
    ]
    note = f"largest difference from the assignment solver: {furthest:.1e} (≤ 1e-9)"
    missed = show("Structured answers, per sample", figures, note)
    return int(missed or furthest > 1e-9)


if __name__ == "__main__":
    sys.exit(main())
