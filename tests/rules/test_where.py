from __future__ import annotations

import pytest

from guerdon.parse.numbers import number
from guerdon.rules.where import MAX_COMPARED, answer_text, bounded, gold_text, gold_texts, read_answer
from guerdon.scores import Status


def test_the_answer_is_the_body_of_exactly_one_block() -> None:
    assert answer_text("<answer> 4 </answer>", "answer").value == "4"
    assert answer_text("<answer>4</answer><answer>5</answer>", "answer").status == Status.MALFORMED
    assert answer_text("<answer>4</answer><answer>5</answer>", "answer", "last").value == "5"


def test_without_a_tag_the_answer_is_the_whole_response() -> None:
    assert answer_text(" 4 ", None).value == " 4 "


def test_a_parser_is_not_asked_where_there_is_no_answer() -> None:
    read = read_answer(number, "4", "answer")
    assert (read.value, read.reason) == (None, "0 <answer> and 0 </answer>, one of each wanted")


@pytest.mark.parametrize(("given", "text"), [("<answer>B</answer>", "B"), ("B", "B"), (7, "7"), (0.5, "0.5")])
def test_a_true_answer_may_be_wrapped_and_need_not_be_text(given: object, text: str) -> None:
    assert gold_text(given, "answer") == text


def test_a_list_holds_several_true_answers_and_an_empty_one_none() -> None:
    assert gold_texts(["a", "<answer>b</answer>"], "answer").value == ["a", "b"]
    assert gold_texts([], "answer").status == Status.MALFORMED


def test_texts_too_long_to_compare_are_refused() -> None:
    assert bounded("x" * MAX_COMPARED).ok
    assert not bounded("x" * (MAX_COMPARED + 1)).ok
