"""Small rewards the core's tests share. Importable by worker processes, hence a module of its own."""

from __future__ import annotations

import asyncio

from guerdon import Fine, Score, reward


@reward("toy.length", range=(0, None))
def length(response: str) -> float:
    """Characters of the response."""
    return float(len(response))


@reward("toy.has", range=(0, 1), binary=True)
def has(response: str, *, text: str = "a") -> float | Score:
    """1 if the response contains a text; an empty response is unreadable."""
    return Score.malformed("empty") if not response else float(text in response)


@reward("toy.echo", range=(-10, 10))
def echo(value: float) -> float:
    """The row's own value."""
    return value


@reward("toy.moody", range=(0, 1))
def moody(mood: str) -> float | Score | None:
    """Comes out as the row says."""
    if mood == "none":
        return None
    if mood == "fail":
        raise RuntimeError("in a mood")
    made = {"malformed": Score.malformed, "abstained": Score.abstained, "unread": Score.unread}
    return made[mood](mood) if mood in made else 0.25


@reward("toy.later", range=(0, 1))
async def later(response: str, *, seconds: float = 0.0) -> float:
    """1, after a while."""
    await asyncio.sleep(seconds)
    return 1.0 if response else 0.0


@reward("toy.parts", range=(0, 2), components=("half", "other"))
def parts(response: str) -> Score:
    """A value with two declared parts."""
    return Score(1.5, components={"half": 0.5, "other": 1.0})  # type: ignore[dict-item]


@reward("toy.sentences", range=(0, None), grain="segment", reduce="mean")
def sentences(response: str) -> Fine:
    """Length of every sentence."""
    spans, start = [], 0
    for stop in [i + 1 for i, c in enumerate(response) if c == "."]:
        spans.append((start, stop))
        start = stop
    return Fine(tuple(float(b - a) for a, b in spans), tuple(spans))


@reward("toy.agree", over="group", range=(0, 1))
def agree(response: list[str]) -> list[float]:
    """Share of the group that gave the same response."""
    return [response.count(r) / len(response) for r in response]


@reward("toy.shared", over="group", range=(0, 1), shared=("answer",))
def shared(response: list[str], answer: str) -> list[float]:
    """Right or wrong, against the answer the group shares."""
    return [float(r == answer) for r in response]


@reward("toy.distinct", over="set", range=(0, None))
def distinct(response: list[str]) -> float:
    """How many different responses a set has."""
    return float(len(set(response)))


@reward("toy.longer", over="comparison", native="pairwise", range=(0, 1))
def longer(responses: list[str]) -> float:
    """Probability that the first is better: it is the longer one."""
    a, b = map(len, responses)
    return 0.5 if a == b else float(a > b)


@reward("toy.biased", over="comparison", native="pairwise", range=(0, 1))
def biased(responses: list[str]) -> float:
    """Prefers the longer one, and whatever stands first."""
    a, b = map(len, responses)
    return min(max(0.5 + 0.1 * (a - b) + 0.2, 0.0), 1.0)


@reward("toy.batch", range=(0, 1), batched=True)
def in_batches(response: list[str]) -> list[float]:
    """A value a response, computed together."""
    return [float(len(r) > 2) for r in response]


ASKED: list[str] = []


@reward("toy.counted", range=(0, 1))
async def counted(response: str) -> float:
    """Keeps a list of what it was asked."""
    ASKED.append(response)
    return 1.0


@reward("toy.responses", over="comparison")
def responses(responses: list[str]) -> float:
    """How many responses a comparison has."""
    return float(len(responses))


@reward("toy.returns")
def returns(result: object) -> object:
    """Whatever the row says."""
    return result


@reward("toy.part_results", components=("half", "other"))
def part_results(made: dict[str, Score]) -> Score:
    """The parts that the row says."""
    return Score(1.0, components=made)


@reward("toy.half", range=(0, 1), binary=True)
def half(value: float) -> float:
    """The row's own value, which should be 0 or 1."""
    return value


@reward("toy.two_columns")
def two_columns(first: str, second: str) -> float:
    """Needs both."""
    return 1.0
