"""RM-Bench: right and wrong answers in three styles each."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from guerdon import from_spec, reward
from guerdon.bench import BenchError, Entry, Results, load, run

BENCHMARK = load("rm-bench")
STYLES = ("plain", "long and plain", "long and **marked**")
BASELINES = {  # accuracy, easy, normal, hard on the real items, ties ½
    "constant": (50.0, 50.0, 50.0, 50.0), "longer": (46.9, 78.8, 44.7, 17.2), "shorter": (53.1, 21.2, 55.3, 82.8),
}  # fmt: skip


@pytest.fixture(scope="module")
def real(data_dir: Path) -> Results:
    return run(BENCHMARK, data=data_dir)


def entry(found: Results, name: str) -> Entry:
    return next(one for one in found.entries if one.name == name)


def figures(one: Entry) -> tuple[float, ...]:
    return tuple(round(100 * e.mean, 1) for line in one.lines if (e := line.overall.estimate))


def test_the_real_items_are_of_two_domains(real: Results) -> None:
    assert {name: len(index) for name, index in real.questions.members().items()} == {"chat": 129, "code": 228}
    assert not real.questions.left_out


@pytest.mark.parametrize("name", BASELINES)
def test_trivial_baselines_on_the_real_items(real: Results, name: str) -> None:
    assert figures(entry(real, name)) == BASELINES[name]


def test_length_is_a_style_and_has_an_interval(real: Results) -> None:
    estimate = entry(real, "longer").lines[3].overall.estimate
    assert estimate is not None
    assert 0.13 < estimate.low < 0.172 < estimate.high < 0.21


def test_without_all_domains_there_is_no_total(real: Results, data_dir: Path) -> None:
    assert entry(real, "longer").headline.macro is None
    asked = run(BENCHMARK, {"length": from_spec("length.chars")}, data=data_dir).entries[0].official
    assert "total" not in asked
    assert asked["chat, hard"] == pytest.approx(2.58, abs=0.005)


# -- made here ---------------------------------------------------------------------------------------


def six(n: int, domain: str = "chat") -> dict[str, Any]:
    right, wrong = ([f"{kind}, {style}" for style in STYLES] for kind in ("right", "wrong"))
    return {"id": n, "prompt": f"{n}?", "chosen": right, "rejected": wrong, "domain": domain}


ROWS = [six(n, domain) for n in range(3) for domain in ("chat", "code", "math", "safety-refuse", "safety-response")]


@reward("toy.rm_bench_right", range=(0, 1))
def knows(response: str) -> float:
    return float("right" in response)


@reward("toy.rm_bench_style", range=(0, 2))
def style(response: str) -> float:
    return float("long" in response) + float("**" in response)


def test_a_reward_that_knows_is_right_in_any_style() -> None:
    found = run(BENCHMARK, {"knows": knows()}, data=ROWS).entries[0]
    assert figures(found) == (100.0, 100.0, 100.0, 100.0)
    assert found.official["total"] == 100.0


def test_a_reward_of_style_is_right_where_the_right_answer_is_fancier() -> None:
    found = run(BENCHMARK, {"style": style()}, data=ROWS).entries[0]
    assert figures(found) == (50.0, 100.0, 50.0, 0.0)
    assert found.official["normal"] == 0.0  # ties are wrong there
    assert found.official["total"] == pytest.approx(100 / 3)


def test_the_halves_of_safety_are_one_domain() -> None:
    rows = [{**row, "score_chosen": [1, 1, 1], "score_rejected": [0, 0, 0]} for row in ROWS]
    for row in rows:
        if row["domain"] == "safety-refuse":
            row["score_rejected"] = [2, 2, 2]
    found = run(BENCHMARK, outputs={"r": released(rows)}, data=ROWS).entries[0]
    assert found.official["total"] == pytest.approx(100 * 3.5 / 4)
    assert found.official["easy, all items"] == pytest.approx(80.0)
    assert found.headline.macro is not None
    assert found.headline.macro.mean == pytest.approx(3.5 / 4)


def released(rows: list[dict[str, Any]]) -> Any:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "out.json"
        path.write_text(json.dumps(rows))
        return list(BENCHMARK.outputs(path))


def test_ids_of_two_domains_may_be_the_same() -> None:
    rows = [{**row, "score_chosen": [2] * 3, "score_rejected": [1] * 3} for row in reversed(ROWS)]
    found = run(BENCHMARK, outputs={"r": released(rows)}, data=ROWS).entries[0]
    assert (found.headline.overall.answered, found.official["total"]) == (15, 100.0)


def test_scores_that_are_no_lists_are_an_error() -> None:
    with pytest.raises(BenchError, match="lists of three numbers"):
        released([{**six(0), "score_chosen": "123", "score_rejected": "456"}])


def test_the_cells_of_the_style_matrix_are_one_sided() -> None:
    row = {**six(0), "score_chosen": [1.0, 3.0, 5.0], "score_rejected": [2.0, 2.5, 5.0]}
    found = run(BENCHMARK, outputs={"r": released([row])}, data=[six(0)]).entries[0].official
    # right beats wrong: plain never; long beats plain and long; marked beats plain and long, and ties with marked
    assert [found[f"chat, {level}"] for level in ("easy", "normal", "hard")] == pytest.approx([100.0, 100 / 3, 0.0])


@pytest.mark.parametrize(
    ("change", "why"), [({"chosen": ["a", "b"]}, "not three right and three"), ({"domain": "poems"}, "group 'poems'")]
)
def test_what_is_no_item_says_why(change: dict[str, Any], why: str) -> None:
    with pytest.raises(BenchError, match=why):
        run(BENCHMARK, {"knows": knows()}, data=[{**six(0), **change}])
