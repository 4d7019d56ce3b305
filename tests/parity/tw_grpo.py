"""TW-GRPO's reward functions, by their official names."""

from guerdon import Reward
from guerdon.compose import best
from guerdon.rules.maths import math
from guerdon.systems import tw_grpo


def accuracy(reward: Reward, content: str, solution: str, symbolic_check: bool) -> float | None:
    tried = best(math(within=None).otherwise(0.0, on=("INAPPLICABLE",)), reward) if symbolic_check else reward
    return tried.one({"response": content, "answer": solution}).value


CALLS = {
    "accuracy_reward": lambda **given: accuracy(tw_grpo.soft(as_published=True), **given),
    "origin_accuracy_reward": lambda **given: accuracy(tw_grpo.strict(as_published=True), **given),
    "format_reward": lambda content: tw_grpo.tags(as_published=True).one({"response": content}).value,
}

WAITING = {"compute_token_importance_kl_logs_uniform": "weights of tokens in the policy objective"}
