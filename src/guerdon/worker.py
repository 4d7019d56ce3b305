"""Warm subprocesses with a deadline: for work that may hang, exit, crash or eat all memory.

A `Worker` is one Python process that stays ready between calls. Whatever its work does, the worst
that can happen to the caller is `WorkerTimeout` or `WorkerDied`; the process is then killed and the
next call starts a fresh one. Nothing here uses signals in the caller, so it works from threads and
servers, and in scripts without a `__main__` guard (see `child.py` for what runs in the process).

POSIX only. Process and caller talk over a socket of their own, so what the work prints cannot
corrupt anything: its standard output goes where standard error goes, its standard input is empty.
This guards against accidents, not malice: results are unpickled, so run only code that you trust.
"""

from __future__ import annotations

import math
import os
import pickle
import queue
import select
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Pipe
from typing import Any, Self, TypeVar

from guerdon import child

T = TypeVar("T")
START_SECONDS = 120.0
"""How long a process may take to start, and to import what a call needs, before any work begins."""


class WorkerTimeout(Exception):
    """The work took longer than it was given; its process has been killed."""

    done: Sequence[Any] = ()
    """Results of the calls before the culprit."""
    begun = True
    """False where it was still importing and reading what it was sent."""


class WorkerDied(Exception):
    """The process ended in the middle of the work; the message says how."""

    done: Sequence[Any] = ()
    """Results of the calls before the culprit."""
    begun = True
    """False where it was still importing and reading what it was sent."""


class Worker:
    """One warm process. Calls from several threads take turns; a `Pool` has more than one.

    `memory_bytes` is what the work may allocate on top of what the process holds when its first work
    begins. `preload` names modules to import at the start.

    >>> with Worker() as worker:
    ...     worker.call(divmod, 17, 5, seconds=10)
    (3, 2)
    """

    def __init__(self, memory_bytes: int | None = None, preload: Iterable[str] = ()):
        self._memory_bytes, self._preload = memory_bytes, tuple(preload)
        self._lock, self._owner = threading.Lock(), os.getpid()
        self._process: _Process | None = None
        self._closed = False

    def call(self, fn: Callable[..., T], *args: Any, seconds: float | None = None) -> T:
        """`fn(*args)` in the process. Function, arguments and result must pickle.

        `seconds` counts from the start of the work, not of the process. Raises what `fn` raises, or
        WorkerTimeout, or WorkerDied.
        """
        return self.each(fn, [args], seconds=seconds)[0]

    def each(self, fn: Callable[..., T], calls: Sequence[tuple[Any, ...]], seconds: float | None = None) -> list[T]:
        """`fn(*args)` for the args in `calls`, one after another, with `seconds` for each.

        WorkerTimeout and WorkerDied keep the results before the culprit in `done`.
        """
        message = pickle.dumps((fn, calls), pickle.HIGHEST_PROTOCOL)
        if os.getpid() != self._owner:  # after a fork, process and lock belong to the other side
            self._lock, self._owner, self._process = threading.Lock(), os.getpid(), None
        with self._lock:
            try:
                return self._running().run(message, len(calls), seconds)
            except WorkerDied as error:
                if error.begun:
                    raise
            return self._running().run(message, len(calls), seconds)  # it may have been killed while idle

    def _running(self) -> _Process:
        if self._process is None or self._process.ended:
            self._process = _Process(self._memory_bytes, self._preload)
        if self._closed:
            self._process.kill()
            raise RuntimeError("the worker has been closed")
        return self._process

    def close(self) -> None:
        """Kill the process for good: a call under way in another thread raises WorkerDied, later ones RuntimeError."""
        self._closed = True
        if self._process is not None and os.getpid() == self._owner:
            self._process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Pool:
    """Up to `n` warm workers for any number of threads; each is lent to one at a time."""

    def __init__(self, n: int, memory_bytes: int | None = None, preload: Iterable[str] = ()):
        preload = tuple(preload)
        self._workers = [Worker(memory_bytes, preload) for _ in range(n)]
        self._free: queue.LifoQueue[Worker] = queue.LifoQueue()  # the warmest first
        for worker in self._workers:
            self._free.put(worker)

    @contextmanager
    def worker(self) -> Iterator[Worker]:
        """Borrow a worker, waiting for a free one."""
        worker = self._free.get()
        try:
            yield worker
        finally:
            self._free.put(worker)

    def call(self, fn: Callable[..., T], *args: Any, seconds: float | None = None) -> T:
        """As `Worker.call`, on the first worker that is free."""
        with self.worker() as worker:
            return worker.call(fn, *args, seconds=seconds)

    def close(self) -> None:
        """Kill all processes for good."""
        for worker in self._workers:
            worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Process:
    """A running child and the socket to it."""

    def __init__(self, memory_bytes: int | None, preload: tuple[str, ...]):
        child.refuse_while_loading()
        self._limit = memory_bytes
        self._channel, theirs = Pipe()
        life, mine = os.pipe()  # the child dies when the last copy of `mine` is closed
        serve = f"serve({theirs.fileno()}, {life})"
        code = f"import sys; sys.path[:] = {child.origin().path!r}; from guerdon.child import serve; {serve}"
        try:
            self._popen = subprocess.Popen(
                [sys.executable, "-u", "-c", code], stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(), life), start_new_session=True,
            )  # fmt: skip
            weakref.finalize(self, _end, self._popen, mine, os.getpid())
        finally:
            theirs.close()
            os.close(life)
        self._poll = select.poll()
        self._poll.register(self._channel, select.POLLIN)
        prepare = pickle.dumps((child.prepare, [(child.origin(), memory_bytes, preload)]))
        try:
            self.run(prepare, 1, START_SECONDS)
        except (WorkerTimeout, WorkerDied) as error:
            raise RuntimeError(f"a worker process cannot start: {error}") from None

    def run(self, message: bytes, n: int, seconds: float | None) -> list[Any]:
        """Send a message; returns its n results."""
        done: list[Any] = []
        intact = False
        try:
            self._send(message)
            for limit in [None if seconds is None else START_SECONDS, *[seconds] * n]:
                ok, value = self._receive(limit)
                if not ok:
                    intact = True
                    raise value
                done.append(value)
            intact = True
        except (WorkerTimeout, WorkerDied) as error:
            error.done, error.begun = done[1:], bool(done)
            raise
        finally:
            if not intact:
                self.kill()
        return done[1:]

    @property
    def ended(self) -> bool:
        return self._popen.poll() is not None

    def kill(self) -> None:
        _kill(self._popen)

    def _send(self, message: bytes) -> None:
        try:
            self._channel.send_bytes(message)
        except OSError:
            raise WorkerDied(self._obituary()) from None

    def _receive(self, seconds: float | None) -> Any:
        if not self._poll.poll(None if seconds is None else math.ceil(seconds * 1000)):
            raise WorkerTimeout(f"took longer than {seconds:g} s; its process was killed")
        try:
            reply = self._channel.recv_bytes()
        except (EOFError, OSError):
            raise WorkerDied(self._obituary()) from None
        return pickle.loads(reply)

    def _obituary(self) -> str:
        try:
            code = self._popen.wait(1)
        except subprocess.TimeoutExpired:
            return "the work closed its process's connection"
        limit = "" if self._limit is None else f" (its memory limit was {self._limit / 2**20:.0f} MiB)"
        if code == child.OUT_OF_MEMORY:
            return f"the process ran out of memory{limit}"
        if code >= 0:
            return f"the process exited with code {code}"
        hint = ", most likely by the system for want of memory" if code == -signal.SIGKILL else ""
        return f"the process was killed by signal {-code} ({signal.strsignal(-code)}){hint}{limit}"


def _kill(popen: subprocess.Popen[bytes]) -> None:
    if popen.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(popen.pid, signal.SIGKILL)  # its session: what it started dies with it
        popen.wait()


def _end(popen: subprocess.Popen[bytes], life: int, owner: int) -> None:
    if os.getpid() == owner:
        _kill(popen)
    os.close(life)
