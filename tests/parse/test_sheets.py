"""Score sheets: what is added up, whether it is right, and who leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse import score_sheet
from guerdon.scores import Status

SHEET = """<think>
1. Semantic consistency: Image 1 (9/10) - the hat is there; Image 2 (7/10) - it is not
2. Aesthetics: Image 2 (8/10) - fine; Image 1 (8/10) - fine
3. Authenticity:
    Image 1 (8/10) - …;
    Image 2 (5.5/10) - …
Total score:
Image 1: 9+8+8=25
Image 2: 7 + 8 + 5.5 = 20.5
</think>
<answer>Image 1 is better</answer>"""


def test_scores_terms_and_totals_are_read_by_candidate() -> None:
    sheet = score_sheet(SHEET).value
    assert sheet is not None
    assert sheet.scores == sheet.terms == ((9.0, 8.0, 8.0), (7.0, 8.0, 5.5))
    assert sheet.totals == (25.0, 20.5)
    assert (sheet.complete, sheet.adds_up, sheet.leader) == (True, True, 1)


@pytest.mark.parametrize(
    ("old", "new", "complete", "adds_up", "leader"),
    [
        ("=25", "=26", True, False, 1),
        ("9+8+8=25", "9+8=17", False, True, 2),  # a dimension is left out
        ("9+8+8=25", "5.5+9+6=20.5", False, True, None),
        ("9+8+8=25", "25", False, True, 1),  # no addition is shown: the scores add up
        ("9+8+8=25", "24", False, False, 1),
    ],
)
def test_wrong_sums_show(old: str, new: str, complete: bool, adds_up: bool, leader: int | None) -> None:
    sheet = score_sheet(SHEET.replace(old, new)).value
    assert sheet is not None
    assert (sheet.complete, sheet.adds_up, sheet.leader) == (complete, adds_up, leader)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Image 1 is better.", "no total"),
        (SHEET.replace("Image 2: 7 + 8 + 5.5 = 20.5", ""), "no total of one of the two"),
        (SHEET.replace("Image 2 (7/10)", "Image 2 (good)"), "3 scores of the first and 2 of the second"),
        ("Total score: Image 1: 3=3 Image 2: 4=4", "0 scores of the first and 0 of the second"),
        (SHEET.replace("=25", "=25/30"), "no total of one of the two"),
    ],
)
def test_half_a_sheet_is_unread(text: str, reason: str) -> None:
    found = score_sheet(text)
    assert (found.value, found.status, found.reason) == (None, Status.UNREAD, reason)


@given(
    st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10)), min_size=1, max_size=6),
    st.sampled_from(["Image", "Video"]),
)
def test_a_written_sheet_is_read_back(scores: list[tuple[int, int]], noun: str) -> None:
    lines = [f"{k}. Dimension: {noun} 1 ({a}/10) - x; {noun} 2 ({b}/10) - y" for k, (a, b) in enumerate(scores, 1)]
    sides = list(zip(*scores, strict=True))
    totals = [f"{noun} {i}: {'+'.join(map(str, side))}={sum(side)}" for i, side in enumerate(sides, 1)]
    sheet = score_sheet("\n".join([*lines, "Total score:", *totals])).value
    assert sheet is not None
    assert sheet.scores == sheet.terms == tuple(tuple(map(float, side)) for side in sides)
    assert sheet.adds_up
