import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics.binary import Confusion, confusion

answers = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=20)


@given(answers)
def test_figures_are_those_of_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    from sklearn import metrics  # type: ignore[import-untyped]

    said, true = np.array(pairs).T
    found = confusion(said, true)
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(true, said, average="binary", zero_division=0)
    assert (found.precision, found.recall, found.f1) == pytest.approx((precision, recall, f1))
    assert found.accuracy == pytest.approx(metrics.accuracy_score(true, said))
    assert [found.tn, found.fp, found.fn, found.tp] == metrics.confusion_matrix(
        true, said, labels=[0, 1]
    ).ravel().tolist()
    assert found.yes_ratio == pytest.approx(said.mean())
    for average, ours in (("macro", found.macro_f1), ("weighted", found.weighted_f1)):
        expected = metrics.f1_score(true, said, average=average, labels=[0, 1], zero_division=0)
        assert ours == pytest.approx(expected)
    assert found.negative_f1 == pytest.approx(confusion(~said, ~true).f1)


def test_inverse_f1_weighs_the_rare_answer_most() -> None:
    # one wrong step of four. All called wrong: F1 of wrong 2/5, of right 0, and ¾·⅖ + ¼·0 = 0.3
    assert confusion([1, 1, 1, 1], [1, 0, 0, 0]).inverse_f1 == pytest.approx(0.3)
    # none called wrong: F1 of right 6/7, weighing ¼, where weighted by share it would be ¾·6/7
    silent = confusion([0, 0, 0, 0], [1, 0, 0, 0])
    assert (silent.inverse_f1, silent.weighted_f1) == pytest.approx((1.5 / 7, 4.5 / 7))
    # nothing wrong and nothing called so: only the F1 of wrong, which is none, would count
    assert confusion([0, 0], [0, 0]).inverse_f1 == 0.0


@given(answers)
def test_the_order_of_answers_does_not_matter_and_swapping_sides_swaps_precision_and_recall(
    pairs: list[tuple[bool, bool]],
) -> None:
    said, true = np.array(pairs).T
    assert confusion(said[::-1], true[::-1]) == confusion(said, true)
    assert confusion(true, said).precision == confusion(said, true).recall


def test_nothing_is_0_and_lengths_must_agree() -> None:
    nothing = Confusion(0, 0, 0, 0)
    assert confusion([], []) == nothing
    assert (nothing.accuracy, nothing.precision, nothing.recall, nothing.f1, nothing.yes_ratio) == (0, 0, 0, 0, 0)
    with pytest.raises(ValueError, match="answers for"):
        confusion([True], [True, False])
