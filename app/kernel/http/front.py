"""The perimeter of the web process, around the hot lane and Litestar.

Every request, whichever lane answers, gets the same request id, authentication, general rate
limit, CORS headers, security headers, metrics and problem shape.
"""

import re
import secrets
import time
from collections.abc import Awaitable, Mapping
from itertools import count
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Send

from app.kernel.actors import Actor, Authenticator
from app.kernel.errors import Unauthorized
from app.kernel.http.hot import (
    Asker,
    Headers,
    HotAnswer,
    HotEndpoint,
    HotLane,
    foregone,
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
_OWN_HEAD = ("/media/", "/m/", "/v1/uploads", "/v1/realtime/")
"""Where HEAD says what GET does not, spares reading a file, or GET never ends."""
_UNLIMITED = ("/health/", "/media/", "/assets/", "/m/")
_NOSNIFF = (b"x-content-type-options", b"nosniff")
_CORS = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"etag,retry-after,ratelimit,x-request-id,location,content-range,upload-expires," + _TUS,
    ),
)
COMMON: Headers = (_NOSNIFF,)
"""What every answer carries beside the id of its request."""
COMMON_CORS: Headers = (_NOSNIFF, *_CORS)
"""The same to a page."""
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
    """What the server runs: as ASGI everything that is plain, and beside it, for connections that
    know it (`connections`), the hot lane."""

    def __init__(
        self,
        inner: ASGIApp,
        *,
        hot: HotLane,
        files: FileLane,
        authenticator: Authenticator,
        limiter: LocalLimiter,
        metrics: Metrics,
        trusted_proxies: int,
    ) -> None:
        self._inner = inner
        self._hot, self._files = hot, files
        self._authenticator = authenticator
        self._recognise = authenticator.recognise
        self._limiter = limiter
        self.metrics = metrics
        self._trusted_proxies = trusted_proxies
        self._begun_as = secrets.token_hex(5).encode()
        self._requests = count(1)

    def __call__(self, scope: Any, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one connection of ASGI."""
        if scope["type"] == "http":
            return self._plain_lane(scope, receive, send)
        if scope["type"] == "websocket":
            note_caller(scope, self._caller(scope, dict(scope["headers"])))
        return self._inner(scope, receive, send)

    def find(self, method: bytes, path: bytes) -> tuple[HotEndpoint | FileEndpoint, Any] | None:
        """What of the hot lane a request means, and what its path says; None: Litestar's."""
        return self._hot.find(method, path) or self._files.find(method, path)

    def answer(
        self,
        endpoint: HotEndpoint,
        ids: tuple[int, ...],
        headers: Mapping[bytes, bytes],
        request_id: bytes,
        peer: str | None,
        query: bytes,
        body: bytes,
    ) -> HotAnswer | Awaitable[HotAnswer]:
        """The answer to a hot request, at once or to be awaited; then `problem` makes one of what
        is raised."""
        try:
            asker = self._recognised(headers)
            if asker is None and b"authorization" in headers:
                return self._answer_key(endpoint, ids, headers, peer, query, body)
            return self._answer(endpoint, ids, asker, headers, peer, query, body)
        except Exception as error:
            return self.problem(error, request_id)

    def _answer(
        self,
        endpoint: HotEndpoint,
        ids: tuple[int, ...],
        asker: Asker,
        headers: Mapping[bytes, bytes],
        peer: str | None,
        query: bytes,
        body: bytes,
    ) -> HotAnswer | Awaitable[HotAnswer]:
        known = type(asker) is Actor
        self._limiter.check(asker.id if known else self._address(peer, headers))
        answer = foregone(endpoint, ids, asker)
        if answer is not None:
            return answer
        has = _text_of(headers.get(b"if-none-match"))
        return serve_hot(endpoint, ids, asker if known else None, query, has, body)

    async def _answer_key(
        self,
        endpoint: HotEndpoint,
        ids: tuple[int, ...],
        headers: Mapping[bytes, bytes],
        *more: Any,
    ) -> HotAnswer:
        asker = await self._by_key(headers)
        answer = self._answer(endpoint, ids, asker, headers, *more)
        return answer if isinstance(answer, HotAnswer) else await answer

    def problem(self, error: Exception, request_id: bytes) -> HotAnswer:
        """The answer to who ran into an error."""
        status, body, headers = render(error, request_id.decode())
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        return HotAnswer(body, status, encoded)

    async def _plain_lane(self, scope: Any, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        caller = self._caller(scope, headers)
        if caller.origin and scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        note_caller(scope, caller)
        common = COMMON_CORS if caller.origin else COMMON
        own = (b"x-request-id", caller.request_id.encode())
        guarded = _Guarded(send, (own, *common))
        if scope["method"] == "HEAD" and not scope["path"].startswith(_OWN_HEAD):
            # of the answer to the GET the server leaves the body out, by its own scope
            scope = {**scope, "method": "GET"}
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
            await send_answer(guarded, self.problem(error, caller.request_id.encode()), ())
        operation = str(scope["state"].get("operation", "other"))
        self.metrics.answered(operation, guarded.status, time.perf_counter() - begun)

    def _caller(self, scope: Any, headers: Mapping[bytes, bytes]) -> Caller:
        return Caller(
            self.request_id(headers).decode(),
            self._address(_peer(scope), headers),
            b"origin" in headers,
            _text_of(headers.get(b"if-none-match")),
        )

    def request_id(self, headers: Mapping[bytes, bytes]) -> bytes:
        """The caller's own, or a new one."""
        request_id = headers.get(b"x-request-id")
        if request_id is not None and _REQUEST_ID.match(request_id):
            return request_id
        return b"%s%x" % (self._begun_as, next(self._requests))

    def _recognised(self, headers: Mapping[bytes, bytes]) -> Asker:
        """Whose access token it is, or why it is no good; None for keys and for nobody."""
        authorization = headers.get(b"authorization")
        if authorization is None:
            return None
        try:
            return self._recognise(authorization.decode("latin-1"))
        except Unauthorized as error:
            return error

    async def _by_key(self, headers: Mapping[bytes, bytes]) -> Asker:
        """Whose key it is, or why it is no good."""
        try:
            return await self._authenticator.authenticate(
                headers[b"authorization"].decode("latin-1")
            )
        except Unauthorized as error:
            return error

    def _address(self, peer: str | None, headers: Mapping[bytes, bytes]) -> str:
        """The caller's address: the socket's, or what the last trusted proxy saw."""
        if self._trusted_proxies and (forwarded := headers.get(b"x-forwarded-for")):
            hops = [hop.strip() for hop in forwarded.decode("latin-1").split(",")]
            return hops[-min(self._trusted_proxies, len(hops))][:64]
        return peer or "unknown"


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


def _peer(scope: Any) -> str | None:
    client = scope.get("client")
    return str(client[0]) if client else None


def _text_of(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value is not None else None
