"""EasyR1: `compute_score` in a file, for batches (`REWARD_TYPE = "batch"`) or single samples ("sequential").

    compute_score = to_easyr1("0.9*answer.math + 0.1*format.tags")

Only response, its length and the ground truth arrive: what else the reward reads goes into the ground truth as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from guerdon.integrations.foreign import Foreign, Recipe, found, truth_of
from guerdon.integrations.host import Host, Snippet, located
from guerdon.integrations.rows import Bridge, Hosted, unpacked
from guerdon.reward import Reward
from guerdon.sample import Row, response_text
from guerdon.scores import NAN, Unscored
from guerdon.sources import load_file

Input = Mapping[str, Any]


def to_easyr1(reward: Reward | str, *, unscored: Unscored = "raise") -> EasyR1Reward:
    """The reward as `compute_score`, for either reward type."""
    return EasyR1Reward(Bridge("easyr1", reward, unscored))


class EasyR1Reward:
    """`compute_score`: a list of inputs gives a list of dicts, a single input a dict, all with the same keys."""

    def __init__(self, bridge: Bridge):
        self.bridge = bridge

    def __call__(self, reward_inputs: Sequence[Input] | Input, **_: Any) -> list[dict[str, float]] | dict[str, float]:
        """`overall` and every component, NaN where a component has no value."""
        if isinstance(reward_inputs, Mapping):
            return _result(self.bridge.score([_row(reward_inputs)]), 0)
        hosted = self.bridge.score([_row(given) for given in reward_inputs])
        return [_result(hosted, i) for i in range(len(reward_inputs))]


def _row(given: Input) -> dict[str, Any]:
    return {
        **unpacked(given["ground_truth"]),
        "response": given["response"],
        "response_length": given["response_length"],
    }


def _result(hosted: Hosted, i: int) -> dict[str, float]:
    value = hosted.values[i]
    return {"overall": NAN if value is None else value, **hosted.numbers(i)}


class _EasyR1(Recipe):
    host = "easyr1"

    def __init__(self, path: str | Callable[..., Any], name: str, sequential: bool):
        self.path, self.name, self.sequential = path, name, sequential
        self.function, self.source = found(path, name)
        if isinstance(path, str):
            self.sequential = getattr(load_file(path), "REWARD_TYPE", "batch") == "sequential"

    def __reduce__(self) -> tuple[Any, ...]:
        return _EasyR1, (self.path, self.name, self.sequential)

    def call(self, rows: Sequence[Row]) -> Any:
        given = [
            {"response": text, "response_length": row.get("response_length", len(text)), "ground_truth": truth_of(row)}
            for row in rows
            for text in [response_text(row) or ""]
        ]
        return [self.function(one) for one in given] if self.sequential else self.function(given)


def from_easyr1(
    path: str | Callable[..., Any],
    name: str = "compute_score",
    *,
    sequential: bool = False,
    components: Sequence[str] = (),
) -> Reward:
    """EasyR1's function, in a file or given, as a Reward. A file says itself whether it is sequential.

    `components` names the keys beside `overall` that it returns. Without a column `response_length` the length is
    in characters.
    """
    return Foreign(_EasyR1(path, name, sequential), "overall", tuple(components))


def _snippet(spec: str, unscored: Unscored) -> Snippet:
    source = (
        "from guerdon.integrations.easyr1 import to_easyr1\n\n"
        'REWARD_NAME = "guerdon"\nREWARD_TYPE = "batch"\n'
        f"compute_score = to_easyr1({located(spec)!r}, unscored={unscored!r})\n"
    )
    return Snippet("worker.reward.reward_function={file}:compute_score", source)


HOST = Host(
    name="easyr1",
    title="EasyR1 (July 2026)",
    columns=("response", "answer", "response_length"),
    others="inside `ground_truth` as a JSON object",
    packed=True,
    prompt="",
    images="",
    groups="",
    style="sync",
    unscored="raise",
    components="the keys beside `overall`, one metric a name",
    snippet=_snippet,
)
