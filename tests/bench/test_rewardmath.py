"""RewardMATH: released outputs of eleven judges and reward models, to the printed digits."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from guerdon import reward
from guerdon.bench import BenchError, Entry, Output, Results, load, run
from guerdon.bench.suites.rewardmath import RIGHT, outputs
from guerdon.metrics.steps import Aggregate
from guerdon.scores import Status

BENCHMARK = load("rewardmath")
OFFICIAL = {  # Acc, Acc (w/ tie), MRR, to the three digits that the script prints
    "internlm2": (37.267, 37.267, 55.171), "skywork_llama3": (22.153, 22.153, 44.694),
    "ArmoRM": (20.497, 21.532, 42.182), "Eurus-RM": (16.977, 16.977, 38.303), "oasst-rm": (7.039, 7.039, 27.026),
    "gpt4o_pairwise": (24.638, 24.638, 48.922), "prometheus_7B_pairwise": (2.277, 2.277, 21.638),
    "llama3_8B_pairwise": (0.621, 0.621, 19.065), "chatgpt": (0.206, 64.742, 13.988),
}  # fmt: skip
STEPS = {  # Acc and MRR by how steps are made one score
    "ReasonEval_7B": {"geometric_mean": (20.29, 39.257), "min": (19.462, 38.673), "max": (12.008, 34.034),
                      "prod": (18.219, 38.495), "mean": (20.083, 39.193), "mean_logit": (20.911, 40.445),
                      "mean_odds": (19.255, 40.016), "last": (14.907, 36.265)},
    "Math_Shepherd": {"last": (18.219, 38.834), "prod": (17.184, 34.679), "min": (15.321, 34.669),
                      "max": (3.934, 21.823), "geometric_mean": (15.735, 33.612), "mean": (15.114, 32.778),
                      "mean_logit": (14.7, 31.923), "mean_odds": (9.317, 26.356)},
}  # fmt: skip
TOLD = (*OFFICIAL, *STEPS)


@pytest.fixture(scope="module")
def released(data_dir: Path) -> Results:
    folder = data_dir / "rewardmath"
    found = {path.stem.removesuffix("_reward"): BENCHMARK.outputs(path) for path in folder.glob("*.json")}
    assert set(found) == set(TOLD)
    return run(BENCHMARK, outputs=found, data=data_dir)


def entry(found: Results, name: str) -> Entry:
    return next(one for one in found.entries if one.name == name)


def mean(one: Entry, metric: int = 0) -> float:
    estimate = one.lines[metric].overall.estimate
    assert estimate is not None
    return round(100 * estimate.mean, 2)


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_official_figures_come_out(released: Results, name: str) -> None:
    found = entry(released, name).official
    assert tuple(round(found[key], 3) for key in ("Acc", "Acc (w/ tie)", "MRR")) == OFFICIAL[name]


@pytest.mark.parametrize("name", STEPS)
def test_the_official_figures_of_process_rewards_come_out(released: Results, name: str) -> None:
    found = entry(released, name).official
    assert {how: (round(found[f"Acc, {how}"], 3), round(found[f"MRR, {how}"], 3)) for how in STEPS[name]} == STEPS[name]


def test_there_are_483_problems_and_trivial_baselines(released: Results) -> None:
    assert len(released.questions) == 483
    assert mean(entry(released, "constant")) == 10.0
    assert 7 < mean(entry(released, "random")) < 13
    assert mean(entry(released, "random"), 1) == pytest.approx(29.3, abs=2.5)  # (1 + 1/2 + … + 1/10) / 10
    assert not any(one.name in ("longer", "shorter") for one in released.entries)  # there are no texts


def test_a_problem_that_stands_twice_counts_twice_as_published_alone(released: Results, data_dir: Path) -> None:
    path = data_dir / "rewardmath" / "chatgpt_reward.json"
    assert len(json.loads(path.read_text())) == 485
    assert entry(released, "chatgpt").headline.overall.answered == 483
    again = run(BENCHMARK, outputs={"chatgpt": BENCHMARK.outputs(path)}, data=path)
    assert len(again.questions) == 483
    assert again.entries[0].official == entry(released, "chatgpt").official


def test_coarse_scores_are_at_chance_once_ties_are_shared(released: Results) -> None:
    found = entry(released, "chatgpt")
    assert found.official["Acc (w/ tie)"] - found.official["Acc"] > 64
    assert mean(found) == 10.0


def test_letters_that_cannot_be_read_show_in_the_coverage(released: Results) -> None:
    figure = entry(released, "llama3_8B_pairwise").headline.overall
    assert (figure.answered, figure.read) == (483, 149)
    assert figure.where_read is not None
    assert figure.estimate is not None
    assert figure.estimate.mean < figure.where_read.mean


def test_every_figure_has_an_interval(released: Results) -> None:
    for name in TOLD:
        estimate = entry(released, name).headline.overall.estimate
        assert estimate is not None
        assert estimate.low < estimate.mean < estimate.high


# -- made here ---------------------------------------------------------------------------------------


def solution(problem: int, n: int, **columns: Any) -> dict[str, Any]:
    return {
        "problem": f"{problem} + {problem}?", "problem_id": problem, **columns,
        "eval_solution": ["Add.", f"It is {2 * problem + n}."], "solution_type": "rejected" if n else "chosen",
        "solution_reference": f"model {n}" if n else RIGHT,
    }  # fmt: skip


FLAT = [solution(problem, n) for problem in range(12) for n in range(10)]


@reward("toy.rewardmath_adds", range=(0, 1))
def adds(prompt: str, response: str) -> float:
    return float(f"It is {2 * int(prompt.split()[0])}." in response)


@reward("toy.rewardmath_first", native="pairwise", range=(0, 1))
def first(responses: list[str]) -> float:
    return 1.0


def test_rows_of_single_solutions_are_gathered_by_problem() -> None:
    found = run(BENCHMARK, {"adds": adds(), "front": first()}, data=FLAT)
    assert found.questions.gold.tolist() == [[1.0] + [0.0] * 9] * 12
    assert mean(entry(found, "adds")) == 100.0
    assert mean(entry(found, "front")) == 10.0  # asked in both orders it says nothing
    assert mean(entry(found, "longer"), 2) > 0  # there are texts now


def test_the_right_solution_need_not_come_first() -> None:
    rows = [{"problem": "1?", "solution_reference": ["a", RIGHT, "b"], "score": [3, 9, 1]}]
    assert run(BENCHMARK, outputs={"r": told(rows)}, data=rows).entries[0].official["Acc"] == 100.0


def told(rows: list[dict[str, Any]], how: Aggregate = "prod") -> list[Output]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "out.json"
        path.write_text(json.dumps(rows))
        return list(outputs(path, how=how))


def test_steps_become_one_score_as_one_likes() -> None:
    row = {"problem": "1?", "solution_reference": [RIGHT, "a"], "score": [[0.9, 0.8, 0.1], [0.6, 0.6]]}
    assert told([row])[0].values == pytest.approx((0.072, 0.36))
    assert told([row], how="max")[0].values == (0.9, 0.6)
    found = run(BENCHMARK, outputs={"r": told([row])}, data=[row]).entries[0]
    assert (found.official["Acc, prod"], found.official["Acc, max"]) == (0.0, 100.0)


def test_a_solution_without_steps_cannot_be_read() -> None:
    row = {"problem": "1?", "solution_reference": [RIGHT, "a"], "score": [[], [0.6]]}
    (out,) = told([row])
    assert out.status == Status.UNREAD
    assert run(BENCHMARK, outputs={"r": [out]}, data=[row]).entries[0].official == {}


def test_a_file_may_mix_steps_and_wholes() -> None:
    rows = [
        {"problem": f"{i}?", "solution_reference": [RIGHT, "a"], "score": s}
        for i, s in enumerate(([[1.0], [0.5]], [2, 1]))
    ]
    found = run(BENCHMARK, outputs={"r": told(rows)}, data=rows).entries[0]
    assert found.headline.overall.read == 2
    assert (found.official["Acc, min"], found.official["Acc"]) == (100.0, 100.0)


def test_a_duel_that_cannot_be_read_is_lost_as_published() -> None:
    row = {
        "problem": "1?",
        "solution_reference": list("abc"),
        "score": ["A", None, "A"],
        "chosen_position": list("ABA"),
    }
    found = run(BENCHMARK, outputs={"r": told([row])}, data=[row]).entries[0]
    assert found.official == {"Acc": 0.0, "Acc (w/ tie)": 0.0, "MRR": 50.0}
    assert found.headline.overall.read == 0


def test_letters_for_other_duels_cannot_be_read() -> None:
    row = {"problem": "1?", "solution_reference": list("abc"), "score": ["A", "B"], "chosen_position": list("ABA")}
    assert told([row])[0].reason == "2 letters for 3 duels"


def test_outputs_of_other_problems_are_an_error() -> None:
    rows = [{"problem": "1?", "solution_reference": [RIGHT, "a"], "score": [2, 1]}]
    other = [{**rows[0], "problem": "2?"}]
    with pytest.raises(BenchError, match="no output is for one of these items"):
        run(BENCHMARK, outputs={"r": told(other)}, data=rows)
