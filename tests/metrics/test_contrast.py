from math import isnan, nan

import numpy as np
import pytest

from guerdon.metrics.contrast import contrast, winoground

SOUND = [[[2, 1], [0, 3]]]
BLIND = [[[2, 1], [2, 1]]]
"""To the instruction."""


def test_a_sound_reward_is_consistent() -> None:
    found = contrast(SOUND)
    assert [float(x[0]) for x in found] == [1, 1, 1, 0, 0]
    assert [float(x[0]) for x in winoground(SOUND)] == [1, 1, 1]


def test_a_reward_blind_to_the_instruction_is_caught_by_strictness_alone() -> None:
    assert (contrast(BLIND).instruction[0], contrast(BLIND, ties=1.0).instruction[0]) == (0.0, 1.0)
    assert (contrast(BLIND).response_ties[0], contrast(BLIND).instruction_ties[0]) == (0.0, 1.0)


def test_a_constant_reward_earns_nothing_but_by_the_published_rule() -> None:
    same = np.zeros((1, 2, 2))
    assert [float(x[0]) for x in contrast(same)] == [0, 0, 0, 1, 1]
    assert [float(x[0]) for x in contrast(same, ties=1.0)[:3]] == [1, 1, 1]
    assert [float(x[0]) for x in winoground(same)] == [0, 0, 0]


def test_each_right_combination_counts_half() -> None:
    # (q, a) = 3 beats both rivals 1 and 2; (q′, a′) = 1 ties with the other instruction's 1 and loses to 2
    found = contrast([[[3, 1], [2, 1]]])
    assert [float(x[0]) for x in found] == [0.5, 0.5, 0.5, 0, 0.5]
    assert [float(x[0]) for x in winoground([[[3, 1], [2, 1]]])] == [0, 0, 0]


def test_swapping_instructions_and_answers_swaps_the_two() -> None:
    values = np.random.default_rng(0).integers(0, 4, (200, 2, 2))
    turned = contrast(values.transpose(0, 2, 1))
    assert turned.response.tolist() == contrast(values).instruction.tolist()
    assert turned.both.tolist() == contrast(values).both.tolist()
    assert contrast(values[:, ::-1, ::-1]).response.tolist() == contrast(values).response.tolist()


def test_random_values_pass_winoground_by_its_published_chance() -> None:
    found = winoground(np.random.default_rng(0).random((40_000, 2, 2)))
    assert [x.mean() for x in found] == pytest.approx([1 / 4, 1 / 4, 1 / 6], abs=0.01)


def test_a_missing_value_leaves_the_item_out() -> None:
    values = np.array([[[2, 1], [0, nan]], [[2, 1], [0, 3]]])
    for found in (*contrast(values), *winoground(values)):
        assert isnan(found[0])
        assert not isnan(found[1])
    with pytest.raises(ValueError, match="2, 2"):
        contrast([[1, 2]])
