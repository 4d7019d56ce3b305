"""One test for each way in which a host surprises a reward."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.integrations.twenty import broken, fragile, judge, later, parts, rarest

from guerdon import ContractError, Score, from_spec, reward
from guerdon.integrations import easyr1, gym, openrlhf, swift, trl, verifiers, verl
from guerdon.integrations.rows import ALARM, Bridge, pixels, runs

CHAT = [[{"role": "user", "content": "2+2?"}]]


def test_trl_does_not_take_a_reward_for_a_model() -> None:
    torch = pytest.importorskip("torch")
    function = trl.to_trl("answer.exact")
    assert not isinstance(function, torch.nn.Module)
    assert not isinstance(from_spec("answer.exact"), torch.nn.Module)


def test_trl_finds_name_and_kind_of_function() -> None:
    utils = pytest.importorskip("trl.trainer.utils")
    plain, waiting = trl.to_trl(parts()), trl.to_trl(later())
    assert (utils.get_callable_name(plain), utils.get_callable_name(waiting)) == ("table.parts", "table.later")
    assert (utils.is_async_callable(plain), utils.is_async_callable(waiting)) == (False, True)


def test_async_grpo_can_pickle_the_functions() -> None:
    for made in (parts(), 0.5 * later() + 0.5 * parts()):
        function = pickle.loads(pickle.dumps(trl.to_trl(made)))
        result = function(prompts=["q"], completions=["four"])
        assert len(asyncio.run(result) if asyncio.iscoroutine(result) else result) == 1


def test_async_grpos_own_scoring_takes_sync_and_async_functions() -> None:
    worker = pytest.importorskip("trl.experimental.async_grpo.async_rollout_worker")
    pytest.importorskip("accelerate").PartialState(cpu=True)  # the host's logger wants one
    functions = [trl.to_trl(parts()), trl.to_trl(judge())]
    loop = SimpleNamespace(
        reward_funcs=functions,
        reward_func_names=["parts", "judge"],
        _env_reward_types=[],
        _provides_rollout_reward=False,
    )
    row = [1]
    sequence = SimpleNamespace(input_ids=row, completion_mask=row, old_log_probs=row)
    group = SimpleNamespace(
        prompts=CHAT * 2, completions=[[{"role": "assistant", "content": t}] for t in ("4", "5")],
        completions_ids=[[1], [2]], reward_kwargs={"mood": ["ok", "abstained"]}, env_rewards=[None, None],
        tool_call_counts=[0, 0], tool_failure_counts=[0, 0], completions_sequences=[[sequence], [sequence]],
        model_version=0, group_id=0, rollout_rewards=[None, None],
    )  # fmt: skip
    samples = asyncio.run(worker._AsyncRolloutLoop._score_group(loop, group))
    assert [s.metrics["rewards/parts"] for s in samples] == [1.5, 1.5]
    judged = [s.metrics["rewards/judge"] for s in samples]
    assert judged[0] == len("2+2?") % 5 / 5
    assert judged[1] != judged[1]  # abstained: None, which the host makes NaN


def test_trl_groups_are_runs_of_equal_prompts() -> None:
    texts = ["a", "a", "b", "c"]
    function = trl.to_trl(rarest())
    assert function(prompts=["p", "p", "q", "q"], completions=texts) == [0.0, 0.0, 0.5, 0.5]
    assert runs(["p", "p", "p", "p"], 2) == [0, 0, 1, 1]  # the same prompt twice in a batch
    with pytest.raises(ContractError, match="rows 0 to 1 have different prompts"):
        runs(["p", "q"], 2)
    with pytest.raises(ContractError, match="3 rows are not whole groups of 2"):
        runs(["p", "p", "q"], 2)


def test_rubrics_do_not_take_the_function_for_one_of_a_group() -> None:
    for made in (parts(), later()):
        signature = inspect.signature(verifiers.to_rubric(made))
        plural = {"completions", "prompts", "answers", "states", "tasks", "infos"}
        assert not plural & set(signature.parameters)
        assert "list" not in str(signature.return_annotation).lower()


def test_verifiers_gets_an_async_function_with_the_names_it_knows() -> None:
    function = verifiers.to_verifiers(parts())
    assert inspect.iscoroutinefunction(function)
    assert list(inspect.signature(function).parameters) == ["task", "trace"]


def test_verl_sees_functions_and_knows_which_wait() -> None:
    assert inspect.isfunction(verl.compute_score)
    assert not inspect.iscoroutinefunction(verl.compute_score)
    assert inspect.iscoroutinefunction(verl.compute_score_async)


def test_verl_samples_have_the_same_keys_whatever_happens() -> None:
    spec = "gate(answer.exact, format.tags(tags='answer')) + boxes.iou"
    given = [("<answer>4</answer>", "4"), ("", "4"), ("x", '{"answer": "x", "boxes": [[0, 0, 1, 1]]}'), ("x", None)]
    keys = [tuple(verl.compute_score("d", text, truth, {}, reward=spec, unscored="nan")) for text, truth in given]
    assert len(set(keys)) == 1
    assert set(keys[0]) == {"score", "scored", "answer.exact", "format.tags", "boxes.iou"}


def test_verl_columns_from_parquet_are_lists_again() -> None:
    import numpy as np

    boxes = np.empty(1, dtype=object)
    boxes[0] = np.array([0, 0, 10, 10])
    text = "<answer>[0, 0, 10, 10]</answer>"
    result = verl.compute_score("d", text, "unused", {"boxes": boxes}, reward="boxes.iou")
    assert result["score"] == 1.0


def test_verl_omnis_picture_is_the_response() -> None:
    import numpy as np

    result = asyncio.run(
        verl.compute_image_score("d", np.full((3, 8, 8), 255, np.uint8), "a white square", {}, reward="omni.white")
    )
    assert result["score"] == 1.0


@reward("omni.white", range=(0, 1))
def white(images: list[Any], prompt: str) -> float:
    """Whether the picture is white, if that was asked for."""
    return float(images[0].array().mean() == 255 and "white" in prompt)


def test_pixels_may_come_channels_first_or_last() -> None:
    import numpy as np

    assert pixels(np.zeros((2, 3, 8, 6), np.float32)).shape == (2, 8, 6, 3)
    assert pixels(np.zeros((2, 8, 6, 3), np.uint8)).shape == (2, 8, 6, 3)
    assert pixels(np.array([[[0.0, 0.5, 1.2]]])).tolist() == [[[0, 128, 255]]]


def test_openrlhf_batches_of_one_give_tensors_of_one() -> None:
    out = openrlhf.to_openrlhf(parts())(["q?a"], ["q?"], ["4"])
    assert (out["rewards"].shape, out["scores"].shape) == ((1,), (1,))
    assert out["scores"].tolist() == [0.75]  # 1.5 of the range 0 to 2


def test_openrlhf_queries_lose_prompt_and_special_tokens() -> None:
    prompt = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n"
    row = openrlhf.query_row(f"{prompt}<answer>4</answer><|im_end|>", prompt, '{"answer": 4}')
    assert row == {"prompt": prompt, "response": "<answer>4</answer>", "answer": 4}


def test_openrlhf_names_a_query_without_its_prompt() -> None:
    with pytest.raises(SystemExit, match="where the response begins is unknown"):
        openrlhf.to_openrlhf(parts())(["something else"], ["the prompt"], ["4"])


def test_openrlhf_cannot_swallow_a_reward_that_is_down() -> None:
    function = openrlhf.to_openrlhf(broken(), unscored=0.0)
    for _ in range(ALARM - 1):
        function(["qa"], ["q"], [""])
    with pytest.raises(SystemExit, match="64 rows in a row FAILED"), suppress(Exception):  # as the host does
        function(["qa"], ["q"], [""])


def test_swift_plugins_leave_other_packages_importable(tmp_path: Path) -> None:
    """The host puts the plugin's folder first on the path: beside our `trl.py` it would hide TRL."""
    _, source = swift.HOST.snippet("answer.exact", "none")
    plugin = tmp_path / "guerdon_swift.py"
    plugin.write_text(source)
    assert not (plugin.parent / "trl.py").exists()
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import trl; assert 'guerdon' not in trl.__file__"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": ""})


def test_swift_metrics_are_named_by_classes() -> None:
    one, two = swift.to_swift("answer.exact"), swift.to_swift(parts(), name="other")
    assert (one.__name__, two.__name__) == ("answer_exact", "other")
    assert one is not two


def test_easyr1_has_one_shape_for_both_types() -> None:
    given = {"response": "x", "response_length": 1, "ground_truth": "x"}
    function = easyr1.to_easyr1("answer.exact")
    assert function([given]) == [function(given)]


def test_rewards_that_set_alarms_work_in_threads() -> None:
    """Hosts call from threads, where `signal` raises; maths is the reward that published code does that in."""
    spec, given = "answer.math", {"answer": r"\frac{1}{2}"}
    seen: list[str] = []

    def score(_: int) -> float:
        seen.append(threading.current_thread().name)
        return verl.compute_score("d", r"<answer>\frac{2}{4}</answer>", json.dumps(given), {}, reward=spec)["score"]

    with ThreadPoolExecutor(4, thread_name_prefix="host") as pool:
        assert list(pool.map(score, range(16))) == [1.0] * 16
    assert all(name.startswith("host") for name in seen)


def test_an_async_reward_does_not_block_the_hosts_loop() -> None:
    ticks = 0

    async def run() -> float:
        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.005)

        beat = asyncio.create_task(tick())
        result = await verl.compute_score_async("d", "abc", None, {}, reward="traps.slow")
        beat.cancel()
        return result["score"]

    assert asyncio.run(run()) == 1.0
    assert ticks > 5


@reward("traps.slow", range=(0, 1))
async def slow(response: str) -> float:
    """A judge that takes its time."""
    await asyncio.sleep(0.1)
    return 1.0


@reward("traps.lengths", range=(0, None), over="trajectory")
def lengths(steps: list[Any], actions: list[Any]) -> float:
    """How long the episode was."""
    return float(len(steps) + len(actions))


def test_a_trajectory_reward_comes_at_the_end_of_the_episode() -> None:
    gymnasium = pytest.importorskip("gymnasium")
    env = gym.to_gym(gymnasium.make("CartPole-v1", max_episode_steps=3), lengths())
    env.reset(seed=0)
    assert [env.step(0)[1] for _ in range(3)] == [0.0, 0.0, 6.0]


@reward("traps.upright", range=(0, 1), components=("angle",))
def upright(next_observation: Any, goal: float) -> Score:
    """How upright the pole is, as a part, and whether it is within the goal."""
    angle = abs(float(next_observation[2]))
    return Score(float(angle < goal), components={"angle": angle})  # type: ignore[dict-item]


def test_a_step_reward_runs_in_a_real_environment() -> None:
    gymnasium = pytest.importorskip("gymnasium")
    env = gym.to_gym(gymnasium.make("CartPole-v1"), upright(), combine="add", goal=0.2)
    observation, _ = env.reset(seed=1)
    for _ in range(5):
        observation, value, *_, info = env.step(env.action_space.sample())
        assert value == 1.0 + float(abs(observation[2]) < 0.2)  # CartPole gives 1 a step
        assert info["guerdon"]["traps.upright/angle"] == pytest.approx(abs(observation[2]))


def test_a_run_of_failures_is_counted_across_calls_and_ends_with_a_success() -> None:
    bridge = Bridge("host", fragile(), 0.0)
    for _ in range(3):
        bridge.score([{"mood": "fail"}] * (ALARM - 1))
        bridge.score([{"mood": "ok"}])
    assert bridge.failed == 0


def test_failures_are_told_at_once_and_then_ever_more_rarely(caplog: pytest.LogCaptureFixture) -> None:
    bridge = Bridge("host", fragile(), 0.0)
    for i in range(20):
        bridge.score([{"mood": "fail", "id": f"row {i}"}, {"mood": "ok"}])
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 5  # of 1, 2, 4, 8 and 16
    assert told[0].startswith("host: row row 0 FAILED in table.fragile: RuntimeError: in a mood")
    assert told[-1].endswith("(16 so far)")


def test_the_part_without_a_value_is_named_and_no_other() -> None:
    bridge = Bridge("host", fragile() + parts() + judge(), "raise")
    with pytest.raises(ContractError, match=r"\(in table\.judge\)"):
        bridge.score([{"mood": "abstained", "prompt": "p", "response": "r"}])


def test_an_agents_last_step_is_its_texts_reward() -> None:
    bridge = Bridge("openrlhf", from_spec("answer.exact"), "raise")
    states = {"observation_text": "2+2?", "action_text": "<answer>4</answer><|im_end|>", "label": "4"}
    result = asyncio.run(openrlhf.agent_step(bridge, states))
    assert (result["rewards"].item(), result["done"]) == (1.0, True)


@pytest.mark.parametrize("policy", ["zero", "None", [], "raise!"])
def test_a_policy_that_is_none_is_refused(policy: Any) -> None:
    with pytest.raises(ContractError, match="say none, nan, raise, or a number"):
        Bridge("host", parts(), policy)


def test_a_config_may_say_the_floor_as_text() -> None:
    assert verl.compute_score("d", "x", None, {}, reward="answer.exact", unscored="-1.5")["score"] == -1.5  # type: ignore[arg-type]
