"""What a connection knows of a hot request, and what it says where there is none."""

from typing import Any, Final

from app.kernel.errors import AppError


class Malformed(AppError):
    """What came is not HTTP."""

    code, status, title = "malformed_request", 400, "This is not a request of HTTP"


class HeadTooLarge(AppError):
    """Nobody needs so many headers."""

    code, status, title = "head_too_large", 431, "The head of the request is too large"


class _Nothing:
    """What a request asks for that nobody understood."""

    operation_id = "other"


NOTHING: Final = _Nothing()


class _Unheard:
    """Where uvicorn's protocol tells a request of its own that something happened."""

    def set(self) -> None:
        """Nobody listens: whoever answers a hot request looks at the transport."""


class Asked:
    """A hot request, and as much of an answer under way as uvicorn's protocol looks at."""

    __slots__ = (
        "begun",
        "body",
        "body_bytes",
        "cut",
        "disconnected",
        "endpoint",
        "headers",
        "keep_alive",
        "message_event",
        "origin",
        "query",
        "request_id",
        "response_complete",
        "values",
    )

    def __init__(
        self, endpoint: Any, values: Any, query: bytes, headers: dict[bytes, bytes]
    ) -> None:
        self.endpoint = endpoint
        self.values = values
        self.query = query
        self.headers = headers
        self.body, self.body_bytes = b"", 0
        self.begun = 0.0
        self.request_id = b""
        self.origin = b"origin" in headers
        self.keep_alive = True
        self.cut = False
        """Whether it is answered before all of it was read."""
        self.response_complete = self.disconnected = False
        self.message_event = _UNHEARD


_UNHEARD: Final = _Unheard()
