"""The baseline of `sold_out`: an ASGI callable that checks an access token and says hello.

Run by `granian app.stage.hello:app` with the settings of an installation in the environment.
"""

from typing import Any

from app.identity.errors import TokenInvalid
from app.identity.sessions.tokens import AccessTokens
from app.kernel.clock import Clock
from app.kernel.settings import load_settings

_HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"17")]
_BODY = b'{"hello":"there"}'
_clock = Clock()
_verified = AccessTokens(load_settings(), _clock).verified


async def app(scope: Any, receive: Any, send: Any) -> None:
    """200 for a good token, else 401."""
    if scope["type"] != "http":
        return
    headers: dict[bytes, bytes] = dict(scope["headers"])
    status = 200
    try:
        found = _verified(headers.get(b"authorization", b"").decode("latin-1"))
        if found.expires_seconds <= _clock.now_seconds():
            status = 401
    except TokenInvalid:
        status = 401
    await send({"type": "http.response.start", "status": status, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _BODY, "more_body": False})
