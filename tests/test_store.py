"""What is kept in one SQLite file."""

from __future__ import annotations

import json
import os
import pickle
import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.sample import Sample, Vote
from guerdon.store import Entry, Store, StoreError, digest

ROW = {"key": "a", "value": 0.1 + 0.2, "status": "OK"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store.db")


def count(store: Store) -> int:
    with sqlite3.connect(store.path) as db:
        return int(db.execute("SELECT count(*) FROM scores").fetchone()[0])


def start(source: str, *args: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(source), *map(str, args)])


# -- scores ------------------------------------------------------------------------------------------


def test_a_score_comes_back_bit_for_bit(store: Store) -> None:
    store.put_scores("r", {}, [(Entry("a", "c"), ROW)])
    assert Store(store.path).get_scores("r", [Entry("a", "c")]) == [ROW]


def test_a_row_that_changed_is_another_row(store: Store) -> None:
    store.put_scores("r", {}, [(Entry("a", "before"), ROW)])
    assert store.get_scores("r", [Entry("a", "after"), Entry("a", "before")]) == [None, ROW]


def test_another_reward_has_scores_of_its_own(store: Store) -> None:
    store.put_scores("r", {}, [(Entry("a", "c"), ROW)])
    assert store.get_scores("q", [Entry("a", "c")]) == [None]


def test_a_row_put_twice_is_there_once_as_last_put(store: Store) -> None:
    for value in (1.0, 2.0):
        store.put_scores("r", {}, [(Entry("a", "c"), {"value": value})])
    assert store.get_scores("r", [Entry("a", "c")]) == [{"value": 2.0}]
    assert count(store) == 1


def test_rows_are_kept_all_or_none(store: Store) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        store.put_scores("r", {}, [(Entry("a", "c"), ROW), (Entry("b", "c"), {"value": object()})])
    assert count(store) == 0


def test_half_surrogates_that_models_write_can_be_kept(store: Store) -> None:
    row = {"reason": "broken \ud800 text"}
    store.put_scores("r", {}, [(Entry("key \udfff", "c"), row)])
    assert store.get_scores("r", [Entry("key \udfff", "c")]) == [row]


def test_the_record_of_a_reward_is_kept_without_its_credentials(store: Store) -> None:
    record = {"reward": "judge.ask@1", "settings": {"model": "m", "client": [{"API_Key": "sk-123"}], "max_tokens": 5}}
    store.put_scores("r", record, [])
    expected = {"reward": "judge.ask@1", "settings": {"model": "m", "client": [{"API_Key": "…"}], "max_tokens": 5}}
    assert store.rewards() == {"r": expected}


# -- replies and votes -------------------------------------------------------------------------------


def test_a_reply_is_remembered_for_exactly_its_request(store: Store) -> None:
    request = {"model": "m", "messages": [{"role": "user", "content": "rate it"}], "temperature": 0.0}
    store.remember(request, {"text": "Score: 7"})
    assert store.reply(dict(reversed(request.items()))) == {"text": "Score: 7"}
    assert store.reply({**request, "temperature": 0.1}) is None


def test_a_request_is_nowhere_in_the_file(store: Store) -> None:
    store.remember({"model": "m", "api_key": "sk-very-secret"}, "fine")
    store.close()
    assert b"sk-very-secret" not in b"".join(p.read_bytes() for p in store.path.parent.iterdir())


def test_votes_come_back_in_order_and_are_never_replaced(store: Store) -> None:
    first = Vote(((0,), (1, 2)), strength=0.5, aspect="style", annotator="ann", reason="shorter", spans=((1, 2, 5),))
    second = Vote(((1, 0),), annotator="ann")
    store.vote("c", first)
    store.vote("c", second)
    store.vote("other", second)
    assert store.votes("c") == [first, second]


# -- several at once ---------------------------------------------------------------------------------


def test_processes_that_write_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    write = """
        import sys
        from guerdon.store import Entry, Store
        path, name = sys.argv[1:]
        store = Store(path)
        for i in range(40):
            store.put_scores("r", {}, [(Entry(f"{name}-{i}-{j}", "c"), {"value": 1.0}) for j in range(5)])
    """
    writers = [start(write, path, name) for name in range(3)]
    assert [w.wait(timeout=60) for w in writers] == [0, 0, 0]
    assert count(Store(path)) == 3 * 40 * 5


def test_a_writer_killed_at_any_moment_leaves_whole_batches(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    write = """
        import sys
        from guerdon.store import Entry, Store
        store = Store(sys.argv[1])
        for i in range(10**6):
            store.put_scores("r", {}, [(Entry(f"{i}-{j}", "c"), {"value": 1.0}) for j in range(7)])
    """
    writer = start(write, path)
    while not path.exists() or count(Store(path)) < 100:
        assert writer.poll() is None
    writer.kill()
    writer.wait()
    kept = count(Store(path))
    assert kept >= 100
    assert kept % 7 == 0


def test_threads_may_share_a_store(store: Store) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda i: store.remember({"i": i}, i), range(100)))
    assert [store.reply({"i": i}) for i in range(100)] == list(range(100))


def test_a_store_crosses_to_another_process_as_its_path(store: Store) -> None:
    store.remember({"q": 1}, "kept")
    assert pickle.loads(pickle.dumps(store)).reply({"q": 1}) == "kept"


def test_a_fork_opens_the_store_for_itself(store: Store) -> None:
    store.remember({"q": 0}, 0)
    pid = os.fork()
    if pid == 0:
        try:
            store.remember({"q": 1}, 1)
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert (store.reply({"q": 0}), store.reply({"q": 1})) == (0, 1)


# -- what can go wrong with the file ------------------------------------------------------------------


def test_a_full_disk_says_so_and_keeps_what_was_there(store: Store) -> None:
    store.put_scores("r", {}, [(Entry("a", "c"), ROW)])
    store._db.execute("PRAGMA max_page_count = 20")  # SQLite's own way to be out of space
    with pytest.raises(StoreError, match="disk is full: free some space"):
        store.put_scores("r", {}, [(Entry(str(i), "c"), {"reason": "x" * 100}) for i in range(2000)])
    assert store.get_scores("r", [Entry("a", "c"), Entry("0", "c")]) == [ROW, None]
    store._db.execute("PRAGMA max_page_count = 1000000")
    store.put_scores("r", {}, [(Entry("b", "c"), ROW)])
    assert count(store) == 2


def test_a_write_error_of_the_disk_is_explained(tmp_path: Path) -> None:
    write = """
        import resource, sys
        from guerdon.store import Entry, Store, StoreError
        store = Store(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))  # as a quota does, the system refuses to write
        try:
            for i in range(100):
                store.put_scores("r", {}, [(Entry(f"{i}-{j}", "c"), {"reason": "x" * 100}) for j in range(50)])
        except StoreError as error:
            sys.exit(7 if "not full, over quota or failing" in str(error) else str(error))
    """
    assert start(write, tmp_path / "store.db").wait(timeout=60) == 7
    assert count(Store(tmp_path / "store.db")) % 50 == 0


def test_a_read_only_store_is_refused_when_opened(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    Store(path).close()
    path.chmod(0o444)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    opened = """
        import os, sys
        from guerdon.store import Store, StoreError
        if os.geteuid() == 0:
            os.seteuid(65534)  # what is read-only is not so to root
        try:
            Store(sys.argv[1])
        except StoreError as error:
            said = "it is read-only: make it and its folder writable, or name another store" in str(error)
            sys.exit(7 if said else str(error))
    """
    assert start(opened, path).wait(timeout=60) == 7


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere.*folder that exists"):
        Store(tmp_path / "nowhere" / "store.db")


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello " * 100)
    with pytest.raises(StoreError, match="not a guerdon store"):
        Store(path)
    assert path.read_text() == "hello " * 100


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="another program's database"):
        Store(path)
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]


def test_a_store_of_another_format_is_refused(store: Store) -> None:
    with sqlite3.connect(store.path) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="has format 99"):
        Store(store.path)


def test_nothing_in_a_store_is_unpickled(store: Store) -> None:
    store.put_scores("r", {}, [(Entry("a", "c"), ROW)])
    with sqlite3.connect(store.path) as db:
        db.execute("UPDATE scores SET result = ?", (pickle.dumps(ROW),))
    with pytest.raises(ValueError, match=r"decode|JSON"):
        store.get_scores("r", [Entry("a", "c")])


# -- digests -----------------------------------------------------------------------------------------

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@dataclass(frozen=True)
class Handle:
    place: PurePosixPath
    limit: int = 5


@given(plain)
def test_a_digest_survives_a_round_trip_through_json(value: Any) -> None:
    assert digest(json.loads(json.dumps(value))) == digest(value)


@given(st.dictionaries(st.text(), st.integers(), min_size=1), st.integers())
def test_a_digest_changes_with_any_cell(row: dict[str, int], other: int) -> None:
    name = next(iter(row))
    assert (digest({**row, name: other}) == digest(row)) == (other == row[name])


def test_a_sample_and_its_dict_have_one_digest() -> None:
    assert digest(Sample("p", "r", "a", extra=1)) == digest({"prompt": "p", "response": "r", "answer": "a", "extra": 1})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"abc", b"abd"),
        (np.zeros(4), np.zeros(4, dtype=np.float32)),
        (np.zeros((2, 2)), np.zeros(4)),
        (np.float32(1), np.float64(1)),
        (Handle(PurePosixPath("a.png")), Handle(PurePosixPath("b.png"))),
        ({1, 2}, {1, 3}),
        ("ab", ["a", "b"]),
    ],
)
def test_different_content_has_different_digests(one: Any, other: Any) -> None:
    assert digest({"x": one}) != digest({"x": other})


def test_the_same_pixels_have_one_digest() -> None:
    from PIL import Image

    assert digest(Image.new("RGB", (3, 2), "red")) == digest(Image.new("RGB", (3, 2), (255, 0, 0)))
    assert digest(Image.new("RGB", (3, 2), "red")) != digest(Image.new("RGB", (2, 3), "red"))


def test_what_has_no_content_to_tell_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot tell whether a object has changed"):
        digest({"x": object()})
