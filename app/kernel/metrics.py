"""Prometheus metrics of a process. Served on a port of their own, never on the public one."""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

_LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_FLUSH_SECONDS = 1.0
_LAG_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)


class Metrics:
    """The counters every part of the house shares; labels have few values, never ids."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.requests = Counter(
            "carnival_http_requests",
            "Answers by operation and status",
            ["operation", "status"],
            registry=registry,
        )
        self.request_seconds = Histogram(
            "carnival_http_request_seconds",
            "Time from the request's head to the answer's",
            ["operation"],
            buckets=_LATENCY_BUCKETS,
            registry=registry,
        )
        self._answers: dict[tuple[str, int], _Answers] = {}
        self.settle_lag_seconds = Histogram(
            "carnival_settle_lag_seconds",
            "From a decision to its SQL commit",
            buckets=_LAG_BUCKETS,
            registry=registry,
        )
        self.settled = Counter(
            "carnival_settled_decisions", "Decisions settled", ["kind"], registry=registry
        )
        self.quarantined = Counter(
            "carnival_quarantined_decisions",
            "Decisions that contradict what SQL holds: each one needs a person",
            ["kind"],
            registry=registry,
        )
        self.unsettled = Gauge(
            "carnival_unsettled_decisions",
            "Decisions that wait for SQL, over all buckets",
            registry=registry,
            multiprocess_mode="max",
        )
        self.fanned_out = Counter(
            "carnival_timeline_pushes", "Timeline entries pushed", registry=registry
        )
        self.fan_out_seconds = Histogram(
            "carnival_fan_out_seconds",
            "From publication to the last push of a post",
            buckets=_LAG_BUCKETS,
            registry=registry,
        )
        self.timeline_rebuilds = Counter(
            "carnival_timeline_rebuilds", "Timelines rebuilt from SQL", registry=registry
        )
        self.sockets = Gauge(
            "carnival_sockets",
            "Open realtime connections",
            ["transport"],
            registry=registry,
            multiprocess_mode="livesum",
        )

    def answered(self, operation: str, status: int, seconds: float) -> None:
        """Count an HTTP answer and the time it took; seen by Prometheus after `flush`."""
        answers = self._answers.get((operation, status))
        if answers is None:
            answers = self._answers[operation, status] = _Answers()
        answers.count += 1
        answers.seconds += seconds
        answers.buckets[bisect_left(_LATENCY_BUCKETS, seconds)] += 1

    def flush(self) -> None:
        """Hand over what was counted. The library's counters write to a shared file under a lock:
        three writes an answer cost more than the whole rest of the perimeter."""
        for (operation, status), answers in self._answers.items():
            if not answers.count:
                continue
            self.requests.labels(operation, status).inc(answers.count)
            # it has no public way to observe many at once
            child: Any = self.request_seconds.labels(operation)
            child._sum.inc(answers.seconds)
            for bucket, count in zip(child._buckets, answers.buckets, strict=True):
                if count:
                    bucket.inc(count)
            answers.clear()

    @asynccontextmanager
    async def flushing(self) -> AsyncGenerator[None]:
        """Flush every second for as long as the context lasts, and once at its end."""
        task = asyncio.create_task(self._flush_forever())
        try:
            yield
        finally:
            task.cancel()
            self.flush()

    async def _flush_forever(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            self.flush()


class _Answers:
    """Answers of one operation and status since the last flush."""

    __slots__ = ("buckets", "count", "seconds")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.count, self.seconds = 0, 0.0
        self.buckets = [0] * (len(_LATENCY_BUCKETS) + 1)
