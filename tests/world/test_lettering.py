from __future__ import annotations

import numpy as np
import pytest

from guerdon.metrics.characters import graphemes
from guerdon.world.lettering import CELL, LETTERS, SCRIPTS, draw, picture, read, word, worn


@pytest.mark.parametrize("letters", SCRIPTS.values(), ids=SCRIPTS)
def test_clean_letters_of_every_script_are_read(letters: str) -> None:
    assert read(draw(letters)).text == letters
    assert read(draw(letters)).confidence == pytest.approx(1.0)


def test_no_letter_is_there_twice_and_each_has_a_cell() -> None:
    assert len(set(LETTERS)) == len(LETTERS) > 60
    assert draw("".join(LETTERS)).shape == (CELL, CELL * len(LETTERS))


def test_a_letter_with_two_accents_is_one_cell() -> None:
    assert draw("e\u0323\u0301").shape == (CELL, CELL)


def test_words_are_of_one_script_and_of_the_length_asked_for() -> None:
    made = word(np.random.default_rng(0), 5)
    assert len(graphemes(made)) == 5
    assert any(set(graphemes(made)) <= set(graphemes(letters)) for letters in SCRIPTS.values())


def test_wear_takes_its_share_of_the_ink() -> None:
    ink = draw("".join(LETTERS))
    left = worn(ink, 0.5, np.random.default_rng(0)).sum() / ink.sum()
    assert 0.4 < left < 0.6
    assert worn(ink, 0.0, np.random.default_rng(0)).sum() == ink.sum()


def test_a_picture_is_paper_and_ink_of_its_colour() -> None:
    pixels = picture(np.array([[0.0, 1.0]]), np.random.default_rng(0), colour=(1.0, 0.0, 0.5), noise=0.0)
    assert pixels.tolist() == [[[255, 255, 255], [255, 0, 127]]]


@pytest.mark.parametrize("shape", [(0, 0), (CELL, 0), (CELL, CELL - 1), (3, 3)])
def test_less_than_a_cell_has_no_letter(shape: tuple[int, int]) -> None:
    assert read(np.zeros(shape)).text == ""
