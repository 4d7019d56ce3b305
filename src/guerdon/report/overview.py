"""All there is to say about one run of a reward, gathered once for the terminal, for JSON and for the page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from guerdon.report.agreement import Agreement, agreement
from guerdon.report.summary import Reason, Summary, clusters, groups, macro_mean, plain, reasons, summarise
from guerdon.sample import Row
from guerdon.scores import ContractError, Scores
from guerdon.spec import SpecError, from_tree


@dataclass(frozen=True)
class Overview:
    """Scores and rows, one a score, with what they come to."""

    scores: Scores
    rows: Sequence[Row]
    summaries: list[Summary]
    """The total, unless a component is the whole reward, then every component."""
    reasons: list[Reason]
    groups: list[Summary]
    """The total within each group."""
    by: str | None
    """The column of the groups."""
    agreements: list[Agreement]
    clustered: bool
    """Whether intervals were drawn over prompts, because rows share them."""

    @property
    def spec(self) -> str:
        """The reward in its text form, or in its data form where this process does not know it."""
        try:
            return from_tree(self.scores.record).spec()
        except (SpecError, ContractError):
            return json.dumps(self.scores.record, ensure_ascii=False)

    def to_dict(self) -> dict[str, Any]:
        """Everything but the rows, JSON-ready."""
        found: dict[str, Any] = {
            "reward": self.spec, "record": self.scores.record, "rows": len(self.scores),
            "components": [s.to_dict() for s in self.summaries], "reasons": self.reasons,
        }  # fmt: skip
        if self.by is not None:
            found["groups"] = {"by": self.by, "of": [s.to_dict() for s in self.groups], "mean": macro_mean(self.groups)}
        if self.agreements:
            found["against"] = self.agreements
        plainly: dict[str, Any] = plain(found)
        return plainly


def overview(
    scores: Scores, rows: Sequence[Row], *, by: str | None = None, against: Sequence[tuple[str, str]] = ()
) -> Overview:
    """What the scores of these rows come to, also within each value of the column `by`.

    `against` names (component or "total", recorded column) pairs to compare. Raises ContractError for a
    component or column there is not, or where rows and scores do not belong together.
    """
    mine = row_a_score(scores, rows)
    if len(mine) != len(scores):
        raise ContractError(f"a row a score is needed, not {len(mine)} rows for {len(scores)} scores")
    if by is not None and not any(by in row for row in mine):
        raise ContractError(f"no row has the column {by!r} to group by")
    shared = clusters(mine)
    return Overview(
        scores, mine, summarise(scores, shared), reasons(scores),
        groups(scores, mine, by) if by is not None else [], by,
        [agreement(scores, mine, part, column) for part, column in against], shared is not None,
    )  # fmt: skip


def row_a_score(scores: Scores, rows: Sequence[Row]) -> Sequence[Row]:
    """The row that stands for each score: its own, and for sets the first of the set."""
    if scores.over != "set":
        return rows
    firsts: dict[str, Row] = {}
    for row in rows:
        firsts.setdefault(str(row.get("set")), row)
    return [firsts[key] for key in scores.key]
