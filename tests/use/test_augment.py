"""Augmented rejections: variants at the hull of all variants."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.scores import Floats
from guerdon.use.augment import hull, misspelt, outer_rejections


def test_the_hull_is_its_corners() -> None:
    square = np.array([[0, 0, 5], [2, 0, 5], [2, 2, 5], [0, 2, 5], [1, 1, 5], [1.5, 0.5, 5]])
    assert hull(square) == [0, 1, 2, 3]


def test_rows_on_a_line_have_two_ends() -> None:
    assert hull([[0, 0], [1, 1], [2, 2]]) == [0, 2]
    assert hull([[1, 1], [1, 1]]) == [0]


def test_no_rows_have_no_hull() -> None:
    with pytest.raises(ValueError, match="n ≥ 1"):
        hull(np.empty((0, 2)))


@given(st.text(max_size=60), st.integers(0, 99))
def test_a_misspelt_text_keeps_its_letters(text: str, seed: int) -> None:
    made = misspelt(text, np.random.default_rng(seed))
    assert sorted(made) == sorted(text)
    assert made.count(" ") == text.count(" ")


def test_few_words_change() -> None:
    text = " ".join(["word"] * 100)
    made = misspelt(text, np.random.default_rng(0))
    assert sum(a != b for a, b in zip(text.split(), made.split(), strict=True)) == 5


class Letters:
    """Counts of letter pairs."""

    digest = "letters"

    def encode(self, texts: Sequence[str]) -> Floats:
        made = np.zeros((len(texts), 64))
        for i, text in enumerate(texts):
            for a, b in pairwise(text):
                made[i, (ord(a) * 7 + ord(b)) % 64] += 1
        return made


def test_every_rejection_added_is_a_variant_of_its_own() -> None:
    pair = {"prompt": "q", "chosen": "good", "rejected": "these words here are not at all right about that"}
    found = list(outer_rejections([pair], Letters(), seed=1))
    texts = [row["rejected"] for row in found]
    assert len(set(texts)) == len(texts) > 1
    assert pair["rejected"] not in texts
    assert {(row["prompt"], row["chosen"]) for row in found} == {("q", "good")}
