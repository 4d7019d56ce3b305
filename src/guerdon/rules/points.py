"""Points checked against the regions they should lie in: the pointing game.

True boxes and `frame` are as in `guerdon.rules.boxes`, true masks as in `guerdon.rules.masks`. The edges of a
box belong to it. A point that cannot be read is malformed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from guerdon.geometry import Box, FrameLike, Point, as_frame
from guerdon.leaf import reward
from guerdon.metrics.pairs import Measure, pair_up, worth
from guerdon.metrics.runs import as_array
from guerdon.parse.points import points as read_points
from guerdon.parse.result import Parsed, malformed
from guerdon.rules.boxes import MEASURES, Frames, Source, one_of, true_boxes
from guerdon.rules.masks import Truth, true_mask
from guerdon.rules.where import compare, read_answer
from guerdon.scores import Score

MAX_POINTS = 1_000
"""Of one response that are matched with boxes."""


@reward("points.in_box", range=(0, 1), binary=True)
def in_box(
    response: str,
    boxes: Any,
    image_size: Any = None,
    resized_size: Any = None,
    *,
    frame: Source = "pixel",
    within: str | None = "answer",
) -> float | Score:
    """1 if the response's one point lies in a true box, else 0; so it does nowhere if there are none.

    Zhang et al. 2018, https://arxiv.org/abs/1608.00507.

    >>> in_box().one({"response": "<answer>(3, 4)</answer>", "boxes": [0, 0, 10, 10]}).value
    1.0
    """
    true = true_boxes(boxes, Frames(frame, image_size, resized_size))
    return compare(_one_point(response, within), true, lambda p, g: float(any(_inside(p, box) for box in g)))


@reward("points.in_mask", range=(0, 1), binary=True)
def in_mask(
    response: str, mask: Any, image_size: Any = None, *, frame: FrameLike = "pixel", within: str | None = "answer"
) -> float | Score:
    """1 if the response's one point lies on a pixel of the true mask, else 0; outside the picture too.

    The pixel in row r and column c reaches from (c, r) to (c + 1, r + 1).

    >>> in_mask().one({"response": "<answer>(1.5, 0.5)</answer>", "mask": [[0, 1]], "image_size": [2, 1]}).value
    1.0
    """

    def judge(point: Point, true: Truth) -> float:
        pixels = as_array(true.mask)
        height, width = pixels.shape
        extent = as_frame(frame) or (width, height)
        x, y = point.x * width / extent[0], point.y * height / extent[1]
        return float(0 <= x < width and 0 <= y < height and pixels[int(y), int(x)])

    return compare(_one_point(response, within), true_mask(mask, image_size), judge)


@reward("points.match", range=(0, 1))
def match(
    response: str,
    boxes: Any,
    image_size: Any = None,
    resized_size: Any = None,
    *,
    measure: Measure = "f1",
    frame: Source = "pixel",
    within: str | None = "answer",
) -> float | Score:
    """F1, recall or precision of points that each have a true box of their own to lie in, for counting by pointing.

    As many points as possible get one (Kuhn 1955). measure="larger" is hits over the larger number of both.
    Where there are no true boxes any point is wrong, and a text without points is malformed.

    >>> sample = {"response": "<answer>(3, 4), (4, 4)</answer>", "boxes": [[0, 0, 10, 10], [20, 20, 30, 30]]}
    >>> match().one(sample).value  # the second point has no box left: 1 hit of 2 points and 2 boxes
    0.5
    """
    one_of("measure", measure, MEASURES)

    def judge(points: list[Point], true: list[Box]) -> float:
        hits = [(1.0, i, j) for i, point in enumerate(points) for j, box in enumerate(true) if _inside(point, box)]
        return worth(pair_up(hits, "hungarian"), len(points), len(true)).measure(measure)

    found = read_answer(read_points, response, within)
    if len(found.value or ()) > MAX_POINTS:
        return Score.malformed(f"more than {MAX_POINTS} points")
    return compare(found, true_boxes(boxes, Frames(frame, image_size, resized_size)), judge)


def _one_point(response: str, within: str | None) -> Parsed[Point]:
    read = read_answer(read_points, response, within)
    if read.value is None:
        return Parsed(None, read.status, None, read.reason)
    points: Sequence[Point] = read.value
    return Parsed(points[0]) if len(points) == 1 else malformed(f"{len(points)} points where one is wanted")


def _inside(point: Point, box: Box) -> bool:
    return box.x1 <= point.x <= box.x2 and box.y1 <= point.y <= box.y2
