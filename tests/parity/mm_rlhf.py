"""MM-RLHF's scripts, by their function names."""

from typing import Any

from guerdon.bench.suites.mm_rlhf_rewardbench import performance, place


def cal_performance(items: list[dict[str, Any]]) -> dict[str, Any]:
    right = [item["rewards"][0] > item["rewards"][1] for item in items]
    found = performance([item["id"] for item in items], [place(item) for item in items], right)
    made = {name: each._asdict() for name, each in found.items()}
    overall = made.pop("overall")
    return {"category": made, "overall": overall}


CALLS = {"cal_performance": cal_performance}
WAITING = {"dpo_loss": "the preference losses", "rm_loss": "the reward-model losses"}
