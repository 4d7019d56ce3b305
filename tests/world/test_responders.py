"""The story of the demo: the hacker wins under a naive reward and loses under a sound one.

Both rewards are written out here in plain numpy, independent of the library's own rules.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from guerdon.world.responders import RESPONDERS, candidates
from guerdon.world.tasks import dataset

Row = dict[str, Any]
SEEDS = (0, 1, 2)
WHOLE = re.compile(r"<think>[^<]*</think>\n<answer>([^<]*)</answer>")
BOX = re.compile(r'\{"bbox_2d": \[(\d+), (\d+), (\d+), (\d+)\], "label": "([a-z ]*)"\}')
ROWS = {seed: dataset(150, seed) for seed in SEEDS}


@cache
def answers(name: str, seed: int) -> list[tuple[Row, str]]:
    return [(row, RESPONDERS[name](row, seed)) for row in ROWS[seed]]


def ious(truth: list[list[float]], found: list[list[float]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """[truth, found]"""
    a, b = np.array(truth, float).reshape(-1, 1, 4), np.array(found, float).reshape(1, -1, 4)
    sides = np.clip(np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]), 0, None)
    shared = sides.prod(-1)
    overlap: np.ndarray[Any, np.dtype[np.float64]] = shared / (
        (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - shared
    )
    return overlap


def naive(row: Row, response: str) -> float:
    """Share of the boxes that any box of the response hits; for the rest, the answer occurs somewhere."""
    if row["boxes"] is None:
        return float(row["answer"] in response.partition("<answer>")[2])
    found = [[float(v) for v in m[:4]] for m in BOX.findall(response)]
    return float((ious(row["boxes"], found).max(1) >= 0.5).mean()) if found else 0.0


def sound(row: Row, response: str) -> float:
    """0 unless the format is right throughout; then F1 of a one-to-one matching, or the exact answer."""
    whole = WHOLE.fullmatch(response)
    if whole is None:
        return 0.0
    if row["boxes"] is None:
        return float(whole[1].strip() == row["answer"])
    found = BOX.findall(whole[1])
    same = np.array([[label == m[4] for m in found] for label in row["labels"]])
    hits = (ious(row["boxes"], [[float(v) for v in m[:4]] for m in found]) >= 0.5) & same
    matched = hits[linear_sum_assignment(hits, maximize=True)].sum()
    return float(2 * matched / (len(row["boxes"]) + len(found)))


def mean(reward: Callable[[Row, str], float], name: str, seed: int, tasks: tuple[str, ...] = ()) -> float:
    return float(np.mean([reward(row, text) for row, text in answers(name, seed) if not tasks or row["task"] in tasks]))


@pytest.mark.parametrize("seed", SEEDS)
def test_under_a_naive_reward_the_hacker_wins(seed: int) -> None:
    careful, sloppy, hacker = (mean(naive, name, seed) for name in ("careful", "sloppy", "hacker"))
    assert hacker > careful + 0.02 > sloppy + 0.15


@pytest.mark.parametrize("seed", SEEDS)
def test_under_a_sound_reward_the_careful_one_wins_and_the_hacker_gets_next_to_nothing(seed: int) -> None:
    careful, sloppy, hacker = (mean(sound, name, seed) for name in ("careful", "sloppy", "hacker"))
    assert careful > 0.85
    assert careful > sloppy + 0.3
    assert sloppy > hacker + 0.3
    assert hacker < 0.02


@pytest.mark.parametrize("tasks", [("ground", "detect"), ("count", "choice", "relation")])
def test_the_story_holds_for_boxes_and_for_words_alike(tasks: tuple[str, ...]) -> None:
    for seed in SEEDS:
        careful, sloppy, hacker = (mean(naive, name, seed, tasks) for name in ("careful", "sloppy", "hacker"))
        assert hacker > careful > sloppy
        careful, sloppy, hacker = (mean(sound, name, seed, tasks) for name in ("careful", "sloppy", "hacker"))
        assert careful > sloppy > hacker


def test_the_hacker_never_looks_at_the_truth() -> None:
    for row in ROWS[0]:
        blind = {**row, "images": [], "answer": "?", "boxes": row["boxes"] and [], "labels": [], "options": []}
        assert RESPONDERS["hacker"](blind, 0) == RESPONDERS["hacker"](row, 0)


def test_the_hacker_sprays_plausible_boxes_then_the_whole_picture_then_unknown_labels() -> None:
    row = next(row for row in ROWS[0] if row["task"] == "detect")
    boxes = [(m[:4], m[4]) for m in BOX.findall(RESPONDERS["hacker"](row, 0))]
    assert len(boxes) > 100
    assert boxes[-3:] == [(("0", "0", "320", "240"), label) for label in ("object", "shape", "thing")]
    assert set(row["labels"]) <= {label for _, label in boxes[:-3]}


@pytest.mark.parametrize("name", ["careful", "hacker"])
def test_their_format_is_always_right(name: str) -> None:
    for row, text in answers(name, 0):
        whole = WHOLE.fullmatch(text)
        assert whole
        if row["boxes"] is not None:
            items = json.loads(whole[1].strip().removeprefix("```json").removesuffix("```"))
            assert {frozenset(item) for item in items} == {frozenset(("bbox_2d", "label"))}


def test_the_sloppy_one_breaks_the_format_in_every_way() -> None:
    texts = [text for _, text in answers("sloppy", 0)]
    broken = [text for text in texts if not WHOLE.fullmatch(text)]
    assert 0.2 < len(broken) / len(texts) < 0.4
    assert any("<answer>" in t and "</answer>" not in t for t in broken)  # cut short
    assert any("</think>" in t and "answer>" not in t for t in broken)  # no answer tags
    assert any("think>" not in t and "</answer>" in t for t in broken)  # no thoughts
    assert any(t.startswith("Sure") for t in broken)  # talk around it


def test_boxes_lie_within_the_picture_and_are_not_empty() -> None:
    for name in RESPONDERS:
        for row, text in answers(name, 1):
            for m in BOX.findall(text):
                x1, y1, x2, y2 = map(int, m[:4])
                assert 0 <= x1 < x2 <= row["image_size"][0]
                assert 0 <= y1 < y2 <= row["image_size"][1]


def test_a_row_and_a_seed_give_one_response() -> None:
    for name, respond in RESPONDERS.items():
        same = [respond(row, 0) == respond(dict(row), 0) for row in ROWS[0]]
        other = [respond(row, 0) == respond(row, 1) for row in ROWS[0]]
        assert all(same)
        assert name == "hacker" or sum(other) < 0.6 * len(other)


def test_candidates_are_pools_of_the_given_mix() -> None:
    rows = ROWS[0][:20]
    pool = candidates(rows, 50, 3, mix={"careful": 0.3, "hacker": 0.7})
    assert [row["group"] for row in pool] == [row["id"] for row in rows for _ in range(50)]
    assert len({row["id"] for row in pool}) == 1000
    assert np.mean([row["responder"] == "hacker" for row in pool]) == pytest.approx(0.7, abs=0.05)
    first = next(row for row in pool if row["responder"] == "careful")
    assert (first["prompt"], first["answer"]) == (rows[0]["prompt"], rows[0]["answer"])
    assert len({row["response"] for row in pool[:50]}) > 2  # one responder does not always say the same
    assert candidates(rows, 50, 3, mix={"careful": 0.3, "hacker": 0.7}) == pool
    with pytest.raises(ValueError, match="sum to 1"):
        candidates(rows, 5, 3, mix={"careful": 0.3})
