"""A bare connection to a Valkey: packed commands in, replies out, nothing else."""

import socket
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, cast

import hiredis
from hiredis import HiredisError, Reader

Command = tuple[str | bytes | int, ...]
pack: Callable[[Command], bytes] = cast("Any", hiredis).pack_command
"""RESP of a command; hiredis types it as a tuple of one."""
_CHUNK = 1 << 16


class Raw:
    """Blocking, for benchmarks. Raises hiredis' errors for error replies."""

    def __init__(self, host: str, port: int, password: str) -> None:
        self._socket = socket.create_connection((host, port), timeout=30.0)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._reader = Reader()
        self.call("AUTH", password)

    def __enter__(self) -> "Raw":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def call(self, *command: str | bytes | int) -> Any:
        """One command."""
        return self.pipeline([command])[0]

    def pipeline(self, commands: Iterable[Command]) -> list[Any]:
        """Many commands in one write; their replies."""
        packed = [pack(command) for command in commands]
        self._socket.sendall(b"".join(packed))
        replies: list[Any] = []
        while len(replies) < len(packed):
            reply = self._reader.gets()
            if reply is False:
                self._reader.feed(self._socket.recv(_CHUNK))
                continue
            if isinstance(reply, HiredisError):
                raise reply
            replies.append(reply)
        return replies
