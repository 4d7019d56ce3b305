"""Rewards for tuples and calls of tools: hand arithmetic, and what must not pay."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import ContractError, Status
from guerdon.rules.structured import tool_calls, tuples

TRUE = [(1, "colour", "red")]
triplets = st.lists(st.tuples(st.integers(1, 3), st.sampled_from("ab"), st.sampled_from("xy")), max_size=4)


def points(said: str, answer: Any = TRUE, **settings: Any) -> float | None:
    return tuples(**settings).one({"response": f"<answer>{said}</answer>", "answer": answer}).value


@pytest.mark.parametrize(
    ("said", "earned"),
    [
        ("(1, colour, red)", 5.0),
        ("(1, colour, blue)", 1.5),
        ("(1, size, small)", 0.5),
        ("(2, colour, red)", 0.0),
        ("(1, colour, red), (2, size, small)", 4.0),
        ("", -1.0),
    ],
)
def test_a_tuple_earns_by_its_leading_fields(said: str, earned: float) -> None:
    assert points(said) == earned


def test_case_and_quotes_do_not_matter_and_the_answer_may_be_text() -> None:
    assert points('("1", "Colour", "RED")', "<answer>(1, colour, red)</answer>") == 5.0


def test_a_true_tuple_pays_once_however_often_it_is_said() -> None:
    assert points("(1, colour, red) (1, colour, red)") == 5.0 - 1.0
    assert points("(1, colour, red) (1, size, big) (1, shape, round)") == 5.0 - 2.0


def test_an_unreadable_answer_costs_as_much_as_none() -> None:
    answer = [*TRUE, (2, "size", "small")]
    score = tuples().one({"response": "<answer>object 1 is red</answer>", "answer": answer})
    assert (score.value, score.status) == (-2.0, Status.MALFORMED)
    assert points("none", answer) == -2.0
    assert tuples().one({"response": "(1, colour, red)", "answer": TRUE}).status == Status.MALFORMED


def test_where_nothing_changed_saying_so_costs_nothing() -> None:
    assert points("[]", []) == 0.0
    assert points("(1, colour, red)", []) == -1.0


@given(triplets, triplets)
def test_points_lie_between_the_penalties_and_all_and_ignore_order(said: list[Any], true: list[Any]) -> None:
    def earned(*order: Any) -> float:
        value = points(" ".join(map(str, order)), true)
        assert value is not None
        return value

    value = earned(*said)
    assert -max(len(said), len(true)) <= value <= 5.0 * len(true)
    assert value == earned(*said[::-1])
    assert earned(*true) == 5.0 * len(true)


def test_credits_must_rise() -> None:
    with pytest.raises(ContractError, match="must not fall"):
        points("(1, a)", [(1, "a")], credits=(2.0, 1.0))


def test_a_true_answer_that_is_no_tuples_leaves_nothing_to_check() -> None:
    for answer in ("nothing to see", [(1, "colour")], ["abc"]):
        assert tuples().one({"response": "<answer></answer>", "answer": answer}).status == Status.INAPPLICABLE


# -- calls of tools ----------------------------------------------------------------------------------

CALL = {"name": "f", "parameters": {"x": 1}}


def called(response: str, answer: Any = (CALL,), **settings: Any) -> float | None:
    return tool_calls(**settings).one({"response": response, "answer": answer}).value


def block(*lines: str) -> str:
    return "<think>hm</think>\n<tool_call>\n" + "\n".join(lines) + "\n</tool_call>"


def test_calls_are_graded_by_tool_parameters_and_values() -> None:
    assert called(block('{"name": "f", "parameters": {"x": 1}}')) == 1.0
    assert called(block('{"name": "f", "parameters": {"x": 2}}')) == pytest.approx(2 / 3)
    assert called(block('{"name": "g", "parameters": {"x": 1}}')) == 0.0


def test_the_true_calls_may_be_a_reply_with_a_block() -> None:
    reply = block('{"name": "f", "parameters": {"x": 1}}') + "\n<response>Done.</response>"
    assert called(reply, reply) == 1.0
    assert called("<response>Done.</response>", "<think>easy</think><response>Done.</response>") == 1.0


def test_a_call_that_nobody_wants_earns_nothing() -> None:
    assert called(block('{"name": "f", "parameters": {"x": 1}}'), []) == 0.0
    assert called("Hello!", []) == 1.0
    assert called("Hello!") == 0.0


def test_a_second_block_of_calls_is_not_a_second_chance() -> None:
    right = block('{"name": "f", "parameters": {"x": 1}}')
    assert called(right * 2) == 0.0
    assert called(f"{right}\n<tool_call>\n</tool_call>", which="first") == 1.0


def test_a_pretty_printed_call_is_malformed() -> None:
    score = tool_calls().one({"response": block("{", '"name": "f", "parameters": {"x": 1}}'), "answer": [CALL]})
    assert (score.value, score.status) == (0.0, Status.MALFORMED)


def test_listing_every_value_earns_less_than_the_right_one() -> None:
    every = [f'{{"name": "f", "parameters": {{"x": {x}}}}}' for x in range(20)]
    # One of twenty names is wanted: 1/20, and the right one among them 2 of 2.
    assert called(block(*every)) == pytest.approx((1 / 20 + 2) / 3)


def test_a_true_answer_that_is_no_calls_leaves_nothing_to_check() -> None:
    for answer in ([{"name": "f"}], block("{")):
        assert tool_calls().one({"response": "", "answer": answer}).status == Status.INAPPLICABLE
