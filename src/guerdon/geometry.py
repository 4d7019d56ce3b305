"""Boxes, points and spans that know the frame they live in.

Half of all silent grounding bugs are boxes compared across frames. A frame here is simply an extent:
coordinates run from 0 to its width and height, whatever the unit, so conversion is one ratio an axis.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Layout = Literal["xyxy", "xywh", "cxcywh", "yxyx"]
"""Order of a box's four numbers; "yxyx" is y-first corners."""


class Frame(NamedTuple):
    """An extent: the image's own pixels, the resized grid a processor made, 0–1, or 0–1000."""

    width: float
    height: float


UNIT = Frame(1.0, 1.0)
PER_MILLE = Frame(1000.0, 1000.0)
NAMED_FRAMES = {"unit": UNIT, "per_mille": PER_MILLE}

FrameLike = Literal["pixel", "unit", "per_mille"] | tuple[float, float]
"""How a setting names a frame: "pixel" is that of the boxes compared with, a pair is an extent."""


def as_frame(frame: FrameLike | Frame | None) -> Frame | None:
    """The extent a setting names; None for "pixel", whose size only the data knows.

    Raises ValueError for an unknown name or an extent that is not positive.
    """
    if frame is None or frame == "pixel":
        return None
    if isinstance(frame, str):
        if frame not in NAMED_FRAMES:
            raise ValueError(f'unknown frame {frame!r}: write "pixel", "unit", "per_mille" or (width, height)')
        return NAMED_FRAMES[frame]
    width, height = frame
    if not (width > 0 and height > 0):
        raise ValueError(f"a frame needs a positive width and height, not {frame!r}")
    return Frame(float(width), float(height))


class Point(NamedTuple):
    """A place in an image."""

    x: float
    y: float
    label: str | None = None
    frame: Frame | None = None

    def to(self, frame: Frame) -> Point:
        """The same place in another frame. Raises ValueError if this point's frame is not known."""
        sx, sy = _ratio(self.frame, frame)
        return Point(self.x * sx, self.y * sy, self.label, frame)


class Box(NamedTuple):
    """A rectangle by its corners, x1 ≤ x2 and y1 ≤ y2 when it is a proper one; continuous coordinates."""

    x1: float
    y1: float
    x2: float
    y2: float
    label: str | None = None
    score: float | None = None
    """The model's own confidence, if it gave one."""
    frame: Frame | None = None

    def to(self, frame: Frame) -> Box:
        """The same rectangle in another frame. Raises ValueError if this box's frame is not known."""
        sx, sy = _ratio(self.frame, frame)
        return Box(self.x1 * sx, self.y1 * sy, self.x2 * sx, self.y2 * sy, self.label, self.score, frame)

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """(x1, y1, x2, y2)."""
        return self[:4]


class Span(NamedTuple):
    """A half-open range of characters, [start, stop)."""

    start: int
    stop: int


def to_xyxy(numbers: tuple[float, float, float, float], layout: Layout) -> tuple[float, float, float, float]:
    """Corners (x1, y1, x2, y2) from four numbers in a named layout. Raises ValueError for an unknown one."""
    a, b, c, d = numbers
    if layout == "xyxy":
        return a, b, c, d
    if layout == "xywh":
        return a, b, a + c, b + d
    if layout == "cxcywh":
        return a - c / 2, b - d / 2, a + c / 2, b + d / 2
    if layout == "yxyx":
        return b, a, d, c
    raise ValueError(f"unknown box layout {layout!r}: write xyxy, xywh, cxcywh or yxyx")


def _ratio(source: Frame | None, target: Frame) -> tuple[float, float]:
    if source is None:
        raise ValueError("these coordinates have no frame: say which one when reading them")
    return target.width / source.width, target.height / source.height
