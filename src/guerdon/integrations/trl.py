"""TRL: reward functions of GRPO, RLOO and async GRPO trainers, and environments that own their reward.

    GRPOTrainer(..., reward_funcs=[to_trl("0.9*boxes.iou + 0.1*format.tags")])

A row is the dataset's row with `prompt` and `response`. Components go to the completions table and the metrics
where the trainer offers them (async GRPO does not).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from guerdon.integrations.foreign import Foreign, Recipe, awaits, columns_of, named
from guerdon.integrations.host import Host, Snippet, located
from guerdon.integrations.rows import Bridge, Hosted, by_row, runs
from guerdon.reward import Reward
from guerdon.sample import Row, response_text
from guerdon.scores import ContractError, Unscored

RewardFunction = Callable[..., Any]
CALL = ("trainer_state", "log_extra", "log_metric")
"""Arguments that belong to the call rather than to rows."""


def to_trl(
    reward: Reward | str,
    *,
    unscored: Unscored = "none",
    group_size: int | None = None,
    asynchronous: bool | None = None,
) -> RewardFunction:
    """The reward as a TRL reward function.

    `unscored` rows are None by default: TRL leaves them out of that reward. Group rewards see the responses to one
    prompt together: runs of equal prompts, or of `group_size` rows (the trainer's `num_generations`), which must be
    whole in each process. Asynchronous by default if a part of the reward is.
    """
    bridge = Bridge("trl", reward, unscored, groups=True)
    awaited = bridge.reward.waits if asynchronous is None else asynchronous
    return (AsyncTrlReward if awaited else TrlReward)(bridge, group_size)


class _Function:
    def __init__(self, bridge: Bridge, group_size: int | None):
        self.bridge, self.group_size = bridge, group_size
        self.__name__ = bridge.reward.name

    def rows(
        self, prompts: Sequence[Any], completions: Sequence[Any], columns: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """The dataset's rows with prompt, response, and `group` and `step` where they are known."""
        n = len(prompts)
        if len(completions) != n:
            raise ContractError(f"trl passed {n} prompts and {len(completions)} completions")
        rows = by_row({k: v for k, v in columns.items() if k not in CALL}, n)
        step = getattr(columns.get("trainer_state"), "global_step", None)
        for row, prompt, completion in zip(rows, prompts, completions, strict=True):
            row["prompt"], row["response"] = prompt, completion
            if step is not None:
                row["step"] = step
        if self.bridge.grouped:
            for row, group in zip(rows, runs(prompts, self.group_size), strict=True):
                row["group"] = group
        return rows

    def logged(self, hosted: Hosted, columns: Mapping[str, Any]) -> list[float | None]:
        """The values, after components went to the trainer's log."""
        log_extra, log_metric = columns.get("log_extra"), columns.get("log_metric")
        name = self.__name__
        for part, values in hosted.components.items():
            if log_extra is not None:
                log_extra(part, values)
            mean = hosted.scores.components[part].mean()
            if log_metric is not None and mean == mean:
                log_metric(f"{name}/{part}", mean)
        if log_metric is not None and len(hosted.values):
            log_metric(f"{name}/coverage", hosted.scores.coverage)
        return hosted.values


class TrlReward(_Function):
    """A reward function; TRL reads its `__name__`."""

    def __call__(self, *, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any) -> list[float | None]:
        """One value a completion."""
        return self.logged(self.bridge.score(self.rows(prompts, completions, columns)), columns)


class AsyncTrlReward(_Function):
    """A reward function that TRL awaits together with the others."""

    async def __call__(
        self, *, prompts: Sequence[Any], completions: Sequence[Any], **columns: Any
    ) -> list[float | None]:
        """One value a completion."""
        return self.logged(await self.bridge.ascore(self.rows(prompts, completions, columns)), columns)


def to_trl_environment(environment: Any, reward: Reward | str, *, unscored: Unscored = "none") -> type:
    """A subclass of an environment whose `get_reward` scores the columns its `reset` got and its public attributes.

    For `environment_factory`. An attribute wins over a column of the same name; the environment itself is the column
    `environment`.
    """
    bridge = Bridge("trl", reward, unscored)

    class Rewarded(environment):  # type: ignore[misc]
        def reset(self, **columns: Any) -> Any:
            self._columns = columns
            return super().reset(**columns)

        async def get_reward(self) -> float | None:
            state = {k: v for k, v in vars(self).items() if not k.startswith("_")}
            return (await bridge.ascore([{**self._columns, **state, "environment": self}])).values[0]

    Rewarded.__name__, Rewarded.__qualname__ = environment.__name__, environment.__qualname__
    Rewarded.__module__, Rewarded.__doc__ = environment.__module__, environment.__doc__
    Rewarded.reset.__doc__ = environment.reset.__doc__
    return Rewarded


class _Trl(Recipe):
    host = "trl"

    def __init__(self, function: RewardFunction):
        self.function, self.source, self.waits = function, named(function), awaits(function)

    def call(self, rows: Sequence[Row]) -> Any:
        chat = any(isinstance(row.get("prompt"), (list, tuple)) for row in rows)
        given = {
            "prompts": [row.get("prompt") for row in rows],
            "completions": [_completion(row, chat) for row in rows],
        }
        silent = {"trainer_state": None, "log_extra": lambda *_: None, "log_metric": lambda *_: None}
        return self.function(**given, **columns_of(rows, "prompt", "response"), **silent)


def _completion(row: Row, chat: bool) -> Any:
    response = row.get("response")
    if not chat:
        return response_text(row)
    return [{"role": "assistant", "content": response}] if response is None or isinstance(response, str) else response


def from_trl(function: RewardFunction) -> Reward:
    """A TRL reward function, sync or async, as a Reward. It is called with all rows at once, as TRL calls it.

    Responses to chat prompts arrive as messages, others as text.
    """
    return Foreign(_Trl(function))


def _snippet(spec: str, unscored: Unscored) -> Snippet:
    return Snippet(
        "from guerdon.integrations.trl import to_trl\n\n"
        f"GRPOTrainer(..., reward_funcs=[to_trl({located(spec)!r}, unscored={unscored!r})])"
    )


HOST = Host(
    name="trl",
    title="TRL 1.16",
    columns=("prompt", "response", "completion_ids", "step"),
    others="every column of the dataset",
    prompt="as in the dataset: text or messages",
    images="the columns `image` or `images`",
    groups="one process's rows in one call, equal prompts next to each other",
    style="both",
    pickled=True,
    unscored="none",
    components="`log_extra` and `log_metric` (not in async GRPO)",
    snippet=_snippet,
)
