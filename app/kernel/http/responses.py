"""The one response class of JSON routes: our encoder, weak ETags, idempotent answers."""

import hashlib
from typing import Any

from litestar import Request, Response
from litestar.response.base import ASGIResponse

from app.kernel.http import idempotency
from app.kernel.http.states import state_of
from app.kernel.structs import encode_json


def weak_etag(body: bytes) -> str:
    """A weak validator of a body."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'  # processors have it built in


def matches(if_none_match: str | None, etag: str) -> bool:
    """Weak comparison of RFC 9110, 13.1.2."""
    if not if_none_match:
        return False
    opaque = etag.removeprefix("W/")
    candidates = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in (opaque, "*") for tag in candidates)


class JsonResponse(Response[Any]):
    """Data returned by a handler. Runs before the request's transaction commits."""

    def to_asgi_response(
        self,
        app: Any = None,
        request: Request[Any, Any, Any] | None = None,
        **options: Any,
    ) -> ASGIResponse:
        """Encode, remember for an Idempotency-Key, and answer 304 where the reader has it."""
        assert request is not None
        if self.content is not None and not isinstance(self.content, bytes):
            self.content = encode_json(self.content)
        status = self.status_code or 200
        state = state_of(request)
        if request.method == "POST":
            idempotency.remember(state, status, self.content or b"")
        if request.method in ("GET", "HEAD") and status == 200 and self.content:
            etag = weak_etag(self.content)
            self.headers.setdefault("etag", etag)
            # answers differ by caller: a shared cache must not keep them
            self.headers.setdefault("cache-control", "private, no-cache")
            if matches(request.headers.get("if-none-match"), etag):
                self.status_code, self.content = 304, b""
        parent: Any = super()
        return parent.to_asgi_response(request=request, app=None, **options)
