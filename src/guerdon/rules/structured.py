"""Structured answers with partial credit: sets of tuples, calls of tools."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from guerdon.leaf import reward
from guerdon.metrics.structured import Credit, call_credit, prefix_points
from guerdon.parse.calls import ToolCall, as_call
from guerdon.parse.calls import tool_calls as read_calls
from guerdon.parse.policy import Which
from guerdon.parse.result import Parsed, malformed
from guerdon.parse.tuples import tuples as read_tuples
from guerdon.rules.where import compare, gold_text, read_answer
from guerdon.scores import ContractError, Score, Status

Fields = tuple[str, ...]


@reward("structured.tuples")
def tuples(
    response: str,
    answer: Any,
    *,
    credits: Sequence[float] = (0.5, 1.5, 5.0),
    surplus: float = 1.0,
    empty: float = 1.0,
    within: str | None = "answer",
    which: Which = "only",
) -> float | Score:
    """Points for a set of tuples, most important field first: how many leading fields of each are right.

    Tuples are paired one to one for the greatest sum; a pair that agrees in its first k fields earns
    credits[k−1]. Each tuple more than the true ones costs `surplus`, and naming none costs `empty` times
    their number; so does an answer that cannot be read. Order, case and quotes do not matter, and a tuple
    said twice counts twice. The most is credits[−1] per true tuple. `answer` is a list of tuples or a text
    of them, the response as `guerdon.parse.tuples` reads it. The published values are those of Li et al.
    2025 (STAR-R1), https://arxiv.org/abs/2505.15804, but for the two penalties, which are not public.

    >>> sample = {"response": "<answer>(1, colour, blue), (2, size, small)</answer>", "answer": [(1, "colour", "red")]}
    >>> tuples().one(sample).value  # 1.5 for object and attribute, less 1 for one too many
    0.5
    """
    if not credits or any(a > b for a, b in pairwise((0.0, *credits))):
        raise ContractError(f"structured.tuples: credits={tuple(credits)} must not fall, nor be negative")
    true = true_tuples(answer, fields=len(credits), within=within)
    if true.value is None:
        return Score.inapplicable(f"the true answer cannot be read: {true.reason}")
    found = read_answer(partial(read_tuples, fields=len(credits)), response, within, which)
    if found.value is None:
        return Score(-empty * len(true.value), Status.MALFORMED, found.reason)
    if not found.value:
        return -empty * len(true.value)
    points = prefix_points([folded(t) for t in found.value], true.value, credits)
    return points - surplus * max(0, len(found.value) - len(true.value))


@reward("structured.tool_calls", range=(0, 1))
def tool_calls(
    response: str,
    answer: Any,
    *,
    credit: Credit = "fine",
    within: str = "tool_call",
    which: Which = "only",
    parameters: str = "parameters",
) -> float | Score:
    """How nearly the calls in the block `within` are the true ones, 0–1: tools, parameters, then values.

    "fine" credit is (overlap of tools + Σ over pairs of calls (overlap of parameters + right values)) /
    (1 + Σ (1 + parameters)); see `guerdon.metrics.structured.call_credit` for the coarser ones. No call is 1
    where none is wanted, else 0. Values are equal as JSON: 1 is 1.0, but not "1" and not true.

    `answer` is a list of {"name": …, "parameters": {…}}, or a text with such a block. Calls are one JSON
    object a line; what a think block holds is not read, and without a block no call is made. Qian et al.
    2025 (ToolRL), https://arxiv.org/abs/2504.13958, section 3, there scaled to −3…3.

    >>> call = '<tool_call>\\n{"name": "add", "parameters": {"x": 1, "y": 3}}\\n</tool_call>'
    >>> sample = {"response": call, "answer": [{"name": "add", "parameters": {"x": 1, "y": 2}}]}
    >>> tool_calls().one(sample).value  # (1 + 1 + 1) / (1 + 1 + 2)
    0.75
    """
    found = read_calls(response, name=within, which=which, parameters=parameters)
    return compare(found, _true_calls(answer, within, parameters), partial(call_credit, credit=credit))


def true_tuples(answer: Any, *, fields: int, within: str | None) -> Parsed[list[Fields]]:
    """The true tuples of a row, folded.

    >>> true_tuples([(1, "Colour", "red")], fields=3, within=None).value
    [('1', 'colour', 'red')]
    """
    if isinstance(answer, str):
        read = read_tuples(gold_text(answer, within), fields=fields)
        return read if read.value is None else Parsed([folded(t) for t in read.value])
    if any(isinstance(t, str) or len(t) != fields for t in answer):
        return malformed(f"{str(answer)[:80]} is no list of tuples of {fields}")
    return Parsed([folded([str(field) for field in t]) for t in answer])


def folded(fields: Sequence[str]) -> Fields:
    """A tuple as tuples are compared: without case."""
    return tuple([field.casefold() for field in fields])


def _true_calls(answer: Any, within: str, parameters: str) -> Parsed[list[ToolCall]]:
    if isinstance(answer, str):
        return read_calls(answer, name=within, which="first", parameters=parameters)
    calls = [as_call(one, parameters) for one in answer]
    if None in calls:
        return malformed(f"{answer[calls.index(None)]!r:.80} is no call with a name and {parameters}")
    return Parsed([call for call in calls if call is not None])
