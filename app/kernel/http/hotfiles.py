"""Files on the hot lane: what players and pages fetch most, answered before Litestar is asked.

One `FileEndpoint` declaration yields two ways with the same answers, as `hot.HotEndpoint` does for
JSON: the perimeter calls it for a plain GET, and `file_handlers` wraps it for Litestar, which
documents it and answers HEAD as well. Nobody is asked who they are: an address is all it takes.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from app.kernel.http.files import FileAnswer, FileRequest, SentFile


@dataclass(frozen=True)
class FileEndpoint:
    """A declaration: where, what, and the function that answers."""

    path: str
    """As Litestar writes it; parameters are text: /m/{key}/s/{name}. Under a prefix that the
    general limit of requests leaves out."""
    operation_id: str
    summary: str
    description: str
    media_type: str
    answer: Callable[[FileRequest, Sequence[str]], Awaitable[FileAnswer]]
    """Of a request and the parameters in the path, in order. Raises AppError."""
    tags: Sequence[str] = ()
    responses: Mapping[int, ResponseSpec] = field(default_factory=dict[int, ResponseSpec])
    """Beside the whole, for the docs."""
    body_bytes_max: ClassVar[int] = 1024
    """Nobody reads one."""

    @property
    def names(self) -> Sequence[str]:
        """Of the parameters in the path, in order."""
        return [part.partition("}")[0] for part in self.path.split("{")[1:]]

    def pattern(self) -> "re.Pattern[bytes]":
        """Of the paths that mean it, as they come; what is escaped in them is left to Litestar."""
        parts = re.split(r"\{\w+\}", self.path)
        return re.compile(("([^/%]+)".join(map(re.escape, parts)) + r"\Z").encode())


class FileLane:
    """Finds the endpoint of a request for a file. HEAD and all else is left to Litestar."""

    def __init__(self, endpoints: Sequence[FileEndpoint]) -> None:
        self._patterns = [(each.pattern(), each) for each in endpoints]

    def find(self, method: bytes, path: bytes) -> tuple[FileEndpoint, Sequence[str]] | None:
        """The endpoint and the parameters in the path, which is as it came, or None."""
        if method == b"GET":
            for pattern, endpoint in self._patterns:
                if (match := pattern.match(path)) is not None:
                    return endpoint, [value.decode("latin-1") for value in match.groups()]
        return None


def file_handlers(endpoint: FileEndpoint) -> Sequence[HTTPRouteHandler]:
    """The same endpoint as handlers of Litestar: GET, and HEAD, which the docs leave out."""
    path = endpoint.path
    for name in endpoint.names:
        path = path.replace(f"{{{name}}}", f"{{{name}:str}}")
    documented: dict[str, Any] = {
        "operation_id": endpoint.operation_id,
        "summary": endpoint.summary,
        "description": endpoint.description,
        "responses": dict(endpoint.responses),
    }
    common: dict[str, Any] = {
        "status_code": 200,
        "media_type": endpoint.media_type,
        "tags": list(endpoint.tags),
    }
    return [
        HTTPRouteHandler(path, http_method="GET", **common, **documented)(_answering(endpoint)),
        HTTPRouteHandler(path, http_method="HEAD", include_in_schema=False, **common)(
            _answering(endpoint)
        ),
    ]


def _answering(endpoint: FileEndpoint) -> Any:
    async def handler(**values: Any) -> Response[bytes]:
        scope = values["request"].scope
        asked = FileRequest.of(scope)
        return SentFile(await endpoint.answer(asked, [values[name] for name in endpoint.names]))

    # Litestar reads parameters from the signature
    annotations: dict[str, Any] = {"request": Request[Any, Any, Any]}
    annotations |= dict.fromkeys(endpoint.names, FromPath[str])
    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter(n, kind, annotation=a) for n, a in annotations.items()]
    signed: Any = handler
    signed.__signature__ = inspect.Signature(parameters, return_annotation=Response[bytes])
    signed.__annotations__ = {**annotations, "return": Response[bytes]}
    signed.__name__ = f"head_{endpoint.operation_id}"
    return signed
