"""Dr-LLaVA's keyword classifiers and reward on recorded rows."""

from collections.abc import Callable
from typing import Any

from guerdon.systems import _dr_llava as published
from guerdon.systems.dr_llava import symbolic


def on_lower_case(classify: Callable[[str], bool | str]) -> Callable[..., bool | str]:
    return lambda sentence: classify(sentence.lower())


def reward(sentences: Any, ref_answers: Any, categories: Any) -> float | None:
    row = {"turns": sentences, "answer": ref_answers, "categories": categories}
    return symbolic(as_published=True).one(row).value


CALLS = {
    "_check_quality": on_lower_case(published.quality),
    "_image_analysis": on_lower_case(published.image),
    "_pathology_analysis": on_lower_case(published.pathology),
    "_detailed_abnormality_reasoning": on_lower_case(published.detail),
    "_diagnosis": on_lower_case(published.diagnosis),
    "calculate_reward_without_length_term": reward,
}
