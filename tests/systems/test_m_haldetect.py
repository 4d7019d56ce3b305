"""M-HalDetect: marked segments, and the score that best of n goes by."""

from math import log
from typing import Any

import pytest

from guerdon import Status
from guerdon.rules.asked import asking
from guerdon.systems import Proof, m_haldetect

RESPONSE = "I see a cat. It wears two hats. It may be happy."
MARKS = [
    {"start": 0, "end": 11, "text": "I see a cat", "label": "ACCURATE"},
    {"start": 12, "end": 30, "text": "It wears two hats", "label": "INACCURATE"},  # one too early
    {"start": 32, "end": 47, "text": "It may be happy", "label": "ANALYSIS"},
]


def row(*labels: Any) -> dict[str, Any]:
    marks = [{**mark, "label": label} for mark, label in zip(MARKS, labels, strict=False)]
    return {"response": RESPONSE, "annotations": marks}


def test_the_share_of_good_segments_is_binary_or_ternary() -> None:
    marked = {"response": RESPONSE, "annotations": MARKS}
    assert m_haldetect.accuracy().one(marked).value == pytest.approx(2 / 3)
    assert m_haldetect.accuracy(classes="ternary").one(marked).value == 0.5
    assert m_haldetect.accuracy().one(row("UNSURE", "UNSURE")).status == Status.INAPPLICABLE


def test_a_passage_is_worth_its_mean_or_worst_log_probability() -> None:
    good, bad = {"ACCURATE": 0.8, "INACCURATE": 0.2}, {"ACCURATE": 0.1, "ANALYSIS": 0.1, "INACCURATE": 0.8}
    scored = row(good, bad)
    assert m_haldetect.passage().one(scored).value == pytest.approx((log(0.8) + log(0.2)) / 2)
    assert m_haldetect.passage(total="min").one(scored).value == pytest.approx(log(0.2))
    assert m_haldetect.passage(total="min", classes="ternary").one(scored).value == pytest.approx(log(0.1 / 0.9))
    assert m_haldetect.passage().one(row({"ACCURATE": 0.0, "INACCURATE": 1.0})).value == pytest.approx(log(1e-6))


def test_a_long_passage_dilutes_an_error_under_the_mean_alone() -> None:
    short, long = row("INACCURATE"), row("INACCURATE", "ACCURATE", "ACCURATE")
    mean, least = m_haldetect.passage(), m_haldetect.passage(total="min")
    rows = [{**r, "annotations": [{**m, "label": {m["label"]: 1.0}} for m in r["annotations"]]} for r in (short, long)]
    assert mean(rows).values[0] < mean(rows).values[1]
    assert least(rows).values[0] == least(rows).values[1]


def test_segments_left_out_do_not_shift_the_others() -> None:
    score = m_haldetect.passage().one(row({"UNSURE": 1.0}, {"ACCURATE": 0.5, "INACCURATE": 0.5}))
    assert score.fine is not None
    assert score.fine.spans == ((13, 30),)  # mended to where the text stands
    assert score.value == pytest.approx(log(0.5))


def test_a_sentence_is_as_bad_as_its_worst_segment() -> None:
    labels = [label for _, label in m_haldetect.sentence_labels(RESPONSE, MARKS)]
    assert labels == ["ACCURATE", "INACCURATE", "ANALYSIS"]
    within = [{"start": 0, "end": 3, "label": "ACCURATE"}, {"start": 4, "end": 14, "label": "UNSURE"}]
    labels = [label for _, label in m_haldetect.sentence_labels(RESPONSE, within)]
    assert labels == ["INACCURATE", "INACCURATE", None]  # one reaches into the next sentence


def test_segments_of_another_text_are_refused() -> None:
    with pytest.raises(ValueError, match="not in the text"):
        m_haldetect.sentence_labels("A dog.", MARKS)
    lost = m_haldetect.passage().one({"response": "A dog.", "annotations": MARKS})
    assert (lost.value, lost.status) == (None, Status.INAPPLICABLE)


def test_a_classifier_can_be_asked() -> None:
    reward = asking(
        m_haldetect.passage(),
        annotations=lambda row: [{"text": row["response"], "label": {"ACCURATE": 0.5, "INACCURATE": 0.5}}],
    )
    assert reward.one({"response": "A cat."}).value == pytest.approx(log(0.5))


@pytest.mark.parametrize("proof", m_haldetect.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0, 1))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time


def test_the_more_there_are_the_better_the_best_is() -> None:
    shares = [m_haldetect._kept(0, n) for n in (1, 4, 16, 64)]
    assert shares == sorted(shares, reverse=True)
