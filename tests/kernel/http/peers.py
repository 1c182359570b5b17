"""A house with a few hot endpoints, and clients that say exactly what they are told to."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from litestar import Litestar, get
from prometheus_client import CollectorRegistry

from app.kernel.actors import Actor
from app.kernel.http.files import FileAnswer, FileRequest, NamedFile
from app.kernel.http.front import Front
from app.kernel.http.hot import HotAnswer, HotEndpoint, HotLane, HotRequest, plain_handler
from app.kernel.http.hotfiles import FileEndpoint, FileLane, file_handlers
from app.kernel.http.limits import LocalLimiter
from app.kernel.http.problems import exception_handlers
from app.kernel.metrics import Metrics
from app.kernel.structs import View
from tests.kernel.http.test_lanes import Tokens

LARGE = os.urandom(9_000_000)
PATIENCE_SECONDS = 20
"""A bound of waiting, never what is measured."""


class Nothing(View):
    """The body that the docs speak of."""


@dataclass
class House:
    """An application, and what its endpoints wait for."""

    folder: Path
    url: str = ""
    released: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0

    async def handle(self, request: HotRequest) -> HotAnswer:
        self.asked += 1
        if request.query.get("wait"):
            await self.released.wait()
        return HotAnswer(b"hot %b" % request.body)

    async def long(self, request: HotRequest) -> HotAnswer:
        self.asked += 1
        return HotAnswer(LARGE)

    async def file(self, asked: FileRequest, values: Sequence[str]) -> FileAnswer:
        length = int(values[0]) if values[0].isdigit() else len(LARGE)
        name = "none" if values[0] == "none" else "large"
        named = NamedFile(self.folder / name, 0, length)
        body = named if asked.by_name else LARGE[:length]
        return FileAnswer(200, [(b"content-length", b"%d" % length)], body)

    def front(self) -> Front:
        def early(actor: Actor, ids: tuple[int, ...]) -> HotAnswer | None:
            return HotAnswer(b"early")

        @get("/plain")
        async def plain() -> str:
            return "plain"

        declared = [
            HotEndpoint("GET", "/hot", "getHot", "Hot", self.handle, Nothing),
            HotEndpoint("POST", "/hot", "postHot", "Hot", self.handle, Nothing),
            HotEndpoint("GET", "/long", "getLong", "Long", self.long, Nothing),
            HotEndpoint("GET", "/early", "getEarly", "Early", self.handle, Nothing, early=early),
        ]
        answer = FileEndpoint("/file/{name}", "getFile", "A file", "", "video/mp4", self.file)
        return Front(
            Litestar(
                [plain, *map(plain_handler, declared), *file_handlers(answer)],
                exception_handlers=exception_handlers(),
                openapi_config=None,
                logging_config=None,
            ),
            hot=HotLane(declared),
            files=FileLane([answer]),
            authenticator=Tokens(),
            limiter=LocalLimiter(10_000),
            metrics=Metrics(CollectorRegistry()),
            trusted_proxies=0,
        )


@dataclass
class Peer:
    """A client that says exactly what it is told to."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def of(cls, house: House) -> "Peer":
        port = int(house.url.rpartition(":")[2])
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    def say(self, text: str | bytes) -> None:
        self.writer.write(text if isinstance(text, bytes) else text.encode())

    def ask(self, path: str, *headers: str, method: str = "GET", body: bytes = b"") -> None:
        lines = [f"{method} {path} HTTP/1.1", "Host: x", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.say("\r\n".join([*lines, "", ""]).encode() + body)

    async def hear(self) -> tuple[int, dict[str, str], bytes]:
        """One answer."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            line, *rest = head.strip().split("\r\n")
            headers = dict(each.lower().split(": ", 1) for each in rest)
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return int(line.split()[1]), headers, body

    async def is_closed(self) -> bool:
        """Whether the other side ends it, be it rudely."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return await self.reader.read(1) == b""
            except ConnectionError:
                return True
