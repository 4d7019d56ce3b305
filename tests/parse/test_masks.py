from hypothesis import given
from hypothesis import strategies as st

from guerdon.metrics.runs import as_array
from guerdon.parse.masks import mask

SQUARE = [[True, True, False], [True, True, False], [False, False, False]]


def test_polygons_and_run_lengths_are_read() -> None:
    for text in ("[[0, 0, 2, 0, 2, 2, 0, 2]]", 'Here: {"size": [3, 3], "counts": [0, 2, 1, 2, 4]}'):
        read = mask(text, (3, 3))
        assert read.value is not None
        assert as_array(read.value).tolist() == SQUARE


def test_polygons_count_in_their_frame() -> None:
    read = mask("[[0, 0], [667, 0], [667, 667], [0, 667]]", (3, 3), frame="per_mille")
    assert read.value is not None
    assert as_array(read.value).tolist() == SQUARE


def test_an_explicit_none_is_the_empty_mask() -> None:
    for text in ("None", "[]", "No objects."):
        read = mask(text, (3, 3))
        assert read.value is not None
        assert not as_array(read.value).any()


def test_what_cannot_be_read_is_malformed() -> None:
    assert "no JSON value" in mask("a square", (3, 3)).reason
    assert "breaks" in mask('{"size": [3, 3], "co', (3, 3)).reason
    assert not mask("[[0, 0, 2", (3, 3)).ok
    assert "no polygon" in mask("[[0, 0, 2, 2]]", (3, 3)).reason
    assert "only one wanted" in mask("[[0, 0, 2, 0, 2, 2]] or [[0, 0, 1, 0, 1, 1]]", (3, 3)).reason
    assert "in a picture of" in mask('{"size": [9, 9], "counts": [81]}', (3, 3)).reason


@given(st.text() | st.from_regex(r"[\[\]{}0-9,.: \"a-z-]{0,60}", fullmatch=True))
def test_no_text_raises(text: str) -> None:
    read = mask(text, (3, 3))
    assert read.ok == (read.value is not None)
