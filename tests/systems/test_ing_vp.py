"""ING-VP: the right way by default, the official way on request, one step and many."""

import json
from typing import Any

import pytest

from guerdon import ContractError, Score
from guerdon.systems import _ing_vp as published
from guerdon.systems import ing_vp

HANOI = {"position": {"A": [], "B": [], "C": ["e"], "D": ["a", "b", "c", "d"]}}
MAZE = ["++++++", "+S   X", "++++++"]
QUEENS = {"board_size": 8, "position": [0, 0]}


def score(game: str, level: Any, output: Any, *, as_published: bool = False) -> dict[str, float | None]:
    row = {"game": game, "level": level, "response": json.dumps({"output": output})}
    return figures(ing_vp.one_step(as_published=as_published).one(row))


def figures(found: Score) -> dict[str, float | None]:
    return {
        name.split("/")[1]: part.value
        for name, part in found.components.items()
        if part.value is not None and "/" in name
    }


def test_a_solved_board_is_complete_and_as_published_is_not() -> None:
    done = score("hanoi", HANOI, ["CD"])
    assert done == {"completion": 1.0, "accuracy": 1.0, "efficiency": 1 / 8}
    assert score("hanoi", HANOI, ["CD"], as_published=True) == done | {"completion": 0.0}
    puzzle = {"position": [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 0, 15]]}
    assert score("n_puzzle", puzzle, [15])["completion"] == 1.0
    assert score("n_puzzle", puzzle, [15], as_published=True)["completion"] == 0.0


def test_the_start_of_a_maze_can_be_entered_again_unless_as_published() -> None:
    assert score("maze", MAZE, "RLRRRR")["accuracy"] == 1.0
    assert score("maze", MAZE, "RLRRRR", as_published=True)["efficiency"] == pytest.approx(4 / 8)


def test_queens_in_one_plan_may_not_attack_each_other_unless_as_published() -> None:
    clash = [[4, 1], [4, 2]]
    assert score("n_queens", QUEENS, clash)["efficiency"] == pytest.approx(1 / 7 * 1)
    assert score("n_queens", QUEENS, clash, as_published=True)["efficiency"] == pytest.approx(2 / 8)


def test_walking_back_and_forth_completes_nothing() -> None:
    wandering = score("maze", MAZE, "RLRLRLRL")
    assert wandering["efficiency"] == 1.0
    assert wandering["completion"] == pytest.approx(1 - 4 / 8)
    assert ing_vp.one_step().one({"game": "maze", "level": MAZE, "response": '{"output": ""}'}).value == 0.5


@pytest.mark.parametrize(
    ("game", "text", "output"),
    [
        ("hanoi", '{"output": ["AB"], "why": 1} {"output": ["AC"]}', ["AC"]),
        ("hanoi", '{"output": ["ab"]}', None),
        ("hanoi", '{"output": ["AB",]}', None),
        ("maze", '{"why": 1, "output": "UD"}', "UD"),
        ("maze", '{"output": ["U"]}', None),
        ("n_puzzle", '{"output": ["1"]}', None),
        ("n_queens", '{"output": [[8, 0]]}', None),
        ("sudoku", '{"output": {"00": 1, "99": 1, "01": "4", "02": 0}}', {"00": 1}),
        ("sudoku", "no plan", None),
    ],
)
def test_the_official_code_takes_the_first_object_of_just_the_right_form(game: str, text: str, output: Any) -> None:
    assert published.output(game, text) == output


def test_no_plan_is_an_empty_plan_as_published_and_malformed_else() -> None:
    row = {"game": "maze", "level": MAZE, "response": "I cannot."}
    assert ing_vp.one_step(as_published=True).one(row).value == 0.5
    assert ing_vp.one_step().one(row).value == 0.0


def test_an_unknown_game_leaves_nothing_to_check() -> None:
    assert ing_vp.one_step().one({"game": "chess", "level": MAZE, "response": "{}"}).value is None


# -- several turns -----------------------------------------------------------------------------------


def turns(game: str, level: Any, *outputs: Any) -> dict[str, float | None]:
    replies = [json.dumps({"output": output}) for output in outputs]
    return figures(ing_vp.multi_step().one({"game": game, "level": level, "turns": replies}))


def test_one_move_a_turn_until_the_goal() -> None:
    assert turns("hanoi", HANOI, ["C", "D"]) == {"completion": 1.0, "accuracy": 1.0, "efficiency": 1.0}
    assert turns("maze", MAZE, "R", "L", "U", "R")["efficiency"] == pytest.approx(3 / 4)
    assert turns("maze", MAZE, "R", "R", "R", "R", "L")["accuracy"] == 1.0
    assert turns("n_queens", QUEENS, [4, 1])["completion"] == pytest.approx(1 / 7)
    assert turns("n_puzzle", {"position": [[1, 2], [0, 3]]}, 3)["accuracy"] == 1.0


def test_an_unreadable_turn_changes_nothing_and_counts() -> None:
    found = ing_vp.multi_step().one({"game": "maze", "level": MAZE, "turns": ["hm", '{"output": "R"}']})
    assert figures(found)["efficiency"] == 0.5
    assert figures(ing_vp.multi_step().one({"game": "maze", "level": MAZE, "turns": []}))["efficiency"] == 0.0


def test_turns_beyond_fifty_do_not_count() -> None:
    assert turns("maze", MAZE, *["U"] * 50, "RRRR")["accuracy"] == 0.0


# -- totals ------------------------------------------------------------------------------------------


def test_missing_levels_and_games_count_as_nothing() -> None:
    totals = ing_vp.overall({"maze": [100.0] * 10, "hanoi": [12.5]})
    assert (totals["maze"], totals["hanoi"], totals["sudoku"]) == (20.0, 0.2, 0.0)
    assert totals["overall"] == pytest.approx((20.0 + 0.2) / 6)


def test_a_measure_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ContractError):
        ing_vp.one_step(measure="luck").one({"game": "maze", "level": MAZE, "response": "{}"})  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_proofs_hold() -> None:
    for evidence in ing_vp.system.reproduce():
        assert evidence.passed, evidence.reason
