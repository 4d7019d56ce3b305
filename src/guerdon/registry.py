"""Reward factories by id and version.

Built-in families are imported on the first lookup; other packages offer theirs through the entry
point group `guerdon.rewards`, whose values are modules that define rewards when imported.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from guerdon.scores import ContractError

if TYPE_CHECKING:
    from guerdon.leaf import LeafFactory

ID = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
FAMILIES = ("rules", "embed", "judges", "models")

_factories: dict[str, dict[int, LeafFactory]] = {}


def register(factory: LeafFactory) -> None:
    """Add a factory. Defining the same one again replaces it, so that a module can be reloaded.

    Raises ContractError if another function has this id and version.
    """
    versions = _factories.setdefault(factory.id, {})
    known = versions.get(factory.version)
    if known is not None and known.origin != factory.origin:
        raise ContractError(
            f"{factory.id}@{factory.version} is defined twice: in {known.origin[0]} ({known.origin[1]}) "
            f"and in {factory.origin[0]} ({factory.origin[1]}). Choose another id or version."
        )
    versions[factory.version] = factory


def lookup(name: str) -> LeafFactory:
    """The factory called `boxes.iou@1`, or the newest version of `boxes.iou`.

    Raises ContractError for an unknown id (and names the nearest) or version.
    """
    id_, _, version = name.partition("@")
    if id_ not in _factories:
        load_all()
        _load_system(id_.partition(".")[0])
    versions = _factories.get(id_)
    if versions is None:
        raise ContractError(f"there is no reward {id_!r}{_nearest(id_)}; `guerdon list` shows all")
    if not version:
        return versions[max(versions)]
    if not version.isdigit() or int(version) not in versions:
        raise ContractError(f"{id_} has no version {version!r}, only {sorted(versions)}")
    return versions[int(version)]


def every() -> list[LeafFactory]:
    """All known factories, by id and version."""
    load_all()
    return [_factories[i][v] for i in sorted(_factories) for v in sorted(_factories[i])]


@cache
def load_all() -> None:
    """Import every module that defines rewards."""
    for family in FAMILIES:
        try:
            package = importlib.import_module(f"guerdon.{family}")
        except ModuleNotFoundError as error:
            if error.name != f"guerdon.{family}":
                raise
            continue
        for module in pkgutil.iter_modules(package.__path__, f"guerdon.{family}."):
            importlib.import_module(module.name)
    from importlib.metadata import entry_points  # slow to import, and not needed where no name is looked up

    for point in entry_points(group="guerdon.rewards"):
        point.load()


def _load_system(name: str) -> None:
    """Import the published method that may define the reward: `vlm_r1.one_box` is one of `vlm-r1`'s own."""
    if name.isidentifier() and find_spec(f"guerdon.systems.{name}") is not None:
        importlib.import_module(f"guerdon.systems.{name}")


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, _factories, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
