"""Values follow what matters and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.audit import crooked, planted

from guerdon import Image, Reward, reward
from guerdon.audit import Audit, audit
from guerdon.audit.forms import TAGS
from guerdon.audit.media import IRRELEVANT, changed, with_images_of, with_prompt_of
from guerdon.rules import answers, text
from guerdon.world import corruptions

CAPTIONS = corruptions.pairs(8, 5)
DIGESTS = {Image.of(row["images"][0]).digest for row in CAPTIONS}
NUMBERS = [
    {"prompt": f"How many of {n}?", "chosen": TAGS.fill(str(n)), "rejected": TAGS.fill(str(n + 1)), "answer": str(n)}
    for n in range(8)
]
ASKED = [
    {"prompt": f"Say {word}", "chosen": f"good {word}", "rejected": "bad"} for word in ("ant", "bee", "cow", "dog")
]


def senses(made: Reward, rows: Any = NUMBERS) -> Audit:
    return audit(made, rows, only=["sense"])


def test_who_looks_at_the_image_is_told_from_who_does_not() -> None:
    assert senses(planted.sees(), CAPTIONS)["sense.image"].verdict == "pass"
    blind = senses(planted.blind(), CAPTIONS)["sense.image"]
    assert blind.verdict == "fail"
    assert "fall on 0 % of 7 rows and stay put on 100 %" in blind.detail  # one has the least value and cannot


def test_a_pairwise_reward_has_to_change_its_preference_with_the_image() -> None:
    @reward("sense.careless", over="comparison", native="pairwise", range=(0, 1))
    def careless(responses: list[str], images: list[Any]) -> float:
        """Prefers what is longer, whatever the picture."""
        a, b = map(len, responses)
        return 0.5 if a == b else float(a > b)

    assert senses(planted.judge(), CAPTIONS)["sense.image"].verdict == "pass"
    assert senses(careless(), CAPTIONS)["sense.image"].verdict == "fail"


@reward("sense.chatty", range=(0, 1))
def chatty(messages: list[Any], response: str) -> float:
    """Looks at the picture among the parts of the prompt, as a judge does that is sent the chat."""
    (picture,) = [part["image"] for message in messages for part in message["content"] if part["type"] == "image"]
    return planted.agreement(response, planted.look(picture))


def test_a_judge_that_gets_the_chat_gets_the_worlds_pictures_in_it() -> None:
    found = audit(chatty(), only=["sense", "attack"], limit=8)
    assert found.failed == []
    assert found["sense.image"].verdict == "pass"


def test_an_image_changed_in_ways_that_nobody_sees_changes_nothing() -> None:
    assert senses(planted.sees(), CAPTIONS)["sense.same_image"].verdict == "pass"

    @reward("sense.fragile", range=(0, 1))
    def fragile(response: str, images: list[Any]) -> float:
        """Knows pictures by their bytes alone."""
        known = images[0].digest in DIGESTS
        return planted.agreement(response, planted.look(images[0])) if known else 0.0

    found = senses(fragile(), CAPTIONS)["sense.same_image"]
    assert found.verdict == "fail"
    assert found.examples[0]["image"] in IRRELEVANT


def test_who_reads_the_prompt_is_told_from_who_does_not() -> None:
    assert senses(crooked.reads_prompt(), ASKED)["sense.prompt"].verdict == "pass"
    assert senses(crooked.ignores_prompt(), ASKED)["sense.prompt"].verdict == "fail"


def test_a_reward_that_never_compares_with_the_answer_is_found_without_known_responses() -> None:
    @reward("sense.always", range=(0, 1))
    def always(response: str, answer: str) -> float:
        """1 where the parser fails, which is always."""
        return 1.0

    outputs = [{"response": row["chosen"], "answer": row["answer"]} for row in NUMBERS]
    found = senses(always(), outputs)
    assert found["sense.answer"].verdict == "fail"
    assert found["sense.right"].verdict == "not_applicable"
    assert senses(answers.exact(), outputs)["sense.answer"].verdict == "pass"


def test_a_wrong_output_cannot_fall_and_is_not_counted() -> None:
    outputs = [{"response": row["chosen"], "answer": row["answer"]} for row in NUMBERS]
    wrong = [{"response": TAGS.fill("99"), "answer": "5"}] * 4
    found = senses(answers.exact(), [*outputs, *wrong])["sense.answer"]
    assert found.rate is not None
    assert (found.verdict, found.rate.n) == ("pass", 8)


def test_accuracy_counts_ties_as_wrong() -> None:
    found = senses(crooked.ignores_prompt(), [*ASKED, {"prompt": "?", "chosen": "x", "rejected": "y"}])["sense.right"]
    assert found.rate is not None
    assert found.rate.mean == pytest.approx(4 / 5)
    assert "20 % are ties" in found.detail


def test_where_nothing_is_told_apart_the_rows_may_not_fit() -> None:
    assert "are these rows what it is meant to score?" in senses(answers.yes_no())["sense.right"].detail


def test_saturation_is_both_at_the_top_and_not_both_at_the_bottom() -> None:
    @reward("sense.top", range=(0, 1))
    def top(response: str, answer: str) -> float:
        """The greatest value."""
        return 1.0

    @reward("sense.bottom", range=(0, 1))
    def bottom(response: str, answer: str) -> float:
        """The least."""
        return 0.0

    assert senses(top())["sense.saturation"].verdict == "fail"
    assert senses(bottom())["sense.saturation"].verdict == "pass"


def test_consistency_is_counted_on_pairs_of_rows() -> None:
    found = senses(answers.exact())["sense.contrast"]
    assert found.rate is not None
    assert (found.verdict, found.rate.mean) == ("pass", 1.0)
    blind = senses(crooked.likes_good_words(), ASKED)["sense.contrast"]
    assert blind.verdict == "fail"
    assert "among rows 0 %" in blind.detail


def test_other_words_of_the_same_meaning_should_not_decide() -> None:
    captions = [{**row, "answer": row["chosen"]} for row in CAPTIONS]
    assert senses(text.edit(), captions)["sense.paraphrase"].verdict == "fail"
    assert senses(planted.sees(), captions)["sense.paraphrase"].verdict == "pass"
    given = [{**row, "paraphrase": row["chosen"]} for row in captions]
    assert senses(text.edit(), given)["sense.paraphrase"].verdict == "pass"


def test_columns_that_say_which_is_better_are_named_where_they_count() -> None:
    @reward("sense.peeks", range=(0, 1))
    def peeks(response: str, chosen: str | None = None, id: str = "") -> float:
        """Looks up whether the response was chosen."""
        return float(response == chosen)

    found = senses(peeks())["sense.label"]
    assert found.verdict == "fail"
    assert "follow the column chosen" in found.detail


def test_a_reference_by_that_name_is_none_of_the_labels() -> None:
    made = answers.exact().reading(answer="label")
    assert senses(made, [{**row, "label": row["answer"]} for row in NUMBERS])["sense.label"].verdict == "pass"


def test_other_pictures_go_to_columns_and_messages_alike() -> None:
    mine, other = ({"bytes": png["images"][0]["bytes"], "path": None} for png in CAPTIONS[:2])
    parts: list[dict[str, Any]] = [{"type": "text", "text": "What?"}, {"type": "image", "image": mine}]
    row: dict[str, Any] = {"prompt": [{"role": "user", "content": parts}]}
    swapped = with_images_of(row, {"images": [other]})
    assert swapped is not None
    assert swapped["images"][0].digest == swapped["prompt"][0]["content"][1]["image"].digest
    assert with_images_of(row, {"images": [mine]}) is None  # the same
    assert with_images_of(row, {"images": [mine, other]}) is None  # not as many
    assert row["prompt"][0]["content"][1]["image"] is mine
    asked = with_prompt_of(row, {"prompt": "Why?"})
    assert asked is not None
    assert (asked["prompt"], len(asked["images"])) == ("Why?", 1)


@pytest.mark.parametrize("how", IRRELEVANT)
def test_irrelevant_changes_are_small_and_keep_the_size(how: str) -> None:
    row = changed(CAPTIONS[0], IRRELEVANT[how])
    assert row is not None
    sources = (CAPTIONS[0]["images"][0], row["images"][0])
    before, after = (Image.of(one).array().astype(float) for one in sources)
    assert before.shape == after.shape
    assert 0 < np.abs(before - after).mean() < 10


def test_a_picture_that_cannot_be_opened_costs_its_row_alone(tmp_path: Path) -> None:
    gone = {**CAPTIONS[0], "images": [str(tmp_path / "gone.png")]}
    assert with_images_of(gone, CAPTIONS[1]) is None
    assert changed(gone, IRRELEVANT["recompressed"]) is None
    found = senses(planted.sees(), [gone, *CAPTIONS[1:]])
    assert found["sense.image"].verdict == "pass"
