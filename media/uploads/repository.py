"""SQL of uploads. Offsets move by compare-and-set, under a lease."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from media.uploads.interfaces import Owner
from media.uploads.models import StoredFile, Upload, UploadPart, UploadState
from media.uploads.rules import EXPIRE_HOURS, LEASE_SECONDS

_LEASE = timedelta(seconds=LEASE_SECONDS)
_LIFE = timedelta(hours=EXPIRE_HOURS)
_NOW = func.clock_timestamp()


class UploadRepository:
    """Reads and writes `uploads`, `upload_parts` and `stored_files` in the caller's transaction."""

    async def lock_owner(self, session: AsyncSession, owner: Owner) -> None:
        """One beginner at a time an owner, so that quotas hold."""
        await session.execute(select(func.pg_advisory_xact_lock(func.hashint8(owner.id), 41)))

    async def used(self, session: AsyncSession, owner: Owner) -> tuple[int, int]:
        """Bytes of the quota that are used or promised, and how many uploads are unfinished."""
        statement = select(
            func.coalesce(func.sum(Upload.length), 0),
            func.count().filter(Upload.state == UploadState.OPEN),
        ).where(
            Upload.owner_id == owner.id,
            Upload.live == owner.live,
            Upload.state != UploadState.GONE,
        )
        row = (await session.execute(statement)).one()
        return int(row[0]), int(row[1])

    async def add(self, session: AsyncSession, upload: Upload) -> None:
        """A new upload; its life begins now."""
        upload.expires_at = (await session.execute(select(_NOW + _LIFE))).scalar_one()
        session.add(upload)
        await session.flush()

    async def get(
        self, session: AsyncSession, upload_id: int, *, lock: bool = False
    ) -> Upload | None:
        """One upload; with `lock` nobody else changes it until the transaction ends."""
        statement = select(Upload).where(Upload.id == upload_id)
        if lock:
            statement = statement.with_for_update()
        return await session.scalar(statement.execution_options(populate_existing=True))

    async def lease(self, session: AsyncSession, upload_id: int, offset: int, lease: str) -> bool:
        """Become the one who sends from this offset on. False where that is not possible."""
        statement = (
            update(Upload)
            .where(
                Upload.id == upload_id,
                Upload.state == UploadState.OPEN,
                Upload.received == offset,
                or_(Upload.lease.is_(None), Upload.leased_until < _NOW),
            )
            .values(lease=lease, leased_until=_NOW + _LEASE)
            .returning(Upload.id)
        )
        return await session.scalar(statement) is not None

    async def advance(self, session: AsyncSession, part: UploadPart, lease: str) -> Upload | None:
        """Count a part that lies in the store: the offset moves from its start to its end, the
        lease is renewed. None where the lease or the offset is another's by now."""
        end = part.start + part.bytes
        statement = (
            update(Upload)
            .where(
                Upload.id == part.upload_id,
                Upload.state == UploadState.OPEN,
                Upload.received == part.start,
                Upload.lease == lease,
                Upload.length >= end,
            )
            .values(received=end, leased_until=_NOW + _LEASE, expires_at=_NOW + _LIFE)
            .returning(Upload)
        )
        upload = await session.scalar(statement.execution_options(populate_existing=True))
        if upload is not None:
            session.add(part)
            await session.flush()
        return upload

    async def unlease(self, session: AsyncSession, upload_id: int, lease: str) -> None:
        """Let others go on at once."""
        await session.execute(
            update(Upload)
            .where(Upload.id == upload_id, Upload.lease == lease)
            .values(lease=None, leased_until=None)
        )

    async def follows(self, session: AsyncSession, upload_id: int) -> bool:
        """Become the one who puts it together, until the session ends, or whoever has it is killed.
        False where somebody else is."""
        return bool(
            await session.scalar(select(func.pg_try_advisory_xact_lock(_follower(upload_id))))
        )

    async def after_follower(self, session: AsyncSession, upload_id: int) -> None:
        """The same, after whoever is."""
        await session.execute(select(func.pg_advisory_xact_lock(_follower(upload_id))))

    async def parts(
        self, session: AsyncSession, upload_id: int, since: int
    ) -> Sequence[UploadPart]:
        """Those from a byte on, in their order."""
        statement = (
            select(UploadPart)
            .where(UploadPart.upload_id == upload_id, UploadPart.start >= since)
            .order_by(UploadPart.start)
        )
        return list(await session.scalars(statement))

    async def forget_parts(self, session: AsyncSession, upload_id: int) -> None:
        """After their objects are gone."""
        await session.execute(delete(UploadPart).where(UploadPart.upload_id == upload_id))

    async def keep_file(self, session: AsyncSession, hash_: str, path: str, size: int) -> str:
        """Where this content lies: here, or where it lay already. That does not change before the
        transaction ends."""
        while True:
            added = await session.scalar(
                insert(StoredFile)
                .values(hash=hash_, path=path, bytes=size)
                .on_conflict_do_nothing()
                .returning(StoredFile.path)
            )
            if added is not None:
                return added
            known = await session.scalar(
                select(StoredFile.path).where(StoredFile.hash == hash_).with_for_update(read=True)
            )
            if known is not None:
                return known

    async def is_kept(self, session: AsyncSession, path: str) -> bool:
        """Whether a content lies there."""
        statement = select(StoredFile.hash).where(StoredFile.path == path)
        return await session.scalar(statement) is not None

    async def drop_file(self, session: AsyncSession, hash_: str) -> str | None:
        """Forget a content that no upload needs any more. Its path, for deletion; None where
        another upload has the same content, or nobody."""
        path = await session.scalar(
            select(StoredFile.path).where(StoredFile.hash == hash_).with_for_update()
        )
        still = select(Upload.id).where(Upload.hash == hash_, Upload.state == UploadState.FINISHED)
        if path is None or await session.scalar(still.limit(1)) is not None:
            return None
        await session.execute(delete(StoredFile).where(StoredFile.hash == hash_))
        return path

    async def expired(self, session: AsyncSession, limit: int) -> Sequence[Upload]:
        """Uploads that nobody goes on with and nobody used, locked."""
        idle = or_(Upload.lease.is_(None), Upload.leased_until < _NOW)
        statement = (
            select(Upload)
            .where(
                Upload.state.in_((UploadState.OPEN, UploadState.FINISHED)),
                ~Upload.taken,
                and_(Upload.expires_at < _NOW, idle),
            )
            .order_by(Upload.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return list(await session.scalars(statement))


def _follower(upload_id: int) -> ColumnElement[int]:
    return func.hashtextextended(str(upload_id), 48)
