"""UnifiedReward-Think's rewards as its trainers have them."""

from __future__ import annotations

from guerdon.leaf import reward
from guerdon.parse.tags import tag


@reward("unified_reward_think.published_accuracy", range=(0, 1), binary=True)
def accuracy(response: str, solution: str) -> float:
    """1 if the first answer block, or the whole response where there is none, is the solution to the letter."""
    found = tag(response, "answer", which="first")
    return float((response.strip() if found.value is None else found.value) == solution)
