"""The whole service: its life, its limits, and what one client can do to another."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest


@pytest.fixture(scope="module")
def echo(serve: Any) -> Any:
    return serve("echo", "--max-body", "0.1", "--seconds", "5")


def connect(served: Any) -> socket.socket:
    return socket.create_connection((served.host, served.port), timeout=30)


def test_it_says_how_it_is(echo: Any) -> None:
    assert echo.ask("GET", "/health").json == {"status": "alive", "reward": "serve.echo"}
    assert echo.ask("GET", "/ready").json == {"status": "ready", "reward": "serve.echo"}


def test_prometheus_is_told_what_was_done(echo: Any) -> None:
    before = {name: echo.metric(name) for name in ("guerdon_samples_total", "guerdon_lost_workers_total")}
    echo.score({"value": 1}, {"value": 2})
    echo.score({"value": 1, "mood": "dies"})
    assert echo.metric("guerdon_samples_total") == before["guerdon_samples_total"] + 3
    assert echo.metric("guerdon_lost_workers_total") == before["guerdon_lost_workers_total"] + 2
    assert echo.metric("guerdon_waiting_samples") == 0
    text = echo.ask("GET", "/metrics").body.decode()
    assert 'guerdon_requests_total{code="200",path="/v1/score"}' in text
    echo.ask("GET", "/made/up")
    assert "made" not in echo.ask("GET", "/metrics").body.decode()


def test_a_huge_body_is_refused_and_the_next_request_is_answered(echo: Any) -> None:
    with connect(echo) as link:
        link.sendall(b"POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
        assert link.recv(100).startswith(b"HTTP/1.1 413 ")
    with connect(echo) as link:
        link.sendall(b"POST /v1/score HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        with pytest.raises((BrokenPipeError, ConnectionResetError)):  # noqa: PT012 - it hangs up in the middle
            for _ in range(10_000):
                link.sendall(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
    assert echo.score({"value": 4})["values"] == [4]


def test_an_endless_head_ends_the_connection(echo: Any) -> None:
    with connect(echo) as link, pytest.raises((BrokenPipeError, ConnectionResetError)):  # noqa: PT012
        link.sendall(b"GET /health HTTP/1.1\r\n")
        for _ in range(100_000):
            link.sendall(b"X-Header: " + b"x" * 1000 + b"\r\n")
    assert echo.score({"value": 4})["values"] == [4]


def test_noise_is_answered_with_400(echo: Any) -> None:
    with connect(echo) as link:
        link.sendall(b"\x16\x03\x01\x00 this is not HTTP\r\n\r\n")
        assert link.recv(100).startswith(b"HTTP/1.1 400 ")
    assert echo.score({"value": 4})["values"] == [4]


@pytest.mark.slow
def test_slow_requests_harm_nobody_and_are_ended(echo: Any) -> None:
    slow = [connect(echo) for _ in range(100)]
    for link in slow[:50]:
        link.sendall(b"POST /v1/score HTTP/1.1\r\nHost: ")  # and never says which
    for link in slow[50:]:
        link.sendall(b"POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
    start = time.perf_counter()
    for i in range(100):
        assert echo.score({"value": i})["values"] == [i]
    assert time.perf_counter() - start < 10
    heads = [link.recv(100) for link in slow[:50]]
    assert set(heads) == {b""}  # after 10 s
    bodies = {link.recv(100)[:12] for link in slow[50:]}
    assert bodies == {b"HTTP/1.1 408"}  # after 30 s
    for link in slow:
        link.close()


def test_a_poison_request_fails_alone(echo: Any) -> None:
    moods = ["", "dies", "", "fails", "", "lies", ""]
    with ThreadPoolExecutor(len(moods)) as pool:
        answers = [
            pool.submit(echo.post, "/v1/score", {"samples": [{"value": i, "mood": mood}]})
            for i, mood in enumerate(moods)
        ]
        found = [answer.result() for answer in answers]
    assert [found[i].json["values"] for i in (0, 2, 4, 6)] == [[0], [2], [4], [6]]
    assert found[1].json["reasons"] == ["the process exited with code 9"]
    assert found[3].json["status"] == ["FAILED"]
    assert (found[5].status, "must return a number" in found[5].json["detail"]) == (422, True)


def test_a_worker_killed_from_outside_loses_nothing(serve: Any) -> None:
    served = serve("echo")
    (worker,) = served.workers()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(served.score, {"value": 3, "mood": "slow"})
        time.sleep(0.25)
        os.kill(worker, signal.SIGKILL)
        assert answer.result()["values"] == [3]
    assert served.workers() != [worker]


def test_too_much_is_answered_with_429_and_the_rest_is_scored(serve: Any) -> None:
    served = serve("slow", "--max-waiting", "8", "--max-samples", "4", "--batch", "2")
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda i: served.post("/v1/score", {"samples": [{"value": 1}] * 4}), range(24)))
    refused = [answer for answer in answers if answer.status == 429]
    scored = [answer for answer in answers if answer.status == 200]
    assert len(refused) + len(scored) == 24
    assert len(refused) >= 12  # 2 requests fit at a time, and each takes 80 ms
    assert len(scored) >= 2
    assert all(answer.json["values"] == [1] * 4 for answer in scored)
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in refused)
    assert served.metric("guerdon_waiting_samples") == 0
    assert served.score({"value": 1})["values"] == [1]


def test_sigterm_finishes_what_was_accepted_and_takes_no_more(serve: Any) -> None:
    served = serve("echo", "--batch", "1")
    with ThreadPoolExecutor(4) as pool:
        accepted = [pool.submit(served.score, {"value": i, "mood": "slow"}) for i in range(4)]
        time.sleep(0.3)
        workers = served.workers()
        stopping = pool.submit(served.stop)
        assert [answer.result()["values"] for answer in accepted] == [[i] for i in range(4)]
        assert stopping.result() == -signal.SIGTERM
    with pytest.raises(ConnectionRefusedError):
        connect(served)
    assert not [pid for pid in workers if os.path.exists(f"/proc/{pid}")]


def test_the_token_is_asked_for_and_never_written(serve: Any) -> None:
    served = serve("echo", GUERDON_TOKEN="s3cret")
    rows = {"samples": [{"value": 1}]}
    assert served.post("/v1/score", rows).status == 401
    assert served.post("/v1/score", rows, Authorization="Bearer other").status == 401
    assert served.post("/v1/score", rows, Authorization="Bearer s3cret").json["values"] == [1]
    assert [served.ask("GET", path).status for path in ("/health", "/ready", "/metrics", "/openapi.json")] == [
        200, 200, 401, 401,
    ]  # fmt: skip
    served.stop()
    assert "s3cret" not in served.said + "".join(served.log)


def test_two_listeners_on_one_port_are_told_apart(echo: Any, serve: Any) -> None:
    with pytest.raises(RuntimeError, match="address already in use"):
        serve("echo", "--port", str(echo.port))


def test_requests_on_one_connection_are_answered_in_order(echo: Any) -> None:
    body = b'{"samples": [{"value": %d}]}'
    with connect(echo) as link:
        for i in range(3):
            one = body % i
            head = b"POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            link.sendall(head % len(one) + one)
        got = b""
        while got.count(b'"values": ') < 6:
            got += link.recv(65536)
    assert [got.count(b'"values": [%d.0]' % i) for i in range(3)] == [2, 2, 2]


def test_many_clients_get_their_own_answers(echo: Any) -> None:
    barrier = threading.Barrier(16)

    def client(k: int) -> list[Any]:
        barrier.wait()
        return [echo.score({"value": 100 * k + i})["values"] for i in range(10)]

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(client, range(16)))
    assert found == [[[100 * k + i] for i in range(10)] for k in range(16)]
