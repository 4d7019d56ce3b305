"""Contrast sets: what ignores the question is caught, however right its answers look."""

from typing import Any

import pytest

from guerdon import reward
from guerdon.bench import load, run
from guerdon.bench.contrast import neighbours, quartet
from guerdon.bench.run import Results
from guerdon.scores import ContractError

BENCHMARK = load("contrast-instructions")


def row(n: int = 0) -> dict[str, Any]:
    return {
        "query": f"name fruit {n}", "retrieval": f"name bird {n}", "query_response_j": f"fruit {n} apple",
        "query_response_k": "none", "retrieval_response_j": f"bird {n} wren!", "retrieval_response_k": "neither",
    }  # fmt: skip


@reward("toy.contrast_overlap", range=(0, None))
def overlap(prompt: str, response: str) -> float:
    return float(len(set(prompt.split()) & set(response.split())))


@reward("toy.contrast_length", range=(0, None))
def length(response: str) -> float:
    return float(len(response))


@reward("toy.contrast_pairwise", native="pairwise", range=(0, 1))
def pairwise(responses: list[str]) -> float:
    return 1.0


def figures(results: Results) -> dict[str, float]:
    return {line.metric: line.overall.estimate.mean for line in results.entries[0].lines if line.overall.estimate}


def test_a_reward_that_reads_the_question_is_consistent() -> None:
    found = figures(run(BENCHMARK, [overlap()], data=[row(n) for n in range(5)]))
    assert found == {"C_both": 1.0, "C_res": 1.0, "C_ins": 1.0, "C_res ties": 0.0, "C_ins ties": 0.0}


def test_a_reward_blind_to_the_question_ties_under_both() -> None:
    results = run(BENCHMARK, [length()], data=[row(n) for n in range(5)])
    assert figures(results)["C_ins"] == 0.0
    assert figures(results)["C_ins ties"] == 1.0
    assert results.entries[0].official["C_ins"] == 100.0


def test_the_readme_and_the_data_disagree_on_what_is_right() -> None:
    readme = load("contrast-instructions-k")
    samples = run(readme, data=[row()]).questions.examples[0].samples
    assert [sample["response"] for sample in samples] == ["none", "neither"] * 2


def test_a_pairwise_reward_cannot_compare_across_questions() -> None:
    with pytest.raises(ContractError, match="asks across prompts"):
        run(BENCHMARK, [pairwise()], data=[row()])


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ({"prompt": "a", "response": "x"}, {"prompt": "b", "response": "x"}, "answers are the same"),
        ({"prompt": "a", "response": "x"}, {"prompt": "a", "response": "y"}, "questions are the same"),
        ({"prompt": "a", "response": None}, {"prompt": "b", "response": "y"}, "one is missing"),
    ],
)
def test_what_asks_nothing_is_no_item(first: dict[str, Any], second: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        quartet(first, second)


def test_neighbours_are_alike_but_not_the_same_and_answer_differently() -> None:
    vectors = [[1.0, 0.0], [0.999, 0.04], [0.8, 0.6], [0.82, 0.57], [0.0, 1.0]]
    assert neighbours(vectors, ["a", "b", "a", "b", "b"]) == [(1, 2), (0, 3)]  # 0 and 1, 2 and 3 are the same
    assert neighbours(vectors, ["a"] * 5) == []


def test_a_row_has_one_partner_at_most() -> None:
    vectors = [[1.0, 0.0], [0.8, 0.6], [0.8, -0.6]]
    assert len(neighbours(vectors, ["a", "b", "c"])) == 1
