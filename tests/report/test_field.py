from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from guerdon.report.field import field
from guerdon.rules.given import score
from guerdon.systems.lucy_skg import offensive_potential


def test_the_offensive_potential_changes_sign_at_the_ball() -> None:
    behind = {"player_vel": [0, 2300, 0], "ball_pos": [0, 0, 93], "team": 0}
    found = field(offensive_potential(), lambda x, y: behind | {"player_pos": [x, y, 17]}, [0.0], [-1000.0, 1000.0])
    assert found.values.shape == (2, 1)
    assert found.values[0, 0] > 0.9
    assert found.values[1, 0] < -0.9


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_a_heat_map_is_written_even_where_values_are_missing(ending: str, tmp_path: Path) -> None:
    found = field(score(), lambda x, y: {"score": x * y} if x else {}, [0, 1, 2], [-1, 1])
    assert np.isnan(found.values[:, 0]).all()
    found.save(tmp_path / f"field.{ending}", title="x · y")
    head = (tmp_path / f"field.{ending}").read_bytes()[:100]
    assert head.startswith(b"\x89PNG" if ending == "png" else b"<?xml")
