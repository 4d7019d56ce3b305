"""UnifiedReward-Think's rewards on recorded rows."""

from guerdon.systems.unified_reward_think import accuracy, layout


def accuracy_reward(completion: str, solution: str) -> float | None:
    return accuracy(as_published=True).one({"response": completion, "solution": solution}).value


CALLS = {
    "accuracy_reward": accuracy_reward,
    "format_reward": lambda completion: layout(as_published=True).one({"response": completion}).value,
}
