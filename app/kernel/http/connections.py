"""The hot lane on the wire: what a peak asks for is answered where its last byte is parsed.

HTTP is spoken by uvicorn's protocol on llhttp. What the perimeter knows as hot leaves it here: no
scope, no messages and no channels of ASGI, and no task where the answer is known at once. All else
goes uvicorn's own way to the same perimeter as ASGI. Requests that were sent before the last was
answered wait in uvicorn's own line. Measured for the same 17 kB: 19 µs of CPU a request,
granian's ASGI 39, uvicorn's 52.

Tried with uvicorn 0.54, of whose protocol this knows the callbacks of the parser, `flow`, `cycle`
and `pipeline`.
"""

import asyncio
import os
from collections.abc import Awaitable, Coroutine
from time import perf_counter
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.kernel.errors import AppError, NotFound
from app.kernel.http.asked import NOTHING, Asked, HeadTooLarge, Malformed
from app.kernel.http.files import FileAnswer, FileRequest, NamedFile
from app.kernel.http.front import COMMON, COMMON_CORS, Front
from app.kernel.http.hot import HotAnswer, lines_of, status_line
from app.kernel.http.hotfiles import FileEndpoint
from app.kernel.http.sending import FileSender

IDLE_SECONDS: Final = 75
"""So long a connection waits for the next request: longer than the proxies before us."""
HEAD_SECONDS: Final = 15
"""In which the head of a request, and the body of a hot one, has to be here."""
STALLED_SECONDS: Final = 60
"""So long a reader may take nothing of what it is given."""
LINGER_SECONDS: Final = 5
"""So long a client may go on with what nobody reads: closed at once, the kernel would throw the
answer away together with it."""
HEAD_BYTES_MAX: Final = 64 * 1024
"""Beside what it began in."""
BODY_BYTES_MAX: Final = 1024 * 1024
"""Of a hot request; each endpoint accepts far less."""
_CHECK_SECONDS: Final = 5.0


class Connection(HttpToolsProtocol):
    """One connection. The application of the server is a `Front`."""

    app: Any
    parser: Any
    cycle: Any

    def __init__(self, config: Any, server_state: Any, app_state: Any, _loop: Any = None) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._front: Front = config.loaded_app
        self._reading: Asked | None = None
        """The request that is being read, if the hot lane answers it."""
        self._in_head = self._head_begins = False
        self._head_bytes = 0
        self._waiting_since = self.loop.time()
        """When the last answer ended, or the request that is being read began."""
        self._lingers = False
        """Whether all is said, and what still comes is passed over."""
        self._full_since: float | None = None
        """Since when the transport takes no more, for want of a reader."""
        self._check: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
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
        if self._lingers:
            return
        super().data_received(data)
        if self._in_head:
            # what it began in may hold many requests more, and is bounded by the loop
            self._head_bytes = 0 if self._head_begins else self._head_bytes + len(data)
            self._head_begins = False
            if self._head_bytes > HEAD_BYTES_MAX:
                self._refuse(HeadTooLarge())

    def eof_received(self) -> Any:
        """Who has said all may still listen to the answer under way."""
        if type(self.cycle) is Asked and not self.cycle.response_complete:
            self.cycle.keep_alive = False
            return True
        return False

    def send_400_response(self, msg: str) -> None:
        """What is not HTTP is answered in the shape of all problems."""
        self._refuse(Malformed())

    def pause_writing(self) -> None:
        """The client does not read as fast as it asks."""
        self._full_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """It reads again."""
        self._full_since = None
        super().resume_writing()

    def _refuse(self, error: AppError) -> None:
        if self._is_answered() and not self.transport.is_closing():
            asked = Asked(NOTHING, (), b"", {})
            asked.begun, asked.request_id = perf_counter(), self._front.request_id({})
            asked.keep_alive, asked.cut = False, True
            self._write(asked, self._front.problem(error, asked.request_id))
        else:
            self.transport.close()

    def _part(self, asked: Asked) -> None:
        """That was the last answer."""
        if asked.cut and self.transport.can_write_eof():
            self._lingers = True
            self._waiting_since = self.loop.time()
            self.transport.write_eof()
        else:
            self.transport.close()

    def _look_after(self) -> None:
        """End what only holds the connection. One timer a connection, not one a request."""
        now = self.loop.time()
        waited = now - self._waiting_since
        if self._lingers:
            over = waited > LINGER_SECONDS
        elif self._full_since is not None:
            over = now - self._full_since > STALLED_SECONDS
        elif self._in_head or self._reading is not None:
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
        self._in_head = self._head_begins = True
        self._waiting_since = self.loop.time()

    def on_headers_complete(self) -> None:
        """Hot, or uvicorn's."""
        self._in_head = False
        if self._lingers or self.transport.is_closing():
            return
        headers = dict(self.headers)
        if b"host" not in headers and self.parser.get_http_version() == "1.1":
            self._refuse(Malformed("The header `Host` is missing"))
            return
        path, _, query = self.url.partition(b"?")
        found = self._front.find(self.parser.get_method(), path)
        if found is not None and not (self.expect_100_continue or self.parser.should_upgrade()):
            self._reading = Asked(*found, query, headers)
            return
        url, pairs, expected = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        scope: Any = self.scope
        scope["headers"] = self.headers = pairs
        self.url, self.expect_100_continue = url, expected
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Of a hot request only so much is kept that too much of it shows. The rest is let pass:
        who closes before all is read may take his own answer back."""
        asked = self._reading
        if asked is None:
            if type(self.cycle) is RequestResponseCycle:
                super().on_body(body)
            return
        if len(asked.body) <= asked.endpoint.body_bytes_max:
            asked.body += body
        asked.body_bytes += len(body)
        if asked.body_bytes > BODY_BYTES_MAX:
            asked.cut = True
            self._read(asked, keep_alive=False)

    def on_message_complete(self) -> None:
        """A hot request is answered now, or after those before it."""
        if self._reading is not None:
            self._read(self._reading, keep_alive=self._stays())
        elif type(self.cycle) is RequestResponseCycle:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer has gone out: it is the client's turn."""
        self._waiting_since = self.loop.time()
        super().on_response_complete()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        """The next of those that wait has its turn."""
        if type(cycle) is Asked:
            self._begin(cycle, self._answer_in_turn(cycle))
        else:
            super()._start_asgi_task(cycle, app)

    # the hot lane

    def _is_answered(self) -> bool:
        """Whether nothing asked before is still to be answered."""
        return self.cycle is None or self.cycle.response_complete

    def _stays(self) -> bool:
        """Whether the client waits for no end; one of HTTP/1.0 does, unless told otherwise."""
        return self.parser.should_keep_alive() and self.parser.get_http_version() != "1.0"

    def _read(self, asked: Asked, *, keep_alive: bool) -> None:
        """Answer it at once, begin to, or let it wait."""
        self._reading = None
        asked.keep_alive = keep_alive
        asked.begun = perf_counter()
        if not self._is_answered():
            self.flow.pause_reading()
            self.cycle = asked
            self.pipeline.appendleft((asked, self.app))  # pyright: ignore
        elif self.flow.write_paused or type(asked.endpoint) is FileEndpoint:
            self._begin(asked, self._answer_in_turn(asked))
        else:
            answer = self._answer(asked)
            if isinstance(answer, HotAnswer):
                self._write(asked, answer)
                self._waiting_since = self.loop.time()
            else:
                self._begin(asked, self._answer_later(asked, answer))

    def _begin(self, asked: Asked, answering: Coroutine[Any, Any, None]) -> None:
        """What comes next on this connection waits for it."""
        if self._is_answered():
            self.cycle = asked
        self._task = self.loop.create_task(answering)

    def _end(self, asked: Asked) -> None:
        asked.response_complete = True
        self._waiting_since = self.loop.time()
        if self.pipeline:
            self.on_response_complete()

    def _answer(self, asked: Asked) -> HotAnswer | Awaitable[HotAnswer]:
        asked.request_id = self._front.request_id(asked.headers)
        peer = self.client
        return self._front.answer(
            asked.endpoint,
            asked.values,
            asked.headers,
            asked.request_id,
            peer[0] if peer is not None else None,
            asked.query,
            asked.body,
        )

    async def _answer_later(self, asked: Asked, answer: Awaitable[HotAnswer]) -> None:
        try:
            ready = await answer
        except Exception as error:
            ready = self._front.problem(error, asked.request_id)
        self._write(asked, ready)
        self._end(asked)

    async def _answer_in_turn(self, asked: Asked) -> None:
        """Not before the reader has taken the answers before it."""
        await self.flow.drain()
        if type(asked.endpoint) is FileEndpoint:
            await self._send_file(asked)
            return
        answer = self._answer(asked)
        if isinstance(answer, HotAnswer):
            self._write(asked, answer)
            self._end(asked)
        else:
            await self._answer_later(asked, answer)

    def _write(self, asked: Asked, answer: HotAnswer) -> None:
        transport = self.transport
        if not transport.is_closing():
            transport.write(self._head(asked, answer.head) + answer.body)
            if not asked.keep_alive:
                self._part(asked)
        seconds = perf_counter() - asked.begun
        self._front.metrics.answered(asked.endpoint.operation_id, answer.status, seconds)

    def _head(self, asked: Asked, own: bytes) -> bytes:
        """A whole head, of what is the answer's own, and what all answers have."""
        dated = self.server_state.default_headers
        if self._common_of is not dated:
            self._common_of = dated
            self._common = lines_of([*dated, *COMMON]), lines_of([*dated, *COMMON_CORS])
        common = self._common[asked.origin]
        if not asked.keep_alive:
            common += b"connection: close\r\n"
        return b"%b%bx-request-id: %b\r\n\r\n" % (own, common, asked.request_id)

    async def _send_file(self, asked: Asked) -> None:
        file = None
        asked.request_id = self._front.request_id(asked.headers)
        try:
            request = FileRequest("GET", asked.headers, by_name=True)
            answer = await asked.endpoint.answer(request, asked.values)
            if type(answer.body) is NamedFile:
                file = os.open(answer.body.path, os.O_RDONLY | os.O_CLOEXEC)
        except Exception as error:
            known = NotFound() if isinstance(error, FileNotFoundError) else error
            self._write(asked, self._front.problem(known, asked.request_id))
            self._end(asked)
            return
        try:
            await self._transfer(asked, answer, file)
            if not asked.keep_alive:
                self.transport.close()
        except Exception:
            # the reader has gone, or the store has: a length was promised, so all we can do is stop
            self.transport.abort()
        finally:
            if file is not None:
                os.close(file)
        seconds = perf_counter() - asked.begun
        self._front.metrics.answered(asked.endpoint.operation_id, answer.status, seconds)
        self._end(asked)

    async def _transfer(self, asked: Asked, answer: FileAnswer, file: int | None) -> None:
        head = self._head(asked, status_line(answer.status) + lines_of(answer.headers))
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
