"""The door of uploads for other slices."""

from collections.abc import AsyncIterator
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actors import Actor, ActorKind
from app.kernel.database import Transaction


class Owner(msgspec.Struct, frozen=True):
    """To whom a file belongs, and by whose bounds it is measured."""

    id: int
    """A shopper or a brand."""
    by_shopper: bool
    live: bool = True

    @classmethod
    def of(cls, actor: Actor) -> "Owner":
        """Members and keys upload for their brand, others for themselves."""
        return cls(actor.brand_id or actor.id, actor.kind is ActorKind.SHOPPER, actor.live)


class Finished(msgspec.Struct, frozen=True):
    """A whole file in the object store."""

    path: str
    bytes: int
    hash: str
    """SHA-256, hexadecimal."""


class Taken(msgspec.Struct, frozen=True):
    """An upload that became something: nobody can take it again, and it does not expire."""

    id: int
    name: str
    """What the file was called where it came from; may be empty."""
    finished: Finished | None
    """None while its parts are put together: `UploadFinished` says when they are."""


class Uploads(Protocol):
    """What other slices do with uploads."""

    async def take(self, tx: Transaction, upload_id: int, actor: Actor) -> Taken:
        """Use an upload whose last byte has arrived, once.

        Raises UploadNotFound, UploadGone, UploadNotWhole, UploadUsed.
        """
        ...

    async def receive(
        self, owner: Owner, uploader_id: int, name: str, length: int, chunks: AsyncIterator[bytes]
    ) -> Taken:
        """Keep a file that is here already, as an upload that is whole and taken. In transactions
        of its own. Raises QuotaExceeded, TooLarge."""
        ...

    async def finished(self, session: AsyncSession, upload_id: int) -> Finished | None:
        """The file of an upload that was taken; None while its parts are put together. Raises
        UploadGone where they could not be, or it was released."""
        ...

    async def release(self, tx: Transaction, upload_id: int) -> None:
        """What was made of it is gone: its file may go as well, and its share of the quota."""
        ...
