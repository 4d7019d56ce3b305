"""Looking for the frames that matter."""

from collections.abc import Sequence

import numpy as np
import pytest

from guerdon.use.search import UNSEEN, Found, Seen, chances, next_frames, search, spread

FRAMES = 600


class Watch:
    """A scorer that sees a target at some frames, surely, and remembers what it was shown."""

    def __init__(self, *shown: range):
        self.shown, self.looked = shown, list[int]()

    def __call__(self, frames: Sequence[int]) -> list[Seen]:
        self.looked += frames
        return [
            Seen(0.9, [f"t{i}" for i, at in enumerate(self.shown) if f in at]) if self.at(f) else Seen(0.0)
            for f in frames
        ]

    def at(self, frame: int) -> bool:
        return any(frame in at for at in self.shown)


def found(watch: Watch, *, budget: int = 300, seed: int = 0) -> Found:
    targets = [f"t{i}" for i in range(len(watch.shown))]
    return search(watch, FRAMES, targets, budget=budget, rng=np.random.default_rng(seed))


def test_a_target_is_found_looked_at_again_and_the_search_ends() -> None:
    watch = Watch(range(100, 160))
    result = found(watch)
    assert result.missing == frozenset()
    assert result.looked == len(watch.looked) < 300
    assert set(result.frames(1)) <= set(range(100, 160))
    assert max(map(watch.looked.count, watch.looked)) == 2  # the first frame that showed it


def test_without_its_targets_it_looks_until_the_budget_is_spent() -> None:
    watch = Watch(range(0))
    result = found(watch, budget=150)
    assert (result.looked, result.missing) == (150, frozenset({"t0"}))
    assert len(set(watch.looked)) == 150


def test_no_more_frames_are_looked_at_than_there_are() -> None:
    watch = Watch(range(0))
    assert found(watch, budget=10_000).looked == FRAMES


def test_without_targets_nothing_is_looked_at() -> None:
    result = search(Watch(), FRAMES, [], budget=100, rng=np.random.default_rng(0))
    assert (result.looked, set(result.scores)) == (0, {UNSEEN})


def test_the_same_seed_looks_at_the_same_frames() -> None:
    first, second = Watch(range(333, 335)), Watch(range(333, 335))
    assert found(first, seed=1).scores.tolist() == found(second, seed=1).scores.tolist()
    assert first.looked == second.looked


def test_a_score_spreads_to_its_neighbours_and_halves_at_the_first() -> None:
    scores = np.full(12, UNSEEN)
    scores[[0, 3, 6, 9]] = [0.9, 0.1, 0.0, 0.2]
    spread(scores, [0, 3, 6, 9], 5)  # only 0.9 is in the best quarter
    assert scores[:6] == pytest.approx([0.9, 0.45, 0.3, 0.225, 0.18, 0.15])
    assert scores[6:].tolist() == [0.0, UNSEEN, UNSEEN, 0.2, UNSEEN, UNSEEN]


def test_chances_rise_where_scores_are_high_and_sum_to_1() -> None:
    visited = np.zeros(100, dtype=np.bool_)
    visited[::10] = True
    scores = np.where(np.arange(100) > 50, 1.0, 0.0)
    even, risen = chances(scores, visited, smoothing=None), chances(scores, visited)
    assert set(even) == {0.01}
    assert risen.sum() == pytest.approx(1.0)
    assert risen[80] > risen[20] > 0
    assert set(chances(scores, np.arange(100) < 3)) == {0.01}  # too few to draw a curve through


def test_visited_frames_are_never_drawn() -> None:
    visited = np.ones(50, dtype=np.bool_)
    visited[[4, 8]] = False
    assert next_frames(np.zeros(50), visited, 10, np.random.default_rng(0)) == [4, 8]


def test_the_first_frames_are_evenly_spaced() -> None:
    nothing = np.zeros(101, dtype=np.bool_)
    assert next_frames(np.zeros(101), nothing, 5, np.random.default_rng(0)) == [0, 25, 50, 75, 100]


def test_frames_are_the_best_or_drawn() -> None:
    result = Found(np.array([0.1, 0.9, 0.0, 0.8]), 4, frozenset())
    assert result.frames(2) == [1, 3]
    drawn = {tuple(result.frames(2, np.random.default_rng(seed))) for seed in range(50)}
    assert (1, 3) in drawn
    assert len(drawn) > 1
    assert all(2 not in frames for frames in drawn)
    assert result.frames(9, np.random.default_rng(0)) == [0, 1, 3]


def test_a_search_without_frames_is_refused() -> None:
    with pytest.raises(ValueError, match="frames=0"):
        search(Watch(), 0, ["a"], budget=1, rng=np.random.default_rng(0))
