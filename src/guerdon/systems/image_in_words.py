"""Which description of an image people find better, on five axes, and what of that needs no image (Garg et al. 2024).

`guerdon bench image-in-words` reads the released judgements, each row as five items with the column `aspect`. One side
was written by trained people and is almost always the longer one, so "the first side" and "the longer text" are the
baselines to beat. Where a model wrote the other side, the first side wins 92.3 % of the decided votes and the longer
text, in words, 88.3 %. A text-only reward, logistic on hashed words and length, wins 90.0 % of these when it learned
from the DOCCI pairs, and 86.0 % of those, where length wins 83.9 %, when it learned from these: 1.7 and 2.2 points more
than length (95 %, by image: −2.3 to 5.5 and 0.3 to 4.6) and below "the first side" both times.

The proofs set the same trap in scenes, where it is known what is wrong: each pair is a right description and one with
an error, and one of the two has a sentence more, which is true of every scene.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np

from guerdon.bench.benchmark import load
from guerdon.bench.run import Results, run
from guerdon.leaf import reward
from guerdon.rules.shape import words
from guerdon.systems import Measured, System
from guerdon.world.corruptions import Example, examples
from guerdon.world.scenes import COLOURS, SHAPES

system = System(
    id="image-in-words",
    title="ImageInWords: Unlocking Hyper-Detailed Image Descriptions",
    year=2024,
    url="https://arxiv.org/abs/2405.02793",
    about=__doc__,
)

SCENES, OBJECTS = 300, (4, 6)
AXIS = "metrics/Hallucination"
MORE = " All of it stands before a light background."
LOOK = re.compile(rf"\b({'|'.join(COLOURS)}) ({'|'.join(SHAPES)})s?\b")


@reward("image_in_words.seen", range=(None, 0))
def seen(response: str, image_name: str) -> float:
    """Less the number of things that a description names and its scene does not have.

    Stands for a model that sees: `image_name` is "seed/number" of the proofs' scenes.

    >>> seen().one({"response": "A purple star.", "image_name": "0/0"}).value
    -1.0
    """
    of, number = map(int, image_name.split("/"))
    true = {(thing.colour, thing.shape) for thing in _scenes(of)[number].scene.objects}
    return -float(len(set(LOOK.findall(response)) - true))


@system.proof(claim="the longer text passes for a judge of hallucination until lengths are balanced", seconds=10)
def confound(seed: int) -> Measured:
    """How often the longer text wins where errors are in the shorter one; the baseline where they are in either."""
    return Measured(_wins(seed, "words", balanced=False), at_least=0.95, baseline=_wins(seed, "words", balanced=True))


@system.proof(claim="with balanced lengths only who sees the image can tell", seconds=10)
def sight(seed: int) -> Measured:
    """How often fewer errors win by looking; the baseline goes by length."""
    return Measured(_wins(seed, "seen", balanced=True), at_least=0.95, baseline=_wins(seed, "words", balanced=True))


def _wins(seed: int, name: str, *, balanced: bool) -> float:
    entry = next(entry for entry in _run(seed, balanced).entries if entry.name == name)
    assert entry.headline.overall.estimate is not None
    return entry.headline.overall.estimate.mean


@cache
def _run(seed: int, balanced: bool) -> Results:
    rng = np.random.default_rng([seed, 1])
    rows = [
        _row(f"{seed}/{i}", example, bool(balanced and rng.random() < 0.5)) for i, example in enumerate(_scenes(seed))
    ]
    return run(load("image-in-words"), {"words": words(), "seen": seen()}, data=rows)


def _row(name: str, example: Example, error_is_longer: bool) -> dict[str, Any]:
    """In the layout of the released files, the right description on the side IIW."""
    right, wrong = example.corruption.original, example.corruption.corrupted
    sides = (right, wrong + MORE) if error_is_longer else (right + MORE, wrong)
    return {"image": name, "IIW": sides[0], "DOCCI": sides[1], AXIS: "IIW is substantially better"}


@cache
def _scenes(seed: int) -> list[Example]:
    return examples(SCENES, seed, kinds=("object", "colour"), objects=OBJECTS)
