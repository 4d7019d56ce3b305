"""MJ-Bench's scripts, by their function names."""

from itertools import combinations

from guerdon.bench.suites import _mj_bench as script
from guerdon.metrics.fairness import evenness


def get_pred(s0: float, s1: float, threshold: float) -> str:
    return script.prediction(s0, s1, threshold)


def bias_metrics(scores: list[float], threshold: float) -> dict[str, float]:
    return evenness(scores, within=threshold)._asdict()


def rounded_away(row: dict[str, list[float]]) -> bool:
    threshold = float(row["threshold"])  # type: ignore[arg-type]
    return any(0 < abs(a - b) - threshold < 1e-9 for a, b in combinations(row["scores"], 2))


CALLS = {
    "get_pred": get_pred,
    "extract_first_number": script.first_number,
    "extract_narrative_score": script.narrative_score,
    "bias_metrics": bias_metrics,
}
DEVIATES = {"bias_metrics": (rounded_away, "0.8 − 0.7 is within 0.1, whatever is left of it in binary")}
