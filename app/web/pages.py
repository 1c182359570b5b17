"""Serves the built pages: `/` is the mobile client, `/console` what brands work with, `/docs` the
API's documentation.

The bundles are small and never change while a process lives, so they are read once and answered
from memory, compressed and with validators. Unknown paths get the client's or the console's shell,
because both route themselves; everything under /v1, /m, /media, /health and /assets stays a plain
404.
"""

import functools
import gzip
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from app.kernel.errors import NotFound, Unavailable
from app.kernel.http.responses import matches, weak_etag
from app.web.problems import problems_page

_HERE = Path(__file__).parent
PLAY = _HERE / "play" / "dist"
CONSOLE = _HERE / "console" / "dist"
DOCS = _HERE / "docs" / "dist"
_NEVER_PAGES = ("v1", "m", "media", "health", "assets", "docs", "console")
_COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg")


def policy(elsewhere: str | None) -> str:
    """The pages' content security policy: nobody but this house, and the store that films are
    fetched from where it has an address of its own."""
    films = f" {elsewhere}" if elsewhere is not None else ""
    return (
        f"default-src 'self'; img-src 'self' data: blob:{films}; media-src 'self' blob:{films}; "
        f"style-src 'self' 'unsafe-inline'; connect-src 'self' ws: wss:{films}; "
        "font-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


@dataclass(frozen=True)
class _File:
    body: bytes
    zipped: bytes | None
    media_type: str
    etag: str
    immutable: bool


class Bundle:
    """The files of one built page, by path."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, _File] = {}
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file():
                self._files[path.relative_to(folder).as_posix()] = _read(path, folder)

    def answer(self, request: Request[Any, Any, Any], name: str, csp: str) -> Response[bytes]:
        """The file under a security policy, or 304. Raises NotFound; Unavailable when nothing was
        built."""
        if not self._files:
            raise Unavailable("The pages are not built yet: `./carnival up` builds them")
        file = self._files.get(name)
        if file is None:
            raise NotFound
        headers = {
            "etag": file.etag,
            "content-security-policy": csp,
            "referrer-policy": "same-origin",
            "vary": "accept-encoding",
            "cache-control": (
                "public, max-age=31536000, immutable" if file.immutable else "no-cache"
            ),
        }
        if matches(request.headers.get("if-none-match"), file.etag):
            return Response(b"", status_code=304, headers=headers)
        body = file.body
        if file.zipped and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            body = file.zipped
        return Response(body, headers=headers, media_type=file.media_type)

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self._files


def page_routes(films_from: str | None) -> list[HTTPRouteHandler]:
    """The routes of the pages; bundles are read now, once a process. `films_from` is the origin of
    a store that films are fetched from, where there is one."""
    csp = policy(films_from)
    play, console, docs = _bundle(PLAY), _bundle(CONSOLE), _bundle(DOCS)

    @get("/docs", include_in_schema=False)
    async def docs_index(request: Request[Any, Any, Any]) -> Response[bytes]:
        return docs.answer(request, "index.html", csp)

    @get("/docs/problems", include_in_schema=False)
    async def docs_problems() -> Response[bytes]:
        headers = {"content-security-policy": csp, "cache-control": "no-cache"}
        return Response(problems_page(), headers=headers, media_type="text/html")

    @get("/docs/{name:path}", include_in_schema=False)
    async def docs_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
        name = name.lstrip("/")
        return docs.answer(request, name if docs.has(name) else "index.html", csp)

    @get("/console", include_in_schema=False)
    async def console_index(request: Request[Any, Any, Any]) -> Response[bytes]:
        return console.answer(request, "index.html", csp)

    @get("/console/{name:path}", include_in_schema=False)
    async def console_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
        name = name.lstrip("/")
        if console.has(name) or name.startswith("assets/"):
            return console.answer(request, name, csp)
        return console.answer(request, "index.html", csp)

    @get("/", include_in_schema=False)
    async def play_index(request: Request[Any, Any, Any]) -> Response[bytes]:
        return play.answer(request, "index.html", csp)

    @get("/{name:path}", include_in_schema=False)
    async def play_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
        name = name.lstrip("/")
        if play.has(name) or name.split("/", 1)[0] in _NEVER_PAGES:
            return play.answer(request, name, csp)
        return play.answer(request, "index.html", csp)

    docs_routes = [docs_index, docs_problems, docs_file]
    return [*docs_routes, console_index, console_file, play_index, play_file]


@functools.cache
def _bundle(folder: Path) -> Bundle:
    return Bundle(folder)


def _read(path: Path, folder: Path) -> _File:
    body = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".webmanifest":
        media_type = "application/manifest+json"
    if media_type == "text/javascript":
        media_type = "application/javascript"
    zipped = gzip.compress(body, 9) if media_type.startswith(_COMPRESSED) else None
    in_assets = path.relative_to(folder).parts[0] == "assets"
    return _File(body, zipped, media_type, weak_etag(body), in_assets)
