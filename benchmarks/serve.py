"""What micro-batching brings the service, and what HTTP costs it. Takes about half a minute, and wants two idle cores.

The service runs in a process of its own and so does its worker; the requests come from here, over loopback, from
as many connections as are said to ask at once.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from guerdon import reward

FIXED = 0.005
REQUESTS, AT_ONCE = 2000, 64
HEAD = "{} {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"


@reward("bench.fixed", range=(0, None), batched=True)
def fixed(response: Sequence[str]) -> list[float]:
    """As a model: 5 ms a call, however many rows."""
    time.sleep(FIXED)
    return [float(len(r)) for r in response]


@contextmanager
def serving(spec: str, *options: str) -> Iterator[int]:
    """The port of a running service."""
    command = [str(Path(sys.executable).with_name("guerdon")), "serve", "--reward", spec, "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            yield int(process.stderr.readline().rpartition(":")[2])
        finally:
            process.terminate()


async def seconds_each(port: int, method: str, path: str, body: str = "", n: int = REQUESTS) -> float:
    """Wall time of n requests, by n."""
    request = (HEAD.format(method, path, len(body)) + body).encode()
    waiting = iter(range(n))

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in waiting:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            assert head.startswith(b"http/1.1 200 "), head
            await reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(AT_ONCE)))
    return (time.perf_counter() - start) / n


def asked(spec: str, *options: str, repeat: int = 3, n: int = REQUESTS) -> float:
    """Best seconds a request for a score."""
    body = '{"samples": [{"response": "Two cats."}]}'
    with serving(spec, *options) as port:
        return min(asyncio.run(seconds_each(port, "POST", "/v1/score", body, n)) for _ in range(repeat))


def main() -> int:
    """Print the table; returns 1 if a goal was missed."""
    from _table import Figure, show  # not where the service loads this file for its reward

    mine = f"{__file__}:fixed"
    with serving("length.chars") as port:
        alive = min(asyncio.run(seconds_each(port, "GET", "/health")) for _ in range(3))
    what = f"a request of {AT_ONCE} at once"
    single = asked(mine, "--batch", "1", repeat=1, n=600)
    figures = [
        Figure(f"{what}, reward of 5 ms a call", asked(mine), "--batch 1", single, goal=4, floor=FIXED / AT_ONCE),
        Figure(f"{what}, reward of 1 µs", asked("length.chars"), "no score: GET /health", alive),
    ]
    return show("guerdon serve, one worker", figures)


if __name__ == "__main__":
    sys.exit(main())
