"""Every error leaves as RFC 9457 problem+json, from Litestar and from the hot lane alike."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import msgspec
import psycopg
import sqlalchemy.exc
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, InternalServerException, ValidationException

from app.kernel.errors import (
    AppError,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
)
from app.kernel.http.states import caller_of, state_of
from app.kernel.ids import IdsExhausted
from app.kernel.structs import NOT_JSON

log: structlog.stdlib.BoundLogger = structlog.get_logger("http")

PROBLEM_TYPE = "application/problem+json"
_GONE = "client disconnected prematurely"
"""Litestar's words for a caller that hung up, which it takes for a fault of ours."""


class Problem(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The body of every error."""

    type: str
    """A link to the docs of this code."""
    title: str
    """The same words for every problem of this code."""
    status: int
    detail: str
    """What happened here and what to do."""
    code: str
    """Stable, for programs."""
    request_id: str
    errors: list[FieldError] = []
    """For invalid input: each wrong field, by JSON pointer (or #query/name)."""


class MethodNotAllowed(AppError):
    """The path exists, the method does not."""

    code, status, title = "method_not_allowed", 405, "This method is not allowed here"


class UnsupportedMedia(AppError):
    """The body is of a type that this route does not read."""

    code, status, title = "unsupported_media_type", 415, "This content type is not accepted"


_HTTP: dict[int, type[AppError]] = {
    400: Invalid,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    415: UnsupportedMedia,
    429: TooMany,
    503: Unavailable,
}
_UNAVAILABLE = (
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.InterfaceError,
    sqlalchemy.exc.TimeoutError,
    psycopg.OperationalError,
    IdsExhausted,
    ConnectionError,
    TimeoutError,
)


def as_app_error(error: BaseException) -> AppError | None:
    """What a caller may read of an exception; None when it is our own fault."""
    while isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        if len(group.exceptions) != 1:
            return None
        error = group.exceptions[0]
    if isinstance(error, AppError):
        return error
    if isinstance(error, ValidationException):
        wrong = list(_field_errors(error))
        if wrong and all(field.pointer.startswith("#path/") for field in wrong):
            return NotFound()  # an id that cannot exist
        return Invalid("Some fields are not valid", errors=wrong)
    if isinstance(error, InternalServerException) and error.detail == _GONE:
        return Invalid("The request ended in the middle")
    if isinstance(error, HTTPException) and error.status_code in _HTTP:
        kind = _HTTP[error.status_code]
        own_words = error.status_code == 400 and error.detail
        return kind(error.detail if own_words else None, headers=dict(error.headers or {}))
    if isinstance(error, msgspec.ValidationError):
        return Invalid(errors=[_pointed(str(error))])
    if isinstance(error, msgspec.DecodeError):
        return Invalid("The body is not valid JSON")
    if isinstance(error, _UNAVAILABLE):
        return Unavailable(retry_after_seconds=1)
    return None


def render(error: BaseException, request_id: str) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Status, body and headers for any exception. 5xx shows no internals; they are logged."""
    known = as_app_error(error)
    if known is None:
        log.error("unhandled_error", request_id=request_id, exc_info=error)
        known = AppError("This is our fault and has been written down.")
    elif known.status >= 500:
        log.warning("unavailable", request_id=request_id, error=repr(error))
    problem = Problem(
        type=f"/docs/problems#{known.code}",
        title=known.title,
        status=known.status,
        detail=known.detail,
        code=known.code,
        request_id=request_id,
        errors=list(known.errors),
    )
    headers = [("content-type", PROBLEM_TYPE), *known.headers.items()]
    if known.retry_after_seconds is not None:
        headers.append(("retry-after", str(known.retry_after_seconds)))
    if known.status == 401:
        headers.append(("www-authenticate", "Bearer"))
    return known.status, msgspec.json.encode(problem), headers


def problem_handler(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Litestar's exception handler for everything."""
    noted = "caller" in state_of(request)  # not where Litestar runs without a perimeter
    request_id = caller_of(request).request_id if noted else ""
    status, body, headers = render(error, request_id)
    return Response(body, status_code=status, headers=dict(headers), media_type=MediaType.JSON)


class CarefulRequest(Request[Any, Any, Any]):
    """Litestar's, whose JSON may be anything a caller sends."""

    async def json(self) -> Any:
        """The body. Raises Invalid."""
        try:
            return await super().json()
        except NOT_JSON:
            raise Invalid("The body is not valid JSON") from None


def exception_handlers() -> dict[int | type[Exception], Callable[..., Response[Any]]]:
    """For `Litestar(exception_handlers=…)`."""
    return {Exception: problem_handler, HTTPException: problem_handler}


def _field_errors(error: ValidationException) -> Iterator[FieldError]:
    entries = error.extra
    if not isinstance(entries, Sequence):
        return
    for entry in cast("Sequence[Any]", entries):
        if not isinstance(entry, dict):
            continue
        values = cast("dict[str, Any]", entry)
        key, source = str(values.get("key", "")), values.get("source")
        message = str(values.get("message", "")) or "is not valid"
        if source in (None, "body"):
            # "data" is what Litestar calls the body as a whole
            whole = key in ("", "data")
            path = "" if whole else "/" + re.sub(r"[.\[]", "/", key.replace("]", ""))
            yield FieldError(path, message)
        else:
            yield FieldError(f"#{getattr(source, 'value', source)}/{key}", message)


def _pointed(message: str) -> FieldError:
    """msgspec says "… - at `$.a[0].b`": keep its sentence, turn the path into a pointer."""
    match = re.search(r" - at `\$([^`]*)`\Z", message)
    if match is None:
        return FieldError("", message)
    pointer = re.sub(r"\.|\[", "/", match.group(1).replace("]", ""))
    return FieldError(pointer, message[: match.start()])
