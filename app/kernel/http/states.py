"""What the perimeter noted about a request, where every later layer finds it."""

from typing import Any, cast

import msgspec

from app.kernel.actors import Actor
from app.kernel.errors import Unauthorized


class Caller(msgspec.Struct):
    """Who asks, from where, and what of the headers both lanes need."""

    request_id: str
    address: str
    origin: bool
    """Whether the request comes from a page, and so needs CORS headers."""
    if_none_match: str | None
    actor: Actor | None = None
    refused: Unauthorized | None = None
    """Why the token is no good. Noted, not raised: pages and pictures are for everyone, and
    routes that look at the caller refuse it."""


def note_caller(scope: Any, caller: Caller) -> None:
    """Leave the caller where `caller_of` finds it."""
    scope.setdefault("state", {})["caller"] = caller


def caller_of(connection: Any) -> Caller:
    """Who sent this Litestar request or opened this socket."""
    return cast("Caller", state_of(connection)["caller"])


def state_of(connection: Any) -> dict[str, Any]:
    """What layers leave for later ones: the caller, the operation, the idempotency key."""
    return cast("dict[str, Any]", connection.scope.setdefault("state", {}))
