"""HTTP of pictures: uploads, and their files for everyone who knows the address."""

import re
from dataclasses import dataclass
from typing import Annotated

from litestar import Controller, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body

from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.errors import Invalid
from app.kernel.http.files import IMMUTABLE, Stored, file_answers
from app.kernel.http.hotfiles import FileEndpoint
from app.kernel.http.shelf import Shelf
from media.images.errors import PictureNotFound
from media.images.interfaces import ImageView, PictureOwner
from media.images.rules import BYTES_MAX, MEDIA_TYPES, check_bytes, rendition_path
from media.images.service import ImageService

_HASH = re.compile(r"[0-9a-f]{64}\Z", re.ASCII)
_FILE = re.compile(r"([1-9][0-9]{0,3})\.(avif|webp|jpeg)\Z", re.ASCII)
_UPLOAD_BYTES_MAX = BYTES_MAX + 4 * 1024 * 1024
"""Somewhat over the bound of pictures, so that a picture over it is told so in its own words."""


@dataclass
class ImageUpload:
    """The form of an upload."""

    file: UploadFile
    """A JPEG, PNG, WebP, AVIF or GIF picture of at most 20 MB and 64 megapixels."""


class ImageController(Controller):
    """Uploads."""

    path = "/v1/images"
    tags = ("images",)

    @post(
        operation_id="uploadImage",
        summary="Upload a picture",
        request_max_body_size=_UPLOAD_BYTES_MAX,
    )
    async def upload(
        self,
        data: Annotated[ImageUpload, Body(media_type=RequestEncodingType.MULTI_PART)],
        actor: NamedDependency[Actor],
        tx: NamedDependency[Transaction],
        images: NamedDependency[ImageService],
    ) -> ImageView:
        """Take in a picture: turned upright, converted to sRGB, freed of all metadata.

        JPEG is ready at once; WebP and AVIF follow and then appear in `formats`. The same bytes
        from the same owner give the same id.
        """
        images.admit(actor)
        try:
            check_bytes(_size(data.file))
            content = await data.file.read()
        finally:
            await data.file.close()
        if not content:
            raise Invalid.field("/file", "The file is empty")
        return await images.import_picture(tx, content, PictureOwner.of(actor))


def image_files(shelf: Shelf) -> FileEndpoint:
    """Files. Nobody is asked who they are: an address is a secret of 256 bits."""

    async def find(hash_: str, name: str) -> Stored:
        found = _FILE.match(name)
        if found is None or not _HASH.match(hash_):
            raise PictureNotFound
        width, format_ = int(found[1]), found[2]
        return Stored(
            rendition_path(hash_, width, format_),
            MEDIA_TYPES[format_],
            IMMUTABLE,
            f'"{hash_[:32]}-{width}-{format_}"',
        )

    return FileEndpoint(
        path="/media/images/{content_hash}/{name}",
        operation_id="getImageFile",
        summary="A picture's file",
        description="One rendition, `{width}.{format}` of a picture's view, for ever under this "
        "address. Answers conditional requests and ranges.",
        media_type="image/jpeg",
        answer=shelf.answering(find),
        tags=("images",),
        responses=file_answers("image/jpeg"),
    )


def _size(file: UploadFile) -> int:
    """Bytes of an upload, wherever it was spooled to."""
    size = file.file.seek(0, 2)
    file.file.seek(0)
    return size
