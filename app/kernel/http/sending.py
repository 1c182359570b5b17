"""Files on a socket by sendfile(2), so that no byte of them passes through Python.

asyncio's `loop.sendfile` is not there in uvloop. A connection's own transport stays in charge of
reading and of closing; for as long as a file is sent it has nothing to write, and the file goes to
a duplicate of its descriptor. Measured for a mebibyte over loopback: a third of the CPU of sending
it as bytes.
"""

import asyncio
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager
from errno import EAGAIN
from typing import Final

_PIECE_BYTES: Final = 1024 * 1024
"""After which others have their turn."""


class FileSender:
    """The writing half of one connection, for files."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """The transport's socket must be open."""
        self._loop = loop
        self._socket = socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno()))
        self._waiter: asyncio.Future[None] | None = None
        self._closed = False
        self._sending = False
        self._moved_at = 0.0

    @property
    def sending(self) -> bool:
        """Whether a file is under way."""
        return self._sending

    def stalled_seconds(self) -> float:
        """How long the reader has taken nothing of the file under way."""
        return self._loop.time() - self._moved_at

    async def send(self, head: bytes, file: int, start: int, stop: int) -> None:
        """Write `head` and the bytes of an open file from `start` up to `stop`.

        The transport must have nothing to write, neither now nor meanwhile. Raises OSError when
        the reader goes away, or when the file is shorter than said."""
        with self._busy():
            rest = memoryview(head)
            while rest:
                try:
                    rest = rest[self._socket.send(rest, socket.MSG_MORE) :]
                except BlockingIOError:
                    await self._writable()
            while start < stop:
                count = min(stop - start, _PIECE_BYTES)
                if not _is_at_hand(file, start, count):
                    await self._loop.run_in_executor(None, os.pread, file, count, start)
                try:
                    sent = os.sendfile(self._socket.fileno(), file, start, count)
                except BlockingIOError:
                    await self._writable()
                    continue
                if sent == 0:
                    raise OSError("The file is shorter than it was said to be")
                start += sent
                self._moved_at = self._loop.time()
                if sent == _PIECE_BYTES and start < stop:
                    await asyncio.sleep(0)

    def close(self) -> None:
        """The connection is lost: what is under way ends with an error."""
        self._closed = True
        self._wake()
        if not self._sending:
            self._socket.close()

    @contextmanager
    def _busy(self) -> Generator[None]:
        self._sending, self._moved_at = True, self._loop.time()
        try:
            yield
        finally:
            self._sending = False
            if self._closed:
                self._socket.close()

    async def _writable(self) -> None:
        if not self._closed:
            self._waiter = self._loop.create_future()
            self._loop.add_writer(self._socket, self._wake)
            try:
                await self._waiter
            finally:
                self._loop.remove_writer(self._socket)
        if self._closed:
            raise ConnectionAbortedError

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _is_at_hand(file: int, start: int, count: int) -> bool:
    """Whether both ends of a piece are in the page cache: a disk would hold up everybody. Where the
    file system cannot say, it is believed."""
    page = bytearray(1)
    for place in (start, start + count - 1):
        try:
            os.preadv(file, [page], place, os.RWF_NOWAIT)
        except OSError as error:
            return error.errno != EAGAIN
    return True
