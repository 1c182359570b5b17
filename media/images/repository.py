"""SQL of pictures."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from media.images.interfaces import PictureOwner
from media.images.models import Image, ImageContent


class ImageRepository:
    """Reads and writes `images` and `image_contents` in the caller's transaction."""

    async def content(self, session: AsyncSession, hash_: str) -> ImageContent | None:
        """The content of a hash, once it was stored."""
        return await session.get(ImageContent, hash_)

    async def held_content(self, session: AsyncSession, hash_: str) -> ImageContent | None:
        """The content, which does not change before this transaction ends. None where its last
        owner let it go.

        Whoever renders it either was before us, and we see all its formats, or comes after us,
        and finds the picture we add.
        """
        statement = (
            select(ImageContent)
            .where(ImageContent.hash == hash_)
            .with_for_update(read=True)
            .execution_options(populate_existing=True)
        )
        return (await session.scalars(statement)).one_or_none()

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

    async def set_formats(self, session: AsyncSession, hash_: str, formats: list[str]) -> bool:
        """Every width of these formats is stored now. False where nobody has the picture."""
        statement = update(ImageContent).where(ImageContent.hash == hash_).values(formats=formats)
        return await session.scalar(statement.returning(ImageContent.hash)) is not None

    async def lock_files(self, session: AsyncSession, hash_: str) -> None:
        """One at a time who makes sure of the files of a content or removes them."""
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(hash_, 44))))

    async def drop_images(
        self, session: AsyncSession, owner: PictureOwner, kept: Collection[int]
    ) -> Sequence[str]:
        """Forget all but some of an owner's pictures. The contents they had, in their order."""
        statement = delete(Image).where(
            Image.owner_id == owner.id, Image.live == owner.live, Image.id.not_in(kept)
        )
        return sorted(set(await session.scalars(statement.returning(Image.hash))))

    async def drop_content(self, session: AsyncSession, hash_: str) -> bool:
        """Forget a content unless somebody has it. Whoever is adding it to theirs comes first."""
        there = select(ImageContent.hash).where(ImageContent.hash == hash_).with_for_update()
        had = select(Image.id).where(Image.hash == hash_).limit(1)
        if await session.scalar(there) is None or await session.scalar(had) is not None:
            return False
        await session.execute(delete(ImageContent).where(ImageContent.hash == hash_))
        return True

    async def ids_of(self, session: AsyncSession, hash_: str) -> Sequence[int]:
        """Every owner's picture of this content."""
        statement = select(Image.id).where(Image.hash == hash_).order_by(Image.id)
        return (await session.scalars(statement)).all()
