"""Captions with one thing made wrong."""

from collections import Counter

import pytest

from guerdon.preferences import comparisons
from guerdon.rules.spans import localise
from guerdon.world.corruptions import (
    KINDS,
    Mention,
    caption,
    corruption,
    corruptions,
    dataset,
    examples,
    fits,
    pairs,
    phrases,
)
from guerdon.world.scenes import scene

SCENES = [scene(seed) for seed in range(40)]


def test_a_caption_says_what_is_true_and_all_that_there_is() -> None:
    for about in SCENES:
        said = phrases(about)
        assert all(fits(about, phrase) for phrase in said)
        assert sum(phrase.number for phrase in said if isinstance(phrase, Mention)) == len(about.objects)
        assert len({phrase.text for phrase in said if isinstance(phrase, Mention)}) == len(
            {thing.name for thing in about.objects}
        )


def test_one_phrase_is_wrong_and_the_rest_is_not() -> None:
    for about in SCENES:
        for one in corruptions(about):
            assert [fits(about, phrase) for phrase in one.said].count(False) == 1
            assert one.phrase == next(phrase.text for phrase in one.said if not fits(about, phrase))


def test_nothing_but_that_phrase_differs() -> None:
    for about in SCENES:
        for one in corruptions(about):
            start, stop = one.span
            assert one.corrupted[:start] + one.right + one.corrupted[stop:] == one.original
            assert one.original == caption(phrases(about))


def test_the_wrong_phrase_stands_in_one_place() -> None:
    for about in SCENES:
        for one in corruptions(about):
            assert one.corrupted.count(one.phrase) == 1
            assert one.phrase not in one.original


def test_a_look_that_is_there_as_well_is_never_put_in() -> None:
    for about in SCENES:
        looks = {thing.name for thing in about.objects}
        for one in corruptions(about, kinds=["object", "colour"]):
            assert one.phrase.split(maxsplit=1)[1].removesuffix("s") not in looks


def test_all_kinds_occur_and_can_be_chosen() -> None:
    drawn = Counter(one.corruption.kind for one in examples(200, 1))
    assert set(drawn) == set(KINDS)
    for kind in KINDS:
        assert {one.corruption.kind for one in examples(5, 1, kinds=[kind])} == {kind}


def test_the_same_seed_gives_the_same_rows() -> None:
    assert dataset(3, 7) == dataset(3, 7)
    assert dataset(3, 7) != dataset(3, 8)
    assert corruption(SCENES[0], 5) == corruption(SCENES[0], 5)


def test_rows_are_scored_by_the_rules() -> None:
    rows = [{**row, "response": f"\\boxed{{{row['answer']}}}"} for row in dataset(10, 3)]
    for mode in ("exact", "token_f1", "iou"):
        assert localise(mode=mode, within=None)(rows).values.tolist() == [1.0] * 10
    for row in rows:
        assert row["caption"][slice(*row["span"])] == row["answer"]
        assert row["caption"] in row["prompt"]


def test_pairs_are_preferences() -> None:
    rows = pairs(4, 2)
    for row, pair in zip(rows, comparisons(rows), strict=True):
        assert pair["responses"] == (row["chosen"], row["rejected"])
        assert pair["prompt"] == row["prompt"]
        start, stop = row["span"]
        assert row["rejected"][start:stop] not in row["chosen"]


def test_what_scenes_do_not_have_is_said() -> None:
    with pytest.raises(ValueError, match="to make wrong"):
        examples(1, 0, objects=(1, 1), kinds=["relation"])
    assert corruption(scene(0, objects=(1, 1)), 0, kinds=["relation"]) is None
