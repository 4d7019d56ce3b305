"""The result every parser gives."""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from guerdon.geometry import Span
from guerdon.scores import Status

T = TypeVar("T")


class Parsed(NamedTuple, Generic[T]):
    """What was read, and where: `value` is None unless `status` is OK."""

    value: T | None
    status: Status = Status.OK
    span: Span | None = None
    """The characters it was read from."""
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is a value."""
        return self.status == Status.OK


def malformed(reason: str) -> Parsed[T]:
    """The text could not be read as what was asked for."""
    return Parsed(None, Status.MALFORMED, None, reason)
