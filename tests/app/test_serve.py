"""The web's own processes: a parent that holds the port, and workers that serve."""

import os
import signal
import time
from pathlib import Path

import psutil

from app.kernel.embedded.process import port_is_open
from app.kernel.settings import Settings
from app.serve import HUNG_SECONDS
from tests.realtime.web import WebProcess
from tests.waiting import until


def test_a_dead_worker_is_replaced_and_none_outlives_its_parent(
    settings: Settings, tmp_path: Path
) -> None:
    web = WebProcess(settings, tmp_path / "web.log")
    try:
        web.wait_until_ready()
        parent = psutil.Process(web.pid)
        first = _worker_of(parent)
        # it dies while its parent asks whether it lives
        first.suspend()
        time.sleep(1.5)
        os.kill(first.pid, signal.SIGKILL)
        until(lambda: not first.is_running(), HUNG_SECONDS / 2)
        web.wait_until_ready()
        second = _worker_of(parent)
        assert second.pid != first.pid
        os.kill(parent.pid, signal.SIGKILL)
        until(lambda: not port_is_open(web.port))
    finally:
        web.stop()


def _worker_of(parent: psutil.Process) -> psutil.Process:
    """Spawned by multiprocessing, which has a process of its own beside it."""
    (worker,) = [each for each in parent.children() if "spawn_main" in " ".join(each.cmdline())]
    return worker
