"""What a rollout earns or pays for using tools, beside the others of its group.

Rollouts say how often they called a tool in the column `tool_calls`, and whether the last call failed in
`last_call_failed`.
"""

from __future__ import annotations

from math import inf
from typing import Any, Literal

from guerdon.leaf import reward
from guerdon.scores import ContractError, Score


@reward("group.curiosity", over="group", range=(0, None))
def curiosity(
    tool_calls: list[Any],
    *,
    rate: float = 0.3,
    weight: float = 0.5,
    form: Literal["linear", "inverse"] = "linear",
) -> list[float | Score]:
    """A bonus for rollouts that use a tool while few of their group do: it is gone once the share ρ reaches `rate`.

    "linear" is weight · max(rate − ρ, 0), as in the paper. "inverse" is weight · max(rate − ρ, 0) / ρ, as in its
    code: steeper, and so larger the rarer the tool. Rollouts without a call get 0, and those whose
    count is no number are malformed and count as without. Pixel Reasoner 2025,
    https://arxiv.org/abs/2505.15966, where weight is 0.5 for "linear", 1/8 for "inverse" on images, 1/6 on videos.

    >>> rollouts = [{"group": 1, "tool_calls": n} for n in (2, 0, 0, 0, 0, 0, 0, 0)]
    >>> curiosity()(rollouts).values.round(4)[:2], curiosity(form="inverse", weight=1 / 8)(rollouts).values.round(4)[:2]
    (array([0.0875, 0.    ]), array([0.175, 0.   ]))
    """
    if form not in ("linear", "inverse"):
        raise ContractError(f"group.curiosity: form={form!r}: write linear or inverse")
    counts = [_count(calls) for calls in tool_calls]
    share = sum(1 for n in counts if n) / len(counts)
    bonus = weight * max(rate - share, 0.0)
    if form == "inverse" and share:
        bonus /= share
    paid = [bonus if n else 0.0 for n in counts]
    return [_not_a_count(c) if n is None else p for c, n, p in zip(tool_calls, counts, paid, strict=True)]


@reward("group.call_penalty", range=(None, 0))
def call_penalty(tool_calls: Any, *, allowed: int = 1, cost: float = 0.05) -> float | Score:
    """−cost for each call of a tool beyond `allowed`: cost · min(allowed − calls, 0). Pixel Reasoner 2025.

    >>> [call_penalty().one({"tool_calls": n}).value for n in (0, 1, 3)]
    [0.0, 0.0, -0.1]
    """
    calls = _count(tool_calls)
    return _not_a_count(tool_calls) if calls is None else cost * min(allowed - calls, 0)


@reward("group.last_call_worked", range=(0, 1), binary=True)
def last_call_worked(last_call_failed: Any) -> float:
    """0 if the last call of a tool failed and was never repaired, else 1: a gate before the reward for the answer.

    >>> [last_call_worked().one({"last_call_failed": failed}).value for failed in (True, False)]
    [0.0, 1.0]
    """
    return float(not last_call_failed)


def _count(calls: Any) -> int | None:
    """The number of calls: a whole number from 0 on, or the list of them."""
    if isinstance(calls, (list, tuple)):
        return len(calls)
    whole = isinstance(calls, (int, float)) and 0 <= calls < inf and calls == int(calls)
    return int(calls) if whole else None


def _not_a_count(calls: Any) -> Score:
    return Score.malformed(f"tool_calls is {calls!r:.60}, not a number of calls")
