"""Lists of texts against each other: similarity, pairing, order."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from guerdon.metrics import sequences
from guerdon.metrics.sequences import agree, concordance, jaccard_matrix

texts = st.lists(st.lists(st.sampled_from("abcde"), max_size=4), max_size=5)


@given(texts, texts)
def test_similarity_is_shared_over_all_words(a: list[list[str]], b: list[list[str]]) -> None:
    expected = [[len({*x} & {*y}) / len({*x} | {*y}) if x or y else 0.0 for y in b] for x in a]
    similar = jaccard_matrix(a, b)
    assert similar.shape == (len(a), len(b))
    assert similar == pytest.approx(np.array(expected).reshape(len(a), len(b)))


def test_arrays_give_what_the_loop_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = [["a", "b"], [], ["c"]], [["b"], ["c", "c"], []]
    few = jaccard_matrix(a, b)
    monkeypatch.setattr(sequences, "FEW_PAIRS", 0)
    assert jaccard_matrix(a, b).tolist() == few.tolist()


@given(st.lists(st.integers(0, 9), max_size=8))
def test_concordance_is_the_share_of_rising_pairs(places: list[int]) -> None:
    pairs = [*combinations(places, 2)]
    assert concordance(places) == pytest.approx(sum(a < b for a, b in pairs) / len(pairs) if pairs else 1.0)


@given(st.permutations(range(7)))
def test_concordance_of_a_permutation_is_kendalls_tau_moved_to_0_and_1(order: list[int]) -> None:
    assert concordance(order) == pytest.approx((kendalltau(range(7), order).statistic + 1) / 2)


def test_long_lists_are_ordered_in_no_time() -> None:
    assert concordance(range(20_000, 0, -1)) == 0.0


def test_pairs_are_one_to_one_and_of_the_greatest_sum() -> None:
    # The first event is most like the second true one, but the sum is greater the other way round.
    agreed = agree(np.array([[0.8, 0.9], [0.1, 0.85]]), 0.5)
    assert agreed.pairs == [(0, 0), (1, 1)]
    assert agreed.shared == pytest.approx(0.8 + 0.85)


def test_what_is_repeated_is_paired_once() -> None:
    agreed = agree(np.array([[1.0, 0.0, 0.0]] * 5), 0.5)
    assert (agreed.precision, agreed.recall, agreed.f1) == (1 / 5, 1 / 3, 2 / 8)


def test_below_the_threshold_nothing_is_shared() -> None:
    agreed = agree(np.full((2, 2), 0.49), 0.5)
    assert (agreed.pairs, agreed.f1, agreed.order_recall) == ([], 0.0, 0.0)


def test_order_counts_the_pairs_in_true_order() -> None:
    reversed_ = agree(np.eye(3)[::-1], 0.5)
    assert (reversed_.f1, reversed_.concordance, reversed_.order_recall) == (1.0, 0.0, 0.0)
    first_two = agree(np.eye(4)[:2], 0.5)
    assert first_two.concordance == 1.0
    assert first_two.order_recall == pytest.approx(1 / 6)  # one of the six pairs of four events


def test_a_single_true_event_has_to_be_found() -> None:
    assert agree(np.eye(1), 0.5).order_recall == 1.0
    assert agree(np.zeros((3, 1)), 0.5).order_recall == 0.0


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_nothing_on_a_side_shares_nothing(shape: tuple[int, int]) -> None:
    agreed = agree(np.zeros(shape), 0.5)
    assert (agreed.precision, agreed.recall, agreed.f1, agreed.order_recall) == (0.0, 0.0, 0.0, 0.0)
