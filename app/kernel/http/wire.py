"""The hot lane on the wire: what a peak asks for is answered where its last byte is parsed.

HTTP is spoken by uvicorn's protocol on llhttp. What the perimeter knows as hot leaves it here: no
scope, no messages and no channels of ASGI, and no task where the answer is known at once. All else,
and whatever is unusual about a hot request (an upgrade, `Expect`, one sent before the last was
answered, a reader who does not keep up), goes uvicorn's own way to the same perimeter as ASGI,
where Litestar has a plain handler for it. Measured for the same 17 kB: 19 µs of CPU a request,
granian's ASGI 39, uvicorn's 52.

Tried with uvicorn 0.54, of whose protocol this knows the callbacks of the parser, `flow`, `cycle`
and `pipeline`.
"""

import asyncio
import os
from collections.abc import Awaitable, Coroutine, Sequence
from time import perf_counter
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.kernel.errors import AppError, NotFound
from app.kernel.http.files import FileAnswer, FileRequest, NamedFile
from app.kernel.http.front import COMMON, COMMON_CORS, Front
from app.kernel.http.hot import HotAnswer, HotEndpoint, lines_of, status_line
from app.kernel.http.hotfiles import FileEndpoint
from app.kernel.http.sending import FileSender

IDLE_SECONDS: Final = 75
"""So long a connection waits for the next request: longer than the proxies before us."""
HEAD_SECONDS: Final = 15
"""In which the head of a request, and the body of a hot one, has to be here."""
STALLED_SECONDS: Final = 60
"""So long the reader of a file may take nothing of it."""
HEAD_BYTES_MAX: Final = 64 * 1024
BODY_BYTES_MAX: Final = 1024 * 1024
"""Of a hot request; each endpoint accepts far less."""
_CHECK_SECONDS: Final = 5.0


class Malformed(AppError):
    """What came is not HTTP."""

    code, status, title = "malformed_request", 400, "This is not a request of HTTP"


class HeadTooLarge(AppError):
    """Nobody needs so many headers."""

    code, status, title = "head_too_large", 431, "The head of the request is too large"


class _Turn:
    """A hot request under way, as uvicorn's protocol sees requests."""

    __slots__ = ("disconnected", "keep_alive", "message_event", "response_complete")

    def __init__(self) -> None:
        self.disconnected = False
        self.keep_alive = True
        self.message_event = asyncio.Event()
        self.response_complete = True


class Wire(HttpToolsProtocol):
    """One connection. The application of the server is a `Front`."""

    parser: Any
    cycle: Any

    def __init__(self, config: Any, server_state: Any, app_state: Any, _loop: Any = None) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._front: Front = config.loaded_app
        self._hot: tuple[HotEndpoint | FileEndpoint, Any] | None = None
        """What the request that is being read asks for, if the hot lane answers it."""
        self._turn: Any = _Turn()
        self._task: asyncio.Task[None] | None = None
        self._operation_id, self._begun = "", 0.0
        self._request_id, self._origin = b"", False
        self._query = self._body = b""
        self._in_head, self._head_bytes, self._body_bytes = False, 0, 0
        self._waiting_since = self.loop.time()
        """When the last answer ended, or the request that is being read began."""
        self._check: asyncio.TimerHandle | None = None
        self._sender: FileSender | None = None
        self._common_of: Any = None
        self._common: tuple[bytes, bytes] = b"", b""

    # the connection

    def connection_made(self, transport: Any) -> None:
        """Wait for a request, not for ever."""
        super().connection_made(transport)
        self._check = self.loop.call_later(_CHECK_SECONDS, self._look_after)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody reads any more what is still to be said."""
        self._look_away()
        super().connection_lost(exc)
        if self._sender is not None:
            self._sender.close()

    def handle_websocket_upgrade(self) -> None:
        """From here on it is another protocol's."""
        self._look_away()
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        """Parse, and answer what is complete."""
        was_in_head = self._in_head
        super().data_received(data)
        if self._in_head:
            self._head_bytes = len(data) + (self._head_bytes if was_in_head else 0)
            if self._head_bytes > HEAD_BYTES_MAX:
                self._refuse(HeadTooLarge())

    def send_400_response(self, msg: str) -> None:
        """What is not HTTP is answered in the shape of all problems."""
        self._refuse(Malformed())

    def _refuse(self, error: AppError) -> None:
        if not self._is_answered():
            self.transport.close()
            return
        self._operation_id, self._begun = "other", perf_counter()
        self._request_id, self._origin = self._front.request_id({}), False
        self._turn.keep_alive = False
        self._write(self._front.problem(error, self._request_id))

    def _look_after(self) -> None:
        """End what only holds the connection. One timer a connection, not one a request."""
        waited = self.loop.time() - self._waiting_since
        if self._in_head or self._hot is not None:
            over = waited > HEAD_SECONDS
        elif self._is_answered():
            over = waited > IDLE_SECONDS
        else:
            over = self._sender is not None and self._sender.stalled_seconds() > STALLED_SECONDS
        if over:
            self.transport.abort()
        else:
            self._check = self.loop.call_later(_CHECK_SECONDS, self._look_after)

    def _look_away(self) -> None:
        if self._check is not None:
            self._check.cancel()

    # what the parser finds

    def on_message_begin(self) -> None:
        """A request begins; a scope is made of it only if it is needed."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._in_head = True
        self._waiting_since = self.loop.time()

    def on_headers_complete(self) -> None:
        """Hot, or uvicorn's."""
        self._in_head = False
        if self._is_answered() and not self.flow.write_paused and not self.expect_100_continue:
            path, _, query = self.url.partition(b"?")
            hot = self._front.find(self.parser.get_method(), path)
            if hot is not None and not self.parser.should_upgrade():
                self._hot, self._query, self._body = hot, query, b""
                self._body_bytes = 0
                return
        url, headers, expected = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        scope: Any = self.scope
        scope["headers"] = self.headers = headers
        self.url, self.expect_100_continue = url, expected
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Of a hot request only so much is kept that too much of it shows. The rest is let pass:
        who closes before all is read may take his own answer back."""
        if self._hot is None:
            if self.cycle is not None:
                super().on_body(body)
            return
        if len(self._body) <= self._hot[0].body_bytes_max:
            self._body += body
        self._body_bytes += len(body)
        if self._body_bytes > BODY_BYTES_MAX:
            self._serve(self._hot, keep_alive=False)

    def on_message_complete(self) -> None:
        """A hot request is answered now."""
        if self._hot is not None:
            self._serve(self._hot, keep_alive=self.parser.should_keep_alive())
        elif self.cycle is not None:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer has gone out: it is the client's turn."""
        self._waiting_since = self.loop.time()
        super().on_response_complete()

    # the hot lane

    def _is_answered(self) -> bool:
        """Whether nothing asked before is still to be answered."""
        return self.cycle is None or self.cycle.response_complete

    def _serve(self, hot: tuple[Any, Any], *, keep_alive: bool) -> None:
        """Answer at once, or begin to."""
        self._hot = None
        endpoint, values = hot
        self._begun = perf_counter()
        self._operation_id = endpoint.operation_id
        self._turn.keep_alive = keep_alive
        headers = dict(self.headers)
        self._request_id = self._front.request_id(headers)
        self._origin = b"origin" in headers
        if type(endpoint) is FileEndpoint:
            self._begin(self._send_file(endpoint, values, headers))
            return
        client = self.client
        answer = self._front.answer(
            endpoint,
            values,
            headers,
            self._request_id,
            client[0] if client is not None else None,
            self._query,
            self._body,
        )
        if type(answer) is HotAnswer:
            self._write(answer)
            self._waiting_since = self.loop.time()
        else:
            self._begin(self._send(answer))  # pyright: ignore[reportArgumentType]

    def _begin(self, sending: Coroutine[Any, Any, None]) -> None:
        """What comes next on this connection waits for it."""
        self.cycle = self._turn
        self._turn.response_complete = False
        self._task = self.loop.create_task(sending)

    def _end(self) -> None:
        self._turn.response_complete = True
        self._waiting_since = self.loop.time()
        if self.pipeline:
            self.on_response_complete()

    async def _send(self, answer: Awaitable[HotAnswer]) -> None:
        try:
            ready = await answer
        except Exception as error:
            ready = self._front.problem(error, self._request_id)
        self._write(ready)
        self._end()

    def _write(self, answer: HotAnswer) -> None:
        transport = self.transport
        if not transport.is_closing():
            transport.write(self._head(answer.head) + answer.body)
            if not self._turn.keep_alive:
                transport.close()
        seconds = perf_counter() - self._begun
        self._front.metrics.answered(self._operation_id, answer.status, seconds)

    def _head(self, own: bytes) -> bytes:
        """A whole head, of what is the answer's own, and what all answers have."""
        dated = self.server_state.default_headers
        if self._common_of is not dated:
            self._common_of = dated
            self._common = lines_of([*dated, *COMMON]), lines_of([*dated, *COMMON_CORS])
        common = self._common[self._origin]
        if not self._turn.keep_alive:
            common += b"connection: close\r\n"
        return b"%b%bx-request-id: %b\r\n\r\n" % (own, common, self._request_id)

    async def _send_file(
        self, endpoint: FileEndpoint, values: Sequence[str], headers: dict[bytes, bytes]
    ) -> None:
        file = None
        try:
            answer = await endpoint.answer(FileRequest("GET", headers, by_name=True), values)
            if type(answer.body) is NamedFile:
                file = os.open(answer.body.path, os.O_RDONLY | os.O_CLOEXEC)
        except Exception as error:
            known = NotFound() if isinstance(error, FileNotFoundError) else error
            self._write(self._front.problem(known, self._request_id))
            self._end()
            return
        try:
            await self._transfer(answer, file)
            if not self._turn.keep_alive:
                self.transport.close()
        except Exception:
            # the reader has gone, or the store has: a length was promised, so all we can do is stop
            self.transport.abort()
        finally:
            if file is not None:
                os.close(file)
        seconds = perf_counter() - self._begun
        self._front.metrics.answered(self._operation_id, answer.status, seconds)
        self._end()

    async def _transfer(self, answer: FileAnswer, file: int | None) -> None:
        head = self._head(status_line(answer.status) + lines_of(answer.headers))
        transport, body = self.transport, answer.body
        if isinstance(body, bytes):
            transport.write(head + body)
        elif isinstance(body, NamedFile):
            assert file is not None
            await self._drained()
            if self._sender is None:
                self._sender = FileSender(transport, self.loop)
            await self._sender.send(head, file, body.start, body.stop)
        else:
            transport.write(head)
            async for piece in body:
                await self.flow.drain()
                transport.write(piece)

    async def _drained(self) -> None:
        """Until the transport has nothing to write."""
        if self.transport.get_write_buffer_size():
            self.transport.set_write_buffer_limits(0)
            await self.flow.drain()
            self.transport.set_write_buffer_limits()
