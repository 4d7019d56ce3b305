"""BLEUBERI: what the official code pays by mistake earns nothing by default, and is there as published."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import Reward, Status
from guerdon.systems import Proof, _bleuberi, bleuberi

PARIS = "The capital of France is Paris, and it lies on the Seine."


def one(reward: Reward, response: str, *references: str) -> float:
    value = reward.one({"response": response, "references": list(references)}).value
    assert value is not None
    return value


# -- free lunches --------------------------------------------------------------------------------------


def test_a_short_reference_beside_a_long_one_does_not_excuse_a_short_answer() -> None:
    part = "The capital of France is Paris, and it"  # 9 tokens of 14; the short reference has 2
    near, far = PARIS, "Paris."
    assert one(bleuberi.bleu(), part, near, far) == one(bleuberi.bleu(), part, near) < 0.6
    assert one(bleuberi.bleu(as_published=True), part, near) < 0.6
    assert one(bleuberi.bleu(as_published=True), part, near, far) == 1.0  # as if nothing were missing


def test_an_answer_with_no_word_in_common_earns_nothing() -> None:
    assert one(bleuberi.bleu(), "Berlin", "Paris") == 0.0
    assert one(bleuberi.bleu(as_published=True), "Berlin", "Paris") == pytest.approx(0.5**0.25)  # 1/2 · 1 · 1 · 1


def test_who_answers_twice_has_not_answered() -> None:
    twice = f"<answer>{PARIS}</answer><answer>Berlin.</answer>"
    assert one(bleuberi.bleu(reasoning=True), twice, PARIS) == 0.0
    assert one(bleuberi.bleu(as_published=True), twice, PARIS) == 1.0


def test_an_answer_that_is_not_closed_is_not_an_answer() -> None:
    unclosed = f"so I think <answer>{PARIS}"
    score = bleuberi.bleu(reasoning=True).one({"response": unclosed, "references": [PARIS]})
    assert (score.value, score.status) == (0.0, Status.MALFORMED)
    assert one(bleuberi.bleu(as_published=True), unclosed, PARIS) == 1.0


def test_a_line_break_does_not_spoil_the_format_nor_a_second_answer_pass_it() -> None:
    broken = "<think>a\nb</think>\n<answer>c</answer>"
    twice = "<think>a</think><answer>b</answer><answer>c</answer>"
    assert [one(bleuberi.layout(), text) for text in (broken, twice)] == [1.0, 0.0]
    assert [one(bleuberi.layout(as_published=True), text) for text in (broken, twice)] == [0.0, 1.0]


def test_letters_beyond_ascii_are_letters() -> None:
    assert one(bleuberi.rouge_l(), "日本語", "日本語") == 1.0
    assert one(bleuberi.rouge_l(as_published=True), "日本語", "日本語") == 0.0
    assert one(bleuberi.rouge_l(as_published=True), "über Stock", "ober Stock") == 0.5  # ber is not ober


# -- as in the paper -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "value"),
    [
        (PARIS, 1.0), (PARIS.lower(), 0.4656), (" ".join([PARIS] * 2), 0.4896), ("Paris", 2.3e-6),
        ("The capital of France is Paris.", 0.3198), ("", 0.0), ("<answer> </answer>", 0.0),
    ],
)  # fmt: skip
def test_bleu_as_published(response: str, value: float) -> None:
    assert one(bleuberi.bleu(as_published=True), response, PARIS) == pytest.approx(value, abs=5e-5)


def test_bleu_as_published_forgives_repetition_more_than_it_should() -> None:
    assert one(bleuberi.bleu(as_published=True), "word " * 50, "word word") == pytest.approx(0.0316, abs=5e-5)


@given(st.text("ab \n<&;.>-1", max_size=30), st.lists(st.text("ab 1.", max_size=12), min_size=1, max_size=3))
def test_as_published_lies_between_0_and_1_and_references_have_no_order(response: str, references: list[str]) -> None:
    for reward in (bleuberi.bleu(as_published=True), bleuberi.rouge_l(as_published=True)):
        value = one(reward, response, *references)
        assert 0.0 <= value <= 1.0
        assert value == one(reward, response, *references[::-1])


@given(st.text("a<>/think", max_size=20))
def test_the_published_format_is_its_expression(inner: str) -> None:
    import re

    for text in (f"<think>{inner}</think><answer>{inner}</answer>", f"<think>{inner}</answer>", inner):
        expected = re.match(r"^<think>.*?</think><answer>.*?</answer>$", text) is not None
        assert one(bleuberi.layout(as_published=True), text) == float(expected)


def test_the_mean_of_z_scores_is_taken_within_the_group() -> None:
    responses, scores = (PARIS, "The capital is Paris.", "Berlin."), (3.0, 9.0, 0.0)
    rows = [
        {"response": r, "references": [PARIS], "score": s, "group": 1} for r, s in zip(responses, scores, strict=True)
    ]
    bleus = np.array([one(bleuberi.bleu(), r, PARIS) for r in responses])
    z = [(x - x.mean()) / (x.std(ddof=1) + 1e-6) for x in (bleus, np.array(scores))]
    assert bleuberi.bleu_model()(rows).values == pytest.approx((z[0] + z[1]) / 2)


def test_bleu_and_rouge_meet_in_their_harmonic_mean() -> None:
    a, b = one(bleuberi.bleu(), "in Paris, France", PARIS), one(bleuberi.rouge_l(), "in Paris, France", PARIS)
    assert one(bleuberi.bleu_rouge(), "in Paris, France", PARIS) == pytest.approx(2 * a * b / (a + b))
    assert one(bleuberi.bleu_rouge(as_published=True), "x", "y") == 0.0


def test_samples_are_chosen_by_what_the_model_earns_on_them() -> None:
    samples, scores = list("abcdef"), [0.5, 0.1, 0.9, 0.3, 0.7, 0.1]
    assert bleuberi.select(samples, scores, n=2) == ["b", "f"]
    assert bleuberi.select(samples, scores, n=2, mode="easy") == ["c", "e"]
    assert bleuberi.select(samples, scores, n=2, mode="medium") == ["d", "a"]  # of b f d a e c
    assert len(set(bleuberi.select(samples, scores, n=4, mode="random"))) == 4
    assert bleuberi.select(samples, scores, n=9) == ["b", "f", "d", "a", "e", "c"]
    with pytest.raises(ValueError, match="write hard"):
        bleuberi.select(samples, scores, n=1, mode="odd")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="1 scores for 6 samples"):
        bleuberi.select(samples, [1.0], n=1)


def test_agreement_counts_ties_as_a_third_answer() -> None:
    rows = [{"response": r, "references": ["a b c d"]} for r in ("a b c d", "a b", "a b", "x")]
    first, second = [rows[0], rows[1], rows[3]], [rows[1], rows[2], rows[0]]
    assert bleuberi.agreement(bleuberi.bleu(), first, second, [1, 0, -1]) == 1.0
    assert bleuberi.agreement(bleuberi.bleu(), first, second, [1, 1, 1]) == pytest.approx(1 / 3)
    assert bleuberi.agreement(bleuberi.bleu(), [{"references": ["a"]}], [rows[0]], [0]) == 0.0  # no value


def test_hostile_answers_are_scored() -> None:
    for bomb in ("<answer>" * 50_000, "</think><answer>" * 20_000, "&quot;" * 15_000, "a " * 2_000_000, "-\n" * 40_000):
        for make in (bleuberi.bleu, bleuberi.rouge_l, bleuberi.layout):
            for as_published in (False, True):
                row = {"response": bomb, "references": ["a b"]}
                assert make(as_published=as_published).one(row).status in (Status.OK, Status.MALFORMED)


def test_the_official_tokens_are_decoded_and_split() -> None:
    assert _bleuberi.smoothed_bleu("&quot;hi&quot;", ['"hi"']) == 1.0
    assert _bleuberi.smoothed_bleu("", ["a"]) == _bleuberi.smoothed_bleu("<skipped>", ["a"]) == 0.0


@pytest.mark.parametrize("proof", bleuberi.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0, 1))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
