"""MJ-Bench-Video: aspects, ties, and the six pairs that the authors' loader does not see."""

import json
from pathlib import Path
from typing import Any

import pytest

from guerdon.bench import Output, Results, load, run

SUITE = load("mj-bench-video")
ASPECTS = ("Alignment", "Safety", "Fineness", "Coherence & Consistency", "Bias")
SCORES = ("Alignment", "Safety", "Fineness", "Consistency", "Bias")


def row(i: int, overall: str, *, aspects: str = "Same", good: tuple[int, int] = (0, 0)) -> dict[str, Any]:
    scores = [dict.fromkeys(SCORES, label) for label in good]
    return {
        "caption": f"c{i}", "video_0_path": f"test/{i}_0.mp4", "video_1_path": f"test/{i}_1.mp4",
        "video_0_overall_score": scores[0], "video_1_overall_score": scores[1],
        "category_preference": dict.fromkeys(ASPECTS, aspects), "overall_preference": overall,
    }  # fmt: skip


def asked(rows: list[dict[str, Any]], *values: tuple[float, float], aspect: str = "overall") -> Results:
    outputs = [Output(f"test/{i}_0.mp4 test/{i}_1.mp4 {aspect}", pair) for i, pair in enumerate(values)]
    return run(SUITE, outputs={"it": outputs}, data=rows)


def figures(results: Results, name: str = "it") -> dict[str, float | None]:
    entry = next(e for e in results.entries if e.name == name)
    return {line.metric: None if (e := line.overall.estimate) is None else e.mean for line in entry.lines}


def test_a_tie_is_half_and_strictly_wrong() -> None:
    rows = [row(i, "Video 1 better") for i in range(4)]
    found = figures(asked(rows, (2, 1), (3, 3), (1, 2), (5, 5)))
    assert (found["accuracy"], found["strict"]) == (0.5, 0.25)


def test_labels_count_whatever_their_case_and_the_loader_drops_them() -> None:
    """As published: 7 of 118 are 5.93 %, and of the 112 that the loader has, 77 are 68.75 %."""
    labels = ["Video 1 Better"] * 6 + ["Video 1 better"] * 66 + ["Video 2 better"] * 46
    rows = [row(i, label) for i, label in enumerate(labels)]
    seven = asked(rows, *([(1.0, 0.0)] * 7), *([(0.0, 0.0)] * 111)).entries[0].official
    assert round(seven["overall strict"], 2) == 5.93
    right = [(1.0, 0.0) if label.startswith("Video 1") else (0.0, 1.0) for label in labels]
    wrong = [(b, a) for a, b in right]
    found = asked(rows, *wrong[:6], *right[6:83], *wrong[83:]).entries[0].official
    assert round(found["overall, the loader's pairs strict"], 2) == 68.75
    assert round(found["overall strict"], 2) == round(100 * 77 / 118, 2)


def test_pairs_that_are_the_same_or_hard_to_judge_do_not_count() -> None:
    rows = [row(0, "Video 2 better"), row(1, "Same"), row(2, "Hard to judge")]
    results = run(SUITE, data=rows)
    constant = next(e for e in results.entries if e.name == "constant")
    assert constant.headline.overall.estimate is not None
    assert constant.headline.overall.estimate.n == 1
    assert len(results.questions.members()["overall"]) == 2


def test_a_row_that_was_hard_to_judge_in_all_is_left_out() -> None:
    results = run(SUITE, data=[row(0, "Same"), row(1, "Hard to judge", aspects="Hard to judge")])
    assert results.questions.left_out == {"hard to judge": 1}


def test_an_unknown_label_is_left_out_by_reason() -> None:
    results = run(SUITE, data=[row(0, "Same"), row(1, "Left wins")])
    assert results.questions.left_out == {"an unknown label: 'Left wins'": 1}


def test_single_videos_are_good_by_the_sign_of_their_value() -> None:
    """Good above 0, bad at or below; labels of 0 have nothing to do with the aspect. One of three is wrong."""
    rows = [row(0, "Same", good=(1, 2)), row(1, "Same", good=(1, 0))]
    official = asked(rows, (1.0, 0.5), (1.0, -1.0), aspect="safety").entries[0].official
    assert official["safety good or bad"] == pytest.approx(100 * 2 / 3)
    assert official["safety F1"] == pytest.approx(100 * (0.8 + 0.0) / 2)  # good: 2·2/(2·2 + 1), bad: never said
    assert "safety strict" not in official  # no pair is decided


def test_the_scripts_results_are_read(tmp_path: Path) -> None:
    rows = [row(0, "Video 1 better", aspects="Video 1 better")]
    overall = {"video_0_uid": "d/test/0_0.mp4", "video_1_uid": "d/test/0_1.mp4"}
    (tmp_path / "o.json").write_text(json.dumps([{**overall, "video_score_0": 3, "video_score_1": 2}]))
    judge = {name: {"score_0": 4, "score_1": 4, "subcategories": {}} for name in SCORES}
    (tmp_path / "a.json").write_text(json.dumps([{**overall, "judge": judge}]))
    found = [
        figures(run(SUITE, outputs={"it": SUITE.outputs(tmp_path / name)}, data=rows)) for name in ("o.json", "a.json")
    ]
    assert found[0] == {"accuracy": 1.0, "strict": 1.0, "by aspect": None}
    assert found[1] == {"accuracy": None, "strict": None, "by aspect": 0.5}


def test_a_score_that_could_not_be_read_is_wrong_in_ours_and_0_in_theirs() -> None:
    results = asked([row(0, "Video 1 better"), row(1, "Video 1 better")], (1.0, float("nan")), (1.0, 0.0))
    assert figures(results)["accuracy"] == 0.5
    assert results.entries[0].official["overall strict"] == 100.0
