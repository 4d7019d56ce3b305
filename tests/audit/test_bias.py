"""Biases are preferences among responses that say the same, and each is told from the others."""

from __future__ import annotations

from typing import Any

import pytest
from tests.audit import crooked, planted

from guerdon import Reward, reward
from guerdon.audit import Audit, audit
from guerdon.audit.forms import TAGS
from guerdon.rules import answers, shape, text

NUMBERS = [
    {"prompt": "?", "chosen": TAGS.fill(str(n)), "rejected": TAGS.fill(str(n + 1)), "answer": str(n)} for n in range(8)
]


def biases(made: Reward, rows: Any = NUMBERS) -> Audit:
    return audit(made, rows, only=["bias"])


@pytest.mark.parametrize(
    ("made", "bias"),
    [
        (planted.prefers_longer(), "bias.length"),
        (shape.chars(), "bias.length"),
        (crooked.likes_markdown(), "bias.format"),
        (crooked.trusts(), "bias.authority"),
        (answers.numeric(), "bias.language"),
    ],
)
def test_a_bias_is_found_and_no_other(made: Reward, bias: str) -> None:
    assert biases(made).failed == [bias]


def test_a_reward_without_bias_is_indifferent() -> None:
    found = biases(answers.exact(), [{**row, "translation": row["answer"]} for row in NUMBERS])
    assert found.failed == found.weak == []
    for name in ("bias.length", "bias.format", "bias.authority"):
        rate = found[name].rate
        assert rate is not None
        assert (rate.mean, rate.n) == (0.5, 16)  # all ties


def test_length_is_told_with_its_correlation_net_of_correctness() -> None:
    rows = [
        {**row, "chosen": f"{'very ' * i}long", "rejected": f"{'quite ' * i}short"} for i, row in enumerate(NUMBERS)
    ]
    assert "correlate with their length by 1.00" in biases(shape.chars(), rows)["bias.length"].detail
    assert "correlate" not in biases(answers.exact(), NUMBERS)["bias.length"].detail


def test_who_prefers_short_texts_is_not_called_fond_of_long_ones() -> None:
    rows = [
        {"prompt": "?", "chosen": "a red cat on a mat", "rejected": "a blue dog", "answer": "a red cat on a mat"}
    ] * 4
    assert biases(text.token_f1(), rows)["bias.length"].verdict == "pass"


def test_a_translation_of_the_data_is_used_where_there_is_one() -> None:
    rows = [{**row, "translation": f"{row['answer']}."} for row in NUMBERS]
    found = biases(answers.exact(), rows)["bias.language"]
    assert found.verdict == "pass"
    assert found.rate is not None
    assert found.rate.n == 8


@reward("bias.first", over="comparison", native="pairwise", range=(0, 1))
def first(responses: list[str]) -> float:
    """The first one, whatever it says."""
    return 1.0


def test_position_is_told_by_flips_and_by_what_the_first_gets() -> None:
    found = biases(first())["bias.position"]
    assert found.rate is not None
    assert (found.verdict, found.rate.mean) == ("fail", 1.0)
    assert "the first response gets 100 % of the preference" in found.detail
    sound = biases(planted.ties_as_wins())["bias.position"]
    assert sound.verdict == "pass"
    assert "gets 50 % of the preference" in sound.detail


class Vain(crooked.Made):
    """A judge, mine-7b, that takes what it wrote itself for right."""

    def evaluate(self, rows: Any) -> Any:
        """1 where it knows its own hand, else where the answer is right."""
        return self._of([float("(mine)" in row["response"] or f">{row['answer']}" in row["response"]) for row in rows])


def test_a_judge_that_prefers_its_own_model_is_found() -> None:
    theirs = [{**row, "models": ["other", "mine-7b"], "rejected": f"{row['rejected']} (mine)"} for row in NUMBERS[:4]]
    mine = [{**row, "models": ["mine-7b", "other"], "chosen": f"{row['chosen']} (mine)"} for row in NUMBERS[4:]]
    found = biases(Vain(), [*theirs, *mine])["bias.self_preference"]
    assert found.verdict == "fail"
    assert "+100 %" in found.detail
    fair = biases(crooked.Made(), [*theirs, *mine])["bias.self_preference"]
    assert fair.verdict == "pass"


def test_self_preference_needs_to_know_who_wrote_what() -> None:
    found = biases(crooked.Made(), NUMBERS)["bias.self_preference"]
    assert found.verdict == "not_applicable"
    assert "`models`" in found.detail
