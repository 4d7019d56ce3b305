"""GenAI-Bench, images: votes between two images made from one prompt (Jiang et al. 2024).

Accuracy is over the votes that decide; ties and both bad are ties with them. Of judges that write, `--outputs` takes
their texts (`id`, `model_output`, and `swapped` where the right image was shown first). The published script of
UnifiedReward-Think draws the order anew in every run, without a seed, so it cannot be repeated to the digit.
"""

from __future__ import annotations

from functools import partial

from guerdon.bench.answers import Protocol
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.published import Published
from guerdon.bench.suites import _genai, _verdicts

benchmark = Benchmark(
    name="genai-bench-image",
    title="GenAI Arena: An Open Evaluation Platform for Generative Models (image generation)",
    url="https://huggingface.co/datasets/TIGER-Lab/GenAI-Bench",
    licence="MIT",
    about=__doc__,
    item=_genai.image,
    metrics=_genai.METRICS,
    hub="TIGER-Lab/GenAI-Bench:image_generation",
    split="test",
    files=("image_generation/test*.parquet",),
    media={"left_image": "image", "right_image": "image"},
    official=Official(_genai.official, _genai.DIFFERS, Protocol(orders="drawn")),
    outputs=partial(_verdicts.outputs, noun="Image"),
    published=(
        Published(
            "GenAI-Bench, accuracy without ties, %", "arXiv:2505.03318, from memory", ("model", "image", "video"),
            (("UnifiedReward-Think", 72.5, 82.3),),
        ),
    ),
)  # fmt: skip
