"""Benchmarks of rewards: published data and protocols, counted soundly and as their authors count.

from guerdon import bench

results = bench.run(bench.load("vl-rewardbench"), [my_reward], data="data.jsonl")
"""

from guerdon.bench.answers import Answers, Protocol
from guerdon.bench.benchmark import Benchmark, Official, every, load
from guerdon.bench.figures import Figure, Line, Metric
from guerdon.bench.items import ALL, BenchError, Item, Questions, digest, ranked
from guerdon.bench.outputs import Output, output, outputs
from guerdon.bench.published import Published
from guerdon.bench.run import BASELINES, Entry, Results, baselines, run

__all__ = [
    "ALL", "BASELINES", "Answers", "BenchError", "Benchmark", "Entry", "Figure", "Item", "Line", "Metric", "Official",
    "Output", "Protocol", "Published", "Questions", "Results", "baselines", "digest", "every", "load", "output",
    "outputs", "ranked", "run",
]  # fmt: skip
