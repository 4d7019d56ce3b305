"""`guerdon serve` where it cannot serve; tests/serve has the rest."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--unscored", "zero"], "--unscored is a number, none or raise, not 'zero'"),
        (["--unscored", "inf"], "--unscored is a number, none or raise, not 'inf'"),
        (["--max-samples", "10", "--max-waiting", "5"], "a request of 10 samples could never be accepted: 5 may wait"),
        (["--port", "70000"], "Invalid value for '--port'"),
        (["--dialect", "soap"], "Invalid value for '--dialect'"),
        (["--reward", "no.such"], "there is no reward 'no.such'"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(run: Any, options: list[str], message: str) -> None:
    done = run("serve", "--reward", "length.chars", *options)
    assert done.code == 2
    assert message in done.err
    assert done.err.count("\n") == 1


def test_a_reward_that_cannot_be_sent_is_refused_before_anything_is_served(run: Any, write: Any) -> None:
    write(
        "mine.py",
        "from guerdon import reward",
        "def make():",
        "    @reward('mine.local')",
        "    def local(response: str) -> float:",
        "        return 1.0",
        "    return local()",
        "local = make()",
    )
    done = run("serve", "--reward", "mine.py:local")
    assert done.code == 2
    assert "cannot be sent to another process" in done.err


def test_a_missing_extra_says_what_to_install() -> None:
    code = "import sys; sys.modules['uvicorn'] = None; from guerdon.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--reward", "length.chars"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr == "error: uvicorn is not installed: pip install 'guerdon[serve]'\n"
