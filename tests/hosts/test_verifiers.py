"""verifiers 0.4: its own tasks, traces and plug-in loader (`make hosts`)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from guerdon import Score, reward
from guerdon.integrations.verifiers import task_row, to_verifiers

vf: Any = pytest.importorskip("verifiers.v1")
pytestmark = pytest.mark.hosts
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJg"
    "gg=="
)


@reward("verifierstest.red", range=(0, 1))
def red(images: list[Any], response: str) -> float:
    """1 if the response says whether the picture is red."""
    return float((images[0].array()[0, 0, 0] > 200) == ("red" in response))


@reward("verifierstest.shy", range=(0, 1))
async def shy(response: str) -> Score:
    """Always abstains."""
    return Score.abstained("rather not")


sum_of_two = to_verifiers("0.9*answer.exact + 0.1*format.tags(tags='answer')")
picture = to_verifiers(red())
declines = to_verifiers(shy())
declines_silently = to_verifiers(shy(), unscored="none")


def trace_of(task: Any, reply: str) -> Any:
    from verifiers.v1.trace import AgentInfo, Trace, TraceTask

    fields = AgentInfo.model_fields
    agent = AgentInfo.model_construct(**dict.fromkeys(fields))
    return Trace.model_construct(
        task=TraceTask(type=type(task).__name__, data=task.data), agent=agent, root_reply=reply, nodes=[], rewards={},
        metrics={}, info={},
    )  # fmt: skip


def scored(reply: str, *functions: str, **data: Any) -> Any:
    """A trace after the host's own scoring of a task with these functions plugged in."""

    class Data(vf.TaskData):  # type: ignore[misc]
        answer: str = ""

    class Plain(vf.Task[Data]):  # type: ignore[misc]
        pass

    rewards = {name: {"fn": f"{Path(__file__)}:{name}", "weight": 2.0} for name in functions}
    task = Plain(Data(**data), vf.TaskConfig(rewards=rewards))
    trace = trace_of(task, reply)
    asyncio.run(task.score(trace))
    return trace


def test_a_plugged_reward_scores_and_its_components_are_metrics() -> None:
    trace = scored("<answer>4</answer>", "sum_of_two", prompt="2+2?", answer="4")
    assert trace.rewards["sum_of_two"].score == 1.0
    assert trace.reward == 2.0  # the weight is the host's; components are not added to it
    assert trace.metrics == {"answer.exact": 1.0, "format.tags": 1.0}


def test_a_reward_sees_the_pictures_of_the_prompt() -> None:
    part = {"type": "image_url", "image_url": {"url": PIXEL}}
    prompt = [{"role": "user", "content": [{"type": "text", "text": "which colour?"}, part]}]
    assert scored("red", "picture", prompt=prompt).rewards["picture"].score in (0.0, 1.0)
    assert scored("red", "picture", prompt=prompt).reward + scored("blue", "picture", prompt=prompt).reward == 2.0


def test_a_row_without_a_value_fails_the_rollout_unless_told_otherwise() -> None:
    with pytest.raises(Exception, match=r"shy.*ABSTAINED rather not"):
        scored("x", "declines", prompt="?")
    trace = scored("x", "declines_silently", prompt="?")
    assert trace.rewards == {}


def test_the_row_has_the_tasks_fields() -> None:
    class Data(vf.TaskData):  # type: ignore[misc]
        boxes: list[int] = [1, 2]  # noqa: RUF012 - pydantic copies it

    row = task_row(Data(prompt="?"), type("Trace", (), {"last_reply": "hm"})())
    assert (row["boxes"], row["prompt"], row["response"]) == ([1, 2], "?", "hm")
