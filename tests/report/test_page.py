"""The page is one file, safe to open whatever a model wrote, and says what there is and what there is not."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from tests.report.reading import HOSTILE, Page, assert_safe

from guerdon import ContractError, Score, Scores, from_spec, report, reward
from guerdon.metrics.stats import Estimate
from guerdon.report import Board, Entry, Highlight
from guerdon.sample import Broken


@reward("test_page.length", range=(0, None))
def length(response: str) -> float:
    return float(len(response))


@reward("test_page.picky", range=(0, 1))
def picky(value: float) -> Score | float:
    return Score.abstained("no opinion") if value < 0 else value


@reward("test_page.explained", range=(0, 1))
def explained(value: float) -> Score:
    return Score(value, rationale="because it is")


def page(path: Path, rows: list[Any], spec: str = "test_page.length", **options: Any) -> Page:
    return Page(report.html(from_spec(spec)(rows), rows, path / "page.html", **options))


def test_nothing_is_fetched_and_nothing_runs(tmp_path: Path) -> None:
    image = PIL.Image.new("RGB", (40, 30), "teal")
    assert_safe(page(tmp_path, [{"response": "[1, 2, 3, 4]", "image": image, "boxes": [1, 2, 3, 4]}]))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_does_nothing(tmp_path: Path, text: str) -> None:
    rows = [{"id": text, "prompt": text, "response": text, "answer": text, "by": text}]
    scores = from_spec("test_page.length").named("x")(rows)
    board = Board(text, [Entry(text, None, note=text)], text, text)
    found = Page(
        report.html(scores, rows, tmp_path / "x.html", title=text, note=text, date=text, comparisons=[board],
                    highlights=[Highlight(text, [0], [text])])
    )  # fmt: skip
    assert_safe(found)
    assert found.text.count(" ".join(text.split())) >= 8


def test_hostile_names_and_reasons_do_nothing(tmp_path: Path) -> None:
    rows = [Broken("<script>1</script>", "<script>2</script>"), {"response": "a"}]
    found = page(tmp_path, rows, "named(test_page.length, '<script>3<script>')")
    assert not any(tag == "script" for tag, _ in found.tags)
    assert all(f"<script>{i}" in found.text for i in (1, 2, 3))


def test_a_ten_megabyte_response_is_cut_short_with_a_note(tmp_path: Path) -> None:
    found = page(tmp_path, [{"response": "<b>" * 3_500_000}, {"response": "x"}])
    assert "… 10,498,400 more characters are not shown" in found.text
    assert len(found.source) < 100_000


def test_a_hundred_thousand_rows_make_a_small_page(tmp_path: Path) -> None:
    n = 100_000
    values = np.random.default_rng(0).random(n)
    rows: list[Any] = [{"response": f"response {i}"} for i in range(n)]
    scores = from_spec("test_page.length")(rows[:1]).take([0] * n)
    scores = Scores(values, scores.status, {}, {}, {}, values, {"a": scores}, tuple(map(str, range(n))), record={})
    path = report.html(scores, rows, tmp_path / "page.html")
    assert path.stat().st_size < 300_000


def test_a_value_that_is_not_there_is_a_dash_with_its_reason(tmp_path: Path) -> None:
    found = page(tmp_path, [{"value": -1.0}, {"value": 0.5}, {"value": 1.0}], "test_page.picky")
    assert not re.search(r"\bnan\b", found.source, re.IGNORECASE)
    shelf = found.text.partition("Without a value")[2]
    assert re.search(r"– .*abstained no opinion", shelf)


def test_rows_without_any_value_make_a_page_that_says_so(tmp_path: Path) -> None:
    found = page(tmp_path, [{"value": -1.0}, {"value": -2.0}], "test_page.picky")
    assert "No row has a value: 2 abstained." in found.text
    assert not re.search(r"\bnan\b", found.source, re.IGNORECASE)


def test_means_stand_with_interval_and_coverage(tmp_path: Path) -> None:
    rows = [{"value": v} for v in (0.0, 1.0, 1.0, -1.0)]
    found = page(tmp_path, rows, "test_page.picky", title="Picky", date="1 May")
    assert "Coverage 75.0 % 3 of 4 rows have a value" in found.text
    assert re.search(r"Mean 0\.667 0\.\d{3} to [01]\.\d{3}", found.text)
    assert "Picky" in found.text
    assert "1 May" in found.text


def test_the_worst_and_the_best_are_shown(tmp_path: Path) -> None:
    found = page(tmp_path, [{"id": f"row {i}", "response": "x" * i} for i in range(1, 21)])
    worst, best = found.text.partition("Worst")[2].split("Best")
    assert [f"row {i} " in worst for i in (1, 6, 7)] == [True, True, False]
    assert [f"row {i} " in best for i in (20, 15, 14)] == [True, True, False]


def test_boards_show_figures_with_their_coverage(tmp_path: Path) -> None:
    entries = [Entry("judge", Estimate(0.75, 0.7, 0.8, 100), 0.9), Entry("none", None, 0.0, "no verdict")]
    found = page(tmp_path, [{"response": "a"}], comparisons=[Board("Accuracy", entries, "on pairs")])
    assert "Accuracy on pairs judge 75.0 % of 90.0 % none no verdict – of 0 %" in found.text


def test_highlights_come_with_their_notes(tmp_path: Path) -> None:
    rows = [{"response": "a"}, {"response": "bb"}]
    found = page(tmp_path, rows, highlights=[Highlight("See here", [1], ["a note"])])
    assert re.search(r"See here 2\.000 1 a note Response bb", found.text)


def test_a_judge_is_quoted_once(tmp_path: Path) -> None:
    found = page(tmp_path, [{"value": 0.5}], "named(test_page.explained, 'judge')")
    assert "Response empty Rationale because it is" in found.text
    assert found.text.count("because it is") == 1


def test_half_characters_and_control_characters_are_replaced(tmp_path: Path) -> None:
    found = page(tmp_path, [{"response": "a\ud800b\x00c\u202ed"}])
    assert "a\ufffdb\ufffdc\ufffdd" in found.text


def test_a_page_needs_a_row_a_score(tmp_path: Path) -> None:
    scores = from_spec("test_page.length")([{"response": "a"}])
    with pytest.raises(ContractError, match="not 2 rows for 1 scores"):
        report.html(scores, [{"response": "a"}, {"response": "b"}], tmp_path / "page.html")
