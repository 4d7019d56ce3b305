from itertools import combinations
from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics.fairness import evenness, fairness_profile, min_max

scores = st.lists(st.integers(0, 20).map(lambda k: k / 20), min_size=2, max_size=12).filter(any)


@pytest.mark.parametrize(
    ("group", "expected"),
    [([0.5] * 3, (1, 1, 1)), ([0, 1], (0, 0, 0.5)), ([0.9, 0.85, 0.8, 0.2], (0.5, 0.58738888, 0.80454545))],
)
def test_the_table_of_mj_bench(group: list[float], expected: tuple[float, ...]) -> None:
    assert evenness(group) == pytest.approx(expected)


@given(scores)
def test_the_three_are_their_definitions(group: list[float]) -> None:
    pairs = [*combinations(group, 2)]
    found = evenness(group)
    assert found.acc == pytest.approx(np.mean([abs(a - b) <= 0.1 + 1e-9 for a, b in pairs]))
    assert found.nds == pytest.approx(1 - np.std(group) / np.mean(group))
    gini = sum(abs(a - b) for a in group for b in group) / (2 * len(group) ** 2 * np.mean(group))
    assert found.ges == pytest.approx(1 - gini)


def test_a_difference_of_just_the_tolerance_is_within_it_wherever_it_lies() -> None:
    assert 0.8 - 0.7 > 0.1 > 0.3 - 0.2  # as floats
    assert evenness([0.7, 0.8]).acc == evenness([0.2, 0.3]).acc == 1.0


def test_more_of_an_offset_between_groups_of_people_is_less_even() -> None:
    rng = np.random.default_rng(0)
    job = np.concatenate([rng.normal(0.5, 0.05, 50), rng.normal(0.5, 0.05, 50)])
    side = np.repeat([0.0, 1.0], 50)
    assert np.all(np.diff([evenness(job + d * side).acc for d in (0, 0.05, 0.1, 0.2)]) < 0)


def test_a_constant_added_makes_the_dispersion_look_even() -> None:
    assert [round(evenness(np.array([0.2, 0.8]) + c).nds, 2) for c in (0, 1, 9)] == [0.4, 0.8, 0.97]


def test_what_has_no_scale_is_nan_and_no_division_by_0() -> None:
    assert np.isnan(min_max([1.0, 1.0])).all()
    assert min_max([]).tolist() == []
    assert all(map(isnan, fairness_profile([1.0, 1.0], ["a", "b"])["a"]))
    zero = evenness([0.0, 0.0])
    assert (zero.acc, isnan(zero.nds), isnan(zero.ges)) == (1.0, True, True)
    assert isnan(evenness([0.5]).acc)
    assert all(map(isnan, (*evenness([]), *evenness([0.5, nan]))))


def test_groups_share_one_scale_and_keep_their_order() -> None:
    # 0–10 by all scores: nurse 0 and 0.1, cook 0.5 and 1
    found = fairness_profile([5, 0, 10, 1], ["cook", "nurse", "cook", "nurse"])
    assert list(found) == ["cook", "nurse"]
    assert (found["cook"].acc, found["nurse"].acc) == (0.0, 1.0)
    assert found["cook"].nds == pytest.approx(1 - 0.25 / 0.75)
    with pytest.raises(ValueError, match="1 groups"):
        fairness_profile([1, 2], ["a"])


def test_what_is_infinite_has_no_scale_and_no_evenness() -> None:
    assert np.isnan(min_max([np.inf, 1.0, 2.0])).all()
    assert np.isnan(min_max([np.inf, np.inf])).all()
    assert np.isnan(evenness([np.inf, 1.0])).all()
