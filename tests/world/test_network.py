"""A small network learns what a line cannot."""

import numpy as np
import pytest

from guerdon.world.network import Network


def test_it_learns_whether_two_signs_agree() -> None:
    rng = np.random.default_rng(0)
    x = rng.choice([-1.0, 1.0], (200, 2))
    y = (x[:, 0] == x[:, 1]).astype(float)
    network = Network(2, 8, rng).fit(x, y)
    assert np.abs(network(x) - y).max() < 0.1


def test_its_steps_go_down_the_gradient() -> None:
    """Against finite differences of the mean squared error: the first step of Adam goes by the signs alone."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(20, 3)), rng.random(20)
    network = Network(3, 4, rng)
    before = [network.layer.copy(), network.bias.copy(), network.head.copy()]

    def loss() -> float:
        return float(((network(x) - y) ** 2).mean())

    slopes = []
    for weights in (network.layer, network.bias, network.head):
        slope = np.zeros_like(weights)
        for at in np.ndindex(weights.shape):
            weights[at] += 1e-6
            high = loss()
            weights[at] -= 2e-6
            slope[at] = (high - loss()) / 2e-6
            weights[at] += 1e-6
        slopes.append(slope)
    network.fit(x, y, steps=1, rate=1e-4)
    after = [network.layer, network.bias, network.head]
    for old, new, slope in zip(before, after, slopes, strict=True):
        clear = np.abs(slope) > 1e-6
        assert (np.sign(new - old) == -np.sign(slope))[clear].all()


def test_it_is_the_same_for_the_same_seed() -> None:
    x = np.random.default_rng(2).normal(size=(5, 2))
    first, second = (Network(2, 3, np.random.default_rng(3))(x) for _ in range(2))
    assert first == pytest.approx(second)
