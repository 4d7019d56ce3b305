"""ms-swift: classes for `orms` (GRPO and sampling), `prms` and `rm_plugins`.

    orms["grounding"] = to_swift("reading(boxes.iou, boxes='solution')", name="grounding")

ms-swift names metrics after classes, hence a class a reward. Every column of the dataset arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from guerdon.integrations.foreign import Foreign, Recipe, awaits, columns_of, named
from guerdon.integrations.host import Host, Snippet, located
from guerdon.integrations.rows import Bridge, by_row, floats, unpacked
from guerdon.reward import Reward
from guerdon.sample import Row, response_text, row_messages
from guerdon.scores import Unscored

CALL = ("trainer_state", "trajectory_inputs")


def to_swift(reward: Reward | str, *, name: str | None = None, unscored: Unscored = "none") -> type:
    """A class for `orms`, made with `args=`; its call gives one value a completion. Async if a part of the reward is.

    Group rewards see the responses that share a `prompt_id` together.
    """
    bridge = Bridge("swift", reward, unscored, groups=True)
    base = _AsyncSwift if bridge.reward.waits else _Swift
    return type(name or identifier(bridge.reward.name), (base,), {"bridge": bridge, "__module__": __name__})


def identifier(name: str) -> str:
    """A reward's name as a class name."""
    return "".join(c if c.isalnum() else "_" for c in name)


class _Base:
    bridge: Bridge

    def __init__(self, args: Any = None, **_: Any):
        self.args = args

    def rows(self, completions: Sequence[str], columns: Mapping[str, Any]) -> list[dict[str, Any]]:
        rows = by_row({k: v for k, v in columns.items() if k not in CALL}, len(completions))
        step = getattr(columns.get("trainer_state"), "global_step", None)
        for row, completion in zip(rows, completions, strict=True):
            if "messages" in row:
                row["prompt"] = row.pop("messages")[:-1]
            row["response"] = completion
            if row.get("prompt_id") is not None:
                row.setdefault("group", row["prompt_id"])
            if step is not None:
                row["step"] = step
        return rows


class _Swift(_Base):
    def __call__(self, completions: Sequence[str], **columns: Any) -> list[float | None]:
        """One value a completion."""
        return self.bridge.score(self.rows(completions, columns)).values


class _AsyncSwift(_Base):
    async def __call__(self, completions: Sequence[str], **columns: Any) -> list[float | None]:
        """One value a completion."""
        return (await self.bridge.ascore(self.rows(completions, columns))).values


def to_swift_sampler(reward: Reward | str, *, name: str | None = None, unscored: Unscored = "raise") -> type:
    """A class for `orms` or `prms` of `swift sample`, which passes requests and truths and nothing else."""
    bridge = Bridge("swift", reward, unscored)
    return type(name or identifier(bridge.reward.name), (_Sampler,), {"bridge": bridge, "__module__": __name__})


class _Sampler(_Base):
    def __call__(
        self, infer_requests: Sequence[Any], ground_truths: Sequence[Any] | None = None, **_: Any
    ) -> list[float | None]:
        """One value a request; its last message is the response."""
        truths = ground_truths or [None] * len(infer_requests)
        rows = [request_row(request, truth) for request, truth in zip(infer_requests, truths, strict=True)]
        return self.bridge.score(rows).values


def request_row(request: Any, truth: Any = None) -> dict[str, Any]:
    """The row of a request (a dict or swift's InferRequest), whose last message is the response."""
    fields = dict(request) if isinstance(request, Mapping) else vars(request)
    messages = fields["messages"]
    media = {k: fields[k] for k in ("images", "videos", "audios") if fields.get(k)}
    return {**unpacked(truth), **media, "prompt": messages[:-1], "response": messages[-1]["content"]}


def to_swift_plugin(reward: Reward | str, *, unscored: Unscored = "nan") -> Callable[..., Any]:
    """An entry of `rm_plugins`, made with the model and template that `--reward_model` names and called with rows.

    Of use where the reward needs what ms-swift gives reward models alone; it leaves that model unused.
    """
    bridge = Bridge("swift", reward, unscored, groups=True)

    class Plugin(_Plugin):
        pass

    Plugin.bridge = bridge
    return Plugin


class _Plugin:
    bridge: Bridge

    def __init__(self, model: Any = None, template: Any = None):
        self.model, self.template = model, template

    def __call__(self, inputs: Sequence[Mapping[str, Any]], **_: Any) -> Any:
        """Values as a tensor [n]; each input is a row whose last message is the response."""
        from torch import tensor

        rows = [{**row, **request_row(row), "group": row.get("prompt_id")} for row in inputs]
        rows = [{**row, "answer": source.get("answer")} for row, source in zip(rows, inputs, strict=True)]
        return tensor(floats(self.bridge.score(rows).values))


class _FromSwift(Recipe):
    host = "swift"

    def __init__(self, cls: type, settings: dict[str, Any]):
        self.cls, self.settings, self.source = cls, settings, named(cls)
        self.function = cls(**settings)
        self.waits = awaits(self.function)

    def __reduce__(self) -> tuple[Any, ...]:
        return _FromSwift, (self.cls, self.settings)

    def call(self, rows: Sequence[Row]) -> Any:
        texts = [response_text(row) for row in rows]
        reply = [
            [*(row_messages(row) or []), {"role": "assistant", "content": t}]
            for row, t in zip(rows, texts, strict=True)
        ]
        return self.function(
            texts, messages=reply, trainer_state=None, **columns_of(rows, "prompt", "response", "messages")
        )


def from_swift(cls: type, **settings: Any) -> Reward:
    """An ms-swift ORM class, sync or async, as a Reward; `settings` are what it is made with."""
    return Foreign(_FromSwift(cls, settings))


def _snippet(spec: str, unscored: Unscored) -> Snippet:
    source = (
        "from swift.rewards import orms\n\nfrom guerdon.integrations.swift import to_swift\n\n"
        f"orms['guerdon_reward'] = to_swift({located(spec)!r}, name='guerdon_reward', unscored={unscored!r})\n"
    )
    return Snippet("--external_plugins {file} --reward_funcs guerdon_reward", source)


HOST = Host(
    name="swift",
    title="ms-swift 4.6",
    columns=("prompt", "response", "step", "prompt_id", "finish_reason", "is_truncated", "response_token_ids"),
    others="every column of the dataset; the truth is usually called `solution`",
    prompt="messages",
    images="the columns `images`, `videos` and `audios`",
    groups="rows that share a `prompt_id`, where one process has them all",
    style="both",
    unscored="none",
    components="none: one metric a class; register a class a component to see it",
    snippet=_snippet,
)
