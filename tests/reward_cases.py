"""Rows of typical size for every built-in reward: the registry walk checks each on them, and the benchmark times it.

A new reward needs a line in `CASES`: its id, rows as a training set has them (most right or nearly so, none
unreadable) and the settings it has no default for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from guerdon import Reward
from guerdon.leaf import LeafFactory
from guerdon.rules.readers import Line, reader

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """What one reward is tried on."""

    rows: Sequence[Row]
    settings: Mapping[str, Any] = field(default_factory=dict)
    slow: str = ""
    """Why it scores fewer than 20 000 of these samples a second on one core; "" where it does."""
    reading: Mapping[str, str] = field(default_factory=dict)
    """Columns under another name."""

    def made(self, factory: LeafFactory) -> Reward:
        """The reward that scores the rows."""
        return factory(**self.settings).reading(**self.reading)


THOUGHT = "<think>The sign stands left of the lamp, and two people wait there. So I compare both places. </think>\n"
FLOWERS = ["rose", "tulip", "daisy", "dog rose", "lily"]
CAPTION = "A man in a red coat walks two small dogs along a wet street, past a shop with a green door and a lamp."
RETOLD = "A man with a red coat is walking two dogs on a wet street next to a green door. A lamp is lit above them."
GRID = "123456789456789123789123456214365897365897214897214365531642978642978531978531642"
SYMBOLS = {"looks": {"ill": ["sick"], "well": ["fine"]}, "has": {"flu": ["flu"], "nothing": ["not flu"]}}


def rows(column: str, *pairs: tuple[Any, Any], **columns: Any) -> list[Row]:
    """Answers after a thought, each with what it is compared with in `column`, and the same other columns."""
    return [{"response": f"{THOUGHT}<answer>{said}</answer>", column: true, **columns} for said, true in pairs]


def told(column: str, true: Any, **columns: Any) -> list[Row]:
    """Two descriptions, without a thought."""
    return [{"response": text, column: true, **columns} for text in (CAPTION, RETOLD)]


def listed(boxes: Sequence[Sequence[float]], **fields: Any) -> str:
    """Boxes as a model writes them."""
    return str([{"bbox_2d": list(box), "label": "cat", **fields} for box in boxes]).replace("'", '"')


def plan(output: str, level: Any) -> list[Row]:
    """One plan for a game."""
    return rows("level", (f'{{"output": {output}}}', level))


def disc(size: int, shift: int = 0) -> Any:
    """A round mask."""
    y, x = np.mgrid[:size, :size]
    return (x - size / 2 - shift) ** 2 + (y - size / 2) ** 2 < (size / 3) ** 2


@reader("test.cases")
def reads_open(picture: Any, language: str | None) -> list[Line]:
    """Reads OPEN, whatever there is."""
    return [Line("OPEN", 0.9)]


BOX, NEAR = [40, 60, 200, 180], [44, 58, 203, 190]
BOXES = [BOX, [220, 30, 300, 90], [10, 200, 60, 260]]
FOUND = [NEAR, [222, 35, 298, 93], [300, 300, 320, 330]]
TRUE = [{"bbox_2d": box, "label": "cat"} for box in BOXES]
ONE_BOX = rows("boxes", (str(NEAR), BOX), (listed([NEAR]), BOX), image_size=(640, 480))
SET = rows("boxes", (listed(FOUND), TRUE), (listed(FOUND[:2], confidence=0.8), TRUE), image_size=(640, 480))
SURE = rows("boxes", (listed(FOUND, confidence=0.8), TRUE))
ARRAYS: list[Row] = [{"predicted": disc(64, 3), "mask": disc(64), "set": 0}] * 2
POLYGON = rows("mask", ("[[10, 10, 50, 12, 48, 55, 12, 50]]", disc(64)))
RANKED = rows("relevant", ("[4, 1, 3, 2, 5, 7, 6, 9, 8, 10]", [3]), ("[1, 2, 3, 5, 4]", [3, 2]))
SECONDS = rows("intervals", ("2.5 to 8.0 s", [2, 6]), ("from 0:10 to 0:25", [11, 30]))
PARTS = rows("intervals", ("[[0, 4], [6, 8]]", [[2, 7]]), ("[[1, 2], [3, 5], [8, 9]]", [[0, 2], [3, 6]]))
MOMENTS = rows("moments", ("[11, 12, 40]", [10, 20, 30]), ("[9, 21, 33]", [10, 20, 30]))
PHRASE = rows("answer", ("The Eiffel tower.", "eiffel tower"), ("a red double-decker bus", "red bus"))
LONG: list[Row] = [{"response": f"{CAPTION} {RETOLD}", "tokens": 60}, {"response": CAPTION, "tokens": list(range(30))}]
CAT, DOG = (f"<|obj_start|>a {name}<|obj_end|><|box_start|>({x},0),({x + 300},300)<|box_end|>"
            for name, x in (("cat", 0), ("dog", 600)))  # fmt: skip
REGIONS = "\n".join(f"Region {n}: a black cat" for n in range(1, 6))
PREDICTED = {"response": "predicted"}
CALL = '<tool_call>\n{"name": "add", "parameters": {"x": 1, "y": 3}}\n</tool_call>'
ADD = {"name": "add", "parameters": {"x": 1, "y": 2}}
KEL = "Kel is a mountain of 4312 m in the north, first climbed in 1871 by two sisters. Its glacier feeds the Ro."
PASSAGES: list[Row] = [
    {
        "response": said,
        "documents": [KEL, "The Ro is a river of 90 km that ends in the lake of Bel."] * 2,
        "answer": "1871",
    }
    for said in ("Kel is 4312 m high [1]. The Ro is a river of 90 km [2].", "I cannot answer; nobody says who [1].")
]
ROLLOUTS: list[Row] = [{"group": 1, "tool_calls": n, "last_call_failed": n > 2} for n in (1, 0, 0, 3, 0, 0, 0, 0)]

CASES: dict[str, Case] = {
    "answer.choice": Case(rows("answer", ("(B) a rabbit", "B"), ("C", "B"), ("The answer is D.", "D"))),
    "answer.choices": Case(rows("answer", ("A, C", "A,C"), ("A and B", "A,C"))),
    "answer.contains": Case([
        {"response": f"{THOUGHT}<answer>It is a {name}, I think.</answer>", "answer": "rose", "options": FLOWERS}
        for name in ("rose", "tulip", "rose")
    ]),
    "answer.exact": Case(PHRASE),
    "answer.first_stated": Case(rows("answer", ("It is a dog.", ["dog", "puppy"]), ("a black cat", ["cat", "kitten"]))),
    "answer.fuzzy": Case(PHRASE),
    "answer.math": Case(rows("answer", ("42", "42"), (r"\boxed{\frac{1}{2}}", "0.5"), ("$x^2+2x+1$", "$(x+1)^2$")),
                        slow="symbolic maths"),
    "answer.numeric": Case(rows("answer", ("1.5 km", "1,500 m"), ("about 37", "37"))),
    "answer.states": Case(rows("answer", ("It is a dog.", "dog"), ("a black cat", ["cat", "kitten"]))),
    "answer.yes_no": Case(rows("answer", ("No, it is not.", "no"), ("Yes", "no"))),
    "boxes.calibration": Case(SURE),
    "boxes.credit": Case(SET),
    "boxes.detection_ap": Case(SET),
    "boxes.detection_ap_length": Case(SET),
    "boxes.diou": Case(ONE_BOX),
    "boxes.giou": Case(ONE_BOX),
    "boxes.images": Case(rows("boxes", ('[{"image": 2, "bbox_2d": [0, 0, 10, 9], "label": "a"}]',
                                        [[], [{"bbox_2d": [0, 0, 10, 10], "label": "a"}]]))),
    "boxes.iou": Case(ONE_BOX),
    "boxes.match": Case(SET),
    "checklist.coverage": Case([{"facts": ["a", "b"], "verdicts": "<info1>1</info1> <info2>0</info2>"}]),
    "checklist.mentioned": Case(told("facts", ["red coat", ["dog", "dogs"], "cat"])),
    "consistency.path": Case([{"turns": ["They look sick.", "It is the flu."], "answer": ["sick", "flu"]}],
                             {"symbols": SYMBOLS, "paths": [["ill", "flu"], ["well", "nothing"]]}),
    "embed.cosine": Case([{"text_embedding": np.linspace(-1, 1, 512), "image_embedding": np.linspace(0, 1, 512)}] * 2),
    "format.tag_counts": Case(PHRASE),
    "format.tags": Case(PHRASE),
    "games.hanoi": Case(plan('["AB", "AC", "BC"]', {"position": {"A": ["a", "b"], "B": [], "C": []}})),
    "games.maze": Case(plan('"RRR"', ["+++++", "+S  X", "+++++"])),
    "games.n_puzzle": Case(plan("[1, 2]", {"position": [[0, 1], [3, 2]]})),
    "games.n_queens": Case(plan("[[1, 3], [2, 0], [3, 2]]", {"board_size": 4, "position": [0, 1]})),
    "games.sokoban": Case(plan('"RR"', ["#######", "#@$ . #", "#######"])),
    "games.sudoku": Case(plan('{"00": 1, "01": 2}', {"position": "00" + GRID[2:]})),
    "given.finished": Case([{"finished": "stop"}, {"finished": False}]),
    "given.score": Case([{"score": 3.5}, {"score": -1}]),
    "group.call_penalty": Case(ROLLOUTS),
    "group.curiosity": Case(ROLLOUTS),
    "group.last_call_worked": Case(ROLLOUTS),
    "judged.rating": Case([{"verdict": "All objects are there, one floats. Score: 7"}]),
    "judged.relative": Case([{"verdict": "8 6\nThe second leaves out the hat.", "swapped": "7 8\nAs good."}]),
    "layout.consistency": Case([{"response": f"{CAT} and {DOG}", "grounded": [{"label": "A cat", "bbox_2d": BOX}],
                                 "image_size": (400, 200)}]),
    "layout.relations": Case([{"response": f"{CAT} and {DOG}", "relations": [("a cat", "left of", "a dog")]}]),
    "length.chars": Case(LONG),
    "length.cosine": Case(LONG),
    "length.soft_overlong": Case(LONG, {"limit": 50, "buffer": 20}),
    "length.tokens": Case(LONG),
    "length.words": Case(LONG),
    "masks.boundary_f": Case(ARRAYS, slow="the nearest neighbour of every pixel of two outlines", reading=PREDICTED),
    "masks.clicks": Case([{"ious": [0.3, 0.6, 0.86, 0.9]}]),
    "masks.cumulative_iou": Case(ARRAYS, reading=PREDICTED),
    "masks.dice": Case(POLYGON),
    "masks.energy": Case([{"heatmap": disc(64, 5) * 0.5, "mask": disc(64)}]),
    "masks.iou": Case(POLYGON),
    "masks.pointing": Case([{"heatmap": disc(64, 5) * 0.5, "mask": disc(64)}]),
    "ocr.text": Case([{"image": np.full((32, 64, 3), 255, np.uint8), "answer": "OPEN"}] * 2, {"reader": "test.cases"},
                     slow="opens a picture; an engine takes tens of milliseconds more"),
    "ocr.transcript": Case(rows("answer", ("GRAND HOTEI", "GRAND HOTEL"), ("안녕하세", "안녕하세요")),
                           {"within": "answer"}),
    "points.in_box": Case(rows("boxes", ("(120, 100)", BOX), ("[300, 5]", BOX))),
    "points.in_mask": Case(rows("mask", ("(32, 30)", disc(64)), ("(1, 1)", disc(64)))),
    "points.match": Case(rows("boxes", ("(120, 100), (230, 50), (5, 5)", BOXES))),
    "process.line_scores": Case([{"response": "1 + 1 = 2\n2 + 2 = 4\n\nSo it is 4.", "step_scores": [0.9, 0.8, 0.3]}]),
    "process.step_scores": Case([{"step_scores": [0.9, 0.9, 0.2, 0.7, 0.8]}]),
    "rag.abstain": Case(PASSAGES),
    "rag.citations": Case(PASSAGES),
    "rag.cited": Case(PASSAGES),
    "ranking.list_format": Case(rows("candidates", ("[4, 1, 3, 2, 5]", 5), ("[3, 1, 3, 9]", 5))),
    "ranking.ndcg": Case(RANKED),
    "ranking.precision": Case(RANKED, {"k": 5}),
    "ranking.recall": Case(RANKED, {"k": 5}),
    "ranking.reciprocal_power": Case(RANKED),
    "ranking.reciprocal_rank": Case(RANKED),
    "regions.labels": Case([{"response": REGIONS, "answer": REGIONS.replace("black", "white")}]),
    "regions.text": Case([{"response": REGIONS, "answer": ["a black cat", "a dog", "a black cat", "x", "y"]}]),
    "repetition.ngram": Case(LONG),
    "spans.labels": Case([{"response": "A cat. A dog.", "segments": ["A cat.", "A dog."], "labels": [1, 0]}]),
    "spans.localise": Case(told("answer", "green door", caption=CAPTION), {"within": None}),
    "structured.tool_calls": Case([{"response": f"{THOUGHT}{CALL}", "answer": [ADD]}]),
    "structured.tuples": Case(rows("answer", ("(1, colour, blue), (2, size, small)", [(1, "colour", "red")]))),
    "text.bleu": Case(told("answer", CAPTION), slow="sacrebleu takes texts apart in Python"),
    "text.chrf": Case(told("answer", CAPTION), slow="sacrebleu counts character 1- to 6-grams in Python"),
    "text.edit": Case(told("answer", CAPTION)),
    "text.rouge_l": Case(told("answer", CAPTION)),
    "text.token_f1": Case(told("answer", CAPTION)),
    "time.events": Case(rows("events", ("sits down\nwalks in", ["walks in", "sits down"]))),
    "time.iou": Case(SECONDS),
    "time.keyframes": Case(MOMENTS),
    "time.nearest": Case(MOMENTS),
    "time.segments_iou": Case(PARTS),
}  # fmt: skip
