"""What is installed, told from the package's own requirements."""

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from guerdon.doctor import machine


def test_the_core_is_installed_with_its_versions(tmp_path: Path) -> None:
    found = machine(tmp_path)
    core = {package.name: package.found for package in found.extras["core"]}
    assert core["numpy"] == version("numpy")
    assert {"numpy", "pyyaml", "typer", "jinja2"} <= set(core)
    assert found.missing("core") == []
    assert found.cure("core") == ""
    assert "torch" in {package.name for package in found.extras["models"]}
    assert found.cores >= 1


def test_what_is_missing_comes_with_the_line_that_installs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_ray(name: str) -> str:
        if name == "ray":
            raise PackageNotFoundError(name)
        return version(name)

    module = sys.modules["guerdon.doctor.machine"]
    monkeypatch.setattr(module.metadata, "version", without_ray)
    found = machine(tmp_path)
    assert found.missing("ray") == ["ray"]
    assert found.cure("ray") == "pip install 'guerdon[ray]'"


def test_a_store_is_tried_and_nothing_is_left_behind(tmp_path: Path) -> None:
    assert machine(tmp_path).store == ""
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_hold_a_store_says_why(tmp_path: Path) -> None:
    assert "No such file" in machine(tmp_path / "nowhere").store
