r"""ViCrit-Bench: a caption with one phrase that is wrong about the picture (Wang et al. 2025).

A reward is asked which it prefers, the caption as it was or the changed one. Of a model that was asked for the
wrong phrase, `--outputs` holds `id` and `response`: it is right if it names that phrase and no other. The published
script looks for the first changed word anywhere in the answer, so a list of all words is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from guerdon.bench.answers import Answers
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import BenchError, Item, Questions, digest
from guerdon.bench.outputs import Output, key_of, output
from guerdon.load import stream
from guerdon.metrics.pairwise import pair_credit
from guerdon.metrics.spans import changed
from guerdon.rules.spans import localise
from guerdon.sample import Broken, Row, Sample
from guerdon.scores import Status

ASKED = "Describe the image in detail."
_BOX = "\\boxed{"


def item(row: Row) -> Item:
    """The caption with the right phrase put back, which is better, and the changed one.

    Raises ValueError for a changed phrase that does not stand in the caption exactly once.
    """
    caption, wrong, right = str(row["changed_caption"]), _phrase(row, "changed"), _phrase(row, "original")
    if caption.count(wrong) != 1:
        raise ValueError("the changed phrase does not stand in the caption once")
    shared = {name: row[name] for name in ("image", "images") if row.get(name) is not None}
    samples = tuple(Sample(ASKED, text, **shared) for text in (caption.replace(wrong, right), caption))
    key = str(row["id"]) if row.get("id") is not None else digest(caption)
    facts = {"caption": caption, "answer": wrong, "right": right}
    group = str(row.get("hallucination_type") or row.get("type") or "all")
    return Item(key, samples, (1.0, 0.0), group, key, facts)


def outputs(path: Path) -> Iterator[Output]:
    """Answers that name a phrase, or guerdon's own form."""
    return (_answer(row) if _is_answer(row) else output(row) for row in stream(path))


def extract_answer(text: str) -> str | None:
    r"""What the first \boxed{…} holds, less its last character if it never closes; else the last line.

    None where "boxed{" stands without its backslash.
    """
    if "boxed{" not in text:
        return text.split("\n")[-1]
    start = text.find(_BOX)
    if start < 0:
        return None
    start += len(_BOX)
    depth = 1
    for i in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        if depth == 0:
            return text[start:i]
    return text[start:-1]


def extract_changed_segment(before: str, after: str) -> list[str]:
    """The words of `after` between those it begins and ends with like `before`."""
    start, stop = changed(before, after).after
    return after[start:stop].split()


def relaxed_correctness(prediction: str, right: str, wrong: str) -> float | None:
    """1 if the first changed word stands anywhere in the prediction, also inside another word, else 0.

    None where the change is a deletion: the official code raises IndexError.
    """
    words = extract_changed_segment(right.lower(), wrong.lower())
    return float(words[0] in prediction.lower()) if words else None


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Accuracy of answers in percent, as the published script has it; nothing for rewards."""
    if answers.official is None:
        return {}
    right = np.array([bool(x) for x in answers.official if x is not None], dtype=np.float64)
    return {"accuracy": 100 * float(right.mean())} if len(right) else {}


def _is_answer(row: Row) -> bool:
    return not isinstance(row, Broken) and isinstance(row.get("response"), str)


def _answer(row: Row) -> Output:
    response = str(row["response"])

    def settle(of: Item) -> Output:
        score = localise(within=None).one({"response": response, **of.facts})
        found = relaxed_correctness(extract_answer(response) or "", str(of.facts["right"]), str(of.facts["answer"]))
        if score.status in (Status.OK, Status.MALFORMED):
            return Output(of.key, right=score.value == 1.0, official=found)
        return Output(of.key, None, score.status, score.reason, official=found)

    return Output(key_of(row), settle=settle)


def _phrase(row: Row, which: str) -> str:
    found: Any = row[f"{which}_noun_phrases"]
    if isinstance(found, (list, tuple)):
        if len(found) != 1:
            raise BenchError(f"{len(found)} {which} phrases where one is needed")
        found = found[0]
    return str(found)


benchmark = Benchmark(
    name="vicrit-bench",
    title="ViCrit: A Verifiable Reinforcement Learning Proxy Task for Visual Perception in VLMs",
    url="https://github.com/si0wang/ViCrit",
    licence="not stated",
    about=__doc__,
    item=item,
    metrics=(Metric("accuracy", "How often the true caption is preferred, or the wrong phrase named.", pair_credit),),
    files=("vicrit_bench/*.parquet", "vicrit_bench/*.jsonl"),
    official=Official(official, ("one changed word anywhere in an answer is enough here; ours asks for the phrase",)),
    outputs=outputs,
)  # fmt: skip
