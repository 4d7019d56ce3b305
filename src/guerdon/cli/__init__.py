"""`guerdon`: score, compare, look around, reproduce. One small module a command.

Commands import what they need when they run, so that `guerdon --help` is quick.
"""

from __future__ import annotations

import os
import sys
import warnings
from typing import NoReturn

import typer

from guerdon.cli import audit, bench, catalogue, compare, demo, doctor, path, reproduce, score, serve
from guerdon.cli.failures import explain

app = typer.Typer(
    name="guerdon",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Add --debug anywhere to see the traceback of an error.",
)
for command in (
    score.score, compare.compare, bench.bench, audit.audit, doctor.doctor, catalogue.list_, catalogue.show,
    catalogue.systems, path.path, serve.serve, reproduce.reproduce, demo.demo,
):  # fmt: skip
    app.command(name=command.__name__.rstrip("_"))(command)


@app.callback()
def about() -> None:
    """Rewards for multimodal AI: define a reward once, find out whether to trust it, use it everywhere."""


def main() -> NoReturn:
    """Run the command line. Exits with 0; 1 if a bar was missed or every row failed; 2 for misuse."""
    arguments = [a for a in sys.argv[1:] if a != "--debug"]
    debug = len(arguments) < len(sys.argv) - 1
    if not debug:
        warnings.formatwarning = lambda message, *_: f"warning: {message}\n"
    try:
        code = app(arguments or ["--help"], prog_name="guerdon", standalone_mode=False)
    except KeyboardInterrupt:
        code = explain("interrupted", 130)
    except BrokenPipeError:  # the reader of a pipe, such as head, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception as error:
        if debug:
            raise
        code = explain(error)
    sys.exit(code or 0)
