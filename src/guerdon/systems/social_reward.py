"""A scorer of pictures that learned from what people picked up to work on (Isajanyan et al. 2024).

Users of a creative tool remix some pictures often and others never; pairs of both, made for one prompt, train CLIP by
a triplet loss. The score is the cosine of the text's and the picture's vectors, and the loss the mean of
max(|t − i⁺|² − |t − i⁻|² + 0.3, 0) over unit vectors, which is max(0.3 − 2·(cos⁺ − cos⁻), 0): it stops once the picked
one leads by a cosine of 0.15. It is `metrics.alignment.triplet`; the torch form, and the encoder, wait.

Rows have `text_embedding` and `image_embedding`. `use.pairs.feedback_pairs` makes the pairs. What was never picked
counts as ignored only if it was shown often enough, and what was picked counts by showing: without that, pairs teach
which pictures are shown. Remixing mixes taste with exposure and with how easily a picture is edited; it says nothing
about safety or alignment.

Published accuracies count a tie as right (`verdicts.accuracy(ties=1)`), by which an encoder that maps all pictures to
one point has 100 %; by default a tie counts half.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

import numpy as np

from guerdon.embed.given import cosine
from guerdon.metrics.alignment import triplet, unit
from guerdon.reward import Reward
from guerdon.sample import Row
from guerdon.scores import Floats
from guerdon.systems import Measured, Published, System
from guerdon.use.pairs import Pair, feedback_pairs
from guerdon.world.policy import Adam

MARGIN = 0.3


def social_reward() -> Reward:
    """Cosine of the vectors of text and picture."""
    return cosine().named("social_reward")


system = System(
    id="social-reward",
    title="Social Reward: Evaluating and Enhancing Generative AI through Million-User Feedback from an Online "
    "Creative Community",
    year=2024,
    url="https://arxiv.org/abs/2402.09872",
    about=__doc__,
    rewards={"social_reward": social_reward},
    published=(
        Published(
            "Accuracy on pairs of the social test set, %; a tie counts as right",
            "arXiv:2402.09872, from memory, not checked against the paper",
            ("scorer", "accuracy"),
            (("Social Reward", 69.7), ("PickScore", "62–63"), ("ImageReward", "≈ 60"), ("HPS, HPSv2", "59–61"),
             ("aesthetic", "55–57"), ("CLIP", "52–53")),
        ),
    ),
)  # fmt: skip

PROMPTS, IMAGES, WIDTH = 1500, 10, 16
TASTE, RARE, SHOWN, SPREAD, PUSHED = 5.0, 2.0, 60.0, 1.0, 6.0
"""Log-odds of being picked per unit of taste, and at none; showings, their spread, and how far a second direction of
the picture, which nobody has a taste for, decides them."""
PICKED, POPULAR, ENOUGH, RAW = 0.1, 0.05, 30.0, 5.0
"""Picks per showing of the most popular; picks per showing, showings and bare picks that pairs are made by."""
STEPS, BATCH, RATE = 400, 512, 0.02
Control = Literal["by showing", "raw"]


@system.proof(claim="a linear adapter trained on remix pairs finds what people like", seconds=15)
def adapter(seed: int) -> Measured:
    """Accuracy on pairs of new prompts, at least that of true popularity less 0.03; the baseline is no adapter."""
    chosen, rejected = _gallery(seed, 1).popularity.ravel()[np.array(_pairs(seed, 1, "by showing"))].T
    best = float(np.mean(chosen > rejected))
    trained = _accuracy(seed, _trained(seed, "by showing"))
    return Measured(trained, at_least=best - 0.03, baseline=_accuracy(seed, np.eye(WIDTH)))


@system.proof(claim="pairs by raw counts teach what is shown, not what is liked", seconds=15)
def raw_counts(seed: int) -> Measured:
    """Accuracy after training on pairs by raw counts, at most 0.02 below the baseline, which controls exposure."""
    controlled = _accuracy(seed, _trained(seed, "by showing"))
    return Measured(_accuracy(seed, _trained(seed, "raw")), at_most=controlled - 0.02, baseline=controlled)


@system.proof(claim="an encoder that maps all pictures to one point is at chance", seconds=10)
def collapse(seed: int) -> Measured:
    """Its accuracy where a tie counts half; the baseline is the published count, for which it is perfect."""
    nothing = np.zeros((WIDTH, WIDTH))
    return Measured(_accuracy(seed, nothing), at_most=0.5, baseline=_accuracy(seed, nothing, ties=1.0))


class Gallery(NamedTuple):
    """Pictures made for prompts, and what became of them; [prompts, images] each."""

    texts: Floats
    """[prompts, d], unit vectors near one direction, as those of an encoder are."""
    images: Floats
    """[prompts, images, d], unit vectors."""
    popularity: Floats
    """Chance of being picked, up to a factor."""
    exposures: Floats
    counts: Floats


@cache
def _gallery(seed: int, part: int) -> Gallery:
    axes, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(WIDTH, WIDTH)))
    rng = np.random.default_rng((seed, part))
    texts = unit(axes[0] + 0.5 * rng.normal(size=(PROMPTS, WIDTH)) / WIDTH**0.5)
    images = unit(rng.normal(size=(PROMPTS, IMAGES, WIDTH)))
    popularity = 1 / (1 + np.exp(RARE - TASTE * images @ axes[1]))
    exposures = SHOWN * np.exp(SPREAD * rng.normal(size=popularity.shape) + PUSHED * images @ axes[2])
    counts = rng.poisson(PICKED * exposures * popularity).astype(np.float64)
    return Gallery(texts, images, popularity, exposures, counts)


@cache
def _pairs(seed: int, part: int, control: Control) -> tuple[Pair, ...]:
    gallery = _gallery(seed, part)
    rows: list[Row] = [{"group": prompt} for prompt in range(PROMPTS) for _ in range(IMAGES)]
    counts, exposures = gallery.counts.ravel(), gallery.exposures.ravel()
    if control == "raw":
        return tuple(feedback_pairs(rows, counts, popular=RAW))
    return tuple(feedback_pairs(rows, counts, exposures, popular=POPULAR, seen=ENOUGH))


@cache
def _trained(seed: int, control: Control) -> Floats:
    """A matrix [d, d] for pictures' vectors, by Adam down the triplet loss."""
    gallery, pairs = _gallery(seed, 0), np.array(_pairs(seed, 0, control))
    images = gallery.images.reshape(-1, WIDTH)
    rng, matrix, adam = np.random.default_rng((seed, 2)), np.eye(WIDTH), Adam(RATE)
    for _ in range(STEPS):
        drawn = pairs[rng.integers(0, len(pairs), BATCH)]
        texts = gallery.texts[drawn[:, 0] // IMAGES]
        matrix -= adam.step(triplet_gradient(matrix, texts, images[drawn[:, 0]], images[drawn[:, 1]]))
    return matrix


def triplet_gradient(matrix: Floats, texts: Floats, chosen: Floats, rejected: Floats) -> Floats:
    """∂/∂matrix of the triplet loss of unit texts [n, d] and of adapted pictures matrix·i, scaled to length 1."""
    (better, up), (worse, down) = (_toward(matrix, texts, images) for images in (chosen, rejected))
    active = (MARGIN - 2 * (better - worse) > 0)[:, None]
    return np.asarray(2 * ((active * down).T @ rejected - (active * up).T @ chosen) / len(texts))


def triplet_loss(matrix: Floats, texts: Floats, chosen: Floats, rejected: Floats) -> float:
    """The loss whose gradient that is."""
    return triplet(texts, unit(chosen @ matrix.T), unit(rejected @ matrix.T), MARGIN)


def _toward(matrix: Floats, texts: Floats, images: Floats) -> tuple[Floats, Floats]:
    """Cosines with the texts [n], and their gradients by the adapted pictures [n, d]."""
    adapted = images @ matrix.T
    length = np.linalg.norm(adapted, axis=1, keepdims=True)
    likeness = (texts * adapted).sum(axis=1, keepdims=True) / length
    return likeness[:, 0], (texts - likeness * adapted / length) / length


def _accuracy(seed: int, matrix: Floats, ties: float = 0.5) -> float:
    """The reward's own, on pairs of new prompts that are controlled for exposure."""
    gallery = _gallery(seed, 1)
    images = (gallery.images @ matrix.T).reshape(-1, WIDTH)
    sides = [
        [{"text_embedding": gallery.texts[i // IMAGES], "image_embedding": images[i]} for i in side]
        for side in zip(*_pairs(seed, 1, "by showing"), strict=True)
    ]
    return social_reward().compare(*sides).accuracy(ties=ties)
