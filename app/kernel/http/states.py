"""What the perimeter noted about a request, where every later layer finds it."""

from typing import Any, cast


def state_of(connection: Any) -> dict[str, Any]:
    """The state of a Litestar request or socket: request_id, address, actor, auth_error."""
    return cast("dict[str, Any]", connection.scope.setdefault("state", {}))
