"""Prometheus metrics of a process. Served on a port of their own, never on the public one."""

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

_LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
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
        # `labels()` looks its child up under a lock; a hot request goes straight to the child
        self._answers: dict[tuple[str, int], Counter] = {}
        self._durations: dict[str, Histogram] = {}
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
        """Count an HTTP answer and the time it took."""
        counter = self._answers.get((operation, status))
        if counter is None:
            counter = self._answers[operation, status] = self.requests.labels(operation, status)
        counter.inc()
        duration = self._durations.get(operation)
        if duration is None:
            duration = self._durations[operation] = self.request_seconds.labels(operation)
        duration.observe(seconds)
