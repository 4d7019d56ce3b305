"""Scores: columns, statuses, hosts' forms, and the way to tokens."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from tests import rewards_for_tests as toy

from guerdon import ContractError, Fine, Score, Scores, Status, densify


def mixed() -> Scores:
    total = 0.5 * toy.moody() + toy.has()
    return total([{"id": m, "mood": m, "response": "a"} for m in ("ok", "fail", "malformed", "ok")])


def test_values_are_nan_exactly_where_there_is_none() -> None:
    scores = mixed()
    assert np.isnan(scores.values).tolist() == [False, True, False, False]
    assert [scores[i].value for i in range(4)] == [1.125, None, 1.0, 1.125]


def test_counts_coverage_and_mean_leave_out_what_has_no_value() -> None:
    scores = mixed()
    assert scores.counts() == {"OK": 2, "MALFORMED": 1, "FAILED": 1}
    assert scores.coverage == 0.75
    assert scores.mean() == pytest.approx((1.125 + 1.0 + 1.125) / 3)
    assert math.isnan(toy.moody()([{"mood": "fail"}]).mean())


def test_rows_are_keyed_by_their_id() -> None:
    assert mixed().key == ("ok", "fail", "malformed", "ok")


def test_take_and_concat_are_inverse() -> None:
    scores = mixed()
    again = Scores.concat([scores.take([0, 1]), scores.take([2, 3])])
    assert again.equals(scores)
    assert scores.take([3, 1]).reasons[1] == scores.reasons[1]


def test_concat_refuses_results_of_different_rewards() -> None:
    with pytest.raises(ContractError, match="different rewards"):
        Scores.concat([mixed(), toy.length()([{"response": "a"}])])
    with pytest.raises(ContractError, match="at least one"):
        Scores.concat([])


def test_rows_go_to_json_and_come_back_whole() -> None:
    for scores in (mixed(), toy.sentences()([{"response": "ab. c."}]), toy.parts()([{"response": "x"}])):
        rows, header = json.loads(json.dumps([scores.to_rows(), scores.header()]))
        again = Scores.from_rows(rows, header)
        assert again.equals(scores)
        assert (again.range, again.over, again.grain) == (scores.range, scores.over, scores.grain)


def test_a_host_gets_what_it_asks_for_where_there_is_no_value() -> None:
    scores = mixed()
    assert scores.for_host("none")[0] == [1.125, None, 1.0, 1.125]
    assert scores.for_host(-1.0)[0] == [1.125, -1.0, 1.0, 1.125]
    assert math.isnan(scores.for_host("nan")[0][1] or 0)
    with pytest.raises(ContractError, match="1 of 4 rows have no value; the first is row 'fail': FAILED"):
        scores.for_host("raise")


def test_a_host_gets_every_component_and_a_floor_never_reaches_them() -> None:
    _, parts = mixed().for_host(-1.0)
    assert parts == {"toy.moody": [0.25, None, 0.0, 0.25], "toy.has": [1.0] * 4}


def test_values_reach_the_last_token_that_ends_within_their_span() -> None:
    scores = toy.sentences()([{"response": "ab. c."}])
    tokens = [[(0, 1), (1, 3), (3, 5), (5, 6)]]
    assert densify(scores, tokens)[0].tolist() == [0.0, 3.0, 0.0, 3.0]


def test_a_response_value_falls_on_the_last_token_and_no_value_on_none() -> None:
    scores = toy.moody()([{"mood": "ok"}, {"mood": "fail"}])
    dense = densify(scores, [[(0, 1), (1, 2)], [(0, 1)]])
    assert dense[0].tolist() == [0.0, 0.25]
    assert np.isnan(dense[1]).all()


def test_token_values_keep_their_place() -> None:
    scores = Scores.from_scores(
        [Score(3.0, fine=Fine((1.0, 2.0), ((0, 1), (2, 3)), "token"))], names=(), key=("0",), grain="token"
    )
    assert densify(scores, [[(0, 4), (4, 5), (5, 9)]])[0].tolist() == [1.0, 0.0, 2.0]


def test_special_tokens_and_spans_that_end_inside_a_token_find_their_place() -> None:
    fine = Fine((1.0, 2.0, 4.0), ((0, 2), (2, 3), (3, 6)))
    scores = Scores.from_scores([Score(7.0, fine=fine)], names=(), key=("0",))
    # [special] "ab" "cde" "f" [special]: the second span has no token end and goes to the token it lies in
    assert densify(scores, [[(0, 0), (0, 2), (2, 5), (5, 6), (0, 0)]])[0].tolist() == [0.0, 1.0, 2.0, 4.0, 0.0]


def test_steps_known_by_index_alone_have_no_place_in_a_text() -> None:
    fine = Fine((1.0, 2.0), ((0, 1), (1, 2)), "step")
    scores = Scores.from_scores([Score(3.0, fine=fine)], names=(), key=("0",))
    with pytest.raises(ContractError, match="give the Fine character spans"):
        densify(scores, [[(0, 4), (4, 9)]])


def test_spans_outside_the_tokens_and_wrong_lengths_are_refused() -> None:
    scores = toy.sentences()([{"response": "ab."}])
    with pytest.raises(ContractError, match="outside its tokens"):
        densify(scores, [[(5, 9)]])
    with pytest.raises(ContractError, match="0 offset lists for 1 rows"):
        densify(scores, [])


def test_severity_orders_the_statuses() -> None:
    assert Status.SKIPPED < Status.OK < Status.MALFORMED < Status.INAPPLICABLE
    assert Status.INAPPLICABLE < Status.ABSTAINED < Status.UNREAD < Status.FAILED


def test_scores_show_themselves_in_one_line() -> None:
    assert repr(mixed()) == "<Scores of 4 rows, mean 1.083 (2 OK, 1 MALFORMED, 1 FAILED)>"


def test_rows_may_be_counted_from_the_end() -> None:
    scores = toy.moody()([{"mood": "ok"}, {"mood": "fail"}])
    assert scores[-1].reason == scores[1].reason != ""
    assert scores.take([-1]).reasons == {0: scores.reasons[1]}
    with pytest.raises(TypeError, match="not a mask"):
        scores.take(np.array([False, True]))


def test_what_a_host_gets_for_no_value_is_one_of_three_words() -> None:
    with pytest.raises(ContractError, match="unscored='zero'"):
        toy.moody()([{"mood": "fail"}]).for_host("zero")  # type: ignore[arg-type]
