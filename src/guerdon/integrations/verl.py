"""verl and verl-omni: a function of one sample, or a reward manager that sees the dataset's row.

    reward.custom_reward_function.path=pkg://guerdon.integrations.verl
    reward.custom_reward_function.name=compute_score
    +reward.custom_reward_function.reward_kwargs.reward=boxes.iou

The function gets decoded text, the truth and `extra_info`, no prompt and no image: put what the reward reads into
`extra_info`, or use `GuerdonRewardManager`. Every sample returns the same keys.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from guerdon.integrations.foreign import Foreign, Recipe, awaits, found, truth_of
from guerdon.integrations.host import Host, Snippet, located
from guerdon.integrations.rows import Bridge, Hosted, bridge, pixels, plain, unpacked
from guerdon.reward import Reward
from guerdon.sample import Row, response_text
from guerdon.scores import NAN, Unscored
from guerdon.spec import from_spec


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: Any,
    extra_info: Mapping[str, Any] | None = None,
    *,
    reward: str,
    unscored: Unscored = "raise",
    **_: Any,
) -> dict[str, float]:
    """One sample's `score`, whether it was `scored` (1 or 0), and every component, NaN where it has no value."""
    row = _row(data_source, ground_truth, extra_info, response=solution_str)
    return _result(bridge("verl", reward, unscored).score([row]))


async def compute_score_async(
    data_source: str,
    solution_str: str,
    ground_truth: Any,
    extra_info: Mapping[str, Any] | None = None,
    *,
    reward: str,
    unscored: Unscored = "raise",
    **_: Any,
) -> dict[str, float]:
    """As `compute_score`, for rewards that wait: verl awaits it beside the others."""
    row = _row(data_source, ground_truth, extra_info, response=solution_str)
    return _result(await bridge("verl", reward, unscored).ascore([row]))


async def compute_image_score(
    data_source: str,
    solution_image: Any,
    ground_truth: Any,
    extra_info: Mapping[str, Any] | None = None,
    *,
    reward: str,
    unscored: Unscored = "raise",
    **_: Any,
) -> dict[str, float]:
    """verl-omni's form: the response is a picture, uint8 or floats in 0–1, in the column `images`."""
    row = _row(data_source, ground_truth, extra_info, images=[pixels(solution_image)])
    row.setdefault("prompt", row.get("answer"))
    return _result(await bridge("verl", reward, unscored).ascore([row]))


def _row(source: str, truth: Any, extra: Mapping[str, Any] | None, **response: Any) -> dict[str, Any]:
    return {**plain(extra or {}), **unpacked(truth), "data_source": source, **response}


def _result(hosted: Hosted) -> dict[str, float]:
    value = hosted.values[0]
    scored = float(hosted.scores.values[0] == hosted.scores.values[0])
    return {"score": NAN if value is None else value, "scored": scored, **hosted.numbers()}


@cache
def _manager() -> type:
    from verl.experimental.reward_loop.reward_manager.base import RewardManagerBase

    class GuerdonRewardManager(RewardManagerBase):  # type: ignore[misc]
        """Scores with every column of the dataset's row, the prompt's messages and their images."""

        def __init__(self, config: Any, tokenizer: Any, compute_score: Any = None, *_: Any, **__: Any):
            super().__init__(config, tokenizer, compute_score)
            settings = config.reward.custom_reward_function.reward_kwargs
            self.bridge = Bridge("verl", settings["reward"], settings.get("unscored", "raise"))

        async def run_single(self, data: Any) -> dict[str, Any]:
            item = data[-1]
            ids = item.batch["responses"]
            length = int(item.batch["attention_mask"][-len(ids) :].sum())
            text = await self.loop.run_in_executor(
                None, lambda: self.tokenizer.decode(ids[:length], skip_special_tokens=True)
            )
            result = _result(await self.bridge.ascore([_item_row(item.non_tensor_batch, text)]))
            return {"reward_score": result["score"], "reward_extra_info": result}

    return GuerdonRewardManager


def _item_row(columns: Mapping[str, Any], response: str) -> dict[str, Any]:
    truth = (columns.get("reward_model") or {}).get("ground_truth")
    row = {**_row(columns.get("data_source", ""), truth, columns.get("extra_info")), **plain(columns)}
    prompt = row.get("raw_prompt", row.get("prompt"))
    return {**row, "prompt": prompt, "response": response}


def __getattr__(name: str) -> Any:
    if name == "GuerdonRewardManager":  # verl asks for it by name; its base class is verl's
        return _manager()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _Verl(Recipe):
    host = "verl"

    def __init__(self, path: str | Callable[..., Any], name: str, settings: dict[str, Any]):
        self.path, self.name, self.settings = path, name, settings
        self.function, self.source = found(path, name)
        self.waits = awaits(self.function)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Verl, (self.path, self.name, self.settings)

    def call(self, rows: Sequence[Row]) -> Any:
        return self._all(rows) if self.waits else [self._one(row) for row in rows]

    async def _all(self, rows: Sequence[Row]) -> list[Any]:
        import asyncio

        return list(await asyncio.gather(*(self._one(row) for row in rows)))

    def _one(self, row: Row) -> Any:
        extra = row.get("extra_info") or {k: v for k, v in row.items() if k != "response"}
        return self.function(
            data_source=row.get("data_source", ""), solution_str=response_text(row), ground_truth=truth_of(row),
            extra_info=extra, **self.settings,
        )  # fmt: skip


def from_verl(
    path: str | Callable[..., Any], name: str = "compute_score", *, components: Sequence[str] = (), **settings: Any
) -> Reward:
    """verl's function of one sample, in a file or given, as a Reward; `settings` are its `reward_kwargs`.

    `components` names the keys beside `score` that it returns. Its `extra_info` is the row's, else all other columns.
    """
    return Foreign(_Verl(path, name, settings), "score", tuple(components))


def _snippet(spec: str, unscored: Unscored) -> Snippet:
    at = "reward.custom_reward_function"
    settings = {"reward": located(spec), "unscored": unscored}
    # Hydra reads a quoted value as it stands; the shell takes off the outer quotes.
    given = [shlex.quote(f"+{at}.reward_kwargs.{k}={json.dumps(v, ensure_ascii=False)}") for k, v in settings.items()]
    function = "compute_score_async" if from_spec(spec).waits else "compute_score"
    lines = [f"{at}.path=pkg://guerdon.integrations.verl", f"{at}.name={function}", *given]
    return Snippet(" \\\n".join(lines))


HOST = Host(
    name="verl",
    title="verl 0.9.1",
    columns=("response", "answer", "data_source"),
    others="inside `extra_info`, or inside `ground_truth` as an object",
    packed=True,
    prompt="",
    images="",
    groups="",
    style="both",
    unscored="raise",
    components="`reward_extra_info`, one metric a name",
    snippet=_snippet,
)
