"""Chains of answers: hand arithmetic."""

from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics.paths import PathScore, path_score

PATHS = [("a", "b", "c"), ("a", "x", "y")]
chains = st.lists(st.sampled_from(["a", "b", "c", "x", "y", None]), min_size=3, max_size=3)


def test_right_answers_and_neighbours_that_fit_are_counted() -> None:
    assert path_score(("a", "b", "c"), PATHS[0], PATHS) == PathScore(3, 2)
    # a, x, y is a path of its own, of which only a is right.
    assert path_score(("a", "x", "y"), PATHS[0], PATHS) == PathScore(1, 2)
    assert path_score(("a", "x", "y"), PATHS[0], PATHS, joint=True) == PathScore(1, 0)
    # a–b fits, b–y does not.
    assert path_score(("a", "b", "y"), PATHS[0], PATHS) == PathScore(2, 1)


def test_an_unread_answer_costs_and_fits_nothing() -> None:
    assert path_score(("a", None, "c"), PATHS[0], PATHS, unread=-0.5) == PathScore(1.5, 0)


def test_pairs_are_neighbours_among_the_questions_asked() -> None:
    assert path_score(("a", "c"), ("a", "c"), PATHS, questions=(0, 2)) == PathScore(2, 1)
    assert path_score(("a", "b"), ("a", "b"), PATHS, questions=(0, 2)) == PathScore(2, 0)


@given(chains, chains)
def test_joint_pairs_are_among_the_others_and_never_more_than_right_answers(
    found: list[str | None], true: list[str | None]
) -> None:
    loose, joint = (path_score(found, true, PATHS, joint=j) for j in (False, True))
    assert 0 <= joint.consistent <= loose.consistent <= 2
    assert joint.consistent <= max(joint.correct - 1, 0)
    assert joint.correct == loose.correct
