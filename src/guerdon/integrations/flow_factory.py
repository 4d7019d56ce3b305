"""Flow-Factory: a reward model class, named by its import path in the config.

rewards:
  - name: guerdon
    reward_model: guerdon.integrations.flow_factory.PointwiseReward
    reward: "0.5*pick.score + 0.5*text.legible"
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from guerdon.integrations.host import Host, Snippet, located
from guerdon.integrations.rows import Bridge, by_row, floats
from guerdon.reward import Reward
from guerdon.scores import Unscored

MEDIA = {"image": "images", "video": "frames", "audio": "audios"}
"""The host's fields for what was generated, and the columns they become."""


def model_rows(fields: dict[str, Any], groupwise: bool) -> list[dict[str, Any]]:
    """Rows of one call; a groupwise call is one group."""
    rows = by_row(fields, len(fields.get("prompt") or ()))
    for row in rows:
        for name, column in MEDIA.items():
            if row.get(name) is not None:
                row[column] = [row.pop(name)] if name != "video" else row.pop(name)
        if groupwise:
            row["group"] = 0
    return rows


@cache
def _model(base_name: str) -> type:
    from flow_factory.rewards import abc

    groupwise = base_name == "GroupwiseRewardModel"

    class GuerdonModel(getattr(abc, base_name)):  # type: ignore[misc]
        required_fields = ("prompt",)
        use_tensor_inputs = False

        def __init__(self, config: Any, accelerator: Any):
            super().__init__(config, accelerator)
            settings = config.extra_kwargs
            self.bridge = Bridge(
                "flow_factory", settings["reward"], settings.get("unscored", "raise"), groups=groupwise
            )

        def __call__(
            self,
            prompt: Sequence[str],
            image: Any = None,
            video: Any = None,
            audio: Any = None,
            condition_images: Any = None,
            condition_videos: Any = None,
            **columns: Any,
        ) -> Any:
            fields = {**columns, "prompt": prompt, "image": image, "video": video, "audio": audio,
                      "condition_images": condition_images, "condition_videos": condition_videos}  # fmt: skip
            hosted = self.bridge.score(model_rows(fields, groupwise))
            return abc.RewardModelOutput(rewards=floats(hosted.values), extra_info=hosted.components)

    GuerdonModel.__name__ = GuerdonModel.__qualname__ = base_name.replace("Model", "")
    return GuerdonModel


def __getattr__(name: str) -> Any:
    if name in ("PointwiseReward", "GroupwiseReward"):  # the config names them; their base classes are the host's
        return _model(f"{name}Model")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _snippet(spec: str, unscored: Unscored) -> Snippet:
    from guerdon.spec import from_spec

    made: Reward = from_spec(spec)
    kind = "Groupwise" if made.over == "group" else "Pointwise"
    return Snippet(
        "rewards:\n  - name: guerdon\n"
        f"    reward_model: guerdon.integrations.flow_factory.{kind}Reward\n"
        f"    reward: {json.dumps(located(spec))}\n    unscored: {json.dumps(unscored)}"
    )


HOST = Host(
    name="flow_factory",
    title="Flow-Factory (May 2026)",
    page="flow",
    columns=("prompt", "images", "frames", "audios", "condition_images", "condition_videos"),
    others="in `required_fields` of a subclass, where it is a field of the host's sample",
    packed=True,
    prompt="text",
    images="the generated image, or the frames of the video as `frames`",
    groups="a group a call, in `GroupwiseReward`",
    style="sync",
    unscored="raise",
    components="`extra_info` (the host reads `rewards` alone)",
    snippet=_snippet,
)
