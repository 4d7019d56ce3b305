"""VRAG-RL's reward functions, by their official names."""

from typing import Any

from guerdon.metrics.text import anls
from guerdon.systems import _vrag_rl as published
from guerdon.systems import vrag_rl


def ndcg(sorted_docs: list[str], golden_answer_list: list[str]) -> float | None:
    reward = vrag_rl.retrieval().otherwise(0.0, on=("INAPPLICABLE",))
    return reward.one({"retrieved": sorted_docs, "relevant": golden_answer_list}).value


def judged(response: str) -> bool | None:
    value = vrag_rl.correct(as_published=True).one({"verdict": response}).value
    return None if value is None else bool(value)


def gate(predict_str: str, **_: Any) -> float | None:
    return vrag_rl.searched_and_answered(as_published=True).one({"response": predict_str}).value


CALLS = {
    "ndcg": ndcg,
    "parse_judge_response": judged,
    "compute_format_reward_only": gate,
    "get_answer_from_predict_str": published.final_answer,
    "remove_text_between_tags": lambda text: published.without_user_turns(text, multiline=False),
    "calculate_anls": lambda gold_labels, prediction, threshold=0.7: anls(prediction, gold_labels, threshold),
}

DEVIATES = {
    "ndcg": (
        lambda given: len(set(given["sorted_docs"])) < len(given["sorted_docs"]),
        "a page retrieved twice counted twice, so that NDCG exceeded 1; the official agent never lists one twice",
    )
}
