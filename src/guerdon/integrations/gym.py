"""Gymnasium: a wrapper whose reward is guerdon's.

    env = to_gym(gymnasium.make("CartPole-v1"), my_reward)

A reward over samples is asked at every step; one over trajectories at the end of an episode, steps before it give 0.
"""

from __future__ import annotations

from typing import Any, Literal

from guerdon.integrations.host import Host, Snippet, located
from guerdon.integrations.rows import Bridge
from guerdon.reward import Reward
from guerdon.scores import NAN, Unscored


def to_gym(
    env: Any,
    reward: Reward | str,
    *,
    unscored: Unscored = "raise",
    combine: Literal["replace", "add"] = "replace",
    frames: bool = False,
    **columns: Any,
) -> Any:
    """The environment with this reward in place of its own, or added to it.

    A row has `observation` (before the step), `action`, `next_observation`, `env_reward`, `terminated`, `truncated`,
    `step`, what is in `info`, and `columns` (such as `prompt`); with `frames` also the rendered `images`. A trajectory
    has `frames`, `actions`, `steps` (those rows) and `rewards`. `info["guerdon"]` holds the components.
    """
    import gymnasium

    bridge = Bridge("gym", reward, unscored)

    class GuerdonReward(gymnasium.Wrapper[Any, Any, Any, Any]):
        def reset(self, **options: Any) -> tuple[Any, dict[str, Any]]:
            observation, info = super().reset(**options)
            self.episode = Episode(observation, columns)
            return observation, info

        def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
            observation, own, terminated, truncated, info = super().step(action)
            picture = self.env.render() if frames else None
            row = self.episode.step(action, observation, float(own), terminated, truncated, info, picture)
            value, parts = _scored(bridge, self.episode, row)
            total = value + (float(own) if combine == "add" else 0.0)
            return observation, total, terminated, truncated, {**info, "guerdon": parts}

    return GuerdonReward(env)


def _scored(bridge: Bridge, episode: Episode, row: dict[str, Any]) -> tuple[float, dict[str, float | None]]:
    if bridge.reward.over == "trajectory":
        if not (row["terminated"] or row["truncated"]):
            return 0.0, dict.fromkeys(bridge.reward.components)
        row = episode.trajectory()
    value, parts = bridge.score([row]).one()
    return NAN if value is None else value, parts


class Episode:
    """What has happened since the last reset, as rows."""

    def __init__(self, observation: Any, columns: dict[str, Any]):
        self.last, self.columns = observation, columns
        self.steps: list[dict[str, Any]] = []

    def step(
        self,
        action: Any,
        observation: Any,
        own: float,
        terminated: bool,
        truncated: bool,
        info: dict[str, Any],
        picture: Any,
    ) -> dict[str, Any]:
        """The row of one step."""
        row = {
            **self.columns, **info, "observation": self.last, "action": action, "next_observation": observation,
            "env_reward": own, "terminated": terminated, "truncated": truncated, "step": len(self.steps),
        }  # fmt: skip
        if picture is not None:
            row["images"] = [picture]
        self.last = observation
        self.steps.append(row)
        return row

    def trajectory(self) -> dict[str, Any]:
        """The row of the whole episode."""
        frames = [row["images"][0] for row in self.steps if "images" in row]
        actions, own = ([row[name] for row in self.steps] for name in ("action", "env_reward"))
        return {**self.columns, "frames": frames, "actions": actions, "steps": self.steps, "rewards": own}


def _snippet(spec: str, unscored: Unscored) -> Snippet:
    return Snippet(
        "from guerdon.integrations.gym import to_gym\n\n"
        f"env = to_gym(gymnasium.make(...), {located(spec)!r}, unscored={unscored!r})"
    )


HOST = Host(
    name="gym",
    title="Gymnasium 1",
    columns=(
        "observation",
        "action",
        "next_observation",
        "env_reward",
        "terminated",
        "truncated",
        "step",
        "frames",
        "actions",
        "steps",
        "rewards",
    ),
    others="what is in `info`, and the columns given to the wrapper",
    prompt="where it is given to the wrapper",
    images="rendered, with `frames=True`",
    groups="",
    style="sync",
    unscored="raise",
    components="`info['guerdon']`",
    snippet=_snippet,
)
