"""Preference accuracy by hand, and the length baseline on public data."""

from pathlib import Path

import numpy as np
import pytest

from guerdon import Comparison, ContractError, Vote, from_spec, reward
from guerdon.load import load
from guerdon.preferences import comparisons
from guerdon.report.accuracy import Accuracy, judged, preferences
from guerdon.sample import Broken


@reward("test_accuracy.worth", range=(0, 1))
def worth(response: str) -> float:
    return float(response.split()[0])


@reward("test_accuracy.longest", range=(0, 1), over="group")
def longest(response: list[str]) -> list[float]:
    return [float(len(r) == max(map(len, response))) for r in response]


@reward("test_accuracy.prefers", range=(0, 1), native="pairwise")
def prefers(responses: list[str]) -> float:
    return 0.5 + 0.5 * float(np.sign(len(responses[0]) - len(responses[1])))


def pair(better: str, worse: str, **columns: object) -> Comparison:
    return Comparison("which?", [better, worse], (Vote(((0,), (1,))),), **columns)


def first(*pairs: Comparison | Broken, spec: str = "test_accuracy.worth") -> Accuracy:
    return preferences(from_spec(spec), judged(pairs)).table()[0]


def test_a_tie_counts_half_and_wrong() -> None:
    found = first(pair("1", "0"), pair("0", "1"), pair("0.5", "0.5"), pair("1", "0.2"))
    assert found.half is not None
    assert found.wrong is not None
    assert found.half.mean == (1 + 0 + 0.5 + 1) / 4
    assert found.wrong.mean == (1 + 0 + 0 + 1) / 4
    assert (found.ties, found.coverage, found.n) == (1 / 4, 1.0, 4)


def test_a_pair_without_a_verdict_lowers_coverage_and_is_in_no_mean() -> None:
    found = first(pair("1", "0"), pair("good", "0"))
    assert found.half is not None
    assert (found.half.mean, found.half.n, found.coverage, found.n) == (1.0, 1, 0.5, 2)


def test_no_verdict_at_all_is_no_accuracy() -> None:
    found = first(pair("good", "bad"))
    assert (found.half, found.wrong, found.coverage) == (None, None, 0.0)


def test_every_comparison_counts_once_however_many_pairs_it_has() -> None:
    # of the first, 0 > 1, 0 > 2 and 1 > 2 were judged and the reward gets two of them
    three = Comparison("", ["0.9", "0.1", "0.5"], (Vote(((0,), (1,), (2,))),))
    found = first(three, pair("0", "1"))
    assert found.half is not None
    assert found.half.mean == pytest.approx((2 / 3 + 0) / 2)


def test_pairs_weigh_as_far_as_their_votes_lean() -> None:
    # 0 over 1 by 3 votes to 1, so it leans (3 − 1); 0 over 2 by 4 to 0; 1 and 2 are tied by all, which weighs nothing
    votes = [Vote(((0,), (1, 2)))] * 3 + [Vote(((1,), (0,))), Vote(((0,), (2,)))]
    pairs = judged([Comparison("", ["0.5", "0.9", "0.1"], votes)])
    assert dict(zip(zip(pairs.better, pairs.worse, strict=True), pairs.weight, strict=True)) == {
        (0, 1): pytest.approx(2 / 6), (0, 2): pytest.approx(4 / 6),
    }  # fmt: skip
    found = preferences(from_spec("test_accuracy.worth"), pairs).table()[0]
    assert found.half is not None
    assert found.half.mean == pytest.approx(4 / 6)


def test_what_has_no_right_answer_is_left_out_and_counted() -> None:
    split = Comparison("", ["1", "0"], (Vote(((0,), (1,))), Vote(((1,), (0,)))))
    other = Comparison("", ["1", "0"], (Vote(((0,), (1,)), aspect="style"),))
    pairs = judged([pair("1", "0"), split, other, Broken("3", "torn")])
    assert len(pairs.rows) == 1
    assert pairs.left_out == {"votes split evenly": 1, "no vote on this aspect": 1, "not a comparison": 1}


def test_an_unknown_aspect_is_answered_with_those_there_are() -> None:
    with pytest.raises(ContractError, match="the votes are on: overall"):
        judged([pair("1", "0")], aspect="style")


def test_the_baselines_stand_in_the_same_table() -> None:
    table = preferences(
        from_spec("test_accuracy.worth"), judged([pair("1", "0 0"), pair("1 1 1", "0 0"), pair("1", "0")])
    )
    found = {a.name: a for a in table.table()}
    assert list(found) == ["test_accuracy.worth", "constant", "random", "longer", "shorter", "first"]
    means = {name: a.half.mean for name, a in found.items() if a.half is not None}
    assert means["constant"] == 0.5
    assert means["longer"] == means["shorter"] == (1 + 0 + 0.5) / 3
    assert found["first"].note.startswith("the preferred response always comes first")


def test_the_random_baseline_is_the_same_for_the_same_seed() -> None:
    pairs = judged([pair(str(i), "0") for i in range(50)])
    tables = [
        preferences(from_spec("test_accuracy.worth"), pairs, seed=seed).outcomes["random"].tolist()
        for seed in (0, 0, 1)
    ]
    assert tables[0] == tables[1] != tables[2]


def test_a_pairwise_reward_is_asked_for_every_pair() -> None:
    found = first(pair("long", "s"), pair("s", "long"), pair("same", "size"), spec="test_accuracy.prefers")
    assert found.half is not None
    assert found.half.mean == (1 + 0 + 0.5) / 3


def test_a_group_reward_sees_the_responses_of_one_comparison() -> None:
    found = first(pair("long", "s"), pair("s", "longer"), spec="test_accuracy.longest")
    assert found.half is not None
    assert found.half.mean == (1 + 0) / 2


def test_groups_have_the_whole_table_each() -> None:
    pairs = judged([pair("1", "0", kind="a"), pair("0", "1", kind="a"), pair("1", "0", kind="b")])
    found = preferences(from_spec("test_accuracy.worth"), pairs).groups("kind")
    assert {name: (t[0].n, t[0].half and t[0].half.mean) for name, t in found.items()} == {"a": (2, 0.5), "b": (1, 1.0)}


@pytest.mark.parametrize(
    ("file", "wrong", "half"),
    [("vl_rewardbench/data.jsonl", 42.6, 43.1), ("mm_rlhf_rewardbench/mm_reward_bench.jsonl", 71.8, 72.4)],
)
def test_the_length_baseline_on_public_pairs(data_dir: Path, file: str, wrong: float, half: float) -> None:
    found = preferences(from_spec("length.chars"), judged(comparisons(load(data_dir / file)))).table()[0]
    assert found.wrong is not None
    assert found.half is not None
    assert (round(100 * found.wrong.mean, 1), round(100 * found.half.mean, 1)) == (wrong, half)
