"""`guerdon serve`."""

from __future__ import annotations

import os
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING, Annotated

import typer

from guerdon.cli import options as o
from guerdon.cli.failures import Misuse
from guerdon.cli.inputs import read_reward
from guerdon.cli.outputs import say

if TYPE_CHECKING:
    from guerdon.serve.limits import Limits
    from guerdon.serve.wire import Unscored

LIMITS = "Limits"
TOKEN = "GUERDON_TOKEN"
"""Environment variable of the token: arguments are there for every user of the machine to read."""


class DialectName(StrEnum):
    """What requests look like."""

    guerdon = "guerdon"
    openrlhf = "openrlhf"
    rerank = "rerank"


Host = Annotated[str, typer.Option("--host", help="Address to listen on; the default is reachable from here alone.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0: a free one.")]
Dialects = Annotated[
    list[DialectName] | None, typer.Option("--dialect", help="By default all that fit the reward. Repeatable.")
]
UnscoredText = Annotated[
    str,
    typer.Option(
        "--unscored", metavar="NUMBER|none|raise",
        help="What a row without a value is to dialects of numbers alone: a number, null, or an error for the request.",
    ),
]  # fmt: skip
Hosts = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="HOST", help="Fetch media from this host as well. Repeatable."),
]
Workers = Annotated[int, typer.Option("--workers", metavar="N", min=1, rich_help_panel=o.RUNNING, help="Processes.")]
Batch = Annotated[
    int, typer.Option("--batch", metavar="N", min=1, rich_help_panel=o.RUNNING, help="Most samples of one call.")
]
Wait = Annotated[
    float,
    typer.Option("--wait", metavar="MS", min=0.0, rich_help_panel=o.RUNNING, help="How long to wait for more of them."),
]
Seconds = Annotated[
    float, typer.Option("--seconds", metavar="SECONDS", min=0.001, rich_help_panel=o.RUNNING, help="For one sample.")
]
Waiting = Annotated[
    int, typer.Option("--max-waiting", metavar="N", min=1, rich_help_panel=LIMITS, help="Samples; more get 429.")
]
Samples = Annotated[
    int, typer.Option("--max-samples", metavar="N", min=1, rich_help_panel=LIMITS, help="Samples of one request.")
]
Characters = Annotated[
    int, typer.Option("--max-characters", metavar="N", min=1, rich_help_panel=LIMITS, help="Of one response.")
]
Body = Annotated[
    float, typer.Option("--max-body", metavar="MB", min=0.001, rich_help_panel=LIMITS, help="One request.")
]


def serve(
    reward: o.Spec,
    imports: o.Imports = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    dialect: Dialects = None,
    unscored: UnscoredText = "raise",
    hosts: Hosts = None,
    workers: Workers = 1,
    batch: Batch = 64,
    wait: Wait = 2.0,
    seconds: Seconds = 60.0,
    memory: o.Memory = None,
    max_waiting: Waiting = 4096,
    max_samples: Samples = 1024,
    max_characters: Characters = 200_000,
    max_body: Body = 8.0,
) -> None:
    """Answer requests for scores over HTTP, until SIGTERM; then finish what was accepted.

    Set GUERDON_TOKEN to a secret to ask for it as a bearer token.
    """
    limits = _limits(max_waiting, max_samples, max_characters, max_body)
    policy = _policy(unscored)
    made = read_reward(reward, imports)
    try:
        from guerdon.serve import app, server
        from guerdon.serve.service import Service
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{error.name} is not installed: pip install 'guerdon[serve]'") from error
    service = Service(
        made, workers=workers, batch=batch, wait=wait / 1000, seconds=seconds,
        memory_bytes=None if memory is None else memory * 2**20, limits=limits, hosts=hosts or (),
    )  # fmt: skip
    asgi = app.create_app(service, dialects=dialect or (), unscored=policy, token=os.environ.get(TOKEN) or None)
    service.warm()
    server.run(asgi, host, port, limits, lambda host, port: say(f"serving {made.spec()} on http://{host}:{port}"))


def _limits(waiting: int, samples: int, characters: int, megabytes: float) -> Limits:
    from guerdon.serve.limits import Limits

    try:
        return Limits(waiting=waiting, samples=samples, characters=characters, body_bytes=int(megabytes * 2**20))
    except ValueError as error:
        raise Misuse(str(error)) from error


def _policy(text: str) -> Unscored:
    from guerdon.scores import ContractError, unscored_policy

    try:
        policy = unscored_policy(text)
    except ContractError:
        policy = "nan"
    if policy == "nan" or (isinstance(policy, float) and not isfinite(policy)):  # JSON has no such numbers
        raise Misuse(f"--unscored is a number, none or raise, not {text!r}")
    return policy
