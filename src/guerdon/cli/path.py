"""`guerdon path`: what to put into a host's config for a reward."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from guerdon.cli import options as o
from guerdon.cli.failures import Misuse
from guerdon.cli.hosts import find_host, integration
from guerdon.cli.inputs import read_reward
from guerdon.cli.outputs import print_json, say, write_text

if TYPE_CHECKING:
    from guerdon.scores import Unscored

Name = Annotated[str, typer.Argument(metavar="HOST", help="A trainer or evaluator, such as trl, verl or swift.")]
Policy = Annotated[
    str | None, typer.Option("--unscored", help="What rows without a value become: none, nan, raise or a number.")
]
File = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE.py", help="Where the file goes that some hosts load."),
]


def path(
    host: Name,
    reward: o.Spec,
    unscored: Policy = None,
    out: File = None,
    imports: o.Imports = None,
    json: o.Json = False,
) -> None:
    """What to put into a trainer's or evaluator's config to use a reward there.

    A host that loads a file gets one written: guerdon_HOST.py in this folder, unless --out names another.
    """
    from guerdon.scores import unscored_policy

    found = find_host(host)
    made = read_reward(reward, imports)
    policy: Unscored = found.unscored if unscored is None else unscored_policy(unscored)
    integration("rows").Bridge(found.name, made, policy, groups=bool(found.groups))  # refuses what cannot go there
    config, source = found.snippet(reward, policy)
    file = (out or Path(f"guerdon_{found.name}.py")).resolve()
    if source:
        _write(source, file, found.name, imports)
    elif imports:
        raise Misuse(
            f"{found.title} loads no file of ours that could import {imports[0]}: give --reward as file.py:name"
        )
    config = config.replace("{file}", str(file)).replace("{stem}", file.stem)
    if json:
        print_json({"host": found.name, "config": config, "file": str(file) if source else None})
    else:
        typer.echo(config)


def _write(source: str, file: Path, host: str, imports: list[str] | None) -> None:
    mark = f'"""Made by `guerdon path {host}`."""\n\n'
    if file.exists() and not file.read_text(encoding="utf-8").startswith(mark):
        raise Misuse(f"{file} is there and was not made by `guerdon path {host}`: name another with --out")
    write_text(mark + "".join(_import(name) for name in imports or ()) + source, file)
    say(f"written: {file}")


def _import(name: str) -> str:
    if not name.endswith(".py"):
        return f"import {name}  # noqa: F401 - defines rewards\n"
    return f"from guerdon.sources import load_file\n\nload_file({str(Path(name).resolve())!r})  # defines rewards\n\n"
