"""RAG-RewardBench as a system: rewards that check citations, abstaining and conflicts."""

import pytest

from guerdon import Status
from guerdon.systems import Proof, rag_rewardbench
from guerdon.systems.rag_rewardbench import abstain, citation, conflict

DOCUMENTS = ["Kel is 4312 m high.", "Kel is 4213 m high, an old map says.", "The Ro is 90 km long."]


def test_a_faithful_answer_beats_a_wrong_citation_and_that_beats_none() -> None:
    texts = ("Kel is 4312 m high [1].", "Kel is 4312 m high [3].", "Kel is 4312 m high.")
    assert [citation().one({"response": t, "documents": DOCUMENTS}).value for t in texts] == [
        1.0,
        pytest.approx(0.1),
        0.0,
    ]


def test_of_conflicting_sources_one_is_followed() -> None:
    row = {"answer": "4312 m", "options": ["4312 m", "4213 m"]}
    assert conflict().one({**row, "response": "It is 4312 m."}).value == 1.0
    assert conflict().one({**row, "response": "It is 4213 m."}).value == 0.0
    for both in ("It is 4312 m or 4213 m.", "I cannot tell."):
        assert conflict().one({**row, "response": both}).status == Status.MALFORMED


def test_abstaining_pays_only_where_no_passage_answers() -> None:
    row = {"response": "I cannot answer.", "answer": "90 km"}
    assert abstain().one({**row, "documents": DOCUMENTS}).value == 0.0
    assert abstain().one({**row, "documents": DOCUMENTS[:2]}).value == 1.0


@pytest.mark.parametrize("proof", rag_rewardbench.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
