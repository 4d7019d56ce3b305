"""Pairs agree with trying every assignment, and credit with hand arithmetic."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics import boxes, pairs
from guerdon.metrics.boxes import Corners
from guerdon.metrics.pairs import Matcher, Pair, Worth, candidates, pair_up, worth

side = st.integers(0, 12).map(float)
corners = st.tuples(side, side, side, side).map(
    lambda c: (min(c[0], c[2]), min(c[1], c[3]), max(c[0], c[2]), max(c[1], c[3]))
)
sets = st.lists(corners, max_size=4)
CAT, DOG = (0.0, 0.0, 10.0, 10.0), (20.0, 20.0, 30.0, 30.0)
NEAR = (0.0, 0.0, 10.0, 8.0)


@given(sets, sets, st.sampled_from(["iou", "giou", "diou"]), st.floats(0, 1))
def test_candidates_are_all_pairs_that_overlap_enough(a: Any, b: Any, overlap: Any, least: float) -> None:
    one = {"iou": boxes.iou, "giou": boxes.giou, "diou": boxes.diou}[overlap]
    expected = [(one(p, q), i, j) for i, p in enumerate(a) for j, q in enumerate(b)]
    found = candidates(a, b, overlap=overlap, at_least=least)
    assert found == [pair for pair in expected if pair[0] >= least and pair[0] > 0]


def test_many_boxes_are_compared_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [(float(i), float(i), i + 10.0, i + 10.0) for i in range(12)]
    labels = [i % 2 for i in range(12)]
    for overlap in ("iou", "giou", "diou"):
        as_arrays = candidates(many, many, (labels, labels), overlap=overlap, at_least=0.3)
        with monkeypatch.context() as patch:
            patch.setattr(pairs, "FEW", 1000)
            in_a_loop = candidates(many, many, (labels, labels), overlap=overlap, at_least=0.3)
        assert [pair[1:] for pair in as_arrays] == [pair[1:] for pair in in_a_loop]
        assert [pair[0] for pair in as_arrays] == pytest.approx([pair[0] for pair in in_a_loop])


def test_other_labels_are_no_candidates() -> None:
    assert candidates([CAT, CAT], [CAT], (["dog", "cat"], ["cat"])) == [(1.0, 1, 0)]


def best_total(found: list[Pair], rows: int, columns: int) -> float:
    value = {(i, j): v for v, i, j in found}
    size = max(rows, columns)
    return max(sum(value.get((i, j), 0.0) for i, j in enumerate(order)) for order in permutations(range(size)))


@given(sets, sets)
def test_hungarian_pairs_have_the_greatest_total(a: list[Corners], b: list[Corners]) -> None:
    found = candidates(a, b, at_least=0.0)
    assert sum(v for v, _, _ in pair_up(found, "hungarian")) == pytest.approx(best_total(found, len(a), len(b)))


@given(sets, sets, st.sampled_from(["greedy", "hungarian", "ranked"]))
def test_pairs_are_one_to_one_unless_asked(a: list[Corners], b: list[Corners], matcher: Matcher) -> None:
    kept = pair_up(candidates(a, b, at_least=0.1), matcher)
    assert len({i for _, i, _ in kept}) == len({j for _, _, j in kept}) == len(kept)


@given(sets, sets)
def test_greedy_pairs_are_those_of_the_matrix(a: list[Corners], b: list[Corners]) -> None:
    kept = pair_up(candidates(a, b, at_least=0.5), "greedy")
    assert sorted(pair[1:] for pair in kept) == boxes.match(boxes.iou_matrix(a, b))


def test_ranked_rows_choose_in_turn() -> None:
    # The first takes what the second would fit better.
    table = [(0.6, 0, 0), (0.9, 1, 0), (0.55, 1, 1)]
    assert pair_up(table, "ranked") == [(0.6, 0, 0), (0.55, 1, 1)]
    assert pair_up(table, "greedy") == [(0.9, 1, 0)]
    assert pair_up(table, "many_to_one") == [(0.6, 0, 0), (0.9, 1, 0)]


@pytest.mark.parametrize(("value", "credit"), [(0.49, 0.0), (0.5, 0.5), (0.6, 0.6), (0.75, 1.0), (0.9, 1.0)])
def test_credit_is_clipped_hard(value: float, credit: float) -> None:
    assert worth([(value, 0, 0)], 1, 1, (0.5, 0.75)).found == credit


def test_measures_divide_by_what_they_say() -> None:
    both = worth([(0.9, 0, 0), (0.6, 1, 1)], 4, 3)
    assert both.measure("precision") == pytest.approx(1.5 / 4)
    assert both.measure("recall") == pytest.approx(1.5 / 3)
    assert both.measure("f1") == pytest.approx(2 * 1.5 / (4 + 3))
    assert both.measure("larger") == pytest.approx(1.5 / 4)


def test_of_several_pairs_with_one_true_box_the_best_counts_for_recall() -> None:
    many = worth([(0.9, 0, 0), (0.6, 1, 0)], 2, 2)
    assert (many.found, many.true) == (1.5, 0.9)
    assert many.measure("precision") == 0.75
    assert many.measure("recall") == 0.45
    assert many.measure("larger") == 0.45


@pytest.mark.parametrize("measure", ["f1", "recall", "precision", "larger"])
def test_nothing_on_both_sides_is_right_and_on_one_side_wrong(measure: Any) -> None:
    assert [Worth(0.0, 0.0, *n).measure(measure) for n in ((0, 0), (1, 0), (0, 1))] == [1.0, 0.0, 0.0]
