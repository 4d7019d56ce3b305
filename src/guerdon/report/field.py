"""A reward over a plane: what each place earns, as numbers and as a heat map.

It shows at a glance what a shaped reward asks for, and where it changes sign.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import PathLike
from typing import NamedTuple

import numpy as np

from guerdon.reward import Reward
from guerdon.sample import Row
from guerdon.scores import Floats


class Field(NamedTuple):
    """Values of a reward at places; NaN where it has none."""

    x: Floats
    y: Floats
    values: Floats
    """[y, x]"""

    def save(self, path: str | PathLike[str], *, title: str = "") -> None:
        """Write a heat map; the ending of the path (.png, .svg, .pdf) is the format. Colours are even around 0."""
        from matplotlib.figure import Figure

        most = float(np.nanmax(np.abs(self.values), initial=0.0)) or 1.0
        figure = Figure(layout="constrained")
        axes = figure.subplots()
        mesh = axes.pcolormesh(self.x, self.y, self.values, cmap="RdBu", vmin=-most, vmax=most, shading="nearest")
        figure.colorbar(mesh, ax=axes)
        axes.set(title=title, xlabel="x", ylabel="y", aspect="equal")
        figure.savefig(path)


def field(reward: Reward, place: Callable[[float, float], Row], x: Sequence[float], y: Sequence[float]) -> Field:
    """Score the row that `place` makes of every x and y.

    >>> from guerdon.rules.given import score
    >>> field(score(), lambda x, y: {"score": x * y}, [1, 2], [0, 3]).values
    array([[0., 0.],
           [3., 6.]])
    """
    rows = [place(u, v) for v in y for u in x]
    return Field(np.asarray(x, float), np.asarray(y, float), reward(rows).values.reshape(len(y), len(x)))
