"""Engines that read text in pictures, and how to add one's own.

Any function from a picture and a language to `Line`s is a reader: `@reader("mine")` lets `reader="mine"` name it. Two
engines come with `pip install 'guerdon[ocr]'`:

- "rapidocr" (PP-OCR on ONNX) needs nothing else; Latin letters with their accents, Chinese and Japanese.
- "tesseract" needs the program and the data of each language (Debian: tesseract-ocr, tesseract-ocr-kor, …);
  `language` is its name for one or several: "kor", "ara+eng".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from guerdon import registry
from guerdon.media import Image
from guerdon.media.source import need
from guerdon.scores import ContractError

SECONDS = 60.0
"""What one picture may take an engine that is a program of its own."""


class Line(NamedTuple):
    """A line of text that was read."""

    text: str
    confidence: float | None = None
    """How sure the reader is, 0–1, if it says so."""


Reader = Callable[[Image, str | None], Sequence[Line]]
"""From a picture and a language to the lines on it, in reading order. None is the reader's own language."""
_readers: dict[str, Reader] = {}


def reader(name: str) -> Callable[[Reader], Reader]:
    """Let the setting `reader` use this name for a function. A later one of the same name replaces it."""

    def register(read: Reader) -> Reader:
        _readers[name] = read
        return read

    return register


def find_reader(name: str) -> Reader:
    """The reader of this name. Raises ContractError where there is none."""
    if name not in _readers:
        registry.load_all()  # a package's own readers come with its rewards
    if name not in _readers:
        known = ", ".join(sorted(_readers))
        raise ContractError(f"there is no reader {name!r}, only {known}: define it under @reader({name!r})")
    return _readers[name]


class _Piece(NamedTuple):
    """A word or so, and where it stands."""

    text: str
    confidence: float
    left: float
    top: float
    bottom: float


@reader("rapidocr")
def rapidocr(picture: Image, language: str | None = None) -> list[Line]:
    """RapidOCR with the models it ships. Raises ContractError for a language: one model reads all it can."""
    if language is not None:
        raise ContractError(f"rapidocr reads without a language, not {language!r}: take reader='tesseract'")
    found = _rapidocr()(np.ascontiguousarray(picture.array()[:, :, ::-1]))
    if found.txts is None:
        return []
    corners = [np.asarray(box) for box in found.boxes]
    pieces = [
        _Piece(text, float(score), box[:, 0].min(), box[:, 1].min(), box[:, 1].max())
        for text, score, box in zip(found.txts, found.scores, corners, strict=True)
    ]
    return [_joined(line) for line in _rows(pieces)]


@reader("tesseract")
def tesseract(picture: Image, language: str | None = None) -> list[Line]:
    """Tesseract, for a block of lettering; language None is "eng". Raises ContractError where data is lacking."""
    engine, names = need("pytesseract", "ocr"), (language or "eng").split("+")
    lacking = sorted(set(names) - _tesseract_languages())
    if lacking:
        raise ContractError(
            f"tesseract has no data for {lacking[0]!r}, only {', '.join(sorted(_tesseract_languages()))}: "
            f"install it (Debian: apt-get install tesseract-ocr-{lacking[0].replace('_', '-')})"
        )
    table = engine.image_to_data(
        picture.pil(), lang="+".join(names), config="--psm 6", timeout=SECONDS, output_type="dict"
    )
    words = zip(table["block_num"], table["par_num"], table["line_num"], table["text"], table["conf"], strict=True)
    lines = groupby((word for word in words if word[3].strip()), key=lambda word: word[:3])
    return [_joined([_Piece(w[3], max(float(w[4]), 0.0) / 100, 0.0, 0.0, 0.0) for w in line]) for _, line in lines]


def _rows(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces side by side are one line, from left to right; lines go from top to bottom."""
    rest = sorted(pieces, key=lambda piece: piece.top + piece.bottom)
    while rest:
        first = rest[0]
        beside = [p for p in rest if first.top < (p.top + p.bottom) / 2 < first.bottom]
        yield sorted(beside or [first], key=lambda piece: piece.left)
        rest = [p for p in rest if p not in beside and p is not first]


def _joined(pieces: Sequence[_Piece]) -> Line:
    """One line, as sure as its pieces are on average, by their lengths."""
    length = sum(len(piece.text) for piece in pieces)
    sure = sum(piece.confidence * len(piece.text) for piece in pieces) / length
    return Line(" ".join(piece.text for piece in pieces), sure)


@cache
def _rapidocr() -> Any:
    need("onnxruntime", "ocr")
    return need("rapidocr", "ocr").RapidOCR(params={"Global.log_level": "critical"})


@cache
def _tesseract_languages() -> frozenset[str]:
    engine = need("pytesseract", "ocr")
    try:
        return frozenset(engine.get_languages())
    except engine.TesseractNotFoundError as error:
        raise ContractError("there is no program tesseract: install it (Debian: tesseract-ocr)") from error
