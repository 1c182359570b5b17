"""The hot lane: the handful of endpoints a peak hits, answered before Litestar is asked.

One `HotEndpoint` declaration yields two handlers with the same behaviour: `HotLane` finds it for
the connection itself (`connections`), `plain_handler` wraps it for Litestar, which also documents
it. The perimeter (`front`) is common to both: request id, authentication, limits, CORS, metrics.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Schema
from litestar.params import QueryParameter
from litestar.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from app.kernel.actors import Actor
from app.kernel.errors import Invalid, NotFound, TooLarge, Unauthorized
from app.kernel.http.states import caller_of
from app.kernel.structs import ID_MAX, Input, PathId

Headers = Sequence[tuple[bytes, bytes]]
JSON_HEADERS: Headers = ((b"content-type", b"application/json"),)
_QUERY_BYTES_MAX = 1024
_CONTENTLESS = frozenset((204, 304))
_PATHS_REMEMBERED = 4_096
_PATH_BYTES_MAX = 256
"""Of paths that are looked up, and so remembered: longer ones are nothing of the hot lane."""


class HotRequest(msgspec.Struct, gc=False):
    """What an endpoint of the hot lane may know of a request."""

    actor: Actor | None
    ids: tuple[int, ...]
    """The ids in the path, in order."""
    query: Mapping[str, str]
    if_none_match: str | None
    body: bytes

    def signed_in(self) -> Actor:
        """The actor. Raises Unauthorized."""
        if self.actor is None:
            raise Unauthorized
        return self.actor


class HotAnswer(msgspec.Struct, gc=False):
    """Status, ready bytes and headers (lower case). Not changed once it was given to somebody."""

    body: bytes
    status: int = 200
    headers: Headers = JSON_HEADERS
    _head: bytes | None = None

    @property
    def head(self) -> bytes:
        """The status line and its own headers on the wire, remembered: answers are given again."""
        if self._head is None:
            head = status_line(self.status) + lines_of(self.headers)
            if self.status not in _CONTENTLESS:
                head += b"content-length: %d\r\n" % len(self.body)
            self._head = head
        return self._head


@dataclass(frozen=True)
class HotEndpoint:
    """A declaration: where, what, and the function that answers."""

    method: str
    path: str
    """As Litestar writes it; parameters are ids: /v1/posts/{post_id}/like."""
    operation_id: str
    summary: str
    handle: Callable[[HotRequest], Awaitable[HotAnswer]]
    returns: Any
    tags: Sequence[str] = ()
    query: Mapping[str, Schema] = field(default_factory=dict[str, Schema])
    """Query parameters, for the docs; `handle` reads and checks them."""
    accepts: type[Input] | None = None
    """The body, for the docs; `handle` reads and checks it."""
    body_bytes_max: int = 1024
    """Also where nobody reads a body: clients like to send `{}`."""
    early: Callable[[Actor, tuple[int, ...]], HotAnswer | None] = lambda actor, ids: None
    """What is known from memory and the same whatever the body says; raises nothing. Such answers
    leave by the shortest way, without a task of their own."""


class HotLane:
    """Finds the endpoint of a request. Anything unusual is left to Litestar's plain handler."""

    def __init__(self, endpoints: Sequence[HotEndpoint]) -> None:
        self._exact: dict[tuple[str, str], tuple[HotEndpoint, tuple[int, ...]]] = {}
        self._with_id: dict[str, list[tuple[str, str, HotEndpoint]]] = {}
        for endpoint in endpoints:
            prefix, brace, rest = endpoint.path.partition("{")
            if not brace:
                self._exact[endpoint.method, endpoint.path] = endpoint, ()
                continue
            suffix = rest.partition("}")[2]
            assert "{" not in suffix, "the hot lane knows one id a path"
            self._with_id.setdefault(endpoint.method, []).append((prefix, suffix, endpoint))
        # a peak asks for the same few things
        self._remembered = lru_cache(maxsize=_PATHS_REMEMBERED)(self._find)

    def find(self, method: bytes, path: bytes) -> tuple[HotEndpoint, tuple[int, ...]] | None:
        """The endpoint and the ids of the path, which is as it came, or None."""
        return self._remembered(method, path) if len(path) <= _PATH_BYTES_MAX else None

    def _find(
        self, method_as_sent: bytes, path_as_sent: bytes
    ) -> tuple[HotEndpoint, tuple[int, ...]] | None:
        method, path = method_as_sent.decode("latin-1"), path_as_sent.decode("latin-1")
        exact = self._exact.get((method, path))
        if exact is not None:
            return exact
        for prefix, suffix, endpoint in self._with_id.get(method, ()):
            if path.startswith(prefix) and path.endswith(suffix):
                digits = path[len(prefix) : len(path) - len(suffix)]
                if digits.isascii() and digits.isdigit() and len(digits) <= 19:
                    return endpoint, (int(digits),)
        return None


Asker = Actor | Unauthorized | None
"""Who asks, or why the token is no good; None for nobody."""


def foregone(endpoint: HotEndpoint, ids: tuple[int, ...], asker: Asker) -> HotAnswer | None:
    """What is answered whatever the body says, if anything. Raises NotFound and Unauthorized: an id
    that cannot exist comes before a bad token, as in Litestar."""
    if type(asker) is Actor:
        known = endpoint.early(asker, ids)
        if known is not None:
            return known
    for id_ in ids:
        if not 1 <= id_ <= ID_MAX:
            raise NotFound
    if isinstance(asker, Unauthorized):
        raise asker
    return None


def serve_hot(
    endpoint: HotEndpoint,
    ids: tuple[int, ...],
    asker: Actor | None,
    query: bytes,
    if_none_match: str | None,
    body: bytes,
) -> Awaitable[HotAnswer]:
    """Answer a request of which nothing was foregone. Errors are raised, for the perimeter to
    render. GET has no body, whatever is sent."""
    if endpoint.method == "GET":
        body = b""
    elif len(body) > endpoint.body_bytes_max:
        raise TooLarge
    return endpoint.handle(HotRequest(asker, ids, _query_of(query), if_none_match, body))


def status_line(status: int) -> bytes:
    """As it stands on the wire, with its end of line."""
    return STATUS_LINE[status]


def lines_of(headers: Headers) -> bytes:
    """Headers as they stand on the wire."""
    return b"".join([b"%b: %b\r\n" % each for each in headers])


async def send_answer(send: Send, answer: HotAnswer, common: Headers) -> None:
    """Send it as messages of ASGI."""
    body, status = answer.body, answer.status
    headers = [*answer.headers, *common]
    if status not in _CONTENTLESS:
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def plain_handler(endpoint: HotEndpoint) -> HTTPRouteHandler:
    """The same endpoint as a handler of Litestar."""
    names = [part.partition("}")[0] for part in endpoint.path.split("{")[1:]]

    async def handler(**values: Any) -> Response[bytes]:
        request: Request[Any, Any, Any] = values["request"]
        ids = tuple(int(values[name]) for name in names)
        caller, query = caller_of(request), request.url.query.encode()
        asker = caller.refused or caller.actor
        answer = foregone(endpoint, ids, asker)
        if answer is None:
            body = b""
            if endpoint.method != "GET":
                body = await _body_of(request, endpoint.body_bytes_max)
            has = caller.if_none_match
            answer = await serve_hot(endpoint, ids, caller.actor, query, has, body)
        headers = {name.decode(): value.decode("latin-1") for name, value in answer.headers}
        return Response(answer.body, status_code=answer.status, headers=headers)

    handler.__doc__ = endpoint.summary
    _give_signature(handler, endpoint, names)
    path = endpoint.path
    for name in names:
        path = path.replace(f"{{{name}}}", f"{{{name}:int}}")
    return HTTPRouteHandler(
        path,
        http_method=endpoint.method,  # type: ignore[arg-type]
        status_code=200,
        operation_id=endpoint.operation_id,
        summary=endpoint.summary,
        tags=list(endpoint.tags),
        media_type=MediaType.JSON,
        responses={200: ResponseSpec(endpoint.returns, generate_examples=False)},
        accepts=endpoint.accepts,
    )(handler)


async def _body_of(request: Request[Any, Any, Any], bytes_max: int) -> bytes:
    """The body; of one that is longer than its bound only so much that this shows."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > bytes_max:
            break
    return body


def _give_signature(handler: Any, endpoint: HotEndpoint, names: Sequence[str]) -> None:
    """Litestar reads parameters from the signature: make one from the declaration."""
    annotations: dict[str, Any] = {"request": Request[Any, Any, Any]}
    annotations |= dict.fromkeys(names, PathId)
    for name, schema in endpoint.query.items():
        described = QueryParameter(
            name=name, required=False, description=schema.description, schema_extra=_facts(schema)
        )
        annotations[f"query_{name}"] = Annotated[str | None, described]
    parameters = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=annotation,
            default=None if name.startswith("query_") else inspect.Parameter.empty,
        )
        for name, annotation in annotations.items()
    ]
    handler.__signature__ = inspect.Signature(parameters, return_annotation=Response[bytes])
    handler.__annotations__ = {**annotations, "return": Response[bytes]}


def _facts(schema: Schema) -> dict[str, Any]:
    names = ("type", "minimum", "maximum", "max_length", "min_length", "examples")
    return {name: value for name in names if (value := getattr(schema, name)) is not None}


def _query_of(raw: bytes) -> Mapping[str, str]:
    if not raw:
        return {}
    if len(raw) > _QUERY_BYTES_MAX:
        raise Invalid("The query string is too long")
    return _parsed(raw)


@lru_cache(maxsize=1_024)
def _parsed(raw: bytes) -> Mapping[str, str]:
    """Most requests of a peak ask for the same few queries."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=16)
    except ValueError:
        raise Invalid("The query string is not valid") from None
    return MappingProxyType(dict(pairs))
