"""Ten thousand requests at once, and requests that a machine makes up."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

REQUESTS, CLIENTS = 10_000, 200
CROSS_FIELD = """
# That lists have one length, and a query holds its prompt, is beyond what a schema can say.
[[operations]]
include-path = ["/get_reward", "/score"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "422"]
"""


class Client:
    """One connection that asks one thing after another, and counts every byte that comes back."""

    def __init__(self, host: str, port: int):
        self.place = host, port

    async def __aenter__(self) -> Client:
        self.reader, self.writer = await asyncio.open_connection(*self.place)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def score(self, value: int) -> tuple[int, bytes]:
        """(status, body)."""
        body = b'{"samples": [{"value": %d, "id": "r%d"}]}' % (value, value)
        head = b"POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self.writer.write(head % len(body) + body)
        lines = (await self.reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
        length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
        return int(lines[0].split()[1]), await self.reader.readexactly(length)


async def load(served: Any, answers: dict[int, tuple[int, bytes]], disturb: Any) -> None:
    """All requests, shared out to the clients; `disturb` runs beside them."""
    waiting = iter(range(REQUESTS))

    async def work() -> None:
        async with Client(served.host, served.port) as client:
            for value in waiting:
                answers[value] = await client.score(value)
            assert not client.reader._buffer, "an answer nobody asked for"  # type: ignore[attr-defined]

    await asyncio.gather(*(work() for _ in range(CLIENTS)), disturb())


@pytest.mark.slow
async def test_ten_thousand_requests_survive_two_killed_workers(serve: Any) -> None:
    served = serve("batched", "--workers", "2", "--batch", "8")  # small batches keep both workers busy
    first = served.workers()
    answers: dict[int, tuple[int, bytes]] = {}
    killed: list[int] = []

    async def kill() -> None:
        for share in (0.2, 0.6):
            while len(answers) < share * REQUESTS:
                await asyncio.sleep(0.01)
            victim = next(pid for pid in served.workers() if pid not in killed)
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    async with asyncio.timeout(240):
        await load(served, answers, kill)
    assert len(set(killed)) == 2
    assert len(first) == 2
    assert Counter(status for status, _ in answers.values()) == {200: REQUESTS}
    wrong = [v for v, (_, body) in answers.items() if b'"keys": ["r%d"], "values": [%d.0]' % (v, v) not in body]
    assert wrong == []  # each got its own answer, with a value
    assert served.metric("guerdon_samples_total") == REQUESTS  # and each was answered once
    assert served.metric("guerdon_lost_workers_total") >= 1  # one that is killed while idle is replaced unseen
    assert served.metric("guerdon_waiting_samples") == 0


@pytest.mark.slow
def test_a_machine_that_makes_up_requests_finds_nothing(serve: Any, tmp_path: Path) -> None:
    served = serve("0.5*length.chars + 0.5*format.tags", "--unscored", "0")
    (tmp_path / "schemathesis.toml").write_text(CROSS_FIELD)
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{served.url}/openapi.json"]
    done = subprocess.run(
        [*command, "--checks", "all", "--max-examples", "40", "--max-time", "60", "--no-color"],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "9 selected / 9 total" in done.stdout
    assert served.ask("GET", "/health").status == 200
