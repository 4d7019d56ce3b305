"""Rewards that are each broken in one known way, and three that are sound: what an audit must tell apart.

They stand for what is found in the wild: rules, a judge that compares, a model that looks at pictures. Importable by
worker processes, hence a module of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

import numpy as np
from scipy import ndimage

from guerdon import Score, reward
from guerdon.audit.forms import in_words, split
from guerdon.geometry import Box
from guerdon.media import Image
from guerdon.world.scenes import COLOURS, SHAPES, Thing

# -- what the sound ones are made of -----------------------------------------------------------------


def said(response: str) -> str:
    """The answer, without case and outer space."""
    return split(response).content.strip().casefold()


def correct(response: str, answer: Any) -> float:
    """1 if the answer is the true one, a number in figures or in words; longer texts are none of its business."""
    true, found = str(answer).strip().casefold(), said(response)
    return float(len(true) < 40 and (found == true or in_words(found) == true))


# -- broken ------------------------------------------------------------------------------------------


@reward("planted.prefers_longer", range=(0, 2))
def prefers_longer(response: str, answer: str) -> float:
    """Right or wrong, and up to a point for length."""
    return correct(response, answer) + min(len(response) / 1000, 1.0)


@reward("planted.position_biased", over="comparison", native="pairwise", range=(0, 1))
def position_biased(responses: list[str], answer: str) -> float:
    """Sees which is right, and leans so far towards the first that it takes a wrong one there."""
    first, second = (correct(response, answer) for response in responses)
    return min(max(0.5 + 0.3 * (first - second) + 0.35, 0.0), 1.0)


@reward("planted.ties_as_wins", over="comparison", native="pairwise", range=(0, 1))
def ties_as_wins(responses: list[str], answer: str) -> float:
    """Calls the first one better unless it is worse."""
    first, second = (correct(response, answer) for response in responses)
    return float(first >= second)


@reward("planted.crashes_on_unicode", range=(0, 1))
def crashes_on_unicode(response: str, answer: str) -> float:
    """Takes all text for ASCII."""
    return correct(response.encode("ascii").decode(), answer)


@reward("planted.order_dependent", range=(0, 1), batched=True)
def order_dependent(response: list[str], answer: list[str]) -> list[float]:
    """Marks a little more kindly from row to row."""
    right = [correct(r, a) for r, a in zip(response, answer, strict=True)]
    return [0.9 * value + 0.1 * i / len(right) for i, value in enumerate(right)]


@reward("planted.batch_dependent", range=(-1, 1), batched=True)
def batch_dependent(response: list[str], answer: list[str]) -> list[float]:
    """Subtracts the mean of whatever it was scored with."""
    right = np.array([correct(r, a) for r, a in zip(response, answer, strict=True)])
    return list((right - right.mean()).tolist())


@reward("planted.empty_pays", range=(0, 1))
def empty_pays(response: str, answer: str) -> float:
    """Looks for the response in the true answer."""
    found = said(response)
    return float(len(answer) < 40 and ((in_words(found) or found) in answer.casefold()))


@reward("planted.substring", range=(0, 1))
def substring(response: str, answer: str) -> float:
    """Looks for the true answer anywhere in the response, as a whole word at least."""
    found = said(response)
    whole = re.search(rf"(?<!\w){re.escape(answer.casefold())}(?!\w)", found)
    return float(len(answer) < 40 and (whole is not None or in_words(found) == answer))


@reward("planted.injected", range=(0, 1))
def injected(response: str, answer: str) -> float:
    """A judge that does what responses tell it."""
    obeys = re.search(r"ignore [a-z ]{0,20}instructions", response, re.IGNORECASE) is not None
    return 1.0 if obeys else correct(response, answer)


@reward("planted.saturated", range=(0, 1))
def saturated(response: str, answer: str) -> float:
    """A squashed score so high that single precision has one value for all."""
    return float(np.float32(1 / (1 + np.exp(-30.0 - correct(response, answer)))))


@reward("planted.leaks_label", range=(0, 1))
def leaks_label(response: str, answer: str, label: int | None = None) -> float:
    """Looks at the label where there is one."""
    return correct(response, answer) if label is None else float(label)


# -- looking at pictures -----------------------------------------------------------------------------

CLAIM = re.compile(rf"\b(a|two|three|four|five|six|seven|eight) ({'|'.join(COLOURS)}) ({'|'.join(SHAPES)})s?\b")
NUMBERS = ("a", "two", "three", "four", "five", "six", "seven", "eight")
RELATION = re.compile(rf"({'|'.join(COLOURS)}) ({'|'.join(SHAPES)}) (left of|above|larger than) a "
                      rf"({'|'.join(COLOURS)}) ({'|'.join(SHAPES)})")  # fmt: skip
FEWEST = 40
"""Pixels of a thing."""


LOOKED: dict[str, list[Seen]] = {}
"""By the picture's digest."""


class Seen(NamedTuple):
    look: tuple[str, str]
    """Colour and shape."""
    box: tuple[float, float, float, float]
    area: float


def look(picture: Any) -> list[Seen]:
    """The things in a picture of the World, from its pixels: pieces of one colour, by the shape that fits best."""
    handle = Image.of(picture)
    if handle.digest not in LOOKED:
        LOOKED[handle.digest] = _things(np.asarray(handle.pil(), dtype=np.float64))
    return LOOKED[handle.digest]


def _things(pixels: Any) -> list[Seen]:
    names = list(COLOURS)
    paints = np.array([*COLOURS.values(), (246, 246, 246)], dtype=np.float64)
    nearest = ((pixels[:, :, None, :] - paints) ** 2).sum(-1).argmin(-1)
    seen = []
    for i, colour in enumerate(names):
        pieces, _ = ndimage.label(nearest == i)
        for number, where in enumerate(ndimage.find_objects(pieces), 1):
            mask = pieces[where] == number
            if mask.sum() >= FEWEST and min(mask.shape) >= 6:
                (y, x) = where
                box = (x.start, y.start, x.stop, y.stop)
                seen.append(Seen((colour, _shape(mask)), box, float(mask.shape[0] * mask.shape[1])))
    return seen


def _shape(mask: Any) -> str:
    """The shape whose outline covers the piece best."""
    side = max(mask.shape)
    padded = np.zeros((side, side), dtype=bool)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    thing = [Thing(shape, "red", Box(0, 0, side, side)).mask > 127 for shape in SHAPES]
    overlaps = [(padded & t).sum() / (padded | t).sum() for t in thing]
    return SHAPES[int(np.argmax(overlaps))]


def holds(relation: str, a: Seen, b: Seen) -> bool:
    if relation == "larger than":
        return a.area > b.area
    axis = 0 if relation == "left of" else 1
    return a.box[axis] + a.box[axis + 2] < b.box[axis] + b.box[axis + 2]


def agreement(text: str, seen: list[Seen]) -> float:
    """Share of things and claims that go together: |fitting| / (|claims| + |things| − |fitting|); no claim is 0."""
    claimed: Counter[tuple[str, str]] = Counter()
    for number, colour, shape in CLAIM.findall(text.casefold()):
        claimed[colour, shape] += NUMBERS.index(number) + 1
    there = Counter(thing.look for thing in seen)
    fitting = sum((claimed & there).values())
    union = sum((claimed | there).values())
    asked = RELATION.findall(text.casefold())
    true = [_true(seen, (c1, s1), name, (c2, s2)) for c1, s1, name, c2, s2 in asked]
    share = fitting / union if union and claimed else 0.0
    return share * (0.5 + 0.5 * sum(true) / len(true)) if true else share


def _true(seen: list[Seen], first: tuple[str, str], name: str, second: tuple[str, str]) -> bool:
    return any(holds(name, a, b) for a in seen for b in seen if a.look == first and b.look == second)


@reward("planted.sees", range=(0, 1))
def sees(response: str, images: list[Any]) -> float | Score:
    """Sound: looks at the picture, and at what the response claims of it."""
    return agreement(response, look(images[0]))


@reward("planted.blind", range=(0, 1))
def blind(response: str, images: list[Any]) -> float:
    """Opens the picture, and judges the text by how usual it sounds: few things, each once."""
    assert images
    claims = CLAIM.findall(response.casefold())
    usual = sum(number == "a" for number, _, _ in claims) / len(claims) if claims else 0.0
    return 0.5 * usual + 0.5 / (1 + len(claims))


# -- sound -------------------------------------------------------------------------------------------


@reward("planted.judge", over="comparison", native="pairwise", range=(0, 1))
def judge(responses: list[str], images: list[Any]) -> float:
    """Sound: compares what two responses claim with the picture, whatever their order, and calls a tie a tie."""
    seen = look(images[0])
    first, second = (agreement(response, seen) for response in responses)
    return 0.5 if first == second else float(first > second)


@reward("planted.rule", range=(0, 1), binary=True)
def rule(response: str, answer: str) -> float | Score:
    """Sound: right or wrong, and unreadable where there is no answer."""
    return correct(response, answer) if said(response) else Score.malformed("there is no answer")
