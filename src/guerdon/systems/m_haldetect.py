"""Which parts of a description are hallucinated, and best of n by a detector of them (Gunjal et al. 2023).

People marked segments of descriptions as ACCURATE, INACCURATE, ANALYSIS (what is concluded, not seen) or UNSURE. A
classifier trained on that gives every segment or sentence a probability of each class, and a description the mean over
its segments of log p(good). Of n descriptions the one with the highest score is kept. (FDPO, which trains on marked
segments without pairs, is an objective.)

Rows have `response` and `annotations`, mappings with `start`, `end`, `text` and `label`; offsets that do not fit are
mended by looking for the text. `accuracy` reads labels that people gave. For `passage` a label is a mapping of
classes to probabilities; a classifier is asked while scoring by `asking(passage(), annotations=classifier)`.

`classes="binary"` counts ANALYSIS as good, "ternary" leaves it out; UNSURE is always left out, except that a sentence
which holds nothing better is wrong (`sentence_labels`). Under total="mean" a long description dilutes a single
error; total="min" looks at the worst segment alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import log
from typing import Any, Literal

import numpy as np

from guerdon.leaf import reward
from guerdon.parse.segments import Segment, align, sentences
from guerdon.reward import Reward
from guerdon.rules import spans
from guerdon.sample import Row
from guerdon.scores import Floats, Score
from guerdon.systems import Measured, Published, System

Classes = Literal["binary", "ternary"]
WORTH: Mapping[Classes, Mapping[str, float]] = {
    "binary": {"ACCURATE": 1.0, "ANALYSIS": 1.0, "INACCURATE": 0.0},
    "ternary": {"ACCURATE": 1.0, "INACCURATE": 0.0},
}
SEVERITY = ("INACCURATE", "UNSURE", "ANALYSIS", "ACCURATE")
"""A sentence has the first of these that one of its segments has."""
LEAST = 1e-6
"""No probability counts as less, so that its logarithm is a number."""


def accuracy(*, classes: Classes = "binary") -> Reward:
    """Share of the segments that people marked as good."""
    return spans.labels(values=WORTH[classes]).reading(segments="annotations")


@reward("m_haldetect.passage", range=(log(LEAST), 0), grain="segment")
def passage(
    response: str,
    annotations: Sequence[Any],
    *,
    classes: Classes = "binary",
    total: Literal["mean", "min"] = "mean",
) -> Score:
    """Mean, or least, of log p(good) over the segments that a classifier gave probabilities to."""
    placed = align(response, annotations)
    if placed.value is None:
        return Score.inapplicable(placed.reason)
    good = spans.worth(placed.value, WORTH[classes])
    return spans.added_up([spans.Valued(span, log(max(chance, LEAST))) for span, chance in good], total)


def sentence_labels(response: str, annotations: Sequence[Any]) -> list[Segment]:
    """Every sentence with the severest label of the segments that reach into it; None for one without any.

    UNSURE becomes INACCURATE: nobody vouches for it. Raises ValueError for segments that are not in the response.

    >>> marks = [{"text": "a cat", "label": "ACCURATE"}, {"text": "two hats", "label": "INACCURATE"}]
    >>> [label for _, label in sentence_labels("I see a cat. It has two hats. Nice.", marks)]
    ['ACCURATE', 'INACCURATE', None]
    """
    found, placed = sentences(response), align(response, annotations)
    if found.value is None or placed.value is None:
        raise ValueError(found.reason or placed.reason)
    out = []
    for sentence in found.value:
        inside = {label for (start, stop), label in placed.value if start < sentence.stop and sentence.start < stop}
        worst = next((label for label in SEVERITY if label in inside), None)
        out.append(Segment(sentence, "INACCURATE" if worst == "UNSURE" else worst))
    return out


system = System(
    id="m-haldetect",
    title="Detecting and Preventing Hallucinations in Large Vision Language Models",
    year=2023,
    url="https://arxiv.org/abs/2308.06394",
    about=__doc__,
    rewards={"passage": passage, "accuracy": accuracy},
    published=(
        Published(
            "Change of the hallucination rate, %",
            "arXiv:2308.06394, abstract",
            ("model", "FDPO", "best of n"),
            (("InstructBLIP", -41, -55), ("LLaVA", "–", -15), ("mPLUG-Owl", "–", -57)),
        ),
        Published(
            "The classifier's accuracy and F1, %",
            "arXiv:2308.06394, from memory, not checked against the paper",
            ("classes", "sentence", "segment"),
            (("binary", "79.2 / 78.4", "83.9 / 83.2"), ("ternary", "71.4 / 70.8", "77.2 / 76.9")),
        ),
    ),
)


PROMPTS, SEGMENTS, DETECTS = 200, 6, 0.8
ERRORS = (3, 7)
"""Parameters of the Beta distribution of a description's share of wrong segments: 0.3 on average."""
N = 64
SENTENCES = [f"Statement number {i} stands here." for i in range(SEGMENTS)]
TEXT = " ".join(SENTENCES)


@system.proof(claim="best of 4 by mean log p halves the share of wrong segments", seconds=15)
def best_of_4(seed: int) -> Measured:
    """That share; the baseline is that of all descriptions, 0.30 in expectation."""
    return Measured(_kept(seed, 4), at_most=0.19, baseline=_kept(seed, 1))


@system.proof(claim="best of 64 leaves a quarter of them", seconds=5)
def best_of_64(seed: int) -> Measured:
    """The same for 64 descriptions."""
    return Measured(_kept(seed, N), at_most=0.09, baseline=_kept(seed, 1))


@system.proof(claim="and worst of 64 has twice as many: the score orders in both directions", seconds=5)
def worst_of_64(seed: int) -> Measured:
    """The share of wrong segments in what scores lowest."""
    return Measured(_kept(seed, N, worst=True), at_least=0.6, baseline=_kept(seed, 1))


@system.proof(claim="of few descriptions the mean chooses better than the worst segment does", seconds=15)
def mean_before_min(seed: int) -> Measured:
    """Best of 4 by the mean; the baseline, and the bar less 0.04, is best of 4 by the least log p."""
    least = _kept(seed, 4, total="min")
    return Measured(_kept(seed, 4), at_most=least - 0.04, baseline=least)


def _kept(seed: int, n: int, *, total: str = "mean", worst: bool = False) -> float:
    """Mean share of wrong segments in the best, or worst, of the first n descriptions of every prompt."""
    shares, scores = _scored(seed, total)
    pick = scores[:, :n].argmin(axis=1) if worst else scores[:, :n].argmax(axis=1)
    return float(shares[np.arange(PROMPTS), pick].mean() if n > 1 else shares.mean())


@cache
def _scored(seed: int, total: Literal["mean", "min"]) -> tuple[Floats, Floats]:
    """Shares of wrong segments and rewards, both [prompts, n], by a detector that is right in 80 % of all cases."""
    rng = np.random.default_rng(seed)
    rates = rng.beta(*ERRORS, size=(PROMPTS, N, 1))
    wrong = rng.random((PROMPTS, N, SEGMENTS)) < rates
    detected = wrong ^ (rng.random(wrong.shape) > DETECTS)
    rows = [_row(flags) for flags in detected.reshape(-1, SEGMENTS).tolist()]
    return wrong.mean(axis=-1), passage(total=total)(rows).values.reshape(PROMPTS, N)


def _row(flagged: Sequence[bool]) -> Row:
    chances = [1 - DETECTS if flag else DETECTS for flag in flagged]
    labels = [{"ACCURATE": p, "INACCURATE": 1 - p} for p in chances]
    return {
        "response": TEXT,
        "annotations": [{"text": text, "label": label} for text, label in zip(SENTENCES, labels, strict=True)],
    }
