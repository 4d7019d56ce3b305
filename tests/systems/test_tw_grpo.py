"""TW-GRPO: choices with partial credit, inverted questions, and the official reading of letters."""

import json
from pathlib import Path

import numpy as np
import pytest

from guerdon import Reward, Status
from guerdon.systems import Proof, tw_grpo
from guerdon.systems.tw_grpo import LETTERS, Question, invert_question, negated

ASKED = Question("Why did he leave?", ("he was tired", "he was late", "it rained", "no one came"), frozenset("C"))


def earned(reward: Reward, said: str, gold: str, **columns: int) -> float | None:
    row = {"response": f"<think>t</think><answer>{said}</answer>", "answer": f"<answer>{gold}</answer>", **columns}
    return reward.one(row).value


@pytest.mark.parametrize(
    ("said", "gold", "soft", "strict"),
    [
        ("A", "A,B", 0.5, 0.0),
        ("A,C", "A,B", 0.0, 0.0),
        ("A,A", "A,B", 0.5, 0.0),
        ("A,B,C", "A,B,C,D", 0.75, 0.0),
        ("B,A", "A,B", 1.0, 1.0),
        ("A,B,C,D", "A,B", 0.0, 0.0),
    ],
)
@pytest.mark.parametrize("as_published", [False, True])
def test_the_published_table(said: str, gold: str, soft: float, strict: float, as_published: bool) -> None:
    assert earned(tw_grpo.soft(as_published=as_published), said, gold) == soft
    assert earned(tw_grpo.strict(as_published=as_published), said, gold) == strict


@pytest.mark.parametrize(
    ("said", "gold"), [("a", "A"), ("(A)", "A"), ("AB", "A,B"), ("A，B", "A,B"), ("A and B", "A,B")]
)
def test_letters_are_wrong_only_as_published(said: str, gold: str) -> None:
    assert earned(tw_grpo.soft(), said, gold) == 1.0
    assert earned(tw_grpo.soft(as_published=True), said, gold) == 0.0


def test_a_part_stops_paying_in_the_curriculum() -> None:
    assert earned(tw_grpo.curriculum(at=100), "A", "A,B", step=99) == 0.5
    assert earned(tw_grpo.curriculum(at=100), "A", "A,B", step=100) == 0.0
    assert earned(tw_grpo.curriculum(at=100), "A,B", "A,B", step=100) == 1.0


def test_the_published_format_minds_only_the_end() -> None:
    published, default = tw_grpo.tags(as_published=True), tw_grpo.tags()
    for text, expected in {
        "x <think>t</think><answer>A</answer> !!": 1.0,
        "<think>t</think><answer>A</answer> ok": 0.0,
        "<think>t</think>x<answer>A</answer>": 0.0,
        "<think>t</think><answer>A</answer><answer>B</answer>": 0.0,
        "<answer>A</answer><think>t</think>": 0.0,
        "<think>t</think><answer>A": 0.0,
    }.items():
        assert published.one({"response": text}).value == expected, text
        assert default.one({"response": text}).value == 0.0, text


def test_two_answers_are_malformed() -> None:
    row = {"response": "<think>t</think><answer>A</answer><answer>B</answer>", "answer": "A"}
    assert tw_grpo.soft().one(row).status == Status.MALFORMED


def test_an_inverted_question_has_the_wrong_options_as_answers() -> None:
    rng = np.random.default_rng(0)
    sizes = set()
    for _ in range(50):
        inverted = invert_question(ASKED, rng)
        assert inverted is not None
        assert inverted.text == "why didn't he leave?"
        right = {inverted.options[LETTERS.index(letter)] for letter in inverted.answer}
        assert right < {"he was tired", "he was late", "no one came"} or len(right) == 3
        assert set(inverted.options) - right == {"it rained"}
        sizes.add(len(right))
    assert sizes == {1, 2, 3}


@pytest.mark.parametrize(
    "question",
    [
        ASKED._replace(text="Name the colour."),  # cannot be negated: its inverted answers would be false
        ASKED._replace(answer=frozenset("AB")),
        ASKED._replace(options=("it rained",), answer=frozenset("A")),
    ],
    ids=["no verb", "two right", "none wrong"],
)
def test_a_question_that_cannot_be_inverted_is_not(question: Question) -> None:
    assert invert_question(question, np.random.default_rng(0)) is None


def test_the_first_or_second_word_is_negated() -> None:
    assert negated("Did she smile") == "didn't she smile"
    assert negated("What happened before he did it") == "what didn't happen before he did it"
    assert negated("how many dogs are there") is None


def test_the_official_inversion_left_some_questions_as_they_were(data_dir: Path) -> None:
    """The inverted answers to a question that was not negated are false: 22 of 1668."""
    rows = json.loads((data_dir / "tw_grpo" / "nextgqa_val_mixed.json").read_text(encoding="utf-8"))
    inverted = [row["question"].lower() for row in rows if row["is_negated"]]
    assert (len(inverted), sum("n't" not in question for question in inverted)) == (1668, 22)


def test_the_published_rewards_are_those_of_the_released_outputs(data_dir: Path) -> None:
    lines = (data_dir / "tw_grpo" / "outputs_mmvu.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    samples = [{"response": row["model_output"], "answer": row["ground_truth"]} for row in rows]
    for name, reward in (
        ("accuracy_score", tw_grpo.soft(as_published=True)),
        ("format_score", tw_grpo.tags(as_published=True)),
    ):
        assert reward(samples).values.tolist() == [row[name] for row in rows]


@pytest.mark.parametrize("proof", tw_grpo.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    assert proof.run().reason == ""
