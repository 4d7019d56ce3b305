"""A graded reward for calls of tools: format 0 or 1, correctness from −3 to 3 (Qian et al. 2025).

A call earns for the right tool, then for the right parameters, then for each right value, so that a
policy that never gets a whole call right still learns. Rows have `answer`, the true reply with its tags:
think, then tool_call (one JSON object a line), response or both. Reply and answer are compared without
their thoughts.

Where no call is wanted, correctness is 0, and here −3 for calling all the same; two blocks of calls are
unreadable. `as_published=True` repeats the official code: 0 where no call is wanted, whatever is called, and
of several blocks the first counts. Unlike there, a thought is not read for calls, true is not 1, a repeated
think block has not the right format, and calls of one tool are paired for the greatest sum rather than in
the order of the true ones.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Literal

import numpy as np

from guerdon.branch import ramp, schedule
from guerdon.leaf import reward
from guerdon.metrics.structured import Credit
from guerdon.parse import layout, tag
from guerdon.parse.calls import without_thoughts
from guerdon.reward import Reward
from guerdon.rules.structured import tool_calls
from guerdon.scores import Score
from guerdon.systems import Measured, Published, System
from guerdon.world.policy import Softmax, group_relative

Scale = Literal["fixed", "small", "two_stage", "smooth"]
"""Correctness within ±3; within ±1; a third of it before step 30 and half the format after; or moving over
150 steps from 2 · format ± 2 to format ± 3."""


def total(
    *, credit: Credit = "fine", scale: Scale = "fixed", length: bool = False, as_published: bool = False
) -> Reward:
    """Format plus correctness, and with `length` a bonus for thinking long, which the paper found no use in."""
    right = correctness(credit=credit, as_published=as_published)
    form = layout_format()
    summed = {
        "fixed": lambda: form + right,
        "small": lambda: form + right / 3,
        "two_stage": lambda: schedule(form, form / 2, at=(0, 30)) + schedule(right / 3, right, at=(0, 30)),
        "smooth": lambda: ramp(form, at=(0, 150), weights=(2, 1)) + ramp(right, at=(0, 150), weights=(2 / 3, 1)),
    }[scale]()
    return summed + long_thought() if length else summed


def correctness(*, credit: Credit = "fine", as_published: bool = False) -> Reward:
    """From −3 for unreadable calls or another tool to 3 for the true calls; `credit` says how finely it is graded."""
    share = tool_calls(credit=credit, which="first" if as_published else "only")
    if as_published:
        return (wants_calls() >> 6 * share - 3).named("correctness")
    return (3 * share - 3 + (wants_calls() >> 3 * share)).named("correctness")


@reward("toolrl.format", range=(0, 1), binary=True)
def layout_format(response: str, answer: str) -> float:
    """1 if the reply has the blocks of the true one, a line break between them and around the calls; else 0."""
    names = ["think", *(name for name in ("tool_call", "response") if f"<{name}>" in _reply(answer))]
    read = layout(response, " ".join(names))
    if read.value is None or response != "\n".join(f"<{n}>{b}</{n}>" for n, b in zip(names, read.value, strict=True)):
        return 0.0
    calls = dict(zip(names, read.value, strict=True)).get("tool_call", "\n \n")
    return float(len(calls) > 1 and calls[0] == calls[-1] == "\n")


@reward("toolrl.length", range=(0, 1))
def long_thought(response: str, step: float | None = None, *, growing: bool = False) -> float | Score:
    """Words in the think block / 512, rounded to 2 decimals, at most 1; `growing` from 384 to 640 in 105 steps."""
    if growing and step is None:
        return Score.inapplicable("no column 'step'")
    limit = 384 + 256 * min((step or 0) / 105, 1) if growing else 512
    return min(round(len((tag(response, "think", which="first").value or "").split()) / limit, 2), 1.0)


@reward("toolrl.wants_calls", range=(0, 1), binary=True)
def wants_calls(answer: Any) -> float:
    """1 if the true reply, or list of calls, calls a tool."""
    return float("<tool_call>" in _reply(answer) if isinstance(answer, str) else bool(answer))


def _reply(answer: str) -> str:
    """The true reply without its thought, which may speak of tags."""
    return without_thoughts(answer).value or ""


system = System(
    id="toolrl",
    title="ToolRL: Reward is All Tool Learning Needs",
    year=2025,
    url="https://arxiv.org/abs/2504.13958",
    about=__doc__,
    rewards={"total": total, "correctness": correctness, "format": layout_format, "length": long_thought},
    published=(
        Published(
            "BFCL v3, overall accuracy after GRPO from a base model, %",
            "arXiv:2504.13958, from memory, not checked against the paper",
            ("model", "accuracy"),
            (("Qwen2.5-1.5B", 46.2), ("Qwen2.5-3B", 53.0), ("Qwen2.5-7B", 58.4)),
        ),
    ),
)


TOOLS, PARAMETERS, VALUES, GIVEN = 6, 6, 6, 3
"""A task wants one of 6 tools with 3 of 6 parameters, each one of 6 values: a guess is right once in 83 000."""
STEPS, GROUP, RATE = 300, 16, 6.0


@system.proof(claim="graded credit teaches whole calls that a right-or-wrong reward never finds", seconds=20)
def fine_credit_learns(seed: int) -> Measured:
    """Share of exactly right calls in the last 50 of 300 steps; the baseline is trained on whole calls alone."""
    return Measured(_learned("fine", seed), at_least=0.9, baseline=_learned("coarse", seed))


@system.proof(claim="a right-or-wrong reward stays below one right call in five", seconds=20)
def coarse_credit_waits(seed: int) -> Measured:
    """The same runs, the other way round."""
    return Measured(_learned("coarse", seed), at_most=0.2, baseline=_learned("fine", seed))


@cache
def _learned(credit: Credit, seed: int) -> float:
    """Share of right calls late in GRPO on six tasks, by a policy that chooses tool, parameters and values apart."""
    rng = np.random.default_rng(seed)
    answers = [_task(rng) for _ in range(TOOLS)]
    parts = [Softmax([TOOLS], n) for n in (TOOLS, *[2] * PARAMETERS, *[VALUES] * PARAMETERS)]
    tasks = np.repeat(np.arange(TOOLS), GROUP)
    graded, exact = correctness(credit=credit), tool_calls(credit="coarse")
    right = []
    for step in range(STEPS):
        chosen = [part.draw(rng, tasks) for part in parts]
        rows = [
            {"response": _call(choices), "answer": answers[task]}
            for task, choices in zip(tasks.tolist(), np.stack(chosen, axis=1).tolist(), strict=True)
        ]
        advantages = group_relative(graded(rows).values.reshape(TOOLS, GROUP)).ravel()
        for part, choice in zip(parts, chosen, strict=True):
            part.learn(choice, advantages, tasks, rate=RATE)
        if step >= STEPS - 50:
            right.append(exact(rows).mean())
    return float(np.mean(right))


def _task(rng: np.random.Generator) -> str:
    given = set(rng.choice(PARAMETERS, GIVEN, replace=False).tolist())
    values = rng.integers(VALUES, size=PARAMETERS).tolist()
    return _call([int(rng.integers(TOOLS)), *(int(i in given) for i in range(PARAMETERS)), *values])


def _call(choices: list[int]) -> str:
    """A reply with one call: its tool, which parameters are given, and the value of each."""
    tool, given, values = choices[0], choices[1 : 1 + PARAMETERS], choices[1 + PARAMETERS :]
    parameters: dict[str, Any] = {f"p{i}": values[i] for i in range(PARAMETERS) if given[i]}
    call = json.dumps({"name": f"tool{tool}", "parameters": parameters})
    return f"<think>Which tool?</think>\n<tool_call>\n{call}\n</tool_call>"
