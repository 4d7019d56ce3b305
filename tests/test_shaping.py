from __future__ import annotations

import pickle
from typing import Any

import pytest

from guerdon import ContractError, Reward, Score, Status, densify, reward
from guerdon.rules.answers import exact
from guerdon.rules.process import line_scores, step_scores
from guerdon.shaping import each_step, end_with, potential_shaping, refine_steps
from guerdon.spec import from_spec

PRM = step_scores()
RIGHT = exact(within=None)
GAO = end_with(0.5 * refine_steps(PRM, how="clip+delta", threshold=0.5), RIGHT)
EVERY = [GAO, refine_steps(PRM, how="delta"), potential_shaping(PRM, gamma=0.9), each_step(RIGHT), end_with(PRM, RIGHT)]


@reward("test_shaping.level", range=(-1, 1))
def level(level: Any) -> float | Score:
    """The column level, if it is a number."""
    return Score.malformed("no number") if isinstance(level, str) else float(level)


def row(*scores: float, response: str = "4") -> dict[str, Any]:
    return {"step_scores": list(scores), "response": response, "answer": "4"}


def fine(made: Reward, row: dict[str, Any]) -> tuple[float, ...]:
    found = made.one(row).fine
    assert found is not None
    return found.values


def test_the_outcome_is_added_to_the_last_step() -> None:
    assert fine(end_with(PRM, RIGHT), row(0.5, 0.25)) == (0.5, 1.25)
    assert fine(end_with(PRM, RIGHT), row(0.5, 0.25, response="5")) == (0.5, 0.25)


def test_the_whole_formula_of_the_paper() -> None:
    # clipped at .5: 0, −.2, 0, −.3; delta of it: .2, −.2, 0, 0; halved, and 1 for being right
    assert fine(GAO, row(0.9, 0.3, 0.9, 0.2)) == pytest.approx((0.1, -0.1, 0.0, 1.0))
    assert GAO.one(row(0.9, 0.3, 0.9, 0.2)).value == pytest.approx(1.0)


def test_the_parts_stay_to_be_seen() -> None:
    scores = GAO([row(0.9, 0.2)])
    assert set(scores.components) == {"process.step_scores", "answer.exact"}
    assert scores.components["process.step_scores"].values == pytest.approx([1.1])


@pytest.mark.parametrize("made", EVERY, ids=str)
def test_one_row_and_many_agree(made: Reward) -> None:
    rows = [{**r, "steps": [r, r]} for r in (row(0.9, 0.2), row(1.0, response="5"), row(), row(0.1, float("nan")))]
    many = made(rows)
    for i, single in enumerate(rows):
        one, other = made.one(single), many[i]
        assert (one.value, one.status, one.reason, one.fine) == (other.value, other.status, other.reason, other.fine)


@pytest.mark.parametrize("made", EVERY, ids=str)
def test_text_forms_round_trip_and_pickle(made: Reward) -> None:
    assert from_spec(made.spec()) == made
    assert pickle.loads(pickle.dumps(made)) == made


def test_without_a_score_of_the_process_there_is_none_of_the_whole() -> None:
    assert GAO.one(row()).status == Status.INAPPLICABLE
    assert GAO.one({"response": "4", "answer": "4"}).status == Status.INAPPLICABLE
    assert GAO.one(row(0.5, float("nan"))).status == Status.UNREAD


def test_lines_carry_their_refined_values_to_tokens() -> None:
    text = "ab\ncd"
    scores = refine_steps(line_scores(), how="delta")([{"response": text, "step_scores": [0.75, 0.5]}])
    # tokens "a", "b", "\n", "c", "d": the first line ends with the second token
    tokens = [(i, i + 1) for i in range(5)]
    assert densify(scores, [tokens])[0].tolist() == [0.0, 0.75, 0.0, 0.0, 0.0]


def test_potentials_are_shaped_step_by_step() -> None:
    assert fine(potential_shaping(PRM), row(3, 2, 1)) == pytest.approx((0.0, -1.02, -1.01))
    assert fine(potential_shaping(PRM, gamma=1.0, negative_slope=0.5), row(1, 0, 1)) == pytest.approx((0, -0.5, 1))


def test_a_reward_of_a_sample_becomes_one_of_steps() -> None:
    made = each_step(level())
    assert (made.over, made.grain) == ("trajectory", "step")
    score = made.one({"steps": [{"level": 0.5}, {"level": 0.25}]})
    assert (score.value, fine(made, {"steps": [{"level": 0.5}, {"level": 0.25}]})) == (0.75, (0.5, 0.25))


def test_a_malformed_step_counts_its_worst_value() -> None:
    score = each_step(level()).one({"steps": [{"level": 0.5}, {"level": "?"}]})
    assert (score.value, score.status) == (-0.5, Status.MALFORMED)
    assert "no number" in score.reason


def test_a_step_without_a_value_leaves_the_trajectory_without_one() -> None:
    score = each_step(level()).one({"steps": [{"level": 0.5}, {"other": 1}]})
    assert (score.value, score.status) == (None, Status.INAPPLICABLE)


@pytest.mark.parametrize(
    ("steps", "status"),
    [(None, Status.INAPPLICABLE), ([], Status.INAPPLICABLE), ("abc", Status.FAILED), ([1, 2], Status.FAILED)],
)
def test_what_is_no_list_of_rows_costs_its_own_trajectory_alone(steps: Any, status: Status) -> None:
    scores = each_step(level())([{"steps": steps}, {"steps": [{"level": 1.0}, {"level": 1.0}]}])
    assert scores.status.tolist() == [status, Status.OK]
    assert scores.values[1] == 2.0


def test_a_column_that_no_step_has_is_an_error() -> None:
    with pytest.raises(ContractError, match="needs the column 'level'"):
        each_step(level())([{"steps": [{"x": 1}, {"x": 2}]}] * 2)


def test_shaped_episodes_add_up_with_events() -> None:
    # potentials 1, .5, 1 at γ = 1: 0, −.5, .5; and an event of 1 in the last step
    total = potential_shaping(each_step(level()), gamma=1.0) + each_step(level().reading(level="event").named("events"))
    steps = [{"level": v, "event": e} for v, e in ((1, 0), (0.5, 0), (1, 1))]
    assert fine(total, {"steps": steps}) == pytest.approx((0.0, -0.5, 1.5))


def test_rewards_without_steps_are_refused() -> None:
    for make in (refine_steps, potential_shaping, lambda r: end_with(r, RIGHT)):
        with pytest.raises(TypeError, match="a value for each step"):
            make(RIGHT)
    with pytest.raises(TypeError, match="rewards of one sample"):
        each_step(PRM)
    with pytest.raises(ValueError, match="write clip, delta"):
        refine_steps(PRM, how="trim")  # type: ignore[arg-type]
