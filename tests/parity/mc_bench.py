"""MC-Bench's scoring script on recorded files."""

from typing import Any

from guerdon.systems.mc_bench import evaluate


def scored(images: Any, annotations: Any, detections: Any) -> list[float]:
    return list(evaluate(images, annotations, detections, as_published=True))


CALLS = {"mcbench_eval": scored}
