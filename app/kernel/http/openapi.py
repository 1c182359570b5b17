"""The OpenAPI document: Litestar's, completed with the problems every route may answer.

Litestar knows the good answers. Which errors a route can give follows from its shape: a body can
be invalid, an id can be missing, a caller can be anonymous, a dependency can be away.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, License, Schema, SecurityScheme, Tag
from litestar.openapi.spec.enums import OpenAPIType
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from app.kernel.currencies import MINOR_DIGITS
from app.kernel.http.problems import PROBLEM_TYPE, Problem
from app.kernel.http.responses import matches, weak_etag
from app.kernel.structs import SCALARS, Currency, Id, Input, Timestamp

VERSION = "1.0.0"
_DESCRIPTION = """
The API of Carnival 狂欢城. Ids are 64-bit and travel as strings; times are RFC 3339 in UTC; money
is integer minor units with a currency. Errors are problem documents (RFC 9457) with a stable
`code`. Lists are paged by opaque cursors. Every answer carries `x-request-id`.

**Signing in.** `POST /v1/auth/codes` sends six digits to a phone, `POST /v1/auth/sessions` gives
an access token of ten minutes for them, and a refresh token that is exchanged for the next pair.
Who works for a brand asks `GET /v1/auth/workplaces` where, and takes a token for the work from
`POST /v1/auth/workplaces/{brand_id}`; operators from `POST /v1/auth/workplaces/operator`. A
brand's systems use keys, which its owner makes at `POST /v1/brands/{brand_id}/keys`.

**Doing things once.** A brand's POST may carry an `Idempotency-Key` of its own: sent again with the
same body it is answered as the first time. Where a body has a `clientId`, that does the same.

**Versions.** Changes within `/v1` only add. A route or field that will go is announced by the
`Deprecation` and `Sunset` headers at least six months before.
"""
_COMMON = {
    "400": "The request is not valid; `errors` names each wrong field",
    "429": "Too many requests; see `Retry-After`",
    "500": "Our fault; written down under the request id",
    "503": "A dependency is away or a queue is full; nothing was acknowledged",
}
_SIGNED_IN = {
    "401": "No token, or not a good one",
    "403": "Known, but not allowed",
}
_BY_METHOD = {
    "post": {"409": "The present state does not allow it", "413": "The body is too large"},
    "put": {"409": "The present state does not allow it"},
    "patch": {"409": "The present state does not allow it", "413": "The body is too large"},
    "delete": {"409": "The present state does not allow it"},
}
_BODY = {
    "415": "This content type is not accepted",
    "422": "Understood, but impossible; also an Idempotency-Key used with another body",
}


_REFERENCE = "#/components/schemas/{name}"


def _scalar_schema(kind: type) -> dict[str, Any]:
    if kind is Id:
        return {"type": "string", "pattern": r"^[1-9][0-9]{0,18}$", "examples": ["401234567890"]}
    if kind is Currency:
        return {"type": "string", "enum": sorted(MINOR_DIGITS), "examples": ["CNY"]}
    if kind is Timestamp:
        return {"type": "string", "format": "date-time", "examples": ["2026-11-11T00:00:00.000Z"]}
    raise TypeError(f"{kind.__name__} has no schema")


def _subclasses(kind: type) -> Iterator[type]:
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)


class KnownTypes(OpenAPISchemaPlugin):
    """How `Id`, `Timestamp` and `Currency` look in the document."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:
        """For our scalar types."""
        return value in SCALARS

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        """A string with a pattern or a list of values, or a date-time."""
        facts = _scalar_schema(field_definition.annotation)
        return Schema(
            type=OpenAPIType.STRING,
            pattern=facts.get("pattern"),
            enum=facts.get("enum"),
            format=facts.get("format"),
            examples=facts["examples"],
        )


def openapi_config() -> OpenAPIConfig:
    """Litestar's part: no routes of its own, since the UI is served locally by us."""
    return OpenAPIConfig(
        title="Carnival 狂欢城",
        version=VERSION,
        description=_DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="An access token of a shopper or member, or a brand key `sk_…`",
                )
            }
        ),
        security=[{}, {"bearer": []}],
        render_plugins=(),
        tags=[Tag(name="health", description="For load balancers and countdowns")],
        use_handler_docstrings=True,
    )


def document(app: Litestar) -> dict[str, Any]:
    """The whole document as plain data."""
    schema: dict[str, Any] = app.openapi_schema.to_schema()
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    (reference,), problem = msgspec.json.schema_components([Problem], ref_template=_REFERENCE)
    schemas |= problem
    # Litestar (2.25) forgets the bounds of optional fields; msgspec, which enforces them, does not
    read = _bodies_read_by_hand(app, schema["paths"])
    inputs = [k for k in _subclasses(Input) if k.__name__ in schemas or k in read]
    _, known = msgspec.json.schema_components(
        inputs, schema_hook=_scalar_schema, ref_template=_REFERENCE
    )
    schemas |= {kind.__name__: known[kind.__name__] for kind in inputs}
    schemas |= {name: definition for name, definition in known.items() if name not in schemas}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _settle_types(operation)
            _declare_problems(path, method, operation, reference)
    return schema


def _bodies_read_by_hand(app: Litestar, paths: dict[str, Any]) -> set[type]:
    """Declare the bodies of endpoints that parse them without Litestar: those of the hot lane."""
    found: set[type] = set()
    operations = {
        operation["operationId"]: operation
        for methods in paths.values()
        for operation in methods.values()
    }
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            accepts: type | None = handler.opt.get("accepts")
            if accepts is not None:
                schema = {"$ref": _REFERENCE.format(name=accepts.__name__)}
                content = {"application/json": {"schema": schema}}
                body = {"content": content, "required": True}
                operations[str(handler.operation_id)]["requestBody"] = body
                found.add(accepts)
    return found


def _settle_types(operation: dict[str, Any]) -> None:
    """A parameter whose type we say is of that type, not what its text in Python may be as well:
    both at once is satisfied by nothing."""
    for parameter in operation.get("parameters", ()):
        if "type" in parameter["schema"]:
            parameter["schema"].pop("oneOf", None)


def _declare_problems(
    path: str, method: str, operation: dict[str, Any], reference: dict[str, Any]
) -> None:
    answers = dict(_COMMON)
    if path.startswith("/v1"):
        answers |= _SIGNED_IN
    answers |= _BY_METHOD.get(method, {})
    if "requestBody" in operation:
        answers |= _BODY
    if "{" in path or method != "get":
        answers["404"] = "It does not exist, or is not yours"
    responses: dict[str, Any] = operation["responses"]
    if method == "get" and "200" in responses:
        responses["304"] = {"description": "You have it already: the ETag still holds"}
    for status, words in sorted(answers.items()):
        if status == "503" and path == "/health/ready":
            continue
        responses[status] = {
            "description": words,
            "content": {PROBLEM_TYPE: {"schema": reference}},
        }


@get("/v1/openapi.json", include_in_schema=False, operation_id="getOpenapi")
async def openapi_json(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The document of this very process, made once."""
    state = request.app.state
    if "openapi_json" not in state:
        state["openapi_json"] = msgspec.json.encode(document(request.app))
    body: bytes = state["openapi_json"]
    etag = weak_etag(body)
    headers = {"etag": etag, "cache-control": "no-cache", "content-type": "application/json"}
    if matches(request.headers.get("if-none-match"), etag):
        return Response(b"", status_code=304, headers=headers)
    return Response(body, headers=headers)


def docs_routes() -> list[Any]:
    """The document; the page that shows it is one of `app.web.pages`."""
    return [openapi_json]


def plugins() -> list[Any]:
    """For `Litestar(plugins=…)`."""
    return [KnownTypes()]
