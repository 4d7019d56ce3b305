"""ING-VP's six games on recorded rows: one-step play and how far the final state is from solved."""

from typing import Any

from guerdon.systems._ing_vp import result as published_result
from guerdon.world.games import Hanoi, NPuzzle, Sokoban

UNSOLVED = 99999
"""What the official code calls the distance of a board that is solved already."""


def played(game: str, level: Any, model_output: str) -> dict[str, Any]:
    """What all games report."""
    result = published_result(game, level, model_output)
    return {
        "output": result.output,
        "is_active": round(100 * result.figures["efficiency"], 2),
        "is_valid": bool(result.figures["accuracy"]),
    }


def left_and_completion(game: str, level: Any, model_output: str = "") -> dict[str, Any]:
    """Steps of the solver, and completion in percent."""
    result = published_result(game, level, model_output)
    return {"solver_steps": result.left or UNSOLVED, "completion": 100 * result.figures["completion"]}


def hanoi(level: Any, model_output: str) -> dict[str, Any]:
    final = Hanoi.read(level).piles(published_result("hanoi", level, model_output).final)
    found = played("hanoi", level, model_output) | {"final": final}
    return found | left_and_completion("hanoi", level, model_output)


def maze(level_rows: Any, model_output: str) -> dict[str, Any]:
    final = published_result("maze", level_rows, model_output).final
    return played("maze", level_rows, model_output) | {"final_pos": final}


def n_puzzle(level: Any, model_output: str) -> dict[str, Any]:
    final = NPuzzle.read(level).board(published_result("n_puzzle", level, model_output).final)
    return played("n_puzzle", level, model_output) | {"final": final}


def sokoban(level_rows: Any, model_output: str) -> dict[str, Any]:
    final = Sokoban.read(level_rows).drawn(published_result("sokoban", level_rows, model_output).final)
    return played("sokoban", level_rows, model_output) | {"final": final}


def sudoku(level: Any, model_output: str) -> dict[str, Any]:
    completion = 100 * published_result("sudoku", level, model_output).figures["completion"]
    return played("sudoku", level, model_output) | {"completion": completion}


CALLS = {
    "hanoi_os.evaluate_moves": hanoi,
    "maze_os.evaluate_moves": maze,
    "n_puzzle_os.evaluate_moves": n_puzzle,
    "n_queens_os.evaluate_moves": lambda level, model_output: played("n_queens", level, model_output),
    "sokoban_os.evaluate_moves": sokoban,
    "sudoku_os.evaluate_moves": sudoku,
    "completion(n_puzzle)": lambda final_position: left_and_completion("n_puzzle", {"position": final_position}),
    "completion(hanoi)": lambda final_position: left_and_completion("hanoi", {"position": final_position}),
}
