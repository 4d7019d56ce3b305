"""Skywork R1V2: whatever the reward model says, right answers earn more than wrong ones."""

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from guerdon import ContractError, Status
from guerdon.rules import answers, given
from guerdon.rules.asked import asking
from guerdon.systems import Proof, skywork_r1v2

RULE = answers.exact(within=None)
scores = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=8)


def rows(right: list[bool], model: list[float]) -> list[dict[str, Any]]:
    return [
        {"response": "4" if r else "5", "answer": "4", "score": s, "group": 1}
        for r, s in zip(right, model, strict=True)
    ]


@drawn(scores, st.sampled_from(["zscore", "clip"]), st.data())
def test_no_score_of_the_model_lifts_a_wrong_answer_above_a_right_one(model: list[float], how: Any, data: Any) -> None:
    right = data.draw(st.lists(st.booleans(), min_size=len(model), max_size=len(model)))
    values = skywork_r1v2.hybrid(rule=RULE, calibrate=how)(rows(right, model)).values
    best_wrong = max((v for v, r in zip(values, right, strict=True) if not r), default=0.0)
    worst_right = min((v for v, r in zip(values, right, strict=True) if r), default=1.0)
    assert 0.0 <= best_wrong <= 0.5 < 1.0 <= worst_right <= 1.5


def test_the_plain_sum_is_drowned_by_the_models_scale() -> None:
    plain = (RULE + given.score())(rows([True, False], [-3.0, 9.0])).values
    hybrid = skywork_r1v2.hybrid(rule=RULE)(rows([True, False], [-3.0, 9.0])).values
    assert plain[0] < plain[1]
    assert hybrid[0] > hybrid[1]


def test_thresholds_cut_off_at_either_end() -> None:
    calibrated = skywork_r1v2.calibrated(calibrate="clip", low=1.0, high=3.0)
    assert [calibrated.one({"score": s}).value for s in (-9.0, 1.0, 2.0, 3.0, 99.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_z_scores_are_those_of_the_group() -> None:
    # Mean 2, standard deviation 2 (ddof 1): z = −1, 0, 1, which −2…2 maps to ¼, ½, ¾.
    values = skywork_r1v2.calibrated()(rows([True] * 3, [0.0, 2.0, 4.0])).values
    assert values == pytest.approx([0.25, 0.5, 0.75], abs=1e-4)
    shifted = skywork_r1v2.calibrated()(rows([True] * 3, [1000.0, 3000.0, 5000.0])).values
    assert shifted == pytest.approx(values, abs=1e-4)


def test_a_group_on_which_the_model_has_no_opinion_is_left_to_the_rule() -> None:
    values = skywork_r1v2.hybrid(rule=RULE)(rows([True, False], [7.0, 7.0])).values
    assert values.tolist() == [1.25, 0.25]


def test_a_failing_model_is_no_opinion() -> None:
    def model(row: Any) -> float:
        raise RuntimeError("out of memory")

    scored = skywork_r1v2.hybrid(rule=RULE, model=asking(given.score(), score=model))(rows([True, False], [0, 0]))
    assert scored.status.tolist() == [Status.FAILED] * 2


def test_the_parts_keep_their_names() -> None:
    components = skywork_r1v2.hybrid(rule=RULE).components
    assert {"rule", "calibrated", "calibrated/model"} <= set(components)


def test_the_rule_is_mathematics_unless_another_is_given() -> None:
    row = {"response": "<answer>1/2</answer>", "answer": "0.5", "score": 3.0}
    assert skywork_r1v2.hybrid(calibrate="clip").one(row).value == pytest.approx(1.5)


def test_odd_settings_are_refused() -> None:
    with pytest.raises(ContractError, match="low < high"):
        skywork_r1v2.hybrid(low=1.0, high=1.0)
    with pytest.raises(ContractError, match="zscore"):
        skywork_r1v2.calibrated(calibrate="rank")  # type: ignore[arg-type]


@pytest.mark.parametrize("proof", skywork_r1v2.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0, 1))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
