"""LVLM-eHub's word matching, F1 and vote, by their function names."""

from typing import Any

from guerdon.systems import _lvlm_ehub as published
from guerdon.systems import lvlm_ehub


def evaluate(answer: str, gt_answers: str | list[str]) -> float | None:
    return lvlm_ehub.vqa(as_published=True).one({"response": answer, "answer": gt_answers}).value


def reciprocal_rank(answer: str, gt_answers: list[str]) -> float | None:
    return lvlm_ehub.mrr(as_published=True).one({"response": answer, "answer": gt_answers}).value


def percentages(ref_pred_pairs: list[list[str]]) -> list[float]:
    references, predictions = zip(*ref_pred_pairs, strict=True)
    return [100 * share for share in lvlm_ehub.word_f1(predictions, references)]


def vote(judgements: list[str]) -> dict[str, Any]:
    scores = published.scored(judgements)
    return {"scores": scores, "vote": published.majority(scores)}


CALLS = {
    "VQAEval.evaluate": evaluate,
    "VQAEval.evaluate_MRR": reciprocal_rank,
    "has_word": published.has_word,
    "remove_special_chars": lambda s: published.remove_special_chars(s),
    "F1Scorer.score": percentages,
    "five_prompt_ensemble_vote": vote,
}
