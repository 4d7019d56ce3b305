"""ViLBench: best of n by steps or by wholes, and what ties are worth."""

import json
from pathlib import Path
from typing import Any

import pytest

from guerdon.bench import Output, Results, load, run
from guerdon.rules.process import step_scores

SUITE = load("vilbench")
STEPS = [[5, 5, 1], [4, 4, 4], [2, 3, 5]]


def row(i: int, correct: tuple[int, ...], **columns: Any) -> dict[str, Any]:
    candidates = [[f"step {k}" for k in range(3)] for _ in correct]
    return {"id": i, "question": f"{i}?", "candidates": candidates, "correct": list(correct), **columns}


def figures(results: Results, name: str = "it") -> dict[str, float]:
    entry = next(e for e in results.entries if e.name == name)
    return {line.metric: e.mean for line in entry.lines if (e := line.overall.estimate) is not None}


def test_equal_candidates_are_drawn_from_or_the_first_is_taken() -> None:
    rows = [row(0, (0, 1, 1)), row(1, (1, 0, 0))]
    results = run(SUITE, outputs={"it": [Output("0", (5, 5, 1)), Output("1", (3, 3, 3))]}, data=rows)
    assert figures(results) == {
        "accuracy": pytest.approx((1 / 2 + 1 / 3) / 2),
        "first of equals": 0.5,
        "within reach": 1.0,
    }
    assert results.entries[0].official["accuracy"] == 50.0


def test_the_constant_picks_by_chance_and_nobody_picks_what_is_not_there() -> None:
    rows = [row(0, (0, 0, 1)), row(1, (0, 0, 0))]
    results = run(SUITE, data=rows)
    assert figures(results, "constant")["accuracy"] == pytest.approx(1 / 6)
    assert figures(results, "constant")["within reach"] == 0.5


def test_step_scores_count_by_their_mean_and_the_script_by_every_aggregate(tmp_path: Path) -> None:
    """The mean and the least pick the second, the last the third, the greatest the first of two 5s."""
    path = tmp_path / "o.jsonl"
    path.write_text(json.dumps({"id": 0, "step_scores": STEPS}))
    results = run(SUITE, outputs={"it": SUITE.outputs(path)}, data=[row(0, (0, 1, 0))])
    assert figures(results)["accuracy"] == 1.0
    official = results.entries[0].official
    by = {name.split()[1]: value for name, value in official.items() if name != "accuracy"}
    assert by == {"mean": 100.0, "min": 100.0, "max": 0.0, "last": 0.0, "prod": 100.0}


def test_a_process_reward_is_asked_about_every_candidate() -> None:
    results = run(SUITE, {"sum": step_scores()}, data=[row(0, (0, 1, 0), step_scores=STEPS)])
    assert figures(results, "sum")["accuracy"] == 1.0  # 11, 12 and 10


def test_scores_that_are_no_numbers_are_unread(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    path.write_text(json.dumps({"id": 0, "step_scores": [[1], ["good"], []]}))
    results = run(SUITE, outputs={"it": SUITE.outputs(path)}, data=[row(0, (0, 1, 0))])
    assert figures(results)["accuracy"] == 0.0
    assert results.entries[0].headline.overall.read == 0


def test_candidates_and_their_labels_are_as_many() -> None:
    results = run(SUITE, data=[row(0, (1, 0)), {**row(1, (1, 0)), "correct": [1]}])
    assert results.questions.left_out == {"2 candidates, 1 of them said to be right or wrong": 1}


@pytest.mark.parametrize("steps", [[], [[5], [4]], [[1], [2], [3], [9]]])
def test_step_scores_of_other_candidates_are_wrong_by_every_figure(tmp_path: Path, steps: list[list[int]]) -> None:
    path = tmp_path / "o.jsonl"
    path.write_text(json.dumps({"id": 0, "step_scores": steps}) + "\n" + json.dumps({"id": 1, "step_scores": STEPS}))
    rows = [row(0, (0, 1, 1)), row(1, (0, 1, 0))]
    found = run(SUITE, outputs={"it": SUITE.outputs(path)}, data=rows).entries[0]
    assert found.headline.overall.read == 1
    assert (found.official["accuracy"], found.official["by mean of steps"]) == (50.0, 50.0)
