"""GoT-R1: what each factor pays for alone, the product does not."""

from typing import Any

import numpy as np
import PIL.Image
import pytest

from guerdon import Score, Status, reward
from guerdon.geometry import Box
from guerdon.sample import Row
from guerdon.systems import Proof, got_r1

CAT, DOG = (36, 66, 400, 694), (500, 66, 907, 694)


def plan(**things: tuple[int, int, int, int]) -> str:
    said = (
        f"<|obj_start|>{p}<|obj_end|> <|box_start|>({a},{b}),({c},{d})<|box_end|>" for p, (a, b, c, d) in things.items()
    )
    return " and ".join(said) + "<begin_of_image>"


def row(response: str, image: Any = 10, words: Any = 10, boxes: Any = 10, **found: tuple[int, int, int, int]) -> Row:
    return {
        "response": response, "image_verdict": str(image), "plan_verdict": str(words), "layout_verdict": str(boxes),
        "grounded": [{"label": p, "bbox_2d": list(box)} for p, box in found.items()], "image_size": (1000, 1000),
    }  # fmt: skip


def one(*args: Any, **found: Any) -> Score:
    return got_r1.total().one(row(*args, **found))


@reward("test.got_r1_preference", range=(0, 1))
def half(response: str) -> float:
    """Likes everything by half."""
    return 0.5


def test_all_right_is_1() -> None:
    assert one(plan(cat=CAT, dog=DOG), cat=CAT, dog=DOG).value == 1.0


def test_it_is_the_published_product() -> None:
    score = one(plan(cat=CAT, dog=DOG), 8, 6, 4, cat=CAT)
    assert score.value == pytest.approx(0.8 * (0.6 + 0.4) / 2 * 0.5)
    assert {name: part.value for name, part in score.components.items()} == pytest.approx(
        {"prompt_image": 0.8, "prompt_plan": 0.6, "prompt_layout": 0.4, "plan_image": 0.5}
    )


def test_the_first_version_does_not_halve_and_the_last_has_a_preference() -> None:
    given = row(plan(cat=CAT), 8, 6, 4, cat=CAT)
    assert got_r1.total(halved=False).one(given).value == pytest.approx(0.8)
    assert got_r1.total(preference=half()).one(given).value == pytest.approx(0.2)


# -- free lunches ------------------------------------------------------------------------------------


def test_one_box_over_the_canvas_pays_alone_and_not_in_the_product() -> None:
    everywhere = (0, 0, 999, 999)
    given = row(plan(cat=everywhere), 0, 5, 0, cat=everywhere)
    assert got_r1.plan_image().one(given).value == 1.0
    assert got_r1.total().one(given).value == 0.0


@pytest.mark.parametrize("response", ["", "A cat.", plan(cat=(400, 66, 36, 694)), plan(cat=CAT)[:-40]])
def test_a_plan_without_readable_boxes_earns_nothing(response: str) -> None:
    score = one(response, cat=CAT)
    assert (score.value, score.status) == (0.0, Status.MALFORMED)


def test_objects_nobody_planned_cost() -> None:
    assert one(plan(cat=CAT), cat=CAT, dog=DOG).value == 0.5


def test_half_of_the_sum_is_the_same_within_a_group() -> None:
    rows = [row(plan(cat=CAT), i, 10 - i, i, cat=CAT) for i in range(11)]
    assert got_r1.total(halved=False)(rows).values == pytest.approx(2 * got_r1.total()(rows).values)


@pytest.mark.parametrize("reply", ["", "splendid", "11", "7 or 8"])
def test_a_judge_that_cannot_be_read_gives_no_score(reply: str) -> None:
    score = one(plan(cat=CAT), reply, cat=CAT)
    assert (score.value, score.status) == (None, Status.UNREAD)


# -- judges and grounders ----------------------------------------------------------------------------


def test_a_grounder_is_asked_once_a_phrase() -> None:
    asked: list[str] = []

    def finds(given: Row, phrase: str) -> Box | None:
        asked.append(phrase)
        return Box(*CAT) if phrase == "cat" else None

    made = got_r1.plan_image(grounder=finds)
    given = {"response": plan(cat=CAT, dog=DOG), "image_size": (1000, 1000)}
    assert made.one(given).value == 0.5
    assert asked == ["cat", "dog"]
    assert made.one({"response": "no plan", "image_size": (9, 9)}).status == Status.MALFORMED


def test_the_layout_judge_sees_the_boxes_drawn() -> None:
    seen: list[PIL.Image.Image] = []

    def judge(given: Row, canvas: PIL.Image.Image) -> str:
        seen.append(canvas)
        return "Score: 6"

    made = got_r1.prompt_layout(judge=judge)
    assert made.one({"response": plan(cat=CAT)}).value == pytest.approx(0.6)
    assert (np.asarray(seen[0]) < 255).any()
    unread = made.one({"response": "no plan"})
    assert (unread.value, unread.status, len(seen)) == (0.0, Status.MALFORMED, 1)


def test_any_judge_stands_in() -> None:
    made = got_r1.total(
        image=got_r1.prompt_image(judge=lambda given: "9/10"),
        plan=got_r1.prompt_plan(judge=lambda given: "8"),
        spatial=got_r1.prompt_layout(judge=lambda given, canvas: "4"),
    )
    given = {"response": plan(cat=CAT), "grounded": [{"label": "cat", "bbox_2d": CAT}], "image_size": (1000, 1000)}
    assert made.one(given).value == pytest.approx(0.9 * 0.6)


def test_hostile_plans_are_scored() -> None:
    for bomb in ("<|obj_start|>" * 50_000, plan(cat=CAT)[:-30] * 5_000, "<|box_start|>(" + "9" * 100_000):
        assert one(bomb, cat=CAT).status == Status.MALFORMED


@pytest.mark.parametrize("proof", got_r1.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0, 1))
    assert evidence.passed, evidence.reason
