"""The tree of errors a caller may cause or meet; `http.problems` turns each into problem+json.

AppError
├── Invalid        400  the input is wrong; `errors` names each field
├── Unauthorized   401  no token, or not a good one
├── Forbidden      403  known, but not allowed
├── NotFound       404  not there, or not yours
├── Conflict       409  the state does not allow it
├── TooLarge       413  a body over its bound
├── Unprocessable  422  understood, but cannot be done
├── TooMany        429  a limit; `retry_after_seconds`
└── Unavailable    503  a dependency or a queue; nothing was acknowledged
"""

from collections.abc import Sequence
from typing import ClassVar

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One wrong field: a JSON pointer (RFC 6901) and what to do about it."""

    pointer: str
    detail: str


class AppError(Exception):
    """Something the caller should read. `detail` is a sentence for people."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: Sequence[FieldError] = (),
        retry_after_seconds: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.retry_after_seconds = retry_after_seconds
        self.headers = headers or {}


class Invalid(AppError):
    """The input is malformed or out of bounds; nothing was changed."""

    code, status, title = "invalid", 400, "The request is not valid"

    @classmethod
    def field(cls, pointer: str, detail: str) -> "Invalid":
        """A problem with a single field."""
        return cls(detail, errors=[FieldError(pointer, detail)])


class Unauthorized(AppError):
    """There is no usable token."""

    code, status, title = "unauthorized", 401, "Please sign in"


class Forbidden(AppError):
    """The caller is known but may not do this."""

    code, status, title = "forbidden", 403, "You may not do this"


class NotFound(AppError):
    """It does not exist, or is not the caller's: the two are told apart for nobody."""

    code, status, title = "not_found", 404, "Not found"


class Conflict(AppError):
    """The present state does not allow it."""

    code, status, title = "conflict", 409, "This is not possible now"


class TooLarge(AppError):
    """The body is larger than its bound."""

    code, status, title = "too_large", 413, "The request is too large"


class Unprocessable(AppError):
    """Well formed, and still impossible."""

    code, status, title = "unprocessable", 422, "The request cannot be carried out"


class TooMany(AppError):
    """A rate limit or quota; answers carry Retry-After."""

    code, status, title = "too_many", 429, "Too many requests"


class Unavailable(AppError):
    """A dependency is away or a queue is full; trying again later is safe."""

    code, status, title = "unavailable", 503, "Please try again in a moment"
