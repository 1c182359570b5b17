"""The perimeter of the web process: an ASGI callable around the hot lane and Litestar.

Every request, whichever lane answers, gets the same request id, authentication, general rate
limit, CORS headers, security headers, metrics and problem shape.
"""

import re
import secrets
import time
from collections.abc import Awaitable, Sequence
from functools import partial
from itertools import count
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Send

from app.kernel.actors import Actor, Authenticator
from app.kernel.errors import Unauthorized
from app.kernel.http.files import FileRequest, send_file
from app.kernel.http.hot import (
    Asker,
    Headers,
    HotAnswer,
    HotEndpoint,
    HotLane,
    messages,
    read_body,
    send_answer,
    serve_hot,
)
from app.kernel.http.hotfiles import FileEndpoint, FileLane
from app.kernel.http.limits import LocalLimiter
from app.kernel.http.problems import render
from app.kernel.http.states import Caller, note_caller
from app.kernel.metrics import Metrics

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}\Z")
_TUS = b"tus-resumable,upload-offset,upload-length,upload-metadata"
_UNLIMITED = ("/health/", "/media/", "/assets/", "/m/")
_NOSNIFF = (b"x-content-type-options", b"nosniff")
_CORS = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"etag,retry-after,ratelimit,x-request-id,location,content-range,upload-expires," + _TUS,
    ),
)
_PREFLIGHT = [
    *_CORS,
    (b"access-control-allow-methods", b"GET,HEAD,POST,PUT,PATCH,DELETE"),
    (
        b"access-control-allow-headers",
        b"authorization,content-type,idempotency-key,if-none-match,x-request-id,last-event-id,"
        b"range,x-http-method-override," + _TUS,
    ),
    (b"access-control-max-age", b"86400"),
    (b"content-length", b"0"),
]


class Front:
    """`Front(litestar, …)` is what the server runs; without a hot lane everything is plain."""

    def __init__(
        self,
        inner: ASGIApp,
        *,
        hot: HotLane | None,
        files: FileLane | None = None,
        authenticator: Authenticator,
        limiter: LocalLimiter,
        metrics: Metrics,
        trusted_proxies: int,
    ) -> None:
        self._inner = inner
        self._find = hot.find if hot is not None else _nothing
        self._find_file = files.find if files is not None else _nothing
        self._authenticator = authenticator
        self._recognise = authenticator.recognise
        self._limiter = limiter
        self._metrics = metrics
        self._trusted_proxies = trusted_proxies
        self._begun_as = secrets.token_hex(5).encode()
        self._requests = count(1)

    def __call__(self, scope: Any, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one connection."""
        kind = scope["type"]
        if kind == "http":
            found = self._find(scope["method"], scope["path"])
            if found is not None:
                return self._hot_lane(found[0], found[1], scope, receive, send)
            file = self._find_file(scope["method"], scope["path"])
            if file is not None:
                return self._file_lane(file[0], file[1], scope, send)
            return self._plain_lane(scope, receive, send)
        if kind == "websocket":
            note_caller(scope, self._caller(scope, dict(scope["headers"])))
        return self._inner(scope, receive, send)

    async def _hot_lane(
        self,
        endpoint: HotEndpoint,
        ids: tuple[int, ...],
        scope: Any,
        receive: Receive,
        send: Send,
    ) -> None:
        begun = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request_id = self._request_id(headers)
        try:
            asker = self._recognised(headers)
            if asker is None and b"authorization" in headers:
                asker = await self._by_key(headers)
            known = type(asker) is Actor
            self._limiter.check(asker.id if known else self._address(scope, headers))
            body = partial(read_body, receive, endpoint.body_bytes_max)
            query, has = scope["query_string"], _text_of(headers.get(b"if-none-match"))
            answer = await serve_hot(endpoint, ids, asker, query, has, body)
        except Exception as error:
            answer = _problem(error, request_id)
        start, end = messages(answer, _common(request_id, b"origin" in headers))
        await send(start)
        await send(end)
        self._metrics.answered(endpoint.operation_id, answer.status, time.perf_counter() - begun)

    async def _file_lane(
        self, endpoint: FileEndpoint, values: Sequence[str], scope: Any, send: Send
    ) -> None:
        begun = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        common = _common(self._request_id(headers), b"origin" in headers)
        try:
            answer = await endpoint.answer(FileRequest.of(scope, headers), values)
        except Exception as error:
            problem = _problem(error, common[0][1])
            await send_answer(send, problem, common)
            status = problem.status
        else:
            await send_file(send, answer, common)
            status = answer.status
        self._metrics.answered(endpoint.operation_id, status, time.perf_counter() - begun)

    async def _plain_lane(self, scope: Any, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        caller = self._caller(scope, headers)
        if caller.origin and scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        note_caller(scope, caller)
        guarded = _Guarded(send, _common(caller.request_id.encode(), caller.origin))
        try:
            asker = self._recognised(headers)
            if asker is None and b"authorization" in headers:
                asker = await self._by_key(headers)
            if isinstance(asker, Unauthorized):
                caller.refused = asker
            else:
                caller.actor = asker
            if not scope["path"].startswith(_UNLIMITED):
                self._limiter.check(asker.id if type(asker) is Actor else caller.address)
            await self._inner(scope, receive, guarded)
        except Exception as error:
            if guarded.status:
                raise
            await send_answer(guarded, _problem(error, caller.request_id.encode()), ())
        operation = str(scope["state"].get("operation", "other"))
        self._metrics.answered(operation, guarded.status, time.perf_counter() - begun)

    def _caller(self, scope: Any, headers: dict[bytes, bytes]) -> Caller:
        return Caller(
            self._request_id(headers).decode(),
            self._address(scope, headers),
            b"origin" in headers,
            _text_of(headers.get(b"if-none-match")),
        )

    def _request_id(self, headers: dict[bytes, bytes]) -> bytes:
        """The caller's own, or a new one."""
        request_id = headers.get(b"x-request-id")
        if request_id is not None and _REQUEST_ID.match(request_id):
            return request_id
        return b"%s%x" % (self._begun_as, next(self._requests))

    def _recognised(self, headers: dict[bytes, bytes]) -> Asker:
        """Whose access token it is, or why it is no good; None for keys and for nobody."""
        authorization = headers.get(b"authorization")
        if authorization is None:
            return None
        try:
            return self._recognise(authorization.decode("latin-1"))
        except Unauthorized as error:
            return error

    async def _by_key(self, headers: dict[bytes, bytes]) -> Asker:
        """Whose key it is, or why it is no good."""
        try:
            return await self._authenticator.authenticate(
                headers[b"authorization"].decode("latin-1")
            )
        except Unauthorized as error:
            return error

    def _address(self, scope: Any, headers: dict[bytes, bytes]) -> str:
        """The caller's address: the socket's, or what the last trusted proxy saw."""
        if self._trusted_proxies and (forwarded := headers.get(b"x-forwarded-for")):
            hops = [hop.strip() for hop in forwarded.decode("latin-1").split(",")]
            return hops[-min(self._trusted_proxies, len(hops))][:64]
        client = scope.get("client")
        return str(client[0]) if client else "unknown"


class _Guarded:
    """`send` that remembers the status and adds the headers every answer carries."""

    def __init__(self, send: Send, common: Headers) -> None:
        self._send = send
        self.status = 0
        self._common = common

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self._common]
        await self._send(message)


def _nothing(method: str, path: str) -> None:
    """What is found without a hot lane."""


def _common(request_id: bytes, origin: bool) -> Headers:
    """The headers every answer carries."""
    own = (b"x-request-id", request_id)
    return (own, _NOSNIFF, *_CORS) if origin else (own, _NOSNIFF)


def _text_of(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value is not None else None


def _problem(error: BaseException, request_id: bytes) -> HotAnswer:
    status, body, headers = render(error, request_id.decode())
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    return HotAnswer(body, status, encoded)
