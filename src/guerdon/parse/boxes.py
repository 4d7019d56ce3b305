"""Boxes: JSON objects with labels, bare lists, pairs of corners, and models' own marks.

Read are `{"bbox_2d": [x1, y1, x2, y2], "label": …}` (also bbox, box_2d, box, bounding_box, position or
x1 … y2, in any case and either kind of quotes), `[x1, y1, x2, y2]`, `(x1, y1), (x2, y2)` with or without
`<|box_start|>…<|box_end|>`, and labels in `<ref>…</ref>`. Coordinates are finite; negative ones and
fractions are read, for the frame of a text is the caller's to name, never guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from guerdon.geometry import Box, Frame, FrameLike, Layout, Span, as_frame, to_xyxy
from guerdon.parse.located import NUMBER, Located, form, located
from guerdon.parse.policy import MAX_CHARS, MAX_ITEMS, Which, check, check_which, pick, too_long
from guerdon.parse.result import Parsed, malformed
from guerdon.scores import Status

Inverted = Literal["malformed", "swap", "keep"]
"""What a box is whose corners are in the wrong order: unreadable, put right, or left as it is."""

_N = rf"\s*+({NUMBER})\s*+"
_FAST = re.compile(rf'\s*+(\{{\s*+"bbox(?:_2d)?"\s*+:\s*+)?\[{_N},{_N},{_N},{_N}\]\s*+(?(1)\}})\s*+')
"""One box and nothing else, which needs no scan."""

_SIDE = rf"\s*+{NUMBER}\s*+"
_FORM = form(
    "box",
    4,
    keys=("bbox_2d", "bbox", "box_2d", "box", "bounding_box", "position"),
    fields=("x1", "y1", "x2", "y2"),
    bare=rf"\({_SIDE},{_SIDE}\)\s*+,?\s*+\({_SIDE},{_SIDE}\) | [\[(]{_SIDE},{_SIDE},{_SIDE},{_SIDE}[\])]",
)
_EMPTY = re.compile(r"[\[{]\s*+[\]}]")
_NONE = re.compile(
    r"""[\W_]*+ (?:json\W*+)? (?: none | null | nothing
      | there\ (?:is|are)\ (?:no|not\ any)\b [^.,;\n]{0,60}+
      | no\ (?:such\ )? (?:box(?:es)?|(?:object|target|instance|detection)s?|match(?:es)?)\b [^.,;\n]{0,60}+
    ) [\W_]*+""",
    re.VERBOSE | re.IGNORECASE,
)


class _Policy(NamedTuple):
    layout: Layout
    frame: Frame | None
    inverted: Inverted


def box(
    text: str,
    *,
    which: Which = "only",
    layout: Layout = "xyxy",
    frame: FrameLike | Frame | None = None,
    inverted: Inverted = "malformed",
) -> Parsed[Box]:
    """One box. `frame` names the extent its coordinates live in; without it that stays unknown.

    >>> box('{"bbox_2d": [64, 48, 320, 240], "label": "cat"}').value
    Box(x1=64.0, y1=48.0, x2=320.0, y2=240.0, label='cat', score=None, frame=None)
    >>> box("(100,100),(300,300)", frame="per_mille").value.to(Frame(640, 480)).corners
    (64.0, 48.0, 192.0, 144.0)
    """
    policy = _policy(layout, frame, inverted)
    check_which(which)
    if len(text) > MAX_CHARS:
        return too_long(text)
    if fast := _FAST.fullmatch(text):
        _, a, b, c, d = fast.groups()
        return _box((float(a), float(b), float(c), float(d)), None, None, Span(0, len(text)), policy)
    find, reason = pick(located(text, _FORM), which, "box")
    return malformed(reason) if find is None else _place(find, policy)


def boxes(
    text: str,
    *,
    layout: Layout = "xyxy",
    frame: FrameLike | Frame | None = None,
    inverted: Inverted = "malformed",
    partial: bool = False,
    allow_empty: bool = True,
) -> Parsed[list[Box]]:
    """All boxes of a text, in order.

    One that cannot be read makes the text malformed, a list that breaks off included; `partial=True`
    drops it instead. An explicit none ("None", "[]", "No objects.") is the empty list, unless
    `allow_empty=False`; a text without any box is malformed.

    >>> boxes('```json\\n[{"bbox_2d": [0, 0, 9, 9], "label": "a"}, {"bbox_2d": [1, 1, 5')
    Parsed(value=None, status=<Status.MALFORMED: 1>, span=None, reason='box 2: the object of a box breaks off')
    >>> boxes("No objects.").value
    []
    """
    policy = _policy(layout, frame, inverted)
    if len(text) > MAX_CHARS:
        return too_long(text)
    finds = [_place(find, policy) for find in islice(located(text, _FORM), MAX_ITEMS + 1)]
    if len(finds) > MAX_ITEMS:
        return malformed(f"more than {MAX_ITEMS} boxes")
    bad = next((i for i, find in enumerate(finds) if not find.ok), None)
    if bad is not None and not partial:
        return malformed(f"box {bad + 1}: {finds[bad].reason}")
    good = [(find.value, find.span) for find in finds if find.value is not None and find.span is not None]
    if good:
        return Parsed([value for value, _ in good], Status.OK, Span(good[0][1].start, good[-1][1].stop))
    if allow_empty and bad is None and (nothing := _EMPTY.search(text) or _NONE.fullmatch(text)):
        return Parsed([], Status.OK, Span(*nothing.span()))
    return malformed("no box found" if bad is None else f"no box could be read: {finds[bad].reason}")


def image_boxes(
    text: str, images: int, *, layout: Layout = "xyxy", inverted: Inverted = "malformed"
) -> Parsed[list[list[Box]]]:
    """The boxes in each of several images, from JSON objects that say which, counted from 1.

    One that cannot be read, or says no image that there is, makes the text malformed. An explicit none, as
    `boxes` reads it, is none in every image.

    >>> image_boxes('[{"image": 2, "bbox_2d": [0, 0, 9, 9]}]', 2).value
    [[], [Box(x1=0.0, y1=0.0, x2=9.0, y2=9.0, label=None, score=None, frame=None)]]
    """
    policy = _policy(layout, None, inverted)
    if len(text) > MAX_CHARS:
        return too_long(text)
    finds = list(islice(located(text, _FORM), MAX_ITEMS + 1))
    if len(finds) > MAX_ITEMS:
        return malformed(f"more than {MAX_ITEMS} boxes")
    found: list[list[Box]] = [[] for _ in range(images)]
    if not finds:
        none = boxes(text)
        return Parsed(found if none.ok else None, none.status, none.span, none.reason)
    for i, find in enumerate(finds, 1):
        place = _place(find, policy)
        image = find.value and find.value.image
        if place.value is None:
            return malformed(f"box {i}: {place.reason}")
        if image is None or not 1 <= image <= images:
            return malformed(f"box {i} is in no image from 1 to {images}")
        found[image - 1].append(place.value)
    spans = [find.span for find in finds if find.span is not None]
    return Parsed(found, Status.OK, Span(spans[0].start, spans[-1].stop))


def _place(find: Parsed[Located], policy: _Policy) -> Parsed[Box]:
    if find.value is None or find.span is None:
        return Parsed(None, find.status, find.span, find.reason)
    a, b, c, d = find.value.numbers
    return _box((a, b, c, d), find.value.label, find.value.score, find.span, policy)


def _box(
    numbers: tuple[float, float, float, float], label: str | None, score: float | None, span: Span, policy: _Policy
) -> Parsed[Box]:
    layout, frame, inverted = policy
    x1, y1, x2, y2 = numbers if layout == "xyxy" else to_xyxy(numbers, layout)
    if (x2 < x1 or y2 < y1) and inverted != "keep":
        if inverted == "malformed":
            return malformed(f"the corners of {numbers} are in the wrong order")
        x1, x2, y1, y2 = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    return Parsed(Box(x1, y1, x2, y2, label, score, frame), Status.OK, span)


@lru_cache(maxsize=64)
def _policy(layout: Layout, frame: FrameLike | Frame | None, inverted: Inverted) -> _Policy:
    check("layout", layout, ("xyxy", "xywh", "cxcywh", "yxyx"))
    check("inverted", inverted, ("malformed", "swap", "keep"))
    return _Policy(layout, as_frame(frame), inverted)
