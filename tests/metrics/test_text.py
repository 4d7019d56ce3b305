from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu import sentence_bleu, sentence_chrf

from guerdon.metrics import text as m

ascii_text = st.text(alphabet=string.ascii_letters + string.digits + " .,'-!", max_size=40)
short = st.text(alphabet="abc", max_size=8)


def slow_distance(a: str, b: str) -> int:
    """The textbook recurrence."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (x != y))
    return row[-1]


@given(short, short)
def test_edit_distance_equals_the_textbook_recurrence(a: str, b: str) -> None:
    assert m.edit_distance(a, b) == slow_distance(a, b)


def test_edit_similarity_divides_by_the_longer_text() -> None:
    assert m.edit_similarity("abc", "abcdef") == 1 - 3 / 6
    assert m.edit_similarity("", "") == 1.0
    assert m.edit_similarity("", "a") == 0.0


def test_a_substitution_costs_the_indel_ratio_two() -> None:
    # one letter of three replaced: 2 operations over 3 + 3 letters
    assert m.indel_ratio("cat", "cut") == pytest.approx(1 - 2 / 6)
    assert m.indel_ratio("", "") == 1.0


def test_anls_takes_the_best_reference_and_drops_to_0_at_the_threshold() -> None:
    assert m.anls("abcd", ["zzzz", "abce"]) == 0.75
    assert m.anls("abcd", ["abxy"]) == 0.0  # distance 2/4 reaches the threshold
    assert m.anls("abcd", ["abxy"], threshold=0.51) == 0.5


def test_bleu_and_chrf_are_those_of_sacrebleu_over_100() -> None:
    prediction = "The quick brown fox, 3.5 metres long, jumped over."
    references = ["A quick brown fox of 3.5 metres jumped over it.", "The fox jumped."]
    assert m.bleu(prediction, references) == pytest.approx(sentence_bleu(prediction, references).score / 100)
    assert m.chrf(prediction, references) == pytest.approx(sentence_chrf(prediction, references).score / 100)


def test_bleu_of_the_reference_itself_is_1_and_of_nothing_0() -> None:
    assert m.bleu("one two three four five", ["one two three four five"]) == pytest.approx(1.0)
    assert m.bleu("yes", ["yes"]) == pytest.approx(1.0)
    assert m.bleu(" ", ["one two"]) == 0.0


def test_bleu_does_not_hoard_every_text_it_has_seen() -> None:
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

    for i in range(m.REMEMBERED_TEXTS + 10):
        m.bleu(f"text {i}", ["text"])
        assert Tokenizer13a.__call__.cache_info().currsize <= m.REMEMBERED_TEXTS + 2


@pytest.mark.parametrize("metric", [m.bleu, m.chrf, m.anls])
@pytest.mark.parametrize("references", [[], "a string is not a list"])
def test_references_must_be_a_list_with_something_in_it(metric, references) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="one or more references"):
        metric("a", references)


@given(ascii_text, ascii_text)
def test_rouge_l_equals_the_rouge_score_package_on_ascii(prediction: str, reference: str) -> None:
    expected = RougeScorer(["rougeL"]).score(reference, prediction)["rougeL"]
    assert m.rouge_l(prediction, reference) == pytest.approx(tuple(expected))


def test_rouge_l_sees_words_of_any_script() -> None:
    assert m.rouge_l("Москва слезам верит", "Москва слезам не верит").recall == 3 / 4


def test_token_overlap_counts_repeated_words_once_each_time() -> None:
    # "very very big" and "very big": 2 shared of 3 and of 2
    assert m.token_overlap("very very big", "The very big.") == pytest.approx((2 / 3, 1.0, 0.8))


def test_two_empty_answers_agree_and_one_empty_side_does_not() -> None:
    assert m.token_overlap("", "?").f1 == 1.0
    assert m.token_overlap("", "cat").f1 == m.token_overlap("cat", "").f1 == 0.0


def test_an_empty_answer_is_not_the_option_a() -> None:
    assert m.token_overlap("", "A").f1 == m.token_overlap("the", "A").f1 == 0.0
    assert m.token_overlap("a", "A.").f1 == 1.0


def test_unique_ratio_of_a_loop_falls_with_its_length() -> None:
    assert m.unique_ratio(["a", "b"] * 10, 2) == 2 / 19  # "a b" and "b a"
    assert m.repetition(["a", "b"] * 10, 2) == 1 - 2 / 19


def test_too_few_tokens_for_one_ngram_repeat_nothing() -> None:
    assert m.unique_ratio(["a", "a"], 3) == 1.0
    assert m.repetition([], 1) == 0.0


def test_ngrams_of_no_length_are_refused() -> None:
    with pytest.raises(ValueError, match="n ≥ 1, not 0"):
        m.unique_ratio(["a"], 0)


similarities = [
    m.edit_similarity,
    m.indel_ratio,
    lambda a, b: m.rouge_l(a, b).f1,
    lambda a, b: m.token_overlap(a, b).f1,
]


@pytest.mark.parametrize("similarity", similarities)
@given(st.text(max_size=20), st.text(max_size=20))
def test_similarities_are_symmetric_and_between_0_and_1(similarity, a: str, b: str) -> None:  # type: ignore[no-untyped-def]
    assert 0.0 <= similarity(a, b) <= 1.0
    assert similarity(a, b) == pytest.approx(similarity(b, a))
