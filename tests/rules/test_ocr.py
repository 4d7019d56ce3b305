from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from guerdon import ContractError, Score, Status
from guerdon.media import Image
from guerdon.rules.ocr import MAX_LINES, text, transcript
from guerdon.rules.readers import Line, reader

BLANK = Pillow.new("RGB", (9, 9), "white")
SAYS: list[Line] = []
LETTERS = st.text("abc ", max_size=12)


@reader("test.scripted")
def scripted(picture: Image, language: str | None) -> Sequence[Line]:
    """Looks at the picture, and says what the test wants it to."""
    assert picture.array().ndim == 3
    return SAYS


@reader("test.blind")
def blind(picture: Image, language: str | None) -> Sequence[Line]:
    """Sees nothing."""
    return []


def read(answer: Any, *lines: Line, **settings: Any) -> Score:
    SAYS[:] = lines
    return text(reader="test.scripted", **settings).one({"image": BLANK, "answer": answer})


def given_text(response: str, answer: Any, **settings: Any) -> float | None:
    return transcript(**settings).one({"response": response, "answer": answer}).value


def test_what_is_read_is_compared_by_character_word_or_whole() -> None:
    # one of 11 characters, one of two words
    line = Line("GRAND HOTEI")
    assert read("GRAND HOTEL", line).value == pytest.approx(10 / 11)
    assert read("GRAND HOTEL", line, measure="words").value == 0.5
    assert read("GRAND HOTEL", line, measure="exact").value == 0.0
    assert read("GRAND HOTEI", line, measure="exact").value == 1.0


def test_nothing_read_earns_only_where_nothing_is_to_be_read() -> None:
    for measure in ("characters", "words", "exact"):
        assert read("OPEN", measure=measure).value == 0.0
        assert read("", measure=measure).value == 1.0
        assert read("", Line("OPEN"), measure=measure).value == 0.0


def test_more_text_than_there_should_be_never_pays() -> None:
    # eight letters too many for four: 1 − 8/4 is below 0
    assert read("OPEN", Line("OPENSHUT")).value == 0.0
    assert read("OPEN", Line("OPEN"), Line("XY")).value == pytest.approx(1 - 3 / 4)


def test_lines_are_compared_one_by_one_in_reading_order() -> None:
    answer = "OPEN\n24 HOURS"
    assert read(answer, Line("OPEN"), Line("24 HOURS")).value == 1.0
    assert read(answer, Line("24 HOURS"), Line("OPEN")).value == pytest.approx(8 / 16)
    assert read(answer, Line("24 HOURS")).value == pytest.approx(8 / 12)


def test_an_answer_of_one_line_may_be_set_in_several() -> None:
    assert read("GRAND HOTEL", Line("GRAND"), Line("HOTEL")).value == 1.0


def test_the_nearest_of_several_true_texts_counts() -> None:
    assert read(["SHUT", "OPEN"], Line("OPEN")).value == 1.0


def test_confidence_counts_for_the_true_characters_that_were_found() -> None:
    # 3 of 4 letters at .8; the rationale is what was read
    score = read("OPEN", Line("OPFN", 0.8))
    assert score.components["ocr.text/confidence"].value == pytest.approx(0.6)
    assert score.rationale == "OPFN"


def test_a_reader_without_confidence_has_none_to_show() -> None:
    score = read("OPEN", Line("OPEN"))
    assert (score.value, score.components["ocr.text/confidence"].status) == (1.0, Status.INAPPLICABLE)


def test_a_composed_and_a_decomposed_script_are_the_same() -> None:
    for word in ("한국어", "café", "Việt", "ไทย"):
        pieces = unicodedata.normalize("NFD", word)
        assert read(word, Line(pieces)).value == 1.0
        assert given_text(pieces, word) == 1.0


def test_case_and_width_count_unless_told_otherwise() -> None:
    assert given_text("open", "OPEN") == 0.0
    assert given_text("open", "OPEN", case=False) == 1.0
    assert given_text("ＯＰＥＮ", "OPEN", form="NFKC") == 1.0


def test_a_transcript_may_stand_in_a_tag() -> None:
    assert given_text("<answer>OPEN</answer>", "OPEN", within="answer") == 1.0
    assert transcript(within="answer").one({"response": "OPEN", "answer": "OPEN"}).status == Status.MALFORMED


@given(LETTERS, LETTERS, st.sampled_from(["characters", "words", "exact"]))
def test_values_lie_between_0_and_1_and_the_text_itself_is_1(said: str, answer: str, measure: str) -> None:
    value = given_text(said, answer, measure=measure)
    assert value is not None
    assert 0.0 <= value <= 1.0
    assert given_text(answer, answer, measure=measure) == 1.0


def test_a_row_without_a_picture_or_a_text_does_not_apply() -> None:
    blank = text(reader="test.blind")
    assert blank.one({"answer": "OPEN"}).status == Status.INAPPLICABLE
    assert blank.one({"images": [], "answer": "OPEN"}).status == Status.INAPPLICABLE
    assert blank.one({"image": BLANK, "answer": []}).status == Status.INAPPLICABLE


def test_a_picture_that_cannot_be_opened_costs_its_own_row() -> None:
    rows = [{"image": b"not a picture", "answer": "OPEN"}, {"image": BLANK, "answer": "OPEN"}]
    SAYS[:] = [Line("OPEN")]
    scores = text(reader="test.scripted")(rows)
    assert scores.status.tolist() == [Status.FAILED, Status.OK]
    assert scores.values[1] == 1.0


def test_endless_text_is_malformed_and_many_lines_take_a_moment() -> None:
    assert read("OPEN", Line("A" * 200_000)).status == Status.MALFORMED
    assert transcript().one({"response": "A" * 200_000, "answer": "OPEN"}).status == Status.MALFORMED
    many = "a\n" * 10 * MAX_LINES
    assert given_text(many, many) == 1.0
    assert (given_text(many, many.replace("a", "b")) or 0) < 0.5  # beyond 200 lines the spaces between them agree


def test_an_unknown_reader_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(ContractError, match=r"no reader 'nobody', only .*rapidocr.*tesseract"):
        text(reader="nobody").one({"image": BLANK, "answer": "OPEN"})


# -- real engines ------------------------------------------------------------------------------------


def dejavu() -> str:
    from matplotlib import get_data_path

    return str(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")


def sign(words: str, font: str = "", size: int = 48) -> Pillow.Image:
    """Black letters on white."""
    face = ImageFont.truetype(font or dejavu(), size)
    _, _, right, bottom = ImageDraw.Draw(BLANK).multiline_textbbox((20, 20), words, font=face)
    picture = Pillow.new("RGB", (int(right) + 20, int(bottom) + 20), "white")
    ImageDraw.Draw(picture).multiline_text((20, 20), words, font=face, fill="black")
    return picture


needs_rapidocr = pytest.mark.skipif(
    find_spec("rapidocr") is None or find_spec("onnxruntime") is None, reason="pip install 'guerdon[ocr]'"
)
needs_tesseract = pytest.mark.skipif(
    find_spec("pytesseract") is None or shutil.which("tesseract") is None, reason="needs the program tesseract"
)


def needs_language(language: str) -> None:
    import pytesseract

    if language not in pytesseract.get_languages():
        pytest.skip(f"tesseract has no data for {language!r} here")


@needs_rapidocr
@pytest.mark.parametrize("words", ["Hello World", "Grand Café\nopen today", "24 HOURS"])
def test_rapidocr_reads_latin_letters(words: str) -> None:
    score = text().one({"image": sign(words), "answer": words})
    assert score.value is not None
    assert score.value >= 0.9, score.rationale
    assert 0.5 < (score.components["ocr.text/confidence"].value or 0) <= 1.0


@needs_rapidocr
def test_rapidocr_tells_a_wrong_word_and_an_empty_wall() -> None:
    wrong = text().one({"image": sign("HELLO"), "answer": "WORLD"}).value
    empty = text().one({"image": Pillow.new("RGB", (200, 80), "white"), "answer": "HELLO"}).value
    assert wrong is not None
    assert wrong <= 0.4
    assert empty == 0.0


@needs_rapidocr
def test_rapidocr_reads_chinese() -> None:
    fonts = [*Path("/usr/share/fonts").rglob("*CJK*.tt?"), *Path("/usr/share/fonts").rglob("wqy-*.tt?")]
    if not fonts:
        pytest.skip("no Chinese font here")
    assert (text().one({"image": sign("欢迎光临", str(fonts[0])), "answer": "欢迎光临"}).value or 0) >= 0.75


@needs_rapidocr
def test_rapidocr_has_one_model_for_all_it_reads() -> None:
    with pytest.raises(ContractError, match="take reader='tesseract'"):
        text(language="kor").one({"image": BLANK, "answer": ""})


@needs_tesseract
@pytest.mark.parametrize(
    ("words", "language"), [("Hello World", "eng"), ("Привет мир", "rus"), ("سلام عليكم", "ara")]
)  # fmt: skip
def test_tesseract_reads_other_scripts(words: str, language: str) -> None:
    needs_language(language)
    score = text(reader="tesseract", language=language).one({"image": sign(words), "answer": words})
    assert score.value is not None
    assert score.value >= 0.8, score.rationale


@needs_tesseract
def test_tesseract_reads_korean() -> None:
    needs_language("kor")
    fonts = sorted(Path("/usr/share/fonts").rglob("NanumGothic.ttf"))
    if not fonts:
        pytest.skip("no Korean font here")
    words = "안녕하세요 세계"
    assert (
        text(reader="tesseract", language="kor").one({"image": sign(words, str(fonts[0])), "answer": words}).value or 0
    ) >= 0.8


@needs_tesseract
def test_tesseract_without_a_language_says_what_to_install() -> None:
    with pytest.raises(ContractError, match="tesseract-ocr-xyz"):
        text(reader="tesseract", language="xyz").one({"image": np.zeros((20, 20)), "answer": ""})
