"""How close a text comes to one or several references: for captions, transcripts and free answers.

All take the references from the column `answer`, one text or a list of them, and keep the best; rename
it with `.reading(answer="references")`. The whole response is compared unless `within` names a tag.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guerdon.leaf import reward
from guerdon.metrics import text as metric
from guerdon.rules.where import bounded, compare, gold_texts, read_answer
from guerdon.scores import Score


@reward("text.bleu", range=(0, 1))
def bleu(response: str, answer: Any, *, within: str | None = None) -> float | Score:
    """Sentence BLEU-4 against all references at once: sacrebleu, 13a tokens, smoothed, case kept.

    A blank response is 0. Papineni et al. 2002, https://aclanthology.org/P02-1040.

    >>> sample = {"response": "a cat sat on the mat", "answer": "the cat sat on the mat"}
    >>> round(bleu().one(sample).value, 4)
    0.7598
    """
    return _against(metric.bleu, response, answer, within)


@reward("text.rouge_l", range=(0, 1))
def rouge_l(response: str, answer: Any, *, within: str | None = None) -> float | Score:
    """ROUGE-L F1: the longest common subsequence of lower-cased words. Nothing in common is 0.

    Lin 2004, https://aclanthology.org/W04-1013.

    >>> rouge_l().one({"response": "the cat sat", "answer": ["a dog", "the black cat sat down"]}).value
    0.75
    """
    return _against(_best_of(lambda a, b: metric.rouge_l(a, b).f1), response, answer, within)


@reward("text.token_f1", range=(0, 1))
def token_f1(response: str, answer: Any, *, within: str | None = None) -> float | Score:
    """F1 of shared words as SQuAD counts them: without case, ASCII punctuation and English articles.

    Both without words is 1, one without is 0. Rajpurkar et al. 2016, https://arxiv.org/abs/1606.05250.

    >>> token_f1().one({"response": "a big red ball", "answer": "The red ball."}).value  # 2·2 / (3 + 2)
    0.8
    """
    return _against(_best_of(lambda a, b: metric.token_overlap(a, b).f1), response, answer, within)


@reward("text.edit", range=(0, 1))
def edit(response: str, answer: Any, *, within: str | None = None) -> float | Score:
    """1 − Levenshtein distance / length of the longer text, on characters as they are. Both empty is 1.

    >>> edit().one({"response": "kitten", "answer": "sitting"}).value == 1 - 3 / 7
    True
    """
    return _against(_best_of(metric.edit_similarity), response, answer, within)


def _best_of(similarity: Callable[[str, str], float]) -> Callable[[str, list[str]], float]:
    return lambda text, references: max(similarity(text, reference) for reference in references)


def _against(
    similarity: Callable[[str, list[str]], float], response: str, answer: Any, within: str | None
) -> float | Score:
    return compare(read_answer(bounded, response, within), gold_texts(answer, within), similarity)
