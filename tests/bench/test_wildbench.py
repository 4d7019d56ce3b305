"""WildBench: released scores of a judge, and its five grades with the length rule."""

import json
from pathlib import Path
from typing import Any

import pytest

from guerdon import reward
from guerdon.bench import BenchError, Entry, Output, load, run
from guerdon.bench.suites._wildbench import OUTCOMES, choice, macro, parse_result, tasks
from guerdon.bench.suites.wildbench_pairwise import RIVALS
from guerdon.scores import Status

SCORES, COMPARED = load("wildbench-score"), load("wildbench-pairwise")


def entry_of(benchmark: Any, rows: list[dict[str, Any]], told: list[dict[str, Any]] | None, folder: Path) -> Entry:
    """The data, and outputs that may be the same rows."""
    (folder / "mine.json").write_text(json.dumps(rows))
    (folder / "told.json").write_text(json.dumps(rows if told is None else told))
    outputs = benchmark.outputs(folder / ("mine.json" if told is None else "told.json"))
    return run(benchmark, outputs={"judge": outputs}, data=folder / "mine.json").entries[0]


def percent(one: Entry) -> float:
    assert one.headline.overall.estimate is not None
    return one.headline.overall.estimate.mean


# -- scores ------------------------------------------------------------------------------------------


def test_the_released_scores_of_one_model(data_dir: Path) -> None:
    path = data_dir / "wildbench" / "score_reka-edge.json"
    found = run(SCORES, outputs={"gpt-4o": SCORES.outputs(path)}, data=path)
    entry = found.entries[0]
    assert entry.official["mean score"] == pytest.approx(6.159335288367546)  # as in the leaderboard's file
    assert entry.official["WB-Score"] == percent(entry) == pytest.approx(23.186705767350926)
    estimate = entry.headline.overall.estimate
    assert estimate is not None
    assert estimate.n == 1023
    assert 20 < estimate.low < 23.19 < estimate.high < 26
    assert [one.name for one in found.entries] == ["gpt-4o"]  # nothing is better than another, so no baselines


def task(n: int, text: str = "Sure.", **columns: Any) -> dict[str, Any]:
    return {"session_id": str(n), "model_output": text, **columns}


def test_a_score_is_a_number_though_written_as_text(tmp_path: Path) -> None:
    rows = [task(n, score=score) for n, score in enumerate(("10", 9, "8"))]
    assert percent(entry_of(SCORES, rows, None, tmp_path)) == pytest.approx(80.0)


def test_a_score_off_the_scale_is_none(tmp_path: Path) -> None:
    rows = [task(0, score="7"), task(1, score="70"), task(2, score="?")]
    found = entry_of(SCORES, rows, None, tmp_path)
    assert (percent(found), found.headline.overall.read) == (40.0, 1)
    assert found.official["mean score"] == 38.5  # the script takes any number


def test_replies_of_a_judge_are_read_both_ways(tmp_path: Path) -> None:
    texts = ['{"score": 7}', '```json\n{"score": "8"}\n```', '{"score": 9, "weaknesses": "a "b""}', "Score: 6/10", "?"]
    told = [{"id": str(n), "result": text} for n, text in enumerate(texts)]
    found = entry_of(SCORES, [task(n) for n in range(5)], told, tmp_path)
    assert found.answers.values[:, 0].tolist()[:2] == [7.0, 8.0]
    assert found.headline.overall.read == 4
    assert found.official["mean score"] == 7.5  # quoted scores, or whole JSON


def test_every_item_counts_in_all_its_groups(tmp_path: Path) -> None:
    rows = [
        task(0, primary_tag="Math", secondary_tags=["Data Analysis", "Planning"], score=9),
        task(1, primary_tag="Coding & Debugging", secondary_tags=[], score=5),
        task(2, "", primary_tag="Math", secondary_tags=[], score=1),
        task(3, "x... (truncated)", primary_tag="Math", secondary_tags=[], score=1),
    ]
    found = entry_of(SCORES, rows, None, tmp_path).official
    # maths 9 (once, weight 1), planning 9 (1.25), coding 5 (1.25), over 4.75; empty and cut answers in no group
    assert found["task macro"] == pytest.approx(((9 + 1.25 * 9 + 1.25 * 5) / 4.75 - 5) * 20)
    assert found["mean score"] == 4.0


def test_tasks_have_five_groups_and_no_others() -> None:
    assert tasks({"primary_tag": "Others", "secondary_tags": ["Editing"]}) == ("Creative Tasks", "Creative Tasks")
    with pytest.raises(ValueError, match="an unknown tag: Poems"):
        tasks({"primary_tag": "Poems"})
    assert tasks({}) == ()
    assert macro([1.0], [()]) is None


def test_a_reward_on_another_scale_is_refused() -> None:
    @reward("toy.wildbench_share", range=(0, 1))
    def share(response: str) -> float:
        return 0.5

    with pytest.raises(BenchError, match=r"scores from 1 to 10, not 0\.5"):
        run(SCORES, {"share": share()}, data=[task(0), task(1)])


# -- comparisons -------------------------------------------------------------------------------------

MINE = "lab/mine"


def compared(
    n: int, winner: str = MINE, extent: int = 1, lengths: tuple[int, int] = (10, 10), **columns: Any
) -> dict[str, Any]:
    rival = columns.pop("rival", RIVALS[0])
    texts = {MINE: "x" * lengths[0], rival: "y" * lengths[1]}
    return {"session_id": str(n), "model_outputs": texts, "winner": winner, "extent": extent, **columns}


def test_five_grades_make_the_reward(tmp_path: Path) -> None:
    told = ((MINE, 2), (MINE, 1), ("tie", 0), (RIVALS[0], 1), (RIVALS[0], 2), (MINE, 2))
    found = entry_of(COMPARED, [compared(n, *one) for n, one in enumerate(told)], None, tmp_path)
    assert percent(found) == pytest.approx(100 / 6)
    assert found.official[f"{RIVALS[0]}, K=-1"] == pytest.approx(100 / 6)


def test_a_slight_win_of_the_longer_is_a_tie_beyond_500_characters(tmp_path: Path) -> None:
    rows = [compared(0, lengths=(801, 300)), compared(1, lengths=(800, 300)), compared(2, extent=2, lengths=(900, 0))]
    rows.append(compared(3, RIVALS[0], lengths=(300, 801)))
    found = entry_of(COMPARED, rows, None, tmp_path)
    assert found.official[f"{RIVALS[0]}, K=500"] == pytest.approx(100 * (0 + 0.5 + 1 + 0) / 4)
    assert found.official[f"{RIVALS[0]}, K=-1"] == percent(found) == pytest.approx(100 * (0.5 + 0.5 + 1 - 0.5) / 4)


def test_what_was_cut_or_empty_counts_nothing_and_is_divided_by(tmp_path: Path) -> None:
    cut = compared(1, extent=2)
    cut["model_outputs"][MINE] = "too long... (truncated)"
    empty = compared(2, extent=2)
    empty["model_outputs"][RIVALS[0]] = "[This model response is empty.]"
    found = entry_of(COMPARED, [compared(0, extent=2), cut, empty], None, tmp_path)
    assert (percent(found), round(found.official[f"{RIVALS[0]}, K=500"], 6)) == (100.0, 33.333333)


def test_the_mix_is_the_mean_over_three_rivals(tmp_path: Path) -> None:
    rows = [
        compared(0, rival=rival, winner=MINE if i < 2 else "tie", extent=2 if i < 2 else 0)
        for i, rival in enumerate(RIVALS)
    ]
    found = entry_of(COMPARED, rows, None, tmp_path)
    assert found.official["mix, K=500"] == pytest.approx(200 / 3)
    assert {name: figure.items for name, figure in found.headline.groups.items()} == dict.fromkeys(RIVALS, 1)


def test_of_two_rivals_the_file_says_which_is_judged(tmp_path: Path) -> None:
    row = compared(0, winner=f"meta/{RIVALS[2]}", extent=2, rival=RIVALS[0])
    row["model_outputs"] = {RIVALS[0]: "a", f"meta/{RIVALS[2]}": "b"}
    path = tmp_path / f"{RIVALS[2]}.json"
    path.write_text(json.dumps([row]))
    found = run(COMPARED, outputs={"judge": COMPARED.outputs(path)}, data=path)
    assert (found.questions.groups, percent(found.entries[0])) == ([RIVALS[0]], 100.0)
    path.rename(tmp_path / "unnamed.json")
    with pytest.raises(BenchError, match="may be the rival"):
        list(COMPARED.outputs(tmp_path / "unnamed.json"))


@pytest.mark.parametrize(("given", "outcome"), OUTCOMES.items())
def test_replies_are_turned_back(given: str, outcome: float, tmp_path: Path) -> None:
    told = [{"id": f"0/{RIVALS[0]}", "result": json.dumps({"choice": given}), "swapped": True}]
    found = entry_of(COMPARED, [compared(0)], told, tmp_path)
    assert (percent(found), found.official[f"{RIVALS[0]}, K=-1"]) == (-100 * outcome, -100 * outcome)


def test_a_reward_that_is_asked_wins_or_loses() -> None:
    @reward("toy.wildbench_longer", range=(0, None))
    def longer(response: str) -> float:
        return len(response) / 7

    rows = [compared(0, lengths=(30, 20)), compared(1, lengths=(20, 30)), compared(2, lengths=(40, 30))]
    assert percent(run(COMPARED, {"long": longer()}, data=rows).entries[0]) == pytest.approx(100 / 3)


@pytest.mark.parametrize("text", ['{"choice": "A"}', "A+", "", '{"choice": "A+"} or {"choice": "B+"}', '{"choice": "'])
def test_a_choice_that_is_none_is_no_tie(text: str) -> None:
    assert choice(text).status in (Status.UNREAD, Status.ABSTAINED)


def test_a_choice_in_broken_json_is_read() -> None:
    assert choice('{"reason": "a "b"", "choice": "A++"').value == 1.0


def test_hostile_replies_are_read_in_time() -> None:
    for bomb in (
        "[" * 900_000,
        '"choice": ' * 90_000,
        '"choice": "' * 80_000,
        '{"a":' * 100_000,
        "'choice'" + " " * 900_000,
    ):
        assert choice(bomb).value is None
        assert isinstance(parse_result(bomb), dict)


def test_an_output_of_something_else_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="an output has scores"):
        entry_of(COMPARED, [compared(0)], [{"session_id": "0"}], tmp_path)


def test_unanswered_items_are_partial_and_not_ties() -> None:
    found = run(COMPARED, outputs={"r": [Output(f"0/{RIVALS[0]}", (1.0, 0.0))]}, data=[compared(0), compared(1)])
    assert found.entries[0].notes[0].startswith("partial: 1 of 2")
    assert found.entries[0].official[f"{RIVALS[0]}, K=-1"] == 100.0
