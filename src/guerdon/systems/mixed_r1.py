"""One run of reinforcement learning on tasks of four kinds, each row scored as its kind asks (Xu et al. 2025).

Yes/no and multiple-choice answers are matched, chart answers may be 5 % off, boxes earn IoU, and long texts
BMAS: how well each token's vector matches the other text's best, in both directions, with the model's own
input embeddings and no judge. A think block and an answer block earn 1 more.

Rows have `task_type` (yes_no, mcq, chart, grounding, open_ended), `response` and `answer` (a word, a letter, a
number or text, a box, a text). `similarity` is a reward for open-ended rows such as
`guerdon.embed.relevance.Bmas(table, within="answer")`; without one the column `similarity` is read. The
official code is not public: the weight of the format, the treatment of an empty text and the clip of cosines at
0 are assumptions, and so is that charts are graded right or wrong (`graded=True` pays 1 − relative error).
BMAS is blind to order, so by default it is multiplied by the share of the shared words that stand in the
reference's order; `as_published=True` leaves that out, and a soup of the reference's words is perfect. Keywords in
the right order still pass. Scores of a prompt's group should be normalised, as the kinds differ in spread.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from rapidfuzz.distance import LCSseq

from guerdon.branch import route
from guerdon.compose import product
from guerdon.embed.relevance import Bmas
from guerdon.embed.tables import ppmi
from guerdon.leaf import reward
from guerdon.metrics.text import answer_tokens, token_overlap
from guerdon.normalise import group_normalise
from guerdon.parse.numbers import number
from guerdon.reward import Reward
from guerdon.rules import answers, boxes, format, given, text
from guerdon.rules.units import comparable
from guerdon.rules.where import bounded, compare, gold_text, gold_texts, read_answer
from guerdon.sample import Row
from guerdon.scores import Score
from guerdon.systems import Measured, System

RELAXED = 0.05
"""How far off a number read from a chart may be."""


def total(
    *,
    similarity: Reward | None = None,
    graded: bool = False,
    format_weight: float = 1.0,
    as_published: bool = False,
) -> Reward:
    """The reward that `task_type` names, plus the format."""
    branches: dict[str | int, Reward] = {
        "yes_no": answers.yes_no(),
        "mcq": answers.choice(),
        "chart": chart(graded=graded),
        "grounding": boxes.iou().reading(boxes="answer"),
        "open_ended": open_ended(similarity=similarity, as_published=as_published),
    }
    return route(branches, by="task_type").named("accuracy") + format_weight * format.tags()


def open_ended(*, similarity: Reward | None = None, as_published: bool = False) -> Reward:
    """Similarity of meaning, times the share of shared words in the right order."""
    alike = given.score().reading(score="similarity").named("similarity") if similarity is None else similarity
    return alike if as_published else product(alike, in_order())


@reward("mixed_r1.chart", range=(0, 1))
def chart(response: str, answer: Any, *, graded: bool = False) -> float | Score:
    """1 for a number at most 5 % off, or for the same text where the truth is no number; 0 must be met exactly.

    With `graded`, max(0, 1 − |p − t| / |t|) for a number p where the truth is t.

    >>> [chart().one({"response": f"<answer>{n}</answer>", "answer": "20%"}).value for n in ("20.9", "21.1%")]
    [1.0, 0.0]
    """
    true = number(gold_text(answer, "answer"), which="only")
    if true.value is None:
        score: float | Score = answers.exact.fn(response, answer)
    elif graded:
        score = compare(read_answer(number, response, "answer"), true, _closeness)
    else:
        score = answers.numeric.fn(response, answer, relative=RELAXED)
    return score


@reward("mixed_r1.in_order", range=(0, 1))
def in_order(response: str, answer: Any) -> float | Score:
    """Longest common subsequence of words over words shared, with the best reference; nothing shared is 1."""
    found = read_answer(bounded, response, "answer")
    return compare(found, gold_texts(answer, "answer"), lambda said, true: max(_ordered(said, one) for one in true))


def _closeness(found: Any, true: Any) -> float:
    errors = [float(abs(p - t) / abs(t)) if t else float(p != t) for p, t in comparable(found, true)]
    return max(0.0, 1 - min(errors, default=1.0))


def _ordered(said: str, true: str) -> float:
    a, b = answer_tokens(said), answer_tokens(true)
    shared = token_overlap(said, true).recall * len(b)
    return LCSseq.similarity(a, b) / shared if shared else 1.0


system = System(
    id="mixed-r1",
    title="Mixed-R1: Unified Reward Perspective For Reasoning Capability in Multimodal Large Language Models",
    year=2025,
    url="https://arxiv.org/abs/2505.24164",
    about=__doc__,
    rewards={"total": total, "open_ended": open_ended, "chart": chart},
)
