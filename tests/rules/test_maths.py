from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import Status
from guerdon.rules import maths
from guerdon.rules.maths import equal, math

EQUAL = [
    ("4", "4.0"),
    ("1,000", "1000"),
    (r"\frac{1}{2}", "0.5"),
    (r"\dfrac12", r"\frac{2}{4}"),
    ("1/3", "0.333333"),
    (r"50\%", "0.5"),
    ("50", r"50\%"),
    ("(1, 2)", r"\left(1, \frac{4}{2}\right)"),
    ("[0, 1)", "[0,1)"),
    (r"\{1, 2\}", r"\{2, 1\}"),
    (r"90^\circ", "90"),
    (r"3\sqrt{2}", r"\sqrt{18}"),
    ("x^2 + 2x + 1", "(x+1)^2"),
    ("x = 5", "5"),
    (r"5 \text{ cm}", "5"),
    (r"\frac{\pi}{3}", r"\pi/3"),
    (r"\sqrt{x^2}", r"\sqrt{x^2}"),
    (r"\text{Tuesday}", "Tuesday"),
]
DIFFERENT = [
    ("4", "5"),
    ("0.33", "1/3"),
    ("(1, 2)", "(2, 1)"),
    ("[0, 1)", "(0, 1)"),
    ("x^2 + 1", "(x+1)^2"),
    (r"\sqrt{2}", "1.5"),
    ("x", "y"),
    (r"\infty", r"-\infty"),
]


@pytest.mark.parametrize(("answer", "gold"), EQUAL)
def test_the_same_in_another_form_is_right(answer: str, gold: str) -> None:
    assert equal(answer, gold)


@pytest.mark.parametrize(("answer", "gold"), DIFFERENT)
def test_another_value_is_wrong(answer: str, gold: str) -> None:
    assert not equal(answer, gold)


@pytest.fixture
def no_algebra(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> bool:
        raise AssertionError("asked math-verify")

    monkeypatch.setattr(maths, "_asked", refuse)


@pytest.mark.usefixtures("no_algebra")
@pytest.mark.parametrize(
    ("answer", "gold", "same"),
    [("7", "7", True), ("7", "8", False), ("0.5", r"\frac{1}{2}", True), ("0.5", "0.25", False),
     (r"20\%", "0.2", True), ("(1,2)", "(1,3)", False), ("[0,1)", "[0,2)", False), ("x+1", "1+x", True),
     ("x+1", "x+2", False), (r"2\pi", r"3\pi", False)],
)  # fmt: skip
def test_ordinary_answers_need_no_computer_algebra(answer: str, gold: str, same: bool) -> None:
    assert equal(answer, gold) is same


@pytest.mark.usefixtures("no_algebra")
@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_integers_are_equal_exactly_if_they_are(a: int, b: int) -> None:
    assert equal(str(a), f"{a:,}")
    assert equal(str(a), str(b)) == (a == b)
    assert not equal(str(a), str(a + 1))


def test_the_answer_is_boxed_or_announced_or_the_whole_tag() -> None:
    rows = [
        {"response": r"<answer>\boxed{3} no, \boxed{4}</answer>", "answer": "4"},
        {"response": "<answer>The answer is 4.</answer>", "answer": r"$4$"},
        {"response": "<answer>4</answer>", "answer": r"<answer>\boxed{4}</answer>"},
    ]
    assert math()(rows).values.tolist() == [1.0, 1.0, 1.0]
    assert math(within=None).one({"response": r"So \boxed{4}.", "answer": 4}).value == 1.0


@pytest.mark.parametrize("response", ["4", "<answer></answer>", r"<answer>\boxed{4</answer>"])
def test_a_response_without_an_answer_is_malformed(response: str) -> None:
    score = math().one({"response": response, "answer": "4"})
    assert (score.status, score.value) == (Status.MALFORMED, 0.0)


def test_a_true_answer_that_cannot_be_read_makes_the_row_inapplicable() -> None:
    assert math().one({"response": "<answer>4</answer>", "answer": ""}).status == Status.INAPPLICABLE


def test_megabytes_of_digits_are_malformed_at_once() -> None:
    score = math().one({"response": rf"<answer>\boxed{{{'9' * 5_000_000}}}</answer>", "answer": "4"})
    assert (score.status, score.value) == (Status.MALFORMED, 0.0)


def test_a_comparison_that_never_ends_is_one_failed_row_and_the_next_is_scored() -> None:
    endless = {"response": r"\boxed{1000000007!}", "answer": "5"}
    plain = {"response": r"\boxed{\lceil 2.5 \rceil}", "answer": "3"}
    scores = math(within=None, seconds=1.0)([endless, plain])
    assert scores.status.tolist() == [Status.FAILED, Status.OK]
    assert "longer than 1 s" in scores.reasons[0]
    assert scores.values[1] == 1.0


def test_threads_can_ask_at_the_same_time() -> None:
    verdicts: dict[int, bool] = {}

    def ask(i: int) -> None:
        verdicts[i] = equal(rf"\lceil {i}.5 \rceil", str(i + 1))

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts == dict.fromkeys(range(4), True)


@given(st.text(alphabet=r"\{}()[]$^_+-*/.,=<>0123456789xyefracsqtpi ", max_size=40))
def test_any_answer_gets_a_verdict_without_computer_algebra_or_asks_for_it(answer: str) -> None:
    class Asked(Exception):
        pass

    def ask(*_: object) -> bool:
        raise Asked

    with pytest.MonkeyPatch.context() as patch, suppress(Asked):
        patch.setattr(maths, "_asked", ask)
        assert equal(answer, r"\frac{1}{2}") in (True, False)
