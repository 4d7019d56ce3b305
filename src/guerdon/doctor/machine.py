"""What is installed here and what the machine has."""

from __future__ import annotations

import os
import platform
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?([^;]*)(?:;.*extra\s*==\s*['\"]([^'\"]+)['\"])?")
CORE = "core"


@dataclass(frozen=True)
class Package:
    """A distribution that guerdon can use."""

    name: str
    wanted: str
    """Versions that fit, as `pyproject.toml` has them."""
    found: str | None
    """Installed version; None if there is none."""


@dataclass(frozen=True)
class Machine:
    """Interpreter, processors, memory, packages, and whether a store can be kept here."""

    python: str
    guerdon: str
    system: str
    cores: int
    """Processors this process may use."""
    memory_bytes: int | None
    """Of the machine; None where it cannot be told."""
    store: str
    """Why a store cannot be kept in this folder; empty if it can."""
    extras: dict[str, list[Package]]
    """By extra; the packages that are always needed under "core"."""

    def missing(self, extra: str) -> list[str]:
        """Packages of an extra that are not installed."""
        return [package.name for package in self.extras[extra] if package.found is None]

    def cure(self, extra: str) -> str:
        """The line that installs what an extra lacks; empty if it lacks nothing."""
        if not self.missing(extra):
            return ""
        return "pip install guerdon" if extra == CORE else f"pip install 'guerdon[{extra}]'"


def machine(folder: str | Path = ".") -> Machine:
    """Look around; tries a store in `folder` and removes it again."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return Machine(
        platform.python_version(), metadata.version("guerdon"), f"{platform.system()} {platform.machine()}", cores,
        _memory(), _store_problem(Path(folder)), _extras(metadata.requires("guerdon") or ()),
    )  # fmt: skip


def _extras(requirements: Sequence[str]) -> dict[str, list[Package]]:
    extras: dict[str, list[Package]] = {CORE: []}
    for line in requirements:
        found = _REQUIREMENT.match(line)
        if found is not None:
            name, wanted, extra = found[1], found[2].strip(), found[3] or CORE
            extras.setdefault(extra, []).append(Package(name, wanted, _version(name)))
    return extras


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on every system
        return None


def _store_problem(folder: Path) -> str:
    from guerdon.store import Entry, Store, StoreError

    try:
        with tempfile.TemporaryDirectory(prefix=".guerdon-doctor-", dir=folder) as place:
            store = Store(Path(place) / "try.db")
            store.put_scores("try", {}, [(Entry("0", ""), {"value": 1.0})])
            store.close()
    except (OSError, StoreError) as error:
        return str(error)
    return ""
