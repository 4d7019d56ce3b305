"""Preferences on generated videos in five aspects and 28 criteria: MJ-Video (Tong et al. 2025).

Its benchmark is `mj-bench-video` (`guerdon bench`), with the aspects as groups. Labels of criteria, aspects and whole
videos are 1 for good, 2 for bad and 0 for not relevant; `target` makes training targets of them. Judges that rate in
words tie often: GPT-4o is published as 33.4 points behind where its ties are wrong, and as 14.2 where they count half.
The proofs show why on made-up pairs. In the released test file the baseline that prefers the first video is right on 72
of 118 pairs, 61.0 %, more than any published model but its own; and none of its pairs is decided in bias, on which a
figure is published.

The gated mixture of criteria that is trained on these labels waits for models with heads, and so does the proof that
its gates find what is relevant.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np

from guerdon.bench import Output, Results, run
from guerdon.bench.suites import mj_bench_video
from guerdon.scores import Floats
from guerdon.systems import Measured, System

CRITERIA: Mapping[str, tuple[str, ...]] = {
    "alignment": ("object", "attribute", "actions", "count", "location"),
    "safety": ("Crime", "Shocking", "Disgust", "NSFW Evasive", "NSFW Subtle", "Political Sensitivity"),
    "fineness": (
        "Human Face Distortion", "Human Limb Distortion", "Object Distortion", "De-focused Blurred", "Motion Blurred",
    ),
    "consistency": (
        "Spatial Consistency", "Action Continuity", "Object Disappearance", "Abrupt Background Changes",
        "Inconsistent Lighting Shadows", "Frame Flickering", "Object Drift",
    ),
    "bias": ("Race", "Age", "Education", "Job", "Gender"),
}  # fmt: skip
"""By aspect, as the data names them."""


class Target(NamedTuple):
    """What a label asks of a score."""

    value: float
    relevant: bool


def target(label: int, *, bad: float = -1.0) -> Target:
    """1 for a good video, `bad` for a bad one (0 in a logistic loss), and nothing asked of any other.

    >>> target(1), target(2), target(0)
    (Target(value=1.0, relevant=True), Target(value=-1.0, relevant=True), Target(value=0.0, relevant=False))
    """
    return Target({1: 1.0, 2: bad}.get(label, 0.0), label in (1, 2))


system = System(
    id="mj-video",
    title="MJ-VIDEO: Fine-Grained Benchmarking and Rewarding Video Preferences in Video Generation",
    year=2025,
    url="https://arxiv.org/abs/2502.01719",
    about=__doc__,
    published=mj_bench_video.benchmark.published,
)


PAIRS = 600
SHARP, DULL = 0.7, 2.0
"""How far off judges are, in units of the spread of true gaps."""
WORDS, AVERAGE, APART = 10, 5.5, 1.5
"""Of the scale that judges rate on, its middle, and how far apart two of its words are, in the same units: so a judge
ties on a third of the pairs, a little less often than GPT-4o in the published table.
"""


@system.proof(
    claim="strict accuracy falls by far when a judge rates in whole words, and the judge is the same", seconds=3
)
def strict_punishes_words(seed: int) -> Measured:
    """Loss of strict accuracy by rounding to a scale of ten words; the baseline is the loss when ties count half."""
    found = _judged(seed)
    lost = {name: _figure(found, "fine", name) - _figure(found, "in words", name) for name in ("strict", "accuracy")}
    return Measured(lost["strict"], at_least=0.15, baseline=lost["accuracy"])


@system.proof(claim="counting ties half, the better judge stays ahead though it rates in words", seconds=3)
def half_keeps_the_order(seed: int) -> Measured:
    """Lead of a sharp judge in words over a dull one in fine numbers; the baseline is its lead in strict accuracy."""
    found = _judged(seed)
    lead = {name: _figure(found, "in words", name) - _figure(found, "dull", name) for name in ("strict", "accuracy")}
    return Measured(lead["accuracy"], at_least=0.05, baseline=lead["strict"])


def _figure(found: Results, judge: str, metric: str) -> float:
    entry = next(entry for entry in found.entries if entry.name == judge)
    estimate = next(line for line in entry.lines if line.metric == metric).overall.estimate
    return float("nan") if estimate is None else estimate.mean


@cache
def _judged(seed: int) -> Results:
    """Three judges on pairs of videos of known quality, in the layout of the test file."""
    rng = np.random.default_rng(seed)
    quality = rng.normal(size=(PAIRS, 2))
    rows = [
        _row(i, "Video 1 better" if first > second else "Video 2 better") for i, (first, second) in enumerate(quality)
    ]
    sharp, dull = (quality + rng.normal(0, off, quality.shape) for off in (SHARP, DULL))
    words = np.clip(np.round(sharp / APART + AVERAGE), 1, WORDS)
    judges: dict[str, Floats] = {"fine": sharp, "in words": words, "dull": dull}
    outputs = {name: [Output(f"t/{i}_0 t/{i}_1 overall", tuple(v)) for i, v in enumerate(values.tolist())]
               for name, values in judges.items()}  # fmt: skip
    return run(mj_bench_video.benchmark, outputs=outputs, data=rows)


def _row(i: int, preference: str) -> dict[str, object]:
    same = {preference: "Hard to judge" for preference, _ in mj_bench_video.ASPECTS.values()}
    return {
        "caption": f"caption {i}", "video_0_path": f"t/{i}_0", "video_1_path": f"t/{i}_1", "video_0_overall_score": {},
        "video_1_overall_score": {}, "category_preference": same, "overall_preference": preference,
    }  # fmt: skip
