"""Labels and texts of regions, matched by number."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import Status
from guerdon.rules.regions import labels, region_rows, text
from guerdon.rules.text import edit

words = st.lists(st.sampled_from(["cat", "dog", "red"]), min_size=1, max_size=3).map(" ".join)


def labelled(response: str, answer: Any, **settings: Any) -> float | None:
    return labels(**settings).one({"response": response, "answer": answer}).value


def read(response: str, answer: Any, **settings: Any) -> float | None:
    return text(**settings).one({"response": response, "answer": answer}).value


@pytest.mark.parametrize(
    ("said", "true", "share"),
    [
        ("black cat", "cat", 0.5),
        ("Cat.", "cat", 1.0),
        ("cat cat", "cat", 1.0),
        ("dog cat", "cat_dog", 1.0),
        ("", "a", 0),
    ],
)
def test_labels_share_words(said: str, true: str, share: float) -> None:
    assert labelled(f"Region 1: {said}", f"Region 1: {true}") == share


def test_a_region_left_out_costs_itself_and_shifts_nothing() -> None:
    assert labelled("Region 1: cat\nRegion 3: bird", ["cat", "dog", "bird"]) == pytest.approx(2 / 3)


def test_regions_nobody_asked_for_cost() -> None:
    assert labelled("Region 1: cat\nRegion 2: cat", ["cat"]) == 0.5


def test_exact_labels_have_the_same_words() -> None:
    assert labelled("Region 1: black cat", ["cat"], similarity="exact") == 0.0
    assert labelled("Region 1: Cat", ["cat"], similarity="exact") == 1.0


def test_a_response_without_regions_is_malformed_and_so_is_one_that_answers_twice() -> None:
    for response in ("a cat", "Region 1: cat\nRegion 1: dog"):
        score = labels().one({"response": response, "answer": ["cat"]})
        assert (score.value, score.status) == (0.0, Status.MALFORMED)
    assert labels().one({"response": "Region 1: cat", "answer": []}).status == Status.INAPPLICABLE


@given(st.dictionaries(st.integers(1, 9), words, min_size=1), st.dictionaries(st.integers(1, 9), words, min_size=1))
def test_similarity_of_labels_is_a_symmetric_share_and_1_for_the_same(a: dict[int, str], b: dict[int, str]) -> None:
    def said(regions: dict[int, str]) -> str:
        return "\n".join(f"Region {number}: {label}" for number, label in reversed(regions.items()))

    value = labelled(said(a), b)
    assert value is not None
    assert 0 <= value <= 1
    assert value == pytest.approx(labelled(said(b), a))
    assert labelled(said(a), a) == 1.0


def test_text_in_brackets_is_what_was_read() -> None:
    assert read("Region 1: a sign (STOP)\nRegion 2: exit", ["stop", "EXIT"]) == 1.0
    assert read("Region 1: STOP", "Region 1: (STOP)") == 1.0  # the last line needs no line break
    assert read("Region 1: SHOP", ["STOP"]) == 0.0
    assert read("Region 1: SHOP", ["STOP"], similarity="edit") == pytest.approx(1 - 1 / 4)


def test_another_reward_can_compare_the_regions() -> None:
    rows = region_rows([{"response": "Region 2: dig", "answer": ["cat", "dog"]}, {"response": "?", "answer": ["a"]}])
    assert [row["group"] for row in rows] == [0, 0, 1]
    assert edit()(rows).values == pytest.approx([0.0, 2 / 3, 0.0])
