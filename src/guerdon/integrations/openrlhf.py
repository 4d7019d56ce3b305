"""OpenRLHF: a file with `reward_func` for `--reward.remote_url`, or with `AgentExecutor` for `--train.agent_func_path`.

    reward_func = to_openrlhf("0.9*answer.math + 0.1*format.tags")

The host calls it with lists of one, in a thread, and `queries` are prompt and response with special tokens. It catches
what a reward raises and goes on without a reward, so that errors leave here as SystemExit: the run stops and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from guerdon.integrations.foreign import Foreign, Recipe, found, truth_of
from guerdon.integrations.host import Host, Snippet, located
from guerdon.integrations.rows import AllFailed, Bridge, Hosted, floats, log, unpacked
from guerdon.parse import continuation
from guerdon.reward import Reward
from guerdon.sample import Broken, Row, prompt_text, response_text
from guerdon.scores import ContractError, Unscored, over_range


def to_openrlhf(reward: Reward | str, *, unscored: Unscored = "raise") -> OpenRLHFReward:
    """The reward as `reward_func`. `unscored` may be a floor; None and NaN are not rewards to OpenRLHF."""
    return OpenRLHFReward(Bridge("openrlhf", reward, unscored))


class OpenRLHFReward:
    """`reward_func(queries, prompts, labels)`, a dict of `rewards`, `scores` in 0–1 and `extra_logs`."""

    def __init__(self, bridge: Bridge):
        self.bridge = bridge

    def __call__(
        self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any], **_: Any
    ) -> dict[str, Any]:
        """Results of a batch, which in OpenRLHF is one sample."""
        rows = [query_row(*cells) for cells in zip(queries, prompts, labels, strict=True)]
        try:
            return results(self.bridge.score(rows))
        except (ContractError, AllFailed) as error:
            log.critical("%s", error)
            raise SystemExit(str(error)) from error


def query_row(query: str, prompt: str, label: Any) -> Row:
    """The row of one call; its response is what follows the prompt, without special tokens at its end."""
    response = continuation(query, prompt=prompt)
    if response.value is None:
        return Broken(str(label), response.reason)
    return {**unpacked(label), "prompt": prompt, "response": response.value}


def results(hosted: Hosted) -> dict[str, Any]:
    """Values and components as tensors [n]; `scores` are the values over the reward's range where that is finite."""
    from torch import tensor

    scores = over_range(hosted.values, hosted.scores.range)
    parts = {name: tensor(floats(column)) for name, column in hosted.components.items()}
    return {"rewards": tensor(floats(hosted.values)), "scores": tensor(floats(scores)), "extra_logs": parts}


def to_openrlhf_agent(reward: Reward | str, *, unscored: Unscored = "raise") -> type:
    """`AgentExecutor` for an agent of one step: the reward of its text, and done."""
    from openrlhf.utils.agent import AgentInstanceBase, MultiTurnAgentExecutor

    bridge = Bridge("openrlhf", reward, unscored)

    class AgentInstance(AgentInstanceBase):  # type: ignore[misc]
        def __init__(self, *_: Any, **__: Any):
            pass

        async def step(self, states: dict[str, Any], **_: Any) -> dict[str, Any]:
            return await agent_step(bridge, states)

    class AgentExecutor(MultiTurnAgentExecutor):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(AgentInstance)

    return AgentExecutor


async def agent_step(bridge: Bridge, states: dict[str, Any]) -> dict[str, Any]:
    """What an agent's last step returns for what the policy wrote, for agents of several steps to end with."""
    prompt = states["observation_text"]
    result = results(await bridge.ascore([query_row(prompt + states["action_text"], prompt, states.get("label"))]))
    return {**result, "environment_feedback": "", "done": True}


class _OpenRLHF(Recipe):
    host = "openrlhf"

    def __init__(self, path: str | Callable[..., Any]):
        self.path = path
        self.function, self.source = found(path, "reward_func")

    def __reduce__(self) -> tuple[Any, ...]:
        return _OpenRLHF, (self.path,)

    def call(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        return [self._one(row) for row in rows]

    def _one(self, row: Row) -> dict[str, Any]:
        prompt = prompt_text(row) or ""
        result = self.function([prompt + (response_text(row) or "")], [prompt], [truth_of(row)])
        named_values = {**(result.get("extra_logs") or {}), **{k: v for k, v in result.items() if k != "extra_logs"}}
        return {name: _number(value) for name, value in named_values.items()}


def _number(value: Any) -> Any:
    value = value.tolist() if hasattr(value, "tolist") else value
    return value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value


def from_openrlhf(path: str | Callable[..., Any], *, components: Sequence[str] = ()) -> Reward:
    """OpenRLHF's `reward_func`, in a file or given, as a Reward; called with lists of one, as the host does.

    `components` names those of `scores` and `extra_logs` that it returns.
    """
    return Foreign(_OpenRLHF(path), "rewards", tuple(components))


def _snippet(spec: str, unscored: Unscored) -> Snippet:
    source = (
        "from guerdon.integrations.openrlhf import to_openrlhf\n\n"
        f"reward_func = to_openrlhf({located(spec)!r}, unscored={unscored!r})\n"
    )
    return Snippet("--reward.remote_url {file}", source)


HOST = Host(
    name="openrlhf",
    title="OpenRLHF 0.11",
    columns=("prompt", "response", "answer"),
    others="inside the label as a JSON object",
    packed=True,
    prompt="text, after the chat template",
    images="",
    groups="",
    style="sync",
    unscored="raise",
    components="`extra_logs`",
    snippet=_snippet,
)
