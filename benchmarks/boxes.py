"""The box IoU reward over 10 000 responses against VLM-R1's way of doing it, and set matching against Python.

    python benchmarks/boxes.py

The reference is written here from the published description of VLM-R1's reward for referring
expressions, since the official function also opens every image to get its size: the true box as JSON in
answer tags, the processor's grid as a tensor, first answer block, first list of four integers in it,
rescaled from the grid to the image, IoU. The image's size is handed over instead, which favours it. Both
do the same work and give the same rewards but for its inclusive intersection. The floor is the bare
parsers and the bare IoU, without frames and statuses.
"""

from __future__ import annotations

import json
import random
import re
import sys
from typing import Any

import torch
from _table import Figure, show, side_by_side

from guerdon.metrics.boxes import iou, iou_matrix, match
from guerdon.parse.boxes import box
from guerdon.parse.tags import tag
from guerdon.rules.boxes import iou as box_iou

ROWS = 10_000
IMAGE = (640, 480)
PATCHES = (34, 46)
"""Rows and columns of the processor's grid, in patches of 14 pixels."""
RESIZED = (PATCHES[1] * 14, PATCHES[0] * 14)
Corners = tuple[float, float, float, float]


def rows(n: int) -> list[dict[str, Any]]:
    """Responses with a thought and a box near the true one; one in twenty cannot be read."""
    rng = random.Random(0)
    made = []
    for i in range(n):
        x, y = rng.randint(0, 400), rng.randint(0, 300)
        true = [x, y, x + rng.randint(20, 200), y + rng.randint(20, 150)]
        given = [max(v + rng.randint(-9, 9), 0) for v in true]
        answer = "nothing" if i % 20 == 0 else f'{{"bbox_2d": {given}}}'
        thought = "The object is left of the lamp, so I look there first. " * 3
        response = f"<think>{thought}</think>\n<answer>{answer}</answer>"
        made.append({"response": response, "boxes": true, "image_size": IMAGE, "resized_size": RESIZED})
    return made


def described(responses: list[str], solutions: list[str], grids: torch.Tensor) -> list[float]:
    """One IoU a response, as the description has it."""
    rewards = []
    for response, solution, grid in zip(responses, solutions, grids, strict=True):
        reward = 0.0
        true = json.loads(re.findall(r"<answer>(.*?)</answer>", solution, re.DOTALL)[-1])
        height, width = int(grid[1] * 14), int(grid[2] * 14)
        found = re.search(r"<answer>(.*?)</answer>", response, re.DOTALL)
        numbers = re.search(r"\[(\d+),\s*(\d+),\s*(\d+),\s*(\d+)]", found.group(1).strip()) if found else None
        if numbers:
            x1, y1, x2, y2 = (int(number) for number in numbers.groups())
            sx, sy = IMAGE[0] / width, IMAGE[1] / height
            reward = described_iou([x1 * sx, y1 * sy, x2 * sx, y2 * sy], true)
        rewards.append(reward)
    return rewards


def described_iou(a: list[float], b: list[float]) -> float:
    """Inclusive intersection over exclusive union."""
    x1, y1, x2, y2 = max(a[0], b[0]), max(a[1], b[1]), min(a[2] - 1, b[2] - 1), min(a[3] - 1, b[3] - 1)
    shared = (x2 - x1 + 1) * (y2 - y1 + 1) if x1 < x2 and y1 < y2 else 0
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def slow_match(a: list[Corners], b: list[Corners]) -> list[tuple[int, int]]:
    """Greedy matching at IoU ≥ 0.5 by looking for the largest overlap again and again."""
    left, right, pairs = list(range(len(a))), list(range(len(b))), []
    while left and right:
        overlap, i, j = max((iou(a[i], b[j]), -i, -j) for i in left for j in right)
        if overlap < 0.5:
            break
        pairs.append((-i, -j))
        left.remove(-i)
        right.remove(-j)
    return sorted(pairs)


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    samples = rows(ROWS)
    responses, truths = [row["response"] for row in samples], [row["boxes"] for row in samples]
    solutions = [f"<answer>{true}</answer>" for true in truths]
    grids = torch.tensor([[1, *PATCHES]] * ROWS)
    reward = box_iou(frame="resized")

    def bare() -> list[float]:
        found = [box(tag(response, "answer").value or "").value for response in responses]
        return [iou(f[:4], t) if f else 0.0 for f, t in zip(found, truths, strict=True)]

    apart = max(abs(a - b) for a, b in zip(reward(samples).values, described(responses, solutions, grids), strict=True))
    ours, theirs, floor = side_by_side(
        lambda: reward(samples), lambda: described(responses, solutions, grids), bare, repeat=5
    )
    many = [tuple(true) for true in truths[:40]]
    near: list[Any] = [tuple(v + 3 for v in true) for true in many]
    assert match(iou_matrix(near, many)) == slow_match(near, many)
    matching, slow = side_by_side(lambda: match(iou_matrix(near, many)), lambda: slow_match(near, many), repeat=5)
    figures = [
        Figure(f"boxes.iou over {ROWS} samples", ours, "VLM-R1 as described", theirs, goal=1, floor=floor),
        Figure("matching 40 boxes with 40", matching, "loops over pairs", slow),
    ]
    return show("Boxes", figures, f"inclusive pixels make the reference differ by up to {apart:.2f}")


if __name__ == "__main__":
    sys.exit(main())
