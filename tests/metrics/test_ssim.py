"""Structural similarity, against scikit-image and the convolutions written out."""

from typing import Any

import numpy as np
import pytest

from guerdon.metrics.ssim import ssim, ssim_map, ssim_matrix

rng = np.random.default_rng(0)
A = rng.random((24, 30))
B = np.clip(A + rng.normal(0, 0.2, A.shape), 0, 1)


def test_inside_it_is_that_of_scikit_image() -> None:
    metrics = pytest.importorskip("skimage.metrics")
    settings = {"data_range": 1.0, "gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    _, theirs = metrics.structural_similarity(A, B, full=True, **settings)
    inside = np.s_[5:-5, 5:-5]  # at the edges they mirror the image, where the window here sees 0
    assert ssim_map(A, B)[inside] == pytest.approx(theirs[inside])


def test_it_is_the_convolution_of_the_official_code() -> None:
    torch = pytest.importorskip("torch")
    x, y = torch.tensor(A)[None, None], torch.tensor(B)[None, None]
    line = torch.exp(-((torch.arange(11.0, dtype=torch.float64) - 5) ** 2) / (2 * 1.5**2))
    window = torch.outer(line, line)[None, None] / line.sum() ** 2

    def blur(image: Any) -> Any:
        return torch.nn.functional.conv2d(image, window, padding=5)

    ux, uy = blur(x), blur(y)
    vx, vy, cov = blur(x * x) - ux**2, blur(y * y) - uy**2, blur(x * y) - ux * uy
    theirs = (2 * ux * uy + 1e-4) * (2 * cov + 9e-4) / ((ux**2 + uy**2 + 1e-4) * (vx + vy + 9e-4))
    assert ssim(A, B) == pytest.approx(float(theirs.mean()))


def test_an_image_is_most_like_itself() -> None:
    assert ssim(A, A) == pytest.approx(1.0)
    assert ssim(A, B) == pytest.approx(ssim(B, A))
    assert -1.0 <= ssim(A, 1 - A) < ssim(A, B) < 1.0


def test_every_colour_is_an_image_of_its_own() -> None:
    assert ssim([A, B], [B, B]) == pytest.approx((ssim(A, B) + 1.0) / 2)


def test_all_pairs_make_a_matrix() -> None:
    assert ssim_matrix([A, B], [B]) == pytest.approx(np.array([[ssim(A, B)], [1.0]]))
    assert ssim_matrix([], [B]).shape == (0, 1)


def test_images_of_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="one shape"):
        ssim(A, A[:-1])
