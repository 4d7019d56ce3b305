"""Masks from any prompt: what a promptable segmenter is rewarded and measured by (Zou et al. 2023).

SEEM is a network; here is its other side. Overlap of one mask (`masks.iou`, `masks.dice`, `masks.boundary_f`)
and of a set (`masks.cumulative_iou`), clicks to a threshold (`masks.clicks`), the simulated user who makes
those clicks and the episode that rewards them (`guerdon.world.clicks`), and the referring figures over a data
set (`grounding`). Any function from clicks to a mask can be plugged in where the network would stand.

Three conventions for an empty mask where nothing is to be found are in use: 1, as here by default and in
gIoU; 0, as in SEEM's referring mIoU; and no value, as in its training IoU. `both_empty` names them.
`grounding(as_published=True)` adds 10⁻⁶ to every union as SEEM does, so that an overlap of exactly a
threshold misses it. Losses and the network's adapters wait for models.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from guerdon.metrics.masks import areas, cumulative_iou
from guerdon.metrics.runs import Bools
from guerdon.rules import masks
from guerdon.systems import Measured, Published, System
from guerdon.world.clicks import Click, Segmenter, Session, clicks_to, next_click, simulate
from guerdon.world.policy import Floats, Softmax, group_relative

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)


def grounding(predicted: Sequence[Bools], true: Sequence[Bools], *, as_published: bool = False) -> dict[str, float]:
    """cIoU, mIoU and the share of masks whose IoU reaches each threshold, in %; empty pairs have IoU 0.

    >>> half, whole = np.array([[1, 0]], bool), np.array([[1, 1]], bool)
    >>> grounding([half, whole], [whole, whole])["cIoU"], grounding([half, whole], [whole, whole])["precision@0.5"]
    (75.0, 100.0)
    """
    found = [areas(p, t) for p, t in zip(predicted, true, strict=True)]
    spare = 1e-6 if as_published else 0.0
    ious = np.array([a.shared / (a.union + spare) if a.union else 0.0 for a in found])
    shares = {f"precision@{t}": float((ious >= t).mean()) * 100 for t in THRESHOLDS}
    return {"cIoU": cumulative_iou(found, both_empty=0.0) * 100, "mIoU": float(ious.mean()) * 100, **shares}


system = System(
    id="seem",
    title="Segment Everything Everywhere All at Once",
    year=2023,
    url="https://arxiv.org/abs/2304.06718",
    about=__doc__,
    rewards={
        "iou": masks.iou, "dice": masks.dice, "boundary_f": masks.boundary_f, "ciou": masks.cumulative_iou,
        "clicks": masks.clicks,
    },
    published=(
        Published(
            "RefCOCOg (%) and clicks to IoU 0.85 and 0.90 on Pascal VOC",
            "github.com/UX-Decoder/Segment-Everything-Everywhere-All-At-Once, branch v1.0",
            ("model", "cIoU", "mIoU", "AP50", "NoC@85", "NoC@90"),
            (("SEEM v1, Focal-L", 62.4, 67.8, 76.0, 2.66, 3.44), ("SEEM v1, SAM-ViT-L", "–", "–", "–", 2.40, 2.96)),
        ),
    ),
)  # fmt: skip


SIZE, CELLS = 40, 4
"""Pixels along each side of a picture, and cells along each side that a policy may click in."""
NOISE, COLOUR = 0.05, 0.5
"""Standard deviation of a colour, 0–1, and what a difference of colours weighs beside one of places."""
SHAPES, FIRST = 200, 8
"""Shapes cut out in a proof, and the clicks each of which has to help."""
STEPS, EPISODES, CLICKS, RATE = 60, 16, 6, 20.0


@system.proof(claim="simulated clicks raise the mean IoU one after the other", seconds=12)
def clicks_help(seed: int) -> Measured:
    """Mean IoU of a nearest-prototype segmenter on 200 shapes after eight clicks, 0 if one of them lowered it; the
    baseline clicks anywhere."""
    deep, anywhere = (runs[:, :FIRST].mean(axis=0) for runs in _clicked(seed))
    return Measured(float(deep[-1]) * bool((np.diff(deep) > 0).all()), at_least=0.85, baseline=float(anywhere[-1]))


@system.proof(claim="where the error is deepest takes at most 60 % of the clicks that random places take", seconds=1)
def deep_clicks_are_few(seed: int) -> Measured:
    """Mean clicks to an IoU of 0.85, at most 20; the baseline clicks anywhere."""
    deep, anywhere = (float(np.mean([clicks_to(ious) for ious in runs])) for runs in _clicked(seed))
    return Measured(deep, at_most=0.6 * anywhere, baseline=anywhere)


@system.proof(claim="the gain in IoU as a reward teaches where to click", seconds=15)
def gain_teaches(seed: int) -> Measured:
    """Mean IoU after six clicks of a policy that sees which of 16 cells is most wrong; the baseline clicks the middle
    of the object again and again."""
    rng = np.random.default_rng(seed)
    policy = _learned(rng)
    return Measured(_tested(rng, policy), at_least=0.6, baseline=_tested(rng, None))


@cache
def _clicked(seed: int) -> tuple[Floats, Floats]:
    """IoU after each click, [shapes, clicks], by the simulated user and by one who clicks anywhere."""
    rng = np.random.default_rng(seed)

    def anywhere(predicted: Bools, true: Bools, clicks: Sequence[Click]) -> Click:
        x, y = rng.integers(0, SIZE, 2).tolist()
        return Click(x, y, bool(true[y, x]))

    scenes = [_scene(rng) for _ in range(SHAPES)]
    deep, random = ([simulate(*scene, choose=choose) for scene in scenes] for choose in (next_click, anywhere))
    return np.array(deep), np.array(random)


def _scene(rng: np.random.Generator) -> tuple[Segmenter, Bools]:
    """A noisy picture of three coloured shapes, as a segmenter of it, and the last shape."""
    colours = rng.uniform(0, 1, (4, 3))
    picture = np.tile(colours[0], (SIZE, SIZE, 1))
    for colour in colours[1:]:
        shape = _shape(rng)
        picture[shape] = colour
    return _nearest_prototype(picture + rng.normal(0, NOISE, picture.shape)), shape


def _shape(rng: np.random.Generator) -> Bools:
    """An ellipse or a rectangle, turned."""
    y, x = np.mgrid[:SIZE, :SIZE] - rng.uniform(SIZE / 4, 3 * SIZE / 4, (2, 1, 1))
    long, wide = rng.uniform(5, 12, 2)
    turn = rng.uniform(0, np.pi)
    u, v = (x * np.cos(turn) + y * np.sin(turn)) / long, (y * np.cos(turn) - x * np.sin(turn)) / wide
    return np.asarray(u * u + v * v <= 1 if rng.random() < 0.5 else np.maximum(abs(u), abs(v)) <= 1)


def _nearest_prototype(picture: NDArray[np.float64]) -> Segmenter:
    """Every pixel is what the click is that it is nearest to, in colour and place."""
    y, x = np.mgrid[:SIZE, :SIZE] / SIZE
    features = np.concatenate([COLOUR * picture, x[..., None], y[..., None]], axis=-1)

    def segment(clicks: Sequence[Click]) -> Bools:
        prototypes = np.array([features[click.y, click.x] for click in clicks])
        distances = ((features[:, :, None] - prototypes) ** 2).sum(axis=-1)
        return np.asarray(np.array([click.positive for click in clicks])[distances.argmin(axis=-1)])

    return segment


def _learned(rng: np.random.Generator) -> Softmax:
    policy = Softmax([CELLS**2], CELLS**2)
    for _ in range(STEPS):
        seen, chosen = np.empty((2, CLICKS, EPISODES), dtype=np.intp)
        gains = np.empty((CLICKS, EPISODES))
        sessions = [_session(rng) for _ in range(EPISODES)]
        for k in range(CLICKS):
            seen[k] = [_worst_cell(session) for session in sessions]
            chosen[k] = policy.draw(rng, seen[k])
            gains[k] = [s.step(*_middle(cell)) for s, cell in zip(sessions, chosen[k].tolist(), strict=True)]
        policy.learn(chosen.ravel(), group_relative(gains).ravel(), seen.ravel(), rate=RATE)
    return policy


def _tested(rng: np.random.Generator, policy: Softmax | None) -> float:
    """Mean IoU at the end of 100 sessions; without a policy the middle of the object is clicked."""
    ends = []
    for _ in range(100):
        session = _session(rng)
        y, x = np.argwhere(session.true).mean(axis=0).round().astype(int).tolist()
        for _ in range(CLICKS):
            if policy is not None:
                x, y = _middle(int(policy.draw(rng, [_worst_cell(session)])[0]))
            session.step(x, y)
        ends.append(session.iou)
    return float(np.mean(ends))


def _session(rng: np.random.Generator) -> Session:
    return Session(*_scene(rng), target=1.0, limit=CLICKS)


def _worst_cell(session: Session) -> int:
    side = SIZE // CELLS
    wrong = (session.mask != session.true).reshape(CELLS, side, CELLS, side).sum(axis=(1, 3))
    return int(wrong.argmax())


def _middle(cell: int) -> tuple[int, int]:
    y, x = divmod(cell, CELLS)
    side = SIZE // CELLS
    return x * side + side // 2, y * side + side // 2
