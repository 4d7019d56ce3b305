"""ToolRL's rule reward on recorded rows."""

import json
from typing import Any

from guerdon.metrics.structured import multiset_iou
from guerdon.systems.toolrl import correctness, layout_format, long_thought

PUBLISHED = correctness(as_published=True)


def both(response: str, answer: str) -> list[float | None]:
    row = {"response": response, "answer": answer}
    return [layout_format().one(row).value, PUBLISHED.one(row).value]


def matched(gt_tools: list[Any], pd_tools: list[Any], max: float, min: float) -> float | None:
    """The official function maps the shares of −3…3 to any other range."""
    calls = "\n".join(map(json.dumps, pd_tools))
    row = {"response": f"<tool_call>\n{calls}\n</tool_call>", "answer": gt_tools}
    value = correctness().one(row).value
    return None if value is None else min + (max - min) * (value + 3) / 6


def mixes_true_and_1(row: Any) -> bool:
    texts = [json.dumps(tools) for tools in (row["gt_tools"], row["pd_tools"])]
    return any("true" in text or "false" in text for text in texts)


CALLS = {
    "match_score": lambda list1, list2: multiset_iou(list1, list2),
    "compute_tool_call_reward": matched,
    "format+correctness": both,
    "customize_length_reward_func": lambda response: long_thought().one({"response": response}).value,
}
DEVIATES = {"compute_tool_call_reward": (mixes_true_and_1, "true is not 1 in JSON; it is in Python")}
