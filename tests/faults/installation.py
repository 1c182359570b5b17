"""A whole installation under `up`, whose processes a test may kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from tests.bases import Base
from tests.servers import Valkeys

HOME = Path(__file__).parents[2]
READY_SECONDS = 240.0
"""A bound for machines that do much else; the start itself takes seconds."""
KINDS = ("web", "worker", "valkey-live", "valkey-cache", "postgres")


class Installation:
    """`carnival up` in a folder of its own; `with` starts and stops it. With `valkeys` it works
    against these, which are not its own."""

    def __init__(self, folder: Path, *, workers: int = 2, valkeys: Valkeys | None = None) -> None:
        self.folder = folder
        self._valkeys = valkeys
        self._base = Base()
        self.port = self._base.port
        self.workers = workers
        self.url = f"http://127.0.0.1:{self.port}"
        self._up: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Installation":
        try:
            self.start()
        except BaseException:
            self.stop()  # what never got ready would run on, and slow down everything after it
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and wait until requests are served."""
        command = [*self._carnival("up"), "--port", str(self.port), "--no-demo"]
        command += ["--workers", str(self.workers)]
        with (self.folder / "up.log").open("ab") as log:
            self._up = subprocess.Popen(
                command, cwd=HOME, env=self._environment(), stdout=log, stderr=log
            )
        self.wait_until_ready()

    def stop(self) -> None:
        """The ordered stop."""
        if self._up is not None:
            self._up.send_signal(signal.SIGTERM)
            self._up.wait(timeout=60)

    def run(self, *arguments: str) -> str:
        """One of the other commands, on this installation; its output. Fails when it fails."""
        done = subprocess.run(
            self._carnival(*arguments),
            cwd=HOME,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout[-4000:]} {done.stderr[-4000:]}"
        return done.stdout

    def kill(self, kind: str) -> None:
        """`kill -9` of one kind of process; of web, one that serves. One that is being started
        again is waited for."""
        until = time.monotonic() + READY_SECONDS
        while not (victims := self.pids(kind)):
            assert time.monotonic() < until, f"no process of {kind} runs"
            time.sleep(0.05)
        os.kill(victims[-1], signal.SIGKILL)

    @contextmanager
    def another_worker(self) -> Iterator[None]:
        """A second worker beside the one of `up`, for as long as the context lasts."""
        with (self.folder / "worker-2.log").open("ab") as log:
            worker = subprocess.Popen(
                self._carnival("worker"), cwd=HOME, env=self._environment(), stdout=log, stderr=log
            )
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(timeout=60)

    def pids(self, kind: str) -> list[int]:
        """The process of a kind, and behind it the ones it started."""
        assert self._up is not None
        for child in psutil.Process(self._up.pid).children():
            if _kind_of(child) == kind:
                own = child.children(recursive=True) if kind == "web" else []
                return [child.pid, *(process.pid for process in own)]
        return []

    def wait_until_ready(self) -> None:
        """Until every dependency of the web process answers."""
        until = time.monotonic() + READY_SECONDS
        with httpx.Client(timeout=2.0, verify=False) as client:  # plain HTTP; loads no roots
            while time.monotonic() < until:
                assert self._up is not None
                assert self._up.poll() is None, (self.folder / "up.log").read_text()[-4000:]
                try:
                    if client.get(f"{self.url}/health/ready").status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                time.sleep(0.1)
        raise AssertionError("not ready: " + (self.folder / "up.log").read_text()[-4000:])

    def _carnival(self, command: str, *arguments: str) -> list[str]:
        data = ["--data", str(self.folder / "data")]
        return [sys.executable, "-P", "-m", "app.cli", command, *data, *arguments]

    def _environment(self) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("CARNIVAL_")}
        if self._valkeys is not None:
            clean |= {"VALKEY_URL": self._valkeys.live, "VALKEY_CACHE_URL": self._valkeys.cache}
        return clean | {
            "PYTHONPATH": str(HOME),
            # the crowd comes from one address, and is not what these tests are about
            "CARNIVAL_RATE_LIMIT_PER_MINUTE": "1000000",
        }


def _kind_of(process: psutil.Process) -> str:
    try:
        words = process.cmdline()
        line = " ".join(words)
        if "valkey" in line:
            live = "/live" in line or process.cwd().endswith("/live")
            return "valkey-live" if live else "valkey-cache"
    except psutil.NoSuchProcess:  # it ended as we looked
        return "other"
    if "postgres" in line:
        return "postgres"
    return next((kind for kind in ("web", "worker") if kind in words), "other")
