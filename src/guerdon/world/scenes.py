"""Pictures of simple shapes of which everything is known: exact boxes, colours, relations, captions.

Whatever could be argued about is kept out. Two objects are clearly apart, clearly overlapping or one
well inside the other; what is too close to call is neither stated nor asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from guerdon.geometry import Box, Frame

if TYPE_CHECKING:
    import PIL.Image

SHAPES = ("circle", "square", "triangle", "diamond", "star")
COLOURS = {
    "red": (229, 72, 77), "yellow": (245, 190, 30), "green": (48, 164, 108),
    "blue": (62, 99, 221), "purple": (142, 78, 198), "black": (58, 63, 75),
}  # fmt: skip
RELATIONS = ("left of", "above", "inside", "overlapping", "larger than")

SIDES = (0.18, 0.38)
"""Sides of an object, as shares of the shorter side of the picture."""
SMALLEST = 12
"""Pixels of the side of the smallest object."""
NESTED = (0.3, 0.5)
"""Side of an object meant to lie inside another, as a share of that one's."""
GAP = 8
"""Pixels between objects that are apart, and between the rims of nested ones half of it."""
OVERLAP = (0.1, 0.35)
"""Share of the smaller object that an overlap covers."""
VISIBLE = 0.7
"""Share of an object that stays in sight."""
LARGER = 1.5
"""Ratio of areas from which one object is larger than another."""
SMOOTH = 8
"""Samples a pixel along each axis, for smooth edges."""

Mask = NDArray[np.uint8]
ORIGIN = Box(0, 0, 0, 0)


class Thing(NamedTuple):
    """One object of a scene."""

    shape: str
    colour: str
    box: Box
    """Whole pixels, in the frame of the picture; its label is colour and shape."""

    @property
    def name(self) -> str:
        """Colour and shape."""
        return f"{self.colour} {self.shape}"

    @property
    def mask(self) -> Mask:
        """Coverage of the pixels of its box, [height, width], 0–255."""
        return _mask(self.shape, int(self.box.x2 - self.box.x1))


class Relation(NamedTuple):
    """`objects[first]` stands in relation `name` to `objects[second]`."""

    first: int
    name: str
    second: int


@dataclass(frozen=True)
class Scene:
    """A picture and all that is true of it. Later objects are drawn over earlier ones."""

    size: tuple[int, int]
    """(width, height) in pixels."""
    objects: tuple[Thing, ...]

    def relations(self) -> list[Relation]:
        """Every relation that clearly holds."""
        pairs = permutations(range(len(self.objects)), 2)
        return [Relation(i, name, j) for i, j in pairs for name in RELATIONS if self.truth(Relation(i, name, j))]

    def truth(self, relation: Relation) -> bool | None:
        """Whether a relation holds; None where it is too close to call."""
        return _truth(self.objects[relation.first], relation.name, self.objects[relation.second])

    def unique(self) -> list[int]:
        """Indices of the objects that no other shares its colour and shape with."""
        counts = Counter(thing.name for thing in self.objects)
        return [i for i, thing in enumerate(self.objects) if counts[thing.name] == 1]

    def caption(self) -> str:
        """What there is, and the first relation of each kind between objects with a name of their own."""
        counts = Counter(thing.name for thing in self.objects)
        things = [_counted(count, name) for name, count in counts.items()]
        listed = things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"
        unique = self.unique()
        said = {r.name: r for r in reversed(self.relations()) if r.first in unique and r.second in unique}
        names = [thing.name for thing in self.objects]
        facts = [f" The {names[r.first]} is {r.name} the {names[r.second]}." for r in sorted(said.values())]
        return f"{listed[0].upper()}{listed[1:]}.{''.join(facts)}"

    def image(self) -> PIL.Image.Image:
        """The picture, RGB. Every pixel of an object lies in its box, and touches all sides of it."""
        import PIL.Image

        width, height = self.size
        down = np.linspace(0, 1, height)[:, None, None]
        canvas = np.broadcast_to((252, 251, 248) - down * (14, 10, 4), (height, width, 3)).copy()
        for thing in self.objects:
            x1, y1, x2, y2 = (int(v) for v in thing.box.corners)
            cover = thing.mask[..., None] / 255
            canvas[y1:y2, x1:x2] += cover * (_paint(thing) - canvas[y1:y2, x1:x2])
        return PIL.Image.fromarray(np.rint(canvas).astype(np.uint8))


def scene(seed: int | Sequence[int], *, objects: tuple[int, int] = (2, 5), size: tuple[int, int] = (320, 240)) -> Scene:
    """A scene with a number of objects in the given range, the first two each the only one of its name.

    Raises ValueError if the range is not within 1–8 or the objects do not fit into the picture.
    """
    low, high = objects
    if not 1 <= low <= high <= 8:
        raise ValueError(f"a scene has from 1 to 8 objects, not {objects}")
    if min(size) < 2 * SMALLEST:
        raise ValueError(f"{size[0]} x {size[1]} pixels are too few for a scene")
    rng = np.random.default_rng(seed)
    count = int(rng.integers(low, high + 1))
    for _ in range(100):
        placed = _place(_looks(rng, count), size, rng)
        if placed is not None:
            return Scene(size, placed)
    raise ValueError(f"{count} objects do not fit into {size[0]} x {size[1]} pixels")


def _looks(rng: np.random.Generator, count: int) -> list[tuple[str, str]]:
    """Shapes and colours; from three objects on, some share one or both."""
    colours = list(COLOURS)
    first, second = (int(k) for k in rng.choice(len(SHAPES) * len(colours), 2, replace=False))
    picks = [first, second]
    while len(picks) < count:
        pick = int(rng.integers(len(SHAPES) * len(colours)))
        alike = rng.random()  # chance alone would leave too little to count and to confuse
        if alike < 0.2:
            pick = picks[-1]
        elif alike < 0.5:
            pick = pick % len(SHAPES) + int(rng.choice(picks)) // len(SHAPES) * len(SHAPES)
        if pick not in (first, second):
            picks.append(pick)
    return [(SHAPES[k % len(SHAPES)], colours[k // len(SHAPES)]) for k in picks[:count]]


def _place(looks: list[tuple[str, str]], size: tuple[int, int], rng: np.random.Generator) -> tuple[Thing, ...] | None:
    """Find room for each object in turn; None if one finds none."""
    placed: tuple[Thing, ...] = ()
    for shape, colour in looks:
        tries = (Thing(shape, colour, _spot(f"{colour} {shape}", placed, size, rng)) for _ in range(100))
        thing = next((t for t in tries if _is_clear((*placed, t), size)), None)
        if thing is None:
            return None
        placed = (*placed, thing)
    return placed


def _spot(label: str, placed: tuple[Thing, ...], size: tuple[int, int], rng: np.random.Generator) -> Box:
    """A place anywhere, or at or within an earlier object: by chance far too few would meet."""
    width, height = size
    side = max(SMALLEST, int(min(size) * rng.uniform(*SIDES)))
    low, high = (0.0, 0.0), (float(width - side), float(height - side))
    where = rng.random() if placed else 1.0
    if where < 0.35:
        near = placed[int(rng.integers(len(placed)))].box
        if where < 0.08:
            side = max(SMALLEST, int((near.x2 - near.x1) * rng.uniform(*NESTED)))
            low, high = (near.x1, near.y1), (near.x2 - side, near.y2 - side)
        else:
            low, high = (near.x1 - side, near.y1 - side), (near.x2, near.y2)
    x, y = np.clip(rng.uniform(low, high), 0, (width - side, height - side)).astype(int).tolist()
    return Box(x, y, x + side, y + side, label, None, Frame(width, height))


def _is_clear(things: tuple[Thing, ...], size: tuple[int, int]) -> bool:
    """Whether the last of these can be told from the others, and leaves them in sight."""
    *others, new = things
    met = [other for other in others if not _apart(new.box, other.box)]
    if any(other.colour == new.colour or not _meets_clearly(new, other) for other in met):
        return False
    owner = np.full(size[::-1], -1)
    for i, thing in enumerate(things):
        _window(owner, thing.box)[thing.mask > 0] = i
    return all(_in_sight(_window(owner, thing.box) == i, thing) for i, thing in enumerate(others))


def _in_sight(seen: NDArray[np.bool_], thing: Thing) -> bool:
    edges = seen[0].any() and seen[-1].any() and seen[:, 0].any() and seen[:, -1].any()
    return bool(edges and seen.sum() >= VISIBLE * (thing.mask > 0).sum())


def _meets_clearly(new: Thing, other: Thing) -> bool:
    """Whether `new` lies well inside `other`, or overlaps it visibly but not too much."""
    low, high = OVERLAP
    if low <= _shared(new, other) / min(_area(new), _area(other)) <= high:
        return True
    x1, y1, x2, y2 = new.box.corners
    rim = GAP // 2
    around = _window(other.mask, Box(x1 - rim, y1 - rim, x2 + rim, y2 + rim), other.box)
    return int((around == 255).sum()) == (x2 - x1 + GAP) * (y2 - y1 + GAP)


def _truth(a: Thing, relation: str, b: Thing) -> bool | None:
    if relation == "left of":
        return _first(a.box.x2, b.box.x1, b.box.x2, a.box.x1)
    if relation == "above":
        return _first(a.box.y2, b.box.y1, b.box.y2, a.box.y1)
    if relation == "larger than":
        ratio = _area(a) / _area(b)
        return True if ratio >= LARGER else False if ratio <= 1 / LARGER else None
    shared = _shared(a, b)
    if relation == "inside":
        return shared == _area(a)
    if relation == "overlapping":
        return False if shared == 0 else None if shared in (_area(a), _area(b)) else True
    raise ValueError(f"unknown relation {relation!r}: there are {', '.join(RELATIONS)}")


def _first(end_a: float, start_b: float, end_b: float, start_a: float) -> bool | None:
    return True if end_a + GAP <= start_b else False if end_b + GAP <= start_a else None


def _apart(a: Box, b: Box) -> bool:
    across = max(a.x1, b.x1) - min(a.x2, b.x2)
    down = max(a.y1, b.y1) - min(a.y2, b.y2)
    return max(across, down) >= GAP


def _area(thing: Thing) -> int:
    return int((thing.mask >= 128).sum())


def _shared(a: Thing, b: Thing) -> int:
    """Pixels that both cover."""
    mine, theirs = _window(a.mask, b.box, a.box), _window(b.mask, a.box, b.box)
    return int(((mine >= 128) & (theirs >= 128)).sum())


def _window(pixels: NDArray[Any], box: Box, at: Box = ORIGIN) -> NDArray[Any]:
    """The part under `box` of an array whose corner lies at the corner of `at`."""
    rows = slice(max(0, int(box.y1 - at.y1)), max(0, int(box.y2 - at.y1)))
    columns = slice(max(0, int(box.x1 - at.x1)), max(0, int(box.x2 - at.x1)))
    return pixels[rows, columns]


@cache
def _outline(shape: str) -> NDArray[np.float64]:
    """Corners [k, 2] that fill the unit square from side to side."""
    turn = {"circle": 64, "square": 4, "triangle": 3, "diamond": 4, "star": 10}[shape]
    angle = np.arange(turn) * 2 * np.pi / turn - np.pi / (4 if shape == "square" else 2)
    reach = np.where(np.arange(turn) % 2, 0.45, 1.0) if shape == "star" else 1.0
    points = np.stack([np.cos(angle), np.sin(angle)], -1) * np.reshape(reach, (-1, 1))
    low, high = points.min(0), points.max(0)
    corners: NDArray[np.float64] = (points - low) / (high - low)
    return corners


def _inset(corners: NDArray[np.float64], rim: float) -> NDArray[np.float64]:
    """The outline shrunk about its middle until its edges have moved in by `rim`."""
    (x, y), (dx, dy) = (corners - corners.mean(0)).T, (np.roll(corners, -1, 0) - corners).T
    reach = np.abs(x * dy - y * dx) / np.hypot(dx, dy)
    shrunk: NDArray[np.float64] = corners.mean(0) + (corners - corners.mean(0)) * (1 - rim / reach.mean())
    return shrunk


@cache
def _mask(shape: str, side: int, rim: float = 0.0) -> Mask:
    """A shape that fills a square of `side` pixels, or as much smaller as leaves a rim of that many."""
    from PIL import Image, ImageDraw

    corners = _inset(_outline(shape), rim / side)
    fine = Image.new("L", (side * SMOOTH, side * SMOOTH))
    ImageDraw.Draw(fine).polygon([(x, y) for x, y in corners * (side * SMOOTH - 1)], fill=255)
    mask = np.asarray(fine.resize((side, side), Image.Resampling.BOX))
    mask.flags.writeable = False
    return mask


def _paint(thing: Thing) -> NDArray[np.float64]:
    """Its colour [side, side, 3], lit from above, with a darker rim."""
    side = len(thing.mask)
    colour = np.array(COLOURS[thing.colour], float)
    light = np.linspace(0.18, 0.0, side)[:, None, None]
    fill = colour + (255 - colour) * light
    inner = _mask(thing.shape, side, min(2.0, side / 16))[..., None] / 255
    paint: NDArray[np.float64] = inner * fill + (1 - inner) * colour * 0.72
    return paint


def _counted(count: int, name: str) -> str:
    words = ("a", "two", "three", "four", "five", "six", "seven", "eight")
    return f"{words[count - 1]} {name}{'s' if count > 1 else ''}"
