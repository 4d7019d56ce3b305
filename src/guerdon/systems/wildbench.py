"""Hard tasks of real users, judged with checklists: scores, or five grades against a rival (Lin et al. 2024).

The judge's replies are in the column `verdict`; to ask one while scoring, write `asking(score(), verdict=judge)`.
`guerdon bench wildbench-score` and `wildbench-pairwise` count released results of a model as the leaderboard does, and
soundly.

The length rule makes a slight win of a longer text a tie, and a slight loss to one, so it can help either side. It
knows nothing of why the longer one was preferred: it helps with a judge who leans to length, as the one in the proof,
and hides true wins where the judge does not.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from guerdon.bench.outputs import flag
from guerdon.bench.suites._wildbench import choice
from guerdon.bench.suites.wildbench_pairwise import benchmark
from guerdon.leaf import reward
from guerdon.metrics.correlation import srcc
from guerdon.metrics.outcomes import Tally, length_tied, tally
from guerdon.reward import Reward
from guerdon.rules.judged import rating
from guerdon.scores import ContractError, Floats, Score
from guerdon.systems import Measured, Published, System

MORE = 500
"""Characters by which the winner may be longer, on the leaderboard."""


def score() -> Reward:
    """The judge's score from 1 to 10, scaled to 0–1."""
    return rating(low=1, high=10)


@reward("wildbench.outcome", range=(-1, 1))
def outcome(
    verdict: str, response: str, rival: str, swapped: bool | str | None = None, *, more: float | None = MORE
) -> float | Score:
    """1, ½, 0, −½ or −1 as the response is much better to much worse than the rival's, slight leads of length tied.

    `verdict` is JSON with a choice of A++, A+, A=B, B+ or B++, the response being A unless `swapped`. A win of ½ by a
    text more than `more` characters longer than the other is a tie, and so is a loss; None leaves both. A choice that
    cannot be read is UNREAD; a `swapped` that is neither true nor false, also as text, makes the row FAILED.

    >>> row = {"verdict": '{"choice": "A+"}', "response": "x" * 801, "rival": "x" * 300}
    >>> outcome().one(row).value, outcome(more=None).one(row).value, outcome().one({**row, "swapped": True}).value
    (0.0, 0.5, -0.5)
    """
    if more is not None and more < 0:
        raise ContractError(f"wildbench.outcome: more={more}: write characters, or None for no length rule")
    read = choice(verdict)
    if read.value is None:
        return Score(None, read.status, read.reason)
    turned = flag(False if swapped is None else swapped)
    if turned is None:
        raise ValueError(f"swapped={swapped!r:.20} is neither true nor false")
    value = -read.value if turned else read.value
    return value if more is None else float(length_tied([value], [len(response)], [len(rival)], more=more)[0])


class Counts(NamedTuple):
    """A row of the leaderboard against GPT-4-turbo."""

    model: str
    more: int
    """K; −1 is no length rule."""
    tally: Tally
    total: int
    """Items, those left out for an empty or cut answer among them."""
    reward: float
    """As published, x100."""


RELEASED = (
    Counts("gpt-4o-2024-05-13", 500, Tally(81, 171, 313, 272, 72), 1024, -4.05),
    Counts("gpt-4o-2024-05-13", -1, Tally(81, 322, 128, 306, 72), 1024, 1.66),
    Counts("claude-3-opus", 500, Tally(70, 177, 361, 187, 168), 1024, -10.06),
    Counts("claude-3-opus", -1, Tally(70, 208, 71, 446, 168), 1024, -21.19),
    Counts("Llama-3-70B-Instruct", 500, Tally(88, 142, 317, 246, 170), 1023, -13.10),
    Counts("Llama-3-70B-Instruct", -1, Tally(88, 209, 74, 422, 170), 1023, -18.43),
)  # fmt: skip

system = System(
    id="wildbench",
    title="WildBench: Benchmarking LLMs with Challenging Tasks from Real Users in the Wild",
    year=2024,
    url="https://arxiv.org/abs/2406.04770",
    about=__doc__,
    rewards={"reward": outcome, "score": score},
    published=(
        *benchmark.published,
        Published(
            "Counts against GPT-4-turbo", "leaderboard files of https://github.com/allenai/WildBench",
            ("model", "K", *Tally._fields, "total"),
            tuple((row.model, row.more, *row.tally, row.total) for row in RELEASED),
        ),
    ),
)  # fmt: skip


@system.proof(claim="the released counts give the published WB-Rewards, divided by all items", seconds=1)
def released(seed: int) -> Measured:
    """Greatest difference x100; the baseline divides by the items that were counted."""
    whole = [100 * row.tally.reward * sum(row.tally) / row.total for row in RELEASED]
    counted = [100 * row.tally.reward for row in RELEASED]
    errors, others = (
        [abs(value - row.reward) for value, row in zip(values, RELEASED, strict=True)] for values in (whole, counted)
    )
    return Measured(max(errors), at_most=0.005, baseline=max(others))


MODELS, TASKS = 16, 500
LEAN, SPREAD = 1.5, 600.0
"""How far a judge leans to the longer text, at most, in standard deviations of quality; and at which lead in
characters it leans 63 % so far."""
SLIGHTLY, CLEARLY = 0.3, 2.5
"""From which leads on a judge sees a slight win, and a clear one."""


@system.proof(claim="under a judge who leans to length the rule ranks models more as their quality does", seconds=10)
def length_rule(seed: int) -> Measured:
    """Rank correlation of WB-Reward with quality over 16 models at K = 500, in the mean of 20 fields; the bar lies
    0.2 above the baseline, which has no length rule."""
    found = np.array([_field(rng, MORE) for rng in np.random.default_rng(seed).spawn(20)]).mean(axis=0)
    return Measured(float(found[0]), at_least=float(found[1]) + 0.2, baseline=float(found[1]))


@system.proof(claim="a rule for leads beyond all bounds changes nothing", seconds=5)
def no_rule(seed: int) -> Measured:
    """Greatest change of a model's WB-Reward at K = ∞; the baseline is that at K = 500."""
    _, told, mine, rival = _judged(np.random.default_rng(seed))
    changes = [
        max(
            abs(tally(length_tied(told[i], mine[i], rival, more=more)).reward - tally(told[i]).reward)
            for i in range(MODELS)
        )
        for more in (np.inf, MORE)
    ]
    return Measured(changes[0], at_most=0.0, baseline=changes[1])


def _field(rng: np.random.Generator, more: float) -> tuple[float, float]:
    """Rank correlations with and without the rule."""
    quality, told, mine, rival = _judged(rng)
    ruled = [tally(length_tied(told[i], mine[i], rival, more=more)).reward for i in range(MODELS)]
    plain = [tally(told[i]).reward for i in range(MODELS)]
    return float(srcc(ruled, quality)), float(srcc(plain, quality))


def _judged(rng: np.random.Generator) -> tuple[Floats, Floats, Floats, Floats]:
    """Quality of models [models], a leaning judge's outcomes and the models' lengths [models, tasks], and the rival's
    lengths [tasks]; who writes long is no better.
    """
    quality, verbosity = 0.5 * rng.standard_normal(MODELS), rng.uniform(-1500, 1500, MODELS)
    rival = rng.uniform(2000, 4000, TASKS)
    mine = np.maximum(0.0, rival + verbosity[:, None] + 300 * rng.standard_normal((MODELS, TASKS)))
    lead = mine - rival
    lean = LEAN * np.sign(lead) * -np.expm1(-np.abs(lead) / SPREAD)
    seen = quality[:, None] + rng.standard_normal((MODELS, TASKS)) + lean
    grade = np.where(np.abs(seen) > CLEARLY, 1.0, np.where(np.abs(seen) > SLIGHTLY, 0.5, 0.0))
    return quality, np.sign(seen) * grade, mine, rival
