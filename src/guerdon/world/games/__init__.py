"""Six puzzles whose state is known exactly: how a plan ends, and how many moves are left to the goal.

A `Puzzle` is one level. It reads levels and plans in the formats of ING-VP (Zhang et al. 2024,
https://arxiv.org/abs/2410.06555), plays a plan move by move, illegal moves passed over, and says how far
any state is from solved. Levels can be generated with any number of moves to go.
"""

from guerdon.world.games.hanoi import Hanoi
from guerdon.world.games.maze import Maze
from guerdon.world.games.n_puzzle import NPuzzle
from guerdon.world.games.n_queens import NQueens
from guerdon.world.games.puzzle import Played, Puzzle, play
from guerdon.world.games.sokoban import Sokoban
from guerdon.world.games.sudoku import Sudoku

GAMES: dict[str, type[Puzzle]] = {
    "hanoi": Hanoi,
    "maze": Maze,
    "n_puzzle": NPuzzle,
    "n_queens": NQueens,
    "sokoban": Sokoban,
    "sudoku": Sudoku,
}

__all__ = ["GAMES", "Hanoi", "Maze", "NPuzzle", "NQueens", "Played", "Puzzle", "Sokoban", "Sudoku", "play"]
