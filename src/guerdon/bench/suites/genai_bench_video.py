"""GenAI-Bench, videos: votes between two videos made from one prompt (Jiang et al. 2024).

1,889 votes: left 619, right 651, tie 215, both bad 404. Accuracy is over the 1,270 that decide; ties and both bad
are ties with them. Videos are not part of the released votes. Of judges that write, `--outputs` takes their texts
(`id`, `model_output`, and `swapped` where the right video was shown first).
"""

from __future__ import annotations

from functools import partial

from guerdon.bench.answers import Protocol
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.published import Published
from guerdon.bench.suites import _genai, _verdicts

benchmark = Benchmark(
    name="genai-bench-video",
    title="GenAI Arena: An Open Evaluation Platform for Generative Models (video generation)",
    url="https://huggingface.co/datasets/TIGER-Lab/GenAI-Bench",
    licence="MIT",
    about=__doc__,
    item=_genai.video,
    metrics=_genai.METRICS,
    hub="TIGER-Lab/GenAI-Bench:video_generation",
    split="test",
    files=("genai_bench_video/data.json", "video_generation/test*.parquet"),
    media=dict.fromkeys(("left_video", "right_video", "video_left", "video_right"), "video"),
    official=Official(_genai.official, _genai.DIFFERS, Protocol(orders="drawn")),
    outputs=partial(_verdicts.outputs, noun="Video"),
    published=(
        Published(
            "GenAI-Bench, video, accuracy with and without ties, %", "arXiv:2501.13918, from memory",
            ("model", "with ties", "without ties"),
            (("VideoScore", 49.0, 71.7), ("VisionReward", 51.6, 72.4), ("VideoReward", 49.4, 72.9)),
        ),
        Published(
            "GenAI-Bench, video, preference accuracy, ties wrong and ties half, %",
            "README of github.com/aiming-lab/MJ-Video", ("model", "strict", "tie-aware"),
            (("InternVL2-2B", 13.71, 55.43), ("GPT-4o", 48.85, 59.14), ("VideoScore", 69.14, 69.14),
             ("MJ-VIDEO", 70.28, 70.28)),
        ),
    ),
)  # fmt: skip
