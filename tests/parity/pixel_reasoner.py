"""Pixel Reasoner's rule reward and reward shaping on recorded rows."""

from typing import Any

from guerdon import reward
from guerdon.systems._pixel_reasoner import valid
from guerdon.systems.pixel_reasoner import correctness, rollout


@reward("parity.pixel_reasoner_given", range=(-1, 1))
def given(correctness: float) -> float:
    """The row's own correctness."""
    return float(correctness)


SHAPED = rollout(correct=given(), form="code")


def rule_reward(sol: str, gt: Any, eostoken: str, format_type: str, requires_box: bool) -> list[Any]:
    """The official function also says whether a format was used, which none of the released settings asks for."""
    row = {"response": sol, "answer": gt}
    right = correctness(as_published=True) if not requires_box else _boxed()
    return [bool(valid(end=eostoken, requires_box=requires_box).one(row).value), right.one(row).value]


def _boxed() -> Any:
    from guerdon.systems._pixel_reasoner import correct

    return correct(requires_box=True)


def curiosity_shaping(
    correctness: list[float], num_tool_calls: list[int], is_video: Any, final_visual_op_failed: Any
) -> list[float]:
    """One group of eight; what holds for all may be said once."""
    n = len(correctness)
    columns = {"is_video": is_video, "last_call_failed": final_visual_op_failed}
    spread = {name: value if isinstance(value, list) else [value] * n for name, value in columns.items()}
    rows = [
        {"group": 0, "correctness": c, "tool_calls": k, **{name: cells[i] for name, cells in spread.items()}}
        for i, (c, k) in enumerate(zip(correctness, num_tool_calls, strict=True))
    ]
    values: list[float] = SHAPED(rows).values.tolist()
    return values


CALLS = {"rule_reward": rule_reward, "curiosity_shaping": curiosity_shaping}
