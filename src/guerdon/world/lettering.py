"""Words drawn letter by letter, in several scripts, and a reader for them that knows no words.

Every character (grapheme cluster) stands in a square cell of its own, from left to right in reading order, so
reading is comparing cells with letters drawn plainly: what a reader of characters should do, without a model of
language that guesses. The font, DejaVu Sans, comes with matplotlib; it has Latin, Greek, Cyrillic and Arabic letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from guerdon.metrics.characters import graphemes

Floats = NDArray[np.float64]
CELL = 24
"""Pixels of a cell's side."""
PATCH = 4
"""Pixels of a side of what is worn off a letter at once."""
SCRIPTS = {
    "Latin": "ABCDEFGHIKLMNOPRSTUVWXYZ",
    "accented": "ÀÇÉÑÖŞŽe\u0323\u0301a\u0331\u0308o\u0328\u0304",  # the last three have two accents each
    "Greek": "ΓΔΘΛΞΠΣΦΨΩ",
    "Cyrillic": "БДЖЗИЙЛЦЧШЩЫЭЮЯ",
    "Arabic": "ابتجدرسعفقلمنهو",
}
LETTERS = tuple(unit for letters in SCRIPTS.values() for unit in graphemes(letters))


class Read(NamedTuple):
    """A text that was read, and how sure its reader is, 0–1."""

    text: str
    confidence: float


def word(rng: np.random.Generator, length: int) -> str:
    """Letters at random, all of one script."""
    letters = graphemes(list(SCRIPTS.values())[rng.integers(len(SCRIPTS))])
    return "".join(letters[i] for i in rng.integers(len(letters), size=length))


def draw(text: str) -> Floats:
    """Plain letters as ink, [CELL, CELL · characters], from 0 for paper to 1.

    >>> draw("Žы").shape
    (24, 48)
    """
    cells = [_letter(unit) for unit in graphemes(text)]
    return np.concatenate(cells, axis=1) if cells else np.zeros((CELL, 0))


def worn(ink: Floats, share: float, rng: np.random.Generator) -> Floats:
    """The same ink with a share of its patches gone."""
    kept = rng.random((ink.shape[0] // PATCH, ink.shape[1] // PATCH)) >= share
    return np.asarray(ink * np.kron(kept, np.ones((PATCH, PATCH))))


def picture(
    ink: Floats, rng: np.random.Generator, *, colour: Sequence[float] = (0, 0, 0), noise: float = 0.2
) -> NDArray[np.uint8]:
    """Ink of a colour (0–1 each) on white paper with noise of this standard deviation, [height, width, 3]."""
    pixels = 1 - ink[..., None] * (1 - np.asarray(colour)) + rng.normal(0, noise, (*ink.shape, 1))
    return np.asarray(np.clip(255 * pixels, 0, 255), dtype=np.uint8)


def read(ink: Floats) -> Read:
    """The letters that correlate most with the cells of a drawing; it is as sure as they do so on average.

    >>> read(draw("ΓДب")).text
    'ΓДب'
    """
    cells = ink[:CELL, : ink.shape[1] // CELL * CELL].reshape(CELL, -1, CELL).swapaxes(0, 1).reshape(-1, CELL * CELL)
    if not len(cells):
        return Read("", 0.0)
    alike = _standardised(cells) @ _templates().T
    sure = float(np.clip(alike.max(axis=1), 0.0, 1.0).mean())
    return Read("".join(LETTERS[i] for i in alike.argmax(axis=1)), sure)


def _standardised(cells: Floats) -> Floats:
    centred = cells - cells.mean(axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9))


@cache
def _templates() -> Floats:
    return _standardised(np.stack([_letter(unit).ravel() for unit in LETTERS]))


@cache
def _letter(unit: str) -> Floats:
    from PIL import Image, ImageDraw

    cell = Image.new("L", (CELL, CELL), 0)
    ImageDraw.Draw(cell).text((CELL // 2, CELL // 2), unit, font=_font(), fill=255, anchor="mm")
    return np.asarray(cell, dtype=np.float64) / 255


@cache
def _font() -> Any:
    from matplotlib import get_data_path
    from PIL import ImageFont

    return ImageFont.truetype(str(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), CELL * 2 // 3)
