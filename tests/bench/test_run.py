"""A benchmark is run: what every reward and every output comes to."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from guerdon import reward
from guerdon.bench import (
    BenchError,
    Benchmark,
    Item,
    Metric,
    Official,
    Output,
    Protocol,
    Questions,
    Results,
    ranked,
    run,
)  # fmt: skip
from guerdon.bench.answers import Answers
from guerdon.metrics.pairwise import pair_credit
from guerdon.preferences import comparison
from guerdon.reward import Reward
from guerdon.sample import Row, Sample
from guerdon.scores import ContractError, Score, Status


def item(row: Row) -> Item:
    made = ranked(comparison(row), group=str(row.get("kind", "all")))
    if not made.decided:
        raise ValueError("no winner")
    return made


def suite(**changed: Any) -> Benchmark:
    settings: dict[str, Any] = {
        "name": "toy", "title": "Toy", "url": "", "licence": "", "item": item,
        "metrics": (Metric("accuracy", "pairs", pair_credit),), **changed,
    }  # fmt: skip
    return Benchmark(**settings)


def pair(n: int, better: str = "good", worse: str = "bad", **columns: Any) -> dict[str, Any]:
    return {"id": f"i{n}", "prompt": f"question {n}", "chosen": better, "rejected": worse, **columns}


@reward("toy.bench_good", range=(0, 1))
def good(response: str) -> float | Score:
    return Score.unread("no score found") if "?" in response else float("good" in response)


@reward("toy.bench_first", native="pairwise", range=(0, 1))
def first(responses: list[str]) -> float:
    return 1.0


def accuracy(results: Results, name: str | None = None) -> float:
    entry = next(e for e in results.entries if name in (None, e.name))
    assert entry.headline.overall.estimate is not None
    return entry.headline.overall.estimate.mean


def entry_of(results: Results, name: str) -> Any:
    return next(e for e in results.entries if e.name == name)


# -- rewards -----------------------------------------------------------------------------------------


def test_a_reward_that_knows_is_always_right_beside_its_baselines() -> None:
    results = run(suite(), [good()], data=[pair(i) for i in range(20)])
    assert accuracy(results) == 1.0
    assert [e.name for e in results.entries[1:]] == ["constant", "random", "longer", "shorter", "first"]
    assert accuracy(results, "constant") == 0.5
    assert accuracy(results, "longer") == 1.0  # "good" has a letter more than "bad"
    assert accuracy(results, "first") == 1.0  # and chosen is written first


def test_an_answer_that_cannot_be_read_is_wrong_and_shows_in_the_coverage() -> None:
    rows = [pair(i, better="good?" if i < 5 else "good") for i in range(20)]
    figure = run(suite(), [good()], data=rows).entries[0].headline.overall
    assert (figure.items, figure.answered, figure.read) == (20, 20, 15)
    assert figure.estimate is not None
    assert figure.estimate.mean == 15 / 20
    assert figure.where_read is not None
    assert figure.where_read.mean == 1.0


def test_who_always_prefers_the_first_is_at_chance_in_both_orders_and_perfect_in_one() -> None:
    rows = [pair(i) for i in range(20)]
    assert accuracy(run(suite(), [first()], data=rows)) == 0.5
    assert accuracy(run(suite(protocol=Protocol(orders="given")), [first()], data=rows)) == 1.0
    drawn = run(suite(protocol=Protocol(orders="drawn")), [first()], data=[pair(i) for i in range(400)])
    assert 0.42 < accuracy(drawn) < 0.58


def test_both_orders_are_kept_apart() -> None:
    answers = run(suite(), [first()], data=[pair(0)]).entries[0].answers
    assert answers.orders is not None
    assert answers.orders.tolist() == [[1.0, 0.0]]  # shown first it won, shown second it lost


def test_a_pairwise_reward_meets_one_best_against_every_other() -> None:
    @reward("toy.bench_longer", native="pairwise", range=(0, 1))
    def longer(responses: list[str]) -> float:
        return float(len(responses[0]) > len(responses[1]))

    row = {"id": 1, "prompt": "q", "responses": ["aaa", "a", "aaaa"], "votes": [{"tiers": [[0], [1, 2]]}]}
    values = run(suite(), [longer()], data=[row]).entries[0].answers.values
    assert values.tolist() == [[0.0, -1.0, 1.0]]


def test_groups_weigh_the_same_in_their_mean_however_large() -> None:
    rows = [pair(i, kind="large") for i in range(30)] + [pair(i, "bad", "good", kind="small") for i in range(30, 40)]
    line = run(suite(), [good()], data=rows).entries[0].headline
    assert line.overall.estimate is not None
    assert line.overall.estimate.mean == 0.75
    assert line.macro is not None
    assert line.macro.mean == 0.5
    assert {name: figure.items for name, figure in line.groups.items()} == {"large": 30, "small": 10}


def test_a_reward_blind_to_the_prompt_does_as_well_under_another_one() -> None:
    results = run(suite(), [good()], data=[pair(i) for i in range(8)], wrong_pair=True)
    assert accuracy(results, "toy.bench_good, wrong pair") == 1.0


def test_a_reward_that_reads_the_prompt_falls_under_another_one() -> None:
    @reward("toy.bench_reads", range=(0, 1))
    def reads(prompt: str, response: str) -> float:
        return float(prompt in response)

    rows = [pair(i, better=f"question {i}") for i in range(8)]
    results = run(suite(), {"reads": reads()}, data=rows, wrong_pair=True)
    assert accuracy(results, "reads") == 1.0
    assert accuracy(results, "reads, wrong pair") == 0.5


def test_the_wrong_pair_of_an_item_is_one_of_another_prompt() -> None:
    @reward("toy.bench_same", range=(0, 1))
    def same(prompt: str, response: str) -> float:
        return float(prompt in response)

    rows = [pair(i, better=f"question {i // 2}") | {"prompt": f"question {i // 2}"} for i in range(8)]
    results = run(suite(), {"same": same()}, data=rows, wrong_pair=True)
    assert accuracy(results, "same") == 1.0
    assert accuracy(results, "same, wrong pair") == 0.5  # the next row has the same prompt half of the time


def test_a_wrong_pair_needs_another_prompt() -> None:
    with pytest.raises(BenchError, match="all are about the same"):
        run(suite(), [good()], data=[pair(0)], wrong_pair=True)
    with pytest.raises(BenchError, match="all are about the same"):
        run(suite(), [good()], data=[pair(i) | {"prompt": "?"} for i in range(3)], wrong_pair=True)


def test_an_item_alone_in_its_chunk_gets_the_prompt_of_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    @reward("toy.bench_echo", range=(0, 1))
    def echo(prompt: str, response: str) -> float:
        return float(prompt in response)

    monkeypatch.setattr(sys.modules[run.__module__], "CHUNK", 2)
    rows = [pair(i, better=f"question {i}") for i in range(3)]
    assert accuracy(run(suite(), {"echo": echo()}, data=rows, wrong_pair=True), "echo, wrong pair") == 0.5


def test_single_responses_have_the_commonest_level_for_a_baseline() -> None:
    def rated(row: Row) -> Item:
        return Item(str(row["id"]), (Sample("", "a"),), (float(row["level"]),))

    exact = Metric("exact", "same level", lambda values, gold: (values == gold)[:, 0].astype(float))
    results = run(suite(item=rated, metrics=(exact,)), data=[{"id": i, "level": k} for i, k in enumerate((4, 4, 4, 1))])
    assert [entry.name for entry in results.entries] == ["commonest level", "random at base rate"]
    assert accuracy(results, "commonest level") == 0.75
    alike = run(suite(item=rated, metrics=(exact,)), data=[{"id": i, "level": 4} for i in range(3)])
    assert alike.entries == []


def test_a_set_reward_cannot_answer() -> None:
    @reward("toy.bench_set", over="set")
    def whole(response: list[str]) -> float:
        return 1.0

    with pytest.raises(ContractError, match="cannot tell responses apart"):
        run(suite(), [whole()], data=[pair(0)])


def test_items_that_count_as_one_are_right_only_together() -> None:
    def with_id(row: Row) -> Item:
        made = item(row)
        return Item(made.key, made.samples, made.gold, facts={"id": row["image"]})

    rows = [pair(0, image="a"), pair(1, "bad", "good", image="a"), pair(2, image="b")]
    metric = Metric("ACC+", "all pairs of an image", pair_credit, whole="id")
    assert accuracy(run(suite(item=with_id, metrics=(metric,)), [good()], data=rows)) == 0.5


def test_a_unit_of_which_an_item_was_not_answered_is_left_out() -> None:
    rows = [pair(0, image="a"), pair(1, image="a"), pair(2, image="b")]

    def with_id(row: Row) -> Item:
        return replace(item(row), facts={"id": row["image"]})

    metric = Metric("ACC+", "all pairs of an image", pair_credit, whole="id")
    told = [Output("i0", (1.0, 0.0)), Output("i2", (0.0, 1.0))]
    results = run(suite(item=with_id, metrics=(metric,)), outputs={"part": told}, data=rows)
    found = results.entries[0].headline.overall.estimate
    assert found is not None
    assert (found.mean, found.n) == (0.0, 1)  # of a, one of two is known to be right


def test_outputs_may_know_an_item_by_another_name() -> None:
    def with_alias(row: Row) -> Item:
        return replace(item(row), key="same", alias=str(row["id"]))

    told = [Output("i1", (0.0, 1.0)), Output("i0", (1.0, 0.0))]
    results = run(suite(item=with_alias), outputs={"o": told}, data=[pair(0), pair(1)])
    assert results.entries[0].answers.values.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_a_share_of_verdicts_is_for_the_preferred_candidate() -> None:
    row = {"id": "a", "query": "?", "response": ["bad", "good"], "human_ranking": [1, 0]}
    results = run(suite(), outputs={"o": [Output("a", right=0.75)]}, data=[row])
    assert results.entries[0].answers.values.tolist() == [[0.25, 0.75]]


def test_rows_of_one_item_are_gathered_first() -> None:
    def gather(rows: Iterable[Row]) -> Iterable[Row]:
        texts = {row["better"]: row["text"] for row in rows}
        yield {"id": "a", "prompt": "?", "chosen": texts[True], "rejected": texts[False]}

    rows = [{"text": "bad", "better": False}, {"text": "good", "better": True}]
    assert accuracy(run(suite(gather=gather), [good()], data=rows)) == 1.0


def share_of_gold(values: Any, gold: Any) -> float:
    """Gold of candidates weighed by their values."""
    return float((values * gold).sum() / values.sum()) if values.sum() else np.nan


def test_a_figure_of_all_items_together_has_an_interval() -> None:
    rows = [pair(i, *(("good", "bad") if i % 4 else ("bad", "good"))) for i in range(40)]
    results = run(suite(metrics=(Metric("share", "", figure=share_of_gold),)), [good()], data=rows)
    found = results.entries[0].headline.overall.estimate
    assert found is not None
    assert found.mean == 0.75
    assert found.low < 0.75 < found.high
    assert entry_of(results, "constant").headline.overall.estimate is None  # nothing by nothing


def test_progress_is_told_response_by_response() -> None:
    seen: list[int] = []
    run(suite(), {"good": good(), "front": first()}, data=[pair(i) for i in range(8)], progress=seen.append)
    assert sum(seen) == 2 * 16  # eight pairs, asked of two


def test_a_limit_is_noted_only_where_it_cuts() -> None:
    rows = [pair(i) for i in range(4)]
    assert "only the first 3 rows of the data were read" in run(suite(), data=rows, limit=3).questions.notes
    assert not any("only the first" in note for note in run(suite(), data=rows, limit=4).questions.notes)


@pytest.mark.parametrize(("with_unread", "seen"), [(False, 2), (True, 3)])
def test_a_figure_of_all_items_may_see_what_could_not_be_read_and_never_what_was_not_answered(
    with_unread: bool, seen: int
) -> None:
    count = Metric("items", "", figure=lambda values, gold: float(len(values)), with_unread=with_unread)
    given = [Output("i0", (1.0, 0.0)), Output("i1", None, Status.UNREAD, "?"), Output("i2", (1.0, 0.0))]
    results = run(suite(metrics=(count,)), outputs={"model": given}, data=ROWS)
    assert accuracy(results) == seen


def test_what_was_not_answered_has_no_credit_though_a_metric_gives_some() -> None:
    generous = Metric("generous", "", lambda values, gold: np.ones(len(values)))
    results = run(suite(metrics=(generous,)), outputs={"model": outputs(*GIVEN)[:2]}, data=ROWS)
    assert np.isnan(results.credits()["model"]).tolist() == [False, False, True, True]
    assert results.entries[0].headline.overall.answered == 2


def test_items_of_one_prompt_are_less_than_independent() -> None:
    def width(prompts: int) -> float:
        rows = [pair(i, *(("good", "bad") if i % prompts % 2 else ("bad", "good"))) for i in range(60)]
        rows = [row | {"prompt": f"question {i % prompts}"} for i, row in enumerate(rows)]
        found = run(suite(), [good()], data=rows).entries[0].headline.overall.estimate
        assert found is not None
        assert found.mean == 0.5
        return found.high - found.low

    assert width(6) > 2 * width(60)


def test_two_entries_need_two_names() -> None:
    with pytest.raises(BenchError, match="a name of its own"):
        run(suite(), [good(), good()], data=[pair(0)])
    with pytest.raises(BenchError, match="a name of its own"):
        run(suite(), {"longer": good()}, data=[pair(0)])


def test_official_figures_stand_beside_ours() -> None:
    def figures(questions: Questions, answers: Answers) -> Mapping[str, float]:
        return {"strict": 100 * float(pair_credit(answers.values, questions.gold, ties=0.0).mean())}

    rows = [pair(0), pair(1, "bad", "worse")]
    entry = run(suite(official=Official(figures)), [good()], data=rows).entries[0]
    assert entry.official == {"strict": 50.0}
    assert entry.headline.overall.estimate is not None
    assert entry.headline.overall.estimate.mean == 0.75


# -- outputs and bad input ---------------------------------------------------------------------------


def outputs(*values: tuple[float, float], start: int = 0) -> list[Output]:
    return [Output(f"i{start + n}", v) for n, v in enumerate(values)]


ROWS = [pair(i) for i in range(4)]
GIVEN = [(2.0, 1.0), (1.0, 2.0), (1.0, 1.0), (3.0, 1.0)]


def told(given: list[Output], rows: list[dict[str, Any]] = ROWS, **options: Any) -> Results:
    return run(suite(), outputs={"model": given}, data=rows, **options)


def test_outputs_are_matched_by_key_in_any_order() -> None:
    given = outputs(*GIVEN)
    assert accuracy(told(given)) == accuracy(told(given[::-1])) == (1 + 0 + 0.5 + 1) / 4


def test_rows_in_another_order_change_nothing() -> None:
    assert accuracy(told(outputs(*GIVEN), ROWS[::-1])) == accuracy(told(outputs(*GIVEN)))


def test_partial_outputs_are_called_partial() -> None:
    entry = entry_of(told(outputs(*GIVEN)[:2]), "model")
    assert (entry.headline.overall.items, entry.headline.overall.answered) == (4, 2)
    assert entry.notes == ["partial: 2 of 4 items have no output, such as 'i2', 'i3'"]


def test_outputs_for_other_items_are_refused() -> None:
    with pytest.raises(BenchError, match="no output is for one of these items"):
        told(outputs(*GIVEN, start=10))
    with pytest.raises(BenchError, match="2 outputs are for items that are not here"):
        told(outputs(*GIVEN, start=2))


def test_an_item_answered_twice_is_refused() -> None:
    with pytest.raises(BenchError, match="answered already"):
        told([*outputs(*GIVEN), Output("i0", (0.0, 1.0))])


def test_outputs_without_ids_must_be_as_many_as_items() -> None:
    bare = [output._replace(key=None) for output in outputs(*GIVEN)]
    assert accuracy(told(bare)) == accuracy(told(outputs(*GIVEN)))
    with pytest.raises(BenchError, match="3 outputs without ids for 4 items"):
        told(bare[:3])
    with pytest.raises(BenchError, match="4 outputs without ids for 2 items"):
        told(bare, ROWS[:2])


def test_with_a_limit_outputs_for_the_rest_may_wait() -> None:
    assert accuracy(told(outputs(*GIVEN), limit=2)) == 0.5


def test_with_a_limit_outputs_without_ids_need_rows_that_are_all_items() -> None:
    bare = [output._replace(key=None) for output in outputs(*GIVEN)]
    assert accuracy(told(bare, limit=2)) == 0.5
    with pytest.raises(BenchError, match="1 rows are no item: which are for these"):
        told(bare, [ROWS[0], {"id": "no winner"}, *ROWS[1:]], limit=3)


def test_an_item_answered_twice_is_told_where_the_second_may_be_for_a_later_row() -> None:
    entry = entry_of(told([*outputs(*GIVEN), Output("i0", (0.0, 1.0))], limit=2), "model")
    assert entry.notes == ["1 ids have several outputs, such as 'i0': they were taken in their order, which is wrong "
                           "if the file is in another one"]  # fmt: skip


def test_right_or_wrong_says_nothing_of_a_tie_or_of_one_response() -> None:
    def tied(row: Row) -> Item:
        return replace(item(row), gold=(1.0, 1.0))

    def alone(row: Row) -> Item:
        return Item(str(row["id"]), (Sample("?", "a"),), (0.0,))

    for read in (tied, alone):
        with pytest.raises(BenchError, match="model: of 'i0' no candidate is better, so correct says nothing of it"):
            run(suite(item=read), outputs={"model": [Output("i0", right=1.0)]}, data=[pair(0)])


def test_an_output_without_a_name_is_for_no_item() -> None:
    with pytest.raises(BenchError, match="no output is for one of these items; they are for ''"):
        told([Output("", (1.0, 0.0))])


def test_values_that_are_no_numbers_are_wrong_and_show_in_the_coverage() -> None:
    figure = entry_of(told([Output("i0", (np.nan, 1.0), Status.UNREAD, "nan"), *outputs(*GIVEN)[1:]]), "model").headline
    assert (figure.overall.answered, figure.overall.read) == (4, 3)
    assert figure.overall.estimate is not None
    assert figure.overall.estimate.mean == (0 + 0 + 0.5 + 1) / 4


def test_too_few_scores_are_a_failure_of_that_item() -> None:
    entry = entry_of(told([Output("i0", (1.0,)), *outputs(*GIVEN)[1:]]), "model")
    assert entry.answers.reasons == {0: "1 values for 2"}
    assert entry.headline.overall.read == 3


def test_keys_that_occur_twice_are_told_and_matched_in_their_order() -> None:
    rows = [pair(0), pair(0, "bad", "good")]
    results = told([Output("i0", (1.0, 0.0)), Output("i0", (0.0, 1.0))], rows)
    assert entry_of(results, "model").answers.values.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert results.questions.notes == ["1 keys occur more than once, such as 'i0'; each row counts as an item"]
    assert "taken in their order" in entry_of(results, "model").notes[0]


def test_rows_without_a_winner_are_left_out_and_counted() -> None:
    tied = {"id": 9, "prompt": "q", "response": ["a", "b"], "human_ranking": [0, 0]}
    results = run(suite(), [good()], data=[pair(0), tied, {"id": 8}, "nonsense"])  # type: ignore[list-item]
    assert len(results.questions) == 1
    assert results.questions.left_out["no winner"] == 1
    assert "one item: its figure says nothing about others" in results.questions.notes


def test_no_item_is_an_error() -> None:
    with pytest.raises(BenchError, match="the data has no rows"):
        run(suite(), [good()], data=[])
    with pytest.raises(BenchError, match="1 rows: no winner"):
        run(suite(), [good()], data=[{"id": 9, "prompt": "q", "response": ["a", "b"], "human_ranking": [0, 0]}])


def test_reasons_for_leaving_rows_out_are_few_and_short_however_many_there_are() -> None:
    def read(row: Row) -> Item:
        raise ValueError(f"{row['id']} is " + "no item\n" * 100)

    def first(row: Row) -> Item:
        return item(row) if row["id"] == "i0" else read(row)

    with pytest.raises(BenchError, match="there is no item") as error:
        run(suite(item=read), [good()], data=[pair(i) for i in range(500)])
    assert len(str(error.value)) < 600
    rows = [*({"id": i, "prompt": "q", "chosen": 5, "rejected": str(i)} for i in range(3)), pair(0)]
    few, many = (run(suite(item=first), data=data).questions for data in (rows, [pair(i) for i in range(500)]))
    assert len(few.notes) == 4  # three reasons, and that there is one item
    assert many.notes[-2] == "494 rows left out for other reasons"
    assert len(many.left_out) == 101
    assert sum(many.left_out.values()) == 499


def test_groups_of_which_there_is_nothing_are_named() -> None:
    notes = run(suite(groups=("a", "b")), [good()], data=[pair(0, kind="a"), pair(1, kind="a")]).questions.notes
    assert notes == ["groups without an item here: b"]


def test_an_unknown_group_is_an_error() -> None:
    with pytest.raises(BenchError, match="unknown group 'c'; known are a, b"):
        run(suite(groups=("a", "b")), [good()], data=[pair(0, kind="c")])


# -- size --------------------------------------------------------------------------------------------


def test_many_items_leave_only_numbers() -> None:
    rows = (pair(i, better="good " * 200, worse="bad " * 200) for i in range(5000))
    results = run(suite(), [good()], data=rows)
    assert len(results.questions) == 5000
    assert len(results.questions.examples) == 2000
    assert results.entries[0].answers.values.nbytes == 5000 * 2 * 8


def test_a_group_reward_sees_one_item_at_a_time() -> None:
    @reward("toy.bench_group", over="group", range=(0, 1))
    def best(response: list[str]) -> list[float]:
        return [float(len(r) == max(map(len, response))) for r in response]

    rows = [pair(0, "aa", "a"), pair(0, "aaaa", "aaa")]
    values = run(suite(), {"best": best()}, data=rows).entries[0].answers.values
    assert values.tolist() == [[1.0, 0.0], [1.0, 0.0]]


def test_samples_keep_their_columns() -> None:
    row = Sample("q", "a", None, image="x.png")
    assert isinstance(row, Mapping)
    assert isinstance(good(), Reward)
    made = ranked(comparison(pair(0, image="x.png")))
    assert [sample["image"] for sample in made.samples] == ["x.png", "x.png"]


def test_a_pairwise_reward_says_which_options_it_could_not_use() -> None:
    entry = run(suite(), [first()], data=[pair(0)], engine="inline", workers=4).entries[0]
    assert entry.notes == ["compares pairs without the engine, so these options were not used: workers"]
