"""What a host will do to a reward, told before an hour is lost."""

from __future__ import annotations

import pickle
import statistics
from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Literal, NamedTuple

from guerdon.integrations.host import Host
from guerdon.integrations.rows import Bridge
from guerdon.leaf import Leaf
from guerdon.reward import Reward
from guerdon.sample import Broken, Row
from guerdon.scores import ContractError

Level = Literal["ok", "warn", "stop"]
MEDIA = {"images": "images", "videos": "images", "audios": "images", "prompt": "prompt", "messages": "prompt"}
"""Columns made of what a host passes as images or prompt."""
SLOW = 0.05
"""Seconds a sample from which on a sync reward holds up an async host."""
TIMED = 50
"""Rows that are timed at most."""
STEP = 1024
"""Samples of a training step, for the projection."""


class Found(NamedTuple):
    """One thing looked at."""

    level: Level
    """"stop": it will not work; "warn": it will not do what one may think; "ok": it was looked at and is fine."""
    about: str
    text: str


def examine(host: Host, reward: Reward, rows: Sequence[Row] = ()) -> list[Found]:
    """Everything to know before this reward runs in this host; with rows, also its keys, coverage and speed."""
    good = [row for row in rows if not isinstance(row, Broken)]
    looks = (_shape(host, reward), _columns(host, reward, good), _pickling(host, reward), _waiting(host, reward))
    found = [one for look in looks for one in look]
    if good and all(f.level != "stop" for f in found):
        return [*found, *_measured(host, reward, good)]
    return found if good else [*found, Found("warn", "speed", "not measured: give rows with --rows FILE")]


def _shape(host: Host, reward: Reward) -> Iterator[Found]:
    try:
        Bridge(host.name, reward, host.unscored, groups=bool(host.groups))
    except ContractError as error:
        yield Found("stop", "shape", str(error))
        return
    if any(part.over == "group" for part in reward.walk()):
        yield Found("warn", "groups", f"it needs whole groups, which arrive as: {host.groups}")
    else:
        yield Found("ok", "shape", f"a value a {reward.over}, of single samples")


def required(reward: Reward) -> list[str]:
    """Columns some part of the reward needs, as the rows must call them."""
    leaves = [part for part in reward.walk() if isinstance(part, Leaf)]
    return list(dict.fromkeys(leaf.renames.get(n, n) for leaf in leaves for n in leaf.factory.required))


def _columns(host: Host, reward: Reward, rows: Sequence[Row]) -> Iterator[Found]:
    for name in required(reward):
        yield _column(host, name, rows)
    opaque = [part.name for part in reward.walk() if not part.children and not isinstance(part, Leaf)]
    if opaque:
        yield Found("warn", "columns", f"{', '.join(opaque)} does not say which columns it reads")


def _column(host: Host, name: str, rows: Sequence[Row]) -> Found:
    about = f"column {name!r}"
    if name in host.columns:
        return Found("ok", about, f"{host.title} passes it")
    way = getattr(host, MEDIA[name]) if name in MEDIA else ""
    if way:
        return Found("ok", about, f"arrives as: {way}")
    if not host.others:
        return Found("stop", about, f"{host.title} does not pass it")
    if rows and name not in MEDIA and not any(row.get(name) is not None for row in rows):
        there = ", ".join(sorted({str(k) for row in rows[:100] for k in row}))
        return Found("stop", about, f"is in no row; there are: {there}. Write .reading({name}=…)")
    if host.packed:
        return Found("warn", about, f"{host.title} does not pass it by itself: put it {host.others}")
    return Found("ok", about, f"arrives with {host.others}")


def _pickling(host: Host, reward: Reward) -> Iterator[Found]:
    if not host.pickled:
        return
    try:
        pickle.loads(pickle.dumps(reward))  # what the host does, of what is in this process already
    except Exception as error:
        yield Found("stop", "pickling", f"{host.title} may send it to other processes, and it cannot be: {error}")
    else:
        yield Found("ok", "pickling", "it can be sent to other processes")


def _waiting(host: Host, reward: Reward) -> Iterator[Found]:
    if reward.waits and host.style == "sync":
        yield Found("warn", "async", f"{host.title} calls it synchronously: each call waits for its own rows only")
    else:
        yield Found("ok", "async", "it is awaited" if reward.waits else "it is synchronous")


def _measured(host: Host, reward: Reward, rows: Sequence[Row]) -> Iterator[Found]:
    bridge = Bridge(host.name, reward, "none", groups=bool(host.groups))
    scores = bridge.score(rows).scores
    keys = {frozenset(scores[i].components) for i in range(len(scores))}
    same = keys <= {frozenset(reward.components)}
    yield Found("ok" if same else "stop", "keys", f"{len(reward.components)} components, the same for every row")
    counts = ", ".join(f"{n} {name}" for name, n in scores.counts().items())
    text = f"{scores.coverage:.0%} of {len(scores)} rows have a value ({counts})"
    if scores.coverage < 1 and host.unscored == "raise":
        text += f"; {host.title} has no way to skip a row: without unscored=… the run stops at the first"
    yield Found("ok" if scores.coverage == 1 else "warn", "coverage", text)
    yield _speed(host, reward, rows)


def _speed(host: Host, reward: Reward, rows: Sequence[Row]) -> Found:
    batches = [rows[:TIMED]] * 3 if reward.over == "group" else [[row] for row in rows[:TIMED]]
    each = statistics.median(_timed(reward, batch) for batch in batches)
    text = f"{each * 1e3:.3g} ms a sample, {each * STEP:.3g} s for {STEP} one after the other"
    held = host.style == "async" and each > SLOW and not reward.waits
    return Found("warn", "speed", f"{text}; it holds up the host's event loop") if held else Found("ok", "speed", text)


def _timed(reward: Reward, rows: Sequence[Row]) -> float:
    start = perf_counter()
    reward.score_unchecked(rows)
    return (perf_counter() - start) / len(rows)
