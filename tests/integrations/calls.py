"""Each host's call, made as the host's own code makes it, of rows that its data set would have.

A call takes a reward, rows and a policy and gives (values, components), the latter None where the host takes none.
`tests/fixtures/hosts` has calls recorded from the hosts' code; `test_fixtures.py` replays them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from guerdon import Reward
from guerdon.integrations import (
    cross_encoder,
    easyr1,
    flow_factory,
    flow_grpo,
    gym,
    inspect_ai,
    lmms_eval,
    openrlhf,
    swift,
    trl,
    verifiers,
    verl,
    vlmevalkit,
)
from guerdon.integrations.rows import Bridge, bridge
from guerdon.scores import Unscored

Rows = list[dict[str, Any]]
Parts = dict[str, list[float | None]]
Result = tuple[list[float | None], Parts | None]
Call = Callable[[Reward, Rows, Unscored], Result]


def columns(rows: Rows, *leave: str) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0] if name not in leave}


def stacked(results: list[dict[str, float | None]], total: str, *leave: str) -> Result:
    values = [result[total] for result in results]
    return values, {k: [r[k] for r in results] for k in results[0] if k not in (total, *leave)}


def awaited(result: Any) -> Any:
    return asyncio.run(result) if asyncio.iscoroutine(result) else result


def call_trl(reward: Reward, rows: Rows, unscored: Unscored) -> Result:
    logged: Parts = {}
    function = trl.to_trl(reward, unscored=unscored)
    values = function(
        prompts=[[{"role": "user", "content": row["prompt"]}] for row in rows],
        completions=[[{"role": "assistant", "content": row["response"]}] for row in rows],
        completion_ids=[[1, 2]] * len(rows),
        **columns(rows, "prompt", "response", "group"),
        trainer_state=SimpleNamespace(global_step=3),
        log_extra=lambda name, column: logged.update({name: list(column)}),
        log_metric=lambda name, value: None,
    )
    return awaited(values), logged


def call_async_grpo(reward: Reward, rows: Rows, unscored: Unscored) -> Result:
    """One group a call, no state, no log; sync functions in a thread."""

    async def score(group: Rows) -> list[float | None]:
        function = trl.to_trl(reward, unscored=unscored)
        given = {"prompts": [r["prompt"] for r in group], "completions": [r["response"] for r in group]}
        given |= columns(group, "prompt", "response", "group")
        asynchronous = asyncio.iscoroutinefunction(type(function).__call__)
        result: list[float | None] = (
            await function(**given) if asynchronous else await asyncio.to_thread(function, **given)
        )
        return result

    groups = [[row for row in rows if row["group"] == g] for g in dict.fromkeys(row["group"] for row in rows)]
    return [value for group in groups for value in asyncio.run(score(group))], None


def call_verl(reward: Reward, rows: Rows, unscored: Unscored, name: str = "compute_score") -> Result:
    bridge.cache_clear()  # one a process and spec: earlier tests' failures would count
    function = getattr(verl, name)
    results = [
        awaited(
            function(
                data_source="table", solution_str=row["response"], ground_truth=row["answer"],
                extra_info={**row, "num_turns": None, "rollout_reward_scores": {}}, reward=reward.spec(),
                unscored=unscored,
            )
        )
        for row in rows
    ]  # fmt: skip
    return stacked(results, "score", "scored")


def call_openrlhf(reward: Reward, rows: Rows, unscored: Unscored) -> Result:
    function = openrlhf.to_openrlhf(reward, unscored=unscored)
    results = []
    for row in rows:
        prompt = f"<|im_start|>user\n{row['prompt']}<|im_end|>\n<|im_start|>assistant\n"
        label = json.dumps({k: v for k, v in row.items() if k not in ("prompt", "response")})
        out = function([f"{prompt}{row['response']}<|im_end|>"], [prompt], [label])
        results.append({"total": out["rewards"].item(), **{k: v.item() for k, v in out["extra_logs"].items()}})
    return stacked(results, "total")


def call_swift(reward: Reward, rows: Rows, unscored: Unscored) -> Result:
    function = swift.to_swift(reward, name="Table", unscored=unscored)(args=None)
    messages = [
        [{"role": "user", "content": r["prompt"]}, {"role": "assistant", "content": r["response"]}] for r in rows
    ]
    values = function(
        [row["response"] for row in rows],
        trainer_state=SimpleNamespace(global_step=3), messages=messages, prompt_id=[str(r["group"]) for r in rows],
        request_id=[str(i) for i in range(len(rows))], finish_reason=["stop"] * len(rows),
        is_truncated=[False] * len(rows), rollout_infos=[{}] * len(rows),
        response_token_ids=[[[1]]] * len(rows), **columns(rows, "prompt", "response", "group"),
    )  # fmt: skip
    return awaited(values), None


def call_easyr1(reward: Reward, rows: Rows, unscored: Unscored, sequential: bool = False) -> Result:
    function = easyr1.to_easyr1(reward, unscored=unscored)
    given = [
        {"response": row["response"], "response_length": 4,
         "ground_truth": json.dumps({k: v for k, v in row.items() if k != "response"})}
        for row in rows
    ]  # fmt: skip
    results: Any = [function(one) for one in given] if sequential else function(given)
    return stacked(results, "overall")


class Trace(SimpleNamespace):
    def record_metrics(self, metrics: dict[str, float]) -> None:
        self.metrics = metrics


class Task(SimpleNamespace):
    def model_dump(self, exclude: set[str]) -> dict[str, Any]:
        return {k: v for k, v in vars(self).items() if k not in exclude}


def call_verifiers(reward: Reward, rows: Rows, unscored: Unscored) -> Result:
    function = verifiers.to_verifiers(reward, unscored=unscored)
    values, traces = [], []
    for row in rows:
        trace = Trace(last_reply=row["response"])
        task = Task(**{k: v for k, v in row.items() if k != "response"}, image=None)
        value: Any = asyncio.run(function(task, trace))  # type: ignore[arg-type]
        values.append(None if value == {} else value)
        traces.append({name: trace.metrics.get(name) for name in reward.components})
    return values, {name: [trace[name] for trace in traces] for name in reward.components}


def call_rubric(reward: Reward, rows: Rows, unscored: Unscored) -> Result:
    function = verifiers.to_rubric(reward, unscored=unscored)
    results = []
    for row in rows:
        state: dict[str, Any] = {}
        value = awaited(
            function(
                prompt=[{"role": "user", "content": row["prompt"]}],
                completion=[{"role": "assistant", "content": row["response"]}],
                answer=row["answer"], state=state, info={k: row[k] for k in ("boxes", "kind", "mood")},
            )
        )  # fmt: skip
        results.append({"total": value, **state["guerdon"]})
    return stacked(results, "total")


def call_gym(reward: Reward, rows: Rows, unscored: Unscored) -> Result:
    import gymnasium

    class Replay(gymnasium.Env[Any, Any]):
        observation_space = action_space = gymnasium.spaces.Discrete(99)

        def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[int, dict[str, Any]]:
            self.at = -1
            return 0, {}

        def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
            self.at += 1
            return self.at, 0.0, self.at == len(rows) - 1, False, dict(rows[self.at])

    env = gym.to_gym(Replay(), reward, unscored=unscored)
    env.reset()
    steps = [env.step(0) for _ in rows]
    return stacked([{"total": step[1], **step[4]["guerdon"]} for step in steps], "total")


def call_cross_encoder(reward: Reward, rows: Rows, unscored: Unscored) -> Result:
    encoder = cross_encoder.to_cross_encoder(reward, unscored=unscored)
    given = [({"prompt": r["prompt"]}, {k: v for k, v in r.items() if k not in ("prompt", "group")}) for r in rows]
    return encoder.predict(given).tolist(), None


def call_lmms_eval(reward: Reward, rows: Rows, unscored: Unscored) -> Result:
    function = lmms_eval.to_process_results(reward.named("total"), unscored=unscored)
    results = [
        function({**{k: v for k, v in r.items() if k not in ("prompt", "response")}, "question": r["prompt"]},
                 [r["response"]])
        for r in rows
    ]  # fmt: skip
    values, parts = stacked(results, "total")
    renamed = {k.removeprefix("total/"): v for k, v in (parts or {}).items()}
    return values, renamed if set(renamed) == set(reward.components) else None


def call_inspect_ai(reward: Reward, rows: Rows, unscored: Unscored) -> Result:
    score = inspect_ai.to_inspect(reward, unscored=unscored)
    results = []
    for i, row in enumerate(rows):
        state = SimpleNamespace(
            input=row["prompt"], sample_id=i, output=SimpleNamespace(completion=row["response"]),
            metadata={k: row[k] for k in ("boxes", "kind", "mood")},
        )  # fmt: skip
        given = asyncio.run(score(state, [row["answer"]]))
        results.append({"total": given.value, **given.metadata})
    return stacked(results, "total")


def call_vlmevalkit(reward: Reward, rows: Rows, unscored: Unscored) -> Result:
    bridge = Bridge("vlmevalkit", reward, unscored, groups=True)
    table = [
        {**{k: v for k, v in r.items() if k not in ("prompt", "response")}, "index": i, "question": r["prompt"],
         "prediction": r["response"]}
        for i, r in enumerate(rows)
    ]  # fmt: skip
    hosted = bridge.score([vlmevalkit.table_row(row) for row in table])
    return hosted.values, hosted.components


def call_flow_grpo(reward: Reward, rows: Rows, unscored: Unscored) -> Result:
    import torch

    function = flow_grpo.to_flow_grpo(reward, unscored=unscored)
    told = [{k: v for k, v in r.items() if k != "prompt"} for r in rows]
    scores, details = function(torch.zeros(len(rows), 3, 4, 4), tuple(r["prompt"] for r in rows), told)
    return scores.tolist(), {name: column.tolist() for name, column in details.items()}


def call_flow_factory(reward: Reward, rows: Rows, unscored: Unscored) -> Result:
    grouped = reward.over == "group"
    bridge = Bridge("flow_factory", reward, unscored, groups=grouped)
    groups = [[r for r in rows if r["group"] == g] for g in (0, 1)] if grouped else [rows]
    values: list[float | None] = []
    parts: Parts = {name: [] for name in reward.components}
    for group in groups:
        fields = {**columns(group, "group"), "image": [np.zeros((2, 2, 3), np.uint8)] * len(group)}
        hosted = bridge.score(flow_factory.model_rows(fields, grouped))
        values += hosted.values
        for name, column in hosted.components.items():
            parts[name] += column
    return values, parts


CALLS: dict[str, Call] = {
    "trl": call_trl,
    "async_grpo": call_async_grpo,
    "verl": call_verl,
    "verl async": partial(call_verl, name="compute_score_async"),
    "openrlhf": call_openrlhf,
    "swift": call_swift,
    "easyr1": call_easyr1,
    "easyr1 sequential": partial(call_easyr1, sequential=True),
    "verifiers": call_verifiers,
    "rubric": call_rubric,
    "gym": call_gym,
    "cross_encoder": call_cross_encoder,
    "lmms_eval": call_lmms_eval,
    "inspect_ai": call_inspect_ai,
    "vlmevalkit": call_vlmevalkit,
    "flow_grpo": call_flow_grpo,
    "flow_factory": call_flow_factory,
}
GROUPED = {"trl", "async_grpo", "swift", "cross_encoder", "vlmevalkit", "flow_grpo", "flow_factory"}
"""Hosts that bring the responses to one prompt together."""
