from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from guerdon.metrics.multiple import benjamini_hochberg, holm

many = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(many)
def test_benjamini_and_hochberg_agree_with_scipy(p: list[float]) -> None:
    assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p))


@given(many)
def test_holm_rejects_what_its_steps_reject(p: list[float]) -> None:
    # Holm 1979: go up from the smallest, and stop at the first with p > level / (tests left)
    level, rejected = 0.05, np.zeros(len(p), dtype=np.bool_)
    for step, i in enumerate(np.argsort(p, kind="stable")):
        if p[i] * (len(p) - step) > level:
            break
        rejected[i] = True
    assert (holm(p) <= level).tolist() == rejected.tolist()


@given(many)
def test_corrections_lie_between_none_and_bonferroni(p: list[float]) -> None:
    one, other = holm(p), benjamini_hochberg(p)
    assert (np.array(p) <= other + 1e-12).all()
    assert (other <= one + 1e-12).all()
    assert (one <= np.minimum(1, len(p) * np.array(p)) + 1e-12).all()


def test_a_test_that_was_not_made_is_not_counted() -> None:
    for correct in (holm, benjamini_hochberg):
        assert correct([0.01, np.nan, 0.04]) == pytest.approx(np.insert(correct([0.01, 0.04]), 1, np.nan), nan_ok=True)
        assert correct([]).shape == (0,)


@pytest.mark.parametrize("p", [[-0.1], [1.1], [[0.1]]])
def test_what_is_no_p_value_is_refused(p: list[float]) -> None:
    for correct in (holm, benjamini_hochberg):
        with pytest.raises(ValueError, match="between 0 and 1"):
            correct(p)
