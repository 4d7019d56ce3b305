"""TRL's own trainer, a few steps on a tiny vision-language model made here, with rewards that look at the picture."""

from __future__ import annotations

import asyncio
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from guerdon import Image, Reward, Score, reward
from guerdon.integrations.trl import to_trl, to_trl_environment
from guerdon.media import Image as Picture

IMAGE = "<image>"
SIDE, PATCH = 28, 14
CHAT = (
    "{% for m in messages %}{{ m['role'] }}: {% if m['content'] is string %}{{ m['content'] }}{% else %}"
    "{% for part in m['content'] %}{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endif %}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
)


@reward("training.bright", range=(0, 1), components=("light", "length"))
def bright(images: list[Picture], response: str) -> Score:
    """How bright the picture is, and a little of the response's length."""
    light = float(images[0].array().mean()) / 255
    size = min(len(response), 100) / 100
    return Score(0.9 * light + 0.1 * size, components={"light": light, "length": size})  # type: ignore[dict-item]


@reward("training.choosy", range=(0, 1))
async def choosy(response: str, shade: int) -> Score | float:
    """An async reward that declines on dark pictures."""
    await asyncio.sleep(0)
    return Score.abstained("too dark") if shade < 100 else len(response) % 3 / 3


@pytest.fixture(scope="module")
def tiny() -> Any:
    """(model, processor): LLaVA's architecture with two layers, weights at random."""
    import torch

    hf: Any = pytest.importorskip("transformers")

    torch.manual_seed(0)
    tokenizer = byte_tokenizer("<pad>", "</s>", IMAGE)
    processor = hf.LlavaProcessor(
        image_processor=hf.CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size=SIDE), tokenizer=tokenizer,
        patch_size=PATCH, vision_feature_select_strategy="default", image_token=IMAGE,
        chat_template=CHAT, num_additional_image_tokens=1,
    )  # fmt: skip
    vision = hf.CLIPVisionConfig(
        hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, image_size=SIDE,
        patch_size=PATCH, projection_dim=16,
    )  # fmt: skip
    config = hf.LlavaConfig(
        vision_config=vision, text_config=text_config(tokenizer),
        image_token_index=tokenizer.convert_tokens_to_ids(IMAGE),
    )  # fmt: skip
    return hf.LlavaForConditionalGeneration(config), processor


def byte_tokenizer(pad: str, end: str, *special: str) -> Any:
    """Bytes, and a few words of the tests."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    hf: Any = pytest.importorskip("transformers")
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer, bpe.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        ["user: how bright is it?\nassistant: very bright"],
        trainers.BpeTrainer(vocab_size=300, initial_alphabet=alphabet, special_tokens=[pad, end, *special]),
    )
    return hf.PreTrainedTokenizerFast(tokenizer_object=bpe, pad_token=pad, eos_token=end)


def text_config(tokenizer: Any) -> Any:
    hf: Any = pytest.importorskip("transformers")
    return hf.Qwen2Config(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=512, pad_token_id=0, eos_token_id=1, bos_token_id=None,
    )  # fmt: skip


def dataset() -> Any:
    from datasets import Dataset, Features, List, Value
    from datasets import Image as ImageFeature

    shades = [40, 200, 80, 240]
    message = {"role": Value("string"), "content": Value("string")}
    features = Features({"prompt": List(message), "image": ImageFeature(), "shade": Value("int64")})
    return Dataset.from_dict(
        {
            "prompt": [[{"role": "user", "content": "how bright is it?"}]] * len(shades),
            "image": [Image.of(np.full((SIDE, SIDE, 3), s, np.uint8)).pil() for s in shades],
            "shade": shades,
        },
        features=features,
    )


def train(tiny: Any, folder: Path, rewards: list[Reward], **settings: Any) -> tuple[Any, list[dict[str, Any]]]:
    trl: Any = pytest.importorskip("trl")

    model, processor = tiny
    arguments = trl.GRPOConfig(
        output_dir=str(folder), per_device_train_batch_size=4, num_generations=2, max_completion_length=8, max_steps=2,
        logging_steps=1, report_to=[], bf16=False, use_cpu=True, save_strategy="no", disable_tqdm=True, seed=1,
        log_completions=False, **settings,
    )  # fmt: skip
    trainer = trl.GRPOTrainer(
        model=model, reward_funcs=[to_trl(one) for one in rewards], args=arguments, train_dataset=dataset(),
        processing_class=processor,
    )  # fmt: skip
    trainer.train()
    return trainer, [entry for entry in trainer.state.log_history if "reward" in entry]


def test_grpo_trains_on_a_reward_that_sees_the_picture(tiny: Any, tmp_path: Path) -> None:
    trainer, logs = train(tiny, tmp_path, [bright()])
    assert len(logs) == 2
    for entry in logs:
        light = entry["training.bright/training.bright/light"]
        assert 0 < light < 1
        # the value is 0.9 of the light and 0.1 of the length, on average too
        length = entry["training.bright/training.bright/length"]
        assert entry["rewards/training.bright/mean"] == pytest.approx(0.9 * light + 0.1 * length, abs=1e-5)
        assert entry["training.bright/coverage"] == 1.0
    assert len({entry["training.bright/training.bright/light"] for entry in logs}) == 2  # other pictures, other light
    assert "training.bright/light" in trainer._logs["extra"]


def test_an_async_reward_leaves_out_the_rows_it_declines(tiny: Any, tmp_path: Path) -> None:
    _, logs = train(tiny, tmp_path, [bright(), choosy()], reward_weights=[1.0, 0.5])
    coverage = [entry["training.choosy/coverage"] for entry in logs]
    assert min(coverage) < 1
    assert sum(coverage) / 2 == 0.5  # two of the four pictures are dark, and each step takes two
    for entry in logs:
        assert not isnan(entry["reward"])


def test_rloo_takes_the_same_functions(tiny: Any, tmp_path: Path) -> None:
    trl: Any = pytest.importorskip("trl")

    model, processor = tiny
    arguments = trl.RLOOConfig(
        output_dir=str(tmp_path), per_device_train_batch_size=4, num_generations=2, max_completion_length=8,
        max_steps=1, logging_steps=1, report_to=[], bf16=False, use_cpu=True, save_strategy="no", beta=0.0,
        disable_tqdm=True,
    )  # fmt: skip
    trainer = trl.RLOOTrainer(
        model=model,
        reward_funcs=[to_trl(bright())],
        args=arguments,
        train_dataset=dataset(),
        processing_class=processor,
    )
    trainer.train()
    assert 0 < trainer.state.log_history[0]["rewards/training.bright/mean"] < 1


class Counting:
    """An environment without tools but one."""

    def reset(self, **columns: Any) -> str | None:
        """Start again."""
        self.steps = 0
        return None

    def press(self) -> str:
        """
        Press the button.

        Returns:
            What happened.
        """
        self.steps += 1
        return "pressed"


@reward("training.pressed", range=(0, None))
def pressed(steps: int, goal: int) -> float:
    """How often the button was pressed, over the goal."""
    return steps / goal


def test_an_environment_owns_its_reward() -> None:
    from trl.trainer.utils import is_async_callable

    rewarded: Any = to_trl_environment(Counting, pressed())
    environment = rewarded()
    environment.reset(goal=4, prompt="press twice")
    environment.press()
    assert asyncio.run(environment.get_reward()) == 0.25
    assert rewarded.__name__ == "Counting"  # the metric's name
    assert is_async_callable(rewarded.get_reward)


CALL = '<tool_call>\n{"name": "press", "arguments": {}}\n</tool_call><|im_end|>'


@pytest.fixture
def presser() -> Any:
    """(model, tokenizer): a text model that presses the button once and is done, whatever its weights."""
    import torch
    from trl import chat_template_utils

    hf: Any = pytest.importorskip("transformers")
    tokenizer = byte_tokenizer("<|endoftext|>", "<|im_end|>", "<|im_start|>")
    tokenizer.chat_template = chat_template_utils.qwen3_chat_template

    class Presser(hf.Qwen2ForCausalLM):  # type: ignore[misc]
        def generate(self, input_ids: Any, **_: Any) -> Any:
            """What it says after each of these prompts."""
            told = ["<tool_response>" in text for text in tokenizer.batch_decode(input_ids)]
            said = tokenizer(["done<|im_end|>" if t else CALL for t in told], padding=True, return_tensors="pt")
            return torch.cat([input_ids, said["input_ids"]], 1)

    torch.manual_seed(0)
    return Presser(text_config(tokenizer)), tokenizer


def test_grpo_trains_on_what_an_environment_says_of_itself(presser: Any, tmp_path: Path) -> None:
    from datasets import Dataset

    trl: Any = pytest.importorskip("trl")
    model, tokenizer = presser
    arguments = trl.GRPOConfig(
        output_dir=str(tmp_path), per_device_train_batch_size=4, num_generations=2, max_completion_length=256,
        max_steps=2, logging_steps=1, report_to=[], bf16=False, use_cpu=True, save_strategy="no", disable_tqdm=True,
    )  # fmt: skip
    goals = [1, 2, 4, 8]
    prompts = [[{"role": "user", "content": "press the button"}]] * len(goals)
    trainer = trl.GRPOTrainer(
        model=model, args=arguments, train_dataset=Dataset.from_dict({"prompt": prompts, "goal": goals}),
        processing_class=tokenizer, environment_factory=to_trl_environment(Counting, pressed()),
    )  # fmt: skip
    trainer.train()
    logs = [entry for entry in trainer.state.log_history if "reward" in entry]
    assert [entry["tools/call_frequency"] for entry in logs] == [1.0, 1.0]
    # Each was pressed once: 1, 1/2, 1/4 and 1/8 of the goal, two of these a step.
    assert sum(entry["rewards/Counting/mean"] for entry in logs) == pytest.approx((1 + 1 / 2 + 1 / 4 + 1 / 8) / 2)
