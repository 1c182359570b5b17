"""The programs that baselines are: started, asked whether they answer, and ended."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from loadtests.bench import harness

NGINX_MODULES = Path("/usr/lib/nginx/modules")
_NGINX_REDIS = Path("/usr/share/lua/5.1/nginx/redis.lua")
_ROOT = Path(__file__).parents[2]


def missing_tools() -> list[str]:
    """Debian packages without which some rows cannot be measured."""
    missing = [name for name in ("wrk", "nginx") if shutil.which(name) is None]
    if not (NGINX_MODULES / "ngx_http_lua_module.so").exists():
        missing.append("libnginx-mod-http-lua")
    if not _NGINX_REDIS.exists():
        missing.append("lua-nginx-redis")
    return missing


@contextmanager
def running(argv: Sequence[str], environment: Mapping[str, str] | None) -> Generator[int]:
    """A program's pid, while the context lasts."""
    process = subprocess.Popen(argv, env=environment, cwd=_ROOT)
    try:
        yield process.pid
    finally:
        # a baseline has nothing to lose, and its workers are processes of their own
        for pid in reversed(harness.family(process.pid)):
            os.kill(pid, signal.SIGKILL)
        process.wait()


def answers(url: str) -> bool:
    """Whether a GET is answered with 200."""
    try:
        return httpx.get(url, timeout=2.0).status_code == 200
    except httpx.HTTPError:
        return False


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
