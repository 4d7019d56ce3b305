"""What a data set looks like before anything is scored."""

from guerdon.doctor import diagnose, findings
from guerdon.doctor.data import Lengths
from guerdon.sample import Broken, Row

ROWS: list[Row] = [
    {"id": "1", "response": "yes", "label": 1, "boxes": [1, 2, 3, 2000], "raw": b"12345"},
    {"id": "2", "response": "yes", "label": 1, "boxes": [1, 2, 3, 2000], "raw": b"12345"},
    {"id": "3", "response": "", "label": "1", "boxes": None, "raw": None},
    {"id": "4", "response": "a long answer", "boxes": [5, 6, 7, 8]},
    Broken("5", "line 5 is not JSON"),
]


def test_columns_have_their_types_and_what_is_missing() -> None:
    found = {c.name: c for c in diagnose(ROWS).columns}
    assert found["label"].types == {"int": 2, "str": 1}
    assert (found["label"].missing, found["boxes"].missing, found["response"].missing) == (1, 1, 0)
    assert (found["response"].example, found["boxes"].example, found["raw"].example) == ("yes", "4 × 1", "5 bytes")


def test_lengths_are_those_of_the_texts() -> None:
    assert diagnose(ROWS).lengths == [Lengths("response", 4, 1, 0, 3, 13, 13)]


def test_rows_that_say_the_same_are_counted_whatever_their_id() -> None:
    assert diagnose(ROWS).duplicates == 1


def test_boxes_are_found_with_their_frame() -> None:
    (found,) = diagnose(ROWS).boxes
    assert (found.column, found.boxes, found.rows, found.frame) == ("boxes", 3, 3, "pixel")


def test_broken_rows_are_told_with_their_reason() -> None:
    assert diagnose(ROWS).broken == ["line 5 is not JSON"]


def test_what_stands_out_is_said_in_sentences() -> None:
    told = "\n".join(findings(diagnose(ROWS)))
    assert "1 rows cannot be read, the first because line 5 is not JSON" in told
    assert "1 rows repeat an earlier one" in told
    assert "1 rows have an empty response" in told
    assert "the column 'label' mixes types: 2 int, 1 str" in told


def test_of_clean_rows_there_is_nothing_to_say() -> None:
    assert findings(diagnose([{"response": "a", "answer": "b"}, {"response": "c", "answer": "b"}])) == []


def test_a_cell_of_any_type_is_looked_at() -> None:
    odd: list[Row] = [{"response": 7, "prompt": {"a": 1}, "thing": object()}, {"response": [1, 2], "prompt": [3]}]
    assert [c.name for c in diagnose(odd).columns] == ["response", "prompt", "thing"]
