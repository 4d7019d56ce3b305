"""Right and wrong responses for the built-in rules that the World has no rows for: what the walk audits them on.

A rule that is not here is audited on the World's rows if it reads a response, and on its case's rows if it reads none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from guerdon.media import Image
from guerdon.rules.readers import Line, reader
from guerdon.world.games import GAMES

Row = Mapping[str, Any]
THOUGHT = "<think>I look at what is given and answer what is asked.</think>\n"
MOVES = 5
"""To the goal of a generated level."""


def answers(column: str, *triples: tuple[str, str, Any], **columns: Any) -> list[Row]:
    """(right, wrong, what both are checked against) as rows, both after a thought."""
    form = THOUGHT + "<answer>{}</answer>"
    return [
        {"chosen": form.format(good), "rejected": form.format(bad), column: true, "prompt": f"Task {i}", **columns}
        for i, (good, bad, true) in enumerate(triples)
    ]


def texts(column: str, *triples: tuple[str, str, Any], **columns: Any) -> list[Row]:
    """The same without a thought or tags."""
    return [
        {"chosen": good, "rejected": bad, column: true, "prompt": f"Task {i}", **columns}
        for i, (good, bad, true) in enumerate(triples)
    ]


def levels(game: str) -> list[Row]:
    """Levels with their solution, and with a plan that goes nowhere near it."""
    made = []
    for seed in range(6):
        puzzle = GAMES[game].generate(np.random.default_rng(seed), MOVES)
        moves = puzzle.solution(MOVES)
        assert moves is not None
        good, bad = (json.dumps({"output": puzzle.output(plan)}) for plan in (moves, moves[:1]))
        made.append((good, bad, puzzle.level()))
    return answers("level", *made)


def boxed(*found: Sequence[Any], **fields: Any) -> str:
    """Boxes with labels as a model writes them."""
    return json.dumps([{"bbox_2d": list(box), "label": label, **fields} for box, label in found])


def square(x: int, y: int, side: int = 20, size: int = 64) -> Any:
    mask = np.zeros((size, size), dtype=bool)
    mask[y : y + side, x : x + side] = True
    return mask


def outline(x: int, y: int, side: int = 20) -> str:
    return str([[x, y, x + side, y, x + side, y + side, x, y + side]])


def around(centre: tuple[int, int]) -> list[int]:
    x, y = centre
    return [x - 100, y - 100, x + 100, y + 100]


def planned(**centres: tuple[int, int]) -> str:
    """A layout of things 200 wide, by where they are in thousandths."""
    return " and ".join(
        f"<|obj_start|>a {name}<|obj_end|><|box_start|>({x - 100},{y - 100}),({x + 100},{y + 100})<|box_end|>"
        for name, (x, y) in centres.items()
    )


def call(name: str, **parameters: Any) -> str:
    return f"{THOUGHT}<tool_call>\n{json.dumps({'name': name, 'parameters': parameters})}\n</tool_call>"


@reader("test.brightness")
def reads_brightness(picture: Image, language: str | None) -> list[Line]:
    """A stand-in for an engine: reads one of three words by how bright the picture is."""
    return [Line(("EXIT", "OPEN", "STOP")[min(2, int(picture.array().mean()) // 86)])]


def wall(grey: int) -> Any:
    return np.full((32, 64, 3), grey, np.uint8)


BOXES = [
    ([40, 60, 120, 150], "cat"), ([220, 30, 300, 90], "dog"), ([10, 150, 60, 220], "cat"),
    ([150, 10, 210, 70], "cup"), ([230, 120, 310, 230], "dog"), ([90, 160, 170, 235], "cup"),
]  # fmt: skip
SQUARES = [(2, 4), (40, 2), (20, 30), (4, 40), (42, 41), (25, 5)]
SPANS = [(2, 6), (10, 15), (31, 44), (52, 55), (70, 81), (20, 29)]
STEADY = "The lamp stands left of the sofa, a cat sleeps on the red rug and two cups wait near the window."
LOOP = " ".join(["The cat sleeps on the rug."] * 12)
FLOWERS = ["rose", "tulip", "daisy", "dog rose", "lily"]
MASK_ROWS = answers(
    "mask", *((outline(*here), outline(*there), square(*here)) for here, there in pairwise(SQUARES)),
    image_size=(64, 64),
)  # fmt: skip
POINT_ROWS = answers(
    "mask",
    *((str((x + 10, y + 10)), str((p + 10, q + 10)), square(x, y)) for (x, y), (p, q) in pairwise(SQUARES)),
    image_size=(64, 64),
)  # fmt: skip
RANKED = answers(
    "relevant", ("[3, 1, 2, 4, 5]", "[1, 2, 4, 5, 3]", [3]), ("[2, 5, 1, 3, 4]", "[1, 3, 4, 2, 5]", [2, 5]),
    ("[4, 1, 2, 3, 5]", "[1, 2, 3, 5, 4]", [4]), ("[5, 1, 2, 3, 4]", "[1, 2, 3, 4, 5]", [5]),
)  # fmt: skip
INTERVALS = answers(
    "intervals",
    *((f"{a} to {b} s", f"{c} to {d} s", [a, b]) for (a, b), (c, d) in pairwise(SPANS)), duration=90.0,
)  # fmt: skip
SEGMENTS = answers(
    "intervals",
    *((str([list(a)]), str([list(b)]), [list(a)]) for a, b in pairwise(SPANS)), duration=90.0,
)  # fmt: skip
MOMENTS = answers(
    "moments", ("[10, 20, 30]", "[50, 60, 70]", [10, 20, 30]), ("[5, 45]", "[20, 25]", [5, 45]),
    ("[62, 80, 99]", "[1, 2, 3]", [62, 80, 99]), ("[40]", "[70]", [40]),
)  # fmt: skip
EVENTS = answers(
    "events",
    *(("\n".join(said), "\n".join(wrong), said) for said, wrong in (
        (["a man walks in", "he sits down"], ["a dog barks", "it runs off"]),
        (["she opens the box", "she laughs"], ["rain falls", "the light goes out"]),
        (["the car stops", "two people get out"], ["she opens a door", "he waves"]),
        (["a boy kicks the ball", "the goalkeeper dives"], ["the car stops", "smoke rises"]),
    )),
)  # fmt: skip
REGIONS = [
    ["black cat", "brown dog"],
    ["red car", "old house"],
    ["small cup", "wooden table"],
    ["white bird", "tall tree"],
]


def regions(named: Sequence[str]) -> str:
    return "\n".join(f"Region {n}: {name}" for n, name in enumerate(named, 1))


def turned(items: Sequence[Any]) -> list[Any]:
    """The first one last."""
    return [*items[1:], items[0]]


def turning(items: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Each with the next one, the last with the first."""
    return list(zip(items, turned(items), strict=True))


READ = [["STOP", "EXIT"], ["OPEN", "BANK"], ["TAXI", "HOTEL"], ["SALE", "CAFE"]]
CAPTIONS = [
    ("A red bus stops near the green door.", "green door", "red bus"),
    ("Two dogs chase a blue ball.", "blue ball", "two dogs"),
    ("An old man reads under a tall tree.", "tall tree", "old man"),
    ("Three boats lie in the harbour.", "three boats", "harbour"),
]
TUPLES = [("blue", "big"), ("red", "small"), ("green", "tiny"), ("black", "huge")]

HEIGHTS = (4312, 2107, 1290, 3666)
MOUNTAINS = [f"{name} is a mountain of {h} m." for name, h in zip(("Kel", "Bor", "Tam", "Ruz"), HEIGHTS, strict=True)]
RIVERS = [f"{name} is a river of {h // 10} km." for name, h in zip(("Ro", "Lin", "Ves", "Oda"), HEIGHTS, strict=True)]
CITED = texts(
    "documents",
    *(
        (f"{a[:-1]} [1].", f"{b[:-1]} [2].", [a, c])
        for a, b, c in zip(MOUNTAINS, turned(MOUNTAINS), RIVERS, strict=True)
    ),
)

HONEST: dict[str, list[Row]] = {
    "answer.contains": answers(
        "answer", ("It is a rose, I think.", "It is a tulip.", "rose"), ("Surely a daisy.", "It is a lily.", "daisy"),
        ("a lily", "a daisy", "lily"), ("This is a dog rose.", "This is a rose.", "dog rose"), options=FLOWERS,
    ),
    "boxes.calibration": answers(
        "boxes",
        *((boxed(b, confidence=0.9), boxed(w, confidence=0.9), [{"bbox_2d": b[0], "label": b[1]}])
          for b, w in pairwise(BOXES)), image_size=(320, 240),
    ),
    "boxes.images": answers(
        "boxes",
        *((boxed(b, image=2), boxed(w, image=1), [[], [{"bbox_2d": b[0], "label": b[1]}]])
          for b, w in pairwise(BOXES)),
    ),
    "checklist.mentioned": texts(
        "facts", ("A man in a red coat walks two dogs.", "A woman sits on a bench.", ["red coat", ["dog", "dogs"]]),
        ("A blue kite flies over the beach.", "A man in a red coat.", ["blue kite", "beach"]),
        ("Three cups stand on a wooden table.", "A blue kite in the wind.", ["cups", "wooden table"]),
        ("An owl sits in the old barn.", "Three cups on a shelf.", ["owl", "barn"]),
    ),
    "format.tag_counts": texts("answer", *((f"{THOUGHT}<answer>{n}</answer>", str(n), str(n)) for n in (3, 5, 7, 9))),
    "format.tags": texts("answer", *((f"{THOUGHT}<answer>{n}</answer>", str(n), str(n)) for n in (3, 5, 7, 9))),
    **{f"games.{game}": levels(game) for game in GAMES},
    "layout.consistency": texts(
        "grounded",
        *((planned(cat=here), planned(cat=there), [{"label": "a cat", "bbox_2d": around(here)}])
          for here, there in (((200, 300), (700, 700)), ((600, 200), (200, 800)), ((800, 800), (300, 300)))),
        image_size=(1000, 1000),
    ),
    "layout.relations": texts(
        "relations",
        *((planned(cat=cat, dog=dog), planned(cat=dog, dog=cat), [("a cat", relation, "a dog")])
          for cat, dog, relation in (((200, 500), (800, 500), "left of"), ((500, 200), (500, 800), "above"),
                                     ((800, 400), (150, 450), "right of"), ((400, 850), (420, 150), "below"))),
    ),
    "length.chars": texts("answer", *((STEADY[: 60 + n], STEADY[: 30 + n], None) for n in range(4))),
    "length.cosine": texts("answer", *((STEADY[: 60 + n], LOOP * (3 + n), None) for n in range(4))),
    "length.soft_overlong": texts("answer", *((STEADY, LOOP * (2 + n), None) for n in range(4))),
    "length.words": texts("answer", *((STEADY[: 60 + n], STEADY[: 30 + n], None) for n in range(4))),
    "masks.dice": MASK_ROWS,
    "masks.iou": MASK_ROWS,
    "ocr.text": [{"image": wall(grey), "answer": word} for grey, word in ((20, "EXIT"), (120, "OPEN"), (240, "STOP"))],
    "points.in_mask": POINT_ROWS,
    "process.line_scores": [
        {"response": f"{n} + 1 = {n + 1}\nSo it is {n + 1}.", "step_scores": [0.9, 0.5 + n / 10]} for n in range(4)
    ],
    "rag.abstain": texts(
        "answer",
        *((f"It is {h} m high.", "I cannot answer: the passages do not say.", f"{h} m") for h in HEIGHTS[:3]),
        documents=[MOUNTAINS[0], MOUNTAINS[1], MOUNTAINS[2]],
    ) + texts("answer", ("I cannot answer: the passages do not say.", "It is 12 m high.", "12 m"), documents=MOUNTAINS),
    "rag.citations": CITED,
    "rag.cited": texts("documents", *((f"Kel is {h} m high [1].", f"Kel is {h} m high.", MOUNTAINS) for h in HEIGHTS)),
    "ranking.list_format": answers("candidates", *((str([*range(n, 0, -1)]), "[1, 1, 9]", n) for n in (4, 5, 6, 7))),
    **{f"ranking.{name}": RANKED for name in ("ndcg", "precision", "recall", "reciprocal_power", "reciprocal_rank")},
    "regions.labels": texts("answer", *((regions(a), regions(b), a) for a, b in turning(REGIONS))),
    "regions.text": texts("answer", *((regions(a), regions(b), a) for a, b in turning(READ))),
    "repetition.ngram": texts("answer", *((STEADY, LOOP + f" {n}.", None) for n in range(4))),
    "spans.labels": [
        {"response": "A cat. A dog.", "segments": ["A cat.", "A dog."], "labels": [1, 0]},
        {"response": "A cup. A bus.", "segments": ["A cup.", "A bus."], "labels": [1, 1]},
    ],
    "spans.localise": [
        {**row, "caption": caption}
        for (caption, good, bad) in CAPTIONS for row in answers("answer", (good, bad, good))
    ],
    "structured.tool_calls": texts(
        "answer",
        *((call("add", x=x, y=y), call("subtract", a=y), [{"name": "add", "parameters": {"x": x, "y": y}}])
          for x, y in ((1, 2), (3, 4), (5, 6), (7, 8))),
    ),
    "structured.tuples": answers(
        "answer",
        *((f"(1, colour, {c}), (2, size, {s})", "(9, shape, round)", [(1, "colour", c), (2, "size", s)])
          for c, s in TUPLES),
    ),
    "time.events": EVENTS,
    "time.iou": INTERVALS,
    "time.keyframes": MOMENTS,
    "time.nearest": MOMENTS,
    "time.segments_iou": SEGMENTS,
}  # fmt: skip
"""By the rule's id."""

SETTINGS: dict[str, dict[str, Any]] = {
    "ocr.text": {"reader": "test.brightness"},
    "ranking.precision": {"k": 1},
    "ranking.recall": {"k": 2},
    "spans.localise": {"within": "answer"},
}
"""Where the rule's case has others than suit these rows."""
