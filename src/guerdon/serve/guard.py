"""What stands before the dialects: who may ask, and how large and how slow a request may be."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from time import perf_counter
from typing import Any

from guerdon.serve.limits import Limits, Refused
from guerdon.serve.metrics import Metrics

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN = ("/health", "/ready")
"""Paths that need no token."""


class Guard:
    """ASGI middleware that reads a request's body, whole and in bounds, before anything else sees it."""

    def __init__(self, app: App, *, limits: Limits, metrics: Metrics, token: str | None, paths: frozenset[str]):
        self._app, self._limits, self._metrics, self._paths = app, limits, metrics, paths
        self._token = None if token is None else token.encode()
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = _Seen(send)
        body = bytearray()
        start = perf_counter()
        try:
            self._authorise(scope)
            await self._read(scope, receive, body)
            await self._app(scope, _replay(bytes(body), receive), seen.send)
        except Refused as refused:
            await _refuse(refused, seen.send)
        except ConnectionError:  # gone before it had said what it wants
            return
        finally:
            self._held -= len(body)
        path = scope["path"] if scope["path"] in self._paths else "other"
        self._metrics.request(path, seen.code, perf_counter() - start)

    def _authorise(self, scope: Scope) -> None:
        if self._token is None or scope["path"] in OPEN:
            return
        scheme, _, given = _header(scope, b"authorization").partition(b" ")
        if scheme.lower() != b"bearer" or not hmac.compare_digest(given.strip(), self._token):
            raise Refused(401, "this service needs its token: Authorization: Bearer …")

    async def _read(self, scope: Scope, receive: Receive, body: bytearray) -> None:
        announced = _header(scope, b"content-length")
        self._check(int(announced[:19]) if announced.isdigit() else 0)
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ConnectionError
                    chunk = message.get("body", b"")
                    self._held += len(chunk)
                    body += chunk
                    self._check(len(body))
                    more = message.get("more_body", False)
        except TimeoutError:
            raise Refused(408, f"the body took longer than {self._limits.body_seconds:g} s") from None
        if body.count(b",") > self._limits.body_values:
            raise Refused(413, f"at most {self._limits.body_values} values are taken in one request")

    def _check(self, size: int) -> None:
        if size > self._limits.body_bytes:
            raise Refused(413, f"at most {self._limits.body_bytes} bytes are taken in one request")
        if self._held > self._limits.held_bytes:
            raise Refused(429, "too much is being read and scored already: try again later", retry_after=1)


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


class _Seen:
    """Passes an answer on, and remembers its status."""

    def __init__(self, send: Send):
        self._send = send
        self.code = 500

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.code = message["status"]
        await self._send(message)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the whole body at once."""
    parts = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return parts.pop() if parts else await receive()

    return replay


async def _refuse(refused: Refused, send: Send) -> None:
    # The rest of the body, which may never end, is not waited for: the connection goes with the answer.
    headers = {"Content-Type": "application/json", "Connection": "close", **refused.headers}
    content = json.dumps({"detail": refused.detail}).encode()
    headers["Content-Length"] = str(len(content))
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": refused.status, "headers": pairs})
    await send({"type": "http.response.body", "body": content})
