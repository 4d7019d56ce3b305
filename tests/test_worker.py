"""Warm subprocesses with a deadline."""

from __future__ import annotations

import ctypes
import importlib
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from guerdon.worker import Pool, Worker, WorkerDied, WorkerTimeout

MIB = 2**20


@pytest.fixture(scope="module")
def warm() -> Iterator[Worker]:
    """One worker for the tests that leave it usable."""
    with Worker() as worker:
        yield worker


# Plain `pytest` does not make this file importable in another process.
sys.path.append(str(Path(__file__).parent.parent))


def run_script(tmp_path: Path, source: str) -> subprocess.CompletedProcess[str]:
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(source))
    return subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone_within(pid: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.01)
    return not alive(pid)


def double(x: int) -> int:
    return 2 * x


def slow_at(x: int) -> int:
    if x == 3:
        time.sleep(60)
    return x


def chatter(x: int) -> int:
    print("to standard output")
    os.write(1, b"and past Python")
    sys.stderr.write("to standard error")
    return x


def read_everything() -> str:
    return sys.stdin.read()


def segfault() -> None:
    ctypes.string_at(0)


def grow() -> int:
    held = []
    while True:
        held.append(bytearray(8 * MIB))


def allocate(n: int) -> int:
    return len(bytearray(n))


def hold_the_interpreter_lock(pid_file: str) -> None:
    Path(pid_file).write_text(str(os.getpid()))
    re.match("(a+)+$", "a" * 60 + "b")


def start_a_child(pid_file: str) -> None:
    child = subprocess.Popen(["sleep", "60"])
    Path(pid_file).write_text(str(child.pid))
    child.wait()


def fork_and_answer_twice() -> int:
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        return 1
    return 2


def unpicklable() -> object:
    return lambda: None


def refuse(x: int) -> int:
    raise ValueError(f"no {x}")


class Poison:
    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (5,)


class TwoArguments(Exception):
    def __init__(self, a: int, b: int):
        super().__init__("lost on the way")


def raise_unpicklable() -> None:
    raise TwoArguments(1, 2)


def nested() -> int:
    with Worker() as worker:
        return worker.call(double, 4)


def test_a_call_gives_the_result_of_the_function(warm: Worker) -> None:
    assert warm.call(double, 21) == 42


def test_the_same_process_serves_every_call(warm: Worker) -> None:
    assert warm.call(os.getpid) == warm.call(os.getpid) != os.getpid()


def test_each_gives_one_result_a_call_in_order(warm: Worker) -> None:
    assert warm.each(double, [(i,) for i in range(5)], seconds=10) == [0, 2, 4, 6, 8]


def test_what_the_function_raises_is_raised_with_its_own_traceback(warm: Worker) -> None:
    with pytest.raises(ValueError, match="no 7") as caught:
        warm.call(refuse, 7)
    assert "in refuse" in caught.value.__notes__[0]


def test_an_exception_that_cannot_be_sent_is_named(warm: Worker) -> None:
    with pytest.raises(RuntimeError, match="TwoArguments: lost on the way"):
        warm.call(raise_unpicklable)


def test_an_exception_keeps_the_process(warm: Worker) -> None:
    before = warm.call(os.getpid)
    with pytest.raises(ValueError, match="no 1"):
        warm.call(refuse, 1)
    assert warm.call(os.getpid) == before


def test_a_result_that_cannot_be_sent_is_an_error_of_that_call(warm: Worker) -> None:
    with pytest.raises(Exception, match=r"(?i)pickle"):
        warm.call(unpicklable)
    assert warm.call(double, 1) == 2


def test_what_the_work_prints_goes_to_standard_error(warm: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    with Worker() as worker:
        assert worker.call(chatter, 5) == 5
    out, err = capfd.readouterr()
    assert (out, sorted(err.replace("\n", ""))) == (
        "",
        sorted("to standard outputand past Pythonto standard error"),
    )


def test_the_work_reads_nothing_from_standard_input(warm: Worker) -> None:
    assert warm.call(read_everything, seconds=10) == ""


def test_work_past_its_deadline_is_killed_and_the_next_call_served_by_a_fresh_process() -> None:
    with Worker() as worker:
        before = worker.call(os.getpid)
        start = time.monotonic()
        with pytest.raises(WorkerTimeout, match=r"longer than 0\.2 s"):
            worker.call(time.sleep, 60, seconds=0.2)
        assert 0.2 <= time.monotonic() - start < 5
        assert not alive(before)
        assert worker.call(double, 1) == 2


def test_starting_the_process_and_importing_do_not_count_as_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_to_import.py").write_text("import time\ntime.sleep(1)\ndef one(): return 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    with Worker() as worker:
        assert worker.call(importlib.import_module("slow_to_import").one, seconds=0.5) == 1


def test_a_timeout_keeps_the_results_before_the_culprit() -> None:
    with Worker() as worker, pytest.raises(WorkerTimeout) as caught:
        worker.each(slow_at, [(i,) for i in range(6)], seconds=1)
    assert caught.value.done == [0, 1, 2]


def test_the_deadline_is_for_each_call_not_for_all() -> None:
    with Worker() as worker:
        assert worker.each(time.sleep, [(0.3,)] * 4, seconds=1) == [None] * 4


def test_an_exit_names_its_code(warm: Worker) -> None:
    with pytest.raises(WorkerDied, match="exited with code 3"):
        warm.call(os._exit, 3)


def test_sys_exit_ends_the_process_with_its_code(warm: Worker) -> None:
    with pytest.raises(WorkerDied, match="exited with code 4"):
        warm.call(sys.exit, 4)


def test_a_segmentation_fault_names_its_signal(warm: Worker) -> None:
    with pytest.raises(WorkerDied, match="signal 11"):
        warm.call(segfault)


def test_memory_beyond_the_limit_ends_the_process_and_names_the_limit() -> None:
    with Worker(memory_bytes=100 * MIB) as worker:
        with pytest.raises(WorkerDied, match=r"out of memory.*100 MiB"):
            worker.call(grow, seconds=30)
        assert worker.call(double, 1) == 2


def test_memory_within_the_limit_is_granted() -> None:
    with Worker(memory_bytes=100 * MIB) as worker:
        assert worker.call(allocate, 50 * MIB) == 50 * MIB


def test_what_the_work_started_dies_with_it(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    with Worker() as worker, pytest.raises(WorkerTimeout):
        worker.call(start_a_child, str(pid_file), seconds=0.5)
    assert gone_within(int(pid_file.read_text()), 5)


def test_a_fork_of_the_work_cannot_answer_in_its_place() -> None:
    with Worker() as worker:
        assert worker.call(fork_and_answer_twice, seconds=10) == 1
        assert worker.call(double, 5, seconds=10) == 10


def test_a_killed_idle_process_is_replaced_on_the_next_call(warm: Worker) -> None:
    pid = warm.call(os.getpid)
    os.kill(pid, signal.SIGKILL)
    assert warm.call(double, 2) == 4


def test_workers_nest(warm: Worker) -> None:
    assert warm.call(nested, seconds=30) == 8


def test_calls_from_many_threads_get_their_own_results(warm: Worker) -> None:
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda i: warm.call(double, i, seconds=30), range(100)))
    assert results == [2 * i for i in range(100)]


def test_close_ends_a_call_under_way_and_refuses_later_ones() -> None:
    worker = Worker()
    worker.call(double, 1)
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(worker.call, time.sleep, 60)
        time.sleep(0.2)
        worker.close()
        with pytest.raises(WorkerDied):
            call.result(timeout=10)
    with pytest.raises(RuntimeError, match="closed"):
        worker.call(double, 1)


def test_a_forked_caller_leaves_its_parents_process_alone(warm: Worker) -> None:
    before = warm.call(os.getpid)
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(warm.call(double, 7, seconds=30) if warm.call(os.getpid) != before else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 14
    assert warm.call(os.getpid) == before


def test_a_module_to_preload_that_is_missing_is_named() -> None:
    with Worker(preload=["no_such_module"]) as worker, pytest.raises(ModuleNotFoundError, match="no_such_module"):
        worker.call(double, 1)


def test_a_process_that_cannot_start_is_not_blamed_on_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [])
    with Worker() as worker, pytest.raises(RuntimeError, match="cannot start: the process exited with code 1"):
        worker.call(divmod, 7, 2)


def test_what_kills_the_process_while_it_is_read_has_not_begun() -> None:
    with Worker() as worker, pytest.raises(WorkerDied, match="code 5") as caught:
        worker.call(double, Poison())
    assert not caught.value.begun


def test_a_pool_runs_calls_side_by_side_and_reuses_its_processes() -> None:
    with Pool(2) as pool, ThreadPoolExecutor(4) as threads:
        pids = set(threads.map(lambda _: pool.call(os.getpid, seconds=30), range(20)))
        assert len(pids) <= 2
        gate = threading.Barrier(2)

        def hold() -> None:
            with pool.worker():
                gate.wait(timeout=10)  # passes only if two workers are lent at once

        for held in [threads.submit(hold) for _ in range(2)]:
            held.result()


def test_a_pool_uses_one_process_where_one_is_enough() -> None:
    with Pool(4) as pool:
        assert len({pool.call(os.getpid) for _ in range(8)}) == 1


def test_a_worker_dies_with_its_parent_even_while_c_code_holds_the_interpreter_lock(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = f"""
        import sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        import test_worker
        test_worker.Worker().call(test_worker.hold_the_interpreter_lock, {str(pid_file)!r})
    """
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])
    while not (pid_file.exists() and pid_file.read_text()):
        time.sleep(0.02)
        assert parent.poll() is None
    pid = int(pid_file.read_text())
    parent.kill()
    parent.wait()
    assert gone_within(pid, 5)


def test_functions_of_an_unguarded_main_script_can_be_sent(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        import os
        from guerdon.worker import Worker

        print("top level", __name__)

        def triple(x):
            return 3 * x

        print(Worker().call(triple, 5))
        """,
    )
    assert (done.returncode, done.stdout) == (0, "top level __main__\n15\n"), done.stderr
    assert done.stderr == "top level __mp_main__\n"  # the child, down to where it would start a worker


def test_a_main_script_that_is_not_needed_is_not_loaded(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        from guerdon.worker import Worker
        print("top level")
        print(Worker().call(divmod, 7, 2))
        """,
    )
    assert (done.stdout, done.stderr) == ("top level\n(3, 1)\n", "")


def test_a_function_below_the_first_unguarded_call_is_an_error_not_a_fork_bomb(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        from guerdon.worker import Worker
        worker = Worker()
        worker.call(abs, -1)

        def late(x):
            return x

        worker.call(late, 5)
        """,
    )
    assert done.returncode == 1
    assert 'put that under `if __name__ == "__main__":`' in done.stderr


def test_a_call_of_a_warm_worker_is_cheap(warm: Worker) -> None:
    warm.call(double, 1)
    best = min(timed(lambda: warm.call(double, 1, seconds=10)) for _ in range(200))
    assert best < 1e-3  # about 20 µs on a quiet machine; this guards against a regression by a factor


def timed(work: object) -> float:
    start = time.perf_counter()
    assert callable(work)
    work()
    return time.perf_counter() - start
