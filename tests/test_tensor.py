"""Differentiable rewards keep the gradient."""

from __future__ import annotations

from typing import Any

import pytest

from guerdon import reward

torch = pytest.importorskip("torch")


@reward("here.brightness", range=(0, 1), batched=True, differentiable=True)
def brightness(pixels: Any) -> Any:
    """Mean of the pixels."""
    return torch.as_tensor(pixels).reshape(len(pixels), -1).mean(dim=1)


@reward("here.contrast", range=(0, None), batched=True, differentiable=True)
def contrast(pixels: Any) -> Any:
    """Variance of the pixels."""
    return torch.as_tensor(pixels).reshape(len(pixels), -1).var(dim=1)


def test_a_sum_of_differentiable_rewards_has_the_gradient_of_the_sum() -> None:
    pixels = torch.tensor([[0.0, 1.0], [0.5, 0.5]], requires_grad=True)
    total = 2 * brightness() - contrast() + 1
    assert total.differentiable
    value = total.tensor({"pixels": pixels})
    assert value.tolist() == pytest.approx([2 * 0.5 - 0.5 + 1, 2 * 0.5 - 0 + 1])
    value.sum().backward()
    # d mean = ½ each; d var = 2 (x - mean) with ddof 1 over two values
    assert pixels.grad.flatten().tolist() == pytest.approx([1 - -1.0, 1 - 1.0, 1.0, 1.0])


def test_the_same_reward_scores_samples_as_numbers() -> None:
    rows = [{"pixels": torch.tensor([0.0, 1.0]).numpy()}, {"pixels": torch.tensor([0.2, 0.2]).numpy()}]
    assert brightness().reading(pixels="pixels")([rows[0]]).values.tolist() == [0.5]


def test_other_compositions_say_that_they_are_not_differentiable() -> None:
    with pytest.raises(TypeError, match="is not differentiable"):
        (brightness() * contrast()).tensor({})
    with pytest.raises(TypeError, match="is not differentiable"):
        (brightness() + brightness().at_least(0.5).named("x")).tensor({})
