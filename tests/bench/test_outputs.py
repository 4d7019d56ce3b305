"""Released outputs are read as numbers or verdicts, or are said to be unreadable."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guerdon.bench import BenchError, Output, output, outputs
from guerdon.bench.outputs import Book, number, voted
from guerdon.load import stream
from guerdon.scores import Status


def test_scores_written_as_text_are_numbers() -> None:
    assert output({"id": "a", "scores": ["10", "9"]}) == Output("a", (10.0, 9.0))
    assert output({"id": "a", "score_0": "10", "score_1": "9"}) == Output("a", (10.0, 9.0))


@pytest.mark.parametrize("value", ["high", "nan", "inf", None, True, [1], "1e999", 10**400])
def test_what_is_no_finite_number_has_no_value(value: Any) -> None:
    assert number(value) != number(value)
    found = output({"id": "a", "scores": [1, value]})
    assert (found.status, found.reason[:20]) == (Status.UNREAD, "not a finite number:")


@pytest.mark.parametrize(
    ("text", "swapped", "values"),
    [("[[A]]", False, (1.0, 0.0)), ("[[A]]", True, (0.0, 1.0)), ("It is a tie.", False, (0.5, 0.5))],
)
def test_a_verdict_is_about_the_order_that_was_shown(text: str, swapped: bool, values: tuple[float, ...]) -> None:
    assert output({"id": "a", "verdict": text, "swapped": swapped}).values == values


def test_a_verdict_that_says_nothing_is_unread() -> None:
    assert output({"id": "a", "verdict": "Both have merits."}).status in (Status.UNREAD, Status.ABSTAINED)


def test_right_or_wrong_is_enough() -> None:
    assert output({"id": "a", "correct": True}).right == 1
    assert output({"id": "a", "correct": 0}).right == 0
    assert output({"id": "a", "correct": "yes"}).status == Status.UNREAD


def test_a_table_of_texts_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text("id,correct,verdict,swapped\na,True,,\nb,0,,\nc,,[[A]],False\nd,,[[A]],1\n")
    found = {str(out.key): out for out in map(output, ({k: v or None for k, v in row.items()} for row in stream(path)))}
    assert (found["a"].right, found["b"].right) == (1.0, 0.0)
    assert (found["c"].values, found["d"].values) == ((1.0, 0.0), (0.0, 1.0))  # "False" is not true


def test_an_order_that_nobody_understands_is_an_error() -> None:
    with pytest.raises(BenchError, match="swapped='yes' is neither true nor false"):
        output({"id": "a", "verdict": "[[A]]", "swapped": "yes"})


def test_what_cannot_be_read_is_told_with_its_file_and_place() -> None:
    def broken() -> Iterator[Output]:
        yield Output("a", (1.0, 0.0))
        raise KeyError("score")

    with pytest.raises(BenchError, match="mine: after 1 outputs comes one that cannot be read: no column 'score'"):
        Book(broken(), "mine")


def test_an_output_of_nothing_is_an_error_that_lists_the_columns() -> None:
    with pytest.raises(BenchError, match="the columns are: answer, id"):
        output({"id": 1, "answer": "x"})


def test_outputs_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    path.write_text('{"id": 1, "scores": [1, 2]}\n{"id": 2, "correct": false}\n')
    assert list(outputs(path)) == [Output("1", (1.0, 2.0)), Output("2", right=False)]


def test_a_broken_line_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "o.jsonl"
    path.write_text('{"id": 1, "scores": [1, 2]}\n{"id": 2, "sco')
    with pytest.raises(BenchError, match="cannot be read"):
        list(outputs(path))


def test_no_output_is_an_error() -> None:
    with pytest.raises(BenchError, match="there are no outputs"):
        Book([])


def test_ids_are_on_all_rows_or_on_none() -> None:
    with pytest.raises(BenchError, match="some outputs have an id and 1 have none"):
        Book([Output("a", (1.0, 0.0)), Output(None, (1.0, 0.0))])


def test_several_readings_count_by_their_mean_and_none_by_the_worst() -> None:
    read = [Output("a", (1.0, 0.0)), Output("a", (0.0, 1.0)), Output("a", (1.0, 0.0)), Output("a", None, Status.UNREAD)]
    assert voted("a", read).values == (2 / 3, 1 / 3)
    declined = Output("a", None, Status.ABSTAINED, "the judge declines")
    assert voted("a", [declined, Output("a", None, Status.UNREAD, "no verdict")]).reason == "no verdict"
