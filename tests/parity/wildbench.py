"""WildBench's scripts, by their function names."""

from math import inf
from typing import Any

from guerdon.bench.suites import _wildbench
from guerdon.metrics.outcomes import length_tied, tally, wb_score


def wb_reward(K: int, items: list[dict[str, Any]]) -> dict[str, float]:
    sign = {"test": 1.0, "ref": -1.0, "tie": 0.0}
    told = [sign[item["winner"]] * item["extent"] / 2 for item in items]
    lengths = [[item[name] for item in items] for name in ("len_test", "len_ref")]
    counted = tally(length_tied(told, *lengths, more=inf if K < 0 else K))
    return {**counted._asdict(), "reward": counted.reward}


CALLS = {"parse_result": _wildbench.parse_result, "wb_reward": wb_reward, "wb_score": wb_score}
