"""One SQLite file with what is too dear to do twice: finished scores, replies of judges, votes.

Everything in it is JSON, so a store from elsewhere is safe to open. Requests to judges are known by
their hash alone, and settings named like credentials are blanked, so no secret gets in. Several
processes may use one store at the same time, and a process killed at any moment leaves it whole.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from guerdon.sample import Vote

SCHEMA = 1
APPLICATION = 0x67756572  # "guer", in the file's header: tells a store from other SQLite files
BUSY_SECONDS = 60.0
CREDENTIALS = {"api_key", "apikey", "access_token", "auth_token", "authorization", "password", "secret"}

_TABLES = (
    "CREATE TABLE rewards (digest TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE scores (reward TEXT, key TEXT, content TEXT, result TEXT NOT NULL,
       PRIMARY KEY (reward, key, content)) WITHOUT ROWID""",
    "CREATE TABLE replies (request TEXT PRIMARY KEY, reply TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE votes (id INTEGER PRIMARY KEY, comparison TEXT NOT NULL, vote TEXT NOT NULL, at REAL NOT NULL)",
    "CREATE INDEX votes_comparison ON votes (comparison)",
)
_ADVICE = {
    "SQLITE_FULL": "the disk is full: free some space",
    "SQLITE_IOERR": "the disk cannot be written or read: see that it is not full, over quota or failing",
    "SQLITE_READONLY": "it is read-only: make it and its folder writable, or name another store",
    "SQLITE_CANTOPEN": "it cannot be opened: name a file in a folder that exists and that you may write to",
    "SQLITE_BUSY": f"another process has kept it locked for {BUSY_SECONDS:.0f} s: wait for it, or end it",
    "SQLITE_NOTADB": "it is not a guerdon store: name another file",
    "SQLITE_CORRUPT": "it is damaged: move it away and start a new one",
}


class StoreError(RuntimeError):
    """The store cannot be used; the message says why and what to do."""


class StoreWarning(UserWarning):
    """Something that should have been kept could not be."""


class Entry(NamedTuple):
    """Which row a score is of: a row that changed is another one."""

    key: str
    """Its `id`, else its position."""
    content: str
    """Its digest."""


class Store:
    """A store at a path, made if there is none. Safe to share among threads; pickles as its path.

    Raises StoreError if it cannot be opened for writing, here rather than after an hour's work.
    """

    def __init__(self, path: str | os.PathLike[str]):
        self.path = Path(path).absolute()
        self.unsaved = 0
        """Finished rows that could not be kept, most likely because the disk is full."""
        self._lock = threading.Lock()
        self._open()

    def __reduce__(self) -> tuple[Any, ...]:
        return Store, (self.path,)

    def close(self) -> None:
        """Close the file; nothing is lost if this is never called."""
        with self._lock:
            self._db.close()

    # -- finished scores -------------------------------------------------------------------------

    def put_scores(
        self, reward: str, record: Mapping[str, Any], rows: Iterable[tuple[Entry, Mapping[str, Any]]]
    ) -> None:
        """Keep finished rows, all or none, in place of earlier ones of the same entries.

        `reward` is the reward's digest, `record` says what it is, a row is what `Scores.to_rows` gives.
        """
        results = [(reward, _dump(entry.key), entry.content, _dump(row)) for entry, row in rows]
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO rewards VALUES (?, ?)", (reward, _dump(_without_secrets(record))))
            db.executemany("INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?)", results)

    def get_scores(self, reward: str, entries: Sequence[Entry]) -> list[dict[str, Any] | None]:
        """What is kept of each row, in order; None where nothing is."""
        query = "SELECT result FROM scores WHERE reward = ? AND key = ? AND content = ?"
        with self._reading() as db:
            found = [db.execute(query, (reward, _dump(entry.key), entry.content)).fetchone() for entry in entries]
        return [None if row is None else json.loads(row[0]) for row in found]

    def rewards(self) -> dict[str, dict[str, Any]]:
        """Records of the rewards that have scores here, by digest."""
        with self._reading() as db:
            return {digest: json.loads(record) for digest, record in db.execute("SELECT digest, record FROM rewards")}

    # -- replies of judges -----------------------------------------------------------------------

    def reply(self, request: Mapping[str, Any]) -> Any:
        """The reply remembered for exactly this request; None if there is none."""
        with self._reading() as db:
            found = db.execute("SELECT reply FROM replies WHERE request = ?", (digest(request),)).fetchone()
        return None if found is None else json.loads(found[0])

    def remember(self, request: Mapping[str, Any], reply: Any) -> None:
        """Keep a judge's raw reply (JSON-ready), never what was read in it: parsers improve.

        The request is all that the reply depends on: model, messages, sampling, which of several samples.
        """
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?, ?)", (digest(request), _dump(reply), time.time()))

    # -- votes -----------------------------------------------------------------------------------

    def vote(self, comparison: str, vote: Vote) -> None:
        """Keep a vote on a comparison; votes are only ever added."""
        with self._writing() as db:
            values = (_dump(comparison), _dump(vote._asdict()), time.time())
            db.execute("INSERT INTO votes (comparison, vote, at) VALUES (?, ?, ?)", values)

    def votes(self, comparison: str) -> list[Vote]:
        """The votes on a comparison, oldest first."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT vote FROM votes WHERE comparison = ? ORDER BY id", (_dump(comparison),)
            ).fetchall()
        return [_vote(json.loads(row[0])) for row in rows]

    # -- the file --------------------------------------------------------------------------------

    def _open(self) -> None:
        self._owner = os.getpid()
        with self._explaining():
            self._db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            with self._transaction():
                self._check()
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")  # safe from kill -9; a power cut may cost the last rows

    def _check(self) -> None:
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if (application, version) == (APPLICATION, SCHEMA):
            return
        if application == APPLICATION:
            raise StoreError(
                f"{self.path} has format {version}, this guerdon reads {SCHEMA}: name another store, or upgrade"
            )
        if self._db.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
            raise StoreError(f"{self.path} is another program's database: name another file")
        for statement in _TABLES:
            self._db.execute(statement)
        self._db.execute(f"PRAGMA application_id = {APPLICATION}")
        self._db.execute(f"PRAGMA user_version = {SCHEMA}")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if self._owner != os.getpid():  # SQLite's connections must not cross a fork
            self._inherited, self._lock = self._db, threading.Lock()
            self._open()
        with self._lock, self._explaining():
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as db, self._transaction():
            yield db

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            name = getattr(error, "sqlite_errorname", "")
            advice = next((text for start, text in _ADVICE.items() if name.startswith(start)), str(error))
            raise StoreError(f"the store {self.path}: {advice} ({name}: {error})") from error


def digest(value: Any) -> str:
    """Hash of a row, or of any plain data, arrays, pictures, dataclasses and paths (the name, not the file).

    Raises TypeError for anything whose content cannot be told.

    >>> digest({"a": 1, "b": (2.5, None)}) == digest({"b": [2.5, None], "a": 1})
    True
    """
    text = json.dumps(value, sort_keys=True, default=_canonical)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"bytes": hashlib.blake2b(value, digest_size=16).hexdigest()}
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(digest(v) for v in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist() if value.dtype.hasobject else [value.dtype.str, value.shape, _canonical(value.tobytes())]
    if hasattr(value, "tobytes") and hasattr(value, "mode"):  # a PIL image
        return [value.mode, value.size, _canonical(value.tobytes())]
    raise TypeError(
        f"a store cannot tell whether a {type(value).__name__} has changed: give plain data, bytes or an array"
    )


def _without_secrets(tree: Any) -> Any:
    if isinstance(tree, Mapping):
        return {k: "…" if str(k).lower() in CREDENTIALS else _without_secrets(v) for k, v in tree.items()}
    return [_without_secrets(v) for v in tree] if isinstance(tree, (list, tuple)) else tree


def _vote(fields: dict[str, Any]) -> Vote:
    tiers = tuple(tuple(tier) for tier in fields.pop("tiers"))
    spans = tuple((int(i), int(a), int(b)) for i, a, b in fields.pop("spans"))
    return Vote(tiers=tiers, spans=spans, **fields)


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))  # in ASCII: models write half surrogates, which SQLite refuses
