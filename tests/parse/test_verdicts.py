import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse.verdicts import TIE, rating, verdict
from guerdon.scores import Status


@pytest.mark.parametrize(
    ("text", "winner"),
    [
        ("A", "A"), ("b", "B"), ("Response B", "B"), ("tie", TIE), ("[[A]]", "A"), ("[[a]]", "A"), ("[[C]]", TIE),
        ("[[A>>B]]", "A"), ("[[B>A]]", "B"), ("[[A<B]]", "B"), ("[[A=B]]", TIE),
        ("I compare A and B. [[B]] it is.", "B"),
        ('{"winner": "A"}', "A"), ("```json\n{'reason': 'B is longer', 'winner': 'Response A'}\n```", "A"),
        ('{"choice": "A=B"}', TIE), ('{"choice": "B++"}', "B"), ('{"winner": "tie"}', TIE),
        ("**FINAL VERDICT IS:** B", "B"), ("B is detailed. Final verdict: A", "A"), ("My choice is A.", "A"),
        ("The better response is A", "A"), ("Final verdict: tie", TIE), ("Overall, response B is better.", "B"),
        ("Answer A is slightly better", "A"), ("Response B wins", "B"), ("I prefer response B.", "B"),
        ("Assistant A is worse than Assistant B", "B"), ("Both responses are equally good.", TIE),
        ("It is a tie.", TIE),
        ("Neither is better", TIE), ("Some thoughts about A.\n\nB", "B"),
    ],
)  # fmt: skip
def test_a_verdict_is_read(text: str, winner: str) -> None:
    read = verdict(text)
    assert read.value == winner, read.reason


@pytest.mark.parametrize(
    ("text", "winner"),
    [
        ("Overall Judgment: Answer 1 is better.", "1"), ("overall judgment - answer 2 is the better one", "2"),
        ("Overall Judgment:\nAnswer\n1 is better", "1"), ("**Overall Judgment:** Answer 2 is better", "2"),
        ("Therefore, Answer 1 is slightly better", "1"), ("Answer 1 is much better", "1"), ("2", "2"),
        ("Image 2 is better than Image 1.", "2"), ("Overall Judgment: Both are equal", TIE), ("1 is worse than 2", "2"),
        ("Overall Judgment: Answer 1 is worse than Answer 2", "2"),
    ],
)  # fmt: skip
def test_answers_may_have_other_names(text: str, winner: str) -> None:
    assert verdict(text, names=("1", "2")).value == winner


def test_there_may_be_more_than_two_answers() -> None:
    four = ("A", "B", "C", "D")
    assert verdict("[[D]].", names=four).value == "D"
    assert verdict("[[C]]", names=four).value == "C"
    assert verdict("I say C is the best", names=four).value == "C"
    assert verdict("Answer A is worse", names=four).status == Status.UNREAD


@pytest.mark.parametrize(
    ("text", "names", "reason"),
    [
        ("", "A B", "no verdict found"), ("blah", "A B", "no verdict found"), ("[[A/B]]", "A B", "no verdict found"),
        ("[[A]] … or [[B]]", "A B", "conflicting verdicts: A, B"), ("in 2021", "1 2", "no verdict found"),
        ("Overall Judgment: Answer 3 is better", "1 2", "no verdict found"),
        ("Answer 1 is not better", "1 2", "no verdict found"),
        ("Overall Judgment: Answer 12 is better", "1 2", "no verdict found"),
        ("Overall Judgment: Answer 1 is better. Therefore Answer 2 is better", "1 2", "conflicting verdicts: 1, 2"),
        ("A is better. B is better.", "A B", "conflicting verdicts: A, B"),
    ],
)  # fmt: skip
def test_a_reply_that_cannot_be_read_is_unread(text: str, names: str, reason: str) -> None:
    read = verdict(text, names=tuple(names.split()))
    assert (read.status, read.value, read.reason) == (Status.UNREAD, None, reason)


def test_a_judge_that_declines_abstains() -> None:
    assert verdict("I'm sorry, I cannot compare these images.").status == Status.ABSTAINED
    assert rating("I can't rate this.", low=1, high=10).status == Status.ABSTAINED
    assert verdict("I cannot tell them apart by length, but [[A]].").value == "A"


def test_the_first_or_last_of_conflicting_verdicts_can_be_asked_for() -> None:
    assert verdict("[[A]] … no, [[B]]", which="first").value == "A"
    assert verdict("[[A]] … no, [[B]]", which="last").value == "B"
    assert rating("Score: 3\nScore: 6", low=1, high=10, which="last").value == 6


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("8", 8), ("8.5", 8.5), ("１０", 10), ("Rating: 7/10", 7), ("**Score:** 1", 1), ("Score: <1>", 1), ("[[8]]", 8),
        ("Final Score: 8", 8), ("7/10", 7), ("I give it 7 out of 10.", 7), ("good.\n\n9", 9), ("rating 5 out of 10", 5),
        ('{"score": "7/10"}', 7), ("{'clear': 'no', 'score': 3.25}", 3.25), ('{"reason": "x", "Overall": 4}', 4),
        ("### Score\n5", 5), ("Score (1-10): 7", 7), ("score=10\n", 10), ("Clarity score: 7\nOverall score: 8", 8),
        ("Rating: 2 … Rating: 2", 2), ("- Rating: 1, somewhat informative", 1),
    ],
)  # fmt: skip
def test_a_score_is_read(text: str, score: float) -> None:
    read = rating(text, low=1, high=10)
    assert read.value == score, read.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no score found"), ("Rating: six", "no score found"), ("Score: 8-9", "no score found"),
        ("Score: nan", "no score found"), ("-3", "the score -3 is not between 1 and 10"),
        ("Score: 0", "the score 0 is not between 1 and 10"),
        ("Rating: 7/5, and 8/10", "'Rating: 7/5' is on another scale"),
        ("80%", "'80%' is on another scale"), ("Score: 2 … Score: 5", "conflicting scores: 2.0, 5.0"),
        ("Clarity score: 3, style score: 4", "conflicting scores: 3.0, 4.0"),
    ],
)  # fmt: skip
def test_a_score_that_cannot_be_read_is_unread(text: str, reason: str) -> None:
    read = rating(text, low=1, high=10)
    assert (read.status, read.value, read.reason) == (Status.UNREAD, None, reason)


def test_one_of_several_aspects_can_be_asked_for() -> None:
    sheet = "perception score: 1\ncognition score: 0\naction: 1"
    assert [rating(sheet, low=0, high=1, key=key).value for key in ("perception", "cognition", "action")] == [1, 0, 1]
    assert rating(sheet, low=0, high=1, key="style").reason == "no score found"
    assert rating('{"following": 4, "quality": 2}', low=0, high=5, key="quality").value == 2
    assert rating("80%", low=0, high=100).value == 80


@given(
    st.sampled_from(["A", "B"]),
    st.sampled_from(["A", "B"]),
    st.sampled_from(["[[{}]]", "Final verdict: {}.", '{{"winner": "{}"}}']),
)
def test_two_verdicts_of_one_kind_agree_or_are_unread(first: str, second: str, form: str) -> None:
    read = verdict(f"{form.format(first)}\n{form.format(second)}")
    assert read.value == (first if first == second else None)
    assert read.ok or read.status == Status.UNREAD


@given(
    st.floats(0, 10).map(lambda x: round(x, 3)),
    st.sampled_from(["{}", "Score: {}", "Rating: {}/10", "[[{}]]", "ok\n{}"]),
)
def test_any_score_within_the_bounds_is_read_back(score: float, form: str) -> None:
    assert rating(form.format(f"{score:.3f}"), low=0, high=10).value == score


def test_a_setting_that_does_not_exist_raises() -> None:
    for names in (("A",), ("A", "a"), ("A", "tie"), ("A", "B C")):
        with pytest.raises(ValueError, match="two or more different words"):
            verdict("", names=names)
    with pytest.raises(ValueError, match="must be less"):
        rating("", low=5, high=5)
