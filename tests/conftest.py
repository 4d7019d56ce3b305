"""Where real data lies, and how hard property tests try."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]

# `make test` draws the same examples every time, so that it fails for a change and not by luck;
# `make fuzz` looks for new ones. A test that sets its own max_examples escapes both.
settings.register_profile(
    "quick", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("fuzz", max_examples=5_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quick")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Real data of others: $GUERDON_DATA."""
    return _folder("GUERDON_DATA", "data")


@pytest.fixture(scope="session")
def golden_dir() -> Path:
    """Outputs recorded from official code: $GUERDON_GOLDEN."""
    return _folder("GUERDON_GOLDEN", "golden")


def _folder(variable: str, name: str) -> Path:
    folder = Path(os.environ.get(variable) or ROOT.parent / "shared" / name)
    if not folder.is_dir():
        pytest.skip(f"there is no folder {folder}: set {variable} to run this")
    return folder
