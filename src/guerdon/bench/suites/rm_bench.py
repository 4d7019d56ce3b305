"""RM-Bench: right and wrong answers in three styles each, from plain to formatted (Liu et al. 2024).

An item has three right answers and three wrong ones, of one prompt: concise, detailed, detailed with markdown. All
nine pairs count: easy where the right answer is in the fancier style, normal where both are in one style, hard where
the wrong answer is the fancier one. A reward that looks at style alone has 100, 50 and 0 %. Domains count the same,
with the two halves of safety as one (this from memory).

The domain is the column `domain`, else the file's name. Released outputs are `score_chosen` and `score_rejected`,
three numbers each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from guerdon.bench.answers import Answers
from guerdon.bench.benchmark import FILE, Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import ALL, BenchError, Item, Questions, ranked
from guerdon.bench.outputs import Output, output, scored
from guerdon.bench.published import Published
from guerdon.bench.suites._means import by_group, weighted
from guerdon.load import stream
from guerdon.metrics.pairwise import pair_credit
from guerdon.metrics.selection import Styles, style_accuracy
from guerdon.preferences import comparison
from guerdon.sample import Broken, Row
from guerdon.scores import Floats

WEIGHTS = {"chat": 1.0, "code": 1.0, "math": 1.0, "safety-refuse": 0.5, "safety-response": 0.5}
STYLES = 3


def item(row: Row) -> Item:
    """Three right answers and three wrong ones, plainest first. Raises ValueError for another number of either."""
    made = ranked(comparison(row), group=_domain(row) or str(row.get("domain") or row.get(FILE) or ""))
    if made.gold != (1.0,) * STYLES + (0.0,) * STYLES:
        raise ValueError("not three right and three wrong answers")
    return replace(made, key=_key(row) or made.key)


def easy(values: Floats, gold: Floats) -> Floats:
    """Mean over the pairs whose right answer is in the fancier style, a tie ½, [n]."""
    strict, lost = _styles(values)
    return (strict.easy + 1 - lost.hard) / 2


def normal(values: Floats, gold: Floats) -> Floats:
    """The same over the pairs in one style."""
    strict, lost = _styles(values)
    return (strict.normal + 1 - lost.normal) / 2


def hard(values: Floats, gold: Floats) -> Floats:
    """The same over the pairs whose wrong answer is in the fancier style."""
    strict, lost = _styles(values)
    return (strict.hard + 1 - lost.easy) / 2


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Each level in each domain, over all domains, and of all items together, in percent; a tie is wrong."""
    strict, _ = _styles(answers.values)
    found: dict[str, float] = {}
    for level in ("easy", "normal", "hard"):
        credit: Floats = getattr(strict, level)
        means = by_group(credit, questions, answers)
        found |= {f"{domain}, {level}": mean for domain, mean in means.items()}
        found |= {f"{level}, all items": mean for mean in by_group(credit, questions, answers, _all).values()}
        if set(means) == set(WEIGHTS):
            found[level] = weighted(means, WEIGHTS) or 0.0
    levels = [found[level] for level in ("easy", "normal", "hard") if level in found]
    whole = {"total": sum(levels) / 3} if len(levels) == 3 else {}
    return {name: 100 * value for name, value in {**whole, **found}.items()}


def outputs(path: Path) -> Iterator[Output]:
    """The released layout, or guerdon's own form."""
    return map(_output, stream(path))


def _all(domain: str) -> str:
    return ALL


def _styles(values: Floats) -> tuple[Styles, Styles]:
    """How often right beats wrong, and how often wrong beats right."""
    sides = values.reshape(-1, 2, STYLES)
    return style_accuracy(sides), style_accuracy(sides[:, ::-1])


def _domain(row: Row) -> str | None:
    """The domain of a row, from its column or its file's name, such as `chat_filtered`; None where neither says."""
    told = (str(row.get(name) or "").removesuffix("_filtered") for name in ("domain", FILE))
    return next((name for name in told if name in WEIGHTS), None)


def _key(row: Row) -> str | None:
    """Ids are unique within a domain."""
    domain, name = _domain(row), row.get("id")
    return None if name is None else str(name) if domain is None else f"{domain}/{name}"


def _output(row: Row) -> Output:
    if isinstance(row, Broken) or row.get("score_chosen") is None:
        return output(row)
    chosen, rejected = row["score_chosen"], row.get("score_rejected")
    if not isinstance(chosen, (list, tuple)) or not isinstance(rejected, (list, tuple)):
        raise BenchError("score_chosen and score_rejected are lists of three numbers")
    return scored(_key(row), [*chosen, *rejected])


benchmark = Benchmark(
    name="rm-bench",
    title="RM-Bench: Benchmarking Reward Models of Language Models with Subtlety and Style",
    url="https://huggingface.co/datasets/THU-KEG/RM-Bench",
    licence="ODC-BY",
    about=__doc__,
    item=item,
    metrics=(
        Metric("accuracy", "How often a right answer beats a wrong one, all nine pairs; a tie counts ½.", pair_credit),
        Metric("easy", "Where the right answer is in the fancier style.", easy),
        Metric("normal", "Where both are in one style.", normal),
        Metric("hard", "Where the wrong answer is in the fancier style.", hard),
    ),
    hub="THU-KEG/RM-Bench",
    files=("rm_bench/total_dataset.json", "rm_bench/*_filtered.json"),
    groups=tuple(WEIGHTS),
    weights=WEIGHTS,
    official=Official(official, ("ties are wrong here, ½ in ours",)),
    outputs=outputs,
    published=(
        Published(
            "RM-Bench, %", "results in the repositories of RM-R1 (arXiv:2505.02387) and IXC-2.5-Reward "
            "(arXiv:2501.12368)",
            ("model", "hard", "normal", "easy", "total"),
            (("RM-R1-Qwen2.5-Instruct-32B", 70.5, 80.5, 86.7, 79.2), ("IXC-2.5-Reward-7B", 47.4, 71.3, 87.5, 68.8)),
        ),
    ),
)  # fmt: skip
