"""Twenty rewards in every host: the values the reward gives by itself, and what was said of rows without one."""

from __future__ import annotations

from importlib.util import find_spec
from math import isnan

import numpy as np
import pytest
from tests.integrations.calls import CALLS, GROUPED
from tests.integrations.twenty import REWARDS, ROWS, broken, fragile

from guerdon import ContractError, Reward
from guerdon.integrations.rows import AllFailed

HOSTS = [
    pytest.param(host, marks=pytest.mark.skipif(find_spec("inspect_ai") is None, reason="inspect_ai is not installed"))
    if host == "inspect_ai"
    else host
    for host in CALLS
]
FLOOR = -7.0


def close(host: list[float | None], mine: list[float | None]) -> bool:
    """Equal as float32, which some hosts use; NaN is how others say None."""
    given = [float("nan") if x is None else x for x in host]
    wanted = [float("nan") if x is None else x for x in mine]
    return bool(np.allclose(given, wanted, rtol=1e-6, atol=0, equal_nan=True))


def fits(host: str, reward: Reward) -> bool:
    return reward.over != "group" or host in GROUPED


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("name", REWARDS)
def test_a_reward_is_the_same_in_every_host(host: str, name: str) -> None:
    reward = REWARDS[name]
    if not fits(host, reward):
        with pytest.raises(ContractError, match="needs whole groups"):
            CALLS[host](reward, ROWS, FLOOR)
        return
    values, parts = CALLS[host](reward, ROWS, FLOOR)
    wanted, components = reward(ROWS).for_host(FLOOR)
    assert close(values, wanted)
    if parts is not None:
        assert set(parts) == set(reward.components)
        assert all(close(parts[part], column) for part, column in components.items())


def test_the_table_covers_what_there_is() -> None:
    assert len(REWARDS) >= 20
    assert len(CALLS) >= 15
    statuses = {status for reward in REWARDS.values() for status in reward(ROWS).counts()}
    assert statuses == {"OK", "MALFORMED", "INAPPLICABLE", "ABSTAINED", "UNREAD", "FAILED"}


@pytest.mark.parametrize("host", HOSTS)
def test_a_row_without_a_value_stops_a_host_that_was_told_so(host: str) -> None:
    reward = 0.5 * fragile().named("the culprit") + 0.5 * REWARDS["format"]
    with pytest.raises((ContractError, SystemExit), match=r"the culprit.*unscored=0\.0"):
        CALLS[host](reward, ROWS, "raise")


@pytest.mark.parametrize("host", HOSTS)
def test_a_reward_that_is_down_stops_the_run_and_says_which_and_why(host: str) -> None:
    reward = 0.5 * broken() + 0.5 * REWARDS["format"]
    with pytest.raises((AllFailed, SystemExit), match=r"64 rows in a row FAILED.*table\.broken.*no model here"):
        CALLS[host](reward, [{**row, "group": 0} for row in ROWS * 11], 0.0)


@pytest.mark.parametrize("host", ["trl", "swift", "lmms_eval", "vlmevalkit"])
def test_hosts_that_can_skip_rows_get_none(host: str) -> None:
    values, _ = CALLS[host](REWARDS["abstaining"], ROWS, "none")
    assert values == [0.5, 0.5, None, 0.5, 0.5, 0.5]


def test_a_nan_is_a_nan() -> None:
    values, _ = CALLS["easyr1"](REWARDS["abstaining"], ROWS, "nan")
    assert [value is not None and isnan(value) for value in values] == [False, False, True, False, False, False]
