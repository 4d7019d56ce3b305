"""inspect_ai: a scorer.

@task
def grounding():
    return Task(dataset=..., solver=generate(), scorer=to_inspect("boxes.iou"))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from guerdon.integrations.host import Host, Snippet, located
from guerdon.integrations.rows import Bridge, Hosted
from guerdon.reward import Reward
from guerdon.sample import Message
from guerdon.scores import STATUS_NAMES, Status, Unscored


def to_inspect(reward: Reward | str, *, unscored: Unscored = "none", metrics: Sequence[Any] | None = None) -> Any:
    """The reward as a scorer, by default with `mean` and `stderr`.

    The row has the sample's metadata, its input as `prompt`, the completion as `response` and the target as `answer`
    (a list where there are several). Rows without a value are `Score.unscored`, which metrics leave out, with the
    reason; components are in the score's metadata.
    """
    from inspect_ai.scorer import mean, scorer, stderr

    bridge = Bridge("inspect_ai", reward, unscored)

    def guerdon() -> Any:
        async def score(state: Any, target: Any) -> Any:
            return _scored(await bridge.ascore([state_row(state, target)]), state.output.completion)

        return score

    shown = list(metrics) if metrics is not None else [mean(), stderr()]
    return scorer(metrics=shown, name=bridge.reward.name)(guerdon)()


def state_row(state: Any, target: Any) -> dict[str, Any]:
    """The row of one call."""
    targets = list(target)
    answer = targets[0] if len(targets) == 1 else targets or None
    prompt = state.input if isinstance(state.input, str) else [_message(m) for m in state.input]
    return {
        **(state.metadata or {}), "id": state.sample_id, "prompt": prompt,
        "response": state.output.completion, "answer": answer,
    }  # fmt: skip


def _message(given: Any) -> Message:
    fields: dict[str, Any] = {"role": given.role, "content": given.content}
    if not isinstance(given.content, str):
        fields["content"] = [_part(part) for part in given.content]
    return fields


def _part(part: Any) -> dict[str, Any]:
    media = getattr(part, part.type, None)
    return {"type": part.type, part.type: media}


def _scored(hosted: Hosted, completion: str) -> Any:
    from inspect_ai.scorer import Score

    value, parts = hosted.one()
    found = hosted.scores[0]
    told = {"answer": completion, "explanation": found.rationale or found.reason or None, "metadata": parts}
    if value is None or value != value:
        return Score.unscored(reason=STATUS_NAMES[Status(found.status)].lower(), **told)
    return Score(value=value, **told)


def _snippet(spec: str, unscored: Unscored) -> Snippet:
    return Snippet(
        "from guerdon.integrations.inspect_ai import to_inspect\n\n"
        f"Task(..., scorer=to_inspect({located(spec)!r}, unscored={unscored!r}))"
    )


HOST = Host(
    name="inspect_ai",
    title="inspect_ai 0.3",
    columns=("prompt", "response", "answer", "id"),
    others="the sample's metadata",
    prompt="text or messages",
    images="parts of the input's messages",
    groups="",
    style="async",
    unscored="none",
    components="the score's metadata",
    snippet=_snippet,
)
