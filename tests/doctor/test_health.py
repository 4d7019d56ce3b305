"""Parts of a reward that say nothing are named."""

from typing import Any

from guerdon import from_spec, reward
from guerdon.doctor import diagnose, findings, health
from guerdon.doctor.health import Flat, Groups


@reward("test_health.given", range=(0, 1))
def given(value: float) -> float:
    return value


@reward("test_health.one", range=(0, 1))
def one(value: float) -> float:
    return 1.0


def rows(*values: float, size: int = 2) -> list[dict[str, Any]]:
    return [{"value": v, "group": i // size} for i, v in enumerate(values)]


def test_a_part_that_is_always_the_same_is_dead() -> None:
    data = rows(0.0, 0.5, 0.2, 1.0)
    scores = from_spec("test_health.given + test_health.one")(data)
    assert health(scores, data).flat == [Flat("test_health.one", 1.0, 1.0)]


def test_a_part_that_is_nearly_always_at_its_end_is_saturated() -> None:
    data = rows(*[1.0] * 39, 0.0)
    assert health(given()(data), data).flat == [Flat("test_health.given", 1.0, 39 / 40)]
    less = rows(*[1.0] * 9, 0.0)
    assert health(given()(less), less).flat == []


def test_groups_whose_members_are_all_worth_the_same_are_counted() -> None:
    data = [*rows(0.5, 0.5, 0.0, 1.0, 0.3), {"value": 1.0, "group": None}]  # the third group has one member
    assert health(given()(data), data).groups == Groups("group", 2, 1, 2.0)


def test_without_a_group_column_nothing_is_said_of_groups() -> None:
    data = [{"value": 0.5}, {"value": 0.5}]
    assert health(given()(data), data).groups is None


def test_findings_name_the_part_and_the_share_of_groups() -> None:
    data = rows(1.0, 1.0, 0.0, 1.0)
    scores = from_spec("test_health.given + test_health.one")(data)
    told = findings(diagnose(data), health(scores, data))
    assert "test_health.one is 1 on every row: it tells few or no rows apart" in told
    assert any(text.startswith("50.0 % of the 2 groups have values that are all the same") for text in told)
