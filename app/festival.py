"""`carnival festival`: signs a crowd in on an instance and lets loadtests loose on it."""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from app.kernel.embedded.process import free_ports
from app.local import HOME, Refused

_SIGN_INS = 400
_READY_SECONDS = 600.0
_CARNIVAL = (sys.executable, "-P", "-m", "app.cli")


def rehearse(data: Path, host: str, arguments: Sequence[str]) -> int:
    """Load an instance that runs on `data` at `host`. Returns loadtests' verdict as a status."""
    with tempfile.TemporaryDirectory() as folder:
        sign_ins = Path(folder) / "sign-ins"
        made = [*_CARNIVAL, "rehearse", str(_SIGN_INS), "--brand", "--out", str(sign_ins)]
        subprocess.run([*made, "--data", str(data)], check=True, env=_environment())
        load = [sys.executable, "-P", "-m", "loadtests.festival"]
        load += ["--host", host, "--sign-ins", str(sign_ins), *arguments]
        load += ["--audit", shlex.join([*_CARNIVAL, "audit", "--data", str(data)])]
        return subprocess.run(load, check=False, env=_environment()).returncode


@contextmanager
def fresh_instance(data: Path) -> Generator[str]:
    """An instance of its own with the demo, for as long as the context lasts; its address."""
    port = free_ports(1)[0] % 9_000 + 30_000
    url = f"http://127.0.0.1:{port}"
    up = subprocess.Popen(
        [*_CARNIVAL, "up", "--data", str(data), "--port", str(port)], env=_environment()
    )
    try:
        deadline = time.monotonic() + _READY_SECONDS
        while not (data / "open").exists() or not _ready(url):
            if up.poll() is not None or time.monotonic() > deadline:
                raise Refused(f"the instance on {data} did not open its doors")
            time.sleep(0.2)
        yield url
    finally:
        if up.poll() is None:
            up.send_signal(signal.SIGTERM)
        up.wait(90)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=3.0).status_code == 200
    except httpx.HTTPError:
        return False


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(HOME)}
