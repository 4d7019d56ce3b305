"""Perception-R1's reward functions, by their official names."""

from guerdon.rules.shape import repeated_ngrams
from guerdon.systems import _perception_r1 as published
from guerdon.systems import perception_r1


def accuracy_reward(predict_str: str, ground_truth: str) -> float | None:
    row = {"response": predict_str, "answer": ground_truth}
    return perception_r1.accuracy(as_published=True).one(row).value


def ngram_penalty_reward(response_str: str, ngram_size: int, max_penalty: float) -> float | None:
    return (-max_penalty * repeated_ngrams(n=ngram_size)).one({"response": response_str}).value


CALLS = {
    "boxed_math_verify_format_reward": lambda predict_str: (
        perception_r1.template(as_published=True).one({"response": predict_str}).value
    ),
    "boxed_math_verify_accuracy_reward": accuracy_reward,
    "extract_visual_scores": lambda judge_result: published.extract_visual_scores(judge_result),
    "ngram_penalty_reward": ngram_penalty_reward,
}
