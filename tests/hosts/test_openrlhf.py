"""OpenRLHF's own executors, on an engine that always says the same (`make hosts`)."""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from guerdon.integrations import openrlhf as adapter

pytestmark = pytest.mark.hosts
PROMPT = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n"
RIGHT, WRONG = "<answer>4</answer><|im_end|>", "<answer>5</answer><|im_end|>"
SPEC = "0.9*answer.exact + 0.1*format.tags(tags='answer')"
LONG = 4096


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The host's module of executors, without its package's other imports, which want a GPU."""
    found = find_spec("openrlhf")
    if found is None or not found.submodule_search_locations:
        pytest.skip("OpenRLHF is not installed")
    (folder,) = found.submodule_search_locations
    for name, path in (("openrlhf", folder), ("openrlhf.utils", f"{folder}/utils")):
        package = ModuleType(name)
        package.__path__ = [path]
        monkeypatch.setitem(sys.modules, name, package)
    return import_module("openrlhf.utils.agent")


class Tokenizer:
    """Characters."""

    def __call__(self, text: str, **_: Any) -> dict[str, Any]:
        from torch import tensor

        return {"input_ids": tensor([[ord(c) for c in text]])}

    def decode(self, ids: list[int], **_: Any) -> str:
        return "".join(map(chr, ids))


def rollout(executor: Any, says: str, label: str = "4", length: int = LONG) -> dict[str, Any]:
    async def generate(*_: Any, **__: Any) -> Any:
        output = SimpleNamespace(token_ids=[ord(c) for c in says], finish_reason="stop", logprobs=None, text=says)
        return SimpleNamespace(outputs=[output])

    sampling = SimpleNamespace(max_tokens=64, logprobs=None)
    engine = SimpleNamespace(generate=generate)
    done: dict[str, Any] = asyncio.run(executor.execute(PROMPT, label, sampling, length, Tokenizer(), engine))
    return done


def printed(folder: Path, spec: str, unscored: Any = "raise") -> str:
    """The file of `guerdon path openrlhf`."""
    file = folder / "guerdon_openrlhf.py"
    file.write_text(adapter.HOST.snippet(spec, unscored).file)
    return str(file)


def test_the_printed_file_rewards_a_rollout(agent: Any, tmp_path: Path) -> None:
    executor = agent.SingleTurnAgentExecutor(printed(tmp_path, SPEC))
    done = rollout(executor, RIGHT)
    assert (done["reward"].tolist(), done["scores"].tolist()) == ([1.0], [1.0])
    assert {name: column.tolist() for name, column in done["extra_logs"].items()} == {
        "answer.exact": [1.0], "format.tags": [1.0],
    }  # fmt: skip
    assert rollout(executor, WRONG)["reward"].tolist() == pytest.approx([0.1])


def test_a_prompt_that_the_host_cut_from_the_left_is_found(agent: Any, tmp_path: Path) -> None:
    executor = agent.SingleTurnAgentExecutor(printed(tmp_path, SPEC))
    done = rollout(executor, RIGHT, length=64 + len(PROMPT) - 20)
    assert len(done["observation_tokens"]) == len(PROMPT) - 20 + len(RIGHT)
    assert done["reward"].tolist() == [1.0]


def test_an_unscored_row_ends_the_run_though_the_host_catches_exceptions(agent: Any, tmp_path: Path) -> None:
    executor = agent.SingleTurnAgentExecutor(printed(tmp_path, "boxes.iou"))
    with pytest.raises(SystemExit, match="INAPPLICABLE"):
        rollout(executor, RIGHT)


def test_an_agent_of_one_step_is_rewarded_for_its_text(agent: Any) -> None:
    executor = adapter.to_openrlhf_agent(SPEC)()
    assert isinstance(executor, agent.MultiTurnAgentExecutor)
    done = rollout(executor, RIGHT)
    assert done["reward"] == 1.0
    assert done["extra_logs"]["answer.exact"].tolist() == [1.0]
    assert rollout(executor, WRONG)["reward"] == pytest.approx(0.1)
    assert done["action_ranges"] == [(len(PROMPT), len(PROMPT) + len(RIGHT))]
