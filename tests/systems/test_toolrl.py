"""ToolRL: what the official code overlooks, the published table, the ablations."""

import pytest

from guerdon import Reward
from guerdon.systems import toolrl

CALL = '{"name": "f", "parameters": {"x": 1}}'
OTHER = '{"name": "f", "parameters": {"x": 2}}'


def reply(*blocks: str) -> str:
    return "\n".join(["<think>hm</think>", *blocks])


def calls(*lines: str) -> str:
    return "\n".join(["<tool_call>", *lines, "</tool_call>"])


SAID = "<response>ok</response>"
WANTED = reply(calls(CALL))


def value(reward: Reward, response: str, answer: str = WANTED, **columns: float) -> float | None:
    return reward.one({"response": response, "answer": answer, **columns}).value


# -- what must not pay -------------------------------------------------------------------------------


def test_calling_a_tool_where_none_is_wanted_costs() -> None:
    needless, wanted = reply(calls(CALL)), reply(SAID)
    assert value(toolrl.correctness(), needless, wanted) == -3.0
    assert (
        value(toolrl.correctness(), wanted, wanted) == value(toolrl.correctness(as_published=True), wanted, wanted) == 0
    )
    assert value(toolrl.correctness(as_published=True), needless, wanted) == 0.0


def test_a_second_block_does_not_hide_behind_the_first() -> None:
    twice = reply(calls(CALL), calls('{"name": "delete", "parameters": {}}'))
    assert value(toolrl.correctness(), twice) == -3.0
    assert value(toolrl.correctness(as_published=True), twice) == 3.0
    assert value(toolrl.layout_format(), twice) == 0.0


def test_a_call_in_the_thought_is_no_call() -> None:
    drafted = f"<think>{calls(CALL)}</think>\n{SAID}"
    assert value(toolrl.correctness(), drafted) == -3.0


def test_broken_and_pretty_printed_json_earn_the_least() -> None:
    for lines in ("{name: f}", '{"name": "f"}', '{\n"name": "f", "parameters": {"x": 1}}'):
        assert value(toolrl.correctness(), reply(calls(lines))) == -3.0


def test_true_is_not_1_and_a_quoted_number_is_none() -> None:
    for written in ("true", '"1"'):
        assert value(toolrl.correctness(), reply(calls(CALL.replace("1", written)))) == pytest.approx(1.0)


def test_a_wrong_value_still_pays_for_tool_and_parameter() -> None:
    assert value(toolrl.correctness(), reply(calls(OTHER))) == pytest.approx(1.0)


# -- format ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "answer", "right"),
    [
        (reply(calls(CALL)), reply(calls(OTHER)), 1.0),
        (reply(SAID), reply(SAID), 1.0),
        (reply(calls(CALL), SAID), reply(calls(CALL), SAID), 1.0),
        (reply(), reply(), 1.0),
        (reply(calls(CALL)), reply(calls(CALL), SAID), 0.0),
        (reply(SAID), reply(), 0.0),
        (" " + reply(SAID), reply(SAID), 0.0),
        (reply(SAID) + "\n", reply(SAID), 0.0),
        (reply(SAID).replace("\n", ""), reply(SAID), 0.0),
        (reply("<tool_call>" + CALL + "</tool_call>"), WANTED, 0.0),
        (reply("<tool_call>\n</tool_call>"), WANTED, 0.0),
        (reply(SAID).replace("hm", "<think>hm"), reply(SAID), 0.0),
    ],
)
def test_a_reply_has_the_blocks_of_the_true_one(response: str, answer: str, right: float) -> None:
    assert value(toolrl.layout_format(), response, answer) == right


def test_a_true_thought_that_speaks_of_tags_wants_nothing() -> None:
    assert value(toolrl.layout_format(), reply(SAID), "<think>no <tool_call> here</think>\n" + SAID) == 1.0


# -- total and ablations -----------------------------------------------------------------------------


def test_the_total_is_format_plus_correctness() -> None:
    assert value(toolrl.total(), reply(calls(CALL))) == 4.0
    assert value(toolrl.total(), calls(CALL)) == 3.0
    assert value(toolrl.total(scale="small"), reply(calls(CALL))) == 2.0


@pytest.mark.parametrize(
    ("scale", "step", "right", "wrong"),
    [
        ("two_stage", 0, 1 + 1, 1 - 1),
        ("two_stage", 29, 1 + 1, 1 - 1),
        ("two_stage", 30, 0.5 + 3, 0.5 - 3),
        ("smooth", 0, 2 + 2, 2 - 2),
        ("smooth", 75, 1.5 + 2.5, 1.5 - 2.5),
        ("smooth", 150, 1 + 3, 1 - 3),
        ("smooth", 400, 1 + 3, 1 - 3),
    ],
)
def test_scales_move_with_the_step(scale: toolrl.Scale, step: int, right: float, wrong: float) -> None:
    reward = toolrl.total(scale=scale)
    assert value(reward, reply(calls(CALL)), step=step) == pytest.approx(right)
    assert value(reward, reply(calls("{}")), step=step) == pytest.approx(wrong)


def test_coarser_credit_pays_less_for_a_near_miss() -> None:
    near = reply(calls(OTHER))
    # Fine: tool 1 and parameter 1 of 3. Intermediate: tool 1 of 2. Coarse: nothing.
    earned = [value(toolrl.correctness(credit=c), near) for c in ("fine", "intermediate", "coarse")]
    assert earned == pytest.approx([1.0, 0.0, -3.0])


def test_thinking_long_is_paid_up_to_512_words() -> None:
    def thought(words: int) -> str:
        return f"<think>{'w ' * words}</think>"

    assert [value(toolrl.long_thought(), thought(n)) for n in (0, 100, 512, 2000)] == [0.0, 0.2, 1.0, 1.0]
    growing = toolrl.long_thought(growing=True)
    assert [value(growing, thought(320), step=s) for s in (0, 105, 500)] == [0.83, 0.5, 0.5]
    assert value(growing, thought(320)) is None
    assert value(toolrl.total(length=True), f"{thought(512)}\n{calls(CALL)}") == 5.0


@pytest.mark.slow
def test_the_proofs_hold() -> None:
    for evidence in toolrl.system.reproduce():
        assert evidence.passed, evidence.reason
