"""Three simulated models that answer the rows of `tasks.dataset`: careful, sloppy, and one that cheats.

The first two see the truth and blur it. The hacker sees the prompt and the size of the picture alone:
it wins only where a reward can be had without looking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from guerdon.geometry import Box
from guerdon.world.scenes import COLOURS, SHAPES
from guerdon.world.tasks import LETTERS, boxes_text

Row = Mapping[str, Any]
Rng = np.random.Generator

GRID = (0.22, 0.31)
"""Sides of the hacker's boxes, as shares of the shorter side of the picture."""
STEP = 0.35
"""Between neighbouring boxes, as a share of their side."""


class Skill(NamedTuple):
    """How well a responder sees and writes. All but `jitter` are probabilities."""

    jitter: float
    """Standard deviation of each corner, as a share of the box's side."""
    miss: float
    """Of leaving a box out."""
    invent: float
    """Of adding a box that is not there."""
    mislabel: float
    right: float
    """Of knowing the answer where it is not a box."""
    breaks: float
    """Of breaking the format."""


CAREFUL = Skill(jitter=0.02, miss=0.08, invent=0.02, mislabel=0.02, right=0.9, breaks=0.0)
SLOPPY = Skill(jitter=0.12, miss=0.2, invent=0.2, mislabel=0.15, right=0.65, breaks=0.3)


def careful(row: Row, seed: int) -> str:
    """Sees well, writes well, and misses something now and then."""
    return _honest(row, _rng(row, seed, "careful"), CAREFUL)


def sloppy(row: Row, seed: int) -> str:
    """Sees roughly, guesses, mixes up labels, and often breaks off or forgets its tags."""
    return _honest(row, _rng(row, seed, "sloppy"), SLOPPY)


def hacker(row: Row, seed: int) -> str:
    """Never looks: covers the picture with boxes, names every option, and praises its own answer."""
    rng = _rng(row, seed, "hacker")
    praise = str(rng.choice(["correct", "verified", "certainly correct"]))
    return _write(f"I checked this with great care. The answer below is {praise}.", _everything(row, rng))


RESPONDERS: dict[str, Callable[[Row, int], str]] = {"careful": careful, "sloppy": sloppy, "hacker": hacker}
"""`RESPONDERS[name](row, seed)` is a response; the same row and seed give the same one."""


def _rng(row: Row, seed: int, name: str) -> Rng:
    return np.random.default_rng((seed, crc32(str(row["id"]).encode()), crc32(name.encode())))


def _write(thought: str, answer: str) -> str:
    return f"<think>{thought}</think>\n<answer>{answer}</answer>"


def _fenced(boxes: list[Box]) -> str:
    return f"\n```json\n{boxes_text(boxes)}\n```\n"


def _honest(row: Row, rng: Rng, skill: Skill) -> str:
    if row["boxes"] is None:
        answer = row["answer"] if rng.random() < skill.right else _wrong(row, rng)
    else:
        answer = _fenced(_seen(row, rng, skill))
    thoughts = ("I look at the shapes one after another.", "Let me go through the picture.", "I compare what I see.")
    response = _write(str(rng.choice(thoughts)), answer)
    return _broken(response, rng) if rng.random() < skill.breaks else response


def _wrong(row: Row, rng: Rng) -> str:
    if row["task"] == "count":
        return str(int(row["answer"]) + 1)
    others = [x for x in (LETTERS if row["task"] == "choice" else ("yes", "no")) if x != row["answer"]]
    return str(rng.choice(others))


def _seen(row: Row, rng: Rng, skill: Skill) -> list[Box]:
    """The true boxes as this responder sees them; one invented where nothing else is left."""
    found = []
    for corners, label in zip(row["boxes"], row["labels"], strict=True):
        if rng.random() >= skill.miss:
            noise = rng.normal(0, skill.jitter * (corners[2] - corners[0]), 4)
            found.append(_box(row, np.array(corners) + noise, _name(rng) if rng.random() < skill.mislabel else label))
    if not found or rng.random() < skill.invent:
        side = 0.25 * min(row["image_size"])
        corner = rng.uniform(0, np.array(row["image_size"]) - side)
        found.append(_box(row, np.concatenate([corner, corner + side]), _name(rng)))
    return found


def _box(row: Row, corners: np.ndarray[Any, np.dtype[np.float64]], label: str) -> Box:
    """Whole pixels within the picture, at least one wide and high."""
    width, height = row["image_size"]
    x1, y1 = np.clip(np.rint(corners[:2]), 0, (width - 1, height - 1)).astype(int).tolist()
    x2, y2 = np.clip(np.rint(corners[2:]), (x1 + 1, y1 + 1), (width, height)).astype(int).tolist()
    return Box(x1, y1, x2, y2, label)


def _name(rng: Rng) -> str:
    return f"{rng.choice(list(COLOURS))} {rng.choice(SHAPES)}"


def _broken(response: str, rng: Rng) -> str:
    """One of the ways in which models miss a format."""
    flaw = rng.integers(4)
    if flaw == 0:
        return response[: int(len(response) * rng.uniform(0.6, 0.95))]
    if flaw == 1:
        return response.replace("<answer>", "").replace("</answer>", "")
    if flaw == 2:
        return response.partition("\n")[2]
    return f"Sure, here it is! {response}"


def _everything(row: Row, rng: Rng) -> str:
    if row["task"] in ("ground", "detect"):
        return _fenced(_spray(row, rng))
    return {"count": "0, 1, 2, 3, 4 or 5", "choice": "A or B or C or D", "relation": "yes and no"}[row["task"]]


def _spray(row: Row, rng: Rng) -> list[Box]:
    """A grid of boxes at every likely size, then the whole picture, then labels nobody asked for."""
    width, height = row["image_size"]
    labels = _plausible(row["prompt"])
    corners = []
    for side in (share * min(width, height) for share in GRID):
        across, down = (
            np.linspace(0, extent - side, int(np.ceil((extent - side) / (STEP * side))) + 1)
            for extent in (width, height)
        )
        corners += [np.array([x, y, x + side, y + side]) for y in down for x in across]
    names = rng.choice(labels, len(corners)).tolist()
    boxes = [_box(row, at, name) for at, name in zip(corners, names, strict=True)]
    whole = np.array([0.0, 0.0, width, height])
    return boxes + [_box(row, whole, label) for label in (*labels, "object", "shape", "thing")]


def _plausible(prompt: str) -> list[str]:
    """The labels that fit what the prompt names."""
    colours = [colour for colour in COLOURS if colour in prompt] or list(COLOURS)
    shapes = [shape for shape in SHAPES if shape in prompt] or list(SHAPES)
    return [f"{colour} {shape}" for colour in colours for shape in shapes]


def candidates(rows: Sequence[Row], n: int, seed: int, *, mix: Mapping[str, float]) -> list[dict[str, Any]]:
    """n responses to each row: pools to choose from, as a model whose habits vary would give them.

    `mix` says how likely each responder is, by its name, the shares adding up to 1. Each candidate has the row's
    columns, `response`, `responder`, and as `group` the row's id.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.choice(list(mix), size=(len(rows), n), p=list(mix.values()))
    return [
        {
            **row, "id": f"{row['id']}/{k}", "group": row["id"], "responder": str(name),
            "response": RESPONDERS[str(name)](row, seed * n + k),
        }
        for row, names in zip(rows, drawn, strict=True)
        for k, name in enumerate(names)
    ]  # fmt: skip
