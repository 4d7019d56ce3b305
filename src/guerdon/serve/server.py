"""The service on a socket: uvicorn, with a limit to how long and how large a request's head may be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from guerdon.serve.limits import Limits

GRACE_SECONDS = 600
"""How long what was accepted may take to finish after SIGTERM."""


def run(app: FastAPI, host: str, port: int, limits: Limits, started: Callable[[str, int], object]) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was accepted. `started` is told the address, once it listens."""
    config = uvicorn.Config(
        app, host, port, http=_protocol(limits), ws="none", log_level="warning", access_log=False,
        server_header=False, timeout_graceful_shutdown=GRACE_SECONDS,
    )  # fmt: skip
    _Server(config, started).run()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[str, int], object]):
        super().__init__(config)
        self._started = started

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._started(*self.servers[0].sockets[0].getsockname()[:2])


def _protocol(limits: Limits) -> type[asyncio.Protocol]:
    """uvicorn's protocol, but a head that is late or large ends the connection; by itself it would wait for ever."""

    class Bounded(HttpToolsProtocol):
        _timer: asyncio.TimerHandle | None = None
        _head = 0

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._expect()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._expect()

        def on_headers_complete(self) -> None:
            self._settle()
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._settle()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self._timer is not None:
                self._head += len(data)
                if self._head > limits.head_bytes:
                    self.transport.close()

        def _expect(self) -> None:
            self._settle()
            self._timer = self.loop.call_later(limits.head_seconds, self.transport.close)

        def _settle(self) -> None:
            self._head = 0
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    return Bounded
