from __future__ import annotations

from collections.abc import Callable
from math import log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics.captions import Frequencies, cider, cider_d, frequencies, references, weighted

CORPUS = [
    ["a red cat sleeps on a mat", "the cat is asleep on the red mat"],
    ["a brown dog runs in the park", "a dog is running on green grass"],
    ["two men talk on a bench", "men sit on a bench and talk"],
    ["a cat and a dog play on the grass"],
]
KNOWN = frequencies([[text.split() for text in texts] for texts in CORPUS])
Measure = Callable[..., float]
sentences = st.lists(st.sampled_from(["a", "the", "cat", "dog", "mat", "on", "red"]), min_size=1, max_size=9).map(
    " ".join
)


def score(measure: Measure, caption: str, texts: list[str], known: Frequencies = KNOWN) -> float:
    return measure(weighted(caption.split(), known), references([text.split() for text in texts], known))


def test_both_variants_give_what_the_official_scorers_gave() -> None:
    # Recorded from vrama91/cider: the scorers ciderD and cider on this corpus, one caption a document.
    captions = ["a red cat sleeps on a mat", "a dog", "two two two men men talk talk on a bench on a bench", "grass"]
    recorded = {
        cider_d: [5.802883440824731, 0.6722392305051045, 1.3458112201707693, 0.3595253225030689],
        cider: [5.814112398088902, 0.9513066847669582, 4.292901827721857, 0.8745185459172823],
    }
    for measure, values in recorded.items():
        found = [score(measure, caption, texts) for caption, texts in zip(captions, CORPUS, strict=True)]
        assert found == pytest.approx(values, rel=1e-12)


def test_rare_words_weigh_more_by_hand() -> None:
    known = frequencies([[["a", "cat"]], [["a", "dog"]]])
    # "a" is in both documents: log(2/2) = 0. "cat" is in one: log 2. "a cat" is in one: log 2.
    assert known.weights == {
        ("a",): 0.0,
        ("cat",): log(2),
        ("dog",): log(2),
        ("a", "cat"): log(2),
        ("a", "dog"): log(2),
    }
    # Unigrams: (0, log 2) against (0, log 2), cosine 1. Bigrams: cosine 1. Nothing longer: 10 · (1 + 1) / 4.
    assert score(cider, "a cat", ["a cat"], known) == 5.0
    assert score(cider_d, "a cat", ["a cat"], known) == 5.0


def test_a_repeated_word_counts_as_often_as_in_the_reference() -> None:
    known = frequencies([[["cat"]], [["dog"]]])
    # (2 log 2) against (log 2) points the same way, so the cosine is 1 and the whole 10 · 1 / 4, …
    assert score(cider, "cat cat", ["cat"], known) == pytest.approx(2.5)
    # … but clipped to one "cat" it is log 2 · log 2 / (2 log 2 · log 2) = ½, times exp(−1 / 72) for one word more.
    assert score(cider_d, "cat cat", ["cat"], known) == pytest.approx(1.25 * 2.718281828459045 ** (-1 / 72))


def test_the_mean_over_references_is_taken_not_the_best() -> None:
    one, two = score(cider_d, CORPUS[0][0], CORPUS[0][:1]), score(cider_d, CORPUS[0][0], [CORPUS[0][0], "dog"])
    assert one == pytest.approx(10.0)
    assert two == pytest.approx(one / 2)


def test_padding_and_looping_lose_under_cider_d() -> None:
    text, other = CORPUS[0]
    assert score(cider_d, f"{text} {text}", [text]) < score(cider_d, other, [other]) / 2
    assert score(cider, f"{text} {text}", [text]) > 9  # the cosine alone forgives a loop


def test_nothing_said_or_nothing_in_common_is_0() -> None:
    for measure in (cider, cider_d):
        assert score(measure, "", CORPUS[0]) == 0.0
        assert score(measure, "quantum physics", CORPUS[0]) == 0.0
        assert score(measure, "cat", [""]) == 0.0


def test_a_corpus_needs_two_documents_and_a_caption_a_reference() -> None:
    with pytest.raises(ValueError, match="two or more documents, not 1"):
        frequencies([[["a", "cat"]]])
    with pytest.raises(ValueError, match="one or more references"):
        references([], KNOWN)


def slow_cider(caption: list[str], texts: list[list[str]], known: Frequencies) -> float:
    """The definition, n-gram by n-gram."""

    def weights(words: list[str], n: int) -> dict[tuple[str, ...], float]:
        grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
        return {g: grams.count(g) * log(known.documents / max(1, known.counts.get(g, 0))) for g in grams}

    total = 0.0
    for n in (1, 2, 3, 4):
        for text in texts:
            a, b = weights(caption, n), weights(text, n)
            dot = sum(a[g] * b.get(g, 0.0) for g in a)
            norm = sqrt(sum(x * x for x in a.values()) * sum(x * x for x in b.values()))
            total += dot / norm if norm else 0.0
    return 10 * total / (4 * len(texts))


@given(sentences, st.lists(sentences, min_size=1, max_size=4))
def test_cider_is_its_definition(caption: str, texts: list[str]) -> None:
    slow = slow_cider(caption.split(), [text.split() for text in texts], KNOWN)
    assert score(cider, caption, texts) == pytest.approx(slow, abs=1e-9)


@given(sentences, st.lists(sentences, min_size=1, max_size=4))
def test_values_lie_between_0_and_10_and_references_have_no_order(caption: str, texts: list[str]) -> None:
    for measure in (cider, cider_d):
        value = score(measure, caption, texts)
        assert 0.0 <= value <= 10.0
        assert score(measure, caption, texts[::-1]) == pytest.approx(value)
    assert score(cider_d, caption, texts) <= score(cider, caption, texts) + 1e-9


@given(sentences, sentences)
def test_with_one_reference_cider_is_symmetric(a: str, b: str) -> None:
    assert score(cider, a, [b]) == pytest.approx(score(cider, b, [a]))
