"""Comparisons from the preference formats people have.

Recognised by their columns, tried in this order:

- `responses` with `votes` (tiers of positions), as guerdon writes them
- `response` list with `human_ranking` (0 is best; equal is a tie), as VL-RewardBench has them
- `summaries` with `choice`, the position of the better one, and what they sum up in `info`, as Learning to
  Summarize has them
- `chosen` and `rejected`: texts, chat messages (a shared beginning is the prompt), ShareGPT turns, or
  lists of responses, all chosen ones preferred to all rejected ones, as RewardBench has them

The prompt is `prompt`, `query`, `question`, `instruction`, or the turns before the response.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any

from guerdon.load import LoadError, as_messages
from guerdon.sample import Broken, Comparison, Row, Vote

PROMPTS = ("prompt", "query", "question", "instruction")


def comparisons(rows: Iterable[Row]) -> list[Comparison | Broken]:
    """One Comparison a row, other columns kept; a row that is no comparison becomes `Broken`.

    Raises LoadError if no row is one, and says what was looked for.
    """
    found = [comparison(row, str(number)) for number, row in enumerate(rows)]
    if found and all(isinstance(c, Broken) for c in found):
        first = found[0]
        reason = first.reason if isinstance(first, Broken) else ""
        raise LoadError(
            f"no row is a comparison; the first: {reason}. Known are responses + votes, response lists + "
            "human_ranking, summaries + choice, chosen + rejected; map other columns to them."
        )
    return found


def comparison(row: Row, name: str = "") -> Comparison | Broken:
    """One row as a Comparison, other columns kept; a row that is none becomes `Broken`, under its id or `name`."""
    if isinstance(row, (Comparison, Broken)):
        return row
    name = str(row.get("id", name))
    try:
        if row.get("responses") is not None:
            return _native(row)
        if row.get("human_ranking") is not None:
            return _ranked(row)
        if row.get("summaries") is not None and row.get("choice") is not None:
            return _summaries(row)
        if row.get("chosen") is not None and row.get("rejected") is not None:
            return _chosen(row)
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        return Broken(name, f"row {name} is not a comparison: {error}")
    return Broken(name, f"row {name} has the columns {', '.join(sorted(map(str, row)))}")


def _native(row: Row) -> Comparison:
    votes = tuple(v if isinstance(v, Vote) else _vote(v) for v in row.get("votes") or ())
    return Comparison(_prompt(row), list(row["responses"]), votes, **_rest(row, "responses", "votes"))


def _vote(data: Mapping[str, Any]) -> Vote:
    tiers = tuple(tuple(int(i) for i in tier) for tier in data["tiers"])
    spans = tuple((int(a), int(b), int(c)) for a, b, c in data.get("spans") or ())
    named = {k: data[k] for k in ("strength", "aspect", "annotator", "reason") if k in data}
    return Vote(tiers, spans=spans, **named)


def _ranked(row: Row) -> Comparison:
    responses, ranking = list(row["response"]), list(row["human_ranking"])
    if len(responses) != len(ranking):
        raise ValueError(f"{len(responses)} responses and {len(ranking)} ranks")
    tiers = tuple(tuple(i for i, r in enumerate(ranking) if r == rank) for rank in sorted(set(ranking)))
    return Comparison(_prompt(row), responses, (Vote(tiers),), **_rest(row, "response", "human_ranking"))


def _summaries(row: Row) -> Comparison:
    info, texts = row["info"], [summary["text"] for summary in row["summaries"]]
    text = info["article"] if info.get("post") is None else info["post"]
    better = range(len(texts))[int(row["choice"])]
    worse = tuple(i for i in range(len(texts)) if i != better)
    vote = Vote(((better,), worse), annotator=str(row.get("worker") or ""))
    return Comparison(text, texts, (vote,), **_rest(row, "choice", "worker"))


def _chosen(row: Row) -> Comparison:
    chosen, rejected = row["chosen"], row["rejected"]
    left, right = as_messages(_turns(chosen)), as_messages(_turns(rejected))
    rest = _rest(row, "chosen", "rejected")
    if left and right:
        prompt, left, right = _split(row, left, right)
        return Comparison(prompt, [left, right], (Vote(((0,), (1,))),), **rest)
    good = list(chosen) if isinstance(chosen, (list, tuple)) else [chosen]
    bad = list(rejected) if isinstance(rejected, (list, tuple)) else [rejected]
    if not all(isinstance(r, str) for r in (*good, *bad)):
        raise ValueError("chosen and rejected are neither texts, lists of texts, nor chat turns")
    tiers = tuple(range(len(good))), tuple(range(len(good), len(good) + len(bad)))
    return Comparison(_prompt(row), good + bad, (Vote(tiers),), **rest)


def _turns(value: Any) -> Any:
    """A single ShareGPT or chat message counts as a list of one."""
    return [value] if isinstance(value, Mapping) else value


def _split(row: Row, left: list[Any], right: list[Any]) -> tuple[Any, list[Any], list[Any]]:
    """The shared beginning of two conversations goes to the prompt, unless the row has one of its own."""
    if any(row.get(name) is not None for name in PROMPTS):
        return _prompt(row), _replies(left), _replies(right)
    shared = [a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(left, right, strict=False))]
    prompt = (as_messages(row.get("conversations")) or []) + shared
    if not prompt:
        raise ValueError("there is no prompt: no column for it, and the conversations share no turns")
    return prompt, left[len(shared) :], right[len(shared) :]


def _replies(messages: list[Any]) -> list[Any]:
    """What follows the last message of the user."""
    last = max((i for i, m in enumerate(messages) if m["role"] == "user"), default=-1)
    return messages[last + 1 :]


def _prompt(row: Row) -> Any:
    for name in PROMPTS:
        if row.get(name) is not None:
            value = row[name]
            return value if isinstance(value, str) else as_messages(value) or str(value)
    messages = as_messages(row.get("conversations"))
    if messages is None:
        raise ValueError(f"there is no prompt: none of {', '.join(PROMPTS)}, conversations")
    return messages


def _rest(row: Row, *used: str) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k not in (*used, "prompt")}
