"""What a command says when it cannot go on: one line, what to do, and an exit code."""

from __future__ import annotations

import sys

MISUSE = 2
"""Exit code: asked for something that cannot be done."""
MISSED = 1
"""Exit code: done, and the answer is no: a bar missed, every row failed."""
BUG = 70
"""Exit code: an error nobody foresaw; sysexits calls it EX_SOFTWARE."""


class Misuse(Exception):
    """The command was asked for something that cannot be done; the message says what to do."""


def explain(error: Exception | str, code: int = MISUSE) -> int:
    """Write one line to stderr and return the exit code."""
    if isinstance(error, str):
        line = error
    elif hasattr(error, "format_message"):  # click's own, which typer may bring under another name
        command = getattr(getattr(error, "ctx", None), "command_path", "guerdon")
        line = f"{str(error.format_message()).rstrip('.')}; `{command} --help` shows what there is"
    elif isinstance(error, OSError) and error.filename is not None:
        line = f"{error.filename}: {error.strerror}"
    elif _foreseen(error):
        line = str(error)
    else:
        code = BUG
        line = f"{type(error).__name__}: {error}. This is a bug in guerdon: please report it with what --debug prints"
    sys.stderr.write(f"error: {without_home(' '.join(line.split()))}\n")
    return code


def _foreseen(error: Exception) -> bool:
    """Whether the message was written for the user."""
    from guerdon.bench.items import BenchError
    from guerdon.load import LoadError
    from guerdon.media import MediaError
    from guerdon.scores import ContractError
    from guerdon.spec import SpecError
    from guerdon.store import StoreError

    known = (
        Misuse,
        BenchError,
        LoadError,
        MediaError,
        ContractError,
        SpecError,
        StoreError,
        OSError,
        ModuleNotFoundError,
    )
    return isinstance(error, known)


def without_home(line: str) -> str:
    """Paths as the user would write them."""
    from pathlib import Path

    return line.replace(f"{Path.cwd()}/", "").replace(str(Path.home()), "~")
