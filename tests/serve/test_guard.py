"""What stands before the dialects, with a stand-in for them and for the server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any

from guerdon.serve.guard import Guard, Message, Receive, Scope, Send
from guerdon.serve.limits import Limits
from guerdon.serve.metrics import Metrics


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the length of the body."""
    message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(len(message["body"])).encode()})


def guard(token: str | None = None, **limits: Any) -> Guard:
    return Guard(app, limits=Limits(**limits), metrics=Metrics(), token=token, paths=frozenset(["/x"]))


async def ask(
    guard: Guard, chunks: Iterable[bytes] = (b"",), path: str = "/x", pause: float = 0.0, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """(status, headers, body) of a request whose body comes in chunks."""
    pending = list(chunks)
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(pause)
        if not pending:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": pending.pop(0), "more_body": bool(pending)}

    async def send(message: Message) -> None:
        sent.append(message)

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await guard({"type": "http", "path": path, "headers": pairs}, receive, send)
    if not sent:
        return 0, {}, b""
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}, sent[1]["body"]


async def test_a_body_in_pieces_arrives_whole() -> None:
    assert (await ask(guard(), [b"a" * 10, b"b" * 5]))[::2] == (200, b"15")


async def test_a_body_announced_too_large_is_not_read() -> None:
    status, headers, body = await ask(guard(body_bytes=10), [], content_length="11")
    assert (status, headers["connection"]) == (413, "close")
    assert json.loads(body) == {"detail": "at most 10 bytes are taken in one request"}


async def test_nor_is_one_that_grows_too_large() -> None:
    assert (await ask(guard(body_bytes=10), [b"a" * 6, b"a" * 6, b"never read"]))[0] == 413


async def test_a_body_of_very_many_values_is_refused_before_it_is_parsed() -> None:
    status, _, body = await ask(guard(body_values=3), [b"[1,2,3,4,5]"])
    assert (status, json.loads(body)["detail"]) == (413, "at most 3 values are taken in one request")
    assert (await ask(guard(body_values=3), [b"[1,2,3,4]"]))[0] == 200


async def test_a_length_that_is_no_number_is_the_servers_business() -> None:
    assert (await ask(guard(), content_length="9" * 5000))[0] == 413
    assert (await ask(guard(), content_length="-5"))[0] == 200


async def test_a_slow_body_is_given_up() -> None:
    status, _, body = await ask(guard(body_seconds=0.1), [b"a"] * 100, pause=0.02)
    assert (status, json.loads(body)["detail"]) == (408, "the body took longer than 0.1 s")


async def test_all_bodies_together_have_a_limit_and_it_is_given_back() -> None:
    made = guard(held_bytes=100)
    slow = [asyncio.create_task(ask(made, [b"a" * 60, b""], pause=0.1)) for _ in range(2)]
    statuses = sorted([(await task)[0] for task in slow])
    assert statuses == [200, 429]
    status, headers, _ = await ask(made, [b"a" * 101])
    assert (status, headers["retry-after"]) == (429, "1")
    assert (await ask(made, [b"a" * 100]))[0] == 200  # nothing is held any more


async def test_who_hangs_up_gets_nothing_and_keeps_nothing() -> None:
    made = guard(held_bytes=100)
    assert await ask(made, []) == (0, {}, b"")
    assert (await ask(made, [b"a" * 100]))[0] == 200


async def test_the_token_is_asked_for() -> None:
    made = guard("secret")
    for given in ("", "Bearer", "Bearer wrong", "Bearer secret2", "Basic secret", "secret"):
        status, headers, body = await ask(made, authorization=given)
        assert (status, headers["www-authenticate"]) == (401, "Bearer")
        assert b"secret" not in body
    assert (await ask(made))[0] == 401
    for given in ("Bearer secret", "bearer  secret "):
        assert (await ask(made, authorization=given))[0] == 200


async def test_whether_it_lives_is_no_secret() -> None:
    assert [(await ask(guard("secret"), path=path))[0] for path in ("/health", "/ready", "/metrics")] == [200, 200, 401]
