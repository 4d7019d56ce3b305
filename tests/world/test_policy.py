"""Small policies: probabilities, draws, gradients."""

from itertools import islice

import numpy as np
import pytest

from guerdon.world.policy import Adam, Softmax, climb, divergence, group_relative


def test_a_new_policy_is_uniform_and_tables_add_up() -> None:
    policy = Softmax([2, 3], 4)
    assert policy.probabilities([0, 1], [2, 0]) == pytest.approx(np.full((2, 4), 0.25))
    policy.tables[0][1, 0], policy.tables[1][2, 0] = np.log(2), np.log(3)
    assert policy.probabilities([1], [2])[0] == pytest.approx(np.array([6, 1, 1, 1]) / 9)


def test_options_are_drawn_as_often_as_they_are_probable() -> None:
    policy = Softmax([1], 3)
    policy.tables[0][0] = np.log([1, 2, 5])
    drawn = policy.draw(np.random.default_rng(0), np.zeros(40_000, dtype=int))
    assert np.bincount(drawn) / 40_000 == pytest.approx([1 / 8, 2 / 8, 5 / 8], abs=0.01)


def test_a_step_follows_the_gradient_of_the_log_probability() -> None:
    policy = Softmax([2], 3)
    policy.tables[0][1] = [0.3, -0.2, 0.1]
    before, h = policy.tables[0].copy(), 1e-6
    for option in range(3):
        policy.tables[0][...] = before
        policy.tables[0][1, option] += h
        up = np.log(policy.probabilities([1])[0, 2])
        policy.tables[0][1, option] -= 2 * h
        slope = (up - np.log(policy.probabilities([1])[0, 2])) / (2 * h)
        policy.tables[0][...] = before
        policy.learn(np.array([2]), np.array([1.5]), [1], rate=0.1)
        assert policy.tables[0][1, option] - before[1, option] == pytest.approx(0.15 * slope, abs=1e-6)
        assert np.array_equal(policy.tables[0][0], before[0])


def test_advantages_are_relative_to_the_group() -> None:
    # Mean 2, standard deviation √(2/3).
    assert group_relative([[1, 2, 3]]) == pytest.approx(np.array([[-1.5, 0, 1.5]]) * np.sqrt(2 / 3), abs=1e-5)
    assert not group_relative(np.ones((3, 4))).any()


def test_the_first_step_of_adam_is_its_rate_and_a_steady_gradient_keeps_it() -> None:
    adam = Adam(0.1)
    assert adam.step(np.array([3.0, -0.01, 0.0])) == pytest.approx([0.1, -0.1, 0.0])
    assert adam.step(np.array([3.0, -0.01, 0.0])) == pytest.approx([0.1, -0.1, 0.0])
    # Now the mean is (0.9·(1 − 0.9²)·3 − 0.3) / (1 − 0.9³), the root of the mean square still 3.
    assert adam.step(np.array([-3.0, 0, 0]))[0] == pytest.approx(0.1 * (0.9 * 0.19 * 3 - 0.3) / (3 * 0.271))


def test_a_climb_is_the_gibbs_policy_of_its_steps() -> None:
    start, gain = np.array([[0.5, 0.3, 0.2], [0.1, 0.9, 0.0]]), np.array([[1.0, 2.0, 0.5], [0.0, 1.0, 99.0]])
    policy = next(islice(climb(start, lambda _: gain, rate=0.1), 5, None))
    weights = start * np.exp(0.5 * gain)
    assert policy == pytest.approx(weights / weights.sum(axis=1, keepdims=True))
    assert policy[1, 2] == 0.0


def test_a_climb_sees_the_policy_it_moves() -> None:
    seen: list[float] = []

    def gains(policy: np.ndarray) -> np.ndarray:
        seen.append(float(policy[0]))
        return np.array([1.0 if policy[0] < 0.7 else -1.0, 0.0])

    assert float(next(islice(climb([0.5, 0.5], gains, rate=0.1), 200, None))[0]) == pytest.approx(0.7, abs=0.03)
    assert seen[0] == 0.5


def test_far_climbs_do_not_overflow() -> None:
    policy = next(islice(climb([0.5, 0.5], lambda _: np.array([1e4, -1e4]), rate=10.0), 50, None))
    assert policy.tolist() == [1.0, 0.0]


def test_divergence_is_that_of_scipy() -> None:
    from scipy.stats import entropy

    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(6), 4), rng.dirichlet(np.ones(6), 4)
    assert divergence(p, q) == pytest.approx(entropy(p, q, axis=1))
    assert divergence([0.0, 1.0], [0.0, 1.0]) == 0.0
    assert divergence(p, p) == pytest.approx(np.zeros(4))
