"""JudgeAnything: pairs and scores in 15 directions, from the files as they are released."""

import json
from pathlib import Path
from typing import Any

import pytest

from guerdon import Image, Video, reward
from guerdon.bench import BenchError, Entry, Results, load, run
from guerdon.bench.suites import _rubrics as rubrics
from guerdon.bench.suites import judge_anything_pair, judge_anything_score
from guerdon.bench.suites._judge_anything import DIRECTIONS, GENERATION, UNDERSTANDING
from guerdon.rules.shape import chars
from guerdon.sample import prompt_text
from guerdon.scores import Status

PAIR, SCORE = load("judge-anything-pair"), load("judge-anything-score")
MODELS = ("one", "two", "three", "four")


def choice(i: int, code: Any, *, pair: str = "one_vs_two", task: str = "Text2Text", **more: Any) -> dict[str, Any]:
    return {"uniq_id": f"t{i}", "task_name": task, "model_pair": pair, "rubric_name": "overall_score", "choice": code,
            "comment": "", **more}  # fmt: skip


def score(i: int, mark: Any, *, model: str = "one", task: str = "Text2Text", **more: Any) -> dict[str, Any]:
    return {"uniq_id": f"t{i}", "task_name": task, "model_name": model, "rubric_name": "overall_score", "score": mark,
            "comment": "", **more}  # fmt: skip


def pairs(human: list[dict[str, Any]], judge: list[dict[str, Any]]) -> Entry:
    return run(PAIR, outputs={"it": judge_anything_pair.told(judge)}, data=human).entries[0]


def scores(human: list[dict[str, Any]], judge: list[dict[str, Any]]) -> Entry:
    return run(SCORE, outputs={"it": judge_anything_score.told(judge)}, data=human).entries[0]


def figures(entry: Entry) -> dict[str, float]:
    return {line.metric: line.overall.estimate.mean for line in entry.lines if line.overall.estimate is not None}


def named(results: Results, name: str) -> Entry:
    return next(entry for entry in results.entries if entry.name == name)


def write(folder: Path, *, task: str = "Text2Text", kind: str = "text", given: dict[str, Any] | None = None) -> Path:
    """The released files, with one task and its four answers, in the folders of the repository."""
    contents = [f"{name} says this" if kind == "text" else f"made/{name}.bin" for name in MODELS]
    said = [{"uniq_id": "t0", "response_id": f"r{k}", "task_name": task, "model_name": name,
             "response": {"type": kind, "content": content}}
            for k, (name, content) in enumerate(zip(MODELS, contents, strict=True))]  # fmt: skip
    files = {
        "X2XRawBenchmark/TaskAnything.json": [
            {"uniq_id": "t0", "task_name": task, "question": "What?", **(given or {})},
        ],
        "ResponseCollection/JudgeAnything.json": said,
        "Checklist/checklist.json": [{"uniq_id": "t0", "rubric": "clarity", "checklists": ["Is it plain?"]}],
        "Preference/Human_Pairing.json": [
            choice(0, "0", task=task), choice(0, "2", pair="three_vs_four", task=task),
        ],
        "Preference/Human_Scoring.json": [score(0, k + 1, model=name, task=task) for k, name in enumerate(MODELS)],
    }  # fmt: skip
    for name, rows in files.items():
        path = folder / "dataset" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(rows))
    return folder


# -- codes and rubrics -------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "lead"), [("0", 1.0), ("1", 0.0), ("2", -1.0), (0, 1.0), (2.0, -1.0)])
def test_a_choice_of_0_is_the_first_1_a_tie_and_2_the_second(code: Any, lead: float) -> None:
    assert rubrics.lead(code) == lead


@pytest.mark.parametrize("code", ["first", "3", "", None, True, "A", -1])
def test_any_other_choice_is_none(code: Any) -> None:
    assert rubrics.lead(code) != rubrics.lead(code)


def test_15_directions_5_of_them_to_text() -> None:
    assert (len(DIRECTIONS), len(set(DIRECTIONS)), len(UNDERSTANDING), len(GENERATION)) == (15, 15, 5, 10)
    assert all(name.endswith("2Text") for name in UNDERSTANDING)
    assert not any(name.endswith("2Text") for name in GENERATION)


def test_majority_and_mean_make_one_mark_of_several() -> None:
    marks = dict(zip(rubrics.RUBRICS, (1.0, 1.0, 0.0, 0.0, 0.0, -1.0), strict=True))
    assert rubrics.reduced(marks, "majority") == 0.0  # three ties
    assert rubrics.reduced(marks, "mean") == pytest.approx(1 / 6)
    scores = dict(zip(rubrics.RUBRICS, (4.0, 4.0, 4.0, 5.0, 5.0, 5.0), strict=True))
    assert rubrics.reduced(scores, "majority") == rubrics.reduced(scores, "mean") == 4.5


WIDE = {"relevance_choice": "0", "relevance_comment": "close", "clarity_choice": "2"}


@pytest.mark.parametrize(
    "said",
    [
        WIDE, {"response": json.dumps(WIDE)}, {"response": f"```json\n{json.dumps(WIDE)}\n```"}, {"result": WIDE},
        {"response": str(WIDE)},
    ],
    ids=["columns", "json", "fenced", "cell", "single quotes"],
)  # fmt: skip
def test_rubrics_are_read_from_columns_a_cell_or_a_text(said: dict[str, Any]) -> None:
    assert rubrics.marks(said, "choice") == {"relevance": "0", "clarity": "2"}


# -- pairs -------------------------------------------------------------------------------------------


def test_accuracy_with_and_without_what_people_call_a_tie() -> None:
    """Five pairs, of which people decided three: the judge has one, ties one and misses one; of the ties it has one."""
    entry = pairs(
        [choice(i, code) for i, code in enumerate("00211")], [choice(i, code) for i, code in enumerate("01010")]
    )
    assert figures(entry) == {
        "accuracy": pytest.approx((1 + 0.5 + 0) / 3), "with ties": 2 / 5, "at best threshold": 2 / 5,
        "MMU": pytest.approx(0.5),
    }  # fmt: skip
    assert entry.official["with ties"] == pytest.approx(40)
    assert entry.official["without ties"] == pytest.approx(100 / 3)  # the judge's tie is wrong


def test_a_judge_whose_1_means_first_falls() -> None:
    human = [choice(i, code) for i, code in enumerate("002210")]
    elsewhere = {"0": "1", "2": "2", "1": "0"}
    same, misread = pairs(human, human), pairs(human, [row | {"choice": elsewhere[row["choice"]]} for row in human])
    assert figures(same)["accuracy"] == figures(same)["with ties"] == 1.0
    assert figures(misread)["with ties"] == pytest.approx(2 / 6)  # only the second is coded alike
    assert figures(misread)["accuracy"] == pytest.approx((3 * 0.5 + 2) / 5)


def test_who_always_ties_is_even_and_right_about_ties_only() -> None:
    results = run(PAIR, data=[choice(i, code) for i, code in enumerate("00211")])
    assert figures(named(results, "constant")) == {"accuracy": 0.5, "with ties": 0.4, "at best threshold": 0.4,
                                                   "MMU": 0.5}  # fmt: skip
    assert figures(named(results, "first"))["with ties"] == 2 / 5


def test_directions_are_groups_and_weigh_the_same_in_their_mean() -> None:
    human = [*(choice(i, "0") for i in range(3)), choice(3, "0", task="Text2Image")]
    judge = [*(choice(i, "0") for i in range(3)), choice(3, "2", task="Text2Image")]
    line = pairs(human, judge).headline
    assert line.overall.estimate is not None
    assert line.macro is not None
    assert (line.overall.estimate.mean, line.macro.mean) == (0.75, 0.5)
    assert {"MMU": 1.0, "MMG": 0.0}.items() <= figures(pairs(human, judge)).items()
    official = pairs(human, judge).official
    assert (official["MMU with ties"], official["MMG with ties"]) == (100.0, 0.0)


def test_rubrics_become_one_choice_by_majority_and_official_figures_have_the_mean_too() -> None:
    """Two say first, three tie, one says second: a tie by majority, the first by the mean; people say first."""
    judge = [choice(0, code, rubric_name=name) for name, code in zip(rubrics.RUBRICS, "001112", strict=True)]
    entry = pairs([choice(0, "0")], judge)
    assert figures(entry)["accuracy"] == 0.5
    assert entry.official["by majority: with ties"] == entry.official["with ties"] == 0.0
    assert entry.official["by mean: with ties"] == 100.0


def test_rubrics_are_compared_where_people_judged_them_too() -> None:
    human = [choice(0, code, rubric_name=name) for name, code in zip(rubrics.RUBRICS, "000012", strict=True)]
    judge = [choice(0, code, rubric_name=name) for name, code in zip(rubrics.RUBRICS, "001112", strict=True)]
    official = pairs(human, judge).official
    assert [official[f"{name}: with ties"] for name in rubrics.RUBRICS] == [100.0, 100.0, 0.0, 0.0, 100.0, 100.0]
    assert official["over rubrics: with ties"] == pytest.approx(100 * 4 / 6)
    assert "over rubrics: without ties" not in official  # of coherence people decided none


def test_several_people_are_averaged() -> None:
    human = [choice(0, "0"), choice(0, "0"), choice(0, "2"), choice(1, "0"), choice(1, "2")]
    results = run(PAIR, data=human)
    assert len(results.questions) == 2
    gaps = (results.questions.gold[:, 0] - results.questions.gold[:, 1]).tolist()
    assert gaps == [pytest.approx(1 / 3), 0.0]


def test_a_choice_by_people_that_is_no_code_leaves_the_pair_out() -> None:
    results = run(PAIR, data=[choice(0, "0"), choice(1, "first")])
    assert results.questions.left_out == {"overall: 'first' is no choice": 1}


def test_unknown_columns_are_named() -> None:
    with pytest.raises(BenchError, match="no choice among the columns file, uniq_id, winner"):
        run(PAIR, data=[{"file": "Human_Pairing", "uniq_id": "t0", "winner": "one"}])


def test_outputs_of_unknown_columns_are_an_error_that_names_them() -> None:
    with pytest.raises(BenchError, match="the columns are: uniq_id, winner"):
        pairs([choice(0, "0")], [{"uniq_id": "t0", "winner": "one"}])


@pytest.mark.parametrize("code", ["3", None, "first"])
def test_a_choice_of_the_judge_that_is_no_code_is_unread_and_wrong(code: Any) -> None:
    entry = pairs([choice(0, "1"), choice(1, "0")], [choice(0, code), choice(1, "0")])
    assert entry.answers.status.tolist() == [Status.UNREAD, Status.OK]
    assert figures(entry)["with ties"] == 0.5
    assert entry.official["with ties"] == 50.0


def test_a_text_that_is_no_json_is_unread() -> None:
    told = {"uniq_id": "t0", "task_name": "Text2Text", "model_pair": "one_vs_two", "response": "The first one."}
    assert pairs([choice(0, "0")], [told]).answers.status.tolist() == [Status.UNREAD]


def test_outputs_come_in_any_order_and_in_our_own_form(tmp_path: Path) -> None:
    human, judge = ([choice(i, code) for i, code in enumerate(codes)] for codes in ("0021", "0121"))
    assert figures(pairs(human, judge)) == figures(pairs(human, judge[::-1]))
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join(json.dumps({"id": f"t{i} one_vs_two", "scores": s}) for i, s in enumerate(OWN)))
    own = run(PAIR, outputs={"it": PAIR.outputs(path)}, data=human).entries[0]
    assert figures(own) == figures(pairs(human, judge))


OWN = ([1, 0], [3, 3], [0, 2], [0, 0])


# -- the files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("below", [".", "dataset"])
def test_tasks_answers_and_what_people_said_are_joined(tmp_path: Path, below: str) -> None:
    write(tmp_path)
    if below == "dataset":
        (tmp_path / "dataset").rename(tmp_path / "judge_anything")
    results = run(PAIR, [chars()], data=tmp_path)
    assert results.questions.keys == ["t0 one_vs_two", "t0 three_vs_four"]
    assert results.questions.gold.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    first, second = results.questions.examples[0].samples
    assert (prompt_text(first), first["response"], second["response"]) == ("What?", "one says this", "two says this")
    assert (first["checklist"], second["model"]) == (["Is it plain?"], "two")
    assert results.questions.clustered


def test_pairs_that_nobody_judged_are_left_out_and_counted(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "dataset/Preference/Human_Pairing.json").write_text(json.dumps([choice(0, "0")]))
    results = run(PAIR, data=tmp_path)
    assert (results.questions.keys, results.questions.left_out) == (["t0 one_vs_two"], {"no choice by people": 1})


@pytest.mark.parametrize(("kind", "of"), [("image", Image), ("video", Video)])
def test_media_are_named_below_their_files_folder(tmp_path: Path, kind: str, of: type) -> None:
    direction = f"Image2{kind.title()}"
    write(tmp_path, task=direction, kind=kind, given={"image_path": ["given/a.png", "given/b.png"]})
    item = run(PAIR, data=tmp_path).questions.examples[0]
    sample = item.samples[0]
    assert (item.group, sample["response"]) == (direction, None)
    assert isinstance(sample[kind], of)
    assert where(sample[kind]) == tmp_path / "dataset/ResponseCollection/made/one.bin"
    parts = sample["prompt"][0]["content"]
    assert [part["type"] for part in parts] == ["image", "image", "text"]
    assert where(parts[1]["image"]) == tmp_path / "dataset/X2XRawBenchmark/given/b.png"


def where(medium: Any) -> Path:
    assert medium.content.root is not None
    return Path(medium.content.root / medium.content.place)


def test_a_few_rows_show_every_direction() -> None:
    human = [choice(i, "0", task=DIRECTIONS[i // 3], pair="a_vs_b") for i in range(45)]
    assert set(run(PAIR, data=human, limit=15).questions.groups) == set(DIRECTIONS)


# -- scores ------------------------------------------------------------------------------------------


def test_scores_are_exact_or_off_by_so_much() -> None:
    """Off by 0, 0, 1 and 2; the ranks of 1 2 3 4 and 1 2 4 2 correlate by 0.632."""
    entry = scores([score(i, k) for i, k in enumerate((1, 2, 3, 4))], [score(i, k) for i, k in enumerate("1242")])
    found = figures(entry)
    assert (found["exact"], found["MAE"]) == (0.5, 0.75)
    assert found["Spearman"] == pytest.approx(3 / 22.5**0.5)
    assert found["Pearson"] == pytest.approx(0.5130, abs=1e-4)
    assert entry.official["exact"] == 50.0
    assert entry.official["MAE"] == 0.75


def test_a_mean_of_rubrics_is_rounded_to_be_exact_and_not_for_its_error() -> None:
    judge = [score(0, k, rubric_name=name) for name, k in zip(rubrics.RUBRICS, (4, 4, 4, 4, 5, 5), strict=True)]
    entry = scores([score(0, 4), score(1, 3)], [*judge, score(1, 3)])
    assert figures(entry)["exact"] == 1.0
    assert figures(entry)["MAE"] == pytest.approx((1 / 3 + 0) / 2)
    assert entry.official["by majority: exact"] == 100.0


@pytest.mark.parametrize("mark", [0, 6, "good", None, float("nan")])
def test_a_score_off_the_scale_is_unread_and_wrong(mark: Any) -> None:
    entry = scores([score(0, 4), score(1, 3)], [score(0, mark), score(1, 3)])
    assert entry.answers.status.tolist() == [Status.UNREAD, Status.OK]
    assert (figures(entry)["exact"], figures(entry)["MAE"]) == (0.5, 0.0)
    assert entry.official["exact"] == 50.0


def test_a_reward_on_another_scale_has_no_error_but_correlates(tmp_path: Path) -> None:
    write(tmp_path)
    results = run(SCORE, [chars()], data=tmp_path)
    found = figures(named(results, "length.chars"))
    assert "MAE" not in found
    assert found["Spearman"] == pytest.approx(3.5 / 22.5**0.5)  # lengths 13, 13, 15 and 14 for 1, 2, 3 and 4
    assert found["exact"] == 0.0


def test_the_commonest_score_is_the_baseline() -> None:
    results = run(SCORE, data=[score(i, k) for i, k in enumerate((4, 4, 4, 2, 5))])
    found = figures(named(results, "commonest level"))
    assert found["exact"] == 0.6
    assert found["MAE"] == pytest.approx((2 + 1) / 5)
    assert "Pearson" not in found
    assert named(results, "random at base rate").answers.values[:, 0].tolist().count(4.0) == 3


def test_under_the_wrong_prompt_an_answer_keeps_what_was_made() -> None:
    @reward("judge_anything_test.made", range=(0, 1))
    def made(prompt: str, video: str) -> float:
        return float(prompt[-1] in video)

    task = {"task_name": "Text2Video", "question": "make"}
    data = [
        row
        for i in range(2)
        for row in (
            {"uniq_id": f"t{i}", **task, "question": f"make {i}"},
            {"uniq_id": f"t{i}", **task, "model_name": "one", "response": {"type": "video", "content": f"v{i}.mp4"}},
            score(i, 3, task="Text2Video"),
        )
    ]
    results = run(SCORE, [made()], data=data, wrong_pair=True)
    asked, wrong = (named(results, name).answers.values[:, 0].tolist() for name in (NAME, f"{NAME}, wrong pair"))
    assert (asked, wrong) == ([1.0, 1.0], [0.0, 0.0])


NAME = "judge_anything_test.made"


def test_an_answer_of_an_unknown_kind_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, kind="smell")
    with pytest.raises(BenchError, match="an answer of a kind nobody foresaw: 'smell'"):
        run(SCORE, data=tmp_path)
