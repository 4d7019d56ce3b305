"""Judge Anything: one score of those of rubrics, and figures that find what was put in."""

import json
from typing import Any

import numpy as np
import pytest

from guerdon import Status
from guerdon.systems import Proof, judge_anything
from guerdon.systems.judge_anything import overall

SCORES = dict(zip(("relevance_score", "clarity_score", "coherence_score"), (5, 3, 3), strict=True))


def test_rubrics_become_one_score_by_their_mean_or_by_majority() -> None:
    row = {"judgement": SCORES}
    assert overall().one(row).value == pytest.approx(11 / 3)
    assert overall(by="majority").one(row).value == 3.0
    assert overall().one({"judgement": f"Here: {json.dumps(SCORES)}"}).value == pytest.approx(11 / 3)


def test_an_overall_score_counts_alone() -> None:
    assert overall().one({"judgement": {**SCORES, "overall_score": 1}}).value == 1.0


@pytest.mark.parametrize("said", ["", "5", "{}", {"clarity_score": 6}, {"clarity_score": "high"}, "[" * 100_000])
def test_a_judgement_without_scores_is_unread_and_no_score(said: Any) -> None:
    found = overall().one({"judgement": said})
    assert (found.value, found.status) == (None, Status.UNREAD)


def test_what_figures_have_to_be_is_what_many_draws_give() -> None:
    rng = np.random.default_rng(0)
    quality = rng.standard_normal(400_000)
    seen = quality + 1.5 * rng.standard_normal(len(quality))
    so, says = judge_anything._level(quality), judge_anything._level(seen)
    true = judge_anything._true_scores(1.5)
    assert true["exact"] == pytest.approx(np.mean(so == says), abs=0.003)
    assert true["MAE"] == pytest.approx(np.abs(so - says).mean(), abs=0.006)
    human, judge = ([judge_anything._code(gap) for gap in gaps[:50_000].tolist()] for gaps in (quality, seen))
    agree = np.mean([a == b for a, b in zip(human, judge, strict=True)])
    assert judge_anything._true_accuracies(1.5)["with ties"] == pytest.approx(agree, abs=0.008)


@pytest.mark.slow
@pytest.mark.parametrize("proof", judge_anything.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
