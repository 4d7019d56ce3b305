"""Reading what models write: one parser per kind of thing, each with value, status and place.

Every parser takes a text and keyword settings and returns a `Parsed`. None raises, whatever the text is;
a setting that does not exist raises ValueError. All take linear time and refuse what is beyond
stated bounds (`guerdon.parse.policy`). Where a format promises one thing (a tag, a box, a verdict) the
default is `which="only"`; where a text leads up to its answer (JSON, numbers, mathematics) it is "last".
"""

from guerdon.parse.boxes import box, boxes, image_boxes
from guerdon.parse.calls import ToolCall, tool_calls
from guerdon.parse.choices import choice, choices
from guerdon.parse.grounded import grounded_phrases
from guerdon.parse.indexed import indexed
from guerdon.parse.jsons import fenced, json_value, salvage
from guerdon.parse.likert import LIKERT_5, LIKERT_10, likert
from guerdon.parse.lists import ids, items
from guerdon.parse.masks import mask
from guerdon.parse.maths import Exact, boxed, exact, math_answer, tidy_latex
from guerdon.parse.numbers import Number, number
from guerdon.parse.phrases import phrases
from guerdon.parse.points import points
from guerdon.parse.policy import Which
from guerdon.parse.queries import continuation
from guerdon.parse.ratings import ratings
from guerdon.parse.regions import regions
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.segments import clauses, sentences
from guerdon.parse.sheets import ScoreSheet, score_sheet
from guerdon.parse.symbols import symbol
from guerdon.parse.tags import TagCount, after, blocks, layout, tag, tag_counts
from guerdon.parse.text import normalise
from guerdon.parse.times import interval, intervals, moments, seconds
from guerdon.parse.tuples import tuples
from guerdon.parse.verdicts import TIE, rating, verdict
from guerdon.parse.yesno import yes_no

__all__ = [
    "LIKERT_5",
    "LIKERT_10",
    "TIE",
    "Exact",
    "Number",
    "Parsed",
    "ScoreSheet",
    "TagCount",
    "ToolCall",
    "Which",
    "after",
    "blocks",
    "box",
    "boxed",
    "boxes",
    "choice",
    "choices",
    "clauses",
    "continuation",
    "exact",
    "fenced",
    "grounded_phrases",
    "ids",
    "image_boxes",
    "indexed",
    "interval",
    "intervals",
    "items",
    "json_value",
    "layout",
    "likert",
    "malformed",
    "mask",
    "math_answer",
    "moments",
    "normalise",
    "number",
    "phrases",
    "points",
    "rating",
    "ratings",
    "regions",
    "salvage",
    "score_sheet",
    "seconds",
    "sentences",
    "symbol",
    "tag",
    "tag_counts",
    "tidy_latex",
    "tool_calls",
    "tuples",
    "verdict",
    "yes_no",
]
