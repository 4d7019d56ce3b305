"""VLRMBench: steps, solutions, forecasts and critics, read soundly and as the scripts read them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import reward
from guerdon.bench import BenchError, Results, load, run
from guerdon.bench.suites import _vlrmbench as common
from guerdon.bench.suites import vlrmbench, vlrmbench_foresight
from guerdon.metrics.binary import confusion
from guerdon.rules.process import step_scores
from guerdon.scores import ContractError, Status

STEPS, SOLUTIONS = load("vlrmbench"), load("vlrmbench-solutions")
FORESIGHT, CRITIQUE = load("vlrmbench-foresight"), load("vlrmbench-critique")
LABELS = ([0, 0, 1], [0, 1, 0, 0], [1])


def step_rows(**columns: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": str(i), "question": f"{i}?", "image": [f"{i}.png"], "category": "location_error", "task_gt": labels,
            "reasoning_error": "\n\n".join(f"STEP{k}: …" for k in range(1, len(labels) + 1)), **columns,
        }
        for i, labels in enumerate(LABELS)
    ]  # fmt: skip


def answered(folder: Path, suite: Any, rows: list[dict[str, Any]], answers: list[dict[str, Any]]) -> Results:
    path = folder / "answers.jsonl"
    path.write_text("\n".join(json.dumps({"id": row["id"], **a}) for row, a in zip(rows, answers, strict=True)))
    return run(suite, outputs={"it": suite.outputs(path)}, data=rows)


def labelled(folder: Path, *texts: str | None) -> Results:
    answers = [{"model_answer": text, "category": "location_error"} for text in texts]
    return answered(folder, STEPS, step_rows(), answers)


def figures(results: Results, name: str = "it") -> dict[str, float]:
    entry = next(e for e in results.entries if e.name == name)
    return {line.metric: e.mean for line in entry.lines if (e := line.overall.estimate) is not None}


# -- reading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "n", "sound", "published"),
    [
        ("[0, 1, 0]", 3, [0, 1, 0], [0, 1, 0]),
        ("[0,1]", 3, None, [0, 1, 0]),  # a label is missing: 0 is added there
        ("STEP 1: 0, STEP 2: 1", 2, None, [1, 0]),  # the numbers of the steps are taken for labels
        ("At first [1, 0]; no: [0, 1]", 2, [0, 1], [1, 0]),
        ('["0", "1"]', 2, [0, 1], [0, 1]),
        ("[0, 2]", 2, None, [0, 1]),
        ("[0.9, 1]", 2, None, [0, 1]),
        ("", 2, None, [0, 0]),
        ("10", 2, None, [1, 0]),
    ],
)
def test_labels_are_a_list_of_the_right_length(
    text: str, n: int, sound: list[int] | None, published: list[int]
) -> None:
    read = common.labels(text, n)
    assert read.value == sound
    assert read.status == (Status.OK if sound else Status.UNREAD)
    assert common.published_labels(text, n) == published


@pytest.mark.parametrize(
    ("text", "sound", "published"),
    [
        ("[8, 6]", (8.0, 6.0), [8, 6]),
        ("[8.5, 6.5]", (8.5, 6.5), [6, 5]),
        ('["9", "2"]', (9.0, 2.0), [9, 2]),
        ("8/10 6/10", (8.0, 6.0), [6, 10]),
        ("Response 1: 8, Response 2: 6", None, [2, 6]),
        ("[11, 3]", None, [11, 3]),
        ("7", None, [7, 0]),
        ("", None, [0, 0]),
    ],
)
def test_scores_are_two_from_0_to_10(text: str, sound: tuple[float, float] | None, published: list[int]) -> None:
    assert common.scores(text).value == sound
    assert common.published_scores(text) == published


@pytest.mark.parametrize(
    ("text", "sound", "true", "false"),
    [
        ("Yes.", True, True, False),
        ("no", False, False, True),
        ("FALSE", False, False, True),
        ("It is true.", True, True, False),
        ("yes, no", None, True, True),  # with both words one is always right there
        ("not", None, False, False),
        ("I know nothing", None, False, False),
        ("", None, False, False),
    ],
)
def test_forecasts_say_one_of_two(text: str, sound: bool | None, true: bool, false: bool) -> None:
    assert vlrmbench_foresight.forecast(text).value is sound
    assert [vlrmbench_foresight.published_right(text, gold) for gold in (True, False)] == [true, false]


@given(st.text(), st.integers(1, 5))
def test_any_text_is_read_as_n_labels_by_the_script_and_at_most_n_by_us(text: str, n: int) -> None:
    published = common.published_labels(text, n)
    assert len(published) == n
    assert set(published) <= {0, 1}
    read = common.labels(text, n)
    assert read.value is None or (len(read.value) == n and set(read.value) <= {0, 1})


def test_hostile_answers_are_read_in_time() -> None:
    for text in ("1" * 1_000_000, "[" * 500_000, "1 " * 500_000, "[0," * 200_000):
        assert len(common.published_labels(text, 3)) == 3
        assert common.labels(text, 3).value is None
        assert len(common.published_scores(text)) == 2


# -- steps -------------------------------------------------------------------------------------------


def test_f1_weighs_each_label_by_the_share_of_the_other() -> None:
    """As scikit-learn counts F1, on values that call the second step of two faulty."""
    from sklearn.metrics import f1_score  # type: ignore[import-untyped]

    rng = np.random.default_rng(0)
    gold = (rng.random((40, 6)) > 0.3).astype(float)
    values = rng.random((40, 6))
    called, faulty = (values < 0.5).ravel(), (gold < 0.5).ravel()
    share = faulty.mean()
    expected = (1 - share) * f1_score(faulty, called) + share * f1_score(faulty, called, pos_label=False)
    assert vlrmbench.inverse_f1(values, gold) == pytest.approx(expected)


def test_right_labels_are_as_right_as_can_be(tmp_path: Path) -> None:
    results = labelled(tmp_path, *map(str, LABELS))
    assert figures(results) == {"F1": 1.0, "steps": 1.0, "first fault": 1.0, "AUROC": 1.0}
    assert results.entries[0].official["location_error F1"] == 100.0


def test_an_answer_that_cannot_be_read_is_wrong_on_all_its_steps(tmp_path: Path) -> None:
    results = labelled(tmp_path, "[0, 0, 1]", "Step 2 is wrong.", "[1]")
    # Faults: two found, one missed and three called that are none. F1 ½ of faults, sound ones 2·2/(2·2 + 3 + 1) too.
    assert figures(results)["F1"] == pytest.approx(
        confusion([0, 0, 1, 1, 0, 1, 1, 1], [0, 0, 1, 0, 1, 0, 0, 1]).inverse_f1
    )
    assert figures(results)["steps"] == pytest.approx(2 / 3)
    assert results.entries[0].headline.overall.read == 2
    assert results.entries[0].official["location_error F1"] < 100.0  # "2" is one label, and 1; then three times 0


def test_a_null_answer_is_unread_in_ours_and_left_out_in_theirs(tmp_path: Path) -> None:
    results = labelled(tmp_path, "[0, 0, 1]", None, "[1]")
    assert results.entries[0].answers.status.tolist() == [Status.OK, Status.UNREAD, Status.OK]
    assert results.entries[0].official["location_error F1"] == 100.0


def test_silence_is_paid_by_the_script_alone(tmp_path: Path) -> None:
    results = labelled(tmp_path, "", "", "")
    assert figures(results)["F1"] == 0.0
    # 8 steps, 3 faulty: F1 of the rest 2·5/(2·5 + 3) weighs 3/8, F1 of faults is 0.
    assert results.entries[0].official["location_error F1"] == pytest.approx(100 * 10 / 13 * 3 / 8)


def test_the_baselines_are_those_of_steps() -> None:
    results = run(STEPS, data=step_rows())
    assert [e.name for e in results.entries] == ["all right", "all wrong", "random at base rate"]
    assert figures(results, "all right")["F1"] == pytest.approx(10 / 13 * 3 / 8)
    assert figures(results, "all wrong")["F1"] == pytest.approx(6 / 11 * 5 / 8)  # 2·3/(2·3 + 5) of faults
    assert figures(results, "all right")["steps"] == pytest.approx((2 / 3 + 3 / 4 + 0) / 3)


def test_a_name_of_a_baseline_is_refused() -> None:
    with pytest.raises(BenchError, match="no baseline's"):
        run(STEPS, {"all right": step_scores()}, data=step_rows(step_scores=[1.0]))


def test_a_process_reward_is_asked_about_every_step() -> None:
    rows = [{**row, "steps_given": [1.0 - label for label in row["task_gt"]]} for row in step_rows()]
    found: list[int] = []

    @reward("vlrmbench_test.steps", range=(0, 1), grain="step")
    def judged(steps: list[str], prompt: str) -> list[float]:
        found.append(len(steps))
        return [1.0 - label for label in LABELS[int(prompt[0])]]

    assert figures(run(STEPS, [judged()], data=rows), "vlrmbench_test.steps")["F1"] == 1.0
    assert found == [3, 4, 1]


def test_a_reward_of_whole_responses_cannot_be_asked_about_steps() -> None:
    @reward("vlrmbench_test.whole", range=(0, 1))
    def judged(response: str) -> float:
        return 1.0

    with pytest.raises(ContractError, match="a value a step"):
        run(STEPS, [judged()], data=step_rows())


def test_rows_of_another_task_are_left_out() -> None:
    other = {**step_rows()[0], "category": "multi_solution"}
    results = run(STEPS, data=[*step_rows(), other, {**step_rows()[0], "task_gt": [0, 2, 1]}])
    assert results.questions.left_out == {"of another task, multi_solution": 1, "task_gt is no list of 0 and 1": 1}


def test_the_task_of_answers_is_the_name_of_their_folder(tmp_path: Path) -> None:
    folder = tmp_path / "location_error"
    folder.mkdir()
    path = folder / "gpt_4o.jsonl"
    path.write_text("\n".join(json.dumps({"id": str(i), "model_answer": str(x)}) for i, x in enumerate(LABELS)))
    assert figures(run(STEPS, outputs={"it": STEPS.outputs(path)}, data=step_rows()))["F1"] == 1.0


def test_the_released_files_and_their_baselines(data_dir: Path) -> None:
    results = run(STEPS, data=data_dir)
    sizes = {name: len(index) for name, index in results.questions.members().items()}
    assert sizes == {"image_ref_error": 58, "location_error": 126}
    ref = results.questions.gold[results.questions.members()["image_ref_error"]]
    assert ((ref == 1).sum(), (ref == 0).sum()) == (641, 165)
    right = next(e for e in results.entries if e.name == "all right").headline.groups["image_ref_error"].estimate
    assert right is not None
    w_neg, f1_neg = 165 / 806, 2 * 641 / (2 * 641 + 165)
    assert right.mean == pytest.approx(w_neg * f1_neg)  # F1 of faults is 0
    assert right.low < right.mean < right.high
    overall = {e.name: round(100 * figures(results, e.name)["F1"], 1) for e in results.entries}
    assert overall == {"all right": 13.7, "all wrong": 22.1, "random at base rate": 25.0}
    assert len(set(results.questions.keys)) == 184  # the eight ids that both tasks have are told apart
    assert results.questions.notes == [
        "groups without an item here: attribute_hallucination, detail_error, existence_hallucination, most_confidence, "
        "redundant_det and 1 more"
    ]


def test_the_released_reasonings_come_apart_into_their_steps(data_dir: Path) -> None:
    for row in STEPS.rows(data_dir):
        (sample,) = vlrmbench.item(row).samples
        assert len(sample["steps"]) == len(row["task_gt"])


# -- solutions ---------------------------------------------------------------------------------------


def solution_rows(n: int = 4) -> list[dict[str, Any]]:
    return [
        {
            "id": str(i),
            "question": "?",
            "image": ["a.png"],
            "step_list": [f"STEP1: right {i}"],
            "reasoning_error": "wrong",
        }
        for i in range(n)
    ]


def test_the_greater_sum_over_both_orders_wins(tmp_path: Path) -> None:
    """Front has the right one first. 8 + 7 > 6 + 5; 9 + 8 = 8 + 9; 5.5 + 5 > 5 + 5, which digits do not see."""
    answers: list[dict[str, Any]] = [
        {"model_answer_front": "[8, 6]", "model_answer_back": "[5, 7]"},
        {"model_answer_front": "[9, 8]", "model_answer_back": "[9, 8]"},
        {"model_answer_front": "[5.5, 5]", "model_answer_back": "[5, 5]"},
        {"model_answer_front": None, "model_answer_back": "[1, 9]"},
    ]
    numbers: list[dict[str, Any]] = [
        {"model_answer_front": "9" * 5000 + ", 1", "model_answer_back": "[1, 2]"},  # more than a float holds
        {"model_answer_front": 3, "model_answer_back": ["[1, 2]"]},  # no texts
        *answers[:2],
    ]
    assert answered(tmp_path, SOLUTIONS, solution_rows(), numbers).entries[0].official["accuracy"] == 50.0
    results = answered(tmp_path, SOLUTIONS, solution_rows(), answers)
    assert figures(results) == {"accuracy": (1 + 0.5 + 1 + 0) / 4, "strict": 0.5}
    assert results.entries[0].official["accuracy"] == 50.0  # the first, and the last: null is 0 and 0


def test_a_judge_that_favours_a_place_is_even_by_both_orders_and_right_if_the_right_one_stands_there() -> None:
    @reward("vlrmbench_test.front", native="pairwise", range=(0, 1))
    def front(responses: list[str]) -> float:
        return 1.0

    found = run(SOLUTIONS, [front()], data=solution_rows())
    assert figures(found, "vlrmbench_test.front") == {"accuracy": 0.5, "strict": 0.0}
    assert figures(found, "first")["accuracy"] == 1.0


# -- foresight ---------------------------------------------------------------------------------------


def foresight_rows(*ends: Any) -> list[dict[str, Any]]:
    return [
        {"id": str(i), "question": f"{i}?", "image": [], "step_list": ["STEP1: …"], "task_gt": end}
        for i, end in enumerate(ends)
    ]


def test_forecasts_are_right_or_wrong(tmp_path: Path) -> None:
    rows = foresight_rows(True, False, True, False)
    answers = [{"model_answer": text} for text in ("Yes", "yes, no", "No", None)]
    results = answered(tmp_path, FORESIGHT, rows, answers)
    assert figures(results)["accuracy"] == 0.25
    official = results.entries[0].official["accuracy"]
    assert official == pytest.approx(100 * 2 / 3)  # both words are right; null is left out


def test_a_value_of_half_is_undecided(tmp_path: Path) -> None:
    rows = foresight_rows(True, False, True)
    answers: list[dict[str, Any]] = [{"scores": [score]} for score in (0.9, 0.5, 0.1)]
    results = answered(tmp_path, FORESIGHT, rows, answers)
    assert figures(results)["accuracy"] == 0.5
    assert figures(results)["AUROC"] == 0.5  # above the one that ends wrong, and below it


def test_a_row_that_does_not_say_how_it_ends_is_left_out() -> None:
    results = run(FORESIGHT, data=foresight_rows(True, "maybe"))
    assert results.questions.left_out == {"task_gt is neither true nor false": 1}


def test_a_judge_of_pairs_cannot_be_asked_about_single_reasonings() -> None:
    @reward("vlrmbench_test.pairs", native="pairwise", range=(0, 1))
    def pairs(responses: list[str]) -> float:
        return 1.0

    with pytest.raises(ContractError, match="about single ones"):
        run(FORESIGHT, [pairs()], data=foresight_rows(True))


# -- critique ----------------------------------------------------------------------------------------


def test_a_critic_wins_ties_and_loses_by_the_sum_of_both_orders(tmp_path: Path) -> None:
    """judge_res_1 has the reference first: 7 + 8 > 6 + 7, 5 + 5 = 5 + 5, 1 + 1 < 9 + 9, and one is unread."""
    texts = {"task_gt": "reference", "model_answer": "critic", "reasoning_error": "wrong"}
    rows = [{"id": str(i), "question": "?", "image": [], **texts} for i in range(4)]
    judged = [([6, 7], [8, 7]), ([5, 5], [5, 5]), ([9, 1], [1, 9]), ([9], [1, 9])]
    folder = tmp_path / "error_reason_analysis"
    folder.mkdir()
    results = answered(folder, CRITIQUE, rows, [{"judge_res_1": a, "judge_res_2": b} for a, b in judged])
    assert figures(results) == {"win rate": (1 + 0.5 + 0 + 0) / 4, "wins": 0.25, "ties": 0.25}
    assert results.questions.groups[0] == "error_reason_analysis"
