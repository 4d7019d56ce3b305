from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from guerdon.geometry import Frame
from guerdon.world.scenes import COLOURS, RELATIONS, SHAPES, Relation, Scene, scene

SEEDS = range(40)
SCENES = [scene(seed) for seed in SEEDS]


def pixels(about: Scene) -> NDArray[np.int64]:
    return np.asarray(about.image()).astype(np.int64)


def changed(a: Scene, b: Scene) -> NDArray[np.bool_]:
    """Where two pictures differ, [height, width]."""
    different: NDArray[np.bool_] = (pixels(a) != pixels(b)).any(-1)
    return different


def bounds(mask: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """The tight box around what is set."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def drawn(about: Scene, i: int) -> NDArray[np.bool_]:
    """The pixels of one object drawn alone."""
    return changed(replace(about, objects=(about.objects[i],)), replace(about, objects=()))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("colour", COLOURS)
def test_a_box_is_tight_around_the_pixels_of_its_object(shape: str, colour: str) -> None:
    alone = [(s, i) for s in SCENES for i, thing in enumerate(s.objects) if thing.name == f"{colour} {shape}"]
    assert alone
    for about, i in alone:
        assert bounds(drawn(about, i)) == about.objects[i].box.corners


def test_every_object_shows_on_all_four_sides_of_its_box_even_if_partly_covered() -> None:
    for about in SCENES:
        for i, thing in enumerate(about.objects):
            without = replace(about, objects=about.objects[:i] + about.objects[i + 1 :])
            assert bounds(changed(about, without)) == thing.box.corners


def test_nothing_is_drawn_outside_the_boxes() -> None:
    for about in SCENES:
        outside = changed(about, replace(about, objects=()))
        for thing in about.objects:
            x1, y1, x2, y2 = (int(v) for v in thing.box.corners)
            outside[y1:y2, x1:x2] = False
        assert not outside.any()


def test_boxes_are_whole_pixels_inside_the_picture_and_know_their_frame() -> None:
    for about in (scene(3, size=(200, 400)), *SCENES):
        width, height = about.size
        assert about.image().size == about.size
        for thing in about.objects:
            assert thing.box.frame == Frame(width, height)
            assert thing.box.label == thing.name
            x1, y1, x2, y2 = thing.box.corners
            assert 0 <= x1 < x2 <= width
            assert 0 <= y1 < y2 <= height
            assert x2 - x1 == y2 - y1


def test_relations_say_what_the_pixels_show() -> None:
    seen: Counter[str] = Counter()
    for about in SCENES:
        alone = [drawn(about, i) for i in range(len(about.objects))]
        for i, name, j in about.relations():
            a, b, (*_, ax2, ay2), (bx1, by1, *_) = alone[i], alone[j], bounds(alone[i]), bounds(alone[j])
            holds = {
                "left of": ax2 + 8 <= bx1, "above": ay2 + 8 <= by1, "larger than": a.sum() > 1.3 * b.sum(),
                "inside": not (a & ~b).any(), "overlapping": bool((a & b).any() and (a & ~b).any() and (b & ~a).any()),
            }[name]  # fmt: skip
            assert holds
            seen[name] += 1
    assert set(seen) == set(RELATIONS)


def test_a_relation_and_its_reverse_never_both_hold() -> None:
    for about in SCENES:
        for i, name, j in about.relations():
            if name != "overlapping":
                assert about.truth(Relation(j, name, i)) is False


def test_two_objects_are_apart_or_clearly_overlap_or_are_nested() -> None:
    for about in SCENES:
        alone = [drawn(about, i) for i in range(len(about.objects))]
        for i, j in combinations(range(len(alone)), 2):
            shared = (alone[i] & alone[j]).sum() / min(alone[i].sum(), alone[j].sum())
            assert shared == 0 or 0.08 < shared < 0.4 or shared == 1
            if shared:
                assert about.objects[i].colour != about.objects[j].colour


def test_two_objects_have_a_name_of_their_own() -> None:
    assert all(len(about.unique()) >= 2 for about in SCENES)
    assert any(len(about.unique()) < len(about.objects) for about in SCENES)


def test_a_caption_counts_every_object_and_states_only_what_holds() -> None:
    numbers = {"a": 1, "two": 2, "three": 3, "four": 4}
    for about in SCENES:
        listed, *facts = about.caption().lower().rstrip(".").split(". ")
        told: Counter[str] = Counter()
        for part in listed.replace(" and ", ", ").split(", "):
            count, colour, shape = part.split()
            told[f"{colour} {shape.removesuffix('s') if count != 'a' else shape}"] += numbers[count]
        names = [thing.name for thing in about.objects]
        assert told == Counter(names)
        for fact in facts:
            first, rest = fact.removeprefix("the ").split(" is ")
            relation, second = rest.split(" the ")
            assert about.truth(Relation(names.index(first), relation, names.index(second)))


def test_a_seed_gives_the_same_scene_and_another_seed_another() -> None:
    assert scene(7) == scene(7)
    assert (pixels(scene(7)) == pixels(scene(7))).all()
    assert len({str(about.objects) for about in SCENES}) == len(SCENES)


def test_the_number_of_objects_keeps_to_its_range() -> None:
    assert {len(about.objects) for about in SCENES} == {2, 3, 4, 5}
    assert {len(scene(seed, objects=(8, 8), size=(640, 480)).objects) for seed in range(3)} == {8}


def test_edges_are_smooth() -> None:
    about = next(s for s in SCENES if s.objects[0].shape == "circle")
    grades = {value for value in about.objects[0].mask.ravel().tolist() if 0 < value < 255}
    assert len(grades) > 20


@pytest.mark.parametrize("objects", [(0, 2), (3, 2), (1, 9)])
def test_an_impossible_number_of_objects_is_refused(objects: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="from 1 to 8 objects"):
        scene(0, objects=objects)


def test_a_picture_too_small_for_its_objects_is_refused() -> None:
    for size, reason in (((30, 30), "do not fit"), ((20, 300), "too few")):
        with pytest.raises(ValueError, match=reason):
            scene(0, objects=(8, 8), size=size)
