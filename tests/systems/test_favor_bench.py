"""FAVOR-Bench: what the official score gives away costs by default, and is there as published."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from guerdon import ContractError, Reward, Score, Status
from guerdon.systems import Proof, favor_bench
from guerdon.systems import _favor_bench as published
from guerdon.systems.favor_bench import SIMILARITIES, structured_caption

ACTIONS = ["turns around", "looks up", "carries cups out of the kitchen", "lays them on the table", "sits still"]


def told(actions: list[str], subject: int = 1, camera: str = "pans left", name: str = "Man") -> dict[str, str]:
    return {
        "camera_motion": camera,
        "motion_list": f"Subject {subject}: {name} [{', '.join(actions)}]",
        "chronological_motion_list": ", ".join(f"{action} (Subject {subject})" for action in actions),
    }


TRUE = told(ACTIONS)


def scored(prediction: Any, annotation: Any = TRUE, reward: Reward | None = None) -> Score:
    reward = structured_caption() if reward is None else reward
    return reward.one({"prediction": prediction, "annotation": annotation})


def part(score: Score, name: str) -> float | None:
    return score.components[f"favor_bench.caption/{name}"].value


OFFICIAL = favor_bench.caption(as_published=True)


@pytest.mark.parametrize(
    ("predicted", "precision", "recall", "order"),
    [
        (ACTIONS, 1.0, 1.0, 1.0),
        (ACTIONS[::-1], 0.806, 0.806, 0.5),
        ([ACTIONS[0]] * 5, 0.836, 0.167, 1.0),
        (["jumps", "runs", "sings"], 0.276, 0.166, 1.0),
    ],
)
def test_the_published_table(predicted: list[str], precision: float, recall: float, order: float) -> None:
    match = published.matched(predicted, ACTIONS, published.whitespace_jaccard)
    assert (match.precision, match.recall) == pytest.approx((precision, recall), abs=5e-4)
    assert published.order(match.mapping, len(predicted), len(ACTIONS)) == order


def test_the_true_caption_is_worth_1() -> None:
    assert scored(TRUE).value == 1.0
    assert scored(TRUE, reward=OFFICIAL).value == pytest.approx(1.0)


def test_unrelated_actions_earn_nothing() -> None:
    other = told(["jumps", "runs", "sings"], camera="zooms")
    official = scored(other, reward=OFFICIAL).value
    assert official is not None
    assert official > 0.25
    assert scored(other).value == 0.0


def test_an_action_said_again_and_again_counts_once() -> None:
    again = scored(told([ACTIONS[0]] * 5))
    assert part(again, "timeline_precision") == part(again, "timeline_recall") == 0.2
    assert part(again, "timeline_order") == 0.0


def test_a_reversed_caption_has_no_order() -> None:
    reversed_ = scored(told(ACTIONS[::-1]))
    assert part(reversed_, "subject_order") == part(reversed_, "timeline_order") == 0.0
    assert reversed_.value == pytest.approx(1 - 0.05 - 0.1)


def two(first: list[str], second: list[str]) -> dict[str, str]:
    order = [*((action, 1) for action in first), *((action, 2) for action in second)]
    return {
        "motion_list": f"Subject 1: Man [{', '.join(first)}]\nSubject 2: Dog [{', '.join(second)}]",
        "chronological_motion_list": ", ".join(f"{action} (Subject {i})" for action, i in order),
    }


def test_a_subject_left_out_is_missed() -> None:
    annotation = two(ACTIONS[:2], ["barks", "runs off", "digs"])
    only_first = told(ACTIONS[:2], camera="")
    assert part(scored(only_first, annotation), "subject_recall") == pytest.approx(2 / 5)
    assert part(scored(only_first, annotation), "subject_precision") == 1.0
    # The official recall is over matched subjects alone, and here both of those actions are found.
    subjects = published._subjects_score(
        only_first["motion_list"], annotation["motion_list"], published.whitespace_jaccard
    )
    assert subjects is not None
    assert subjects[1] == pytest.approx(1.0)


def test_the_numbers_of_subjects_do_not_matter_but_who_does_what_does() -> None:
    annotation = two(ACTIONS[:2], ["barks", "digs"])
    renumbered = {
        "motion_list": "Subject 7: Dog [barks, digs]\nSubject 3: Man [turns around, looks up]",
        "chronological_motion_list": annotation["chronological_motion_list"]
        .replace("Subject 1", "Subject 3").replace("Subject 2", "Subject 7"),
    }  # fmt: skip
    assert scored(renumbered, annotation).value == 1.0
    swapped = two(["barks", "looks up"], ["turns around", "digs"])
    assert part(scored(swapped, annotation), "timeline_recall") == pytest.approx(0.5)


def test_no_camera_is_right_only_where_there_is_none() -> None:
    still = told(ACTIONS, camera="")
    assert part(scored(still, still), "camera") == 1.0
    assert part(scored(TRUE, still), "camera") == part(scored(still, TRUE), "camera") == 0.0
    assert part(scored(told(ACTIONS, camera="The camera pans left."), TRUE), "camera") == 1.0


@pytest.mark.parametrize(
    "prediction", [{}, {"motion_list": None}, told([], camera=""), {"motion_list": 5, "camera_motion": "x" * 50_000}]
)
def test_an_empty_caption_earns_nothing(prediction: dict[str, Any]) -> None:
    score = scored(prediction)
    assert (score.value, score.status) == (0.0, Status.OK)


def test_a_caption_that_was_not_taken_apart_is_malformed() -> None:
    for reward in (structured_caption(), OFFICIAL):
        score = scored("a man walks", reward=reward)
        assert (score.value, score.status) == (0.0, Status.MALFORMED)


def test_what_another_video_earns_is_taken_off() -> None:
    rows = [{"annotation": told(ACTIONS[i : i + 3])} for i in range(3)]
    floor = favor_bench.floor(rows)
    assert 0.3 < floor < 0.9  # they share actions
    calibrated = favor_bench.caption(floor=floor)
    assert scored(rows[0]["annotation"], rows[0]["annotation"], calibrated).value == pytest.approx(1.0)
    assert scored({}, TRUE, calibrated).value == 0.0


def test_likeness_may_be_measured_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIMILARITIES, "everything", lambda a, b: np.ones((len(a), len(b))))
    assert scored(told(["jumps"] * 5), reward=structured_caption(similarity="everything")).value == 1.0
    with pytest.raises(ContractError, match="write one of words, whitespace"):
        scored(TRUE, reward=structured_caption(similarity="unheard"))


@pytest.mark.parametrize(
    ("said", "official", "default"),
    [
        ("Walks", 1.0, 1.0),
        ("Walks or runs", 1.0, 0.0),
        ("Walks, runs and sits", 1.0, 0.0),
        ("walks BACKWARD", 0.0, 0.0),
        ("She walks.", 1.0, 1.0),
        ("crosswalks", 1.0, 0.0),
        ("", 0.0, 0.0),
    ],
)
def test_naming_every_option_is_right_only_as_published(said: str, official: float, default: float) -> None:
    row = {"response": said, "answer": "Walks", "options": ["Walks", "Walks backward", "Sits", "Runs", "Jumps"]}
    assert favor_bench.choice(as_published=True).one(row).value == official
    assert favor_bench.choice().one(row).value == default


def test_questions_without_an_answer_are_wrong() -> None:
    table = favor_bench.accuracy([("NSM", True)] * 16 + [("NSM", False)] * 4)
    assert table["NSM"] == 25.0  # of 64, not of 20
    assert table["ALL"] == pytest.approx(100 * 16 / 8184)


def test_long_fields_are_cut_and_read_in_no_time() -> None:
    hostile = {
        "camera_motion": "camera " * 100_000, "motion_list": "Subject 1: " * 100_000,
        "chronological_motion_list": "(Subject 1)" * 100_000,
    }  # fmt: skip
    for reward in (structured_caption(), OFFICIAL):
        score = scored(hostile, reward=reward)
        assert score.status == Status.OK
        assert score.seconds < 5


@pytest.mark.parametrize("proof", favor_bench.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    assert proof.run().reason == ""


# -- the real annotations, where they are at hand ---------------------------------------------------


def half(actions: list[Any]) -> list[Any]:
    return actions[: max(1, len(actions) // 2)]


def edited(annotation: dict[str, Any], edit: Any) -> dict[str, Any]:
    subjects = published.subjects_and_actions(annotation["motion_list"] or "")
    timeline = published.chronological_actions(annotation["chronological_motion_list"] or "")
    lines = [f"Subject {i}: {name} [{', '.join(edit(actions))}]" for i, (name, actions) in subjects.items()]
    placed = [f"{action.lstrip(', ')} (Subject {i})" for action, i in edit(timeline)]
    return annotation | {"motion_list": "\n".join(lines), "chronological_motion_list": ", ".join(placed)}


def test_the_measured_figures_come_out_on_real_annotations(data_dir: Path) -> None:
    path = data_dir / "favor_bench" / "FAVOR_gt_annotations.json"
    if not path.exists():
        pytest.skip(f"there is no {path}: it comes from github.com/FAVOR-Bench/FAVOR-Bench, CC BY-NC-SA 4.0")
    real = list(json.loads(path.read_text(encoding="utf-8")).values())[:400]
    rows = [{"annotation": annotation} for annotation in real]
    calibrated = favor_bench.caption(floor=favor_bench.floor(rows))
    cases = {
        "itself": (real, 0.989),
        "reversed": ([edited(a, lambda actions: actions[::-1]) for a in real], 0.754),
        "first half": ([edited(a, half) for a in real], 0.661),
        "another": (real[1:] + real[:1], 0.405),
        "empty": ([{}] * 400, 0.019),
    }
    means = {}
    for name, (predictions, expected) in cases.items():
        pairs = [{"prediction": p, "annotation": a} for p, a in zip(predictions, real, strict=True)]
        assert OFFICIAL(pairs).mean() == pytest.approx(expected, abs=0.005), name
        means[name] = calibrated(pairs).mean()
    assert means["itself"] >= 0.97
    assert means["another"] <= 0.1
