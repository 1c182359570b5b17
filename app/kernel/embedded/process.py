"""How an embedded server is described and started.

Everything starts in a session of its own, so that Ctrl-C in a terminal reaches the supervisor
only and the stop is ordered; and with a parent-death signal (Linux), so that a killed supervisor
leaves no orphan that holds ports and data.
"""

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

_PR_SET_PDEATHSIG = 1


class ServerFailed(Exception):
    """A server did not start, or died; the message carries the end of its log."""


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A process to run: what, where, as whom, and how it likes to be stopped."""

    name: str
    argv: tuple[str, ...]
    directory: Path
    environment: Mapping[str, str] = {}
    """Set on top of our own environment."""
    account: str | None = None
    """The ordinary user to run as when we are root; None runs as we do."""
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 20.0
    """How long an ordered stop may take before it is killed."""

    def options(self) -> dict[str, Any]:
        """Keyword arguments shared by `subprocess.Popen` and asyncio's subprocesses."""
        stop_signal = self.stop_signal
        options: dict[str, Any] = {
            "cwd": self.directory,
            "env": {**os.environ, **self.environment},
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
            "preexec_fn": lambda: die_with_parent(stop_signal),
        }
        if self.account is not None:
            entry = pwd.getpwnam(self.account)
            options |= {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
            options["env"] = {**options["env"], "HOME": "/", "USER": self.account}
        return options


def _prctl() -> Callable[[int, int], int] | None:
    if sys.platform != "linux":
        return None
    return ctypes.CDLL(None, use_errno=True).prctl


_PRCTL = _prctl()


def die_with_parent(stop_signal: int) -> None:
    """Have the kernel send this process `stop_signal` when its parent is gone, where it can. Not
    before a change of user, which would clear it."""
    if _PRCTL is not None:
        _PRCTL(_PR_SET_PDEATHSIG, stop_signal)


def ordinary_account() -> str | None:
    """The user that servers which refuse root run as; None when we are no root anyway."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise ServerFailed("running as root, and neither the user `postgres` nor `nobody` exists")


def as_account(
    argv: tuple[str, ...], account: str | None, paths: tuple[Path, ...], stop_signal: int
) -> Program:
    """A program run as `account`, even when a parent folder of `paths` is closed to it.

    A clone under /root is closed to ordinary users. Opening those folders would weaken the
    machine, so instead the child keeps the one right to pass through folders (`setpriv`).
    """
    name = Path(argv[0]).name
    common: dict[str, Any] = {"name": name, "directory": Path("/"), "stop_signal": stop_signal}
    if account is None or all(_passable(path, account) for path in paths):
        return Program(argv=argv, account=account, **common)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ServerFailed(
            f"the user {account} cannot enter {paths[0]} or {paths[-1]}; run as an ordinary user, "
            "install util-linux (setpriv), or choose another --data folder"
        )
    entry = pwd.getpwnam(account)
    drop = (setpriv, f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups")
    keep = ("--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search")
    death = f"--pdeathsig={signal.Signals(stop_signal).name.removeprefix('SIG')}"
    return Program(argv=(*drop, *keep, death, *argv), **common)


def _passable(path: Path, account: str) -> bool:
    """Whether `account` may pass through every parent folder of `path` (as its others-bits say)."""
    uid = pwd.getpwnam(account).pw_uid
    for folder in path.resolve().parents:
        status = folder.stat()
        needed = 0o100 if status.st_uid == uid else 0o001
        if not status.st_mode & needed:
            return False
    return True


class Running:
    """A program that runs with its output in a file. Used by tests and one-off commands."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id; raises `ServerFailed` when it was never started."""
        if self._process is None:
            raise ServerFailed(f"{self.program.name} was not started")
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; returns at once, see `wait_until`."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen[bytes](
                self.program.argv,
                stdout=output,
                stderr=subprocess.STDOUT,
                **self.program.options(),
            )

    def wait_until(self, ready: Callable[[], bool], seconds: float = 30.0) -> None:
        """Poll until `ready`. Raises `ServerFailed` when it dies or takes longer than that."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive or time.monotonic() > deadline:
                raise ServerFailed(f"{self.program.name} did not start:\n{self.last_lines()}")
            time.sleep(0.02)

    def last_lines(self, count: int = 15) -> str:
        """The end of the log, for messages."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])

    def stop(self) -> None:
        """Ask it to stop, wait, and kill it when it does not."""
        if self._process is None:
            return
        if self.alive:
            self._process.send_signal(self.program.stop_signal)
        try:
            self._process.wait(self.program.stop_seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL, for tests of faults."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def package_folder(package: str) -> Path:
    """Where a wheel is installed, found without importing it (imports have side effects)."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ServerFailed(
            f"the package `{package}` is not installed: install the extra `embedded`, "
            "or give VALKEY_URL, VALKEY_CACHE_URL and DATABASE_URL"
        )
    return Path(spec.origin).parent


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on at this moment, for tests."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def port_is_open(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
        return True
    return False
