"""SQL of pictures."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from media.images.interfaces import PictureOwner
from media.images.models import Image, ImageContent


class ImageRepository:
    """Reads and writes `images` and `image_contents` in the caller's transaction."""

    async def content(self, session: AsyncSession, hash_: str) -> ImageContent | None:
        """The content of a hash, once it was stored."""
        return await session.get(ImageContent, hash_)

    async def held_content(self, session: AsyncSession, hash_: str) -> ImageContent:
        """The content, which does not change before this transaction ends.

        Whoever renders it either was before us, and we see all its formats, or comes after us,
        and finds the picture we add.
        """
        statement = (
            select(ImageContent)
            .where(ImageContent.hash == hash_)
            .with_for_update(read=True)
            .execution_options(populate_existing=True)
        )
        return (await session.scalars(statement)).one()

    async def add_content(self, session: AsyncSession, content: ImageContent) -> bool:
        """Insert it; False when an upload of the same bytes was first."""
        statement = (
            insert(ImageContent)
            .values(
                hash=content.hash,
                width=content.width,
                height=content.height,
                color=content.color,
                placeholder=content.placeholder,
                widths=content.widths,
                formats=content.formats,
            )
            .on_conflict_do_nothing()
            .returning(ImageContent.hash)
        )
        return await session.scalar(statement) is not None

    async def add_image(
        self, session: AsyncSession, id_: int, owner: PictureOwner, hash_: str
    ) -> int:
        """The id of this owner's picture of this content: `id_`, or that of an earlier upload."""
        statement = (
            insert(Image)
            .values(id=id_, owner_id=owner.id, live=owner.live, hash=hash_)
            .on_conflict_do_nothing()
            .returning(Image.id)
        )
        added = await session.scalar(statement)
        if added is not None:
            return added
        known = select(Image.id).where(
            Image.owner_id == owner.id, Image.live == owner.live, Image.hash == hash_
        )
        return (await session.scalars(known)).one()

    async def find(
        self, session: AsyncSession, ids: Iterable[int], owner: PictureOwner | None = None
    ) -> Sequence[tuple[int, ImageContent]]:
        """Ids and contents of the pictures that exist, of one owner where given."""
        statement = (
            select(Image.id, ImageContent)
            .join(ImageContent, ImageContent.hash == Image.hash)
            .where(Image.id.in_(list(ids)))
        )
        if owner is not None:
            statement = statement.where(Image.owner_id == owner.id, Image.live == owner.live)
        return [(row[0], row[1]) for row in (await session.execute(statement)).all()]

    async def set_formats(self, session: AsyncSession, hash_: str, formats: list[str]) -> None:
        """Every width of these formats is stored now."""
        await session.execute(
            update(ImageContent).where(ImageContent.hash == hash_).values(formats=formats)
        )

    async def ids_of(self, session: AsyncSession, hash_: str) -> Sequence[int]:
        """Every owner's picture of this content."""
        statement = select(Image.id).where(Image.hash == hash_).order_by(Image.id)
        return (await session.scalars(statement)).all()
