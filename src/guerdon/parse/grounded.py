"""Phrases with the place of each, as models for grounding and layout write them.

Read are `<|obj_start|>a red cat<|obj_end|> <|box_start|>(36,66),(907,694)<|box_end|>` (GoT) and the same with
`object_ref` for `obj` (Qwen-VL), in whole numbers.
"""

from __future__ import annotations

import re
from itertools import islice

from guerdon.geometry import Box, FrameLike, Span, as_frame
from guerdon.parse.policy import MAX_CHARS, MAX_ITEMS, too_long
from guerdon.parse.result import Parsed, malformed

_N = r"\s*+([0-9]{1,9})\s*+"
_PAIR = re.compile(
    rf"<\|(?P<mark>obj|object_ref)_start\|>(?P<phrase>(?:[^<]|<(?!\|))++)<\|(?P=mark)_end\|>\s*+"
    rf"<\|box_start\|>\({_N},{_N}\)\s*+,\s*+\({_N},{_N}\)<\|box_end\|>"
)
_MARK = re.compile(r"<\|(?:obj|object_ref|box)_(?:start|end)\|>")


def grounded_phrases(text: str, *, frame: FrameLike | None = None) -> Parsed[list[Box]]:
    """Every phrase with its box, as labelled boxes in order; a phrase may come up more than once.

    A mark that is no part of a phrase followed by its box makes the text malformed: a marker that never
    closes, one within another, a phrase without a box. So do swapped corners, and a box beyond its frame.

    >>> plan = "<|obj_start|>a cat<|obj_end|> <|box_start|>(36,66),(907,694)<|box_end|> sleeps"
    >>> [(box.label, box.corners) for box in grounded_phrases(plan).value]
    [('a cat', (36.0, 66.0, 907.0, 694.0))]
    """
    if len(text) > MAX_CHARS:
        return too_long(text)
    pairs = list(islice(_PAIR.finditer(text), MAX_ITEMS + 1))
    if len(pairs) > MAX_ITEMS:
        return malformed(f"more than {MAX_ITEMS} phrases")
    if len(_MARK.findall(text)) != 4 * len(pairs):
        return malformed("a mark that is no part of a phrase followed by its box")
    if not pairs:
        return malformed("no phrase with a box")
    extent = as_frame(frame)
    boxes = []
    for pair in pairs:
        phrase, (x1, y1, x2, y2) = pair["phrase"].strip(), map(float, pair.groups()[2:])
        if x2 < x1 or y2 < y1:
            return malformed(f"the corners of {phrase!r:.80} are in the wrong order")
        if extent is not None and (x2 > extent.width or y2 > extent.height):
            return malformed(f"the box of {phrase!r:.80} is beyond its frame")
        boxes.append(Box(x1, y1, x2, y2, phrase, None, extent))
    return Parsed(boxes, span=Span(pairs[0].start(), pairs[-1].end()))
