"""`guerdon path`: what to put into a host's config for a reward."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guerdon.cli import options as o
from guerdon.cli.failures import Misuse
from guerdon.cli.inputs import find_host, read_reward
from guerdon.cli.outputs import print_json, say, write_text

if TYPE_CHECKING:
    from guerdon.reward import Reward

HostName = Annotated[str, typer.Argument(metavar="HOST", help="A trainer or evaluator, such as trl, verl or swift.")]
Unscored = Annotated[
    str | None,
    typer.Option("--unscored", help="What rows without a value become: none, nan, raise or a number."),
]
File = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE.py", help="Where to write the file that some hosts load."),
]


def path(
    host: HostName,
    reward: o.Spec,
    unscored: Unscored = None,
    out: File = None,
    imports: o.Imports = None,
    json: o.Json = False,
) -> None:
    """Print what to put into a trainer's or evaluator's config to use a reward there.

    Hosts that load a file get one written: guerdon_<host>.py in this folder, unless --out says otherwise.
    """
    found = find_host(host)
    made = read_reward(reward, imports)
    _check(found.groups, made, found.title)
    snippet = found.snippet(reward, found.unscored if unscored is None else _policy(unscored))
    file = (out or Path(f"guerdon_{found.name}.py")).resolve()
    if snippet.file:
        _write(snippet.file, file, f"guerdon path {host} --reward {reward!r}", imports)
    config = snippet.config.replace("{file}", str(file)).replace("{stem}", file.stem)
    if json:
        print_json({"host": found.name, "config": config, "file": str(file) if snippet.file else None})
    else:
        typer.echo(config)


def _policy(unscored: str) -> float | str:
    from guerdon.integrations.rows import checked

    return checked(unscored)


def _check(groups: str, reward: Reward, title: str) -> None:
    if reward.over == "group" and not groups:
        raise Misuse(f"{title} sends single samples, and the reward needs whole groups: it cannot go there")
