"""lmms-eval: `process_results` of a task, or a Verifier of its pipelines.

# utils.py beside the task's YAML, which says `process_results: !function utils.process_results`
process_results = to_process_results("0.9*boxes.iou + 0.1*format.tags")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from guerdon.integrations.host import Host, Snippet, located
from guerdon.integrations.rows import Bridge
from guerdon.reward import Reward
from guerdon.scores import Unscored

ProcessResults = Callable[[Mapping[str, Any], Sequence[str]], dict[str, float | None]]


def to_process_results(
    reward: Reward | str, *, unscored: Unscored = "none", prompt: str = "question"
) -> ProcessResults:
    """The reward as `process_results`: a metric by the reward's name, and one a component.

    The row is the document, with the model's output as `response` and the column `prompt` names as the prompt. Use
    `mean` as the task's `aggregation`: rows without a value are None, and it leaves them out.
    """
    bridge = Bridge("lmms_eval", reward, unscored)

    def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float | None]:
        row = {**doc, "prompt": doc.get("prompt", doc.get(prompt)), "response": results[0]}
        value, parts = bridge.score([row]).one()
        return {**parts, bridge.reward.name: value}

    return process_results


def mean(values: Sequence[float | None]) -> float:
    """Mean of the values there are; NaN if there is none."""
    there = [value for value in values if value is not None and value == value]
    return sum(there) / len(there) if there else float("nan")


def to_verifier(reward: Reward | str, *, unscored: Unscored = "raise", correct: float = 0.5) -> type:
    """The reward as a Verifier class, for `VERIFIER_REGISTRY["guerdon"]`; a score from `correct` on counts as correct.

    Keyword arguments of `verify` are columns. The reward's values must lie in 0–1.
    """
    bridge = Bridge("lmms_eval", reward, unscored)
    low, high = bridge.reward.range
    if low < 0 or high > 1:
        raise ValueError(
            f"a Verifier's score lies in 0–1; {bridge.reward.name} has the range {low:g} to {high:g}: .clip(0, 1)"
        )
    result_type, base = _base()

    class GuerdonVerifier(base):  # type: ignore[misc, valid-type]
        def verify(self, question: str, prediction: str, ground_truth: Any, **columns: Any) -> Any:
            row = {**columns, "prompt": question, "response": prediction, "answer": ground_truth}
            value, parts = bridge.score([row]).one()
            unit = float("nan") if value is None else value
            return result_type(
                score=unit, is_correct=unit >= correct, metadata={"reward": bridge.reward.spec(), **parts}
            )

    return GuerdonVerifier


@cache
def _base() -> tuple[Any, Any]:
    from lmms_eval.verifiers.base import Verifier, VerifyResult

    return VerifyResult, Verifier


def _snippet(spec: str, unscored: Unscored) -> Snippet:
    source = (
        "from guerdon.integrations.lmms_eval import mean, to_process_results\n\n"
        f"process_results = to_process_results({located(spec)!r}, unscored={unscored!r})\n"
    )
    from guerdon.spec import from_spec

    reward = from_spec(spec)
    metrics = [f"  - metric: {name}\n    aggregation: !function {{stem}}.mean\n    higher_is_better: true"
               for name in dict.fromkeys((reward.name, *reward.components))]  # fmt: skip
    return Snippet("\n".join(["process_results: !function {stem}.process_results", "metric_list:", *metrics]), source)


HOST = Host(
    name="lmms_eval",
    title="lmms-eval 0.7",
    columns=("response",),
    others="every column of the document",
    prompt="the document's `question`, or the column named",
    images="the document's columns, with the task's `process_results_use_image: true`",
    groups="",
    style="sync",
    unscored="none",
    components="one metric a name",
    snippet=_snippet,
)
