"""guerdon's own dialect: everything a reward says, by column."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from guerdon.scores import STATUS_NAMES, Column, Scores, Status
from guerdon.serve.service import Service
from guerdon.serve.wire import ERRORS, Asked, reply

StatusName = Literal["SKIPPED", "OK", "MALFORMED", "INAPPLICABLE", "ABSTAINED", "UNREAD", "FAILED"]
EXAMPLE = {"prompt": "How many cats?", "response": "<answer>3</answer>", "answer": "3"}


class ScoreRequest(Asked):
    """Rows to score."""

    samples: list[dict[str, Any]] = Field(
        min_length=1,
        fail_fast=True,
        description="One object a row: the columns that the reward reads. Media (`images`, `videos`, `audios`, "
        "parts of a prompt's messages) come as data URIs.",
        examples=[[EXAMPLE]],
    )


class Part(BaseModel):
    """One column of results, a cell a row."""

    values: list[float | None] = Field(description="null where there is no value, which is never zero.")
    status: list[StatusName]
    reasons: list[str] = Field(description="Empty where there is nothing to say.")


class ScoreReply(Part):
    """The total of every row, and all components of the reward whatever was run."""

    reward: str
    keys: list[str] = Field(description="A row's `id`, else its position.")
    components: dict[str, Part]
    rationales: dict[str, str] = Field(description="What a judge wrote, by position of the row.")
    fine: dict[str, Any] = Field(description="Values finer than the response, by position of the row.")


def router(service: Service) -> APIRouter:
    """The routes of this dialect."""
    routes = APIRouter()
    spec = service.reward.spec()

    @routes.post("/v1/score", response_model=ScoreReply, responses=ERRORS, summary="Score samples.")
    async def score(asked: ScoreRequest) -> Response:
        return reply(written(await service.score(asked.samples), spec))

    return routes


def written(scores: Scores, spec: str) -> dict[str, Any]:
    """Scores as JSON has them."""
    return {
        "reward": spec, "keys": scores.key, **_part(scores),
        "components": {name: _part(column) for name, column in scores.components.items()},
        "rationales": scores.rationale, "fine": {i: fine._asdict() for i, fine in scores.fine.items()},
    }  # fmt: skip


def _part(column: Column) -> dict[str, Any]:
    return {
        "values": [None if value != value else value for value in column.values.tolist()],
        "status": [STATUS_NAMES[Status(code)] for code in column.status.tolist()],
        "reasons": [column.reasons.get(i, "") for i in range(len(column))],
    }
