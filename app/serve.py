"""`carnival web`: uvicorn with our application, and Prometheus metrics on a port of their own.

A parent holds the listening socket and keeps its workers alive; each of them is a process with an
event loop, our connections (`kernel.http.connections`) and the whole application. At SIGTERM
workers are told with SIGUSR1 first, at which `draining` ends the endless answers; then they stop
to accept, close WebSockets, and finish the answers under way, as does a worker whose parent died.
"""

import contextlib
import os
import signal
import tempfile
import time
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import (
    MultiProcessCollector,
    mark_process_dead,  # pyright: ignore[reportUnknownVariableType]
)
from uvicorn import Config
from uvicorn.supervisors import Multiprocess

from app.kernel.embedded.process import die_with_parent
from app.kernel.http.connections import IDLE_SECONDS, Connection
from app.kernel.http.front import Front
from app.kernel.settings import Settings

log: structlog.stdlib.BoundLogger = structlog.get_logger("serve")
_DRAIN_SECONDS = 10
_FAREWELL_SECONDS = 0.5
"""In which workers tell their sockets to come back elsewhere."""
HUNG_SECONDS = 30
"""A worker that does not say for so long that it lives is replaced."""
_SOCKET_BYTES_MAX = 64 * 1024


class WebServer(Multiprocess):
    """Tells its workers to drain before it asks them to stop."""

    def terminate_all(self) -> None:
        """Farewells first."""
        for worker in self.processes:
            if worker.pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker.pid, signal.SIGUSR1)
        time.sleep(_FAREWELL_SECONDS)
        super().terminate_all()

    def keep_subprocess_alive(self) -> None:
        """Before a dead worker is replaced, its gauges (open sockets) stop counting."""
        for worker in self.processes:
            # the worker's own end: were it open here too, one that dies while it is asked whether
            # it lives would be waited for as if it hung
            worker.child_conn.close()
            if worker.exitcode is not None and worker.pid is not None:
                log.warning("web_worker_died", pid=worker.pid, exit_code=worker.exitcode)
                if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
                    mark_process_dead(worker.pid)
        super().keep_subprocess_alive()


def configured(app: str | Front, *, host: str, port: int, workers: int = 1) -> Config:
    """How uvicorn serves our application, or the one that a function of this name makes."""
    return Config(
        app,
        host,
        port,
        factory=isinstance(app, str),
        interface="asgi3",
        loop="uvloop",
        http=Connection,
        ws="websockets-sansio",
        ws_max_size=_SOCKET_BYTES_MAX,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        # the perimeter knows what proxies it trusts
        proxy_headers=False,
        server_header=False,
        workers=workers,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        timeout_worker_healthcheck=HUNG_SECONDS,
    )


def worker() -> Front:
    """The application of a worker, which would hold the port if it outlived its parent."""
    die_with_parent(signal.SIGTERM)
    # the parent has no use for the application, and would start seconds later with it
    from app.asgi import create_app

    return create_app()


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    with tempfile.TemporaryDirectory(prefix="carnival-metrics-") as folder:
        if settings.metrics_port:
            _serve_metrics(settings, Path(folder))
        config = configured(
            "app.serve:worker",
            host=settings.host,
            port=settings.port,
            workers=settings.web_workers,
        )
        # bound before there are workers, which share it
        with config.bind_socket() as listener:
            WebServer(config, [listener]).run()


def _serve_metrics(settings: Settings, folder: Path) -> None:
    """The sum over all worker processes, kept by them in files of `folder`."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # pyright: ignore[reportUnknownMemberType]
    start_http_server(settings.metrics_port, addr=settings.metrics_host, registry=registry)
