"""Boxes in words: samples a second for layouts of GoT-R1, against reading the plan and one IoU a phrase, and for UFO.

    python benchmarks/layout.py

Every reward has to score 20 000 samples a second on one core, with plans of three objects. The floor is the
parser, and a lookup of each phrase with one IoU, which is what the paper describes.
"""

from __future__ import annotations

import random
import sys
from functools import partial
from typing import Any

from _table import Figure, show, side_by_side

from guerdon.metrics.boxes import iou
from guerdon.rules.layout import consistency, plan, relations
from guerdon.systems import ufo

ROWS = 2_000
BAR = 1 / 20_000
PHRASES = ("a red cat", "a wooden bench", "two birds")


def rows() -> list[dict[str, Any]]:
    """Plans of three objects, found a little off where they were planned."""
    rng = random.Random(0)
    made = []
    for _ in range(ROWS):
        boxes = [[x := rng.randrange(500), y := rng.randrange(500), x + 300, y + 400] for _ in PHRASES]
        said = (
            f"The picture shows <|obj_start|>{p}<|obj_end|> <|box_start|>({a},{b}),({c},{d})<|box_end|>, "
            for p, (a, b, c, d) in zip(PHRASES, boxes, strict=True)
        )
        found = [{"label": p, "bbox_2d": [v + 9 for v in box]} for p, box in zip(PHRASES, boxes, strict=True)]
        asked = [(PHRASES[0], "left of", PHRASES[1]), (PHRASES[2], "above", PHRASES[0])]
        response = "".join(said) + "<begin_of_image>"
        made.append({"response": response, "grounded": found, "image_size": (1000, 1000), "relations": asked})
    return made


def described(samples: list[dict[str, Any]]) -> list[float]:
    """The mean over phrases of the IoU with the one box found for each."""
    values = []
    for row in samples:
        found = {one["label"]: tuple(one["bbox_2d"]) for one in row["grounded"]}
        planned = plan(row["response"]).value or []
        values.append(sum(iou(box[:4], found[str(box.label)]) for box in planned) / len(planned))
    return values


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    samples = rows()
    figures = []
    apart = max(abs(a - b) for a, b in zip(consistency()(samples).values, described(samples), strict=True))
    for made in (consistency(), relations()):
        ours, floor = side_by_side(partial(made, samples), partial(described, samples), repeat=5)
        figures.append(Figure(f"{made.name}, {ROWS} plans", ours, "20 000 a second", BAR * ROWS, goal=1, floor=floor))
    text = "<box>224,336,224,448</box>"
    written = [{"response": text, "boxes": [90, 50, 300, 250], "image_size": (800, 400)}] * ROWS
    ours, floor = side_by_side(partial(ufo.rec_iou(), written), lambda: [ufo.read_box(text) for _ in written])
    figures.append(Figure(f"UFO's box, {ROWS} answers", ours, "20 000 a second", BAR * ROWS, goal=1, floor=floor))
    return show("Boxes in words", figures, f"the rule and the description differ by at most {apart:.1g}")


if __name__ == "__main__":
    sys.exit(main())
