"""Learning where to look without boxes to learn from: preference pairs of a model's own tries (Chen et al. 2025).

To a question the model first says where to look, is shown that crop, and then answers. Judges score the answer, and
how well the crop alone shows what the answer needs; of several tries the one that is good in both and the one that is
bad in both make a pair, and DPO is run on the box, then on box and answer (an objective, not here).

Rows of tries have `box` (the text of the first turn, 0–1), `response` (the answer), `group` (the question), and the
judges' replies `answer_reply` and `crop_reply`, {"score": 0.8}; or pass a callable, `answer(judge=…)`. A score outside
0–1 is unread. `focus` compares a box with the true one where there is any. `preferences` makes the pairs: the best of
all that pass both judges, where the official code (`as_published=True`) gives up if the very best answer does not. A
second try is to look elsewhere: `guerdon.use.pairs.box_elsewhere`.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from guerdon.batch import as_rows
from guerdon.geometry import Box
from guerdon.leaf import reward
from guerdon.parse.verdicts import rating
from guerdon.reward import Reward
from guerdon.rules import boxes
from guerdon.rules.asked import Ask, asking
from guerdon.sample import Row
from guerdon.scores import Floats, Score
from guerdon.systems import Measured, Published, System
from guerdon.use.pairs import Valued, box_elsewhere, group_pairs
from guerdon.world.policy import Indices, Softmax


def answer(*, judge: Ask | None = None) -> Reward:
    """How close the answer comes to the standard one, as a judge says, 0–1."""
    read = judged().reading(reply="answer_reply")
    return (asking(read, answer_reply=judge) if judge else read).named("answer")


def crop(*, judge: Ask | None = None) -> Reward:
    """How much of what the standard answer says can be seen in the crop alone, as a judge says, 0–1."""
    read = judged().reading(reply="crop_reply")
    return (asking(read, crop_reply=judge) if judge else read).named("crop")


def focus() -> Reward:
    """IoU of the box in `response`, 0–1, with the true one in `boxes`, in pixels of the image of `image_size`."""
    return boxes.iou(frame="unit", within=None).named("focus")


@reward("visrl.judged", range=(0, 1))
def judged(reply: str) -> float | Score:
    """The score of a judge's reply: {"score": 0.8}, in a fence or not, or a bare number."""
    read = rating(reply, low=0, high=1)
    return Score(None, read.status, read.reason) if read.value is None else read.value


def preferences(samples: Any, answers: Valued, crops: Valued, *, as_published: bool = False) -> list[Row]:
    """Rows to train on, one a question at most: `chosen_step` and `rejected_step` are boxes, `chosen` and `rejected`
    answers. Other columns are those of the chosen try.
    """
    rows = as_rows(samples)
    out: list[Row] = []
    for good, bad in group_pairs(rows, answers, [crops], only_extremes=as_published):
        rest = {k: v for k, v in rows[good].items() if k not in ("box", "response")}
        steps = {"chosen_step": rows[good]["box"], "rejected_step": rows[bad]["box"]}
        out.append({**rest, **steps, "chosen": rows[good]["response"], "rejected": rows[bad]["response"]})
    return out


system = System(
    id="visrl",
    title="VisRL: Intention-Driven Visual Perception via Reinforced Reasoning",
    year=2025,
    url="https://arxiv.org/abs/2503.07523",
    about=__doc__,
    rewards={"answer": answer, "crop": crop, "focus": focus},
    published=(
        Published(
            "What is trained on, and how",
            "arXiv:2503.07523",
            ("tries a question", "pairs", "thresholds", "DPO β"),
            (("3 × 2", 10_000, "0.8 and 0.2", 0.1),),
        ),
    ),
)


SIDE, COLOURS, ATTEMPTS, ROUNDS = 8, 4, 3, 30
CELLS = SIDE * SIDE
BETA, RATE, NOISE = 0.1, 30.0, 0.1
LOOKS, ANSWERS = 1.0, 2.0
"""Head start of the right cell, which makes 1/64 into 0.04, and of the right colour, of the logits."""
How = Literal["steps", "whole", "unfiltered"]


@system.proof(claim="pairs of its own tries teach where to look, without a box to learn from", seconds=20)
def without_boxes(seed: int) -> Measured:
    """Probability of looking at the cell asked about after 30 rounds; the baseline is that before, 0.04."""
    return Measured(_hit_rate("steps", seed), at_least=0.8, baseline=_hit_rate("steps", seed, rounds=0))


@system.proof(claim="pairs by the answer alone, trained on as a whole, teach it more slowly", seconds=20)
def by_answer(seed: int) -> Measured:
    """The same for steps and crops judged apart, whose bar lies 0.1 above the baseline: answers alone."""
    whole = _hit_rate("whole", seed)
    return Measured(_hit_rate("steps", seed), at_least=whole + 0.1, baseline=whole)


@system.proof(claim="and any two tries, whichever was scored higher, hardly", seconds=20)
def unfiltered(seed: int) -> Measured:
    """The same for pairs without thresholds and gates; the baseline is that of the filtered ones."""
    return Measured(_hit_rate("unfiltered", seed), at_most=0.4, baseline=_hit_rate("steps", seed))


class Tries(NamedTuple):
    """Of every question 3 natural tries and 3 that look elsewhere, in turn, all [tries]."""

    question: Indices
    cell: Indices
    """Where it looked."""
    seen: Indices
    """The colour there."""
    said: Indices
    """The colour that it answered."""
    right: NDArray[np.bool_]


class Policy(NamedTuple):
    """Where to look for a question, and what to answer to a colour."""

    look: Softmax
    say: Softmax

    def log_probabilities(self, tries: Tries) -> tuple[Floats, Floats]:
        """Of the two steps, each [tries]."""
        each = np.arange(len(tries.cell))
        look, say = self.look.probabilities(tries.question), self.say.probabilities(tries.seen)
        return np.log(look[each, tries.cell]), np.log(say[each, tries.said])


@cache
def _hit_rate(how: How, seed: int, rounds: int = ROUNDS) -> float:
    """Mean probability of looking at the right cell after rounds of tries, judging, pairs and a step of DPO."""
    rng = np.random.default_rng(seed)
    policy, reference = _untrained(), _untrained()
    for _ in range(rounds):
        tries = _tries(policy, rng)
        pairs = _pairs(how, tries, rng)
        if len(pairs):
            _dpo_step(policy, reference, Tries._make(part[pairs] for part in tries), apart=how != "whole")
    every = np.arange(CELLS)
    return float(policy.look.probabilities(every)[every, every].mean())


def _untrained() -> Policy:
    policy = Policy(Softmax([CELLS], CELLS), Softmax([COLOURS], COLOURS))
    policy.look.tables[0] += LOOKS * np.eye(CELLS)
    policy.say.tables[0] += ANSWERS * np.eye(COLOURS)
    return policy


def _tries(policy: Policy, rng: np.random.Generator) -> Tries:
    """A new picture for every question; a question asks for the colour of the cell of its number."""
    colours = rng.integers(COLOURS, size=(CELLS, CELLS))
    question = np.repeat(np.arange(CELLS), 2 * ATTEMPTS)
    cell = policy.look.draw(rng, question).reshape(-1, 2)
    for i in np.flatnonzero(cell[:, 0] == cell[:, 1]):
        cell[i, 1] = _another(int(cell[i, 0]), rng)
    looked = cell.ravel()
    seen = colours[question, looked]
    said = policy.say.draw(rng, seen)
    return Tries(question, looked, seen, said, said == colours[question, question])


def _another(cell: int, rng: np.random.Generator) -> int:
    """The cell at the middle of a box that does not overlap this one."""
    row, column = divmod(cell, SIDE)
    box = box_elsewhere(Box(column, row, column + 1, row + 1), rng, width=SIDE, height=SIDE)
    assert box is not None
    x1, y1, x2, y2 = box.corners
    return int((y1 + y2) / 2) * SIDE + int((x1 + x2) / 2)


def _pairs(how: How, tries: Tries, rng: np.random.Generator) -> Indices:
    """Positions of chosen and rejected tries, [pairs, 2], by what the judges' replies are worth."""
    answer_reply, crop_reply = _replies(tries.right, rng), _replies(tries.cell == tries.question, rng)
    columns = zip(answer_reply, crop_reply, tries.question.tolist(), strict=True)
    rows = [{"answer_reply": one, "crop_reply": other, "group": question} for one, other, question in columns]
    answers = answer()(rows)
    if how == "unfiltered":
        two = rng.permuted(np.arange(len(rows)).reshape(CELLS, -1), axis=1)[:, :2]
        worse = answers.values[two[:, 0]] < answers.values[two[:, 1]]
        return np.where(worse[:, None], two[:, ::-1], two)
    gates = [crop()(rows)] if how == "steps" else []
    return np.array(group_pairs(rows, answers, gates), dtype=np.intp).reshape(-1, 2)


def _replies(verdicts: NDArray[np.bool_], rng: np.random.Generator) -> list[str]:
    """What a judge writes who errs at times."""
    return [f'{{"score": {int(one)}}}' for one in verdicts ^ (rng.random(len(verdicts)) < NOISE)]


def _dpo_step(policy: Policy, reference: Policy, pairs: Tries, *, apart: bool) -> None:
    """One step up ½·log σ(β·Δ) of each step, or log σ(β·Δ) of both together; parts of `pairs` are [pairs, 2]."""
    ratios = []
    flat = Tries._make(part.ravel() for part in pairs)
    for now, then in zip(policy.log_probabilities(flat), reference.log_probabilities(flat), strict=True):
        ratios.append(np.subtract(*(now - then).reshape(-1, 2).T))
    margins = ratios if apart else [ratios[0] + ratios[1]] * 2
    look, say = (BETA / (1 + np.exp(BETA * margin)) * (0.5 if apart else 1.0) for margin in margins)
    policy.look.learn(flat.cell, _signed(look), flat.question, rate=RATE * len(flat.cell))
    policy.say.learn(flat.said, _signed(say), flat.seen, rate=RATE * len(flat.said) / (CELLS // COLOURS))


def _signed(strength: Floats) -> Floats:
    """Towards what was chosen and away from what was rejected, in turn."""
    return np.stack([strength, -strength], axis=1).ravel()
