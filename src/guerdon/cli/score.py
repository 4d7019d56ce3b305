"""`guerdon score`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from guerdon.cli import options as o
from guerdon.cli.failures import MISSED, Misuse, explain
from guerdon.cli.inputs import engine_options, read_reward, read_rows
from guerdon.cli.outputs import check_out, console, print_json, say, write_scores

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from guerdon.report import Agreement, Summary
    from guerdon.sample import Row
    from guerdon.scores import Scores

MAX_REASONS = 8
MAX_DIFFERENCES = 5
"""Lines of the terminal; JSON has all."""

Against = Annotated[
    list[str] | None,
    typer.Option(
        "--against", metavar="COMPONENT=COLUMN", rich_help_panel=o.RESULTS,
        help="Also say on how many rows a component, or the total, is the number the data has. Repeatable.",
    ),
]  # fmt: skip


def score(
    data: o.Data,
    reward: o.Spec,
    map: o.Map = None,
    split: o.Split = None,
    limit: o.Limit = None,
    root: o.Root = None,
    imports: o.Imports = None,
    engine: o.EngineName = o.Engine.inline,
    workers: o.Workers = None,
    seconds: o.Seconds = None,
    memory: o.Memory = None,
    store: o.StorePath = None,
    resume: o.Resume = False,
    out: o.Out = None,
    report: o.Report = None,
    group_by: o.GroupBy = None,
    against: Against = None,
    json: o.Json = False,
) -> None:
    """Score every row of a data set, and say what the scores look like.

    Exits with 1 if every row failed.
    """
    check_out(out)
    pairs = [_pair(text) for text in against or ()]
    options = engine_options(engine, workers, seconds, memory, store, resume)
    made = read_reward(reward, imports)
    rows = read_rows(data, map, split, limit, root)
    result = Result(made, rows, engines.map(made, rows, **options), group_by, pairs)
    if json:
        print_json(result.summary())
    else:
        result.show()
    if out is not None:
        write_scores(result.scores, out, result.summary())
        say(f"scores: {out}")
    if report is not None:
        result.write_report(report, data)
        say(f"report: {report}")
    result.check()


class Result:
    """Scores and what there is to say about them."""

    def __init__(
        self, reward: Reward, rows: Sequence[Row], scores: Scores, by: str | None, against: Sequence[tuple[str, str]]
    ):
        from guerdon import report as r

        self.reward, self.scores, self.by = reward, scores, by
        self.rows = r.row_a_score(scores, rows)
        self.summaries = r.summarise(scores, r.clusters(self.rows))
        self.reasons = r.reasons(scores)
        self.groups = r.groups(scores, self.rows, by) if by else []
        self.agreements = [r.agreement(scores, self.rows, part, column) for part, column in against]

    def summary(self) -> dict[str, Any]:
        """Everything, JSON-ready."""
        found = {
            "reward": self.reward.spec(), "record": self.scores.record, "rows": len(self.scores),
            "components": [s.to_dict() for s in self.summaries], "reasons": self.reasons,
            "groups": [s.to_dict() for s in self.groups], "against": self.agreements,
        }  # fmt: skip
        return plain(found)

    def show(self) -> None:
        """Tables on stdout."""
        from guerdon.report import terminal as t

        tables = [t.scores_table(self.summaries)]
        if self.reasons:
            tables.append(t.reasons_table(self.reasons[:MAX_REASONS]))
        if self.groups:
            tables.append(t.scores_table(self.groups, title=f"By {self.by}", first=str(self.by)))
        if self.agreements:
            tables.append(t.agreement_table(self.agreements, MAX_DIFFERENCES))
