"""Boxes drawn on an empty canvas: a layout that a judge of pictures can see, where coordinates tell it little."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from guerdon.geometry import Box, Frame

if TYPE_CHECKING:
    import PIL.Image

INKS = ((205, 43, 49), (0, 94, 190), (24, 121, 78), (122, 60, 170), (173, 87, 0), (60, 60, 60))
LARGEST = 4096
"""Pixels along a side."""


def draw_boxes(boxes: Sequence[Box], size: tuple[int, int] = (512, 512)) -> PIL.Image.Image:
    """Every box as an outline with its label, in the order given, on white, RGB of `size`, (width, height).

    Boxes without a frame are in pixels. Raises ValueError for a size that is not within 1–4096.
    """
    from PIL import Image, ImageDraw

    if not all(1 <= side <= LARGEST for side in size):
        raise ValueError(f"a canvas has from 1 to {LARGEST} pixels a side, not {size}")
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for i, box in enumerate(boxes):
        placed = box if box.frame is None else box.to(Frame(*size))
        x1, y1, x2, y2 = (min(max(v, -1), LARGEST + 1) for v in placed.corners)
        ink = INKS[i % len(INKS)]
        draw.rectangle((x1, y1, max(x2 - 1, x1), max(y2 - 1, y1)), outline=ink, width=2)
        if box.label:
            draw.text((x1 + 4, y1 + 2), box.label.replace("\n", " ")[:80], fill=ink)
    return image
