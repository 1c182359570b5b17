"""The perimeter of the web process: an ASGI callable around the hot lane and Litestar.

Every request, whichever lane answers, gets the same request id, authentication, general rate
limit, CORS headers, security headers, metrics and problem shape.
"""

import re
import secrets
import time
from typing import Any

from litestar.types import ASGIApp, Message, Receive, Send

from app.kernel.actors import Actor, Authenticator
from app.kernel.errors import AppError, Unauthorized
from app.kernel.http.hot import HotAnswer, HotLane, send_answer, serve_hot
from app.kernel.http.limits import LocalLimiter
from app.kernel.http.problems import render
from app.kernel.metrics import Metrics

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}\Z")
_UNLIMITED = ("/health/", "/media/", "/assets/")
_CORS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"etag,retry-after,ratelimit,x-request-id,location"),
]
_PREFLIGHT = [
    *_CORS,
    (b"access-control-allow-methods", b"GET,HEAD,POST,PUT,PATCH,DELETE"),
    (
        b"access-control-allow-headers",
        b"authorization,content-type,idempotency-key,if-none-match,x-request-id,last-event-id",
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
        authenticator: Authenticator,
        limiter: LocalLimiter,
        metrics: Metrics,
        trusted_proxies: int,
    ) -> None:
        self._inner = inner
        self._hot = hot
        self._authenticator = authenticator
        self._limiter = limiter
        self._metrics = metrics
        self._trusted_proxies = trusted_proxies

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._inner(scope, receive, send)
            return
        begun = time.perf_counter()
        state: Any = scope.setdefault("state", {})  # type: ignore[typeddict-item]
        authorization, origin, request_id, forwarded = _headers_of(scope)
        state["request_id"] = request_id
        state["address"] = self._address(scope, forwarded)
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        if origin and scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": _PREFLIGHT})  # type: ignore[typeddict-item]
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        guarded = _Guarded(send, request_id, origin)
        operation = await self._serve(scope, receive, guarded, authorization)
        elapsed = time.perf_counter() - begun
        self._metrics.answered(operation, guarded.status, elapsed)

    async def _serve(
        self, scope: Any, receive: Receive, send: "_Guarded", authorization: str | None
    ) -> str:
        """Answer; returns the operation's name for the metrics."""
        state = scope["state"]
        path: str = scope["path"]
        operation = "other"
        try:
            actor = await self._authenticate(state, authorization)
            if not path.startswith(_UNLIMITED):
                caller = f"a{actor.id}" if actor else f"i{state['address']}"
                self._limiter.check(caller)
            found = self._hot.find(scope["method"], path) if self._hot else None
            if found is None:
                await self._inner(scope, receive, send)
                return str(state.get("operation", operation))
            endpoint, ids = found
            operation = endpoint.operation_id
            answer = await serve_hot(endpoint, ids, scope, receive)
        except AppError as error:
            answer = _problem(error, state["request_id"])
        except Exception as error:
            if send.status:
                raise
            answer = _problem(error, state["request_id"])
        await send_answer(send, answer)
        return operation

    async def _authenticate(self, state: Any, authorization: str | None) -> Actor | None:
        """The actor, kept in the scope's state. A bad token is remembered, not raised: pages
        and pictures are for everyone, and routes that look at the caller refuse it."""
        state["actor"] = None
        if authorization is None:
            return None
        try:
            state["actor"] = await self._authenticator.authenticate(authorization)
        except Unauthorized as error:
            state["auth_error"] = error
        return state["actor"]

    def _address(self, scope: Any, forwarded: str | None) -> str:
        """The caller's address: the socket's, or what the last trusted proxy saw."""
        if self._trusted_proxies and forwarded:
            hops = [hop.strip() for hop in forwarded.split(",")]
            return hops[-min(self._trusted_proxies, len(hops))][:64]
        client = scope.get("client")
        return str(client[0]) if client else "unknown"


class _Guarded:
    """`send` that remembers the status and adds the headers every answer carries."""

    def __init__(self, send: Send, request_id: str, origin: bool) -> None:
        self._send = send
        self.status = 0
        self._headers = [
            (b"x-request-id", request_id.encode()),
            (b"x-content-type-options", b"nosniff"),
            *(_CORS if origin else ()),
        ]

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self._headers]
        await self._send(message)


def _problem(error: BaseException, request_id: str) -> HotAnswer:
    status, body, headers = render(error, request_id)
    return HotAnswer(body, status, headers)


def _headers_of(scope: Any) -> tuple[str | None, bool, str, str | None]:
    """Authorization, whether there is an Origin, the request id, X-Forwarded-For."""
    authorization: str | None = None
    forwarded: str | None = None
    origin, request_id = False, ""
    for name, value in scope["headers"]:
        if name == b"authorization":
            authorization = value.decode("latin-1")
        elif name == b"origin":
            origin = True
        elif name == b"x-request-id" and _REQUEST_ID.match(value):
            request_id = value.decode()
        elif name == b"x-forwarded-for":
            forwarded = value.decode("latin-1")
    return authorization, origin, request_id or secrets.token_hex(8), forwarded
