"""Objects over HTTP: conditional requests and ranges of RFC 9110, which Litestar's File lacks.

`serve_object` looks at the object once, decides by the preconditions in the order of section
13.2.2, and reads only the bytes that are asked for. Several ranges in one request are answered
with the whole object, as the RFC allows: no player or browser of ours asks for them.

A whole file of this machine is named to the server, which sends it without a byte passing through
Python, twice as fast.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Send

from app.kernel.errors import AppError, NotFound
from app.kernel.http.problems import PROBLEM_TYPE, Problem
from app.kernel.http.responses import matches
from app.kernel.objects import ObjectInfo, ObjectMissing, Objects

IMMUTABLE: Final = "public, max-age=31536000, immutable"
_WHOLE_BYTES_MAX: Final = 1024 * 1024
"""Up to here a body is sent in one piece."""
_NAMED_BYTES_MIN: Final = 32 * 1024
"""From here on naming a file costs less than reading it."""
_BY_NAME: Final = "http.response.pathsend"
"""The extension of ASGI; granian has it, not every server."""
_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,18})-([0-9]{0,18})\s*\Z", re.ASCII | re.IGNORECASE)


class RangeNotSatisfiable(AppError):
    """The range begins after the end; `Content-Range` says how long the object is."""

    code, status, title = "range_not_satisfiable", 416, "This part does not exist"


class PreconditionFailed(AppError):
    """The object is not the one the caller has in mind."""

    code, status, title = "precondition_failed", 412, "The object has changed"


async def serve_object(
    objects: Objects,
    path: str,
    request: Request[Any, Any, Any],
    *,
    media_type: str,
    cache_control: str,
    etag: str | None = None,
) -> Response[Any]:
    """An answer for GET or HEAD of one object.

    `etag` is a strong validator, quoted; by default the store's own. Raises NotFound,
    RangeNotSatisfiable, PreconditionFailed, Unavailable.
    """
    try:
        info = await objects.info(path)
        etag = etag or info.etag or f'"{info.modified.timestamp():.0f}-{info.size}"'
        headers = {
            "etag": etag,
            "last-modified": format_datetime(info.modified.astimezone(UTC), usegmt=True),
            "cache-control": cache_control,
            "accept-ranges": "bytes",
            # a cache must not give an answer without CORS headers to a page that needs them
            "vary": "origin",
        }
        if _not_modified(request.headers, info, etag):
            return Response(b"", status_code=304, headers=headers, media_type=media_type)
        start, stop, status = 0, info.size, 200
        if (part := _part(request, info, etag)) is not None:
            (start, stop), status = part, 206
            headers["content-range"] = f"bytes {start}-{stop - 1}/{info.size}"
        if request.method == "HEAD":
            headers["content-length"] = str(stop - start)
            return Response(b"", status_code=status, headers=headers, media_type=media_type)
        if info.size == stop - start >= _NAMED_BYTES_MIN and _sends_files(request, objects):
            assert objects.folder is not None
            file = objects.folder / path
            headers["content-length"] = str(info.size)
            return NamedFile(file, status_code=status, headers=headers, media_type=media_type)
        if stop - start > _WHOLE_BYTES_MAX:
            headers["content-length"] = str(stop - start)
            body = objects.stream(path, start, stop)
            return Stream(body, status_code=status, headers=headers, media_type=media_type)
        data = await objects.read(path, start, stop)
        return Response(data, status_code=status, headers=headers, media_type=media_type)
    except ObjectMissing:
        raise NotFound from None


def file_answers(media_type: str) -> dict[int, ResponseSpec]:
    """What `serve_object` may answer beside the whole, for the docs of a route."""
    return {
        206: described(bytes, media_type, "The range of the file that was asked for"),
        412: described(Problem, PROBLEM_TYPE, "If-Match or If-Unmodified-Since does not hold"),
        416: described(Problem, PROBLEM_TYPE, "The range begins behind the end"),
    }


def described(body: type, media_type: str, description: str) -> ResponseSpec:
    """An answer of a route, for its docs; bytes have no example."""
    return ResponseSpec(
        body, media_type=media_type, description=description, generate_examples=False
    )


def _sends_files(request: Request[Any, Any, Any], objects: Objects) -> bool:
    scope: Any = request.scope
    return objects.folder is not None and _BY_NAME in (scope.get("extensions") or ())


class NamedFile(Response[bytes]):
    """A file of this machine that the server sends. The headers say how long it is."""

    def __init__(self, path: Path, **options: Any) -> None:
        super().__init__(b"", **options)
        self._path = path

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIResponse:
        """Of Litestar's: what is sent in the end."""
        return _Named(
            self._path,
            headers=self.headers,
            media_type=self.media_type,
            status_code=self.status_code,
        )


class _Named(ASGIResponse):
    def __init__(self, path: Path, **options: Any) -> None:
        super().__init__(**options)
        self._path = path

    async def send_body(self, send: Send, receive: Receive) -> None:
        message: Any = {"type": _BY_NAME, "path": str(self._path)}
        await send(message)


def _not_modified(headers: Mapping[str, str], info: ObjectInfo, etag: str) -> bool:
    """Whether 304 is right. Raises PreconditionFailed for If-Match and If-Unmodified-Since."""
    modified = info.modified.replace(microsecond=0)
    if (if_match := headers.get("if-match")) is not None:
        tags = [tag.strip() for tag in if_match.split(",")]
        if "*" not in tags and etag not in tags:
            raise PreconditionFailed
    elif (moment := _http_date(headers.get("if-unmodified-since"))) and modified > moment:
        raise PreconditionFailed
    if (if_none_match := headers.get("if-none-match")) is not None:
        return matches(if_none_match, etag)
    moment = _http_date(headers.get("if-modified-since"))
    return moment is not None and modified <= moment


def _part(request: Request[Any, Any, Any], info: ObjectInfo, etag: str) -> tuple[int, int] | None:
    """Start and end of a range; None for the whole where it is absent, odd or outdated.

    Raises RangeNotSatisfiable.
    """
    header = request.headers.get("range")
    if header is None or request.method != "GET":
        return None
    found = _RANGE.match(header)
    if found is None or not (found[1] or found[2]):
        return None
    if not _if_range_holds(request.headers.get("if-range"), info, etag):
        return None
    if found[1]:
        start = int(found[1])
        last = int(found[2]) if found[2] else info.size - 1
        if last < start and found[2]:
            return None
    else:
        start, last = max(0, info.size - int(found[2])), info.size - 1
    if start >= info.size:
        raise RangeNotSatisfiable(
            f"The object has {info.size} bytes.", headers={"content-range": f"bytes */{info.size}"}
        )
    return start, min(last + 1, info.size)


def _if_range_holds(value: str | None, info: ObjectInfo, etag: str) -> bool:
    """If-Range compares strongly: an equal strong tag, or exactly the date we gave."""
    if value is None:
        return True
    value = value.strip()
    if value.startswith(('"', "W/")):
        return value == etag
    return _http_date(value) == info.modified.replace(microsecond=0)


def _http_date(value: str | None) -> datetime | None:
    """A date of HTTP; None when absent or not one, as the RFC wants it ignored."""
    if value is None:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
