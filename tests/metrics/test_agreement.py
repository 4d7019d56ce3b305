from itertools import combinations
from math import isnan, nan

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score  # type: ignore[import-untyped]

from guerdon.metrics.agreement import Level, Weights, cohen, fleiss, krippendorff, percent

FOUR_OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
    [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
]
"""Krippendorff 2011, § C."""
FOURTEEN_RATERS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
"""The worked example of the Wikipedia article "Fleiss' kappa"."""


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
def test_cohen_is_that_of_scikit_learn(weights: Weights | None) -> None:
    a, b = np.random.default_rng(0).integers(0, 4, (2, 60))
    b[:30] = a[:30]
    assert cohen(a, b, weights) == pytest.approx(cohen_kappa_score(a, b, weights=weights))


def test_a_textbook_table() -> None:
    # yes/yes 20, yes/no 5, no/yes 10, no/no 15: 0.7 agree, 0.5·0.6 + 0.5·0.4 = 0.5 by chance
    a, b = ["y"] * 25 + ["n"] * 25, ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    assert cohen(a, b) == pytest.approx(0.4)


def test_a_category_that_nobody_used_counts_as_a_place() -> None:
    # on 1–4 a disagreement of 1 and 4 costs 3 places, of 1 and 2 one; among those that occur 2 and 1
    a, b = [1, 1, 4, 2], [1, 4, 4, 1]
    assert cohen(a, b, "linear", categories=[1, 2, 3, 4]) == pytest.approx(
        cohen_kappa_score(a, b, labels=[1, 2, 3, 4], weights="linear")
    )
    assert cohen(a, b, "linear", categories=[1, 2, 3, 4]) != pytest.approx(cohen(a, b, "linear"))


def test_fleiss_is_the_published_example() -> None:
    assert fleiss(FOURTEEN_RATERS) == pytest.approx(0.210, abs=5e-4)


@pytest.mark.parametrize(
    ("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorff_is_the_published_example(level: Level, alpha: float) -> None:
    assert krippendorff(FOUR_OBSERVERS, level) == pytest.approx(alpha, abs=5e-4)


def test_percent_counts_pairs_of_ratings_of_one_item() -> None:
    # items 1 to 12 have pairs of 3, 6, 6, 6, 6, 6, 6, 6, 6, 3, 1, 0 ratings, of which agree
    agree = [3, 3, 6, 6, 6, 0, 6, 3, 6, 3, 1, 0]
    assert percent(FOUR_OBSERVERS) == pytest.approx(sum(agree) / 55)


def test_alpha_of_two_raters_is_kappa_but_for_a_small_sample() -> None:
    ratings = np.random.default_rng(0).integers(0, 3, (2, 50))
    counts = np.stack([(ratings == value).sum(axis=0) for value in range(3)], axis=1)
    n = 100  # α = π + (1 − π) / n, for Scott's π, which fleiss is for two
    pi = fleiss(counts)
    assert krippendorff(ratings) == pytest.approx(pi + (1 - pi) / n)


def test_the_names_of_raters_and_the_order_of_items_do_not_matter() -> None:
    ratings = np.array(FOUR_OBSERVERS)
    for level in ("nominal", "ordinal", "interval", "ratio"):
        assert krippendorff(ratings[::-1, ::-1], level) == pytest.approx(krippendorff(ratings, level))
    for i, j in combinations(range(3), 2):
        moved = np.array(FOURTEEN_RATERS)
        moved[:, [i, j]] = moved[:, [j, i]]
        assert fleiss(moved) == pytest.approx(fleiss(FOURTEEN_RATERS))


def test_an_interval_does_not_mind_a_line_nor_a_ratio_a_factor() -> None:
    ratings = np.array(FOUR_OBSERVERS)
    assert krippendorff(3 * ratings - 7, "interval") == pytest.approx(krippendorff(ratings, "interval"))
    assert krippendorff(3 * ratings, "ratio") == pytest.approx(krippendorff(ratings, "ratio"))
    assert krippendorff(np.exp(ratings), "ordinal") == pytest.approx(krippendorff(ratings, "ordinal"))


def test_full_agreement_is_1_and_one_category_says_nothing() -> None:
    assert (cohen([1, 2], [1, 2]), fleiss([[2, 0], [0, 2]]), krippendorff([[1, 2], [1, 2]])) == (1, 1, 1)
    assert isnan(cohen([1, 1], [1, 1]))
    assert isnan(fleiss([[2, 0], [2, 0]]))
    assert isnan(krippendorff([[1, 1], [1, 1]]))


def test_items_that_one_rater_saw_say_nothing() -> None:
    assert isnan(krippendorff([[1, nan], [nan, 2]]))
    assert isnan(percent([[1, nan], [nan, 2]]))
    assert krippendorff([[1.0, 2, 9], [1, 2, nan]]) == krippendorff([[1, 2], [1, 2]])


def test_bad_ratings_are_refused() -> None:
    with pytest.raises(ValueError, match="1 and 2 labels"):
        cohen([1], [1, 2])
    with pytest.raises(ValueError, match="no category"):
        cohen([1, 5], [1, 2], categories=[1, 2])
    with pytest.raises(ValueError, match="same number"):
        fleiss([[2, 0], [1, 0]])
    with pytest.raises(ValueError, match="level"):
        krippendorff([[1], [1]], "cardinal")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not negative"):
        krippendorff([[-1], [1]], "ratio")
    with pytest.raises(ValueError, match="raters, n"):
        percent([1, 2])


def test_labels_without_an_order_need_none() -> None:
    assert cohen(["a", 1, "a", 1], ["a", 1, 1, 1]) == pytest.approx(cohen(["a", "b", "a", "b"], ["a", "b", "b", "b"]))


def test_ratings_and_counts_that_cannot_be_are_an_error() -> None:
    with pytest.raises(ValueError, match="ratings are finite"):
        krippendorff([[1.0, np.inf], [1.0, 2.0]], "interval")
    with pytest.raises(ValueError, match="fleiss needs counts"):
        fleiss([[-1, 3], [1, 1]])
