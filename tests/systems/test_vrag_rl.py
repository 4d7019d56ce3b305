"""VRAG-RL: the gate, the mix and the judge's words, by default and as published."""

from typing import Any

import pytest

from guerdon import Reward, Status, reward
from guerdon.geometry import Frame
from guerdon.systems import Proof, vrag_rl

REMINDER = "<|im_start|>user\nWrite <search> query </search> or <answer> answer </answer>.\n<|im_end|>"
SEARCHED = "<think>?</think><search>q</search><|im_start|>user\n[page]<|im_end|><think>!</think><answer>blue</answer>"
PAGES = {"retrieved": ["a_1", "a_2", "a_3", "a_4"], "relevant": ["a_2"]}


def row(response: Any = SEARCHED, verdict: str | None = "<judge>True</judge>", **columns: Any) -> dict[str, Any]:
    return {"response": response, "verdict": verdict, "answer": "blue", **PAGES, **columns}


@reward("test.vrag_judge", range=(0, 1))
def judge(response: str) -> float:
    """Likes blue."""
    return float("blue" in response)


def test_the_mix_is_judge_ndcg_and_gate() -> None:
    score = vrag_rl.training().one(row())
    assert score.value == pytest.approx(0.7 + 0.2 * 0.6309297536 + 0.1)
    assert {name: part.value for name, part in score.components.items()} == {
        "gate": 1.0, "judge": 1.0, "ranking.ndcg": pytest.approx(0.6309297536),
    }  # fmt: skip
    assert vrag_rl.training().one(row(verdict="<judge>False</judge>")).value == pytest.approx(0.2 * 0.6309297536 + 0.1)


def test_a_judge_can_be_plugged_in() -> None:
    scores = vrag_rl.training(judge=judge())([row(), row(SEARCHED.replace("blue", "red"))])
    assert scores.values == pytest.approx([0.1 + 0.2 * 0.6309297536 + 0.7, 0.1 + 0.2 * 0.6309297536])
    assert vrag_rl.correct(judge=judge()).one(row()).value == 1.0


@pytest.mark.parametrize(
    ("retrieved", "relevant", "expected"),
    [
        (["a1", "a2", "a3", "a4"], ["a2"], 0.6309),
        (["a1", "a2", "a3", "a4"], ["a3", "a4"], 0.5706),
        (["a1"], ["a1", "a2"], 0.6131),
        ([], ["a1"], 0.0),
        (["a1", "a1"], ["a1"], 1.0),  # as published 1.6309
    ],
)
def test_the_published_table(retrieved: list[str], relevant: list[str], expected: float) -> None:
    score = vrag_rl.retrieval().one(row(retrieved=retrieved, relevant=relevant))
    assert score.value == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    "transcript",
    [
        f"<think>?</think>{REMINDER}",  # the environment wrote them
        "<search>q<answer>a</answer></search>",  # nested
        "<answer>a</answer><search>q</search>",  # searched after answering
    ],
    ids=["reminder", "nested", "too late"],
)
def test_what_only_looks_like_a_search_and_an_answer_opens_only_the_published_gate(transcript: str) -> None:
    assert vrag_rl.training(as_published=True).one(row(transcript)).value == pytest.approx(
        0.7 + 0.2 * 0.6309297536 + 0.1
    )
    assert vrag_rl.training().one(row(transcript)).value == 0.0


@pytest.mark.parametrize(
    "transcript", ["<answer>a</answer>", "<search>q</search>", "", "<SEARCH>q</SEARCH><answer>a</answer>"]
)
def test_without_search_or_answer_the_gate_is_closed_and_no_judge_is_asked(transcript: str) -> None:
    for as_published in (False, True):
        score = vrag_rl.training(as_published=as_published).one(row(transcript, verdict=None))
        assert (score.value, score.status) == (0.0, Status.OK)
        assert score.components["judge"].status == Status.SKIPPED


def test_messages_are_read_as_text_is() -> None:
    messages = [
        {"role": "assistant", "content": "<think>?</think><search>q</search>"},
        {"role": "user", "content": "<answer>x</answer>"},
        {"role": "assistant", "content": [{"type": "text", "text": "<think>!</think><answer>blue</answer>"}]},
    ]
    assert vrag_rl.training().one(row("blue", transcript=messages)).value == vrag_rl.training().one(row()).value
    assert vrag_rl.training().one(row("", transcript=messages[:2])).value == 0.0
    assert vrag_rl.anls().one(row("", transcript=messages)).value == 1.0


@pytest.mark.parametrize(
    ("said", "published", "default"),
    [
        ("<judge>True</judge>", 1.0, 1.0),
        ("<judge>\nfalse\n</judge>", 0.0, 0.0),
        ("<judge> True or False </judge>", 1.0, None),
        ("<judge>untrue</judge>", 1.0, None),
        ("<judge>TRUE</judge>", None, 1.0),
        ("<judge>yes</judge>", None, None),
        ("True", None, None),
    ],
)
def test_a_verdict_is_true_or_false_or_unread(said: str, published: float | None, default: float | None) -> None:
    for as_published, expected in ((True, published), (False, default)):
        score = vrag_rl.correct(as_published=as_published).one(row(verdict=said))
        assert score.value == expected
        assert score.status == (Status.UNREAD if expected is None else Status.OK)


def test_the_last_answer_is_compared_as_text() -> None:
    anls = vrag_rl.anls()
    assert anls.one(row(answer="blue")).value == 1.0
    assert anls.one(row(answer=["red", "blues"])).value == pytest.approx(0.8)
    assert anls.one(row(answer="a long sentence")).value == 0.0
    assert anls.one(row("<answer>blue</answer>")).value == 0.0


def test_a_turn_has_one_action() -> None:
    assert vrag_rl.action("<think>t</think><bbox>[1, 2, 3, 4]</bbox>").value == ("bbox", "[1, 2, 3, 4]")
    for turn in ("<search>q</search>", "<think>t</think><search>q</search><answer>a</answer>", "<think>t</think>"):
        assert vrag_rl.action(turn).status == Status.MALFORMED


def test_a_region_is_mapped_to_the_page_and_held_within_it() -> None:
    shown, page = Frame(100, 100), Frame(200.0, 400.0)
    read = vrag_rl.region("[10, 20, 150, 60]", shown, page)
    assert read.value is not None
    assert read.value.corners == (20.0, 80.0, 200.0, 240.0)
    for body in ("[-1, 2, 30, 40]", "[30, 40, 10, 20]", "[1, 2, 3]", "[110, 10, 120, 20]"):
        assert vrag_rl.region(body, shown, page).status == Status.MALFORMED


def test_transcripts_are_cut_in_linear_time() -> None:
    for text in ("<|im_start|>user" * 100_000, ("<|im_start|>user\n" * 50_000) + "<|im_end|>"):
        for as_published in (False, True):
            assert vrag_rl.searched_and_answered(as_published=as_published).one(row(text)).value == 0.0


@pytest.mark.parametrize("proof", vrag_rl.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    assert proof.run().reason == ""


def test_the_rewards_are_declared_within_0_and_1() -> None:
    rewards: list[Reward] = [vrag_rl.training(), vrag_rl.correct(), vrag_rl.retrieval(), vrag_rl.anls()]
    assert [reward.range for reward in rewards[1:]] == [(0.0, 1.0)] * 3
    assert rewards[0].range == pytest.approx((0.0, 1.0))
