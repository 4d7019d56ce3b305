"""Charts lie where their figures are."""

from typing import Any

import numpy as np

from guerdon.audit.optimisers import best_of_n
from guerdon.metrics.calibration import reliability as bins_of
from guerdon.report.charts import BOTTOM, LEFT, RIGHT, TOP, Scale, curve, reliability


def points(*gold: float) -> list[dict[str, Any]]:
    return [
        {"at": i + 1, "sqrt_kl": float(i), "gold": g, "gold_low": g - 1, "gold_high": g + 1}
        for i, g in enumerate(gold)
    ]  # fmt: skip


def test_a_scale_puts_its_ends_at_the_ends_and_holds_the_rest_within() -> None:
    scale = Scale(2.0, 4.0, 10.0, 110.0)
    assert [scale(x) for x in (2, 3, 4, 99, -99)] == [10, 60, 110, 110, 10]


def test_a_calibrated_bin_lies_on_the_diagonal() -> None:
    found = reliability(bins_of([0.75] * 4, [1, 1, 1, 0]))
    (dot,) = found.dots
    middle = (LEFT + RIGHT) / 2  # ¾ is half-way from ½ to 1
    assert dot.x == middle
    assert dot.high < dot.y < dot.low  # up is a smaller y
    assert dot.title == "75.0 % sure, 75.0 % right of 4"
    assert found.paths[0].data.endswith(f"L{RIGHT:g} {TOP:g}")


def test_a_curve_spans_its_band() -> None:
    found = curve(points(0, 1, 2), "gold")
    assert [dot.x for dot in found.dots] == [LEFT, (LEFT + RIGHT) / 2, RIGHT]
    assert [dot.y for dot in found.dots] == [113.0, 78.0, 43.0]  # −1 … 3 over 148 … 8: 35 a unit, 0 is one up
    assert {path.kind for path in found.paths} == {"band", "gold"}
    assert all(f" {edge:g}" in found.paths[0].data for edge in (TOP, BOTTOM))


def test_only_a_peak_within_the_curve_is_drawn() -> None:
    peak = {"within": True, "sqrt_kl": 1.0, "sqrt_kl_low": 0.5, "sqrt_kl_high": 1.5, "says": "gold peaks"}
    drawn = curve(points(0, 2, 0), "gold", peak)
    assert [path.kind for path in drawn.paths] == ["where", "band", "gold", "guide"]
    assert drawn.paths[-1].title == "gold peaks"
    beyond = {**peak, "within": False, "sqrt_kl_high": None}
    assert [path.kind for path in curve(points(0, 2, 3), "gold", beyond).paths] == ["band", "gold"]


def test_a_flat_curve_has_a_scale_of_its_own() -> None:
    flat = [{"at": 1, "sqrt_kl": 0.0, "gold": 5.0, "gold_low": 5.0, "gold_high": 5.0}]
    (dot,) = curve(flat, "gold").dots
    assert TOP < dot.y < BOTTOM


def test_a_curve_of_the_laboratory_can_be_drawn() -> None:
    rng = np.random.default_rng(0)
    gold = rng.normal(size=(20, 64))
    found = best_of_n(gold + rng.normal(size=gold.shape), gold).to_dict()
    for name in ("gold", "proxy"):
        assert len(curve(found["points"], name, found["peak"]).dots) == len(found["points"])
