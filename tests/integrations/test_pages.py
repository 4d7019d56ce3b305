"""What the pages say of hosts is what the code says."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from guerdon.cli.hosts import host_names
from guerdon.integrations.host import Host

PAGES = Path(__file__).parents[2] / "docs" / "how-to" / "hosts"


def test_there_are_hosts() -> None:
    assert len(host_names()) >= 13


@pytest.mark.parametrize("name", host_names())
def test_the_table_has_the_hosts_line(name: str) -> None:
    host: Host = import_module(f"guerdon.integrations.{name}").HOST
    assert host.name == name
    page = host.page or host.name
    assert (PAGES / f"{page}.md").is_file()
    cells = (
        f"[{host.title}]({page}.md)", host.others or "–", host.prompt or "–", host.images or "–", host.groups or "–",
        host.style, f"`{host.unscored}`", host.components,
    )  # fmt: skip
    assert f"| {' | '.join(cells)} |" in (PAGES / "index.md").read_text().splitlines()
