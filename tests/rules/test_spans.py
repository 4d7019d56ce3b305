"""Errors to point at, and segments with labels."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import ContractError, Score, Status
from guerdon.rules.spans import labels, localise
from guerdon.scores import densify

CAPTION = "A blue car stands by a small house, and the car is wet."


def pointed(response: str, mode: str = "exact", **columns: Any) -> float | None:
    row = {"response": response, "answer": "a blue car", "caption": CAPTION} | columns
    return localise(mode=mode, within=None).one(row).value


@pytest.mark.parametrize(
    ("response", "exact"),
    [
        ("a blue car", 1.0),
        ("The Blue Car.", 1.0),
        (r"It must be \boxed{blue car}", 1.0),
        ("['a blue car']", 1.0),
        ("blue", 0.0),  # a part of it
        ("bluebird", 0.0),
        ("a", 0.0),
        ("a blue car stands by a small house", 0.0),
        ("['a blue car', 'a small house']", 0.0),
        ("everything blue green red car house", 0.0),
    ],
)
def test_the_phrase_is_named_or_not(response: str, exact: float) -> None:
    assert pointed(response) == exact


def test_any_of_several_true_phrases_will_do() -> None:
    assert pointed("blue", answer=["a blue car", "blue"]) == 1.0


# The true place is characters 0–10, "A blue car", three words of thirteen.
@pytest.mark.parametrize(
    ("response", "iou", "f1"),
    [
        ("a blue car", 1.0, 1.0),
        ("blue car", 0.8, 0.8),  # 8 of 10 characters; 2·2 / (2 + 3)
        ("the blue car", 0.8, 0.8),  # an article that is not there is left out
        ("a blue car stands", 10 / 17, 6 / 7),  # 2·3 / (4 + 3)
        ("car", 3 / 13, 0.4),  # it stands twice: 3 of 10 + 3; 2·1 / (2 + 3)
        ("a red car", 0.0, 0.0),
        ("car blue", 0.0, 0.0),  # in this order nowhere
        ("ca", 0.0, 0.0),  # no whole word
        (CAPTION, 10 / 54, 0.375),  # all but the full stop; 2·3 / (13 + 3)
        ("?!", 0.0, 0.0),
    ],
)
def test_places_are_compared(response: str, iou: float, f1: float) -> None:
    assert pointed(response, "iou") == pytest.approx(iou)
    assert pointed(response, "token_f1") == pytest.approx(f1)


def test_naming_everything_earns_little() -> None:
    everything = str(["a", "blue", "car", "stands", "by", "small", "house", "and", "the", "is", "wet"])
    assert pointed(everything, "exact") == 0.0
    assert pointed(everything, "iou") == pytest.approx(8 / 43)  # 8 of the 10 characters, and 33 others
    assert pointed(str([str(i) for i in range(101)]), "iou") == 0.0


def test_a_place_that_is_not_unique_must_be_given() -> None:
    twice = {"response": "car", "answer": "car", "caption": CAPTION}
    unclear = localise(mode="iou", within=None).one(twice)
    assert (unclear.status, "2 times" in unclear.reason) == (Status.INAPPLICABLE, True)
    assert localise(mode="iou", within=None).one({**twice, "span": [7, 10]}).value == 0.5  # the other one is named too
    beyond = localise(mode="iou", within=None).one({**twice, "span": [7, 999]})
    assert beyond.status == Status.INAPPLICABLE


def test_a_response_that_names_nothing_is_malformed() -> None:
    for response in ("", "I do not know.\nReally.", r"\boxed{a} \boxed{b}", "[1]"):
        score = localise(within=None).one({"response": response, "answer": "a blue car"})
        assert (score.value, score.status) == (0.0, Status.MALFORMED)


def test_a_place_needs_a_caption() -> None:
    assert localise(mode="iou", within=None).one({"response": "a", "answer": "b"}).status == Status.INAPPLICABLE
    with pytest.raises(ContractError, match="write exact, token_f1 or iou"):
        pointed("a", "dice")


@given(st.text(alphabet="abc \n[]\"'", max_size=30), st.sampled_from(["exact", "iou", "token_f1"]))
def test_any_response_earns_from_0_to_1(response: str, mode: str) -> None:
    score = localise(mode=mode, within=None).one({"response": response, "answer": "b", "caption": "a b c ab"})
    assert score.value is not None
    assert 0.0 <= score.value <= 1.0


# -- labels ------------------------------------------------------------------------------------------

RESPONSE = "A cat. A dog. A cow."
ROW = {"response": RESPONSE, "segments": ["A cat.", "A dog.", "A cow."], "labels": ["good", "bad", "good"]}
WORTH = {"good": 1.0, "bad": -1.0}


def labelled(row: dict[str, Any] = ROW, **settings: Any) -> Score:
    return labels(**{"values": WORTH, **settings}).one(row)


@pytest.mark.parametrize(
    ("settings", "fine", "value"),
    [
        ({}, (1 / 3, -1 / 3, 1 / 3), 1 / 3),
        ({"total": "sum"}, (1.0, -1.0, 1.0), 1.0),
        ({"total": "min"}, (0.0, -1.0, 0.0), -1.0),
        ({"total": "sum", "cap": 0.5}, (0.5, -1.0, 1.0), 0.5),  # the last one fills up what the second took
        ({"total": "sum", "cap": 0.0}, (0.0, -1.0, 1.0), 0.0),
    ],
)
def test_what_segments_add_makes_the_whole(settings: dict[str, Any], fine: tuple[float, ...], value: float) -> None:
    score = labelled(**settings)
    assert score.fine is not None
    assert score.fine.values == pytest.approx(fine)
    assert score.fine.spans == ((0, 6), (7, 13), (14, 20))
    assert score.value == pytest.approx(value)


def test_more_of_the_same_earns_more_as_a_sum_alone() -> None:
    long = {"response": RESPONSE, "segments": ["A cat.", "A dog.", "A cow."], "labels": ["good"] * 3}
    short = {"response": "A cat.", "segments": ["A cat."], "labels": ["good"]}
    for settings, expected in (({}, 1.0), ({"total": "sum"}, 3.0), ({"total": "sum", "cap": 1.0}, 1.0)):
        assert labels(values=WORTH, **settings).one(short).value == 1.0
        assert labels(values=WORTH, **settings).one(long).value == pytest.approx(expected)


def test_labels_without_a_value_are_left_out() -> None:
    row = {**ROW, "labels": ["good", "unsure", None]}
    assert labelled(row).value == 1.0
    none = labelled({**ROW, "labels": ["unsure"] * 3})
    assert (none.value, none.status) == (None, Status.INAPPLICABLE)


def test_numbers_are_worth_themselves() -> None:
    assert labels().one({**ROW, "labels": [0.5, 1, -3]}).value == -0.5
    assert labels().one({**ROW, "labels": ["good", 1, 1]}).status == Status.FAILED


def test_probabilities_are_worth_what_is_expected() -> None:
    row = {**ROW, "segments": ["A cat."], "labels": [{"good": 0.6, "bad": 0.2, "unsure": 0.2}]}
    assert labelled(row).value == pytest.approx(0.5)  # (0.6 − 0.2) / 0.8


def test_labels_may_stand_with_their_segments() -> None:
    marks = [{"start": 7, "end": 13, "text": "A dog.", "label": "bad"}, {"text": "A cow.", "label": "good"}]
    assert labels(values=WORTH, total="sum").one({"response": RESPONSE, "segments": marks}).value == 0.0


def test_segments_that_are_not_in_the_response_have_no_score() -> None:
    lost = labelled({**ROW, "response": "A cat. A dog."})
    assert (lost.status, "'A cow.'" in lost.reason) == (Status.INAPPLICABLE, True)
    short = labelled({**ROW, "labels": ["good"]})
    assert short.reason == "1 labels for 3 segments"


def test_settings_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(ContractError, match="cap=1"):
        labelled(cap=1.0)
    with pytest.raises(ContractError, match="write mean, sum or min"):
        labelled(total="product")


@given(st.lists(st.sampled_from(["good", "bad"]), min_size=1, max_size=8), st.sampled_from(["mean", "sum", "min"]))
def test_tokens_earn_what_the_response_earns(given: list[str], total: str) -> None:
    words = [f"w{i}." for i in range(len(given))]
    row = {"response": " ".join(words), "segments": words, "labels": given}
    scores = labels(values=WORTH, total=total)([row])
    offsets = [(4 * i, 4 * i + 3) for i in range(len(given))]
    (dense,) = densify(scores, [offsets])
    assert dense.sum() == pytest.approx(scores.values[0])
    assert np.count_nonzero(dense) == (1 if total == "min" else len(given))


@given(st.permutations(range(4)))
def test_the_order_of_the_segments_does_not_matter(order: list[int]) -> None:
    words, marks = ["a.", "b.", "c.", "d."], ["good", "bad", "good", "good"]
    row = {"response": "a. b. c. d.", "segments": [words[i] for i in order], "labels": [marks[i] for i in order]}
    for total in ("mean", "sum", "min"):
        expected = {"mean": 0.5, "sum": 2.0, "min": -1.0}[total]
        assert labelled(row, total=total).value == pytest.approx(expected)
