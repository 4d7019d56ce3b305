"""Rewards for plans: what the three measures say, and which answers count."""

import json
from typing import Any

import numpy as np
import pytest

from guerdon import ContractError, Reward, Score, Status, lookup
from guerdon.world.games import GAMES

LEVELS: dict[str, tuple[Any, list[Any] | str | dict[str, int]]] = {
    "hanoi": ({"position": {"A": ["a", "b"], "B": [], "C": []}}, ["AB", "AC", "BC"]),
    "maze": (["+++++", "+S  X", "+++++"], "RRR"),
    "n_puzzle": ({"position": [[0, 1], [3, 2]]}, [1, 2]),
    "n_queens": ({"board_size": 4, "position": [0, 1]}, [[1, 3], [2, 0], [3, 2]]),
    "sokoban": (["#######", "#@$ . #", "#######"], "RR"),
    "sudoku": ({"position": "0" * 2 + "34567892" + "1" * 71}, {}),
}
GRID = "123456789456789123789123456214365897365897214897214365531642978642978531978531642"
LEVELS["sudoku"] = ({"position": "00" + GRID[2:], "solutions": GRID}, {"00": 1, "01": 2})


def rule(game: str, **settings: Any) -> Reward:
    return lookup(f"games.{game}")(within=None, **settings)


def played(game: str, plan: Any, **settings: Any) -> Score:
    return rule(game, **settings).one({"response": json.dumps({"output": plan}), "level": LEVELS[game][0]})


def figures(score: Score) -> dict[str, float | None]:
    return {name.partition("/")[2]: part.value for name, part in score.components.items() if "/" in name}


@pytest.mark.parametrize("game", GAMES)
def test_a_plan_that_solves_the_level_earns_all(game: str) -> None:
    score = played(game, LEVELS[game][1])
    assert score.value == 1.0
    assert figures(score)["accuracy"] == 1.0


@pytest.mark.parametrize(
    ("game", "left"), [("hanoi", 3 / 8), ("maze", 3 / 8), ("n_puzzle", 2 / 8), ("sokoban", 2 / 8), ("sudoku", 1.0)]
)
def test_an_empty_plan_earns_the_way_that_is_done_already(game: str, left: float) -> None:
    empty: Any = {"maze": "", "sokoban": "", "sudoku": {}}.get(game, [])
    assert figures(played(game, empty)) == {"completion": 1 - left, "accuracy": 0.0, "efficiency": 0.0}


@pytest.mark.parametrize("game", GAMES)
def test_a_plan_of_another_form_is_malformed(game: str) -> None:
    for plan in (None, 7, [[["x"]]], {"a": "b"}):
        score = played(game, plan)
        assert (score.value, score.status) == (0.0, Status.MALFORMED)
        assert set(figures(score).values()) == {None}


@pytest.mark.parametrize("game", GAMES)
def test_a_level_that_cannot_be_read_leaves_nothing_to_check(game: str) -> None:
    for level in (None, "", 7, {"position": 3}, [["?"]], {"board_size": 99, "position": [0, 0]}):
        row = {"response": '{"output": []}', "level": level}
        assert rule(game).one(row).status == Status.INAPPLICABLE


def test_the_plan_is_the_output_of_the_only_json_object_of_the_answer() -> None:
    plan, level = '{"why": "right", "output": "RRR"}', LEVELS["maze"][0]
    maze = lookup("games.maze")
    assert maze().one({"response": f"<answer>{plan}</answer>", "level": level}).value == 1.0
    assert maze().one({"response": plan, "level": level}).status == Status.MALFORMED
    assert maze(within=None).one({"response": plan * 2, "level": level}).status == Status.MALFORMED
    assert maze(within=None, which="first").one({"response": plan * 2, "level": level}).value == 1.0
    assert maze(within=None).one({"response": '{"plan": "RRR"}', "level": level}).status == Status.MALFORMED


def test_walking_back_and_forth_is_efficient_and_completes_nothing() -> None:
    assert figures(played("maze", "RL" * 4)) == {"completion": 1 - 3 / 8, "accuracy": 0.0, "efficiency": 1.0}
    assert played("maze", "RL" * 4, measure="efficiency").value == 1.0


def test_illegal_moves_are_passed_over_and_cost_efficiency() -> None:
    score = played("sokoban", "RURXRRRRRR")
    # R, R and one R more push the box to the dock and past it; ten moves were made.
    assert figures(score)["efficiency"] == pytest.approx(3 / 10)


def test_a_maze_is_over_at_the_exit() -> None:
    assert figures(played("maze", "RRRLLLL"))["accuracy"] == 1.0
    assert figures(played("maze", "RRR" + "L" * 30))["efficiency"] == pytest.approx(3 / 8)


def test_queens_that_attack_each_other_are_not_both_placed() -> None:
    score = played("n_queens", [[1, 3], [2, 3], [3, 2], [2, 0]])
    assert figures(score) == {"completion": 1.0, "accuracy": 1.0, "efficiency": 3 / 4}


def test_a_board_that_cannot_be_completed_any_more_earns_nothing() -> None:
    assert played("n_queens", [[1, 3]]).value == pytest.approx(1 / 3)
    assert played("n_queens", [[2, 2]]).value == 0.0
    corner = ["######", "#@$  #", "# .  #", "######"]
    lost = rule("sokoban").one({"response": '{"output": "RRR"}', "level": corner})
    assert lost.value == 0.0


def test_a_wrong_digit_stays_and_a_given_one_cannot_be_changed() -> None:
    assert played("sudoku", {"00": 9, "01": 2}).value == 0.5
    assert played("sudoku", {"02": 9}).value == 0.0


def test_the_horizon_is_how_far_off_completion_begins() -> None:
    assert played("maze", "R", horizon=2).value == 0.0
    assert played("maze", "RR", horizon=2).value == 0.5
    with pytest.raises(ContractError, match="horizon"):
        played("maze", "R", horizon=0)
    with pytest.raises(ContractError, match="measure"):
        played("maze", "R", measure="luck")


@pytest.mark.parametrize("game", GAMES)
def test_every_measure_is_a_share_and_completion_is_1_just_where_the_level_is_solved(game: str) -> None:
    rng = np.random.default_rng(0)
    needed = {"n_queens": 7, "sudoku": 10}.get(game, 6)
    for _ in range(8):
        puzzle = GAMES[game].generate(rng, needed)
        state, plan = puzzle.start, list[Any]()
        while (legal := puzzle.legal(state)) and len(plan) < needed:
            best = puzzle.best(state, needed)
            plan.append(best if best is not None and rng.random() < 0.8 else legal[rng.integers(len(legal))])
            state = puzzle.after(state, plan[-1])
        row = {"response": json.dumps({"output": puzzle.output(plan)}), "level": puzzle.level()}
        found = figures(rule(game).one(row))
        assert all(value is not None and 0 <= value <= 1 for value in found.values())
        assert (found["completion"] == 1.0) == (found["accuracy"] == 1.0) == puzzle.solved(state)
