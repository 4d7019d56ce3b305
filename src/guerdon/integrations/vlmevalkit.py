"""VLMEvalKit: `evaluate` of a dataset class.

class MyGrounding(ImageVQADataset):
    evaluate = to_evaluate("boxes.iou")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from guerdon.integrations.host import Host, Snippet, located
from guerdon.integrations.rows import Bridge
from guerdon.reward import Reward
from guerdon.scores import Column, Unscored

Evaluate = Callable[..., dict[str, float]]


def to_evaluate(reward: Reward | str, *, unscored: Unscored = "none") -> Evaluate:
    """The reward as `evaluate(self, eval_file, **judge_kwargs)`.

    A row of the table has `question` as prompt, `prediction` as response, `answer`, and its other columns. The result
    has the mean and the coverage of the total and of every component; the table with a column each is written beside
    the predictions, as `…_guerdon.jsonl`.
    """
    bridge = Bridge("vlmevalkit", reward, unscored, groups=True)

    def evaluate(self: Any, eval_file: str, **judge_kwargs: Any) -> dict[str, float]:
        rows = [table_row(row) for row in read_table(eval_file)]
        hosted = bridge.score(rows)
        _write(Path(eval_file), rows, hosted.values, hosted.components)
        columns = {**hosted.scores.components, bridge.reward.name: hosted.scores}
        return {key: figure for name, column in columns.items() for key, figure in _figures(name, column).items()}

    return evaluate


def _figures(name: str, column: Column) -> dict[str, float]:
    return {name: column.mean(), f"{name} coverage": column.coverage}


def read_table(path: str) -> list[dict[str, Any]]:
    """The predictions, by the host's own reader: xlsx, tsv, csv, json or pickle by its choice."""
    from vlmeval.smp import load

    records: list[dict[str, Any]] = load(path).to_dict("records")
    return records


def table_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a table's line; a cell that pandas left NaN is missing."""
    cells = {name: cell for name, cell in row.items() if not (isinstance(cell, float) and cell != cell)}
    return {**cells, "id": cells.get("index"), "prompt": cells.get("question"), "response": cells.get("prediction")}


def _write(
    path: Path, rows: list[dict[str, Any]], values: list[float | None], parts: dict[str, list[float | None]]
) -> None:
    import json

    with path.with_name(f"{path.stem}_guerdon.jsonl").open("w", encoding="utf-8") as file:
        for i, row in enumerate(rows):
            line = {"index": row.get("id"), "value": values[i], **{name: column[i] for name, column in parts.items()}}
            file.write(json.dumps(line, default=str) + "\n")


def _snippet(spec: str, unscored: Unscored) -> Snippet:
    return Snippet(
        "from guerdon.integrations.vlmevalkit import to_evaluate\n\n"
        f"class MyDataset(ImageVQADataset):\n    evaluate = to_evaluate({located(spec)!r}, unscored={unscored!r})"
    )


HOST = Host(
    name="vlmevalkit",
    title="VLMEvalKit (August 2026)",
    columns=("prompt", "response", "answer", "id"),
    others="the other columns of the table",
    prompt="the column `question`, text",
    images="",
    groups="rows that share a column `group`",
    style="sync",
    unscored="none",
    components="a mean and a coverage a name, and a column a name in `…_guerdon.jsonl`",
    snippet=_snippet,
)
