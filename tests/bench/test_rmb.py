"""RMB: pairs, and lists with one best answer."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from guerdon import reward
from guerdon.bench import Entry, Output, Results, load, run
from guerdon.scores import Status

PAIRS, LISTS = load("rmb-pairwise"), load("rmb-bon")
BASELINES = {  # percent on the real items, the headline
    "rmb-pairwise": {"constant": 50.0, "longer": 68.5, "shorter": 31.5, "first": 100.0},
    "rmb-bon": {"constant": 31.0, "longer": 47.1, "shorter": 18.4, "first": 100.0},
}
TURNS = [{"role": "user", "content": "Hello?", "language": "English"}]


@pytest.fixture(scope="module")
def real(data_dir: Path) -> dict[str, Results]:
    return {benchmark.name: run(benchmark, data=data_dir) for benchmark in (PAIRS, LISTS)}


def entry(found: Results, name: str) -> Entry:
    return next(one for one in found.entries if one.name == name)


@pytest.mark.parametrize("name", BASELINES)
def test_trivial_baselines_on_the_real_items(real: dict[str, Results], name: str) -> None:
    for baseline, percent in BASELINES[name].items():
        estimate = entry(real[name], baseline).headline.overall.estimate
        assert estimate is not None
        assert round(100 * estimate.mean, 1) == percent
        if baseline in ("longer", "shorter"):
            assert estimate.mean - 0.05 < estimate.low < estimate.mean < estimate.high < estimate.mean + 0.05


def test_the_real_items_are_of_helpfulness_alone(real: dict[str, Results]) -> None:
    assert (len(real["rmb-pairwise"].questions), len(real["rmb-bon"].questions)) == (2279, 702)
    assert all(group.startswith("Helpfulness/") for found in real.values() for group in found.questions.groups)


def test_pairs_of_one_conversation_are_not_independent(real: dict[str, Results]) -> None:
    questions = real["rmb-pairwise"].questions
    assert questions.clustered
    assert len(set(questions.clusters.tolist())) == 526


# -- made here ---------------------------------------------------------------------------------------


@reward("toy.rmb_good", range=(0, 2))
def good(response: str) -> float:
    return 2.0 * ("good" in response) + ("fair" in response)


def said(text: str) -> dict[str, str]:
    return {"llm_name": "a model", "answer": text}


def pair(n: int, goal: str = "Helpfulness", worse: str = "bad") -> dict[str, Any]:
    path = f"Pairwise_set/{goal}/Chat/Discussion"
    return {"pair_uid": str(n), "conversation_input": TURNS, "chosen": said("good"), "reject": said(worse),
            "category_path": path}  # fmt: skip


def bon(n: int, *losers: str, goal: str = "Helpfulness") -> dict[str, Any]:
    return {"bon_uid": str(n), "conversation_input": TURNS, "bon_best": said("good"),
            "loser_list": [said(text) for text in losers], "category_path": f"BoN_set/{goal}/S1"}  # fmt: skip


def test_the_mean_is_over_goals_however_many_pairs_each_has() -> None:
    rows = [pair(0), pair(1), pair(2), pair(3, "Harmlessness", worse="good too")]
    found = run(PAIRS, {"good": good()}, data=rows).entries[0]
    assert found.official == {"Helpfulness": 100.0, "Harmlessness": 0.0, "mean": 50.0}  # a tie is wrong there
    assert found.headline.overall.estimate is not None
    assert found.headline.overall.estimate.mean == 3.5 / 4


def test_a_list_counts_only_if_the_best_beats_every_loser() -> None:
    rows = [bon(0, "bad", "fair"), bon(1, "bad", "good as well"), bon(2, "bad", "bad", "bad", goal="Harmlessness")]
    found = run(LISTS, {"good": good()}, data=rows).entries[0]
    assert found.official == {"Helpfulness": 50.0, "Harmlessness": 100.0, "mean": 75.0}
    assert found.headline.overall.estimate is not None
    assert found.headline.overall.estimate.mean == pytest.approx((1 + 0.5 + 1) / 3)


def test_what_could_not_be_read_is_wrong_and_what_was_not_answered_is_left_out() -> None:
    told = [Output("0", (1.0, 0.0)), Output("1", (math.nan, 0.0), Status.UNREAD, "nan")]
    for rows, counted in (([pair(0), pair(1)], 50.0), ([pair(0), pair(1), pair(2)], 50.0)):
        assert run(PAIRS, outputs={"it": told}, data=rows).entries[0].official == {"Helpfulness": counted}


def test_a_list_without_losers_is_no_item() -> None:
    found = run(LISTS, {"good": good()}, data=[bon(0, "bad"), bon(1)])
    assert found.questions.left_out == {"no other answer": 1}


def test_the_prompt_is_the_conversation() -> None:
    @reward("toy.rmb_turns", range=(0, 1))
    def reads(messages: list[Any], response: str) -> float:
        return float(messages == [{"role": "user", "content": "Hello?"}] and "good" in response)

    assert run(PAIRS, {"reads": reads()}, data=[pair(0)]).entries[0].official["Helpfulness"] == 100.0


def test_a_row_without_a_path_is_of_the_group_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "S7.json"
    path.write_text(json.dumps([{k: v for k, v in pair(0).items() if k != "category_path"}]))
    assert run(PAIRS, {"good": good()}, data=path).questions.groups == ["S7"]
