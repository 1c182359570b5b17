"""Objects over HTTP: conditional requests and ranges of RFC 9110, which Litestar's File lacks.

`planned` decides by the preconditions in the order of section 13.2.2, and only the bytes that are
asked for are read. Several ranges in one request are answered with the whole object, as the RFC
allows: no player or browser of ours asks for them.

A file of this machine is named to a lane that can send it by its name, without a byte passing
through Python. Otherwise `FileAnswer` is the same for every lane.
"""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
from litestar import Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import Receive, Scope, Send

from app.kernel.errors import AppError
from app.kernel.http.problems import PROBLEM_TYPE, Problem
from app.kernel.http.responses import matches
from app.kernel.objects import ObjectInfo, Objects

IMMUTABLE: Final = "public, max-age=31536000, immutable"
_WHOLE_BYTES_MAX: Final = 1024 * 1024
"""Up to here a body is sent in one piece."""
_NAMED_BYTES_MIN: Final = 32 * 1024
"""From here on naming a file costs less than reading it."""
_CONDITIONS: Final = frozenset(
    (
        *(b"range", b"if-range", b"if-match", b"if-none-match"),
        *(b"if-modified-since", b"if-unmodified-since"),
    )
)
_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,18})-([0-9]{0,18})\s*\Z", re.ASCII | re.IGNORECASE)


class RangeNotSatisfiable(AppError):
    """The range begins after the end; `Content-Range` says how long the object is."""

    code, status, title = "range_not_satisfiable", 416, "This part does not exist"


class PreconditionFailed(AppError):
    """The object is not the one the caller has in mind."""

    code, status, title = "precondition_failed", 412, "The object has changed"


class Stored(msgspec.Struct, frozen=True):
    """An object, and what is said of it."""

    path: str
    """In the object store."""
    media_type: str
    cache_control: str
    etag: str | None = None
    """A strong validator, quoted; None: the store's own."""


class FileRequest(msgspec.Struct, frozen=True):
    """What of a request decides which bytes are sent, and how."""

    method: str
    """GET or HEAD."""
    headers: Mapping[bytes, bytes]
    """With lower-case names."""
    by_name: bool = False
    """Whether files that are named are sent."""

    @property
    def conditional(self) -> bool:
        """Whether it asks for a part, or only under a condition."""
        return not self.headers.keys().isdisjoint(_CONDITIONS)

    @classmethod
    def of(cls, scope: Any) -> "FileRequest":
        """From what the server said."""
        return cls(scope["method"], dict(scope["headers"]))


class NamedFile(NamedTuple):
    """A part of a file of this machine, and where it ends."""

    path: Path
    start: int
    stop: int


class FileAnswer(msgspec.Struct):
    """Status, headers (lower case), and the bytes, or where they come from."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes | NamedFile | AsyncIterator[bytes] = b""


class Plan(NamedTuple):
    """Which bytes are asked for; none for 304."""

    status: int
    start: int
    stop: int


async def read_file(
    objects: Objects, stored: Stored, asked: FileRequest, info: ObjectInfo
) -> FileAnswer:
    """The answer from the store. Raises ObjectMissing, RangeNotSatisfiable,
    PreconditionFailed, Unavailable."""
    plan = planned(stored, asked, info)
    answer = FileAnswer(plan.status, headers_of(stored, info, plan))
    length = plan.stop - plan.start
    if asked.method == "HEAD" or not length:
        return answer
    if asked.by_name and length >= _NAMED_BYTES_MIN and objects.folder is not None:
        answer.body = NamedFile(objects.folder / stored.path, plan.start, plan.stop)
    elif length > _WHOLE_BYTES_MAX:
        answer.body = objects.stream(stored.path, plan.start, plan.stop)
    else:
        answer.body = await objects.read(stored.path, plan.start, plan.stop)
    return answer


def planned(stored: Stored, asked: FileRequest, info: ObjectInfo) -> Plan:
    """What is to be sent. Raises RangeNotSatisfiable, PreconditionFailed."""
    if not asked.conditional:
        return Plan(200, 0, info.size)
    headers = {
        name.decode(): asked.headers[name].decode("latin-1")
        for name in _CONDITIONS & asked.headers.keys()
    }
    etag = _etag(stored, info)
    if _not_modified(headers, info, etag):
        return Plan(304, 0, 0)
    if asked.method == "GET" and (part := _part(headers, info, etag)) is not None:
        return Plan(206, *part)
    return Plan(200, 0, info.size)


def headers_of(stored: Stored, info: ObjectInfo, plan: Plan) -> list[tuple[bytes, bytes]]:
    """What is said of the object and of the part that is sent."""
    headers = [
        (b"etag", _etag(stored, info).encode("latin-1")),
        (b"last-modified", format_datetime(info.modified.astimezone(UTC), usegmt=True).encode()),
        (b"cache-control", stored.cache_control.encode()),
        (b"accept-ranges", b"bytes"),
        # a cache must not give an answer without CORS headers to a page that needs them
        (b"vary", b"origin"),
    ]
    if plan.status != 304:
        unsaid = stored.media_type.startswith("text/") and "charset" not in stored.media_type
        charset = "; charset=utf-8" if unsaid else ""
        headers.append((b"content-type", f"{stored.media_type}{charset}".encode()))
        headers.append((b"content-length", b"%d" % (plan.stop - plan.start)))
    if plan.status == 206:
        extent = b"bytes %d-%d/%d" % (plan.start, plan.stop - 1, info.size)
        headers.append((b"content-range", extent))
    return headers


class SentFile(Response[bytes]):
    """An answer of a handler that leaves as it is."""

    def __init__(self, answer: FileAnswer) -> None:
        super().__init__(b"", status_code=answer.status)
        self._answer = answer

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """Of Litestar's: what is sent in the end."""
        return self._sent

    async def _sent(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer
        start: Any = {"type": "http.response.start", "status": answer.status}
        await send(start | {"headers": answer.headers})
        body = answer.body
        assert not isinstance(body, NamedFile), "nothing is named to who did not ask for it"
        if not isinstance(body, bytes):
            async for piece in body:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            body = b""
        await send({"type": "http.response.body", "body": body, "more_body": False})


def file_answers(media_type: str) -> dict[int, ResponseSpec]:
    """What a file may be answered with beside the whole, for the docs of a route."""
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


def _etag(stored: Stored, info: ObjectInfo) -> str:
    return stored.etag or info.etag or f'"{info.modified.timestamp():.0f}-{info.size}"'


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


def _part(headers: Mapping[str, str], info: ObjectInfo, etag: str) -> tuple[int, int] | None:
    """Start and end of a range; None for the whole where it is absent, odd or outdated.

    Raises RangeNotSatisfiable.
    """
    header = headers.get("range")
    if header is None:
        return None
    found = _RANGE.match(header)
    if found is None or not (found[1] or found[2]):
        return None
    if not _if_range_holds(headers.get("if-range"), info, etag):
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
