import json
from collections import Counter
from typing import Any

import pytest

from guerdon.media import as_images
from guerdon.world.scenes import COLOURS, Relation, scene
from guerdon.world.tasks import KINDS, Kind, dataset, question

ROWS = dataset(300, seed=1)


def of_kind(kind: Kind) -> list[dict[str, Any]]:
    return [row for row in ROWS if row["task"] == kind]


def test_all_rows_have_the_same_columns_and_a_name_of_their_own() -> None:
    assert {frozenset(row) for row in ROWS} == {
        frozenset(["id", "prompt", "images", "answer", "boxes", "labels", "options", "image_size", "task", "group"])
    }
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert Counter(row["task"] for row in ROWS) == dict.fromkeys(KINDS, 60)


def test_pictures_are_plain_dicts_that_media_reads() -> None:
    for row in ROWS[:5]:
        (image,) = as_images(row["images"])
        assert list(image.size) == row["image_size"] == [320, 240]


@pytest.mark.parametrize("kind", ["ground", "detect"])
def test_the_answer_to_a_box_question_is_its_boxes(kind: Kind) -> None:
    for row in of_kind(kind):
        assert json.loads(row["answer"]) == [
            {"bbox_2d": box, "label": label} for box, label in zip(row["boxes"], row["labels"], strict=True)
        ]
        assert row["boxes"]


@pytest.mark.parametrize("seed", range(30))
def test_grounding_asks_for_an_object_with_a_name_of_its_own(seed: int) -> None:
    about = scene(seed)
    asked = question(about, "ground", seed)
    assert asked.boxes is not None
    (box,) = asked.boxes
    assert [thing.box for thing in about.objects if thing.name in asked.text] == [box]


@pytest.mark.parametrize("seed", range(30))
def test_detection_asks_for_all_objects_of_a_colour_or_shape(seed: int) -> None:
    about = scene(seed)
    asked = question(about, "detect", seed)
    sought = asked.text.split()[2].removesuffix("s;")
    assert asked.boxes == tuple(thing.box for thing in about.objects if sought in (thing.colour, thing.shape))


@pytest.mark.parametrize("seed", range(30))
def test_counting_gives_the_true_number(seed: int) -> None:
    about = scene(seed)
    asked = question(about, "count", seed)
    sought = asked.text.split()[2]
    looks = [thing.colour if sought in COLOURS else thing.shape + "s" for thing in about.objects]
    assert int(asked.answer) == looks.count(sought)


@pytest.mark.parametrize("seed", range(30))
def test_exactly_one_option_of_a_choice_is_true(seed: int) -> None:
    about = scene(seed)
    asked = question(about, "choice", seed)
    assert asked.options is not None
    assert len(set(asked.options)) == 4
    if asked.text.startswith("What colour"):
        shape = asked.text.split()[-1].rstrip("?")
        true = {thing.colour for thing in about.objects if thing.shape == shape}
    else:
        true = {thing.name for thing in about.objects}
    assert [letter for letter, option in zip("ABCD", asked.options, strict=True) if option in true] == [asked.answer]


@pytest.mark.parametrize("seed", range(30))
def test_yes_means_that_the_relation_holds_and_no_that_it_clearly_does_not(seed: int) -> None:
    about = scene(seed)
    asked = question(about, "relation", seed)
    first, rest = asked.text.removeprefix("Is the ").rstrip("?").split(" the ", 1)[0], asked.text.rstrip("?")
    names = [thing.name for thing in about.objects]
    a = next(i for i, name in enumerate(names) if first.startswith(name))
    b = next(i for i, name in enumerate(names) if rest.endswith("the " + name))
    truth = about.truth(Relation(a, first.removeprefix(names[a]).strip(), b))
    assert truth is (asked.answer == "yes")


def test_no_answer_is_right_most_of_the_time() -> None:
    for kind, most in (("count", 0.6), ("choice", 0.4), ("relation", 0.7)):
        answers = Counter(row["answer"] for row in ROWS if row["task"] == kind)
        assert answers.most_common(1)[0][1] <= most * 60


def test_options_stand_in_the_prompt_of_a_choice_and_nowhere_else() -> None:
    for row in ROWS:
        assert (row["options"] is not None) == (row["task"] == "choice")
        for letter, option in zip("ABCD", row["options"] or [], strict=False):
            assert f"\n{letter}. {option}\n" in row["prompt"]


def test_a_dataset_follows_its_seed_and_its_beginning_does_not_depend_on_its_length() -> None:
    assert dataset(5, seed=1) == ROWS[:5]
    assert dataset(5, seed=2) != ROWS[:5]


def test_one_kind_can_be_asked_for() -> None:
    assert {row["task"] for row in dataset(7, seed=0, task="detect", objects=(4, 5), size=(200, 200))} == {"detect"}
