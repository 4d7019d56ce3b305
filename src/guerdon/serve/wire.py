"""What the dialects share: strict requests, JSON answers, and one form for every error."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from guerdon.scores import ContractError, Scores
from guerdon.serve.limits import Refused

Unscored = float | Literal["none", "raise"]
"""What dialects of numbers alone say for a row without a value: a floor, null, or an error for the request."""

Texts = Annotated[list[str], Field(min_length=1, fail_fast=True)]
"""One error is enough: a list of a million wrong items would have a million."""


class Asked(BaseModel):
    """A request. Nothing is converted: "3" is not a number. Unknown keys are for other servers, and ignored."""

    model_config = ConfigDict(strict=True)


class Problem(BaseModel):
    """Why there is no answer."""

    detail: str = Field(description="What was wrong, for people.")


ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The body is not JSON."},
    408: {"model": Problem, "description": "The body took too long to come."},
    413: {"model": Problem, "description": "The body is too large."},
    422: {"model": Problem, "description": "The body cannot be scored as it is."},
    429: {
        "model": Problem,
        "description": "Too much is waiting already.",
        "headers": {"Retry-After": {"description": "Seconds until it is worth another try.",
                                    "schema": {"type": "integer"}}},
    },
}  # fmt: skip


def reply(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer. What models write need not be valid Unicode, so it is escaped."""
    return Response(json.dumps(content).encode(), status, headers, "application/json")


def numbers(scores: Scores, unscored: Unscored) -> tuple[list[float | None], dict[str, list[float | None]]]:
    """Values and components for a host of numbers. Raises Refused for unscored rows under "raise"."""
    try:
        return scores.for_host(unscored)
    except ContractError as error:
        raise Refused(422, f"{error}. `guerdon serve --unscored` says what to send instead") from error


def same_length(**lists: list[Any]) -> None:
    """Raise Refused unless all lists have one length."""
    if len({len(values) for values in lists.values()}) > 1:
        lengths = ", ".join(f"{name} has {len(values)}" for name, values in lists.items())
        raise Refused(422, f"lists of one length are needed: {lengths}")
