"""Replies that real models wrote, and replies as broken as theirs."""

import json
from pathlib import Path
from typing import Any

import pytest

from guerdon.geometry import Box
from guerdon.parse import boxes, choice, layout, tag


@pytest.fixture(scope="module")
def rows(data_dir: Path) -> list[dict[str, Any]]:
    with (data_dir / "tw_grpo" / "outputs_mmvu.jsonl").open() as lines:
        return [json.loads(line) for line in lines]


def test_the_answer_of_every_real_reply_is_read(rows: list[dict[str, Any]]) -> None:
    lettered = [row for row in rows if str(row["extracted_answer"]) in set("ABCDE")]
    assert len(lettered) == 625
    for row in lettered:
        answer = tag(row["model_output"], "answer").value
        assert answer is not None
        assert choice(answer, options=row["question"]["options"]).value == row["extracted_answer"]


def test_the_format_of_every_real_reply_is_judged_as_the_authors_did(rows: list[dict[str, Any]]) -> None:
    assert [float(layout(row["model_output"], "think answer").ok) for row in rows] == [
        row["format_score"] for row in rows
    ]


CAT, DOG = Box(0, 0, 100, 100, "cat"), Box(200, 200, 300, 300, "dog")
GOOD = '{"bbox_2d": [0, 0, 100, 100], "label": "cat"}, {"bbox_2d": [200, 200, 300, 300], "label": "dog"}'


@pytest.mark.parametrize(
    ("reply", "strict", "partial"),
    [
        (f"```json\n[{GOOD}]\n```", [CAT, DOG], [CAT, DOG]),
        (f"[{GOOD}]", [CAT, DOG], [CAT, DOG]),
        (f"[{GOOD},]", [CAT, DOG], [CAT, DOG]),
        (f"```json\n[{GOOD}", [CAT, DOG], [CAT, DOG]),
        (f"Here they are: [{GOOD}]. I hope this helps!", [CAT, DOG], [CAT, DOG]),
        (f'{{"objects": [{GOOD}]}}', [CAT, DOG], [CAT, DOG]),
        (GOOD.replace('"', "'"), [CAT, DOG], [CAT, DOG]),
        (f"[{GOOD}][:-1]", [CAT, DOG], [CAT, DOG]),
        ('```json\n[{"bbox_2d": [0, 0, 100, 100], "label": "cat"}, {"bbox_2d": [200, 200', None, [CAT]),
        (f'[{GOOD}, {{"bbox_2d": [300, 300, 200, 200], "label": "dog"}}]', None, [CAT, DOG]),
        (f'[{GOOD}, {{"bbox_2d": [1, 2], "label": "dog"}}]', None, [CAT, DOG]),
        (f'[{GOOD}, {{"label": "dog"}}]', None, [CAT, DOG]),
        ("```json\n[]\n```", [], []),
        ("```json\n[broken\n```", None, None),
        ("blah", None, None),
    ],
)
def test_a_detection_reply_is_read_or_refused(reply: str, strict: list[Box] | None, partial: list[Box] | None) -> None:
    assert boxes(reply).value == strict
    assert boxes(reply, partial=True).value == partial
