"""What Prometheus reads at /metrics."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from guerdon.scores import Scores

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
SAMPLES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Metrics:
    """The counts of one service. Every name begins with `guerdon_`."""

    def __init__(self) -> None:
        self._registry = to = CollectorRegistry()
        self._requests = Counter("guerdon_requests", "Requests answered.", ["path", "code"], registry=to)
        self._request_seconds = Histogram(
            "guerdon_request_seconds", "From the headers to the answer.", ["path"], buckets=SECONDS, registry=to
        )
        self._samples = Counter("guerdon_samples", "Rows of results, by status.", ["status"], registry=to)
        self._batch_samples = Histogram(
            "guerdon_batch_samples", "Samples scored by one call.", buckets=SAMPLES, registry=to
        )
        self._batch_seconds = Histogram("guerdon_batch_seconds", "Time of one call.", buckets=SECONDS, registry=to)
        self._waiting = Gauge("guerdon_waiting_samples", "Samples accepted and not yet answered.", registry=to)
        self._lost = Counter("guerdon_lost_workers", "Processes that died or took too long.", registry=to)

    def watch(self, waiting: Callable[[], float]) -> None:
        """Say where to look for the number of waiting samples."""
        self._waiting.set_function(waiting)

    def request(self, path: str, code: int, seconds: float) -> None:
        """Count an answered request."""
        self._requests.labels(path, code).inc()
        self._request_seconds.labels(path).observe(seconds)

    def scored(self, scores: Scores) -> None:
        """Count the rows of a result."""
        for status, n in scores.counts().items():
            self._samples.labels(status).inc(n)

    def batch(self, samples: int, seconds: float) -> None:
        """Count a call of the reward."""
        self._batch_samples.observe(samples)
        self._batch_seconds.observe(seconds)

    def lost(self) -> None:
        """Count a worker that had to be replaced."""
        self._lost.inc()

    def text(self) -> bytes:
        """In Prometheus's text format."""
        return generate_latest(self._registry)
