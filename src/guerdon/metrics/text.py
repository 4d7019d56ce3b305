"""How alike two texts are, and how much one repeats itself.

Nothing is normalised unless a docstring says so: callers fold case, accents or spaces as their task
wants. Functions of one prediction and several references take the best reference. Costs are linear in
the length of the texts, except edit distances and ROUGE-L: their product over 64 (bit-parallel).
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Hashable, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz.distance import Indel, LCSseq, Levenshtein

if TYPE_CHECKING:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

WORDS = re.compile(r"[^\W_]+")
ARTICLES = re.compile(r"\b(?:a|an|the)\b")
NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
REMEMBERED_TEXTS = 4096


class PRF(NamedTuple):
    """Precision, recall and their harmonic mean, each 0–1."""

    precision: float
    recall: float
    f1: float


def edit_distance(a: str, b: str) -> int:
    """Levenshtein distance: fewest insertions, deletions and substitutions of code points.

    >>> edit_distance("kitten", "sitting")
    3
    """
    return int(Levenshtein.distance(a, b))


def edit_similarity(a: str, b: str) -> float:
    """1 − edit distance / length of the longer text, 0–1. Two empty texts are 1."""
    return float(Levenshtein.normalized_similarity(a, b))


def indel_ratio(a: str, b: str) -> float:
    """1 − (insertions + deletions) / (|a| + |b|), 0–1: what python-Levenshtein and difflib call `ratio`.

    A substitution costs two, so it is not `edit_similarity`. Two empty texts are 1.

    >>> indel_ratio("cat", "car"), edit_similarity("cat", "car")
    (0.6666666666666667, 0.6666666666666667)
    >>> indel_ratio("abcd", "bcde"), edit_similarity("abcd", "bcde")
    (0.75, 0.5)
    """
    return float(Indel.normalized_similarity(a, b))


def anls(prediction: str, references: Sequence[str], threshold: float = 0.5) -> float:
    """Average normalised Levenshtein similarity of one answer, 0–1: `edit_similarity` with the best
    reference, but 0 where distance / length of the longer is `threshold` or more.

    DocVQA folds case and strips first. Biten et al. 2019, https://arxiv.org/abs/1905.13648.
    Raises ValueError without references.

    >>> anls("hello", ["hallo", "goodbye"]), anls("abcd", ["abxy"])
    (0.8, 0.0)
    """
    _need(references)
    distance = min(Levenshtein.normalized_distance(prediction, reference) for reference in references)
    return 1.0 - distance if distance < threshold else 0.0


def bleu(prediction: str, references: Sequence[str]) -> float:
    """Sentence BLEU with up to 4-grams, 0–1: sacrebleu's, 13a tokens, exponential smoothing, effective order.

    Case counts. A blank prediction is 0. Papineni et al. 2002; Post 2018, https://arxiv.org/abs/1804.08771.
    Raises ValueError without references.

    >>> round(bleu("a cat sat on the mat", ["the cat sat on the mat"]), 4)
    0.7598
    """
    _need(references)
    score = _bleu().sentence_score(prediction, list(references)).score / 100
    _forget_tokens()
    return min(float(score), 1.0)  # rounding takes a perfect match just past it


def tokens_13a(text: str) -> list[str]:
    """Words, numbers and punctuation marks as BLEU counts them: the tokenizer 13a of mteval and sacrebleu.

    >>> tokens_13a("It's 3.14, isn't it?")
    ["It's", '3.14', ',', "isn't", 'it', '?']
    """
    tokens = str(_tokenizer()(text)).split()
    _forget_tokens()
    return tokens


def chrf(prediction: str, references: Sequence[str]) -> float:
    """Sentence chrF2, 0–1: sacrebleu's F-score (β = 2) of character 1- to 6-grams, spaces left out.

    Popović 2015, https://aclanthology.org/W15-3049. Raises ValueError without references.
    """
    _need(references)
    return min(float(_chrf().sentence_score(prediction, list(references)).score / 100), 1.0)


def words(text: str) -> list[str]:
    """Lower-cased runs of letters and digits of any script.

    >>> words("Don't re-enter: Café_7")
    ['don', 't', 're', 'enter', 'café', '7']
    """
    return WORDS.findall(text.lower())


def rouge_l(prediction: str, reference: str) -> PRF:
    """ROUGE-L: longest common subsequence of `words` over the words of prediction and of reference.

    No stemming. Equals the rouge-score package on ASCII texts; that one drops other letters. Nothing in
    common, or an empty side, is 0. Lin 2004, https://aclanthology.org/W04-1013.

    >>> rouge_l("the cat sat", "the black cat sat down").f1  # 3 in common: 2·3 / (3 + 5)
    0.75
    """
    a, b = words(prediction), words(reference)
    return _prf(int(LCSseq.similarity(a, b)), len(a), len(b))


def answer_tokens(text: str) -> list[str]:
    """Words as SQuAD compares them: lower case, no ASCII punctuation, no English articles.

    A text of articles alone keeps them, unlike SQuAD's: else an empty answer would equal the option "A".

    >>> answer_tokens("The U.S. of A"), answer_tokens("A.")
    (['us', 'of'], ['a'])
    """
    text = text.lower().translate(NO_PUNCTUATION)
    return ARTICLES.sub(" ", text).split() or text.split()


def token_overlap(prediction: str, reference: str) -> PRF:
    """Shared `answer_tokens`, counted with multiplicity, over those of prediction and of reference.

    Two answers without tokens agree (1); one without is 0. Rajpurkar et al. 2016,
    https://arxiv.org/abs/1606.05250.

    >>> token_overlap("a big red ball", "the red ball")
    PRF(precision=0.6666666666666666, recall=1.0, f1=0.8)
    """
    a, b = answer_tokens(prediction), answer_tokens(reference)
    if not a and not b:
        return PRF(1.0, 1.0, 1.0)
    return _prf((Counter(a) & Counter(b)).total(), len(a), len(b))


def unique_ratio(tokens: Sequence[Hashable], n: int = 1) -> float:
    """Distinct n-grams / n-grams, above 0 up to 1 ("distinct-n"); fewer than n tokens are 1.

    Raises ValueError for n < 1.

    >>> unique_ratio("to be or not to be".split(), 2)  # "to be" twice among five
    0.8
    """
    if n < 1:
        raise ValueError(f"n-grams need n ≥ 1, not {n}")
    total = len(tokens) - n + 1
    if total <= 0:
        return 1.0
    return len(set(zip(*(tokens[i : i + total] for i in range(n)), strict=True))) / total


def repetition(tokens: Sequence[Hashable], n: int = 1) -> float:
    """Share of n-grams that repeat an earlier one, 0–1: 1 − `unique_ratio`."""
    return 1.0 - unique_ratio(tokens, n)


def _prf(shared: int, predicted: int, expected: int) -> PRF:
    if not shared:
        return PRF(0.0, 0.0, 0.0)
    return PRF(shared / predicted, shared / expected, 2 * shared / (predicted + expected))


def _need(references: Sequence[str]) -> None:
    if isinstance(references, str) or not references:
        raise ValueError("give a list of one or more references")


@cache
def _bleu() -> BLEU:
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(effective_order=True)


@cache
def _tokenizer() -> Tokenizer13a:
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

    return Tokenizer13a()  # type: ignore[no-untyped-call]


@cache
def _chrf() -> CHRF:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()


def _forget_tokens() -> None:
    # sacrebleu keeps its last 65 536 texts: gigabytes in a long training run.
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
    from sacrebleu.tokenizers.tokenizer_re import TokenizerRegexp

    for kind in (Tokenizer13a, TokenizerRegexp):
        if kind.__call__.cache_info().currsize > REMEMBERED_TEXTS:
            kind.__call__.cache_clear()
