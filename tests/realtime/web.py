"""Web processes as they run in production: a server on a port, our perimeter, one hub each."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.kernel.embedded.process import free_ports
from app.kernel.settings import Settings

HOME = Path(__file__).parents[2]
START_SECONDS = 60.0
HEAR_SECONDS = 20.0
"""Bounds of waiting, never what is measured."""
_SERVE = (
    "import sys, msgspec\n"
    "from app.kernel.settings import Settings\n"
    "from tests.realtime.web import serve_with\n"
    "serve_with(sys.argv[1])\n"
)


def serve_with(settings_json: str) -> None:
    """In the child: the web process with these settings."""
    from app.kernel.settings import load_settings
    from app.serve import serve

    for name, value in json.loads(settings_json).items():
        os.environ[name] = value
    serve(load_settings())


class WebProcess:
    """One `carnival web` on the test servers."""

    def __init__(self, settings: Settings, log: Path) -> None:
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = log
        variables = _environment(msgspec.structs.replace(settings, port=self.port))
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVE, json.dumps(variables)],
                cwd=HOME,
                env=os.environ | {"PYTHONPATH": str(HOME)},
                stdout=file,
                stderr=file,
            )

    @property
    def pid(self) -> int:
        """Of the server; the processes that serve are its children."""
        return self._process.pid

    def wait_until_ready(self) -> None:
        """Until requests are answered."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self._process.poll() is None, self._log.read_text()[-3000:]
            try:
                if (
                    httpx.get(f"{self.url}/health/ready", timeout=2, verify=False).status_code
                    == 200
                ):
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise AssertionError(self._log.read_text()[-3000:])

    def terminate(self) -> None:
        """Ask it to stop."""
        self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Stop it and wait."""
        if self._process.poll() is None:
            self.terminate()
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise

    def connect(self) -> connect:
        """A WebSocket to the live channel."""
        return connect(f"ws://127.0.0.1:{self.port}/v1/realtime", open_timeout=20)


def _environment(settings: Settings) -> dict[str, str]:
    shared = {"valkey_url", "valkey_cache_url", "database_url", "database_owner_url"}
    shared.add("object_store_url")
    variables: dict[str, str] = {}
    for field in msgspec.structs.fields(settings):
        value = getattr(settings, field.name)
        if value is not None:
            name = field.name.upper()
            variables[name if field.name in shared else f"CARNIVAL_{name}"] = str(value)
    return variables


class Ear:
    """A WebSocket client that keeps what it heard."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.welcome: dict[str, Any] = {}

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def hello(self, who: Any, **more: Any) -> dict[str, Any]:
        """Greet in somebody's name; the welcome."""
        token = who.headers["authorization"].removeprefix("Bearer ")
        await self.say(type="hello", accessToken=token, **more)
        return await self.hear("welcome")

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next message of this type; others are passed over."""
        async with asyncio.timeout(HEAR_SECONDS):
            while True:
                message = json.loads(await self.socket.recv())
                if message["type"] == kind:
                    return message

    async def heard_until_pong(self) -> list[dict[str, Any]]:
        """Everything that was said before an answer to a ping."""
        await self.say(type="ping")
        heard: list[dict[str, Any]] = []
        while (message := json.loads(await self.socket.recv()))["type"] != "pong":
            heard.append(message)
        return heard

    async def closed(self) -> int | None:
        """The code the server closes with."""
        async with asyncio.timeout(HEAR_SECONDS):
            with contextlib.suppress(ConnectionClosed):
                async for _ in self.socket:
                    pass  # a client that reads nothing does not hear the end either
            await self.socket.wait_closed()
        return self.socket.close_code
