"""HTTP of uploads: tus 1.0 with creation, expiration and termination.

A body is never held: it goes through `store` into the object store as it comes.
"""

import asyncio
from collections.abc import AsyncIterator
from email.utils import format_datetime
from typing import Annotated, Any, Final

from litestar import Controller, Request, Response, delete, get, patch, post, route
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter

from app.identity.interfaces import Actor
from app.kernel.database import Transaction
from app.kernel.errors import AppError, Invalid
from app.kernel.http.problems import PROBLEM_TYPE, Problem
from app.kernel.structs import PathId
from media.inspection.bounds import BRAND
from media.uploads.errors import NotAnOffsetStream, WrongTusVersion
from media.uploads.models import Upload
from media.uploads.rules import EXTENSIONS, OFFSET_STREAM, TAGS_CHARS_MAX, VERSION, whole_number
from media.uploads.schemas import UploadView
from media.uploads.service import UploadService

_IDLE_SECONDS: Final = 60
"""A sender that is silent for so long is hung up on; it may come again."""
_COMMON: Final = {"tus-resumable": VERSION, "cache-control": "no-store"}

Version = Annotated[
    str | None,
    HeaderParameter(name="Tus-Resumable", max_length=20, description="Must be 1.0.0"),
]
Offset = Annotated[
    str | None,
    HeaderParameter(name="Upload-Offset", max_length=20, description="Where these bytes begin"),
]
Length = Annotated[
    str | None,
    HeaderParameter(name="Upload-Length", max_length=20, description="Bytes of the whole file"),
]
Tags = Annotated[
    str | None,
    HeaderParameter(
        name="Upload-Metadata",
        max_length=TAGS_CHARS_MAX,
        description="`filename` and others, each followed by its base64 value, with commas",
    ),
]


class SenderGone(AppError):
    """The connection broke; nobody reads this."""

    code, status, title = "sender_gone", 408, "The connection broke off"


def _problems(**words: str) -> dict[int, ResponseSpec]:
    return {
        int(status.lstrip("_")): ResponseSpec(
            Problem, media_type=PROBLEM_TYPE, description=text, generate_examples=False
        )
        for status, text in words.items()
    }


_WRONG = _problems(_410="It expired or was cancelled", _412="Another version of tus")


class UploadController(Controller):
    """Uploads that survive broken connections, for any client of tus 1.0."""

    path = "/v1/uploads"
    tags = ("uploads",)

    @post(
        operation_id="beginUpload",
        summary="Begin an upload",
        status_code=201,
        responses=_WRONG,
    )
    async def begin(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        uploads: NamedDependency[UploadService],
        tus_version: Version = None,
        upload_length: Length = None,
        upload_metadata: Tags = None,
    ) -> Response[UploadView]:
        """`Location` is the address that takes the bytes. It expires a day after the last of them.

        At most 8 GB for brands and 512 MB for shoppers, within their quotas.
        """
        _check_version(tus_version)
        length = whole_number("Upload-Length", upload_length)
        upload = await uploads.begin(tx, actor, length, upload_metadata)
        headers = {**_progress(upload), "location": f"/v1/uploads/{upload.id}"}
        return Response(UploadView.of(upload), status_code=201, headers=headers)

    @get("/{upload_id:int}", operation_id="getUpload", summary="How far an upload is")
    async def show(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        uploads: NamedDependency[UploadService],
        upload_id: PathId,
    ) -> UploadView:
        """The same in JSON as HEAD says in headers."""
        return UploadView.of(await uploads.find(tx.session, actor, upload_id))

    @route("/{upload_id:int}", http_method=["HEAD"], include_in_schema=False, status_code=200)
    async def head(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        uploads: NamedDependency[UploadService],
        upload_id: PathId,
        tus_version: Version = None,
    ) -> Response[bytes]:
        """The offset to go on from."""
        _check_version(tus_version)
        upload = await uploads.find(tx.session, actor, upload_id)
        headers = {**_progress(upload), "upload-length": str(upload.length)}
        if upload.tags:
            headers["upload-metadata"] = upload.tags
        return Response(b"", headers=headers)

    @patch(
        "/{upload_id:int}",
        operation_id="continueUpload",
        summary="Send bytes",
        status_code=204,
        request_max_body_size=None,
        responses={
            **_WRONG,
            **_problems(
                _408="The connection broke off; what came is kept",
                _415="The content type is not application/offset+octet-stream",
                _423="Somebody else is sending; try again in a moment",
            ),
        },
    )
    async def append(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        uploads: NamedDependency[UploadService],
        upload_id: PathId,
        tus_version: Version = None,
        upload_offset: Offset = None,
    ) -> Response[None]:
        """The next bytes of the file, as many as you like, from `Upload-Offset` on.

        However the request ends, HEAD then says what has arrived and is kept.
        """
        return await _append(request, actor, uploads, upload_id, tus_version, upload_offset)

    @post(
        "/{upload_id:int}",
        include_in_schema=False,
        status_code=204,
        request_max_body_size=None,
    )
    async def append_by_post(
        self,
        request: Request[Any, Any, Any],
        actor: NamedDependency[Actor],
        uploads: NamedDependency[UploadService],
        upload_id: PathId,
        tus_version: Version = None,
        upload_offset: Offset = None,
    ) -> Response[None]:
        """As PATCH, for clients that cannot."""
        if request.headers.get("x-http-method-override", "").upper() != "PATCH":
            raise Invalid.field("#header/X-HTTP-Method-Override", "Must be PATCH")
        return await _append(request, actor, uploads, upload_id, tus_version, upload_offset)

    @delete(
        "/{upload_id:int}",
        operation_id="cancelUpload",
        summary="Cancel an upload",
        status_code=204,
        responses=_WRONG,
    )
    async def cancel(
        self,
        tx: NamedDependency[Transaction],
        actor: NamedDependency[Actor],
        uploads: NamedDependency[UploadService],
        upload_id: PathId,
        tus_version: Version = None,
    ) -> Response[None]:
        """Forget what has come."""
        _check_version(tus_version)
        await uploads.cancel(tx, actor, upload_id)
        return Response(None, status_code=204, headers=_COMMON)


@route("/v1/uploads", http_method=["OPTIONS"], include_in_schema=False, status_code=204)
async def abilities() -> Response[None]:
    """What this server can do of tus."""
    headers = {
        **_COMMON,
        "tus-version": VERSION,
        "tus-extension": EXTENSIONS,
        "tus-max-size": str(BRAND.bytes_max),
    }
    return Response(None, status_code=204, headers=headers)


async def _append(
    request: Request[Any, Any, Any],
    actor: Actor,
    uploads: UploadService,
    upload_id: int,
    version: str | None,
    offset: str | None,
) -> Response[None]:
    _check_version(version)
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != OFFSET_STREAM:
        raise NotAnOffsetStream(f"Please send the bytes as {OFFSET_STREAM}", headers=_COMMON)
    at = whole_number("Upload-Offset", offset)
    upload = await uploads.append(actor, upload_id, at, _body_of(request))
    return Response(None, status_code=204, headers=_progress(upload))


async def _body_of(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """What comes, as it comes. Raises SenderGone."""
    while True:
        try:
            async with asyncio.timeout(_IDLE_SECONDS):
                message: Any = await request.receive()
        except TimeoutError:
            raise SenderGone("Nothing has come for a minute") from None
        if message["type"] == "http.disconnect":
            raise SenderGone
        if body := message.get("body", b""):
            yield body
        if not message.get("more_body", False):
            return


def _check_version(version: str | None) -> None:
    if version != VERSION:
        raise WrongTusVersion(headers={**_COMMON, "tus-version": VERSION})


def _progress(upload: Upload) -> dict[str, str]:
    return {
        **_COMMON,
        "upload-offset": str(upload.received),
        "upload-expires": format_datetime(upload.expires_at, usegmt=True),
    }
