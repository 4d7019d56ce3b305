"""The items that tell most are shown first, whole, and whatever is in them costs only itself."""

from collections.abc import Mapping, Sequence
from typing import Any

import PIL.Image
from tests.report import toys

from guerdon.bench import Item, Output, Protocol, run
from guerdon.report.disagreements import Card, disagreements
from guerdon.sample import Sample
from guerdon.scores import Status


def cards(told: Mapping[str, Sequence[Output]], n: int, **changed: Any) -> list[Card]:
    return disagreements(run(toys.suite(**changed), outputs=told, data=[toys.pair(i) for i in range(n)]))


def gaps(*values: float) -> list[Output]:
    return [Output(f"i{i}", (value, 0.0)) for i, value in enumerate(values)]


def test_items_that_split_the_entries_come_before_those_all_get_wrong() -> None:
    found = cards({"one": gaps(1, -9, 1, 1), "other": gaps(1, -9, -1, -5)}, 4)
    assert [(card.key, card.between) for card in found] == [("i3", True), ("i2", True), ("i1", False)]
    assert [said.verdict for said in found[0].said] == ["right", "wrong"]


def test_what_all_get_right_is_not_shown() -> None:
    assert cards({"one": gaps(1, 2), "other": gaps(3, 4)}, 2) == []


def test_of_one_entry_the_surest_mistakes_come_first() -> None:
    found = cards({"one": gaps(-1, 5, -7, -3, 0)}, 5)
    assert [card.key for card in found] == ["i2", "i3", "i0", "i4"]
    assert found[-1].said[0].verdict == "tie"


def test_no_more_than_asked_for() -> None:
    results = run(toys.suite(), outputs={"one": gaps(*[-1.0] * 9)}, data=[toys.pair(i) for i in range(9)])
    assert len(disagreements(results, 4)) == 4


def test_a_card_has_prompt_responses_values_and_which_is_better() -> None:
    (card,) = cards({"one": [Output("i0", (0.25, 0.75))]}, 1)
    assert card.prompt.head == "question 0"
    assert [(one.name, one.text.head, one.preferred) for one in card.candidates] == [
        ("A", "good", True), ("B", "bad", False)
    ]  # fmt: skip
    assert card.gold == ["1.000", "0.000"]
    assert card.said[0].values == [("0.250", False), ("0.750", True)]


def test_an_answer_that_could_not_be_read_says_why() -> None:
    (card,) = cards({"one": [Output("i0", None, Status.UNREAD, "neither A nor B")]}, 1)
    assert (card.said[0].verdict, card.said[0].reason) == ("unread", "neither A nor B")
    assert card.said[0].values == [("–", False), ("–", False)]


def test_an_item_nobody_answered_is_not_shown() -> None:
    assert [card.key for card in cards({"one": gaps(-1)}, 2)] == ["i0"]


def test_outputs_of_nobody_knows_which_item_are_not_shown() -> None:
    assert cards({"flags": [Output("group:all", right=True), Output("group:all", right=False)]}, 2) == []


def pictured(*samples: Sample) -> list[Card]:
    def item(row: Any) -> Item:
        return Item("i0", samples, tuple(float(k == 0) for k in range(len(samples))))

    told = {"one": [Output("i0", tuple(float(k) for k in range(len(samples))))]}
    return disagreements(run(toys.suite(item=item), outputs=told, data=[{}]))


def test_a_picture_that_all_candidates_share_is_shown_once() -> None:
    image = PIL.Image.new("RGB", (40, 30), "teal")
    (card,) = pictured(Sample("q", "a", image=image), Sample("q", "b", image=image))
    assert [picture.size for picture in card.pictures] == [(40, 30)]
    assert [list(one.pictures) for one in card.candidates] == [[], []]


def test_candidates_that_are_pictures_are_shown_side_by_side() -> None:
    sides = [Sample("a cat", image=PIL.Image.new("RGB", (40 + k, 30))) for k in range(2)]
    (card,) = pictured(*sides)
    assert list(card.pictures) == []
    assert [one.pictures[0].size for one in card.candidates] == [(40, 30), (41, 30)]


def test_a_picture_that_is_not_there_costs_itself_alone() -> None:
    (card,) = pictured(Sample("q", "a", image="nowhere.png"), Sample("q", "b", image="nowhere.png"))
    assert "nowhere.png" in card.pictures[0].problem
    assert card.candidates[0].text.head == "a"


def test_of_many_candidates_the_better_ones_are_among_those_shown() -> None:
    samples = [Sample("q", f"answer {k}") for k in range(9)]

    def item(row: Any) -> Item:
        return Item("i0", tuple(samples), tuple(float(k == 8) for k in range(9)))

    told = {"one": [Output("i0", tuple(-float(k) for k in range(9)))]}
    (card,) = disagreements(run(toys.suite(item=item), outputs=told, data=[{}]))
    assert card.hidden == 3
    assert [one.name for one in card.candidates if one.preferred] == ["I"]
    assert len(card.said[0].values) == 9


def test_of_steps_every_value_is_shown() -> None:
    def item(row: Any) -> Item:
        return Item("i0", (Sample("q", "a. b. c."),), (1.0, 0.0, 1.0))

    told = {"one": [Output("i0", (0.9, 0.8, 0.7))]}
    benchmark = toys.suite(item=item, protocol=Protocol(asks="steps"), metrics=toys.STEPS)
    (card,) = disagreements(run(benchmark, outputs=told, data=[{}]))
    assert card.columns == ["step 1", "step 2", "step 3"]
    assert [(one.name, one.preferred) for one in card.candidates] == [("", False)]
    assert card.said[0].values[0] == ("0.900", True)
