"""VideoGen-RewardBench: four aspects of a row, with ties and without."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from guerdon import reward
from guerdon.bench import BenchError, Results, load, run
from guerdon.branch import route
from guerdon.metrics.pairwise import tie_calibrated

SUITE = load("videogen-rewardbench")
COLUMNS = ("path_A", "path_B", "prompt", "VQ", "MQ", "TA", "Overall", "A_model", "B_model")
LABELS = (("A", "A", "B", "A"), ("B", "same", "same", "same"), ("B", "B", "A", "B"), ("same", "A", "A", "A"))
"""VQ, MQ, TA and Overall of four rows."""


def write(path: Path, header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def data(folder: Path) -> Path:
    rows = [(f"v/{i}a.mp4", f"v/{i}b.mp4", f"p{i // 2}", *labels, "x", "y") for i, labels in enumerate(LABELS)]
    return write(folder / "videogen-rewardbench.csv", COLUMNS, rows)


def scored(folder: Path, *gaps: tuple[float, float, float, float]) -> Path:
    """The script's results: gaps of VQ, MQ, TA and ALL by row."""
    header = ("path_A", "path_B", *(f"reward_{name}_{side}" for name in ("VQ", "MQ", "TA", "ALL") for side in "AB"))
    rows = [
        (f"v/{i}a.mp4", f"v/{i}b.mp4", *(x for gap in gaps[i] for x in (gap, 0.0))) for i in range(len(gaps))
    ]  # fmt: skip
    return write(folder / "out_pair.csv", header, rows)


def figures(results: Results, name: str = "it") -> dict[str, float]:
    entry = next(e for e in results.entries if e.name == name)
    return {line.metric: e.mean for line in entry.lines if (e := line.overall.estimate) is not None}


def test_every_aspect_is_measured_on_its_own_votes(tmp_path: Path) -> None:
    path = scored(tmp_path, (1, 1, 1, 1), (1, 0, 0, 0), (-1, -1, 1, -1), (0, 1, 1, 1))
    results = run(SUITE, outputs={"it": SUITE.outputs(path)}, data=data(tmp_path))
    found = figures(results)
    assert [found[name] for name in ("accuracy", "VQ", "MQ", "TA")] == pytest.approx([1, 2 / 3, 1, 2 / 3])
    assert (found["accuracy with ties"], found["VQ with ties"]) == (1.0, 0.75)
    assert {name: len(index) for name, index in results.questions.members().items()} == {
        "overall": 4, "VQ": 4, "MQ": 4, "TA": 4,
    }  # fmt: skip


def test_official_figures_are_those_of_the_published_sweep(tmp_path: Path) -> None:
    path = scored(tmp_path, (2, 2, 2, 2), (2, 2, 2, 2), (2, 2, 2, 2), (2, 2, 2, 2))
    results = run(SUITE, outputs={"it": SUITE.outputs(path)}, data=data(tmp_path))
    human = [1, 0, -1, 1]  # Overall
    grouped, swept = (tie_calibrated(human, [2, 2, 2, 2], sweep=how).accuracy for how in ("grouped", "one_by_one"))
    assert figures(results)["accuracy with ties"] == grouped == 0.5
    assert results.entries[0].official["overall with ties"] == 100 * swept
    assert results.entries[0].official["overall without ties"] == pytest.approx(100 * 2 / 3)


def test_a_tie_of_the_reward_is_half_in_ours_and_wrong_in_theirs(tmp_path: Path) -> None:
    path = scored(tmp_path, (0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0))
    results = run(SUITE, outputs={"it": SUITE.outputs(path)}, data=data(tmp_path))
    assert figures(results)["accuracy"] == figures(results, "constant")["accuracy"] == 0.5
    assert results.entries[0].official["overall without ties"] == 0.0


def test_a_judge_that_writes_is_read_overall(tmp_path: Path) -> None:
    said = ("Video 1 is better", "neither", "Video 2 is better", "<think>Video 1 is better.</think> Video 2 is better")
    answers = [
        {"path_A": f"v/{i}a.mp4", "path_B": f"v/{i}b.mp4", "model_output": text} for i, text in enumerate(said)
    ]  # fmt: skip
    path = tmp_path / "texts.jsonl"
    path.write_text("\n".join(map(json.dumps, answers)))
    results = run(SUITE, outputs={"it": SUITE.outputs(path)}, data=data(tmp_path))
    assert figures(results)["accuracy"] == pytest.approx(2 / 3)  # A, same, B, A are right: the last is said to be B
    assert results.entries[0].official["acc"] == 100.0  # neither sentence is a tie, and thoughts count
    assert "VQ" not in figures(results)


def test_a_reward_with_a_value_a_dimension_is_routed_by_aspect(tmp_path: Path) -> None:
    @reward("videogen_test.first", range=(0, 1))
    def first(video: Any) -> float:
        return float("a.mp4" in str(video.content))

    @reward("videogen_test.second", range=(0, 1))
    def second(video: Any) -> float:
        return float("b.mp4" in str(video.content))

    both = route({"overall": first(), "VQ": second(), "MQ": first(), "TA": first()}, by="aspect").named("routed")
    found = figures(run(SUITE, [both], data=data(tmp_path)), "routed")
    assert [found[name] for name in ("accuracy", "VQ", "MQ")] == pytest.approx([2 / 3] * 3)


def test_numbers_written_as_text_are_numbers_and_others_are_unread(tmp_path: Path) -> None:
    header = ("path_A", "path_B", "reward_ALL_A", "reward_ALL_B")
    rows = [(f"v/{i}a.mp4", f"v/{i}b.mp4", "10", "9" if i else "high") for i in range(4)]
    path = write(tmp_path / "o.csv", header, rows)
    found = [out for out in SUITE.outputs(path) if str(out.key).endswith("overall")]
    assert [out.values for out in found[1:]] == [(10.0, 9.0)] * 3
    assert found[0].reason == "not a finite number: 'high'"


def test_a_text_is_for_a_pair_by_its_videos_or_its_id(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    path.write_text(json.dumps({"model_output": "Video 1 is better"}))
    assert [out.key for out in SUITE.outputs(path)] == [None]
    path.write_text(json.dumps({"id": "v/0a.mp4 v/0b.mp4 overall", "model_output": "Video 1 is better"}))
    results = run(SUITE, outputs={"it": SUITE.outputs(path)}, data=data(tmp_path))
    assert (figures(results)["accuracy"], results.entries[0].headline.overall.answered) == (1.0, 1)


def test_a_row_that_nobody_judged_is_left_out(tmp_path: Path) -> None:
    rows = [("a", "b", "p", "invalid", "", "", "", "x", "y"), ("a", "b", "p", "invalid", "", "", "A", "x", "y")]
    results = run(SUITE, data=write(tmp_path / "d.csv", COLUMNS, rows))
    assert len(results.questions) == 1
    assert results.questions.left_out == {"no vote is A, B or same": 1}


def test_outputs_of_other_videos_are_refused(tmp_path: Path) -> None:
    header = ("path_A", "path_B", "reward_ALL_A", "reward_ALL_B")
    path = write(tmp_path / "o.csv", header, [("x/1.mp4", "x/2.mp4", 1, 0)])
    with pytest.raises(BenchError, match="no output is for one of these items"):
        run(SUITE, outputs={"it": SUITE.outputs(path)}, data=data(tmp_path))


def test_videos_are_looked_for_beside_the_file_and_nowhere_else(tmp_path: Path) -> None:
    from guerdon.media import MediaError

    rows = [("../../secret.mp4", "b.mp4", "p", "A", "A", "A", "A", "x", "y")]
    (row,) = SUITE.rows(write(tmp_path / "d.csv", COLUMNS, rows))
    with pytest.raises(MediaError, match="leads out of the data root"):
        row["path_A"].content.open()
