"""HTTP/1.1 over one connection, as light as a phone's: a crowd must not cost what it measures."""

import asyncio
import json
from typing import Any

SECONDS_MAX = 8.0


class NoAnswer(Exception):
    """The connection failed, or nothing came in time: the call may have been carried out."""


class Wire:
    """One connection, opened when needed and after every failure. One call at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._place = host, port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def call(
        self, method: str, path: str, token: str, body: Any = None
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON. Raises `NoAnswer`."""
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n"
        head += f"content-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
        try:
            async with asyncio.timeout(SECONDS_MAX):
                if self._reader is None or self._writer is None:
                    self._reader, self._writer = await asyncio.open_connection(*self._place)
                self._writer.write(head.encode() + content)
                return await self._answer(self._reader)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            self.close()
            raise NoAnswer from error

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[int, dict[str, Any]]:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        if fields.get("transfer-encoding") == "chunked":
            raise OSError("an answer of unknown length")
        content = await reader.readexactly(int(fields.get("content-length", "0")))
        if fields.get("connection") == "close":
            self.close()
        return int(lines[0].split(" ")[1]), json.loads(content) if content else {}

    def close(self) -> None:
        """Drop the connection; the next call opens another."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None
