"""guerdon: define a reward once, find out whether to trust it, use it everywhere."""

from typing import TYPE_CHECKING, Any

from guerdon.branch import gate, otherwise, ramp, route, schedule
from guerdon.compare import Ranking, Verdicts, tournament
from guerdon.compose import at_least, best, clip, harmonic, product, worst
from guerdon.geometry import Box, Frame, Point, Span
from guerdon.leaf import reward
from guerdon.normalise import group_normalise, leave_one_out, normalise_then_sum, quantile, rank, spread, zscore
from guerdon.registry import lookup
from guerdon.reward import Reward
from guerdon.sample import Comparison, Sample, Trajectory, Vote
from guerdon.scores import Column, ContractError, Fine, Score, Scores, Status, densify
from guerdon.spec import SpecError, from_spec, from_tree, from_yaml, to_yaml

__all__ = [
    "Audio", "Box", "Column", "Comparison", "ContractError", "Fine", "Frame", "Image", "Point", "Ranking", "Reward",
    "Sample", "Score", "Scores", "Span", "SpecError", "Status", "Trajectory", "Verdicts", "Video", "Vote", "at_least",
    "best", "clip", "densify", "from_spec", "from_tree", "from_yaml", "gate", "group_normalise", "harmonic",
    "leave_one_out", "lookup", "normalise_then_sum", "otherwise", "product", "quantile", "ramp", "rank", "reward",
    "route", "schedule", "spread", "to_yaml", "tournament", "worst", "zscore",
]  # fmt: skip

if TYPE_CHECKING:
    from guerdon.media import Audio, Image, Video


def __getattr__(name: str) -> Any:
    if name in ("Audio", "Image", "Video"):  # only who uses media pays for importing them
        from guerdon import media

        return getattr(media, name)
    raise AttributeError(f"module 'guerdon' has no attribute {name!r}")
