"""ms-swift's own plugin loader and reward loop (`make hosts`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guerdon import Score, reward
from guerdon.integrations import swift as adapter

pytest.importorskip("swift.rewards")
pytestmark = pytest.mark.hosts
SPEC = "reading(answer.exact, answer='solution')"


@reward("swifttest.shy", range=(0, 1))
async def shy(response: str, images: list[Any]) -> Score | float:
    """Async, sees the pictures, abstains on short responses."""
    return Score.abstained("too short") if len(response) < 2 else len(images) / 2


@reward("swifttest.rarest", range=(0, 1), over="group")
def rarest(response: list[str]) -> list[float]:
    """Sees the group."""
    return [1 - response.count(one) / len(response) for one in response]


def samples() -> list[Any]:
    from swift.rl_core.data import GRPOSample

    return [
        GRPOSample(
            messages=[{"role": "user", "content": "which?"}, {"role": "assistant", "content": text}],
            images=[{"path": "a.png", "bytes": None}], extra={"solution": "cat"}, prompt_id="p1", request_id=str(i),
            response_token_ids=[[1]], finish_reason="stop",
        )
        for i, text in enumerate(("<answer>cat</answer>", "<answer>dog</answer>", "x", "<answer>cat</answer>"))
    ]  # fmt: skip


def rewards(*functions: Any) -> Any:
    """[n, functions], through the host's own loop."""
    import torch
    from swift.rl_core.grpo_algorithm import compute_rewards_per_func

    return compute_rewards_per_func(samples(), list(functions), [None] * len(functions), torch.device("cpu"))


def test_the_printed_plugin_loads_through_swifts_own_loader(tmp_path: Path) -> None:
    from swift.rewards import orms
    from swift.utils import import_external_file

    config, source = adapter.HOST.snippet(SPEC, "none")
    assert config == "--external_plugins {file} --reward_funcs guerdon_reward"
    plugin = tmp_path / "guerdon_swift.py"
    plugin.write_text(source)
    import_external_file(str(plugin))
    function = orms["guerdon_reward"](args=None)
    assert type(function).__name__ == "guerdon_reward"  # what the metric is called
    assert rewards(function)[:, 0].tolist() == [1.0, 0.0, 0.0, 1.0]


def test_an_async_reward_is_awaited_and_its_unscored_rows_are_nan() -> None:
    import torch

    made = rewards(adapter.to_swift(shy(), name="shy")(args=None))[:, 0]
    assert torch.isnan(made).tolist() == [False, False, True, False]
    assert made[0] == 0.5


def test_a_group_reward_sees_the_rows_of_a_prompt() -> None:
    made = rewards(adapter.to_swift(rarest(), name="rarest")(args=None))[:, 0]
    assert made.tolist() == [0.5, 0.75, 0.75, 0.5]


def test_a_model_plugin_scores_rows() -> None:
    import torch

    plugin = adapter.to_swift_plugin("answer.exact")(model=None, template=None)
    rows = [{**s.to_reward_row(), "answer": "cat"} for s in samples()]
    assert torch.equal(plugin(inputs=rows), torch.tensor([1.0, 0.0, 0.0, 1.0]))


def test_sampling_calls_it_with_requests() -> None:
    from swift.infer_engine import InferRequest
    from swift.pipelines.sampling.utils import get_reward

    orm = adapter.to_swift_sampler("answer.exact")()
    requests = [InferRequest(messages=s.messages) for s in samples()]
    scores, _ = get_reward(orm, requests, ground_truths=["cat"] * 4, threshold=0.0)
    assert list(scores) == [1.0, 0.0, 0.0, 1.0]


def test_swifts_own_orm_comes_here_as_a_reward() -> None:
    from swift.rewards import orms

    made = adapter.from_swift(orms["format"])
    scores = made([{"prompt": "q", "response": "<think>a</think><answer>b</answer>"}, {"prompt": "q", "response": "b"}])
    assert scores.values.tolist() == [1.0, 0.0]
