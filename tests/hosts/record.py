"""Record what hosts' own code passes to a reward: `python tests/hosts/record.py HOST SOURCE > fixture.json`.

SOURCE is a folder with the host's code (unpacked wheel or repository). Parts of it that need a GPU, a tokenizer or a
server get a stand-in; the code that calls the reward is the host's. It needs what that code imports.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

TEXT = "<answer>4</answer>"
TRUTH = '{"answer": "4", "boxes": [[0, 0, 10, 10]]}'
Calls = list[dict[str, Any]]


def plain(value: Any) -> Any:
    """JSON-ready; tensors and arrays as their shape, type and ends, for they are made again from these."""
    if hasattr(value, "shape"):
        ends = [float(value.min()), float(value.max())] if value.size and not callable(value.size) else []
        if callable(getattr(value, "numel", None)):
            ends = [float(value.min()), float(value.max())]
        return {"array": list(value.shape), "type": str(value.dtype).removeprefix("torch."), "ends": ends}
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else {"object": type(value).__name__}


def module(name: str, path: str | None = None, **members: Any) -> Any:
    """A stand-in, or a file of the host under its own name."""
    made = types.ModuleType(name)
    if path is not None:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        made = importlib.util.module_from_spec(spec)
    made.__dict__.update(members)
    sys.modules[name] = made
    if path is not None and made.__spec__ is not None and made.__spec__.loader is not None:
        made.__spec__.loader.exec_module(made)
    return made


def openrlhf(source: Path, calls: Calls) -> None:
    """SingleTurnAgentExecutor, with an engine that says TEXT and a tokenizer of characters."""
    import logging

    module("aiohttp")
    module("openrlhf")
    module("openrlhf.utils")
    module("openrlhf.utils.logging_utils", init_logger=logging.getLogger)
    agent = module("openrlhf.utils.agent", str(source / "openrlhf/utils/agent.py"))
    prompt = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n"

    class Tokenizer:
        def __call__(self, text: str, **_: Any) -> dict[str, Any]:
            import torch

            return {"input_ids": torch.tensor([[ord(c) for c in text]])}

        def decode(self, ids: list[int], **_: Any) -> str:
            return "".join(map(chr, ids))

    class Engine:
        async def generate(self, *_: Any, **__: Any) -> Any:
            ids = [ord(c) for c in TEXT + "<|im_end|>"]
            output = types.SimpleNamespace(token_ids=ids, finish_reason="stop", logprobs=None, text=TEXT + "<|im_end|>")
            return types.SimpleNamespace(outputs=[output])

    def reward_func(*args: Any, **kwargs: Any) -> dict[str, Any]:
        calls.append({"args": plain(args), "kwargs": plain(kwargs)})
        return {"rewards": 1.0}

    executor = agent.SingleTurnAgentExecutor()
    executor.reward_endpoints, executor.reward_func = ["f.py"], reward_func
    sampling = types.SimpleNamespace(max_tokens=64, logprobs=None)
    asyncio.run(executor.execute(prompt, TRUTH, sampling, 4096, Tokenizer(), Engine()))


def easyr1(source: Path, calls: Calls) -> None:
    """Both mixins of its reward manager, over a batch of one."""
    import torch

    for name in ("verl", "verl.workers", "verl.workers.reward"):
        module(name).__path__ = []
    module("verl.protocol", DataProto=object)
    module("verl.workers.reward.config", RewardConfig=object)
    code = module("verl.workers.reward.function", str(source / "verl/workers/reward/function.py"))
    tensors = {"responses": torch.ones(1, 5, dtype=torch.long), "response_mask": torch.ones(1, 5)}
    data = types.SimpleNamespace(batch=tensors, non_tensor_batch={"ground_truth": [TRUTH]})
    state = {"tokenizer": types.SimpleNamespace(decode=lambda *_, **__: TEXT),
             "config": types.SimpleNamespace(skip_special_tokens=True)}  # fmt: skip

    def batch(*args: Any, **kwargs: Any) -> Any:
        calls.append({"args": plain(args), "kwargs": plain(kwargs)})
        return [{"overall": 1.0}]

    def one(*args: Any, **kwargs: Any) -> Any:
        return batch(*args, **kwargs)[0]

    Data = type("Data", (), {"__len__": lambda self: 1, **vars(data)})
    for mixin, function, name in (
        (code.BatchFunctionRewardManagerMixin, batch, "compute_reward_batch"),
        (code.SequentialFunctionRewardManagerMixin, one, "compute_reward_sequential"),
    ):
        manager = mixin()
        manager.__dict__.update(state, reward_fn=function)
        getattr(manager, name)(Data())


def flow_grpo(source: Path, calls: Calls) -> None:
    """`multi_score`, as the training script calls it, with the recorder in place of a scorer."""
    import torch

    code = module("flow_grpo.rewards", str(source / "flow_grpo/rewards.py"))

    def scorer(device: Any) -> Callable[..., Any]:
        def score(*args: Any, **kwargs: Any) -> Any:
            calls.append({"args": plain(args), "kwargs": plain(kwargs)})
            return [1.0, 1.0], {}

        return score

    code.deqa_score_remote = scorer
    images = torch.linspace(0, 1, 2 * 3 * 4 * 4).reshape(2, 3, 4, 4)
    code.multi_score("cpu", {"deqa": 1.0})(images, ("a red cube", "a dog"), ({"tag": "colors"}, {"tag": "single"}))


def flow_factory(source: Path, calls: Calls) -> None:
    """`RewardProcessor`'s batch of pointwise samples."""
    from collections import OrderedDict

    import torch
    from PIL import Image

    class Anything(types.ModuleType):
        def __getattr__(self, name: str) -> Any:
            return type(name, (), {})

    own = ("", ".rewards", ".hparams", ".samples", ".utils", ".utils.base", ".utils.image", ".utils.video",
           ".utils.audio", ".utils.logger_utils", ".utils.dist")  # fmt: skip
    names = [f"flow_factory{name}" for name in own] + ["diffusers", "diffusers.utils", "diffusers.utils.outputs"]
    for name in names:
        sys.modules[name] = Anything(name)
        sys.modules[name].__path__ = []
    sys.modules["diffusers.utils.outputs"].BaseOutput = OrderedDict  # type: ignore[attr-defined]
    module("flow_factory.rewards.abc", str(source / "flow_factory/rewards/abc.py"))
    code = module("flow_factory.rewards.reward_processor", str(source / "flow_factory/rewards/reward_processor.py"))
    code.filter_kwargs = lambda function, **fields: fields
    code.move_tensors_to_device = lambda fields, device: fields
    code.standardize_image_batch = lambda images, output_type: images

    class Sample(dict):  # type: ignore[type-arg]
        __getattr__ = dict.get

    def model(**fields: Any) -> Any:
        calls.append({"args": [], "kwargs": plain(fields)})
        return torch.ones(2)

    model.device, model.use_tensor_inputs = "cpu", False  # type: ignore[attr-defined]
    samples = [
        Sample(prompt=p, image=Image.new("RGB", (4, 4)), video=None, height=4, width=4, unique_id=7) for p in ("a", "b")
    ]
    processor = object.__new__(code.RewardProcessor)
    processor._compute_pointwise_batch("guerdon", model, samples)


def verl(source: Path, calls: Calls) -> None:
    """NaiveRewardManager.run_single, in verl's own environment."""
    import numpy as np
    import torch
    from verl import DataProto
    from verl.experimental.reward_loop.reward_manager.naive import NaiveRewardManager

    async def compute_score(*args: Any, **kwargs: Any) -> float:
        calls.append({"args": plain(args), "kwargs": plain(kwargs)})
        return 1.0

    def column(cell: Any) -> Any:
        made = np.empty(1, dtype=object)
        made[0] = cell
        return made

    ones = torch.ones(1, 4, dtype=torch.long)
    data = DataProto.from_dict(
        tensors={"responses": ones, "attention_mask": torch.ones(1, 8, dtype=torch.long)},
        non_tensors={"data_source": column("geo"), "reward_model": column({"ground_truth": TRUTH}),
                     "extra_info": column({"index": 3, "split": "train"})},
    )  # fmt: skip
    manager = NaiveRewardManager(None, types.SimpleNamespace(decode=lambda *_, **__: TEXT), compute_score)
    manager.loop.run_until_complete(manager.run_single(data))


def swift(source: Path, calls: Calls) -> None:
    """compute_rewards_per_func, in ms-swift's own environment."""
    import torch
    from swift.rl_core.data import GRPOSample
    from swift.rl_core.grpo_algorithm import compute_rewards_per_func

    def function(*args: Any, **kwargs: Any) -> list[float]:
        calls.append({"args": plain(args), "kwargs": plain(kwargs)})
        return [1.0, 1.0]

    samples = [
        GRPOSample(
            messages=[{"role": "user", "content": "<image>2+2?"}, {"role": "assistant", "content": TEXT}],
            images=[{"path": "a.png", "bytes": None}], extra={"solution": "4", "boxes": [[0, 0, 10, 10]]},
            prompt_id="p1", request_id=str(i), response_token_ids=[[1, 2]], finish_reason="stop",
        )
        for i in range(2)
    ]  # fmt: skip
    compute_rewards_per_func(samples, [function], [None], torch.device("cpu"))


if __name__ == "__main__":
    recorded: Calls = []
    recorder = globals()[sys.argv[1]]
    recorder(Path(sys.argv[2]), recorded)
    assert recorded, "the host's code called no reward"
    note = f"{recorder.__doc__} Made by tests/hosts/record.py."
    sys.stdout.write(json.dumps({"host": sys.argv[1], "made": note, "calls": recorded}, indent=1) + "\n")
