"""verifiers: a reward plugged into a task by its import path (0.4), or a function of a Rubric (0.3 and before).

# my_rewards.py
iou = to_verifiers("boxes.iou")

--env.taskset.task.rewards.iou.fn my_rewards:iou --env.taskset.task.rewards.iou.weight 1.0
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from guerdon.integrations.host import Host, Snippet, located
from guerdon.integrations.rows import Bridge
from guerdon.reward import Reward
from guerdon.sample import Message
from guerdon.scores import Unscored

TaskReward = Callable[[Any, Any], Awaitable[float | dict[str, float]]]


def to_verifiers(reward: Reward | str, *, unscored: Unscored = "raise") -> TaskReward:
    """The reward as an async function of `task` and `trace`, as verifiers 0.4 plugs in.

    Components become metrics of the trace: as rewards they would be added to the total. A row without a value raises,
    which fails the rollout rather than scoring the model; with "none" it records no reward.
    """
    bridge = Bridge("verifiers", reward, unscored)

    async def score(task: Any, trace: Any) -> float | dict[str, float]:
        hosted = await bridge.ascore([task_row(task, trace)])
        value, parts = hosted.one()
        trace.record_metrics({name: part for name, part in parts.items() if part is not None})
        return {} if value is None else value

    score.__name__ = bridge.reward.name
    return score


def task_row(task: Any, trace: Any) -> dict[str, Any]:
    """The task's fields with the prompt's messages, the last reply as `response`, and the whole conversation."""
    fields = task.model_dump(exclude={"prompt", "image"})  # `image` is a container's there
    prompt = task.prompt if task.prompt is None or isinstance(task.prompt, str) else [message(m) for m in task.prompt]
    return {**fields, "prompt": prompt, "response": trace.last_reply, "trace": trace}


def message(given: Any) -> Message:
    """A chat message, pydantic or a dict, with OpenAI's image parts as guerdon names them."""
    fields = dict(given) if isinstance(given, Mapping) else given.model_dump()
    content = fields.get("content")
    if isinstance(content, list):
        fields["content"] = [_part(part) for part in content]
    return fields


def _part(part: Any) -> Any:
    if not isinstance(part, Mapping) or part.get("type") != "image_url":
        return part
    source = part["image_url"]
    return {"type": "image", "image": source["url"] if isinstance(source, Mapping) else source}


def to_rubric(reward: Reward | str, *, unscored: Unscored = "raise") -> Callable[..., Any]:
    """The reward as a function of a Rubric: `vf.Rubric(funcs=[to_rubric(…)], weights=[1.0])`.

    Columns are `answer`, those of `info`, and `state`. Components are put into the state, under `guerdon`.
    """
    bridge = Bridge("verifiers", reward, unscored)

    # A Rubric looks at names and annotations: plural names or `-> list` would make these functions of a group.
    def score(prompt: Any, completion: Any, answer: Any = None, state: Any = None, info: Any = None) -> float | None:
        value, parts = bridge.score([rubric_row(prompt, completion, answer, state, info)]).one()
        return _kept(value, parts, state)

    async def ascore(
        prompt: Any, completion: Any, answer: Any = None, state: Any = None, info: Any = None
    ) -> float | None:
        value, parts = (await bridge.ascore([rubric_row(prompt, completion, answer, state, info)])).one()
        return _kept(value, parts, state)

    chosen: Callable[..., Any] = ascore if bridge.reward.waits else score
    chosen.__name__ = bridge.reward.name
    return chosen


def rubric_row(prompt: Any, completion: Any, answer: Any, state: Any, info: Any) -> dict[str, Any]:
    """The row of one call; an empty `answer`, which stands for none there, is none here."""
    columns = info if isinstance(info, Mapping) else {}
    answer = {} if answer in (None, "") else {"answer": answer}
    return {**columns, **answer, "prompt": _messages(prompt), "response": _messages(completion), "state": state}


def _messages(given: Any) -> Any:
    return [message(m) for m in given] if isinstance(given, Sequence) and not isinstance(given, str) else given


def _kept(value: float | None, parts: dict[str, float | None], state: Any) -> float | None:
    if isinstance(state, dict):
        state.setdefault("guerdon", {}).update(parts)
    return value


def _snippet(spec: str, unscored: Unscored) -> Snippet:
    source = (
        "from guerdon.integrations.verifiers import to_verifiers\n\n"
        f"score = to_verifiers({located(spec)!r}, unscored={unscored!r})\n"
    )
    at = "--env.taskset.task.rewards.guerdon"
    return Snippet(f"{at}.fn {{file}}:score {at}.weight 1.0", source)


HOST = Host(
    name="verifiers",
    title="verifiers 0.4 and legacy Rubric",
    columns=("prompt", "response", "trace"),
    others="the fields of the task's data (0.4), or `answer` and `info` (Rubric)",
    prompt="text or messages",
    images="parts of the prompt's messages",
    groups="",
    style="async",
    unscored="raise",
    components="metrics of the trace (0.4), `state['guerdon']` (Rubric)",
    snippet=_snippet,
)
