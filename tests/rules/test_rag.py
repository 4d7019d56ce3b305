"""Citations that support, abstaining where nothing does: what pays, and what does not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import Score, Status
from guerdon.rules.rag import abstain, citations, cited

KEL = "Kel is a mountain in the north. It is 4312 m high."
RO = {"title": "Ro", "text": "The Ro is a river, 90 km long, and not navigable."}
BEL = {"contents": "Bel is a town of 8000 people."}
DOCUMENTS = [KEL, RO, BEL]


def scored(response: str, documents: Any = DOCUMENTS, **settings: Any) -> Score:
    return citations(**settings).one({"response": response, "documents": documents})


def parts(score: Score) -> tuple[float | None, float | None]:
    return score.components["rag.citations/precision"].value, score.components["rag.citations/recall"].value


@pytest.mark.parametrize(
    "response",
    [
        "Kel is 4312 m high [1]. The Ro is 90 km long [2].",
        "Kel is 4312 m high. [1] The Ro is 90 km long. [2]",
        "Kel is 4312 m high.[1] The Ro is 90 km long.[2]",
        "Kel is 4312 m high [1]\n\nThe Ro is 90 km long [ 2 ]",
        "[1]\nKel is 4312 m high [1]. The Ro is 90 km long [2].",
    ],
)
def test_supported_statements_earn_all_wherever_the_citation_stands(response: str) -> None:
    assert scored(response).value == 1.0


def test_precision_and_recall_are_of_citations_and_statements() -> None:
    score = scored("Kel is 4312 m high [1][3]. The Ro is 90 km long [1]. Bel is a town.")
    assert parts(score) == (1 / 3, 1 / 3)  # one of three citations is needed, one of three statements supported
    assert score.value == pytest.approx(1 / 3)


def test_two_passages_may_support_a_statement_together() -> None:
    assert scored("Kel is 4312 m high and the Ro is 90 km long [1, 2].").value == 1.0
    assert parts(scored("Kel is 4312 m high and the Ro is 90 km long [1]."))[1] == 0.0


# -- free lunches ------------------------------------------------------------------------------------


def test_citing_everything_behind_every_statement_costs_precision() -> None:
    score = scored("Kel is 4312 m high [1][2][3]. The Ro is 90 km long [1][2][3].")
    assert parts(score) == (2 / 6, 1.0)


def test_passages_that_do_not_exist_support_nothing() -> None:
    assert scored("Kel is 4312 m high [0]. The Ro is 90 km long [9].").value == 0.0
    assert parts(scored("Kel is 4312 m high [1][9]."))[0] == 0.5


def test_a_number_or_a_negation_that_is_not_there_is_not_supported() -> None:
    assert scored("Kel is 4321 m high [1].").value == 0.0
    assert scored("Kel is not a mountain in the north [1].").value == 0.0
    assert scored("The Ro is not navigable [2].").value == 1.0


def test_small_words_support_nothing() -> None:
    assert scored("It is in the [1].").value == 0.0


def test_nothing_is_earned_without_citations_or_statements() -> None:
    assert scored("Kel is 4312 m high.").value == 0.0
    for empty in ("", "[1][2]", " … [3]"):
        assert scored(empty).status == Status.MALFORMED
        assert scored(empty).value == 0.0


@pytest.mark.parametrize("documents", [[], ()])
def test_without_passages_it_does_not_apply(documents: Any) -> None:
    for made in (citations(), cited(), abstain()):
        row = {"response": "Kel [1].", "documents": documents, "answer": "Kel"}
        assert made.one(row).status == Status.INAPPLICABLE


@pytest.mark.parametrize("documents", ["Kel is high.", [7], 3])
def test_documents_of_another_kind_fail(documents: Any) -> None:
    assert scored("Kel [1].", documents).status == Status.FAILED


@given(
    st.lists(st.sampled_from(["Kel is 4312 m high [1].", "The Ro is long [1].", "Bel [3].", "[2]", "Nobody knows."]))
)
def test_values_stay_in_range_and_order_of_passages_does_not_matter(sentences: list[str]) -> None:
    response = " ".join(sentences)
    score = scored(response)
    assert score.value is not None
    assert 0 <= score.value <= 1
    turned = response.replace("[1]", "[x]").replace("[3]", "[1]").replace("[x]", "[3]")
    assert scored(turned, DOCUMENTS[::-1]).value == score.value


def test_more_words_may_be_asked_for() -> None:
    assert scored("Kel is a high and famous mountain [1].").value == 1.0
    assert scored("Kel is a high and famous mountain [1].", share=1.0).value == 0.0


def test_citing_at_all_is_counted_apart() -> None:
    row = {"response": "Kel is low [1]. The Ro is short [7]. Bel.", "documents": DOCUMENTS}
    assert cited().one(row).value == pytest.approx(1 / 3)


# -- abstaining --------------------------------------------------------------------------------------


def abstained(response: str, answer: Any = "4312 m", documents: Any = DOCUMENTS) -> float | None:
    return abstain().one({"response": response, "documents": documents, "answer": answer}).value


DECLINES = "The passages do not say; I cannot answer."


def test_whether_to_abstain_depends_on_the_passages() -> None:
    assert (abstained("It is 4312 m."), abstained(DECLINES)) == (1.0, 0.0)
    assert (abstained("It is 4312 m.", documents=[RO]), abstained(DECLINES, documents=[RO])) == (0.0, 1.0)


def test_declining_and_answering_all_the_same_is_answering() -> None:
    assert abstained(f"{DECLINES} It is 4312 m.", documents=[RO]) == 0.0


def test_a_part_of_a_word_is_no_answer_in_a_passage() -> None:
    assert abstained(DECLINES, "art", ["A party in the park."]) == 1.0
    assert abstained(DECLINES, ["Qel", "KEL"], [KEL]) == 0.0
    assert abstained(DECLINES, 8000, [BEL]) == 0.0


def test_an_empty_response_does_not_abstain() -> None:
    assert abstained("", documents=[RO]) == 0.0


def test_without_an_answer_to_look_for_it_does_not_apply() -> None:
    for answer in ("", [], ["…"]):
        assert abstain().one({"response": "x", "documents": [KEL], "answer": answer}).status == Status.INAPPLICABLE


def test_hostile_responses_are_scored_in_time() -> None:
    for bomb in (
        "[1]" * 60_000,
        "a. " * 60_000,
        "[1," * 60_000,
        "[" + " " * 900_000,
        "x.[1] " * 30_000,
        "[1" + ", 1" * 60_000,
    ):
        row = {"response": bomb, "documents": DOCUMENTS, "answer": "x"}
        assert all((made.one(row).value or 0.0) <= 1.0 for made in (citations(), cited(), abstain()))
