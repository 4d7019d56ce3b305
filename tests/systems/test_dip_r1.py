"""DIP-R1: looking pays where the group disagrees, and nowhere else."""

import json
from typing import Any

import pytest

from guerdon import ContractError, Status
from guerdon.systems import Proof, dip_r1

SURE, UNSURE, THIRD = [0, 0, 10, 10], [50, 50, 60, 60], [80, 80, 90, 90]
PICTURE = {"boxes": [SURE, UNSURE, THIRD], "image_size": [100, 100], "group": "a"}
EXACT = [48, 48, 62, 62]


def answered(looks: Any, boxes: Any) -> dict[str, Any]:
    text = f"<think>hm</think><look>{json.dumps(looks)}</look><answer>{json.dumps(boxes)}</answer>"
    return {"response": text, **PICTURE}


def group(*looks: Any) -> list[dict[str, Any]]:
    """Responses that agree on two boxes; every other one finds the third."""
    return [answered(look, [SURE, THIRD] + [UNSURE] * (i % 2)) for i, look in enumerate(looks)]


def test_looking_where_the_group_disagrees_pays_and_looking_elsewhere_does_not() -> None:
    values = dip_r1.look()(group([EXACT], [SURE], [EXACT, SURE], [])).values
    assert values.tolist() == [1.0, 0.0, 1.0, 0.0]


def test_where_all_agree_no_look_pays() -> None:
    rows = [answered([box], [SURE, UNSURE]) for box in (SURE, UNSURE, [0, 0, 100, 100])]
    assert dip_r1.look()(rows).values.tolist() == [0.0] * 3


def test_a_look_at_everything_pays_no_more_than_the_budget() -> None:
    everywhere = [[0, 0, 100, 100]]
    tiles = [[x, y, x + 25, y + 25] for x in range(0, 100, 25) for y in range(0, 100, 25)]
    beyond = [[-500, -500, 900, 900]]
    assert dip_r1.look()(group(everywhere, tiles, beyond, everywhere)).values == pytest.approx([0.3] * 4)
    assert dip_r1.look(budget=1.0)(group(everywhere, tiles)).values == pytest.approx([1.0, 1.0])


def test_overlapping_looks_cover_their_union() -> None:
    half = [[0, 0, 100, 50], [0, 10, 100, 60]]  # 60 of 100 together
    assert dip_r1.look()(group(half, [EXACT])).values == pytest.approx([0.3 / 0.6, 1.0])


def test_a_box_is_contained_by_its_centre_or_by_half_of_it() -> None:
    corner, most = [[54, 54, 56, 56]], [[50, 50, 60, 54.9]]
    assert dip_r1.look()(group(corner, most)).values.tolist() == [1.0, 0.0]
    assert dip_r1.look(cover="half")(group(corner, [[50, 50, 60, 55]])).values.tolist() == [0.0, 1.0]


def test_of_several_unclear_boxes_each_counts() -> None:
    rows = [answered([EXACT], [SURE]), answered([EXACT, [79, 79, 91, 91]], [SURE, UNSURE, THIRD])]
    assert dip_r1.look()(rows).values.tolist() == [0.5, 1.0]


def test_a_greater_factor_asks_for_more_disagreement() -> None:
    rows = [answered([EXACT], [SURE]), answered([EXACT], [SURE, UNSURE]), answered([EXACT], [SURE, UNSURE, THIRD])]
    # variances 0, 2/9, 2/9; mean 4/27
    assert dip_r1.look(factor=1.4)(rows).values.tolist() == [0.5] * 3
    assert dip_r1.look(factor=1.6)(rows).values.tolist() == [0.0] * 3


def test_an_answer_that_cannot_be_read_makes_nothing_unclear() -> None:
    agreeing = [answered([EXACT], [SURE, UNSURE]), answered([EXACT], [SURE, UNSURE])]
    broken = {"response": f"<look>{[EXACT]}</look><answer>[[0, 0", **PICTURE}
    assert dip_r1.look()([*agreeing, broken]).values.tolist() == [0.0] * 3


def test_looks_that_cannot_be_read_are_malformed() -> None:
    unread = {"response": f"<think>hm</think><answer>{[SURE, THIRD]}</answer>", **PICTURE}
    scores = dip_r1.look()([*group([EXACT], [EXACT]), unread, answered([EXACT] * 101, [SURE, THIRD])])
    assert scores.status.tolist() == [Status.OK, Status.OK, Status.MALFORMED, Status.MALFORMED]
    assert scores.values.tolist() == [1.0, 1.0, 0.0, 0.0]


def test_groups_are_apart_and_their_order_does_not_matter() -> None:
    here = group([EXACT], [SURE])
    there = [row | {"group": "b"} for row in group([SURE], [SURE])]
    together = dip_r1.look()([here[0], there[0], there[1], here[1]]).values
    assert together.tolist() == [1.0, 0.0, 0.0, 0.0]


def test_a_truth_that_cannot_be_read_makes_the_group_inapplicable() -> None:
    rows = [row | {"boxes": [[1, 2]]} for row in group([EXACT], [EXACT])]
    assert dip_r1.look()(rows).counts() == {"INAPPLICABLE": 2}


def test_a_budget_must_be_positive() -> None:
    with pytest.raises(ContractError, match="budget"):
        dip_r1.look(budget=0)(group([EXACT], [SURE]))


def test_accuracy_weighs_precision_and_recall() -> None:
    one, two = ({"response": f"<answer>{found}</answer>", **PICTURE} for found in ([SURE], [SURE, UNSURE, THIRD]))
    assert dip_r1.accuracy().one(one).value == pytest.approx(0.5 + 0.5 / 3)
    assert dip_r1.accuracy(weight=0.2).one(one).value == pytest.approx(0.2 + 0.8 / 3)
    assert dip_r1.accuracy().one(two).value == 1.0


def test_one_sure_box_is_not_enough_and_a_doubtful_one_may_be_worth_it() -> None:
    """With as much weight on precision as on recall, a hit out of two more boxes still pays."""
    sure = {"response": f"<answer>{[SURE]}</answer>", **PICTURE}
    bolder = {"response": f"<answer>{[SURE, UNSURE, [1, 2, 3, 4]]}</answer>", **PICTURE}
    assert dip_r1.accuracy().one(sure).value == pytest.approx(1 / 2 + 1 / 6)
    assert dip_r1.accuracy().one(bolder).value == pytest.approx(1 / 3 + 1 / 3)


def test_none_is_right_where_there_is_nothing() -> None:
    row = {"response": "<think>hm</think><look>[]</look><answer>None</answer>", "boxes": []}
    assert dip_r1.accuracy().one(row).value == 1.0
    assert dip_r1.layout().one(row).value == 1.0
    assert dip_r1.layout().one({"response": "<think>hm</think><answer>None</answer>"}).value == 0.0


def test_the_total_is_a_group_reward_of_three() -> None:
    made = dip_r1.total()
    assert made.over == "group"
    assert made.range == (0.0, 3.0)
    assert made(group([EXACT], [EXACT])).values == pytest.approx([1 + (1 + 2 / 3) / 2 + 1, 3.0])


@pytest.mark.parametrize("proof", dip_r1.system.proofs, ids=lambda proof: proof.name)
def test_the_proofs_hold(proof: Proof) -> None:
    evidence = proof.run(seeds=(0,))
    assert evidence.passed, evidence.reason
    assert not evidence.over_time
