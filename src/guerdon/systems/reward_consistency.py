"""Does a reward follow the instruction, or only like the answer? And two cheap repairs (Shen et al. 2023).

A contrast set holds two like instructions with different answers. A consistent reward values each answer above the
other one under its own instruction (C_res), and above itself under the other instruction (C_ins). What ignores the
instruction ties on C_ins, so ties are wrong here; the released code counts them right, which makes a constant perfect.
`guerdon bench contrast-instructions` reads the released sets, `guerdon.bench.contrast.neighbours` finds pairs in one's
own data, and with images for instructions the same figures are Winoground's.

The repairs: `guerdon.embed.fused.Fused` averages a reward over a text's near neighbours among known texts, and
`guerdon.use.augment.outer_rejections` adds rejected responses at the hull of their misspelt variants.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np

from guerdon.bench.benchmark import load
from guerdon.bench.run import Entry, run
from guerdon.embed.fused import Fused
from guerdon.leaf import reward
from guerdon.rules.given import score
from guerdon.rules.shape import chars
from guerdon.scores import Floats
from guerdon.systems import Measured, System
from guerdon.systems.image_in_words import LOOK
from guerdon.world.scenes import COLOURS, Scene, scene

system = System(
    id="reward-consistency",
    title="The Trickle-down Impact of Reward (In-)consistency on RLHF",
    year=2023,
    url="https://arxiv.org/abs/2309.16155",
    about=__doc__,
)

SETS, OBJECTS = 200, (2, 4)
CLUSTERS, EACH, NOISE, DIMENSIONS = 400, 6, 0.5, 16


@reward("reward_consistency.seen", range=(0, None))
def seen(response: str, things: Sequence[str]) -> float:
    """How many of the named things are there, less how many are not. Stands for a reward that looks at its image."""
    named = {f"{colour} {shape}" for colour, shape in LOOK.findall(response)}
    return float(len(named & set(things)) - len(named - set(things)))


@system.proof(claim="a reward blind to the instruction is inconsistent, and perfect if ties count as right", seconds=10)
def blind(seed: int) -> Measured:
    """C_ins of the length of the answer, strict; the baseline is the same with ties counted right."""
    entry = _entries(seed)["length"]
    return Measured(_figure(entry, "C_ins"), at_most=0.0, baseline=entry.official["C_ins"] / 100)


@system.proof(claim="one that looks is consistent both ways", seconds=5)
def looks(seed: int) -> Measured:
    """C_both of a reward that looks at what is there; the baseline is the length of the answer."""
    entries = _entries(seed)
    return Measured(_figure(entries["seen"], "C_both"), at_least=0.95, baseline=_figure(entries["length"], "C_both"))


@system.proof(claim="fused over its neighbours a noisy reward is as right as Σw² predicts", seconds=15)
def fusion(seed: int) -> Measured:
    """How far the share of pairs ordered rightly is from the prediction; the baseline is how far it is unfused."""
    rng = np.random.default_rng(seed)
    rows, true = _clusters(rng)
    table = Vectors({str(row["response"]): row.pop("vector") for row in rows})
    ends = rng.integers(0, len(rows), (2, 20_000))
    ends = ends[:, true[ends[0]] != true[ends[1]]]
    plain, fused = score()(rows).values, Fused(score(), rows, table, k=EACH - 1, threshold=0.9)(rows).values
    gap = np.abs(true[ends[0]] - true[ends[1]])
    predicted = float(np.mean([NormalDist().cdf(g) for g in gap / (NOISE * (2 / EACH) ** 0.5)]))  # Σw² = 1/6 each
    wrong = [abs(_ordered(values, true, ends) - predicted) for values in (fused, plain)]
    return Measured(wrong[0], at_most=0.02, baseline=wrong[1])


@dataclass(frozen=True)
class Vectors:
    """An encoder that knows its texts by heart."""

    known: dict[str, Floats]
    digest: str = "reward-consistency"

    def encode(self, texts: Sequence[str]) -> Floats:
        """[n, d]"""
        return np.array([self.known[text.strip()] for text in texts]).reshape(len(texts), -1)


def _clusters(rng: np.random.Generator) -> tuple[list[dict[str, Any]], Floats]:
    """Rows in clusters of near copies that are worth the same, each with a noisy score; and what they are worth."""
    centres = rng.standard_normal((CLUSTERS, DIMENSIONS))
    worth = np.repeat(centres @ np.ones(DIMENSIONS) / DIMENSIONS**0.5, EACH)
    vectors = np.repeat(centres, EACH, axis=0) + 0.01 * rng.standard_normal((CLUSTERS * EACH, DIMENSIONS))
    noisy = worth + NOISE * rng.standard_normal(len(worth))
    rows = [
        {"prompt": "", "response": f"text {i}", "score": float(s), "vector": v}
        for i, (s, v) in enumerate(zip(noisy, vectors, strict=True))
    ]
    return rows, worth


def _ordered(values: Floats, true: Floats, ends: Any) -> float:
    return float(np.mean(np.sign(values[ends[0]] - values[ends[1]]) == np.sign(true[ends[0]] - true[ends[1]])))


@cache
def _entries(seed: int) -> dict[str, Entry]:
    rows = [_contrast((seed, i)) for i in range(SETS)]
    results = run(load("contrast-instructions"), {"length": chars(), "seen": seen()}, data=rows)
    return {entry.name: entry for entry in results.entries}


def _contrast(seed: tuple[int, int]) -> dict[str, Any]:
    """A scene and the same with one object in another colour, each with its caption."""
    first = scene(seed, objects=OBJECTS)
    rng = np.random.default_rng(seed)
    at = int(rng.choice(first.unique()))
    there = {thing.name for thing in first.objects}
    new = [c for c in COLOURS if f"{c} {first.objects[at].shape}" not in there]
    objects = list(first.objects)
    objects[at] = objects[at]._replace(colour=str(rng.choice(new)))
    second = replace(first, objects=tuple(objects))
    return {"id": f"{seed[0]}-{seed[1]}", "first": _side(first), "second": _side(second)}


def _side(about: Scene) -> dict[str, Any]:
    return {"prompt": "Describe the image.", "things": [t.name for t in about.objects], "response": about.caption()}


def _figure(entry: Entry, metric: str) -> float:
    line = next(line for line in entry.lines if line.metric == metric)
    assert line.overall.estimate is not None
    return line.overall.estimate.mean
