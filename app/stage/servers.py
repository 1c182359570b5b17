"""The embedded servers and our processes of a stage, in a folder of their own."""

import asyncio
import secrets
import shutil
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from app.composition import Composed, alive, compose
from app.kernel.embedded.postgres import PostgresServer
from app.kernel.embedded.process import Program, Running, free_ports, port_is_open
from app.kernel.embedded.valkey import ValkeyServer
from app.kernel.settings import Settings
from app.migrations import upgrade

_MASTER = "a secret of the stage, long enough to be one"


class Servers:
    """The embedded servers and our processes, in one folder."""

    def __init__(self, folder: Path) -> None:
        """Nothing is started yet."""
        self.folder = folder
        password = secrets.token_hex(16)
        ports = free_ports(5)
        self.live = ValkeyServer(kind="live", folder=folder / "l", port=ports[0], password=password)
        self.cache = ValkeyServer(
            kind="cache",
            folder=folder / "c",
            port=ports[1],
            password=password,
            extra={"maxmemory": "2gb"},
        )
        self.postgres = PostgresServer(
            folder=folder / "p",
            port=ports[2],
            admin_password=password,
            owner_password=password,
            app_password=password,
        )
        self.web_port, self.bare_port = ports[3:]
        self.running: dict[str, Running] = {}
        (folder / "objects").mkdir(parents=True)

    def settings(self) -> Settings:
        """Those of this very process."""
        return Settings(
            secret=_MASTER,
            valkey_url=self.live.url,
            valkey_cache_url=self.cache.url,
            database_url=self.postgres.url,
            object_store_url=f"file://{self.folder / 'objects'}",
        )

    def environment(self, port: int) -> dict[str, str]:
        """The same for one of our processes."""
        settings = self.settings()
        return {
            "CARNIVAL_SECRET": settings.secret,
            "VALKEY_URL": settings.valkey_url,
            "VALKEY_CACHE_URL": settings.valkey_cache_url,
            "DATABASE_URL": settings.database_url,
            "OBJECT_STORE_URL": settings.object_store_url,
            "CARNIVAL_PORT": str(port),
            "CARNIVAL_RATE_LIMIT_PER_MINUTE": "1000000000",
            "CARNIVAL_LOG_LEVEL": "warning",
        }

    def start(self, *, bare: bool, transcoder: bool) -> None:
        """Servers, schema, web, worker; `bare`: and a web process that holds nothing."""
        self.running["valkey-live"] = self.live.start(self.folder / "live.log")
        self.running["valkey-cache"] = self.cache.start(self.folder / "cache.log")
        self.running["postgres"] = self.postgres.start(self.folder / "postgres.log")
        upgrade(self.postgres.owner_url)
        ports = {"web": self.web_port}
        self._start("web", "web", self.environment(self.web_port))
        if bare:
            holding = {"CARNIVAL_FEED_HELD_BYTES_MAX": "0", "CARNIVAL_POSTS_HELD_MAX": "0"}
            ports["web-bare"] = self.bare_port
            self._start("web-bare", "web", self.environment(self.bare_port) | holding)
        self._start("worker", "worker", self.environment(self.web_port))
        if transcoder:
            self._start("transcoder", "transcoder", self.environment(self.web_port))
        for name, port in ports.items():
            self.running[name].wait_until(lambda port=port: port_is_open(port), 60.0)

    def _start(self, name: str, command: str, environment: Mapping[str, str]) -> None:
        program = Program(
            name=name,
            argv=(sys.executable, "-m", "app.cli", command),
            directory=Path(__file__).parents[2],
            environment=environment,
        )
        self.running[name] = Running(program, self.folder / f"{name}.log")
        self.running[name].start()

    def stop(self) -> None:
        """Our processes first, then the servers; the folder goes too."""
        for running in reversed(self.running.values()):
            running.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@asynccontextmanager
async def house_of(servers: Servers) -> AsyncGenerator[Composed]:
    """A house of this very process on the stage's servers."""
    composed = compose(servers.settings())
    async with alive(composed.house):
        yield composed


async def obey(carry_out: Callable[[Mapping[str, Any]], Awaitable[Any]]) -> None:
    """Carry out one line of JSON at a time until the input ends, answering each with a line."""
    while line := await asyncio.to_thread(sys.stdin.buffer.readline):
        say(await carry_out(msgspec.json.decode(line)))


def say(value: Any) -> None:
    """A line of JSON to the client."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()
