"""MM-R5's reward functions, by their official names."""

from guerdon import Reward
from guerdon.systems import mm_r5


def scored(reward: Reward, content: str, solution: tuple[list[int], int]) -> float | None:
    relevant, candidates = solution
    return reward.one({"response": content, "relevant": relevant, "candidates": candidates}).value


CALLS = {
    "rerank_reward": lambda content, solution: scored(mm_r5.rank(as_published=True), content, solution),
    "format_rerank_reward": lambda content, solution: scored(mm_r5.template(as_published=True), content, solution),
}
