"""flow_grpo: a score function of images, prompts and metadata.

reward_fn = to_flow_grpo("0.5*pick.score + 0.5*text.legible")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guerdon.integrations.host import Host, Snippet, located
from guerdon.integrations.rows import Bridge, floats, pixels
from guerdon.reward import Reward
from guerdon.scores import Unscored


def to_flow_grpo(reward: Reward | str, *, unscored: Unscored = "raise") -> FlowGrpoReward:
    """The reward as `fn(images, prompts, metadata) -> (scores, details)`.

    A row has the prompt, the image as `images`, and the prompt's metadata. Group rewards see the images of one prompt
    together.
    """
    return FlowGrpoReward(Bridge("flow_grpo", reward, unscored, groups=True))


class FlowGrpoReward:
    """A score function. `details` are the components, [n] each."""

    def __init__(self, bridge: Bridge):
        self.bridge = bridge

    def __call__(
        self, images: Any, prompts: Sequence[str], metadata: Any = None, **_: Any
    ) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
        """Scores [n] and components of images, floats [n, 3, h, w] in 0–1 or uint8 [n, h, w, 3]."""
        told = metadata if isinstance(metadata, (list, tuple)) else [metadata] * len(prompts)
        rows = [
            {**(columns if isinstance(columns, Mapping) else {}), "prompt": prompt, "images": [image]}
            for image, prompt, columns in zip(pixels(images), prompts, told, strict=True)
        ]
        if self.bridge.grouped:
            for row in rows:
                row.setdefault("group", row["prompt"])
        hosted = self.bridge.score(rows)
        parts = {name: np.array(floats(column)) for name, column in hosted.components.items()}
        return np.array(floats(hosted.values)), parts


def _snippet(spec: str, unscored: Unscored) -> Snippet:
    return Snippet(
        "from guerdon.integrations.flow_grpo import to_flow_grpo\n\n"
        "# in flow_grpo/rewards.py, an entry of multi_score's score_functions\n"
        f'"guerdon": lambda: to_flow_grpo({located(spec)!r}, unscored={unscored!r}),'
    )


HOST = Host(
    name="flow_grpo",
    title="flow_grpo (July 2025)",
    page="flow",
    columns=("prompt", "images"),
    others="the prompt's metadata",
    prompt="text",
    images="the generated image",
    groups="rows of one call with the same prompt",
    style="sync",
    unscored="raise",
    components="the second thing returned (the host's `multi_score` drops it)",
    snippet=_snippet,
)
