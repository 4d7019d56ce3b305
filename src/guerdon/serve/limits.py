"""What one request, and all together, may cost the service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What would cost more is refused, with a status that says whether to try again."""

    head_bytes: int = 2**16
    """Of a request's first line and headers."""
    head_seconds: float = 10.0
    """Until they are here, from the connection or the last response on."""
    body_bytes: int = 2**23
    """Of one body: 8 MiB, several photos as data URIs."""
    body_seconds: float = 30.0
    """Until it is here."""
    body_values: int = 2**19
    """In one body, told by its commas. Eight megabytes of `[],[],…` would hold everybody up for seconds."""
    held_bytes: int = 2**28
    """Of all bodies that are being read or scored: 256 MiB."""
    samples: int = 1024
    """In one request."""
    characters: int = 200_000
    """Of one response."""
    waiting: int = 4096
    """Samples accepted and not yet answered; with more, requests are turned away with 429."""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                raise ValueError(f"{name} must be positive, not {value}")
        if self.samples > self.waiting:
            raise ValueError(f"a request of {self.samples} samples could never be accepted: {self.waiting} may wait")


class Refused(Exception):
    """A request that is not served: an HTTP status, what to say, and when to come back."""

    def __init__(self, status: int, detail: str, retry_after: int | None = None):
        super().__init__(detail)
        self.status, self.detail, self.retry_after = status, detail, retry_after

    @property
    def headers(self) -> dict[str, str]:
        """Those that belong to this status."""
        if self.status == 401:
            return {"WWW-Authenticate": "Bearer"}
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
