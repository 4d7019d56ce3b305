"""What holds for every parser, whatever a model writes: no exception, an honest result, linear time."""

import os
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon import parse
from guerdon.geometry import Box
from guerdon.parse import Parsed
from guerdon.parse.policy import MAX_CHARS
from guerdon.scores import Status

Parser = Callable[[str], Parsed[Any]]

PARSERS: dict[str, Parser] = {
    "tag": partial(parse.tag, name="answer"),
    "tag first": partial(parse.tag, name="answer", which="first", unclosed="to_end"),
    "tag last, any case": partial(parse.tag, name="answer", which="last", case=False),
    "blocks": partial(parse.blocks, name="answer", unclosed="to_end"),
    "after": partial(parse.after, name="think"),
    "tag_counts": partial(parse.tag_counts, names="think answer", case=False),
    "layout": partial(parse.layout, names="think answer"),
    "layout search, any case": partial(parse.layout, names="think answer", match="search", case=False),
    "layout with duplicates": partial(parse.layout, names="think answer", match="search", duplicates=True),
    "fenced": partial(parse.fenced, unclosed="to_end"),
    "fenced any": partial(parse.fenced, language=None, which="only"),
    "json_value": parse.json_value,
    "json_value lenient": partial(parse.json_value, which="first", lenient=True),
    "salvage": partial(parse.salvage, lenient=True),
    "box": partial(parse.box, which="last", frame="per_mille"),
    "box first": partial(parse.box, which="first", layout="cxcywh", inverted="swap"),
    "boxes": parse.boxes,
    "boxes partial": partial(parse.boxes, partial=True, inverted="keep", layout="xywh"),
    "grounded_phrases": partial(parse.grounded_phrases, frame="per_mille"),
    "image_boxes": partial(parse.image_boxes, images=2),
    "mask": partial(parse.mask, size=(4, 5)),
    "points": parse.points,
    "choice": parse.choice,
    "choice of options": partial(parse.choice, options=["a cat", "dog", "天坛", "the"]),
    "choices": parse.choices,
    "number": parse.number,
    "number whole": partial(parse.number, match="whole"),
    "number only": partial(parse.number, which="only"),
    "boxed": parse.boxed,
    "math_answer": partial(parse.math_answer, which="first"),
    "exact": parse.exact,
    "yes_no": parse.yes_no,
    "verdict": parse.verdict,
    "verdict of four": partial(parse.verdict, names=("A", "B", "C", "D"), which="first"),
    "rating": partial(parse.rating, low=1, high=10),
    "score_sheet": parse.score_sheet,
    "rating of an aspect": partial(parse.rating, low=0, high=1, key="action", which="last"),
    "ratings": parse.ratings,
    "likert": parse.likert,
    "likert of ten, last": partial(parse.likert, scale=parse.LIKERT_10, which="last"),
    "regions": parse.regions,
    "symbol": partial(parse.symbol, phrases={"cat": ["cat", "not dog"], "dog": ["dog", "correct*"]}),
    "seconds": parse.seconds,
    "interval": partial(parse.interval, which="last"),
    "interval swapped": partial(parse.interval, inverted="swap"),
    "intervals": partial(parse.intervals, inverted="keep"),
    "moments": parse.moments,
    "ids": parse.ids,
    "items": parse.items,
    "phrases": partial(parse.phrases, which="last"),
    "indexed": parse.indexed,
    "indexed last": partial(parse.indexed, which="last"),
    "continuation": parse.continuation,
    "continuation of a prompt": partial(parse.continuation, prompt="A. cat\n<answer>A. cat\n<answer>"),
    "sentences": parse.sentences,
    "clauses": parse.clauses,
    "tool_calls": parse.tool_calls,
    "tool_calls first": partial(parse.tool_calls, name="answer", which="first"),
    "tuples": partial(parse.tuples, fields=2),
}

SIGNS = r"""
<info1> </info1> <info22>
<think> </think> <answer> </answer> <ANSWER> < / { } [ ] ( ) [[ ]] {" ": " , ' \ \" {} [] {"a": {'a': {"a" "bbox_2d":
{"bbox_2d": [1,2,3,4] [1,2, [1, (1,2) (1,2), {"x1":1, "label":"c", "score": 1e999 NaN -Infinity 1 -1 1. .5 1, 1,111 1e9
1/ 9/0 \boxed{ \boxed \frac{ \frac12 \text{ \{ \} \left( $ % \% ^\circ ° − × 10^ a A B C I A. (A) B) a) 1 2 7/10 ** _ *
# - – [[A]] [[A>B]] ``` ```json 选择 答案是 或 和 天坛 ， 。 （ ） Ａ １ ﷺ ﬁ ß é
"""
WORDS = """
answer: answer Answer is the to option choose not or and because correct none of above cannot determine know yes no Yes
NO tie both equally good better worse Image winner verdict: Overall score: rating out of action cat dog
"""
FRAGMENTS = [
    *SIGNS.split(), *WORDS.split(), *" \n\t\x00\u0130\u200b\u2028\u212a\ud800", "\r\n", "\n\n", "it's ", "A. x\n",
]  # fmt: skip
"""Pieces of everything that some parser looks for."""

TEXTS = st.text(max_size=60) | st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)


def check(name: str, text: str) -> None:
    """A result is a value with its place, or a status with its reason."""
    read = PARSERS[name](text)
    assert isinstance(read, Parsed)
    assert read.ok == (read.status == Status.OK)
    if read.ok:
        assert read.value is not None
        assert not read.reason
        assert read.span is not None
        assert 0 <= read.span.start <= read.span.stop <= len(text)
    else:
        assert read.value is None
        assert 0 < len(read.reason) < 500
    for found in (read.value,) if isinstance(read.value, Box) else ():
        assert all(abs(x) < float("inf") for x in found.corners)


@pytest.mark.parametrize("name", PARSERS)
@given(text=TEXTS)
def test_any_text_gives_a_value_with_a_place_or_a_status_with_a_reason(name: str, text: str) -> None:
    check(name, text)


def test_every_public_parser_is_tried() -> None:
    tried = {name.split()[0] for name in PARSERS}
    types = {"Exact", "Number", "Parsed", "ScoreSheet", "TagCount", "ToolCall", "Which"}
    names = {"LIKERT_5", "LIKERT_10", "TIE"}
    assert tried == set(parse.__all__) - types - names - {"malformed", "normalise", "tidy_latex"}


SIZE = 100_000
PERIODS = [
    *FRAGMENTS,
    "<think> ",
    "A or ",
    "answer is ",
    "is the ",
    '{"a": ',
    "[1,2",
    '\\"{"',
    "a$ ",
    "1 1/",
    "= ",
    "x 10^",
]


def slow(text: str) -> dict[str, float]:
    """Parsers that took more than a second of processor time; linear ones take about a tenth."""
    taken = {}
    for name, parser in PARSERS.items():
        start = time.process_time()
        parser(text)
        taken[name] = time.process_time() - start
    return {name: seconds for name, seconds in taken.items() if seconds > 1.0}


@pytest.mark.parametrize("period", PERIODS[::6])
def test_repetition_takes_linear_time(period: str) -> None:
    assert not slow(period * (SIZE // len(period)))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("layout", "<think>" * 140_000),
        ("tag last, any case", "<answer>" * 125_000),
        ("json_value", '{"a":' * 200_000),
        ("json_value lenient", "[('" * 333_000),
        ("salvage", '[{"a": 1}, ' * 90_000),
        ("boxes", "[" + '{"bbox_2d": [1, 2, 3, 4], "label": "cat"}, ' * 25_000),
        ("boxes partial", '{"bbox_2d": [1, 2, ' * 50_000),
        ("choice", "A or " * 200_000),
        ("choices", "answer to the " * 70_000),
        ("number", "9" * 1_000_000),
        ("number", "9," * 500_000),
        ("exact", "9" * 1_000_000),
        ("boxed", "\\boxed{" * 140_000),
        ("math_answer", "answer is $" * 90_000),
        ("verdict", "[[A]] " * 160_000),
        ("rating", "score: " * 140_000),
        ("ratings", "8 " * 500_000),
        ("score_sheet", "image 1 (9/10) " * 66_000 + "total"),
        ("score_sheet", "total image 1: " + "1+" * 500_000),
        ("likert", "rate it " * 120_000),
        ("regions", "region 1" * 125_000),
        ("symbol", "not dog is not " * 66_000),
        ("interval", "1 min " * 160_000),
        ("intervals", '{"start": 1, ' * 70_000),
        ("intervals", "between 1 " * 90_000),
        ("moments", "1 and " * 160_000),
        ("ids", "1 > " * 250_000),
        ("items", "- \n" * 330_000),
        ("phrases", "['a', " * 160_000),
        ("indexed last", "<info1>" * 140_000 + "</info1>"),
        ("sentences", "etc. A. 1. " * 90_000),
        ("clauses", "a, b! " * 160_000),
        ("continuation", "</s>\n" * 200_000),
        ("continuation of a prompt", "A. cat\n<answer>" * 60_000),
        ("tool_calls", "<tool_call>" * 90_000),
        ("tuples", "(a, '" * 200_000),
        ("tuples", "(" + "a," * 500_000 + ")"),
    ],
    ids=lambda text: text[:20],
)
def test_a_megabyte_built_against_a_parser_is_read_in_seconds(name: str, text: str) -> None:
    start = time.process_time()
    check(name, text)
    assert time.process_time() - start < 5


def test_ten_megabytes_of_prose_are_read_and_more_are_refused() -> None:
    answer = "<answer>B</answer>"
    prose = "The cat sat on the mat. " * (MAX_CHARS // 24)
    assert parse.tag(prose[: MAX_CHARS - len(answer)] + answer, "answer").value == "B"
    longer = "x" * (MAX_CHARS + 1)
    for name, parser in PARSERS.items():
        read = parser(longer)
        assert not read.ok
        if name != "exact":  # whose own bound is lower
            assert read.reason == "10000001 characters, more than the 10000000 that are read"
        of_judges = name.startswith(("verdict", "rating", "likert", "score_sheet"))
        expected = Status.UNREAD if of_judges else Status.MALFORMED
        assert read.status == expected


@pytest.mark.parametrize("which", ["best", "", None, 0])
def test_a_find_that_cannot_be_asked_for_raises(which: Any) -> None:
    parsers: list[Callable[..., Parsed[Any]]] = [
        parse.box, parse.boxed, parse.fenced, parse.json_value, parse.math_answer, parse.number, parse.verdict,
        partial(parse.tag, name="a"), partial(parse.rating, low=0, high=1), parse.likert,
    ]  # fmt: skip
    for parser in parsers:
        with pytest.raises(ValueError, match="write one of first, last, only"):
            parser("", which=which)


def adversaries(seed: int) -> Iterator[str]:
    """Long texts with a random beginning, period and end."""
    rng = random.Random(seed)
    while True:
        start, period, end = ("".join(rng.choices(PERIODS, k=rng.randint(k, 4))) for k in (0, 1, 0))
        yield start + period * (SIZE // 5 // len(period)) + end


@pytest.mark.fuzz
def test_no_random_repetition_is_slow_or_raises() -> None:
    """Runs for $GUERDON_FUZZ_SECONDS, a minute by default."""
    seed = random.SystemRandom().randrange(2**32)
    stop = time.monotonic() + float(os.environ.get("GUERDON_FUZZ_SECONDS", "60"))
    for text in adversaries(seed):
        if time.monotonic() > stop:
            break
        assert not slow(text), f"seed {seed}: {text[:80]!r} … {text[-40:]!r}"
        for name in PARSERS:
            check(name, text[:2000])
