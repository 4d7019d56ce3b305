"""Puzzles against a search of their own: forward, breadth first, move by move."""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from guerdon.world.games import GAMES, Hanoi, Maze, NPuzzle, NQueens, Puzzle, Sokoban, Sudoku, play
from guerdon.world.games.n_queens import solutions
from guerdon.world.games.puzzle import distances

SEARCHED = ("hanoi", "maze", "n_puzzle", "sokoban")
NEEDED = dict.fromkeys(GAMES, 5) | {"sudoku": 12}


def generated(game: str, seed: int = 0) -> Puzzle:
    return GAMES[game].generate(np.random.default_rng(seed), NEEDED[game])


def searched(puzzle: Puzzle, solved: Any, limit: int) -> int | None:
    """Fewest moves to the goal, looking forward."""
    edge: set[Hashable] = {puzzle.start}
    seen = set(edge)
    for moves in range(limit + 1):
        if any(map(solved, edge)):
            return moves
        edge = {puzzle.after(state, move) for state in edge for move in puzzle.legal(state)} - seen
        seen |= edge
    return None


def is_goal(puzzle: Puzzle, state: Any) -> bool:
    """The goal, from the rules of the game."""
    if isinstance(puzzle, Hanoi):
        return set(state) == {puzzle.rods[-1]}
    if isinstance(puzzle, Maze):
        return bool(puzzle.rows[state[1]][state[0]] == "X")
    if isinstance(puzzle, NPuzzle):
        return bool(state == (*range(1, puzzle.n**2), 0))
    assert isinstance(puzzle, Sokoban)
    return not any("$" in row for row in puzzle.drawn(state))


@pytest.mark.parametrize("game", SEARCHED)
@pytest.mark.parametrize("seed", range(3))
def test_distances_are_those_of_a_search_forward(game: str, seed: int) -> None:
    puzzle = generated(game, seed)
    state = puzzle.start
    rng = np.random.default_rng(seed)
    for _ in range(4):
        moved = replace(puzzle, start=state)  # type: ignore[type-var]
        assert puzzle.remaining(state, 8) == searched(moved, lambda s: is_goal(puzzle, s), 8)
        legal = puzzle.legal(state)
        state = puzzle.after(state, legal[rng.integers(len(legal))])


@pytest.mark.parametrize("game", GAMES)
@pytest.mark.parametrize("seed", range(3))
def test_a_generated_level_takes_just_so_many_moves_and_survives_being_written(game: str, seed: int) -> None:
    puzzle = generated(game, seed)
    assert puzzle.remaining(puzzle.start, 12) == NEEDED[game]
    again = GAMES[game].read(json.loads(json.dumps(puzzle.level())))
    assert again == puzzle
    assert again.start == puzzle.start


@pytest.mark.parametrize("game", GAMES)
def test_a_solution_solves_in_the_fewest_moves(game: str) -> None:
    puzzle = generated(game)
    plan = puzzle.solution(NEEDED[game])
    assert plan is not None
    assert puzzle.moves(json.loads(json.dumps(puzzle.output(plan)))) == plan
    played = play(puzzle, plan)
    assert puzzle.solved(played.state)
    assert played.made == played.changed == len(plan) == NEEDED[game]
    assert puzzle.solution(NEEDED[game] - 1) is None


@pytest.mark.parametrize("game", GAMES)
def test_legal_moves_change_the_state_and_the_same_seed_makes_the_same_level(game: str) -> None:
    puzzle = generated(game)
    assert all(puzzle.after(puzzle.start, move) != puzzle.start for move in puzzle.legal(puzzle.start))
    assert generated(game).level() == puzzle.level()


def test_levels_of_one_kind_share_their_distances() -> None:
    one, two = (NPuzzle.generate(np.random.default_rng(seed), 5) for seed in (1, 2))
    assert one.start != two.start
    assert distances(one, 5) is distances(two, 5)


def test_the_tower_of_three_rods_takes_2_to_the_n_less_1() -> None:
    for disks in range(1, 6):
        level = {"position": {"A": list("abcde"[:disks]), "B": [], "C": []}}
        tower = Hanoi.read(level)
        assert tower.remaining(tower.start, 99) == 2**disks - 1


def test_a_disk_goes_on_a_larger_one_or_an_empty_rod() -> None:
    tower = Hanoi.read({"position": {"A": ["b"], "B": ["a"], "C": []}})
    assert tower.start == "BA"
    assert tower.after("BA", "AB") == "BB"
    assert [tower.after("BA", move) for move in ("BA", "CA", "AA", "AD")] == ["BA"] * 4


def test_the_8_puzzle_has_two_states_a_move_away_and_none_beyond_31() -> None:
    table = distances(NPuzzle(3, ()), 40)
    assert len(table) == 181_440  # 9!/2
    assert max(table.values()) == 31
    assert sum(moves == 1 for moves in table.values()) == 2


def test_queens_have_the_known_numbers_of_solutions() -> None:
    assert [len(solutions(n)) for n in range(4, 9)] == [2, 10, 4, 40, 92]


def test_a_pushed_box_needs_room_and_a_corner_is_for_good() -> None:
    puzzle = Sokoban.read(["######", "#@$$ #", "# ..$#", "#.   #", "######"])
    assert puzzle.after(puzzle.start, "R") == puzzle.start
    stuck = Sokoban.read(["#####", "#$ @#", "# . #", "#####"])
    assert stuck.remaining(stuck.start, 20) is None


def test_a_sudoku_without_its_solution_is_solved() -> None:
    grid = "530070000600195000098000060800060003400803001700020006060000280000419005000080079"
    solved = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
    assert Sudoku.read({"position": grid}).answer == solved
    with pytest.raises(ValueError, match="no solution"):
        Sudoku.read({"position": "55" + grid[2:]})


def test_another_full_grid_that_keeps_the_rules_is_solved_too() -> None:
    # Two solutions: 1 and 2 can trade places in rows 1 and 4, columns 1 and 2.
    answer = "123456789456789123789123456214365897365897214897214365531642978642978531978531642"
    start = "00" + answer[2:27] + "00" + answer[29:]
    puzzle = Sudoku.read({"position": start, "solutions": answer})
    other = "21" + answer[2:27] + "12" + answer[29:]
    assert puzzle.remaining(other, 81) == 0
    assert puzzle.remaining("22" + other[2:], 81) == 3


@pytest.mark.parametrize(
    ("game", "level"),
    [
        ("hanoi", {"position": {"A": ["b", "a"], "B": []}}),
        ("hanoi", {"position": {"A": ["a", "c"], "B": []}}),
        ("hanoi", {"position": {"B": ["a"], "A": []}}),
        ("maze", ["S ", "++"]),
        ("maze", ["SX", "?+"]),
        ("maze", "S" + " " * 100_001 + "X"),
        ("n_puzzle", {"position": [[1, 1], [2, 0]]}),
        ("n_puzzle", {"position": [[1, 2, 0]]}),
        ("n_queens", {"board_size": 8, "position": [[0, 0], [1, 1]]}),
        ("n_queens", {"board_size": 8, "position": [8, 0]}),
        ("sokoban", ["@$"]),
        ("sokoban", ["@$.@"]),
        ("sudoku", {"position": "12"}),
        ("sudoku", {"position": "0" * 81, "solutions": "1" * 81}),
    ],
)
def test_what_is_no_level_is_refused(game: str, level: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        GAMES[game].read(level)


def test_plans_and_searches_are_bounded() -> None:
    with pytest.raises(ValueError, match="more than 10000"):
        Maze.moves("R" * 10_001)
    with pytest.raises(ValueError, match="states"):
        distances(NPuzzle(4, ()), 30)
    assert NQueens.moves([[0, 1]]) == [(0, 1)]
