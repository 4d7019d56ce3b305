"""Points: `{"point_2d": [x, y], "label": …}` (also point, position or x and y), `[x, y]` and `(x, y)`."""

from __future__ import annotations

from itertools import islice

from guerdon.geometry import Frame, FrameLike, Point, Span, as_frame
from guerdon.parse.located import NUMBER, form, located
from guerdon.parse.policy import MAX_CHARS, MAX_ITEMS, too_long
from guerdon.parse.result import Parsed, malformed

_SIDE = rf"\s*+{NUMBER}\s*+"
_FORM = form("point", 2, keys=("point_2d", "point", "position"), fields=("x", "y"), bare=rf"[\[(]{_SIDE},{_SIDE}[\])]")


def points(text: str, *, frame: FrameLike | Frame | None = None) -> Parsed[list[Point]]:
    """All points of a text, in order, at least one; one that cannot be read makes the text malformed.

    >>> points('[{"point_2d": [3, 4], "label": "eye"}]', frame=(640, 480)).value
    [Point(x=3.0, y=4.0, label='eye', frame=Frame(width=640.0, height=480.0))]
    """
    extent = as_frame(frame)
    if len(text) > MAX_CHARS:
        return too_long(text)
    finds = list(islice(located(text, _FORM), MAX_ITEMS + 1))
    if not finds:
        return malformed("no point found")
    if len(finds) > MAX_ITEMS:
        return malformed(f"more than {MAX_ITEMS} points")
    found, start, stop = [], len(text), 0
    for i, find in enumerate(finds):
        if find.value is None or find.span is None:
            return malformed(f"point {i + 1}: {find.reason}")
        x, y = find.value.numbers
        found.append(Point(x, y, find.value.label, extent))
        start, stop = min(start, find.span.start), max(stop, find.span.stop)
    return Parsed(found, span=Span(start, stop))
