"""Questions about scenes, with answers known exactly, as rows that every reward can read."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, get_args

import numpy as np

from guerdon.geometry import Box
from guerdon.world.scenes import COLOURS, RELATIONS, SHAPES, Relation, Scene, Thing, scene

Kind = Literal["ground", "detect", "count", "choice", "relation"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LETTERS = "ABCD"

FORM = "Think between <think> and </think>, then give {} between <answer> and </answer>."
BOX_FORM = 'a JSON list [{"bbox_2d": [x1, y1, x2, y2], "label": "…"}] in pixels'
FORMS = {
    "ground": BOX_FORM,
    "detect": BOX_FORM,
    "count": "a number",
    "choice": "one letter",
    "relation": "yes or no",
}


class Question(NamedTuple):
    """A question about a scene, and its answer."""

    text: str
    answer: str
    """A number, a letter, yes or no; for boxes the JSON list that the question asks for."""
    boxes: tuple[Box, ...] | None = None
    """The boxes asked for, labelled, in pixels; None where the answer has no boxes."""
    options: tuple[str, ...] | None = None
    """What the letters A–D stand for."""


def question(about: Scene, kind: Kind, seed: int | Sequence[int]) -> Question:
    """A question of a kind about a scene of two objects or more.

    ground: the box of one object. detect: all boxes of a colour or shape. count: how many of them, at
    times none. choice: one of four. relation: yes or no. Every answer is as likely as the scene allows.
    """
    return _ASK[kind](about, np.random.default_rng(seed))


def dataset(
    n: int,
    seed: int,
    *,
    task: Kind | None = None,
    objects: tuple[int, int] = (2, 5),
    size: tuple[int, int] = (320, 240),
) -> list[dict[str, Any]]:
    """n rows, a scene and a question each; `task` None takes the kinds in turn.

    Columns: id, prompt, images ([{"bytes": PNG, "path": None}]), answer (text), boxes ([[x1, y1, x2, y2]]
    in pixels) and their labels, options, image_size ([width, height]), task, group (the scene). Columns
    that a kind has no use for are None.
    """
    return [_row(f"{seed}-{i}", (seed, i), task or KINDS[i % len(KINDS)], objects, size) for i in range(n)]


def boxes_text(boxes: Sequence[Box]) -> str:
    """The JSON list of boxes that prompts ask for.

    >>> boxes_text([Box(1, 2, 30, 40, "red star")])
    '[{"bbox_2d": [1, 2, 30, 40], "label": "red star"}]'
    """
    return json.dumps([{"bbox_2d": list(box.corners), "label": box.label} for box in boxes])


def _row(name: str, seed: Sequence[int], kind: Kind, objects: tuple[int, int], size: tuple[int, int]) -> dict[str, Any]:
    about = scene(seed, objects=objects, size=size)
    asked = question(about, kind, (*seed, KINDS.index(kind)))
    options = "".join(f"\n{letter}. {option}" for letter, option in zip(LETTERS, asked.options or (), strict=False))
    png = io.BytesIO()
    about.image().save(png, "PNG")
    return {
        "id": f"{kind}-{name}",
        "prompt": f"{asked.text}{options}\n{FORM.format(FORMS[kind])}",
        "images": [{"bytes": png.getvalue(), "path": None}],
        "answer": asked.answer,
        "boxes": None if asked.boxes is None else [list(box.corners) for box in asked.boxes],
        "labels": None if asked.boxes is None else [box.label for box in asked.boxes],
        "options": None if asked.options is None else list(asked.options),
        "image_size": list(size),
        "task": kind,
        "group": f"scene-{name}",
    }


def _ground(about: Scene, rng: np.random.Generator) -> Question:
    target = about.objects[int(rng.choice(about.unique()))]
    return _boxed(f"Locate the {target.name}.", [target])


def _detect(about: Scene, rng: np.random.Generator) -> Question:
    sought = about.objects[int(rng.integers(len(about.objects)))]
    noun, found = _alike(about, sought.colour if rng.random() < 0.5 else sought.shape)
    return _boxed(f"Locate all {noun}; label each by colour and shape.", found)


def _count(about: Scene, rng: np.random.Generator) -> Question:
    counts = {look: len(_alike(about, look)[1]) for look in (*COLOURS, *SHAPES)}
    count = int(rng.choice(sorted(set(counts.values()))))
    noun, _ = _alike(about, str(rng.choice([look for look in counts if counts[look] == count])))
    return Question(f"How many {noun} are there?", str(count))


def _choice(about: Scene, rng: np.random.Generator) -> Question:
    shapes = [thing.shape for thing in about.objects]
    alone = [thing for thing in about.objects if shapes.count(thing.shape) == 1]
    if alone and rng.random() < 0.5:
        thing = alone[int(rng.integers(len(alone)))]
        text, right, pool = f"What colour is the {thing.shape}?", thing.colour, list(COLOURS)
    else:
        text, right = "Which of these is in the picture?", about.objects[int(rng.integers(len(about.objects)))].name
        pool = [f"{colour} {shape}" for colour in COLOURS for shape in SHAPES]
    true = {right, *(thing.name for thing in about.objects)}
    wrong = rng.choice([option for option in pool if option not in true], len(LETTERS) - 1, replace=False)
    options = [str(option) for option in rng.permutation([right, *wrong])]
    return Question(text, LETTERS[options.index(right)], options=tuple(options))


def _relation(about: Scene, rng: np.random.Generator) -> Question:
    named = about.unique()
    asked = [Relation(i, name, j) for i in named for j in named if i != j for name in RELATIONS]
    known = {relation: truth for relation in asked if (truth := about.truth(relation)) is not None}
    wanted = bool(rng.random() < 0.5)
    fitting = [relation for relation, truth in known.items() if truth == wanted]
    sort = rng.choice(sorted({relation.name for relation in fitting}))
    first, name, second = fitting[int(rng.choice([i for i, relation in enumerate(fitting) if relation.name == sort]))]
    text = f"Is the {about.objects[first].name} {name} the {about.objects[second].name}?"
    return Question(text, "yes" if wanted else "no")


_ASK: dict[Kind, Callable[[Scene, np.random.Generator], Question]] = {
    "ground": _ground, "detect": _detect, "count": _count, "choice": _choice, "relation": _relation,
}  # fmt: skip


def _boxed(text: str, things: Sequence[Thing]) -> Question:
    boxes = tuple(thing.box for thing in things)
    return Question(text, boxes_text(boxes), boxes)


def _alike(about: Scene, look: str) -> tuple[str, list[Thing]]:
    """What the objects of one colour or shape are called, and which they are."""
    found = [thing for thing in about.objects if look in (thing.colour, thing.shape)]
    return (f"{look} objects" if look in COLOURS else f"{look}s"), found
