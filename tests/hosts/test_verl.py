"""verl's own config, loader, reward managers and reward loop (`make hosts`)."""

from __future__ import annotations

import asyncio
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from guerdon.integrations import verl as adapter

pytest.importorskip("verl")
pytestmark = pytest.mark.hosts
SPEC = "0.9*answer.exact + 0.1*format.tags(tags='answer')"
TEXTS = ("<answer>4</answer>", "<answer>5</answer>", "five", "<answer>cat</answer>")
TRUTHS = ("4", "4", "5", '{"answer": "cat", "boxes": [[0, 0, 1, 1]]}')


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    transformers: Any = pytest.importorskip("transformers")

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer, bpe.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator([], trainers.BpeTrainer(initial_alphabet=alphabet, special_tokens=["<pad>", "</s>"]))
    made = transformers.PreTrainedTokenizerFast(tokenizer_object=bpe, pad_token="<pad>", eos_token="</s>")
    made.save_pretrained(tmp_path_factory.mktemp("tokenizer"))
    return made


def configured(*overrides: str) -> Any:
    """verl's trainer config with overrides as a shell would hand them over."""
    hydra: Any = pytest.importorskip("hydra")
    with hydra.initialize_config_module("verl.trainer.config", version_base=None):
        return hydra.compose("ppo_trainer", overrides=list(overrides))


def printed(unscored: Any = "raise") -> list[str]:
    """What `guerdon path verl` prints, as the shell reads it."""
    return shlex.split(adapter.HOST.snippet(SPEC, unscored).config.replace("\\\n", " "))


def batch(tokenizer: Any) -> Any:
    """Rollouts as verl's agent loop leaves them."""
    import torch
    from verl import DataProto

    ids = [tokenizer.encode(text) for text in TEXTS]
    width = max(map(len, ids))
    padded = torch.tensor([row + [0] * (width - len(row)) for row in ids])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in ids])
    prompts = torch.ones(len(ids), 3, dtype=torch.long)
    objects: dict[str, Any] = {
        "data_source": ["table"] * len(ids),
        "reward_model": [{"style": "rule", "ground_truth": truth} for truth in TRUTHS],
        "extra_info": [{"index": i, "question": "which?"} for i in range(len(ids))],
        "raw_prompt": [np.array([{"role": "user", "content": "which?"}], dtype=object)] * len(ids),
    }
    columns = {}
    for name, cells in objects.items():
        columns[name] = np.empty(len(cells), dtype=object)
        columns[name][:] = cells
    tensors = {
        "prompts": prompts,
        "responses": padded,
        "attention_mask": torch.cat([torch.ones_like(prompts), mask], 1),
    }
    return DataProto.from_dict(tensors=tensors, non_tensors=columns)


def scored(manager: Any, data: Any) -> list[dict[str, Any]]:
    return [manager.loop.run_until_complete(manager.run_single(data[i : i + 1])) for i in range(len(data))]


WANTED = [1.0, 0.1, 0.0, 1.0]


def test_the_printed_config_loads_through_verls_own_loader(tokenizer: Any) -> None:
    from verl.trainer.ppo.reward import load_reward_manager

    manager = load_reward_manager(configured(*printed()), tokenizer)
    results = scored(manager, batch(tokenizer))
    assert [r["reward_score"] for r in results] == pytest.approx(WANTED)
    assert {frozenset(r["reward_extra_info"]) for r in results} == {
        frozenset(("score", "scored", "answer.exact", "format.tags"))
    }


def test_an_async_function_is_seen_as_one(tokenizer: Any) -> None:
    from verl.trainer.ppo.reward import load_reward_manager

    overrides = [o.replace("name=compute_score", "name=compute_score_async") for o in printed()]
    manager = load_reward_manager(configured(*overrides), tokenizer)
    assert manager.is_async_reward_score
    assert [r["reward_score"] for r in scored(manager, batch(tokenizer))] == pytest.approx(WANTED)


def test_the_manager_sees_the_row_and_the_prompt(tokenizer: Any) -> None:
    from verl.trainer.ppo.reward import load_reward_manager

    manager = load_reward_manager(
        configured(
            *printed(), "reward.reward_manager.source=importlib", "reward.reward_manager.name=GuerdonRewardManager",
            "+reward.reward_manager.module.path=pkg://guerdon.integrations.verl",
        ),
        tokenizer,
    )  # fmt: skip
    assert type(manager) is adapter.GuerdonRewardManager
    data = batch(tokenizer)
    results = scored(manager, data)
    assert [r["reward_score"] for r in results] == pytest.approx(WANTED)
    tensor = type(manager).assemble_rm_scores(data, [r["reward_score"] for r in results])
    assert tensor.sum(1).tolist() == pytest.approx(WANTED)
    item = data[0].non_tensor_batch
    assert adapter._item_row(item, "x")["prompt"] == [{"role": "user", "content": "which?"}]


def test_the_reward_loops_worker_scores_a_batch(tokenizer: Any, tmp_path: Path) -> None:
    from verl.experimental.reward_loop.reward_loop import RewardLoopWorker

    tokenizer.save_pretrained(tmp_path)
    worker = RewardLoopWorker(configured(*printed(), f"actor_rollout_ref.model.path={tmp_path}"))
    results = worker.loop.run_until_complete(worker.compute_score_batch(batch(tokenizer)))
    assert [r["reward_score"] for r in results] == pytest.approx(WANTED)
    keys = list(results[0]["reward_extra_info"])  # as verl collects them, from the first sample
    assert [[r["reward_extra_info"][k] for k in keys] for r in results][1] == pytest.approx([0.1, 1.0, 0.0, 1.0])
    assert asyncio.iscoroutinefunction(worker.compute_score_batch)
