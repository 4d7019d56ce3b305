"""Figures as published, for reading beside one's own."""

from __future__ import annotations

from typing import NamedTuple


class Published(NamedTuple):
    """A table as published; nothing in it is measured by guerdon."""

    caption: str
    source: str
    """Where it stands: paper and table, or an address."""
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float, ...], ...]
