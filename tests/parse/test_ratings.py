"""Scores on the first line of a judge's reply."""

import pytest

from guerdon.parse import ratings
from guerdon.scores import Status


@pytest.mark.parametrize("text", ["8 7", "8,7\n", " 8  7\nbecause", "8, 7", "8/10 7/10", "８ 7", "8.0\t7"])
def test_two_scores_on_the_first_line_are_read(text: str) -> None:
    assert ratings(text).value == (8.0, 7.0)


@pytest.mark.parametrize(
    "text", ["", "8", "8\n7", "8 7 6", "-1 5", "0 5", "8 11", "8/5 7/5", "8 and 7", "a b", "1e1 7"]
)
def test_any_other_first_line_is_unread(text: str) -> None:
    assert ratings(text).status == Status.UNREAD


def test_a_judge_that_declines_abstains() -> None:
    assert ratings("I cannot judge these answers.").status == Status.ABSTAINED
