"""Ranking measures, against scikit-learn, trec_eval and the definitions."""

from collections.abc import Callable
from math import inf, log2, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from guerdon.metrics.ranking import (
    completed,
    ndcg,
    precision_at,
    ranks,
    ranks_by_score,
    ranks_in_order,
    recall_at,
    reciprocal_power,
    reciprocal_rank,
)

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
MEASURES: dict[str, Callable[[Any], Floats]] = {
    "ndcg": ndcg,
    "reciprocal_rank": reciprocal_rank,
    "reciprocal_power": lambda at: reciprocal_power(at, power=3),
    "recall": lambda at: recall_at(at, 3),
    "precision": lambda at: precision_at(at, 3),
}


def queries(seed: int, share: float = 0.3) -> tuple[Floats, Bools]:
    """Scores without ties and relevance, [50, 12]; every query has something relevant."""
    rng = np.random.default_rng(seed)
    relevant = rng.random((50, 12)) < share
    relevant[:, 0] = True
    return rng.permuted(np.tile(np.arange(12.0), (50, 1)), axis=1), relevant


# -- ranks -------------------------------------------------------------------------------------------


def test_an_item_counts_where_it_is_first_named() -> None:
    assert ranks([3, 3, 1], [1, 3]).tolist() == [3.0, 1.0]


def test_what_does_not_exist_takes_up_a_rank() -> None:
    assert ranks(["junk", "a"], ["a"]).tolist() == [2.0]


def test_an_item_the_ranking_lacks_is_infinitely_far_down() -> None:
    assert ranks([1, 2], [7]).tolist() == [inf]
    assert ranks([], [7]).tolist() == [inf]


def test_relevant_items_named_twice_count_once() -> None:
    assert ranks([5], [5, 5]).tolist() == [1.0]


@pytest.mark.parametrize("share", [0.05, 0.6], ids=["counted", "sorted"])
def test_ranks_by_score_are_places_in_the_sorted_list(share: float) -> None:
    scores, relevant = queries(0, share)
    found = ranks_by_score(scores, relevant)
    for row, wanted, at in zip(scores, relevant, found, strict=True):
        order = sorted(range(12), key=lambda i: -row[i])
        assert at.tolist() == pytest.approx([order.index(i) + 1 if wanted[i] else nan for i in range(12)], nan_ok=True)


@pytest.mark.parametrize("relevant", [[0, 1, 0, 0], [0, 1, 1, 1]], ids=["counted", "sorted"])
def test_a_scorer_that_tells_nothing_apart_looks_bad(relevant: list[int]) -> None:
    n = sum(relevant)
    assert np.sort(ranks_by_score([1.0] * 4, relevant))[:n].tolist() == list(range(5 - n, 5))
    in_columns = [2.0, 3.0, 4.0][:n]
    assert np.sort(ranks_by_score([1.0] * 4, relevant, ties="given"))[:n].tolist() == in_columns


@given(
    st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=8), st.sampled_from(["worst", "given"])
)
def test_counting_and_sorting_agree_on_ties(items: list[tuple[int, bool]], ties: str) -> None:
    scores, relevant = (np.array(column) for column in zip(*items, strict=True))
    # Many queries without anything relevant make this one count instead of sort.
    padded = np.zeros((8, len(items)), dtype=np.bool_)
    padded[0] = relevant
    counted = ranks_by_score(np.tile(scores, (8, 1)), padded, ties=ties)[0]  # type: ignore[arg-type]
    order = np.lexsort((relevant, -scores) if ties == "worst" else (-scores,))
    expected = np.where(relevant, np.argsort(order) + 1.0, nan)
    assert np.array_equal(counted, expected, equal_nan=True)
    assert np.array_equal(ranks_by_score(scores, relevant, ties=ties), expected, equal_nan=True)  # type: ignore[arg-type]


def test_scores_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="no NaN"):
        ranks_by_score([nan, 1.0], [1, 0])
    with pytest.raises(ValueError, match="worst or given"):
        ranks_by_score([1.0], [1], ties="best")  # type: ignore[arg-type]


# -- measures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [None, 1, 4])
def test_ndcg_is_that_of_scikit_learn(k: int | None) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    scores, relevant = queries(1)
    gains = relevant * np.random.default_rng(1).integers(1, 4, relevant.shape)
    ours = ndcg(ranks_by_score(scores, relevant), gains, k=k)
    theirs = [metrics.ndcg_score([g], [s], k=k, ignore_ties=True) for g, s in zip(gains, scores, strict=True)]
    assert ours == pytest.approx(theirs)


def test_measures_are_those_of_trec_eval() -> None:
    pytrec_eval = pytest.importorskip("pytrec_eval")
    scores, relevant = queries(2)
    qrel = {str(q): {f"d{i}": int(x) for i, x in enumerate(row)} for q, row in enumerate(relevant.tolist())}
    run = {str(q): {f"d{i}": x for i, x in enumerate(row)} for q, row in enumerate(scores.tolist())}
    names = {"ndcg", "recip_rank", "recall.5", "P.5", "ndcg_cut.5"}
    theirs = pytrec_eval.RelevanceEvaluator(qrel, names).evaluate(run)
    at = ranks_by_score(scores, relevant)
    ours = {
        "ndcg": ndcg(at), "recip_rank": reciprocal_rank(at), "recall_5": recall_at(at, 5), "P_5": precision_at(at, 5),
        "ndcg_cut_5": ndcg(at, k=5),
    }  # fmt: skip
    for name, values in ours.items():
        assert values == pytest.approx([theirs[str(q)][name] for q in range(50)]), name


def test_a_power_puts_weight_on_the_head() -> None:
    at = ranks([1, 2, 3, 4, 5], [3, 1])
    # 1 + 1/27 of at best 1 + 1/8
    assert float(reciprocal_power(at, power=3)) == pytest.approx((1 + 1 / 27) / (1 + 1 / 8))
    # 1 + 1/3 of at best 1 + 1/2
    assert float(reciprocal_power(at)) == pytest.approx((4 / 3) / (3 / 2))


def test_reciprocal_rank_beyond_k_is_nothing() -> None:
    assert float(reciprocal_rank(ranks("abc", "c"), k=2)) == 0.0
    assert float(reciprocal_rank(ranks("abc", "c"), k=3)) == pytest.approx(1 / 3)


def test_precision_counts_ranks_left_empty_as_misses() -> None:
    assert float(precision_at(ranks(["a"], ["a"]), 5)) == 0.2


def test_a_ranking_without_duplicates_and_junk_cannot_be_beaten_by_one_with_them() -> None:
    clean, spam = ranks([3, 1], [3, 1]), ranks([3, 3, 3, 9, 1], [3, 1])
    assert all(float(measure(clean)) >= float(measure(spam)) for measure in MEASURES.values())
    assert float(ndcg(spam)) == pytest.approx((1 + 1 / log2(6)) / (1 + 1 / log2(3)))


@pytest.mark.parametrize("name", MEASURES)
def test_queries_in_an_array_are_measured_as_each_is_alone(name: str) -> None:
    scores, relevant = queries(3)
    at = ranks_by_score(scores, relevant)
    alone = [float(MEASURES[name](row[~np.isnan(row)])) for row in at]
    assert MEASURES[name](at).tolist() == pytest.approx(alone)
    assert MEASURES[name](at.reshape(5, 10, 12)).shape == (5, 10)


@pytest.mark.parametrize("name", MEASURES)
def test_nothing_relevant_is_nothing(name: str) -> None:
    assert MEASURES[name](np.array([[nan, nan], [1.0, nan]])).tolist()[0] == 0.0
    assert float(MEASURES[name](np.array([]))) == 0.0


@pytest.mark.parametrize("name", MEASURES)
@given(order=st.permutations(range(6)), relevant=st.sets(st.integers(0, 5), min_size=1), at=st.integers(1, 5))
def test_moving_a_relevant_item_up_never_costs(name: str, order: list[int], relevant: set[int], at: int) -> None:
    before = float(MEASURES[name](ranks(order, relevant)))
    better = [*order]
    if better[at] in relevant and better[at - 1] not in relevant:
        better[at - 1], better[at] = better[at], better[at - 1]
    assert float(MEASURES[name](ranks(better, relevant))) >= before - 1e-12
    assert 0.0 <= before <= 1.0 + 1e-12


def test_columns_can_be_ranks_already() -> None:
    assert np.array_equal(ranks_in_order([[0, 1], [1, 0]]), [[nan, 2.0], [1.0, nan]], equal_nan=True)


def test_a_completed_ranking_has_every_candidate_once() -> None:
    assert completed([3, 9, 3, 1], [1, 2, 3]) == [3, 1, 2]
    assert completed([], ["a", "b"]) == ["a", "b"]
