"""`carnival web`: granian with our application, and Prometheus metrics on a port of their own.

What granian does, tried with version 2.8: a worker killed with SIGKILL is replaced at once and no
request of the others fails; one that fails twice within six seconds ends the whole server (the
supervisor then starts it again). At SIGTERM it stops accepting, closes WebSockets, and waits for
the answers under way; an event stream would hold it until the kill timeout, so workers are told
with SIGUSR1 first, at which `draining` ends its streams.
"""

import contextlib
import multiprocessing
import os
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server.mp import MPServer
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import (
    MultiProcessCollector,
    mark_process_dead,  # pyright: ignore[reportUnknownVariableType]
)

from app.kernel.settings import Settings

_DRAIN_SECONDS = 10
_FAREWELL_SECONDS = 0.5
"""In which workers tell their sockets to come back elsewhere: granian just drops them."""


class WebServer(MPServer):
    """Granian that tells its workers to drain before it asks them to stop."""

    def _stop_workers(self) -> None:
        for worker in self.wrks:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker._id(), signal.SIGUSR1)  # pyright: ignore
        time.sleep(_FAREWELL_SECONDS)
        super()._stop_workers()

    def _respawn_workers(self, workers: list[int], *given: Any, **named: Any) -> None:
        """Before a dead worker is replaced, its gauges (open sockets) stop counting."""
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            for index in workers:
                mark_process_dead(self.wrks[index]._id())  # pyright: ignore
        super()._respawn_workers(workers, *given, **named)  # pyright: ignore


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    with tempfile.TemporaryDirectory(prefix="carnival-metrics-") as folder:
        if settings.metrics_port:
            _serve_metrics(settings, Path(folder))
        # a fresh interpreter for each worker: none inherits threads or locks of this process
        multiprocessing.set_start_method("spawn")
        WebServer(
            "app.asgi:create_app",
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            factory=True,
            workers=settings.web_workers,
            loop=Loops.uvloop,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            respawn_interval=0.1,
            workers_kill_timeout=_DRAIN_SECONDS,
        ).serve()


def _serve_metrics(settings: Settings, folder: Path) -> None:
    """The sum over all worker processes, kept by them in files of `folder`."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # pyright: ignore[reportUnknownMemberType]
    start_http_server(settings.metrics_port, addr=settings.metrics_host, registry=registry)
