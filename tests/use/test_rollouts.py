"""Values of steps by roll-outs."""

from collections.abc import Sequence

import numpy as np
import pytest

from guerdon.use.rollouts import mc_step_values


def test_a_value_is_the_share_of_ends_that_are_right() -> None:
    ends = {(1,): [3, 4, 5, 4], (1, 2): [4, 4, 4, 0]}
    values = mc_step_values([1, 2], lambda prefix, n: ends[tuple(prefix)], lambda end: end == 4, n_rollouts=4)
    assert values == [0.5, 0.75]


def test_every_prefix_is_asked_for_as_many_ends() -> None:
    asked: list[tuple[tuple[str, ...], int]] = []

    def policy(prefix: Sequence[str], n: int) -> list[str]:
        asked.append((tuple(prefix), n))
        return ["end"] * n

    mc_step_values(["a", "b"], policy, lambda end: 1.0, n_rollouts=3)
    assert asked == [(("a",), 3), (("a", "b"), 3)]


def test_many_rollouts_come_near_the_chance() -> None:
    rng = np.random.default_rng(0)
    (value,) = mc_step_values([0], lambda prefix, n: rng.random(n).tolist(), lambda end: end < 0.3, n_rollouts=2000)
    assert value == pytest.approx(0.3, abs=4 * 0.5 / 2000**0.5)


def test_no_rollouts_are_an_error() -> None:
    with pytest.raises(ValueError, match="one or more"):
        mc_step_values([1], lambda prefix, n: [1] * n, lambda end: 1.0, n_rollouts=0)
