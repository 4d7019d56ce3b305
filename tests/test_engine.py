"""One reward over many samples: the same table from every engine, and nothing lost on the way."""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.test_worker import gone_within

from guerdon import ContractError, Reward, Score, Status, reward, spread
from guerdon import engine as engines
from guerdon.contained import fair_share
from guerdon.engine import Engine
from guerdon.sample import Broken, Sample
from guerdon.store import Store, StoreError, StoreWarning

HERE: tuple[Engine, ...] = ("inline", "threads", "processes")
MIB = 2**20


def note(where: str, what: str) -> None:
    """Leave a mark outside the process."""
    with open(where, "a") as file:
        file.write(what + "\n")


def noted(where: Path) -> Counter[str]:
    return Counter(where.read_text().split()) if where.exists() else Counter()


@reward("engine.length", range=(0, None))
def length(response: str, *, log: str = "") -> float | Score:
    """Characters of the response."""
    if log:
        note(log, response)
    return float(len(response)) if response else Score.malformed("empty")


@reward("engine.trap", range=(0, 1))
def trap(response: str, *, log: str = "") -> float:
    """1, if it lives."""
    if log:
        note(log, f"{response}:{os.getpid()}")
    if response == "hang":
        time.sleep(60)
    if response == "regex":  # holds the interpreter lock
        re.match("(a+)+$", "a" * 60 + "b")
    if response == "exit":
        os._exit(3)
    if response == "sys.exit":
        sys.exit(4)
    if response == "crash":
        ctypes.string_at(0)
    if response == "grow":
        held = []
        while True:
            held.append(bytearray(8 * MIB))
    if response == "raise":
        raise ValueError("on purpose")
    return 1.0


@reward("engine.nap", range=(0, None))
def nap(wait: float) -> float:
    """Sleeps for as long as the row says."""
    time.sleep(wait)
    return wait


@reward("engine.nap_async", range=(0, None))
async def nap_async(wait: float) -> float:
    """Sleeps for as long as the row says."""
    await asyncio.sleep(wait)
    return wait


@reward("engine.batched", range=(0, None), batched=True)
def batched(response: list[str]) -> list[float]:
    """Lengths, all at once."""
    for text in response:
        trap.fn(text)
    return [float(len(text)) for text in response]


@reward("engine.share", over="group", range=(0, 1))
def share(response: list[str]) -> list[float]:
    """Length, as a share of the group's."""
    for text in response:
        trap.fn(text)
    return [len(text) / sum(map(len, response)) for text in response]


@reward("engine.distinct", over="set", range=(0, None))
def distinct(response: list[str]) -> float:
    """How many different responses a set has."""
    return float(len(set(response)))


@reward("engine.short", range=(0, 1), batched=True)
def short(response: list[str]) -> list[float]:
    """Breaks its contract."""
    return [1.0]


def rows_of(*responses: str) -> list[dict[str, Any]]:
    return [{"response": text} for text in responses]


def mixed(n: int = 40) -> list[dict[str, Any]]:
    return [{"id": f"row{i}", "response": "x" * (i % 7), "group": i % 5, "set": f"s{i % 3}"} for i in range(n)]


def run_script(folder: Path, source: str, *args: object) -> subprocess.CompletedProcess[str]:
    script = folder / "script.py"
    script.write_text(textwrap.dedent(source))
    return subprocess.run([sys.executable, script, *map(str, args)], capture_output=True, text=True, timeout=120)


# -- the same table ----------------------------------------------------------------------------------

REWARDS: dict[str, Callable[[], Reward]] = {
    "rowwise": lambda: 0.5 * length() + 0.5 * length().clip(0, 3).named("clipped"),
    "batched": lambda: batched() + length(),
    "group": lambda: share() + length(),
    "set": lambda: distinct(),
    "set spread over groups": lambda: spread(distinct()) + share(),
}


@pytest.mark.parametrize("kind", REWARDS)
@pytest.mark.parametrize("engine", HERE)
def test_every_engine_gives_the_table_of_a_plain_call(engine: Engine, kind: str) -> None:
    made, rows = REWARDS[kind](), [row for row in mixed() if row["response"]]
    found = engines.map(made, rows, engine=engine, workers=None if engine == "inline" else 2, batch=3)
    assert found.equals(made(rows))


def test_async_rewards_give_the_same_table() -> None:
    rows = [{"wait": i / 1000} for i in range(10)]
    for engine in HERE:
        assert engines.map(nap_async(), rows, engine=engine, batch=3).equals(nap_async()(rows))


@pytest.mark.parametrize("engine", ["threads", "processes"])
def test_results_keep_the_order_of_the_samples_whichever_finishes_first(engine: Engine) -> None:
    waits = [0.2, 0.0, 0.1, 0.0]
    found = engines.map(nap(), [{"wait": w} for w in waits], engine=engine, workers=2, batch=1)
    assert found.values.tolist() == waits


@pytest.mark.parametrize("engine", HERE)
def test_groups_are_never_split(engine: Engine) -> None:
    rows = [{"response": "x" * (1 + i % 2), "group": i % 3, "group_size": 4} for i in range(12)]
    found = engines.map(share(), rows, engine=engine, batch=1)  # share raises if a member is not there
    # Groups 0, 1, 2 hold rows {0, 3, 6, 9} and so on: two of one character, two of two.
    assert found.values.tolist() == [(1 + i % 2) / 6 for i in range(12)]


def test_a_group_that_shares_rows_with_sets_stays_together_with_them() -> None:
    rows = [{"response": c, "group": g, "set": s} for c, g, s in zip("aabcdd", "112233", "xyyzzw", strict=True)]
    made = spread(distinct()) + share()
    assert engines.map(made, rows, batch=1).equals(made(rows))


def test_a_set_reward_gives_one_row_a_set() -> None:
    found = engines.map(distinct(), mixed(), engine="threads", batch=1)
    assert found.key == ("s0", "s1", "s2")
    assert found.values.tolist() == [7, 7, 7]


def test_rows_that_were_broken_when_loaded_cost_themselves_in_every_engine() -> None:
    rows = [Sample(response="a"), Broken("line 2", "line 2 is not JSON"), {"id": 7, "response": "bb"}]
    for engine in HERE:
        found = engines.map(length() + batched(), rows, engine=engine)
        assert found.key == ("0", "line 2", "7")
        assert found.counts() == {"OK": 2, "FAILED": 1}
        assert "line 2 is not JSON" in found.reasons[1]


def test_no_samples_give_an_empty_table() -> None:
    assert engines.map(length(), []).to_rows() == []


def test_rows_without_an_id_are_known_by_their_position_in_the_whole() -> None:
    assert engines.map(length(), rows_of("a", "b", "c"), batch=1).key == ("0", "1", "2")


def test_a_local_ray_gives_the_same_table_and_contains_what_hangs_or_exits() -> None:
    made = trap() + length()
    rows = rows_of("fine", "hang", "a", "exit", "b", "")
    found = engines.map(made, rows, engine="ray", workers=2, batch=2, seconds=1)
    assert {i: reason[:19] for i, reason in found.reasons.items() if i in (1, 3)} == {
        1: "took longer than 1 ",
        3: "the process exited ",
    }
    living = [0, 2, 4, 5]
    expected = made([rows[i] for i in living])
    expected.key = tuple(map(str, living))
    assert found.take(living).equals(expected)


@pytest.mark.slow
def test_a_broken_contract_on_a_ray_that_is_already_running_ends_the_run_and_leaves_ray_up() -> None:
    import ray

    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False)
    try:
        with pytest.raises(ContractError, match=r"engine\.short must return exactly 2 results"):
            engines.map(short(), rows_of("a", "b"), engine="ray", workers=1, batch=2)
        assert ray.is_initialized()
    finally:
        ray.shutdown()


# -- what breaks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("hang", r"took longer than 1 "),
        ("regex", r"took longer than 1 "),
        ("exit", r"exited with code 3"),
        ("sys.exit", r"SystemExit: 4"),
        ("crash", r"signal 11"),
        ("grow", r"out of memory .*200 MiB"),
        ("raise", r"ValueError: on purpose"),
    ],
)
def test_a_sample_that_breaks_is_one_failed_row_under_processes(what: str, reason: str) -> None:
    rows = rows_of("fine", what, "fine", "fine")
    found = engines.map(trap(), rows, engine="processes", workers=1, batch=4, seconds=1, memory_bytes=200 * MIB)
    assert found.counts() == {"OK": 3, "FAILED": 1}
    assert re.search(reason, found.reasons[1])
    assert found.components["engine.trap"].status.tolist() == [Status.OK, Status.FAILED, Status.OK, Status.OK]


def test_memory_is_bounded_without_being_asked() -> None:
    assert 0 < fair_share(3) <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 4


def test_finished_rows_of_a_chunk_are_not_scored_again_when_a_later_one_dies(tmp_path: Path) -> None:
    log = tmp_path / "log"
    rows = rows_of("a", "b", "exit", "c", "hang", "d")
    found = engines.map(trap(log=str(log)), rows, engine="processes", workers=1, batch=6, seconds=1)
    assert np.isnan(found.values).tolist() == [False, False, True, False, True, False]
    assert set(Counter(name.split(":")[0] for name in noted(log)).values()) == {1}


@pytest.mark.parametrize("made", [batched(), batched() + share()], ids=["batched", "in groups"])
def test_a_batch_that_dies_is_tried_again_in_parts_to_find_the_culprit(made: Any) -> None:
    responses = ("a", "exit", "bb", "c")
    rows = [{"response": text, "group": i // 2} for i, text in enumerate(responses)]
    found = engines.map(made, rows, engine="processes", workers=1, batch=4, seconds=10)
    dead = {1} if made.over == "sample" else {0, 1}  # a group is one piece of work
    assert {i for i, reason in found.reasons.items() if "exited with code 3" in reason} == dead
    assert found.counts() == {"OK": 4 - len(dead), "FAILED": len(dead)}


def test_a_row_that_cannot_even_be_read_costs_itself() -> None:
    found = engines.map(
        trap(), [*rows_of("a", "b"), {"response": "c", "x": Poison()}, *rows_of("d")], engine="processes", batch=4
    )
    assert np.isnan(found.values).tolist() == [False, False, True, False]


class Poison:
    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (5,)


def test_importing_a_rewards_module_does_not_count_against_its_samples(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        import time
        from guerdon import engine, reward

        @reward("mine.one")
        def one(response: str) -> float:
            return 1.0

        time.sleep(1)  # in the worker too, before it can score
        print(engine.map(one(), [{"response": "a"}], engine="processes", seconds=0.5).counts())
        """,
    )
    assert (done.stdout, done.returncode) == ("{'OK': 1}\n", 0), done.stderr


def test_rewards_of_an_unguarded_main_script_run_in_processes(tmp_path: Path) -> None:
    done = run_script(
        tmp_path,
        """
        from guerdon import engine, reward

        @reward("mine.words")
        def words(response: str, *, plus: int = 0) -> float:
            return float(len(response.split()) + plus)

        rows = [{"response": "a b c"}] * 10
        print(engine.map(words(plus=1), rows, engine="processes", workers=2, batch=2).values.tolist())
        """,
    )
    assert (json.loads(done.stdout), done.stderr) == ([4.0] * 10, "")


def test_a_reward_defined_in_a_function_cannot_be_sent() -> None:
    @reward("engine.local")
    def local(response: str) -> float:
        return 1.0

    with pytest.raises(ContractError, match=r"engine\.local.* cannot be sent to another process"):
        engines.map(local(), rows_of("a"), engine="processes")


@pytest.mark.parametrize("engine", HERE)
def test_a_wrong_number_of_results_ends_the_run_and_names_the_reward(engine: Engine) -> None:
    with pytest.raises(ContractError, match=r"engine\.short must return exactly 4 results"):
        engines.map(short(), rows_of(*"abcd"), engine=engine, workers=1, batch=4)


@pytest.mark.parametrize("engine", ["inline", "threads"])
@pytest.mark.parametrize("limit", ["seconds", "memory_bytes"])
def test_engines_that_cannot_stop_a_sample_say_so(engine: Engine, limit: str) -> None:
    with pytest.raises(ContractError, match=f'engine="{engine}" cannot stop a sample: for {limit}.*engine="processes"'):
        engines.map(length(), rows_of("a"), engine=engine, **{limit: 1})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"engine": "magic"}, "no engine 'magic'"),
        ({"workers": 0}, "workers must be positive"),
        ({"batch": -1}, "batch must be positive"),
        ({"seconds": float("nan"), "engine": "processes"}, "seconds must be positive"),
        ({"workers": 2}, "inline.*one worker"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(request_: dict[str, Any], said: str) -> None:
    with pytest.raises(ContractError, match=said):
        engines.map(length(), rows_of("a"), **request_)


def test_a_missing_column_is_an_error_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="needs the column 'response'"):
        engines.map(length(), [{"text": "a"}, {"text": "b"}], engine="processes", store=tmp_path / "store.db")


# -- waiting and watching ----------------------------------------------------------------------------


def test_sixty_four_threads_wait_at_the_same_time() -> None:
    start = time.monotonic()
    engines.map(nap(), [{"wait": 0.05}] * 256, engine="threads", workers=64)
    assert time.monotonic() - start < 2.0  # one after another would take 12.8 s; ideal is 0.2 s


def test_async_rewards_wait_at_the_same_time_even_inline() -> None:
    start = time.monotonic()
    engines.map(nap_async(), [{"wait": 0.05}] * 256)
    assert time.monotonic() - start < 2.0


def test_the_bar_is_on_standard_error_and_only_when_forced_off_a_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    engines.map(length(), mixed(), progress=True)
    assert capfd.readouterr() == ("", "")
    engines.map(length(), mixed(), progress="force")
    out, err = capfd.readouterr()
    assert out == ""
    assert "40/40" in err


def test_every_row_says_how_long_it_took() -> None:
    for engine in HERE:
        seconds = engines.map(nap(), [{"wait": 0.01}] * 4, engine=engine).seconds
        assert seconds is not None
        assert ((seconds >= 0.01) & (seconds < 5)).all()


# -- keeping -----------------------------------------------------------------------------------------


def test_finished_rows_are_not_scored_again_on_resume(tmp_path: Path) -> None:
    log, store = tmp_path / "log", tmp_path / "store.db"
    made = length(log=str(log))
    rows = rows_of("a", "bb", "ccc", "")
    engines.map(made, rows[:3], store=store, batch=2)
    found = engines.map(made, rows, store=store, resume=True)
    assert noted(log) == {"a": 1, "bb": 1, "ccc": 1}
    assert found.equals(made(rows))


def test_resume_scores_only_what_is_new_or_changed(tmp_path: Path) -> None:
    log, store = tmp_path / "log", tmp_path / "store.db"
    made = length(log=str(log))
    engines.map(made, [{"id": "x", "response": "one"}, {"id": "y", "response": "two"}], store=store)
    rows = [{"id": "x", "response": "changed"}, {"id": "z", "response": "new"}, {"id": "y", "response": "two"}]
    assert engines.map(made, rows, store=store, resume=True).values.tolist() == [7, 3, 3]
    assert noted(log) == {"one": 1, "two": 1, "changed": 1, "new": 1}


def test_a_group_is_scored_again_if_any_of_it_changed(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    engines.map(share(), [{"response": "a", "group": 1}, {"response": "b", "group": 1}], store=store)
    rows = [{"response": "a", "group": 1}, {"response": "bbb", "group": 1}]
    assert engines.map(share(), rows, store=store, resume=True).values.tolist() == [0.25, 0.75]


def test_without_resume_everything_is_scored_again(tmp_path: Path) -> None:
    log, store = tmp_path / "log", tmp_path / "store.db"
    for _ in range(2):
        engines.map(length(log=str(log)), rows_of("a"), store=store)
    assert noted(log) == {"a": 2}


def test_other_settings_make_another_reward(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    engines.map(length(), rows_of("aaa"), store=store)
    assert engines.map(length().clip(0, 2), rows_of("aaa"), store=store, resume=True).values.tolist() == [2]


def test_rows_with_the_same_id_and_content_are_kept_apart(tmp_path: Path) -> None:
    log, store = tmp_path / "log", tmp_path / "store.db"
    rows = [{"id": "same", "response": "a"}] * 3
    engines.map(length(log=str(log)), rows[:2], store=store)
    engines.map(length(log=str(log)), rows, store=store, resume=True)
    assert noted(log) == {"a": 3}


def test_a_failed_row_is_finished_too(tmp_path: Path) -> None:
    log, store = tmp_path / "log", tmp_path / "store.db"
    made, rows = trap(log=str(log)), rows_of("a", "exit")
    first = engines.map(made, rows, engine="processes", store=store)
    again = engines.map(made, rows, engine="processes", store=store, resume=True)
    assert again.equals(first)
    assert sum(noted(log).values()) == 2


def test_a_row_that_cannot_be_told_from_others_is_named(tmp_path: Path) -> None:
    rows = [{"id": "odd", "response": "a", "handle": object()}]
    with pytest.raises(ContractError, match="row 'odd' cannot be kept: a store cannot tell whether a object"):
        engines.map(length(), rows, store=tmp_path / "store.db")


LONG_RUN = """
    import os, sys
    from guerdon import engine, reward

    store, log, resume = sys.argv[1:]
    marks = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    @reward("mine.cheap", range=(0, None))
    def cheap(response: str) -> float:
        os.write(marks, b".")
        return len(response) / 7

    rows = [{"id": f"r{i}", "response": "x" * (i % 97)} for i in range(100_000)]
    found = engine.map(cheap(), rows, store=store if store != "-" else None, resume=resume == "resume")
    print(found.values.sum(), len(set(found.key)), hash(found.values.tobytes()), found.counts())
"""


def kept_rows(store: Path) -> int:
    if not store.exists():
        return 0
    with sqlite3.connect(store) as db:
        try:
            return int(db.execute("SELECT count(*) FROM scores").fetchone()[0])
        except sqlite3.OperationalError:  # not set up yet
            return 0


def test_a_run_killed_in_the_middle_of_100_000_samples_goes_on_where_it_stopped(tmp_path: Path) -> None:
    script, store, log = tmp_path / "script.py", tmp_path / "store.db", tmp_path / "log"
    script.write_text(textwrap.dedent(LONG_RUN))
    run = [sys.executable, str(script), str(store), str(log)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    killed = subprocess.Popen([*run, "afresh"], env=environment, stdout=subprocess.DEVNULL)
    while kept_rows(store) < 30_000:
        assert killed.poll() is None
        time.sleep(0.02)
    killed.kill()
    killed.wait()
    kept, scored = kept_rows(store), log.stat().st_size
    assert 30_000 <= kept < 100_000
    assert 0 <= scored - kept <= 256  # only the chunk in flight is lost

    log.unlink()
    resumed = subprocess.run([*run, "resume"], env=environment, capture_output=True, text=True, check=True)
    assert log.stat().st_size == 100_000 - kept  # finished rows were not scored again
    assert kept_rows(store) == 100_000  # nor is any there twice
    whole = [sys.executable, str(script), "-", str(log), "afresh"]
    uninterrupted = subprocess.run(whole, env=environment, capture_output=True, text=True, check=True)
    assert resumed.stdout == uninterrupted.stdout


SLOW_RUN = """
    import os, signal, sys, time
    from guerdon import engine, reward

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs start with it ignored

    @reward("mine.slow")
    def slow(response: str, *, pids: str) -> float:
        with open(pids, "a") as file:
            file.write(f"{os.getpid()}\\n")
        time.sleep(0.05)
        return float(len(response))

    store, pids = sys.argv[1:]
    rows = [{"response": "x" * i} for i in range(60)]
    how = {"engine": "processes", "workers": 2, "batch": 4}
    found = engine.map(slow(pids=pids), rows, store=store, resume=True, **how)
    print(found.values.tolist())
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_process_behind_and_a_store_to_go_on_from(tmp_path: Path, how: int) -> None:
    script, store, pids = tmp_path / "script.py", tmp_path / "store.db", tmp_path / "pids"
    script.write_text(textwrap.dedent(SLOW_RUN))
    run = [sys.executable, str(script), str(store), str(pids)]
    interrupted = subprocess.Popen(run, stderr=subprocess.DEVNULL)
    while kept_rows(store) < 12:
        assert interrupted.poll() is None
        time.sleep(0.02)
    interrupted.send_signal(how)
    assert interrupted.wait(timeout=20) == -how
    workers = {int(pid) for pid in noted(pids)}
    assert [gone_within(pid, 5) for pid in workers] == [True, True]
    kept, begun = kept_rows(store), sum(noted(pids).values())
    resumed = subprocess.run(run, capture_output=True, text=True, check=True)
    assert json.loads(resumed.stdout) == [float(i) for i in range(60)]
    assert sum(noted(pids).values()) - begun == 60 - kept


def test_a_full_disk_costs_nothing_but_the_keeping(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.db")
    store._db.execute("PRAGMA max_page_count = 60")
    rows = [{"id": "x" * 200 + str(i), "response": "a" * (1 + i % 5)} for i in range(2000)]
    with pytest.warns(StoreWarning) as said:
        found = engines.map(length(), rows, store=store, batch=100)
    assert found.equals(length()(rows))
    assert "the disk is full: free some space" in str(said[0].message)
    assert "finished rows are in this result but not in" in str(said[1].message)
    assert len(said) == 2
    kept = kept_rows(store.path)
    assert kept > 0
    assert store.unsaved == 2000 - kept


def test_trying_again_on_a_full_disk_costs_no_more_than_the_run(tmp_path: Path) -> None:
    class Full(Store):
        offered = 0

        def put_scores(self, reward: str, record: Any, rows: Any) -> None:
            self.offered += len(rows)
            raise StoreError("full")

    store = Full(tmp_path / "store.db")
    with pytest.warns(StoreWarning):
        engines.map(length(), [{"response": "a"}] * 1000, store=store, batch=10)
    assert store.offered <= 10 + 20 + 40 + 80 + 160 + 320 + 640 + 1000


def test_rows_that_waited_for_space_are_kept_when_there_is_some(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.db")
    store._db.execute("PRAGMA max_page_count = 20")
    free = Freeing(store)
    rows = [{"id": "x" * 200 + str(i), "response": free if i == 1500 else "aaa"} for i in range(2000)]
    with pytest.warns(StoreWarning, match="goes on in memory") as said:
        engines.map(length(), rows, store=store, batch=100)
    assert len(said) == 1
    assert (store.unsaved, kept_rows(store.path)) == (0, 2000)


class Freeing(str):
    """A response that makes room on the disk when it is scored."""

    def __new__(cls, store: Store) -> Freeing:
        text = super().__new__(cls, "aaa")
        text.store = store
        return text

    store: Store

    def __len__(self) -> int:
        self.store._db.execute("PRAGMA max_page_count = 1000000")
        return 3


def test_a_store_that_cannot_be_written_is_refused_before_any_work(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(StoreError, match="folder that exists"):
        engines.map(length(log=str(log)), rows_of("a"), store=tmp_path / "nowhere" / "store.db")
    assert not log.exists()


def test_two_runs_on_one_store_both_finish_and_keep_every_row_once(tmp_path: Path) -> None:
    script, store = tmp_path / "script.py", tmp_path / "store.db"
    script.write_text(textwrap.dedent(LONG_RUN).replace("100_000", "5_000"))
    run = [sys.executable, str(script), str(store), str(tmp_path / "log"), "resume"]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    both = [subprocess.Popen(run, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    tables = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert tables[0] == tables[1]
    assert kept_rows(store) == 5_000
