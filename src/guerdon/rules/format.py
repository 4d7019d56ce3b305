"""Whether a response has the layout it was asked for."""

from __future__ import annotations

from guerdon.leaf import reward
from guerdon.parse.tags import Match, layout, tag_counts
from guerdon.scores import Score


@reward("format.tags", range=(0, 1), binary=True)
def tags(response: str, *, tags: str = "think answer", match: Match = "whole", duplicates: bool = False) -> float:
    """1 if the response is these tags' blocks, in this order, with nothing but white space between; else 0.

    `match` says whether the blocks are the whole response (not even a line break around them), its
    start, or anywhere in it ("search"). Each tag must occur just once in the whole response;
    `duplicates=True` is lenient as `<think>.*?</think>\\s*<answer>.*?</answer>` is, which lets two complete
    answers pass. DeepSeek-AI 2025, https://arxiv.org/abs/2501.12948.

    >>> tags()([{"response": "<think>2+2</think>\\n<answer>4</answer>"}, {"response": "4"}]).values
    array([1., 0.])
    """
    return float(layout(response, tags, match=match, duplicates=duplicates).ok)


@reward("format.tag_counts", range=(0, 1))
def tag_counts_share(response: str, *, tags: str = "think answer") -> float | Score:
    """Partial credit for a layout: of all opening and closing tags, the share that occurs exactly once.

    Order and nesting do not matter, so it is a ramp towards `format.tags`, not a substitute.

    >>> tag_counts_share()([{"response": "<think>2+2</think> 4"}]).values  # 2 of 4
    array([0.5])
    """
    read = tag_counts(response, tags)
    if read.value is None:
        return Score.malformed(read.reason)
    counts = [n for count in read.value.values() for n in count]
    return counts.count(1) / len(counts)
