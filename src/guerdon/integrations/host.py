"""What is to be known of a host before a reward goes into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from guerdon.scores import Unscored


class Snippet(NamedTuple):
    """What `guerdon path` prints, and the file that it needs beside it."""

    config: str
    """Goes into the host's command line, config or script. `{file}` stands for the path of the file."""
    file: str = ""
    """Python source that the host loads; empty if it needs none."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """One host's contract."""

    name: str
    """Of its module here, and of `guerdon path`."""
    title: str
    """Name and version whose code this was written to."""
    page: str = ""
    """Of the documentation, where several hosts share one."""
    columns: tuple[str, ...]
    """What every call brings, by the names rewards read."""
    others: str
    """Where the other columns of the data set arrive from; empty: they do not arrive."""
    packed: bool = False
    """Whether the data set must put those there for this purpose."""
    prompt: str
    """How the prompt arrives; empty: it does not."""
    images: str
    """How images arrive; empty: they do not."""
    groups: str
    """How the responses to one prompt arrive together; empty: they do not."""
    style: Literal["sync", "async", "both"]
    """Which kinds of function it calls; sync hosts run async rewards on guerdon's own loop."""
    pickled: bool = False
    """Whether it sends the reward to other processes."""
    unscored: Unscored
    """What rows without a value become unless told otherwise."""
    components: str
    """Where components are to be seen."""
    snippet: Callable[[str, Unscored], Snippet]
    """What to put into its config, for a reward's text form and a policy."""


def located(spec: str) -> str:
    """The spec with paths made absolute: hosts run it from other folders."""
    path, colon, name = spec.strip().rpartition(":")
    if colon and path.endswith(".py"):
        return f"{Path(path).resolve()}:{name}"
    return str(Path(spec.strip()).resolve()) if spec.strip().endswith((".yaml", ".yml")) else spec.strip()
