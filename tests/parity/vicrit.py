"""ViCrit's benchmark script, by its function names."""

from guerdon.systems import _vicrit as published


def relaxed_correctness(prediction: str, original_noun_phrase: str, changed_noun_phrase: str) -> float | None:
    return published.relaxed_correctness(prediction, original_noun_phrase, changed_noun_phrase)


CALLS = {
    "extract_answer": published.extract_answer,
    "extract_changed_segment": published.extract_changed_segment,
    "relaxed_correctness": relaxed_correctness,
}
