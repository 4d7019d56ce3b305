"""Figures never say more than is so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.report.figures import fixed, number, percent, seconds, shown, spread
from guerdon.report.summary import summary
from guerdon.scores import Column, Status

NAN = float("nan")


@given(st.floats(0, 1))
def test_all_and_none_are_written_only_where_they_are_exact(share: float) -> None:
    assert (percent(share) == "100 %") == (share == 1.0)
    assert (percent(share) == "0 %") == (share == 0.0)


@given(st.floats(-1e300, 1e300))
def test_a_number_is_short_and_near_the_truth(x: float) -> None:
    text = number(x)
    assert len(text) <= 12
    assert float(text.replace(",", "")) == pytest.approx(x, rel=0.01)


@pytest.mark.parametrize("write", [number, fixed, percent, seconds])
def test_what_there_is_not_is_a_dash(write: object) -> None:
    assert callable(write)
    assert write(None) == write(NAN) == "–"


@pytest.mark.parametrize(
    ("duration", "text"), [(0, "0 ns"), (3e-9, "3 ns"), (0.00125, "1.25 ms"), (75, "75 s"), (5000, "5,000 s")]
)
def test_a_duration_has_the_unit_that_suits_it(duration: float, text: str) -> None:
    assert seconds(duration) == text


def test_a_text_loses_what_would_reorder_or_break_a_page() -> None:
    assert shown("a\u202eb\x00c\ud800\x1b[31m\td\r\ne", 100) == ("a\ufffdb\ufffdc\ufffd\ufffd[31m\td\ne", 0)
    assert shown("abcdef", 4) == ("abcd", 2)


def test_a_mean_that_cannot_be_taken_is_told_with_its_reason() -> None:
    assert spread(summary("a", Column.empty(3, Status.FAILED))) == "no value: 3 failed"
    assert spread(summary("a", Column.empty(3, Status.SKIPPED))) == "never run"
