r"""Pointing at the one phrase of a caption that is wrong: perception that can be checked (Wang et al. 2025).

Take a long caption, make one phrase of it wrong about the picture, and ask for that phrase. Whether it was found is
decided by comparing texts, so a policy can be trained on it; `guerdon.world.corruptions` makes such rows, and
preference pairs, from scenes. The total is 0.9 · accuracy + 0.1 · format.

Rows have `response`, `answer` (the wrong phrase) and, for `mode="iou"` or "token_f1", `caption`, in which the
phrase stands once (or `span` says where). By default a response names one phrase, and it is that one.
`as_published=True` repeats the benchmark's script, which needs the column `right`, the right phrase: it looks for
the first changed word anywhere in what was answered, so "bluebird" is "blue", and a list of all words is right.

In the proofs a critic sees the picture through a few numbers a colour: how much there is of it and how well it
fills its frame. Wrong numbers are left out there, since reading alone gives them away: a critic trained on captions
finds 77 % of them, most things being alone of their kind.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import numpy as np

from guerdon.leaf import reward
from guerdon.parse.phrases import phrases
from guerdon.parse.tags import after, layout
from guerdon.reward import Reward
from guerdon.rules import spans
from guerdon.scores import Floats
from guerdon.systems import Measured, Published, System
from guerdon.systems import _vicrit as published
from guerdon.world.corruptions import EITHER_WAY, Example, Kind, Mention, Phrase, examples, fits
from guerdon.world.scenes import COLOURS, SHAPES, SMALLEST, Scene


def accuracy(*, mode: spans.Mode = "exact", as_published: bool = False) -> Reward:
    """1 if the phrase was found; for the other modes, how much of its place."""
    return published.accuracy() if as_published else spans.localise(mode=mode, within=None)


def total(*, mode: spans.Mode = "exact", as_published: bool = False) -> Reward:
    """0.9 · accuracy + 0.1 · format."""
    return 0.9 * accuracy(mode=mode, as_published=as_published) + 0.1 * template()


@reward("vicrit.template", range=(0, 1), binary=True)
def template(response: str) -> float:
    r"""1 for a thought, and behind it a \boxed phrase; else 0."""
    if not layout(response, "think", match="start").ok:
        return 0.0
    rest = after(response, "think").value or ""
    return float("\\boxed" in rest and phrases(rest).ok)


system = System(
    id="vicrit",
    title="ViCrit: A Verifiable Reinforcement Learning Proxy Task for Visual Perception in VLMs",
    year=2025,
    url="https://arxiv.org/abs/2506.10128",
    about=__doc__,
    rewards={"total": total, "accuracy": accuracy, "format": template},
    published=(
        Published(
            "ViCrit-Bench, accuracy, %: the best proprietary model",
            "arXiv:2506.10128, from memory, not checked against the paper",
            ("model", "accuracy"),
            (("best proprietary", 48),),
        ),
    ),
)


TRAINED, TESTED, OBJECTS, SIZE = 500, 400, (5, 6), (96, 72)
KINDS: tuple[Kind, ...] = ("object", "colour", "relation")
VOCABULARY = [*COLOURS, *SHAPES, *EITHER_WAY, *(f"{shape}s" for shape in SHAPES)]
PALETTE = np.array(list(COLOURS.values()), dtype=np.float64)
STEPS, RATE = 200, 2.0
BACKGROUND = 225
"""Pixels with no darker channel are background."""


@system.proof(claim="who sees what is in the picture finds every wrong phrase", seconds=10)
def oracle(seed: int) -> Measured:
    """Share found by looking each phrase up in the scene; the baseline guesses one of the caption's phrases."""
    rng = np.random.default_rng(seed)
    guessed = _score(seed, lambda example: str(rng.choice(_texts(example))))
    found = _score(seed, lambda example: _texts(example)[_wrong(example)])
    return Measured(found, at_least=1.0, baseline=guessed)


@system.proof(claim="a critic that sees little of the picture is clearly better than one that only reads", seconds=20)
def critic(seed: int) -> Measured:
    """Share found; the baseline is a critic trained on the captions alone, and the bar lies 0.2 above it."""
    blind = _score(seed, _trained("caption", seed))
    return Measured(_score(seed, _trained("picture", seed)), at_least=blind + 0.2, baseline=blind)


@system.proof(claim="and that one is at chance: the wrong phrase cannot be found by reading", seconds=5)
def reading(seed: int) -> Measured:
    """Share found by the critic that only reads, at most 0.06 above the baseline, which is chance."""
    chance = float(np.mean([1 / len(_texts(example)) for example in _examples(TESTED, 1000 + seed)]))
    return Measured(_score(seed, _trained("caption", seed)), at_most=chance + 0.06, baseline=chance)


@system.proof(claim="naming every word there is earns little, and everything as published", seconds=5)
def enumeration(seed: int) -> Measured:
    """Mean IoU, the default being 0 for more than one phrase; the baseline is the published accuracy."""
    covered = _score(seed, lambda _: str(VOCABULARY), mode="iou")
    return Measured(covered, at_most=0.2, baseline=_score(seed, lambda _: str(VOCABULARY), as_published=True))


@cache
def _examples(n: int, seed: int) -> list[Example]:
    return examples(n, seed, kinds=KINDS, objects=OBJECTS, size=SIZE)


def _texts(example: Example) -> list[str]:
    return [phrase.text for phrase in example.corruption.said]


def _wrong(example: Example) -> int:
    """Which of its phrases does not fit the scene."""
    return [fits(example.scene, phrase) for phrase in example.corruption.said].index(False)


def _score(seed: int, answer: Callable[[Example], str], **settings: Any) -> float:
    """Mean reward for quoting what `answer` says."""
    rows = [
        {
            "response": f"<think>Let me look.</think> \\boxed{{{answer(one)}}}", "answer": one.corruption.phrase,
            "right": one.corruption.right, "caption": one.corruption.corrupted, "span": one.corruption.span,
        }
        for one in _examples(TESTED, 1000 + seed)
    ]  # fmt: skip
    return accuracy(**settings)(rows).mean()


@cache
def _trained(sees: Literal["picture", "caption"], seed: int) -> Callable[[Example], str]:
    """A softmax over a caption's phrases, linear in `_features`, trained to find the wrong one."""
    data = _examples(TRAINED, seed)
    features = [_features(example, sees) for example in data]
    which = np.repeat(np.arange(len(data)), [len(one) for one in features])
    starts = np.flatnonzero(np.diff(which, prepend=-1))
    stacked, wrong = np.concatenate(features), starts + [_wrong(example) for example in data]
    weights = np.zeros(stacked.shape[1])
    for _ in range(STEPS):
        odds = np.exp(stacked @ weights)
        chances = odds / np.add.reduceat(odds, starts)[which]
        chances[wrong] -= 1.0
        weights -= RATE * chances @ stacked / len(data)
    return lambda example: _texts(example)[int(np.argmax(_features(example, sees) @ weights))]


def _features(example: Example, sees: str) -> Floats:
    """What a critic knows of each phrase, [phrases, features]."""
    seen = _look(example.scene) if sees == "picture" else np.zeros((len(COLOURS), 3))
    return np.stack([_of_phrase(phrase, seen) for phrase in example.corruption.said])


def _of_phrase(phrase: Phrase, seen: Floats) -> Floats:
    """Its words, and for a thing what is seen of its colour, by its shape."""
    words = np.array([word in phrase.text for word in VOCABULARY], dtype=np.float64)
    shape = np.zeros((len(SHAPES), 4))
    if isinstance(phrase, Mention):
        there, amount, filled = seen[list(COLOURS).index(phrase.colour)]
        shape[SHAPES.index(phrase.shape)] = there, amount, filled, filled**2
    return np.concatenate([words, shape.ravel()])


def _look(about: Scene) -> Floats:
    """Of each colour whether it is there, ten times its share of the pixels, and how well it fills its frame."""
    pixels = np.asarray(about.image(), dtype=np.float64)[::2, ::2]  # every fourth will do
    nearest = ((pixels[..., None, :] - PALETTE) ** 2).sum(axis=-1).argmin(axis=-1)
    out = np.zeros((len(COLOURS), 3))
    for colour in range(len(COLOURS)):
        mask = (nearest == colour) & (pixels.min(axis=-1) <= BACKGROUND)
        rows, columns = np.nonzero(mask)
        if len(rows) >= SMALLEST // 2:
            frame = (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
            out[colour] = 1.0, 10 * mask.mean(), len(rows) / frame
    return out
