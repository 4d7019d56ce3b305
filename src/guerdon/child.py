"""What runs inside a worker's process: its main loop, its limits, and the caller's main script.

A main script needs no `if __name__ == "__main__"` guard: it is loaded only if something defined in
it is asked for, and only down to where it would itself start workers.
"""

from __future__ import annotations

import fcntl
import importlib
import os
import pickle
import resource
import select
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.machinery import SourceFileLoader
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

OUT_OF_MEMORY = 86
"""Exit code of a process whose work ran out of memory."""


def serve(fd: int, life: int) -> None:
    """The main loop: answer the calls that come over the socket `fd` until the caller is gone."""
    channel = Connection(fd)
    _die_with(life)
    os.register_at_fork(after_in_child=channel.close)  # so that no process but this one can answer
    os.dup2(2, 1)
    try:
        while True:
            for reply in _replies(channel.recv_bytes()):
                channel.send_bytes(reply)
    except (EOFError, OSError):
        os._exit(0)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except SystemExit as error:
        os._exit(error.code if isinstance(error.code, int) else error.code is not None)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _replies(message: bytes) -> Iterator[bytes]:
    """One reply when all is imported, which starts the clock, then one a call, up to the first exception."""
    try:
        with _loading_code():
            fn, calls = pickle.loads(message)
        _Limit.apply()
        yield pickle.dumps((True, None))
        for args in calls:
            yield pickle.dumps((True, fn(*args)), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        raise
    except StartsWorkers as error:
        yield pickle.dumps((False, RuntimeError(str(error))))
    except Exception as error:
        yield pickle.dumps((False, _portable(error)))


def _portable(error: Exception) -> Exception:
    """The exception with its traceback as a note, or a plain one if it cannot be sent."""
    note = "In the worker:\n" + "".join(traceback.format_exception(error)).rstrip()
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note(note)
    return error


# -- limits ------------------------------------------------------------------------------------------


class _Limit:
    """The memory limit that the first work brings into force."""

    memory_bytes: int | None = None

    @classmethod
    def apply(cls) -> None:
        if cls.memory_bytes is None:
            return
        statm = Path("/proc/self/statm")
        held = int(statm.read_text().split()[5]) * resource.getpagesize() if statm.exists() else 0
        # RLIMIT_DATA, not RLIMIT_AS: CUDA, Arrow and others reserve far more addresses than they ever use.
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        soft = held + cls.memory_bytes
        resource.setrlimit(resource.RLIMIT_DATA, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
        cls.memory_bytes = None


def _die_with(life: int) -> None:
    """End this process when the other end of the pipe `life` is closed, whatever it is doing."""
    if hasattr(fcntl, "F_SETSIG"):  # the kernel does it, even while C code holds the interpreter lock
        fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(life, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(life, fcntl.F_SETFL, os.O_ASYNC)
        if select.select([life], [], [], 0)[0]:
            os._exit(0)
    else:
        threading.Thread(target=lambda: os._exit(len(os.read(life, 1))), daemon=True).start()


# -- the caller's code -------------------------------------------------------------------------------


class Origin(NamedTuple):
    """Where a process's code comes from."""

    path: list[str]
    """Its sys.path."""
    argv: list[str]
    """Its sys.argv."""
    file: str | None
    """Its main script; None in an interactive session."""
    package: str | None
    """The package of its main script, if it was run with -m."""


class StartsWorkers(BaseException):
    """Code that a worker is loading would start workers, and so load itself again without end."""


_loading = False


def refuse_while_loading() -> None:
    """Raise StartsWorkers if this process is a worker that is loading what it was sent."""
    if _loading:
        raise StartsWorkers('this code starts workers when it is imported: put that under `if __name__ == "__main__":`')


@contextmanager
def _loading_code() -> Iterator[None]:
    global _loading
    before, _loading = _loading, True
    try:
        yield
    finally:
        _loading = before


def origin() -> Origin:
    """That of this process."""
    main = sys.modules["__main__"]
    file = getattr(main, "__file__", None)
    path = [str(p) for p in sys.path]
    return Origin(path, sys.argv, file and os.path.abspath(file), getattr(main, "__package__", None))


def prepare(origin: Origin, memory_bytes: int | None, preload: tuple[str, ...]) -> None:
    """The first call of every worker."""
    adopt(origin)
    for module in preload:
        importlib.import_module(module)
    _Limit.memory_bytes = memory_bytes


def adopt(origin: Origin) -> None:
    """Make another process's code importable here, its main script included (as `__main__`)."""
    sys.path += [p for p in origin.path if p not in sys.path]
    sys.argv = origin.argv
    main = ModuleType("__main__")
    main.__file__, main.__package__ = origin.file, origin.package
    main.__dict__["__getattr__"] = lambda name: _from_script(origin, name)
    sys.modules["__main__"] = sys.modules["__mp_main__"] = main


def _from_script(origin: Origin, name: str) -> Any:
    """Run the main script, as `__mp_main__` like multiprocessing does, to get at a name in it."""
    if origin.file is None or name.startswith("__"):
        raise AttributeError(name)
    module = ModuleType("__mp_main__")
    module.__file__, module.__package__ = origin.file, origin.package
    sys.modules["__main__"] = sys.modules["__mp_main__"] = module
    with suppress(SystemExit), _loading_code():
        try:
            SourceFileLoader("__mp_main__", origin.file).exec_module(module)
        except StartsWorkers:
            if name not in vars(module):
                raise
    return getattr(module, name)
