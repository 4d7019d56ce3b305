"""MM-R5: what the official code pays by mistake costs by default, and is there as published."""

import pytest

from guerdon import Reward
from guerdon.systems import Proof, mm_r5


def earned(reward: Reward, said: str, relevant: list[int], candidates: int = 5) -> float | None:
    row = {"response": f"<think>t</think><answer>{said}</answer>", "relevant": relevant, "candidates": candidates}
    return reward.one(row).value


@pytest.mark.parametrize(
    ("said", "relevant", "rank", "template"),
    [
        ("[3,1,2,4,5]", [3], 1.0, 1.0),
        ("[1,2,3,4,5]", [3], 1 / 27, 1.0),
        ("[1,2,3,4,5]", [3, 1], (1 + 1 / 27) / (1 + 1 / 8), 1.0),
        ("[3,1]", [3, 1], 1.0, 0.4),
        ("[9,8,7,6,5]", [3], 0.0, 0.2),
        ("[1,2,3,4,5,1,2,3,4,5,1]", [3], 1 / 27, -0.2),
    ],
)
def test_the_published_table(said: str, relevant: list[int], rank: float, template: float) -> None:
    assert earned(mm_r5.rank(as_published=True), said, relevant) == pytest.approx(rank)
    assert earned(mm_r5.template(as_published=True), said, relevant) == pytest.approx(template)
    assert earned(mm_r5.rank(), said, relevant) == pytest.approx(rank)


@pytest.mark.parametrize(
    ("said", "published", "default"),
    [
        ("[3,3,3,3,3]", 2.0, 1.2),  # one page, five times
        ("[3,1]", 1.4, 1.4),  # only the top
        ("[3,9,8,7,6]", 1.2, 1.2),  # made up
    ],
)
def test_lists_that_are_no_rankings_cost(said: str, published: float, default: float) -> None:
    assert earned(mm_r5.total(as_published=True), said, [3]) == pytest.approx(published)
    assert earned(mm_r5.total(), said, [3]) == pytest.approx(default)
    assert earned(mm_r5.total(), "[3,1,2,4,5]", [3]) == 2.0


@pytest.mark.parametrize("said", [" [3,1,2,4,5] ", "[3,\n1,2,4,5]", "3 > 1 > 2 > 4 > 5"])
def test_white_space_and_arrows_are_errors_only_as_published(said: str) -> None:
    assert earned(mm_r5.total(as_published=True), said, [3]) == 0.0
    assert earned(mm_r5.total(), said, [3]) == 2.0


def test_a_single_candidate_can_be_listed() -> None:
    assert earned(mm_r5.template(as_published=True), "[1]", [1], candidates=1) == 0.0
    assert earned(mm_r5.template(), "[1]", [1], candidates=1) == 1.0


def test_the_list_needs_a_thought_to_have_the_format() -> None:
    row = {"response": "<answer>[3,1,2,4,5]</answer>", "relevant": [3], "candidates": 5}
    assert mm_r5.total().one(row).value == mm_r5.total(as_published=True).one(row).value == 1.0


def test_the_published_table_is_read_in_linear_time() -> None:
    for text in ("<answer>[" * 50_000, "<think>" + "</think><answer>[1,1" * 20_000, "1," * 200_000):
        row = {"response": text, "relevant": [1], "candidates": 3}
        assert mm_r5.total(as_published=True).one(row).value == 0.0


@pytest.mark.parametrize("proof", mm_r5.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold_on_one_seed(proof: Proof) -> None:
    assert proof.run(seeds=(0,)).reason == ""


@pytest.mark.slow
@pytest.mark.parametrize("proof", mm_r5.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    assert proof.run().reason == ""
