"""The hot lane: the handful of endpoints a peak hits, answered before Litestar is asked.

One `HotEndpoint` declaration yields two handlers with the same behaviour: `HotLane` calls it as a
plain ASGI callable, `plain_handler` wraps it for Litestar, which also documents it. The perimeter
(`front`) is common to both: request id, authentication, limits, CORS, metrics.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any
from urllib.parse import parse_qsl

from litestar import Request, Response
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Schema
from litestar.params import QueryParameter
from litestar.types import Receive, Send

from app.kernel.actors import Actor
from app.kernel.errors import Invalid, NotFound, TooLarge, Unauthorized
from app.kernel.http.states import state_of
from app.kernel.structs import ID_MAX, Input, PathId

JSON_HEADERS: tuple[tuple[str, str], ...] = (("content-type", "application/json"),)
_QUERY_BYTES_MAX = 1024


@dataclass(slots=True)
class HotRequest:
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


@dataclass(slots=True)
class HotAnswer:
    """Status, ready bytes and headers (lower case)."""

    body: bytes
    status: int = 200
    headers: Sequence[tuple[str, str]] = JSON_HEADERS


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


class HotLane:
    """Finds the endpoint of a request. Anything unusual is left to Litestar's plain handler."""

    def __init__(self, endpoints: Sequence[HotEndpoint]) -> None:
        self._exact: dict[tuple[str, str], HotEndpoint] = {}
        self._with_id: dict[str, list[tuple[str, str, HotEndpoint]]] = {}
        for endpoint in endpoints:
            prefix, brace, rest = endpoint.path.partition("{")
            if not brace:
                self._exact[endpoint.method, endpoint.path] = endpoint
                continue
            suffix = rest.partition("}")[2]
            assert "{" not in suffix, "the hot lane knows one id a path"
            self._with_id.setdefault(endpoint.method, []).append((prefix, suffix, endpoint))

    def find(self, method: str, path: str) -> tuple[HotEndpoint, tuple[int, ...]] | None:
        """The endpoint and the ids of the path, or None."""
        exact = self._exact.get((method, path))
        if exact is not None:
            return exact, ()
        for prefix, suffix, endpoint in self._with_id.get(method, ()):
            if path.startswith(prefix) and path.endswith(suffix):
                digits = path[len(prefix) : len(path) - len(suffix)]
                if digits.isascii() and digits.isdigit() and len(digits) <= 19:
                    return endpoint, (int(digits),)
        return None


async def serve_hot(
    endpoint: HotEndpoint, ids: tuple[int, ...], scope: Any, receive: Receive
) -> HotAnswer:
    """Answer a request on the hot lane. Errors are raised, for the perimeter to render; an id
    that cannot exist comes before a bad token, as in Litestar."""
    _check_ids(ids)
    if (refused := scope["state"].get("auth_error")) is not None:
        raise refused
    actor: Actor | None = scope["state"]["actor"]
    none_match: str | None = None
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            none_match = value.decode("latin-1")
    query = _query_of(scope.get("query_string", b""))
    body = await _read_body(receive, endpoint.body_bytes_max)
    return await endpoint.handle(HotRequest(actor, ids, query, none_match, body))


async def send_answer(send: Send, answer: HotAnswer) -> None:
    """The two ASGI messages of an answer."""
    headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in answer.headers]
    if answer.status not in (204, 304):  # these have no content, of no length
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})  # type: ignore[typeddict-item]
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


def plain_handler(endpoint: HotEndpoint) -> HTTPRouteHandler:
    """The same endpoint as a handler of Litestar."""
    names = [part.partition("}")[0] for part in endpoint.path.split("{")[1:]]

    async def handler(**values: Any) -> Response[bytes]:
        request: Request[Any, Any, Any] = values["request"]
        ids = tuple(int(values[name]) for name in names)
        _check_ids(ids)
        state = state_of(request)
        if (refused := state.get("auth_error")) is not None:
            raise refused
        answer = await endpoint.handle(
            HotRequest(
                state.get("actor"),
                ids,
                _query_of(request.url.query.encode()),
                request.headers.get("if-none-match"),
                await _litestar_body(request, endpoint.body_bytes_max),
            )
        )
        return Response(answer.body, status_code=answer.status, headers=dict(answer.headers))

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


def _check_ids(ids: tuple[int, ...]) -> None:
    for id_ in ids:
        if not 1 <= id_ <= ID_MAX:
            raise NotFound


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


async def _read_body(receive: Receive, bytes_max: int) -> bytes:
    message: Any = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        if len(body) > bytes_max:
            break
        message = await receive()
        body += message.get("body", b"")
    if len(body) > bytes_max:
        raise TooLarge
    return body


async def _litestar_body(request: Request[Any, Any, Any], bytes_max: int) -> bytes:
    body = await request.body()
    if len(body) > bytes_max:
        raise TooLarge
    return body
