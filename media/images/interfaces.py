"""The doors of pictures for other slices."""

from collections.abc import Collection, Iterable
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor
from app.kernel.database import Transaction
from app.kernel.structs import Id, View


class ImageView(View):
    """A picture as clients see it: `{base}/{width}.{format}` is an address that never changes."""

    id: Id
    width: int
    """Of the picture as shown, in pixels; the largest of `widths` may be smaller."""
    height: int
    color: str
    """The dominant colour, `#rrggbb`: the ground while the picture loads."""
    placeholder: str
    """A blurred thumbnail as a data URI of at most 400 characters."""
    base: str
    widths: list[int]
    """Ascending, one to four; none above the source."""
    formats: list[str]
    """Those that are ready, the best first: avif, webp, jpeg. JPEG is always there."""


class PictureOwner(msgspec.Struct, frozen=True):
    """To whom a picture belongs: a shopper's or a brand's id, and whether it is live data."""

    id: int
    live: bool = True

    @classmethod
    def video(cls, video_id: int) -> "PictureOwner":
        """A film's own pictures, which nobody can put anywhere else: nobody acts as a film."""
        return cls(video_id)

    @classmethod
    def of(cls, actor: Actor) -> "PictureOwner":
        """Members and keys upload for their brand, shoppers for themselves."""
        return cls(actor.brand_id or actor.id, actor.live)


class Images(Protocol):
    """What other slices do with pictures."""

    async def views(self, session: AsyncSession, ids: Iterable[int]) -> dict[int, ImageView]:
        """The views of those that exist, in one query, whoever owns them."""
        ...

    async def owned(
        self, session: AsyncSession, ids: Iterable[int], owner: PictureOwner
    ) -> dict[int, ImageView]:
        """The views of all `ids`. Raises PictureNotFound when one is missing or another's."""
        ...

    async def import_picture(self, tx: Transaction, data: bytes, owner: PictureOwner) -> ImageView:
        """As an upload by `owner`: checked, cleaned, stored; the same bytes give the same view.

        The slow part comes before the first statement, so no lock is held meanwhile. Raises
        NotAPicture, PictureTooLarge, PictureDamaged, PicturesBusy.
        """
        ...

    async def prune(self, tx: Transaction, owner: PictureOwner, kept: Collection[int]) -> None:
        """Forget the owner's pictures but these; files go once no other owner has the same. Only
        for owners whose pictures nobody can have put anywhere else."""
        ...

    async def jpeg(self, session: AsyncSession, image_id: int, width_min: int) -> bytes:
        """The smallest JPEG of a picture that is at least so wide, else its largest. Raises
        PictureNotFound."""
        ...
