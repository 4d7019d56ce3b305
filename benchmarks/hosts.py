"""What an adapter costs a sample, on top of calling the reward directly on the rows it makes.

Hosts of single samples are compared with `reward([row])`, hosts of batches with `reward(rows)`, in one run. The bar is
20 µs a sample, except where the host forces more; the last column says what.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from _table import readable, side_by_side

from guerdon import reward
from guerdon.integrations import (
    cross_encoder,
    easyr1,
    flow_grpo,
    gym,
    lmms_eval,
    openrlhf,
    swift,
    trl,
    verifiers,
    verl,
)
from guerdon.integrations.rows import Bridge

BAR = 20e-6
N = 256


@reward("bench.host_a", range=(0, None))
def first(response: str) -> float:
    return float(len(response))


@reward("bench.host_b", range=(0, 1))
def second(response: str, answer: str = "") -> float:
    return float(response == answer)


class Case(NamedTuple):
    host: str
    call: Callable[[], Any]
    """Scores N samples through the host's adapter."""
    batch: bool
    forced: str = ""
    """What the host makes it do beyond rows, if that costs more than the bar allows."""
    bar: float = BAR


MADE = 0.5 * first() + 0.5 * second()
SPEC = MADE.spec()
ROWS: list[dict[str, Any]] = [{"prompt": "2+2?", "response": f"answer {i}", "answer": "4"} for i in range(N)]
TEXTS = [row["response"] for row in ROWS]


def awaiting(function: Callable[..., Any], calls: list[dict[str, Any]]) -> Callable[[], Any]:
    """All calls on one loop, one after the other, as a single rollout's scoring would be."""

    async def run() -> None:
        for call in calls:
            await function(**call)

    return lambda: asyncio.run(run())


def cases() -> list[Case]:
    """Every adapter that needs no host to be called."""
    columns = {"answer": ["4"] * N, "completion_ids": [[1]] * N}
    prompts = ["2+2?"] * N
    messages = [[{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": t}] for t in TEXTS]
    grpo, orm = trl.to_trl(MADE), swift.to_swift(MADE)(args=None)
    file, r1 = openrlhf.to_openrlhf(MADE), easyr1.to_easyr1(MADE)
    given = [{"response": t, "response_length": 3, "ground_truth": '{"answer": "4"}'} for t in TEXTS]
    samples = [
        {"data_source": "d", "solution_str": t, "ground_truth": "4", "extra_info": {"index": 1}, "reward": SPEC}
        for t in TEXTS
    ]
    function, process = verifiers.to_verifiers(MADE), lmms_eval.to_process_results(MADE)
    task = SimpleNamespace(prompt="2+2?", model_dump=lambda exclude: {"answer": "4"})
    traces = [SimpleNamespace(last_reply=t, record_metrics=lambda metrics: None) for t in TEXTS]
    encoder, fn = cross_encoder.to_cross_encoder(MADE), flow_grpo.to_flow_grpo(MADE)
    told = [{"response": t, "answer": "4"} for t in TEXTS]
    pictures = np.zeros((N, 8, 8, 3), np.uint8)
    bridged = Bridge("gym", MADE, "raise")
    return [
        Case("trl", lambda: grpo(prompts=prompts, completions=TEXTS, **columns), batch=True),
        Case("verl", lambda: [verl.compute_score(**s) for s in samples], batch=False),
        Case("verl, awaited", awaiting(verl.compute_score_async, samples), batch=False),
        Case("swift", lambda: orm(TEXTS, messages=messages, answer=["4"] * N), batch=True),
        Case("openrlhf", lambda: [file(["2+2?" + t], ["2+2?"], ["4"]) for t in TEXTS], False,
             "four tensors a sample", 60e-6),
        Case("easyr1", lambda: r1(given), batch=True),
        Case("easyr1, sequential", lambda: [r1(one) for one in given], batch=False),
        Case("verifiers", awaiting(function, [{"task": task, "trace": t} for t in traces]), batch=False),
        Case("gym", lambda: [episode(bridged, row) for row in ROWS], batch=False),
        Case("cross_encoder", lambda: encoder.predict([("2+2?", t) for t in TEXTS]), batch=True),
        Case("lmms_eval", lambda: [process({"question": "2+2?", "answer": "4"}, [t]) for t in TEXTS], batch=False),
        Case("flow_grpo", lambda: fn(pictures, prompts, told), batch=True),
    ]  # fmt: skip


def episode(bridge: Any, row: dict[str, Any]) -> Any:
    """One step of an episode, without the environment."""
    made = gym.Episode(0, row)
    return gym._scored(bridge, made, made.step(0, 1, 0.0, False, False, {}, None))


def main() -> int:
    """Print the table; 1 if a bar was missed."""
    print(f"{'host':<22}{'a sample':>12}{'direct':>12}{'over':>12}{'bar':>12}  forced")
    missed = 0
    for case in cases():
        direct = (lambda: MADE(ROWS)) if case.batch else (lambda: [MADE([row]) for row in ROWS])
        case.call()
        ours, theirs = (seconds / N for seconds in side_by_side(case.call, direct, repeat=15))
        over = max(0.0, ours - theirs)
        missed += over > case.bar
        figures = "".join(f"{readable(seconds):>12}" for seconds in (ours, theirs, over, case.bar))
        print(f"{case.host:<22}{figures}  {case.forced}")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
