"""What the numbers of a benchmark tell beside its figure."""

import numpy as np
import pytest
from tests.report import toys

from guerdon.bench import Benchmark, Item, Output, Protocol, run
from guerdon.bench.run import Entry, Results
from guerdon.report.panels import (
    Calibration,
    bias,
    biases,
    calibration,
    information,
    total,
)
from guerdon.report.panels import pairs as told_apart
from guerdon.sample import Sample


def only(results: Results) -> Entry:
    return results.asked[0]


def calibrate(results: Results) -> Calibration | str:
    return calibration(results, only(results))


# -- pairs and biases --------------------------------------------------------------------------------


def test_every_pair_that_differs_in_gold_counts_once() -> None:
    row = {"id": 0, "prompt": "q", "responses": ["a", "bbb", "cc"], "votes": [{"tiers": [[1], [0, 2]]}]}
    results = run(toys.suite(), outputs={"x": [Output("0", (1.0, 5.0, 4.0))]}, data=[row])
    found = told_apart(results.questions, only(results).answers)
    assert found.item.tolist() == [0, 0]
    assert found.gap.tolist() == [4.0, 1.0]  # 5 − 1 and 5 − 4
    assert found.longer.tolist() == [2.0, 1.0]  # three letters against one and two


def test_who_prefers_the_longer_is_right_just_where_that_is_the_better() -> None:
    results = run(toys.suite(), [toys.long()], data=toys.pairs(20))
    found = bias(results, only(results))
    assert found is not None
    assert found.longer is not None
    assert found.shorter is not None
    assert found.lean is not None
    assert (found.longer.mean, found.longer.n) == (1.0, 10)
    assert (found.shorter.mean, found.shorter.n) == (0.0, 10)
    assert found.lean.mean == 1.0
    assert found.lean.low > 0.3
    assert found.flips is None  # it sees one response at a time


def test_a_sound_reward_does_not_lean() -> None:
    results = run(toys.suite(), [toys.good()], data=toys.pairs(20))
    found = bias(results, only(results))
    assert found is not None
    assert found.lean is not None
    assert found.lean.low <= found.lean.mean == 0.0 <= found.lean.high


def test_who_prefers_the_first_changes_every_verdict_with_the_order() -> None:
    results = run(toys.suite(), [toys.first()], data=toys.pairs(20))
    found = bias(results, only(results))
    assert found is not None
    assert found.flips is not None
    assert found.first is not None
    assert found.flips.mean == 1.0
    assert found.first.mean == 1.0
    assert found.ties.mean == 1.0  # each wins once: both orders together say nothing


def test_ties_are_a_share_of_pairs_with_a_value() -> None:
    found = bias(results := toys.of_values([0.0, 1.0, 2.0, float("nan")]), only(results))
    assert found is not None
    assert (found.pairs, found.ties.mean) == (3, 1 / 3)


def test_outputs_of_nobody_knows_which_item_have_no_bias() -> None:
    outputs = {"flags": [Output("group:all", right=True), Output("group:all", right=False)]}
    assert biases(run(toys.suite(), outputs=outputs, data=[toys.pair(0), toys.pair(1)])) == []


def test_an_entry_that_answers_nothing_has_no_bias() -> None:
    assert biases(toys.of_values([float("nan")] * 3)) == []


def test_steps_are_no_pairs() -> None:
    item = Item("i0", (Sample("q", "a. b."),), (1.0, 0.0))
    benchmark = toys.suite(item=lambda row: item, protocol=Protocol(asks="steps"), metrics=toys.STEPS)
    results = run(benchmark, outputs={"told": [Output("i0", (0.9, 0.8))]}, data=[{}])
    assert biases(results) == []
    assert calibrate(results) == "it judges steps, and does not choose between responses"


# -- calibration -------------------------------------------------------------------------------------


def test_chances_that_are_right_as_often_as_they_say_have_a_small_error() -> None:
    found = calibrate(toys.of_chances(toys.calibrated(4000)))
    assert isinstance(found, Calibration)
    assert found.kind == "stated"
    assert found.n == 4000
    assert found.before < 0.02
    assert abs(found.temperature - 1) < 0.1
    for part in found.bins:
        assert part.share.low - 0.02 < part.p < part.share.high + 0.02


def test_an_overconfident_entry_shows_and_a_temperature_cures_it() -> None:
    p = np.array(toys.calibrated(4000))
    odds = (p / (1 - p)) ** 3  # three times too sure
    found = calibrate(toys.of_chances((odds / (1 + odds)).tolist()))
    assert isinstance(found, Calibration)
    assert found.before > 0.1
    assert found.after < 0.02
    assert found.temperature == pytest.approx(3, rel=0.1)


def test_scores_get_the_one_scale_that_fits() -> None:
    p = np.array(toys.calibrated(4000))
    found = calibrate(toys.of_values((10 * np.log(p / (1 - p))).tolist()))
    assert isinstance(found, Calibration)
    assert found.kind == "fitted"
    assert found.temperature == pytest.approx(10, rel=0.1)
    assert found.after < 0.02 < found.before
    assert all(0.5 <= part.p <= 1 for part in found.bins)


@pytest.mark.parametrize(
    ("gaps", "why"),
    [
        ([1.0, -1.0, 2.0], "3 pairs of which it prefers one: too few"),
        ([1.0, -1.0] * 50, "of 1 different strengths only"),
        ([-1.0, -2.0, -3.0] * 50, "do not tell how sure"),
        ([1.0, 2.0, 3.0] * 50, "no scale is sharp enough"),
    ],
)
def test_where_calibration_means_nothing_the_reason_is_given(gaps: list[float], why: str) -> None:
    found = calibrate(toys.of_values(gaps))
    assert isinstance(found, str)
    assert why in found


# -- information -------------------------------------------------------------------------------------


def two(one: list[float], other: list[float], benchmark: Benchmark | None = None) -> Results:
    values = {"one": one, "other": other}
    outputs = {name: [Output(f"i{i}", (v, 0.0)) for i, v in enumerate(found)] for name, found in values.items()}
    return run(benchmark or toys.suite(), outputs=outputs, data=[toys.pair(i) for i in range(len(one))])


def test_items_that_all_get_right_or_wrong_or_even_are_counted_apart() -> None:
    results = two([1, 1, -1, -1, 0, 0], [1, -1, -1, 1, 0, 1])
    assert information(results) == [("all", 1, 1, 1, 3, 0)]


def test_items_that_nobody_answered_are_counted() -> None:
    outputs = {name: [Output("i0", (1, 0))] for name in ("one", "other")}
    (found,) = information(run(toys.suite(), outputs=outputs, data=[toys.pair(0), toys.pair(1)]))
    assert (found.right, found.unanswered) == (1, 1)


def test_one_entry_alone_cannot_be_told_apart() -> None:
    assert information(toys.of_values([1.0, -1.0])) == []


def test_groups_add_up() -> None:
    results = run(toys.suite(), [toys.good(), toys.long()], data=toys.pairs(8))
    found = information(results)
    assert [one.group for one in found] == ["a", "b"]
    assert total(found) == ("all", 4, 0, 0, 4, 0)  # the longer one is right in every other pair
