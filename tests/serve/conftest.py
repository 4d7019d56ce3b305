"""A service in a process of its own, and a plain client for it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

REWARDS = Path(__file__).with_name("rewards.py")


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Served:
    """A running `guerdon serve`."""

    def __init__(self, process: subprocess.Popen[str]):
        self.process = process
        self.said = process.stderr.readline() if process.stderr else ""
        if "http://" not in self.said:
            rest = process.communicate(timeout=10)[1]
            raise RuntimeError(f"it does not serve: {self.said}{rest}")
        self.host, port = self.said.strip().rpartition("http://")[2].split(":")
        self.port = int(port)
        self.log: list[str] = []
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        assert self.process.stderr
        self.log.extend(self.process.stderr)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One request on a connection of its own; a body that is not bytes is sent as JSON."""
        link = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            link.request(method, path, content, {"Content-Type": "application/json", **headers})
            reply = link.getresponse()
            return Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        finally:
            link.close()

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self.ask("POST", path, body, **headers)

    def score(self, *samples: dict[str, Any]) -> Any:
        """The answer to /v1/score."""
        answer = self.post("/v1/score", {"samples": list(samples)})
        assert answer.status == 200, answer
        return answer.json

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels."""
        lines = self.ask("GET", "/metrics").body.decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))

    def workers(self) -> list[int]:
        """Process ids of the workers."""
        lists = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return sorted(int(pid) for found in lists for pid in found.read_text().split())

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@contextmanager
def serving(reward: str, *options: str, **variables: str) -> Iterator[Served]:
    """`guerdon serve` on a free port of this machine."""
    spec = reward if "." in reward else f"{REWARDS}:{reward}"
    command = [str(Path(sys.executable).with_name("guerdon")), "serve", "--reward", spec, "--port", "0", *options]
    env = {**os.environ, **variables}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env, start_new_session=True) as process:
        try:
            yield Served(process)
        finally:
            process.kill()


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[..., Served]]:
    """`serve("echo", "--workers", "2")` gives a Served that ends with the module's tests."""
    with ExitStack() as stack:
        yield lambda reward, *options, **variables: stack.enter_context(serving(reward, *options, **variables))
