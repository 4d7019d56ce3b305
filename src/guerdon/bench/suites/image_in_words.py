"""ImageInWords: which of two descriptions of an image people find better, on five axes (Garg et al. 2024).

Each row is five items, one an axis, with the column `aspect`. Pictures are not part of the files: without them a
reward can judge style, and hallucination not at all. One side is almost always the longer text of trained people,
which is the first candidate here: the baselines "first" and "longer" are the ones to beat.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guerdon.bench.benchmark import Benchmark
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item
from guerdon.bench.suites._generated import place
from guerdon.bench.suites._graded import calibrated, decided, strength_weighted
from guerdon.sample import Row, Sample

AXES = {
    "metrics/Comprehensiveness": "comprehensiveness", "metrics/Specificity": "specificity",
    "metrics/Hallucination": "hallucination", "metrics/Human Like": "human-like",
    "metrics/First few line(s) as tldr": "tldr",
}  # fmt: skip
NEUTRAL = "Neutral"
STRENGTHS = {"marginally": 1.0, "substantially": 2.0}
ASKED = "Describe the image in detail."
"""The prompt of a sample: the files hold no instruction."""


def items(row: Row) -> list[Item]:
    """The judged axes of a row, in which gold leads by 2 for substantially better, 1 for marginally, 0 for neutral.

    Raises ValueError for a row without judgements, or of whose two texts one is missing.
    """
    other, verdicts = _judged(row)
    if row.get("IIW") is None or row.get(other) is None:
        raise ValueError(f"the text of {other} is not in the data")
    name = str(row.get("image/key") or place(row.get("image") or ""))
    return [_item(row, other, name, axis, str(verdicts[key])) for key, axis in AXES.items() if verdicts.get(key)]


def lead(verdict: str, other: str) -> float:
    """How far the first side leads: 2, 1, 0, −1 or −2.

    >>> [lead(verdict, "DOCCI") for verdict in ("IIW is substantially better", "DOCCI is marginally better", "Neutral")]
    [2.0, -1.0, 0.0]
    """
    if verdict == NEUTRAL:
        return 0.0
    side, middle, rest = verdict.partition(" is ")
    degree = rest.removesuffix(" better")
    if not middle or degree not in STRENGTHS or side not in ("IIW", "IIW-Human", other):
        raise ValueError(f"a verdict nobody foresaw: {verdict!r:.60}")
    return -STRENGTHS[degree] if side == other else STRENGTHS[degree]


def _judged(row: Row) -> tuple[str, Mapping[str, Any]]:
    if row.get("iiw-human-sxs-iiw-p5b") is not None:
        return "IIW-P5B", row["iiw-human-sxs-iiw-p5b"]
    if any(row.get(key) is not None for key in AXES):
        return ("DCI" if row.get("ex_id") is not None else "DOCCI"), row
    raise ValueError("not judged side by side")


def _item(row: Row, other: str, name: str, axis: str, verdict: str) -> Item:
    by = lead(verdict, other)
    samples = tuple(Sample(ASKED, row[side], aspect=axis, image_name=name) for side in ("IIW", other))
    return Item(f"{name}/{axis}", samples, (max(by, 0.0), max(-by, 0.0)), axis, name)


benchmark = Benchmark(
    name="image-in-words",
    title="ImageInWords: Unlocking Hyper-Detailed Image Descriptions",
    url="https://github.com/google/imageinwords",
    licence="CC-BY-4.0",
    about=__doc__,
    item=items,
    metrics=(
        Metric("accuracy", "How often the better text is preferred, where people decided; a tie counts ½.", decided),
        Metric("with ties", "Neutral included, at the best threshold for ties.", figure=calibrated(),
               with_unread=True),
        Metric("by strength", "As accuracy, substantially better counting twice.", figure=strength_weighted,
               with_unread=True),
    ),
    files=("imageinwords/*.jsonl",),
    groups=tuple(AXES.values()),
)  # fmt: skip
